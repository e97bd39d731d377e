#include "cmd/merge.h"

#include <dsv/commit.h>
#include <dsv/conflicts.h>
#include <dsv/error.h>
#include <dsv/precommit.h>
#include <dsv/signer.h>
#include <dsv/totals.h>

#include "cli/cmd.h"
#include "cli/table.h"
#include "cli/term.h"
#include "cmd/checkout_view.h"
#include "cmd/commit_view.h"
#include "cmd/totals_view.h"
#include "cmd/words.h"

#define EXIT_WAITS 4 /* for a person */

struct merge_args {
	struct dsv_operands revs;
	const char *message;
	bool no_ff;
	bool ff_only;
	bool no_commit;
	bool abort;
	bool proceed;
};

static const struct dsv_opt merge_opts[] = {
	DSV_OPT_STR('m', "message", "TEXT", struct merge_args, message,
		    "the message of the merge commit"),
	DSV_OPT_FLAG(0, "no-ff", struct merge_args, no_ff,
		     "a merge commit also where HEAD could move forward"),
	DSV_OPT_FLAG(0, "ff-only", struct merge_args, ff_only,
		     "refuse unless HEAD can move forward"),
	DSV_OPT_FLAG(0, "no-commit", struct merge_args, no_commit,
		     "stop before the commit"),
	DSV_OPT_FLAG(0, "continue", struct merge_args, proceed,
		     "commit the merge that waits"),
	DSV_OPT_FLAG(0, "abort", struct merge_args, abort,
		     "go back to what stood before the merge"),
	DSV_OPT_JSON,
	DSV_ARG_MANY("REV", struct merge_args, revs, DSV_COMPLETE_REV),
	DSV_OPT_END,
};

static const char *const words[] = {
	[DSV_MERGE_UP_TO_DATE] = "up_to_date",
	[DSV_MERGE_FAST_FORWARD] = "fast_forward",
	[DSV_MERGE_DONE] = "merged",
	[DSV_MERGE_CONFLICT] = "conflict",
};

static const char *const sentences[] = {
	[DSV_MERGE_UP_TO_DATE] = "already up to date",
	[DSV_MERGE_FAST_FORWARD] = "moved forward",
	[DSV_MERGE_DONE] = "merged",
	[DSV_MERGE_CONFLICT] = "conflicts wait for you",
};

/* What is read of the result to show it. */
struct told {
	const struct dsv_merge *merge;
	const struct dsv_oid *commit; /* that HEAD is now; NULL: none new */
	struct dsv_conflicts conflicts;
};

static int view_conflicts(struct dsv_out *out,
			  const struct dsv_conflicts *conflicts)
{
	struct dsv_table table DSV_AUTO(table) = DSV_TABLE_INIT("ss");
	size_t i;

	for (i = 0; i < conflicts->n; i++) {
		const struct dsv_path_conflicts *at = &conflicts->items[i];
		const bool records =
			at->n && at->items[0].word < DSV_CONFLICT_FILE;
		struct dsv_buf path DSV_AUTO(buf) = DSV_BUF_INIT;
		struct dsv_buf count DSV_AUTO(buf) = DSV_BUF_INIT;

		dsv_buf_addstr(&path, "  ");
		dsv_words_path(&path, at->path);
		if (records)
			dsv_buf_addf(&count, "%zu conflict%s", at->n_open,
				     at->n_open == 1 ? "" : "s");
		dsv_table_text(&table, dsv_buf_str(&path), DSV_PLAIN);
		dsv_table_text(&table, records ? dsv_buf_str(&count) : "file",
			       DSV_RED);
	}
	return dsv_table_print(&table, out);
}

static int view_first(struct dsv_out *out, const struct dsv_merge *done)
{
	const struct dsv_checkout counts = {.missing = done->missing};

	dsv_buf_addf(&out->buf, "%s", sentences[done->result]);
	if (done->updated.n)
		dsv_buf_addf(&out->buf, ", %zu file%s changed", done->updated.n,
			     done->updated.n == 1 ? "" : "s");
	dsv_checkout_view_counts(&out->buf, &counts);
	dsv_buf_addch(&out->buf, '\n');
	return dsv_out_line(out);
}

