#include <string.h>

#include <dsv/text.h>

#include "cmd/audit.h"

struct start_args {
	const char *range;
	const char *dataset;
	const char *label;
	const char *field;
	const char *by;
	uint64_t n;
	const char *margin;
	const char *lower;
	const char *expected;
	const char *confidence;
	const char *target;
	const char *sheet;
	const char *key;
	unsigned of;
	bool blind;
	bool no_push;
};

static const char *const populations[] = {"changed", "label", "all", NULL};

static const struct dsv_opt start_opts[] = {
	DSV_OPT_WORD(0, "of", populations, struct start_args, of,
		     "the records that changed, those of one label, or the "
		     "whole dataset (default: as the policy asks)"),
	DSV_OPT_STR('l', "label", "VALUE", struct start_args, label,
		    "the label that --of label means"),
	DSV_OPT_STR(0, "dataset", "NAME", struct start_args, dataset,
		    "draw from this dataset (default: the one that changed)"),
	DSV_OPT_STR(0, "field", "FIELD", struct start_args, field,
		    "the label field that is judged (default: the first)"),
	DSV_OPT_STR(0, "by", "label|annotator|FIELD", struct start_args, by,
		    "draw from each of its values by its share"),
	DSV_OPT_COUNT('n', "sample", struct start_args, n,
		      "draw so many records (default: as the policy asks)"),
	DSV_OPT_STR(0, "margin", "SHARE", struct start_args, margin,
		    "so many that accuracy is known to +-SHARE"),
	DSV_OPT_STR(0, "lower", "SHARE", struct start_args, lower,
		    "so many that accuracy can be shown to be above SHARE"),
	DSV_OPT_STR(0, "expected", "SHARE", struct start_args, expected,
		    "the accuracy to expect, for --margin and --lower"),
	DSV_OPT_STR(0, "confidence", "SHARE", struct start_args, confidence,
		    "for --margin and --lower (default: 0.95)"),
	DSV_OPT_FLAG(0, "blind", struct start_args, blind,
		     "do not show auditors the label"),
	DSV_OPT_PATH(0, "sheet", struct start_args, sheet,
		     "write the sheet here (default: audit-N.csv)"),
	DSV_OPT_STR(0, "target", "BRANCH", struct start_args, target,
		    "the branch that it is to be merged into"),
	DSV_OPT_PATH(0, "key", struct start_args, key,
		     "sign with this key (default: dsv.signingKey)"),
	DSV_OPT_FLAG(0, "no-push", struct start_args, no_push,
		     "keep the plan here for now"),
	DSV_OPT_JSON,
	DSV_ARG_MAYBE("A..B", struct start_args, range, DSV_COMPLETE_REV),
	DSV_OPT_END,
};

struct started {
	const struct dsv_audit_started *audit;
	const char *sheet;
};

static void add_plan(struct dsv_out *out, const struct dsv_statement *it)
{
	char hex[DSV_ID_HEX];

	dsv_out_styled(out, DSV_BOLD, "audit %llu",
		       (unsigned long long)it->plan.number);
	dsv_buf_addstr(&out->buf, "  ");
	dsv_out_shown(out, it->dataset);
	dsv_buf_addf(&out->buf, "  snapshot %.8s  for ",
		     dsv_id_hex(&it->subject, hex));
	dsv_out_shown(out, it->target);
	dsv_buf_addstr(&out->buf, "\ndrawn    ");
	dsv_audit_add_drawn(&out->buf, &it->plan);
}

static int start_human(struct dsv_out *out, void *result)
{
	const struct started *started = result;
	const struct dsv_audit_started *audit = started->audit;

	add_plan(out, &audit->statement);
	dsv_buf_addstr(&out->buf, "\nsigned   by ");
	dsv_out_shown(out, audit->person);
	if (audit->remote) {
		dsv_buf_addstr(&out->buf, ", pushed to ");
		dsv_out_shown(out, audit->remote);
	}
	dsv_buf_addstr(&out->buf, "\nsheet    ");
	dsv_out_shown(out, started->sheet);
	if (audit->unknown_authors > 0)
		dsv_buf_addf(&out->buf,
			     "\nnote     %llu %s unsigned or by an unknown "
			     "key: whether you\n         wrote it nobody can "
			     "tell",
			     (unsigned long long)audit->unknown_authors,
			     audit->unknown_authors == 1 ? "commit is"
							 : "commits are");
	dsv_buf_addstr(&out->buf,
		       "\nnext: fill in 'answer', then dsv audit finish ");
	dsv_out_shown(out, started->sheet);
	dsv_buf_addch(&out->buf, '\n');
	return dsv_out_line(out);
}

