#include <string.h>

#include <dsv/dataset.h>
#include <dsv/guideline.h>
#include <dsv/text.h>
#include <dsv/walk.h>

#include "cli/cmd.h"
#include "cli/term.h"
#include "cmd/log_unreviewed.h"
#include "cmd/log_where.h"
#include "cmd/revs.h"
#include "cmd/signed_view.h"
#include "cmd/totals_view.h"
#include "cmd/words.h"

#define AUTHOR_WIDTH 11u /* columns; longer names move the subject */
#define BODY_INDENT  9	 /* under the date: 7 digits and 2 blanks */

struct log_args {
	struct dsv_operands operands;
	struct dsv_strlist where;
	uint64_t max;
	uint64_t skip;
	bool first_parent;
	bool no_merges;
	bool reverse;
	bool oneline;
	bool unreviewed;
};

static const struct dsv_opt log_opts[] = {
	DSV_OPT_COUNT('n', "max-count", struct log_args, max,
		      "at most N commits"),
	DSV_OPT_COUNT(0, "skip", struct log_args, skip,
		      "leave out the first N"),
	DSV_OPT_FLAG(0, "first-parent", struct log_args, first_parent,
		     "follow only the first parent of merges"),
	DSV_OPT_FLAG(0, "no-merges", struct log_args, no_merges,
		     "leave out merges"),
	DSV_OPT_FLAG(0, "reverse", struct log_args, reverse,
		     "the oldest first"),
	DSV_OPT_FLAG(0, "oneline", struct log_args, oneline,
		     "only the first line of each commit"),
	DSV_OPT_LIST(0, "where", "FIELD=VALUE", struct log_args, where,
		     "only commits that touched a record for which it is true "
		     "before or after"),
	DSV_OPT_FLAG(0, "unreviewed", struct log_args, unreviewed,
		     "only steps of the branch that its policy refuses: direct "
		     "pushes and bypasses"),
	DSV_OPT_JSON,
	DSV_ARG_MANY("REV|PATH", struct log_args, operands, DSV_COMPLETE_REV),
	DSV_OPT_END,
};

/* What is shown, and of what. */
struct log {
	struct dsv_ctx *ctx;
	const struct log_args *args;
	struct dsv_strlist words; /* revisions */
	struct dsv_strlist paths;
	struct dsv_walk *walk;
	struct dsv_signed *said; /* NULL with --oneline */
};

static void log_auto(struct log *log)
{
	dsv_strlist_release(&log->words);
	dsv_strlist_release(&log->paths);
	dsv_walk_free(&log->walk);
	dsv_signed_free(&log->said);
}

/* What one entry shows. */
struct entry {
	const struct dsv_commit_info *commit;
	struct dsv_version at;
	struct dsv_totals totals; /* against the first parent */
	struct dsv_datasets sets; /* of the commit */
};

static void view_head(struct dsv_out *out, const struct dsv_commit_info *info)
{
	struct dsv_buf author DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf oid DSV_AUTO(buf) = DSV_BUF_INIT;
	size_t width =
		dsv_shown_width(info->author.name, strlen(info->author.name));

	dsv_words_short(&oid, &info->oid);
	dsv_out_styled(out, DSV_YELLOW, "%s", dsv_buf_str(&oid));
	dsv_buf_addstr(&out->buf, "  ");
	dsv_add_date(&out->buf, info->author.at_s, info->author.offset_min);
	dsv_add_shown(&author, info->author.name, strlen(info->author.name));
	dsv_buf_addf(&out->buf, "  %s%*s", dsv_buf_str(&author),
		     (int)(width < AUTHOR_WIDTH ? AUTHOR_WIDTH - width : 0) + 2,
		     "");
	dsv_out_shown(out, info->subject);
	dsv_buf_addch(&out->buf, '\n');
}

/* "  sentiment@2.1.0", of the guideline as it stood in the commit. */
static void view_guideline(struct dsv_out *out, struct dsv_repo *repo,
			   const struct entry *entry, const char *dataset)
{
	const struct dsv_dataset *set =
		dsv_datasets_named(&entry->sets, dataset);
	struct dsv_guideline guideline DSV_AUTO(guideline) = DSV_GUIDELINE_INIT;

	if (!set || !set->guideline)
		return;
	if (dsv_guideline_read(repo, &entry->at, set->guideline, &guideline)) {
		dsv_error_clear();
		return;
	}
	dsv_buf_addf(&out->buf, "  %s@%s", guideline.id, guideline.version);
}

/* Under the line of the dataset: what was said of it. */
static int view_signed(const struct log *log, const struct entry *entry,
		       const char *dataset)
{
	struct dsv_signed_view view = {log->said, &entry->commit->oid, dataset};
	struct dsv_buf marks DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf *out = &log->ctx->out->buf;
	int rc = dsv_signed_marks(&view, &marks);

	if (rc == 0 && marks.len)
		dsv_buf_addf(out, "%*s%s\n", BODY_INDENT, "",
			     dsv_buf_str(&marks));
	return rc;
}

