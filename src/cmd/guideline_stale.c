#include <dsv/stale.h>

#include <string.h>

#include <dsv/address.h>
#include <dsv/text.h>

#include "cli/table.h"
#include "cli/term.h"
#include "cmd/csv_text.h"
#include "cmd/guideline.h"
#include "cmd/words.h"

struct stale_args {
	const char *id;
	const char *rev;
	const char *dataset;
	struct dsv_strlist where;
	bool list;
	bool csv;
	bool no_cache;
};

static const struct dsv_opt stale_opts[] = {
	DSV_OPT_STR('d', "dataset", "NAME", struct stale_args, dataset,
		    "of this dataset only"),
	DSV_OPT_LIST(0, "where", "FIELD=VALUE", struct stale_args, where,
		     "only records for which it is true now"),
	DSV_OPT_FLAG(0, "list", struct stale_args, list,
		     "the address of each stale record"),
	DSV_OPT_FLAG(0, "csv", struct stale_args, csv,
		     "each stale record as a row of CSV"),
	DSV_OPT_FLAG(0, "no-cache", struct stale_args, no_cache,
		     "neither read nor keep change lists"),
	DSV_OPT_REV('r', "rev", struct stale_args, rev,
		    "data and guideline of REV (default: the data of HEAD by "
		    "the guideline of the work tree)"),
	DSV_OPT_JSON,
	DSV_ARG_MAYBE("ID", struct stale_args, id, DSV_COMPLETE_NONE),
	DSV_OPT_END,
};

static void add_address(struct dsv_buf *out,
			const struct dsv_stale_record *record)
{
	size_t i;

	dsv_words_path(out, record->path);
	dsv_buf_addch(out, ':');
	for (i = 0; i < record->line->n_key; i++) {
		if (i)
			dsv_buf_addch(out, ',');
		dsv_address_add_part(out, record->line->key[i].text,
				     record->line->key[i].len);
	}
}

static const char *reason_text(const struct dsv_stale_record *record)
{
	switch (record->reason) {
	case DSV_STALE_NO_GUIDELINE:
		return "labelled by no guideline";
	case DSV_STALE_OTHER:
		return "labelled by another guideline";
	case DSV_STALE_OLDER:
		return "older major version";
	default:
		return record->why ? record->why : "";
	}
}

static int take_line(void *ctx, const struct dsv_stale_record *record)
{
	struct dsv_out *out = ctx;
	struct dsv_buf address DSV_AUTO(buf) = DSV_BUF_INIT;

	add_address(&address, record);
	dsv_out_shown(out, dsv_buf_str(&address));
	dsv_buf_addstr(&out->buf, "  ");
	dsv_out_shown(out, record->label);
	dsv_buf_addf(&out->buf, "  %s  ",
		     record->guideline ? record->guideline : "-");
	dsv_words_short(&out->buf, &record->commit->oid);
	dsv_buf_addstr(&out->buf, "  ");
	dsv_out_shown(out, reason_text(record));
	dsv_buf_addch(&out->buf, '\n');
	return dsv_out_line(out);
}

static int take_json(void *ctx, const struct dsv_stale_record *record)
{
	struct dsv_out *out = ctx;
	char hex[DSV_OID_HEX];
	size_t i;

	dsv_jline_open(out, "record");
	dsv_jline_text(out, "dataset", record->dataset);
	dsv_jline_text(out, "path", record->path);
	dsv_jline_array(out, "key");
	for (i = 0; i < record->line->n_key; i++)
		dsv_jline_field(out, NULL, &record->line->key[i]);
	dsv_jline_end(out, ']');
	dsv_jline_count(out, "line", record->line->line);
	dsv_jline_text(out, "field", record->field);
	dsv_jline_text(out, "label", record->label);
	dsv_jline_text(out, "guideline", record->guideline);
	dsv_jline_text(out, "reason", dsv_stale_word(record->reason));
	dsv_jline_text(out, "why", record->why);
	dsv_jline_text(out, "commit", dsv_oid_hex(&record->commit->oid, hex));
	return dsv_jline_close(out);
}

static int take_csv(void *ctx, const struct dsv_stale_record *record)
{
	struct dsv_out *out = ctx;
	struct dsv_buf key DSV_AUTO(buf) = DSV_BUF_INIT;
	char hex[DSV_OID_HEX];
	size_t i;

	for (i = 0; i < record->line->n_key; i++) {
		if (i)
			dsv_buf_addch(&key, ',');
		dsv_address_add_part(&key, record->line->key[i].text,
				     record->line->key[i].len);
	}
	dsv_csv_cell(&out->buf, record->path, strlen(record->path));
	dsv_csv_text(&out->buf, dsv_buf_str(&key));
	dsv_csv_text(&out->buf, record->field);
	dsv_csv_text(&out->buf, record->label);
	dsv_csv_text(&out->buf, record->guideline ? record->guideline : "");
	dsv_csv_text(&out->buf, dsv_stale_word(record->reason));
	dsv_csv_text(&out->buf, record->why ? record->why : "");
	dsv_csv_text(&out->buf, dsv_oid_hex(&record->commit->oid, hex));
	dsv_buf_addch(&out->buf, '\n');
	return dsv_out_line(out);
}