static int view(struct dsv_ctx *ctx, const struct told *told)
{
	const struct dsv_merge *done = told->merge;
	const struct dsv_version parent = {.at = DSV_AT_COMMIT,
					   .commit = done->head};
	int rc = 0;

	if (done->result != DSV_MERGE_DONE || !told->commit || done->missing)
		rc = view_first(ctx->out, done);
	if (rc == 0 && told->commit)
		rc = dsv_commit_view(ctx, &parent, told->commit);
	if (rc == 0 && done->result == DSV_MERGE_CONFLICT)
		rc = view_conflicts(ctx->out, &told->conflicts);
	if (rc < 0)
		return rc;
	if (done->result == DSV_MERGE_CONFLICT)
		dsv_buf_addstr(&ctx->out->buf, "next: dsv conflicts\n");
	else if (done->result == DSV_MERGE_DONE && !told->commit)
		dsv_buf_addstr(&ctx->out->buf, "next: dsv commit\n");
	return dsv_out_line(ctx->out);
}

static int json_totals(struct dsv_ctx *ctx, const struct told *told)
{
	struct dsv_totals totals DSV_AUTO(totals) = DSV_TOTALS_INIT;
	struct dsv_diff_opts opts = {
		.from = {.at = DSV_AT_COMMIT, .commit = told->merge->head},
		.to = {.at = DSV_AT_COMMIT, .commit = *told->commit},
	};
	char hex[DSV_OID_HEX];
	size_t i;
	int rc = 0;

	if (dsv_totals_read(&totals, ctx->repo, &opts) < 0) {
		dsv_term_say("merged, but its records cannot be compared: %s",
			     dsv_error_message());
		dsv_error_clear();
	}
	for (i = 0; rc == 0 && i < totals.n; i++)
		rc = dsv_total_json(ctx->out, &totals.items[i],
				    dsv_oid_hex(told->commit, hex));
	return rc;
}

static int json(struct dsv_ctx *ctx, const struct told *told)
{
	const struct dsv_merge *done = told->merge;
	struct dsv_out *out = ctx->out;
	char hex[DSV_OID_HEX];
	size_t i;
	int rc;

	dsv_jline_open(out, "header");
	dsv_jline_text(out, "schema", "dsv.merge/1");
	rc = dsv_jline_close(out);
	for (i = 0; rc == 0 && i < told->conflicts.n; i++) {
		dsv_jline_open(out, "conflict");
		dsv_jline_text(out, "path", told->conflicts.items[i].path);
		dsv_jline_count(out, "open", told->conflicts.items[i].n_open);
		rc = dsv_jline_close(out);
	}
	if (rc == 0 && told->commit)
		rc = json_totals(ctx, told);
	if (rc < 0)
		return rc;
	dsv_jline_open(out, "summary");
	dsv_jline_text(out, "result", words[done->result]);
	dsv_jline_text(out, "commit",
		       told->commit ? dsv_oid_hex(told->commit, hex) : NULL);
	dsv_jline_list(out, "updated", &done->updated);
	dsv_jline_list(out, "conflicts", &done->conflicts);
	dsv_jline_count(out, "missing", done->missing);
	return dsv_jline_close(out);
}

static int tell(struct dsv_ctx *ctx, const struct dsv_merge *done,
		const struct dsv_oid *commit)
{
	struct told told = {.merge = done,
			    .commit = commit,
			    .conflicts = DSV_CONFLICTS_INIT};
	int rc = 0;

	if (done->result == DSV_MERGE_CONFLICT)
		rc = dsv_conflicts_read(&told.conflicts, ctx->repo, NULL);
	if (rc == 0)
		rc = ctx->out->json ? json(ctx, &told) : view(ctx, &told);
	dsv_conflicts_release(&told.conflicts);
	if (rc == 0 && done->result == DSV_MERGE_CONFLICT)
		return EXIT_WAITS;
	return rc;
}

static int commit_merge(struct dsv_ctx *ctx, struct dsv_oid *out)
{
	struct dsv_commit_opts opts = DSV_COMMIT_OPTS_INIT;
	int rc;

	opts.trailers = dsv_commit_view_trailers;
	opts.sign = dsv_sign_commit;
	opts.pre_commit = dsv_precommit_refuse;
	rc = dsv_commit(ctx->repo, &opts, out);
	if (rc < 0)
		dsv_term_say("merged, but not committed: see 'dsv merge "
			     "--continue' and '--abort'");
	else
		dsv_merge_tell(ctx->repo);
	return rc;
}