static int view_total(const struct log *log, const struct entry *entry,
		      const struct dsv_total *total)
{
	struct dsv_buf *out = &log->ctx->out->buf;

	dsv_buf_addf(out, "%*s", BODY_INDENT, "");
	dsv_words_path(out, total->name);
	dsv_buf_addstr(out, "  ");
	dsv_total_words(out, total, false);
	if (total->is_dataset)
		view_guideline(log->ctx->out, log->ctx->repo, entry,
			       total->name);
	dsv_buf_addch(out, '\n');
	return total->is_dataset ? view_signed(log, entry, total->name) : 0;
}

static int view_entry(const struct log *log, const struct entry *entry)
{
	int rc = 0;

	view_head(log->ctx->out, entry->commit);
	for (size_t i = 0; rc == 0 && i < entry->totals.n; i++)
		rc = view_total(log, entry, &entry->totals.items[i]);
	return rc < 0 ? rc : dsv_out_line(log->ctx->out);
}

static int json_total(const struct log *log, const struct entry *entry,
		      const struct dsv_total *total)
{
	struct dsv_signed_view view = {log->said, &entry->commit->oid,
				       total->name};
	struct dsv_out *out = log->ctx->out;
	char hex[DSV_OID_HEX];
	int rc;

	dsv_oid_hex(&entry->commit->oid, hex);
	rc = dsv_total_json(out, total, hex);
	if (rc == 0 && total->is_dataset)
		rc = dsv_signed_json_marks(out, &view);
	if (rc == 0 && total->is_dataset)
		rc = dsv_signed_json(out, &view);
	return rc;
}

static int json_entry(const struct log *log, const struct entry *entry)
{
	struct dsv_buf time DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_out *out = log->ctx->out;
	char hex[DSV_OID_HEX];
	size_t i;
	int rc;

	dsv_add_rfc3339(&time, entry->commit->author.at_s);
	dsv_jline_open(out, "commit");
	dsv_jline_text(out, "commit", dsv_oid_hex(&entry->commit->oid, hex));
	dsv_jline_array(out, "parents");
	for (i = 0; i < entry->commit->n_parents; i++)
		dsv_jline_text(out, NULL,
			       dsv_oid_hex(&entry->commit->parents[i], hex));
	dsv_jline_end(out, ']');
	dsv_jline_text(out, "author", entry->commit->author.name);
	dsv_jline_text(out, "email", entry->commit->author.email);
	dsv_jline_text(out, "time", dsv_buf_str(&time));
	dsv_jline_text(out, "subject", entry->commit->subject);
	rc = dsv_jline_close(out);
	for (i = 0; rc == 0 && i < entry->totals.n; i++)
		rc = json_total(log, entry, &entry->totals.items[i]);
	return rc;
}

static void say_damaged(const struct entry *entry)
{
	char hex[DSV_OID_HEX];

	dsv_oid_hex(&entry->commit->oid, hex);
	dsv_term_say("%.7s cannot be compared: %s", hex, dsv_error_message());
	dsv_error_clear();
}

/* What cannot be read does not hide the commits behind it. */
static bool is_passed_over(const struct entry *entry, int rc)
{
	if (rc == DSV_ECORRUPT)
		say_damaged(entry);
	return rc == DSV_ESYNTAX || rc == DSV_EUSAGE || rc == DSV_EMISSING ||
	       rc == DSV_ECORRUPT;
}

static int read_entry(const struct log *log, struct entry *entry,
		      const struct dsv_strlist *paths)
{
	struct dsv_diff_opts opts = {.paths = paths};
	struct dsv_repo *repo = log->ctx->repo;
	int rc;

	entry->at.at = DSV_AT_COMMIT;
	entry->at.commit = entry->commit->oid;
	opts.to = entry->at;
	if (entry->commit->n_parents) {
		opts.from.at = DSV_AT_COMMIT;
		opts.from.commit = entry->commit->parents[0];
	}
	rc = dsv_totals_read(&entry->totals, repo, &opts);
	if (is_passed_over(entry, rc))
		rc = 0;
	if (rc == 0 && entry->totals.n)
		rc = dsv_datasets_read(&entry->sets, repo, &entry->at);
	return rc == DSV_ESYNTAX ? 0 : rc;
}

/* paths: NULL for all. */
static int show_commit(const struct log *log,
		       const struct dsv_commit_info *commit,
		       const struct dsv_strlist *paths)
{
	struct entry entry = {.commit = commit};
	int rc = 0;

	if (!log->args->oneline)
		rc = read_entry(log, &entry, paths);
	if (rc == 0 && log->ctx->out->json)
		rc = json_entry(log, &entry);
	else if (rc == 0)
		rc = view_entry(log, &entry);
	dsv_totals_release(&entry.totals);
	dsv_datasets_release(&entry.sets);
	return rc;
}

/* An empty answer has a reason. */
static int say_unborn(struct dsv_ctx *ctx)
{
	struct dsv_version head;
	int rc = dsv_repo_head(ctx->repo, &head);

	if (rc == 0 && head.at == DSV_AT_NOTHING)
		dsv_term_say("there is no commit yet");
	return rc;
}