static int view_counts(struct dsv_out *out, const char *title,
		       const struct dsv_stale_counts *counts)
{
	struct dsv_table table DSV_AUTO(table) = DSV_TABLE_INIT("srrRRR");
	size_t i;

	if (!counts->n)
		return 0;
	dsv_buf_addch(&out->buf, '\n');
	dsv_table_text(&table, title, DSV_BOLD);
	dsv_table_text(&table, "labels", DSV_DIM);
	dsv_table_text(&table, "stale", DSV_DIM);
	dsv_table_text(&table, "older", DSV_DIM);
	dsv_table_text(&table, "changed", DSV_DIM);
	dsv_table_text(&table, "none", DSV_DIM);
	for (i = 0; i < counts->n; i++) {
		const struct dsv_stale_count *it = &counts->items[i];

		dsv_table_text(&table, it->name ? it->name : "(no guideline)",
			       DSV_PLAIN);
		dsv_table_count(&table, it->labels);
		dsv_table_count(&table, it->stale);
		dsv_table_count(&table, it->reasons[DSV_STALE_OLDER]);
		dsv_table_count(&table, it->reasons[DSV_STALE_CHANGED]);
		dsv_table_count(&table, it->reasons[DSV_STALE_NO_GUIDELINE] +
						it->reasons[DSV_STALE_OTHER]);
	}
	return dsv_table_print(&table, out);
}

static int view_group(struct dsv_out *out, const struct dsv_stale_group *group)
{
	int rc;

	dsv_out_styled(out, DSV_BOLD, "%s", group->dataset);
	dsv_buf_addf(&out->buf, "  %s@%s  ", group->guideline, group->version);
	dsv_add_count(&out->buf, group->stale);
	dsv_buf_addstr(&out->buf, " of ");
	dsv_add_count(&out->buf, group->records);
	dsv_buf_addstr(&out->buf, group->records == 1 ? " record" : " records");
	dsv_buf_addstr(&out->buf, " stale");
	if (group->unlabelled) {
		dsv_buf_addstr(&out->buf, ", ");
		dsv_add_count(&out->buf, group->unlabelled);
		dsv_buf_addstr(&out->buf, " without label");
	}
	dsv_buf_addch(&out->buf, '\n');
	rc = view_counts(out, "label", &group->by_label);
	if (rc == 0)
		rc = view_counts(out, "labelled by", &group->by_version);
	if (rc < 0 || !group->stale)
		return rc;
	dsv_buf_addstr(&out->buf, "\nsuch as  ");
	dsv_out_shown(out, group->sample.items[0]);
	dsv_buf_addstr(&out->buf, "   all: --list\n");
	return dsv_out_line(out);
}

static int view_human(struct dsv_out *out, void *result)
{
	const struct dsv_stale *stale = result;
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < stale->n; i++) {
		if (i)
			dsv_buf_addch(&out->buf, '\n');
		rc = view_group(out, &stale->groups[i]);
	}
	return rc < 0 ? rc : dsv_out_line(out);
}

static void json_reasons(struct dsv_out *out, const struct dsv_stale_count *it)
{
	unsigned i;

	dsv_jline_count(out, "labels", it->labels);
	dsv_jline_count(out, "stale", it->stale);
	for (i = DSV_STALE_NO_GUIDELINE; i < DSV_STALE_REASONS; i++)
		dsv_jline_count(out, dsv_stale_word((enum dsv_stale_reason)i),
				it->reasons[i]);
}

static int json_counts(struct dsv_out *out, const char *type,
		       const struct dsv_stale_group *group,
		       const struct dsv_stale_counts *counts)
{
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < counts->n; i++) {
		dsv_jline_open(out, type);
		dsv_jline_text(out, "dataset", group->dataset);
		dsv_jline_text(out,
			       strcmp(type, "label") ? "guideline" : "label",
			       counts->items[i].name);
		json_reasons(out, &counts->items[i]);
		rc = dsv_jline_close(out);
	}
	return rc;
}