static int start_json(struct dsv_out *out, void *result)
{
	const struct started *started = result;
	const struct dsv_evidence_item item = {
		.digest = started->audit->digest,
		.statement = started->audit->statement};
	const struct dsv_audit audit = {.plan = &item};
	int rc;

	dsv_jline_open(out, "header");
	dsv_jline_text(out, "schema", "dsv.audit/1");
	rc = dsv_jline_close(out);
	if (rc < 0)
		return rc;
	dsv_jline_open(out, "audit");
	dsv_audit_json_fields(out, &audit);
	dsv_jline_text(out, "sheet", started->sheet);
	dsv_jline_text(out, "pushed", started->audit->remote);
	dsv_jline_count(out, "unknown_authors",
			started->audit->unknown_authors);
	return dsv_jline_close(out);
}

static const struct dsv_view start_view = {start_human, start_json};

static int read_shares(const struct start_args *args,
		       struct dsv_audit_plan_opts *opts)
{
	int rc = dsv_audit_share("margin", args->margin, &opts->margin);

	if (rc == 0)
		rc = dsv_audit_share("lower", args->lower,
				     &opts->accuracy_lower);
	if (rc == 0)
		rc = dsv_audit_share("expected", args->expected,
				     &opts->expected);
	if (rc == 0)
		rc = dsv_audit_share("confidence", args->confidence,
				     &opts->confidence);
	if (rc < 0)
		return rc;
	if ((args->n > 0) + (args->margin != NULL) + (args->lower != NULL) > 1)
		return dsv_fail(DSV_EUSAGE, "-n, --margin and --lower each "
					    "say how many records: one of "
					    "them");
	return 0;
}

static int show(struct dsv_ctx *ctx, const struct start_args *args,
		const struct dsv_audit_started *audit)
{
	struct dsv_buf name DSV_AUTO(buf) = DSV_BUF_INIT;
	struct started started = {.audit = audit};
	int rc;

	dsv_buf_addf(&name, "audit-%llu.csv",
		     (unsigned long long)audit->statement.plan.number);
	started.sheet = args->sheet ? args->sheet : name.data;
	rc = dsv_audit_sheet_write(&audit->statement.plan, &audit->sample,
				   started.sheet);
	if (rc < 0) {
		dsv_fail_prefix(
			rc, "the plan of audit %llu stands",
			(unsigned long long)audit->statement.plan.number);
		return dsv_hint(
			rc,
			"for the sheet: dsv audit show %llu "
			"--sheet FILE",
			(unsigned long long)audit->statement.plan.number);
	}
	return dsv_out_show(ctx->out, &start_view, &started);
}

static int start_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct start_args *args = argp;
	struct dsv_audit_started started DSV_AUTO(audit_started) =
		DSV_AUDIT_STARTED_INIT;
	struct dsv_version from = {.at = DSV_AT_NOTHING};
	struct dsv_version to = {.at = DSV_AT_NOTHING};
	struct dsv_audit_plan_opts opts = {
		.dataset = args->dataset,
		.target = args->target,
		.of = args->of ? populations[args->of - 1] : NULL,
		.label = args->label,
		.field = args->field,
		.by = args->by,
		.n = args->n,
		.blind = args->blind,
		.no_push = args->no_push,
		.key = args->key,
	};
	int rc = read_shares(args, &opts);

	if (rc == 0 && args->range) {
		rc = dsv_repo_range(ctx->repo, args->range, &from, &to);
		opts.base = &from;
		if (rc == 2)
			opts.head = &to;
	}
	if (rc >= 0)
		rc = dsv_audit_start(&started, ctx->repo, &opts);
	return rc < 0 ? rc : show(ctx, args, &started);
}

const struct dsv_cmd dsv_cmd_audit_start = {
	.name = "audit start",
	.brief = "plan an audit and draw its sample",
	.about = "Signs and pushes the plan, then writes a sheet with the "
		 "records that follow from it. Whoever plans is neither author "
		 "nor annotator of what is judged.",
	.opts = start_opts,
	.args_size = sizeof(struct start_args),
	.needs = DSV_NEEDS_REPO,
	.run = start_run,
};