/* --where reads the data of each commit, so -n and --skip count what is left
 * of them. */
static int show_touching(const struct log *log)
{
	const struct log_args *args = log->args;
	struct dsv_log_where where DSV_AUTO(log_where) = DSV_LOG_WHERE_INIT;
	uint64_t left = args->max ? args->max : UINT64_MAX;
	uint64_t skip = args->skip;
	struct entry entry = {0};
	int rc = dsv_log_where_init(&where, &args->where);

	while (rc >= 0 && left &&
	       (rc = dsv_walk_next(log->walk, &entry.commit)) > 0) {
		rc = dsv_log_where_touches(&where, log->ctx, entry.commit,
					   &log->paths);
		if (rc < 0 && is_passed_over(&entry, rc))
			rc = 0;
		if (rc <= 0 || (skip && skip--))
			continue;
		left--;
		rc = show_commit(log, entry.commit, &log->paths);
	}
	return rc < 0 ? rc : dsv_log_where_check(&where);
}

/* Each step by the policy of its first parent. */
static int show_unreviewed(const struct log *log, struct dsv_unreviewed *it)
{
	uint64_t left = log->args->max ? log->args->max : UINT64_MAX;
	const struct dsv_commit_info *commit;
	int rc = 0;

	while (rc >= 0 && left &&
	       (rc = dsv_walk_next(log->walk, &commit)) > 0) {
		struct dsv_verdict *verdict DSV_AUTO(verdict) = NULL;

		rc = dsv_unreviewed_step(it, log->ctx, commit, &verdict);
		if (rc <= 0)
			continue;
		left--;
		rc = show_commit(log, commit, NULL);
		if (rc == 0)
			rc = dsv_unreviewed_show(log->ctx->out, verdict,
						 commit);
	}
	return rc;
}

static int json_header(struct dsv_out *out)
{
	if (!out->json)
		return 0;
	dsv_jline_open(out, "header");
	dsv_jline_text(out, "schema", "dsv.log/1");
	return dsv_jline_close(out);
}

/* --where and --unreviewed count what they show themselves. */
static int open_walk(struct log *log)
{
	const struct log_args *args = log->args;
	bool all = !args->where.n && !args->unreviewed;
	struct dsv_walk_opts opts = {
		.revs = &log->words,
		.pathspecs = &log->paths,
		.limit = all ? (size_t)args->max : 0,
		.skip = all ? (size_t)args->skip : 0,
		.flags = (args->first_parent || args->unreviewed
				  ? DSV_WALK_FIRST_PARENT
				  : 0u) |
			 (args->no_merges ? DSV_WALK_NO_MERGES : 0u) |
			 (args->reverse ? DSV_WALK_REVERSE : 0u),
	};
	int rc = dsv_walk_open(&log->walk, log->ctx->repo, &opts);

	if (rc < 0 || args->oneline)
		return rc;
	return dsv_signed_begin(&log->said, log->ctx->repo);
}

static int show_all(const struct log *log)
{
	const struct dsv_commit_info *commit;
	int rc = 0;

	while (rc >= 0 && (rc = dsv_walk_next(log->walk, &commit)) > 0)
		rc = show_commit(log, commit, &log->paths);
	return rc < 0 || log->words.n ? rc : say_unborn(log->ctx);
}

static int log_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct log_args *args = argp;
	struct dsv_unreviewed unreviewed DSV_AUTO(unreviewed) =
		DSV_UNREVIEWED_INIT;
	struct log log
		__attribute__((cleanup(log_auto))) = {.ctx = ctx, .args = args};
	int rc;

	if (args->unreviewed && args->where.n)
		return dsv_fail(DSV_EUSAGE,
				"--unreviewed judges whole commits: "
				"it goes without --where");
	rc = dsv_revs_words(ctx, &args->operands, &log.words, &log.paths);
	if (rc == 0 && args->unreviewed)
		rc = dsv_unreviewed_init(&unreviewed, ctx, &log.words);
	if (rc == 0)
		rc = open_walk(&log);
	if (rc == 0)
		rc = json_header(ctx->out);
	if (rc < 0)
		return rc;
	if (args->unreviewed)
		return show_unreviewed(&log, &unreviewed);
	return args->where.n ? show_touching(&log) : show_all(&log);
}

static const char *const log_forms[] = {
	"[REV | A..B]... [--] [PATH...]",
	NULL,
};

const struct dsv_cmd dsv_cmd_log = {
	.name = "log",
	.group = DSV_GROUP_LOOK,
	.brief = "commits, and what each changed in the data",
	.forms = log_forms,
	.about = "Numbers are computed from the contents, never read from "
		 "commit messages. Merges are compared with their first "
		 "parent.",
	.opts = log_opts,
	.args_size = sizeof(struct log_args),
	.needs = DSV_NEEDS_REPO,
	.flags = DSV_CMD_PAGER,
	.run = log_run,
};