static int json_group(struct dsv_out *out, const struct dsv_stale_group *group)
{
	int rc;

	dsv_jline_open(out, "dataset");
	dsv_jline_text(out, "dataset", group->dataset);
	dsv_jline_text(out, "guideline", group->guideline);
	dsv_jline_text(out, "version", group->version);
	dsv_jline_count(out, "records", group->records);
	dsv_jline_count(out, "unlabelled", group->unlabelled);
	dsv_jline_count(out, "stale", group->stale);
	dsv_jline_list(out, "sample", &group->sample);
	dsv_jline_flag(out, "complete", group->complete);
	dsv_jline_flag(out, "shallow", group->shallow);
	rc = dsv_jline_close(out);
	if (rc == 0)
		rc = json_counts(out, "label", group, &group->by_label);
	if (rc == 0)
		rc = json_counts(out, "guideline", group, &group->by_version);
	return rc;
}

static int view_json(struct dsv_out *out, void *result)
{
	const struct dsv_stale *stale = result;
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < stale->n; i++)
		rc = json_group(out, &stale->groups[i]);
	if (rc < 0)
		return rc;
	dsv_jline_open(out, "summary");
	dsv_jline_count(out, "stale", stale->n_stale);
	dsv_jline_flag(out, "complete", stale->complete);
	return dsv_jline_close(out);
}

static const struct dsv_view stale_view = {view_human, view_json};

/* What comes before the records. */
static int begin(struct dsv_ctx *ctx, const struct stale_args *args,
		 struct dsv_stale_opts *opts)
{
	struct dsv_out *out = ctx->out;

	opts->ctx = out;
	if (args->csv) {
		opts->take = take_csv;
		dsv_buf_addstr(&out->buf, "path,key,field,label,guideline,"
					  "reason,why,commit\n");
		return dsv_out_line(out);
	}
	if (!out->json) {
		opts->take = args->list ? take_line : NULL;
		return 0;
	}
	opts->take = args->list ? take_json : NULL;
	dsv_jline_open(out, "header");
	dsv_jline_text(out, "schema", "dsv.guideline-stale/1");
	dsv_jline_text(out, "version", args->rev ? args->rev : "HEAD");
	dsv_jline_text(out, "guideline_version",
		       opts->guideline.at == DSV_AT_WORKTREE ? "worktree"
		       : args->rev			     ? args->rev
							     : "HEAD");
	return dsv_jline_close(out);
}

static void say_limits(const struct dsv_stale *stale)
{
	size_t i;

	if (!stale->complete)
		dsv_term_say("not complete: there are versions that cannot be "
			     "read (dsv blame names them)");
	for (i = 0; i < stale->n; i++)
		if (stale->groups[i].shallow)
			dsv_term_say("the history of '%s' is cut off (shallow "
				     "clone): what came before is not told",
				     stale->groups[i].dataset);
}

static int choose(struct dsv_ctx *ctx, const struct stale_args *args,
		  struct dsv_stale_opts *opts)
{
	int rc;

	if (args->csv && ctx->out->json)
		return dsv_fail(DSV_EUSAGE, "one of --csv and --json");
	if (args->rev)
		return dsv_repo_resolve(ctx->repo, args->rev, &opts->version);
	if (dsv_repo_workdir(ctx->repo))
		opts->guideline.at = DSV_AT_WORKTREE;
	rc = dsv_repo_head(ctx->repo, &opts->version);
	if (rc == 0 && opts->version.at == DSV_AT_NOTHING)
		return dsv_fail(DSV_ENOTFOUND, "no commit yet");
	return rc;
}

static int stale_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct stale_args *args = argp;
	struct dsv_stale stale DSV_AUTO(stale) = DSV_STALE_INIT;
	struct dsv_stale_opts opts = {
		.id = args->id,
		.dataset = args->dataset,
		.where = args->where.n ? &args->where : NULL,
		.no_cache = args->no_cache,
	};
	int rc = choose(ctx, args, &opts);

	if (rc == 0)
		rc = begin(ctx, args, &opts);
	if (rc == 0)
		rc = dsv_stale_read(&stale, ctx->repo, &opts);
	if (rc == 0 && (ctx->out->json || !opts.take))
		rc = dsv_out_show(ctx->out, &stale_view, &stale);
	if (rc < 0)
		return rc;
	say_limits(&stale);
	return stale.complete ? 0 : DSV_EXIT_NO;
}

const struct dsv_cmd dsv_cmd_guideline_stale = {
	.name = "guideline stale",
	.brief = "records whose label does not hold any more",
	.about = "Last labelled by an older major version, or with a label "
		 "that means something else since.",
	.opts = stale_opts,
	.args_size = sizeof(struct stale_args),
	.needs = DSV_NEEDS_REPO,
	.flags = DSV_CMD_PAGER,
	.run = stale_run,
};
