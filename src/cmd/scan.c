#include <dsv/scan.h>

#include <dsv/text.h>

#include "cli/cmd.h"
#include "cmd/revs.h"
#include "cmd/scan_view.h"

struct scan_args {
	struct dsv_operands operands;
	struct dsv_strlist key;
	struct dsv_strlist decide;
	const char *format;
	const char *reason;
	const char *by;
	unsigned decide_all; /* place in kinds */
	unsigned as;	     /* place in decisions */
	bool show;
	bool all;
	bool summary;
	bool exit_code;
};

static const char *const kinds[] = {"email", "phone", "card",	"iban",
				    "ssn",   "ip",    "secret", NULL};
static const char *const decisions[] = {"false-positive", "redacted",
					"accepted", NULL};

static const struct dsv_opt scan_opts[] = {
	DSV_OPT_FLAG(0, "show", struct scan_args, show,
		     "each finding that nobody decided about"),
	DSV_OPT_FLAG(0, "all", struct scan_args, all,
		     "with --show: those that are decided too"),
	DSV_OPT_FLAG(0, "summary", struct scan_args, summary,
		     "a line for each dataset"),
	DSV_OPT_FLAG(0, "exit-code", struct scan_args, exit_code,
		     "exit 1 where a finding is undecided"),
	DSV_OPT_VALUE_(DSV_KIND_COLS, 0, "decide", "FINDING,..",
		       struct scan_args, decide,
		       "write a decision about these findings"),
	DSV_OPT_WORD(0, "decide-all", kinds, struct scan_args, decide_all,
		     "about all undecided ones of a kind"),
	DSV_OPT_WORD(0, "as", decisions, struct scan_args, as,
		     "what was decided"),
	DSV_OPT_STR(0, "reason", "TEXT", struct scan_args, reason,
		    "why; needed to accept"),
	DSV_OPT_STR(0, "by", "WHO", struct scan_args, by,
		    "who decided (default: the author git names)"),
	DSV_OPT_COLS('k', "key", struct scan_args, key,
		     "columns that name a record (default: the definition's)"),
	DSV_OPT_STR(0, "format", "FORMAT", struct scan_args, format,
		    "read as csv, tsv, jsonl, json, plain or bytes (default: "
		    "by extension)"),
	DSV_OPT_JSON,
	DSV_ARG_MANY("REV|PATH", struct scan_args, operands, DSV_COMPLETE_REV),
	DSV_OPT_END,
};

/* What is scanned and how it is called. */
struct scanned {
	struct dsv_version version;
	struct dsv_version base;
	const char *name;
	const char *base_name; /* NULL: none */
};

static int read_version(struct dsv_ctx *ctx, const struct dsv_revs *revs,
			struct scanned *out)
{
	if (revs->n == 2) {
		out->base = revs->from;
		out->base_name = revs->from_name;
		out->version = revs->to;
		out->name = revs->to_name;
	} else if (revs->n == 1) {
		out->version = revs->from;
		out->name = revs->from_name;
	} else if (dsv_repo_workdir(ctx->repo)) {
		out->version.at = DSV_AT_WORKTREE;
		out->name = "worktree";
	} else {
		out->name = "HEAD";
		return dsv_repo_head(ctx->repo, &out->version);
	}
	return 0;
}

static void add_undecided(const struct dsv_scan *scan, enum dsv_pii kind,
			  struct dsv_strlist *out)
{
	for (size_t i = 0; i < dsv_scan_n_sets(scan); i++) {
		const struct dsv_scan_set *set = dsv_scan_set(scan, i);

		for (size_t k = 0; k < set->n; k++)
			if (set->findings[k].kind == kind &&
			    set->findings[k].undecided &&
			    set->findings[k].fresh)
				dsv_strlist_add(out, set->findings[k].id);
	}
}

static int decide(struct dsv_ctx *ctx, const struct scan_args *args,
		  const struct dsv_scan *scan)
{
	struct dsv_strlist ids DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_scan_decide what = {
		.findings = &ids,
		.reason = args->reason,
		.by = args->by,
	};
	int rc;

	dsv_strlist_copy(&ids, &args->decide);
	if (args->decide_all)
		add_undecided(scan, (enum dsv_pii)(args->decide_all - 1), &ids);
	dsv_scan_decision_parse(decisions[args->as - 1], &what.decision);
	rc = dsv_scan_decide(scan, ctx->repo, &what);
	if (rc < 0 || ctx->out->json)
		return rc;
	dsv_add_count(&ctx->out->buf, ids.n);
	dsv_buf_addf(&ctx->out->buf, " %s decided as %s in " DSV_SCAN_PATH "\n",
		     ids.n == 1 ? "finding" : "findings",
		     dsv_scan_decision_name(what.decision));
	return dsv_out_line(ctx->out);
}

static int check_args(const struct scan_args *args)
{
	bool deciding = args->decide.n > 0 || args->decide_all;

	if (deciding && !args->as)
		return dsv_hint(dsv_fail(DSV_EUSAGE, "no decision is given"),
				"add --as false-positive, --as redacted or "
				"--as accepted --reason TEXT");
	if (!deciding && (args->as || args->reason || args->by))
		return dsv_hint(dsv_fail(DSV_EUSAGE, "nothing to decide about"),
				"name the finding with --decide FINDING");
	return 0;
}

static int scan_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct scan_args *args = argp;
	struct dsv_revs revs DSV_AUTO(revs) = DSV_REVS_INIT;
	struct dsv_scan *scan DSV_AUTO(scan) = NULL;
	struct scanned what = {0};
	struct dsv_scan_options options = {
		.paths = &revs.paths,
		.key = &args->key,
		.format = args->format,
	};
	struct dsv_scan_shown shown = {
		.show = args->show,
		.all = args->all,
		.summary = args->summary,
	};
	int rc;

	if ((rc = check_args(args)) < 0 ||
	    (rc = dsv_revs_read(ctx, &args->operands, 2, &revs)) < 0 ||
	    (rc = read_version(ctx, &revs, &what)) < 0)
		return rc;
	options.base = what.base_name ? &what.base : NULL;
	rc = dsv_scan_run(&scan, ctx->repo, &what.version, &options);
	if (rc < 0)
		return rc;
	if (args->as)
		return decide(ctx, args, scan);
	shown.scan = scan;
	shown.version = what.name;
	shown.base = what.base_name;
	rc = dsv_out_show(ctx->out, &dsv_scan_view, &shown);
	if (rc < 0 || !args->exit_code)
		return rc;
	return dsv_scan_shown_undecided(&shown) > 0 ? DSV_EXIT_NO : 0;
}

static const char *const scan_forms[] = {
	"[REV | A..B] [--] [PATH...]",
	"--decide FINDING,.. --as DECISION [--reason TEXT]",
	NULL,
};

const struct dsv_cmd dsv_cmd_scan = {
	.name = "scan",
	.group = DSV_GROUP_GOVERN,
	.brief = "look for personal data and secrets in the records",
	.forms = scan_forms,
	.about = "Of the work tree, of REV, or what B has that A has not. What "
		 "is found is shown masked.",
	.opts = scan_opts,
	.args_size = sizeof(struct scan_args),
	.needs = DSV_NEEDS_REPO,
	.flags = DSV_CMD_PAGER,
	.run = scan_run,
};