static int proceed(struct dsv_ctx *ctx, const struct merge_args *args)
{
	struct dsv_commit_opts opts = DSV_COMMIT_OPTS_INIT;
	struct dsv_merge done DSV_AUTO(merge) = DSV_MERGE_INIT;
	struct dsv_version head;
	struct dsv_oid commit;
	int rc;

	if (!dsv_merge_is_open(ctx->repo))
		return dsv_fail(DSV_EREFUSED, "no merge is open");
	rc = dsv_repo_head(ctx->repo, &head);
	if (rc < 0)
		return rc;
	opts.message = args->message;
	opts.trailers = dsv_commit_view_trailers;
	opts.sign = dsv_sign_commit;
	opts.pre_commit = dsv_precommit_refuse;
	opts.edit = args->message ? NULL : dsv_commit_editor;
	rc = dsv_commit(ctx->repo, &opts, &commit);
	if (rc < 0)
		return rc;
	dsv_merge_tell(ctx->repo);
	done.result = DSV_MERGE_DONE;
	done.head = head.commit;
	return tell(ctx, &done, &commit);
}

int dsv_merge_and_tell(struct dsv_ctx *ctx, struct dsv_merge_opts *opts)
{
	struct dsv_merge done DSV_AUTO(merge) = DSV_MERGE_INIT;
	struct dsv_oid commit;
	bool moved;
	int rc;

	opts->settle = dsv_merge_by_record;
	rc = dsv_merge(ctx->repo, opts, &done);
	if (rc == DSV_EREFUSED) {
		const struct dsv_checkout blocked = {.blocked = done.blocked};

		dsv_checkout_view_blocked(&blocked);
	}
	moved = done.result == DSV_MERGE_FAST_FORWARD;
	if (moved)
		commit = done.theirs;
	if (rc == 0 && done.result == DSV_MERGE_DONE && !opts->no_commit) {
		rc = commit_merge(ctx, &commit);
		moved = true;
	}
	return rc < 0 ? rc : tell(ctx, &done, moved ? &commit : NULL);
}

static int merge(struct dsv_ctx *ctx, const struct merge_args *args)
{
	struct dsv_merge_opts opts = {
		.rev = args->revs.list.items[0],
		.message = args->message,
		.ff_only = args->ff_only,
		.no_ff = args->no_ff,
		.no_commit = args->no_commit,
	};

	return dsv_merge_and_tell(ctx, &opts);
}

static int check_args(const struct merge_args *args)
{
	const size_t n = args->revs.list.n;

	if (args->abort && args->proceed)
		return dsv_fail(DSV_EUSAGE, "--abort and --continue exclude "
					    "each other");
	if (args->abort || args->proceed)
		return n ? dsv_fail(DSV_EUSAGE, "no REV with --%s",
				    args->abort ? "abort" : "continue")
			 : 0;
	if (args->no_ff && args->ff_only)
		return dsv_fail(DSV_EUSAGE, "--no-ff and --ff-only exclude "
					    "each other");
	if (n > 1)
		return dsv_hint(dsv_fail(DSV_EUSAGE, "one REV at a time"),
				"several at once: git merge");
	return n ? 0 : dsv_fail(DSV_EUSAGE, "REV is missing");
}

static int merge_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct merge_args *args = argp;
	int rc;

	rc = check_args(args);
	if (rc < 0)
		return rc;
	if (args->abort)
		return dsv_merge_abort(ctx->repo);
	return args->proceed ? proceed(ctx, args) : merge(ctx, args);
}

const struct dsv_cmd dsv_cmd_merge = {
	.name = "merge",
	.group = DSV_GROUP_WORK,
	.brief = "join another branch, data files by record",
	.about = "Data files are merged by record, other files as git does. "
		 "What waits for a person is listed by `dsv conflicts`.",
	.opts = merge_opts,
	.args_size = sizeof(struct merge_args),
	.needs = DSV_NEEDS_WORKTREE,
	.run = merge_run,
};
