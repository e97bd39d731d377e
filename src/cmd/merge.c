#include <dsv/commit.h>
#include <dsv/error.h>
#include <dsv/merge.h>
#include <dsv/trailers.h>

#include "cli/cmd.h"
#include "cli/term.h"
#include "cmd/checkout_view.h"
#include "cmd/words.h"

#define EXIT_WAITS 4 /* for a person */

struct merge_args {
	const char *rev;
	const char *message;
	bool no_ff;
	bool ff_only;
	bool no_commit;
	bool abort;
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
	DSV_OPT_FLAG(0, "abort", struct merge_args, abort,
		     "go back to what stood before the merge"),
	DSV_OPT_JSON,
	DSV_ARG_MAYBE("REV", struct merge_args, rev, DSV_COMPLETE_REV),
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

static int trailers(void *unused, struct dsv_repo *repo,
		    const struct dsv_version *parents, size_t n_parents,
		    struct dsv_buf *out)
{
	const struct dsv_version index = {.at = DSV_AT_INDEX};

	(void)unused;
	return dsv_trailers_compose(repo, parents, n_parents, &index, out);
}

static int view(struct dsv_out *out, const struct dsv_merge *done,
		const struct dsv_oid *commit)
{
	size_t i;

	if (commit) {
		dsv_words_short(&out->buf, commit);
		dsv_buf_addstr(&out->buf, "  ");
	}
	dsv_buf_addf(&out->buf, "%s", sentences[done->result]);
	if (done->updated.n)
		dsv_buf_addf(&out->buf, ", %zu file%s changed", done->updated.n,
			     done->updated.n == 1 ? "" : "s");
	dsv_buf_addch(&out->buf, '\n');
	for (i = 0; i < done->conflicts.n; i++) {
		dsv_buf_addstr(&out->buf, "  ");
		dsv_words_path(&out->buf, done->conflicts.items[i]);
		dsv_buf_addch(&out->buf, '\n');
	}
	if (done->conflicts.n)
		dsv_buf_addstr(&out->buf, "next: dsv conflicts\n");
	return dsv_out_line(out);
}

static int json(struct dsv_out *out, const struct dsv_merge *done,
		const struct dsv_oid *commit)
{
	char hex[DSV_OID_HEX];
	int rc;

	dsv_jline_open(out, "header");
	dsv_jline_text(out, "schema", "dsv.merge/1");
	rc = dsv_jline_close(out);
	if (rc < 0)
		return rc;
	dsv_jline_open(out, "summary");
	dsv_jline_text(out, "result", words[done->result]);
	dsv_jline_text(out, "commit", commit ? dsv_oid_hex(commit, hex) : NULL);
	dsv_jline_list(out, "updated", &done->updated);
	dsv_jline_list(out, "conflicts", &done->conflicts);
	dsv_jline_count(out, "missing", done->missing);
	return dsv_jline_close(out);
}

static void view_blocked(const struct dsv_merge *done)
{
	const struct dsv_checkout blocked = {.blocked = done->blocked};

	dsv_checkout_view_blocked(&blocked);
}

static int merge_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct merge_args *args = argp;
	struct dsv_merge done DSV_AUTO(merge) = DSV_MERGE_INIT;
	struct dsv_commit_opts commit_opts = DSV_COMMIT_OPTS_INIT;
	struct dsv_merge_opts opts = {
		.rev = args->rev,
		.message = args->message,
		.ff_only = args->ff_only,
		.no_ff = args->no_ff,
		.no_commit = args->no_commit,
		.settle = dsv_merge_by_record,
	};
	struct dsv_oid commit;
	bool commits;
	int rc;

	if (args->abort)
		return dsv_merge_abort(ctx->repo);
	if (!args->rev || (args->no_ff && args->ff_only))
		return dsv_fail(DSV_EUSAGE,
				args->rev ? "--no-ff and --ff-only exclude "
					    "each other"
					  : "REV is missing");
	rc = dsv_merge(ctx->repo, &opts, &done);
	if (rc == DSV_EREFUSED)
		view_blocked(&done);
	commits = done.result == DSV_MERGE_DONE && !args->no_commit;
	commit_opts.trailers = trailers;
	if (rc == 0 && commits)
		rc = dsv_commit(ctx->repo, &commit_opts, &commit);
	if (rc < 0)
		return rc;
	rc = ctx->out->json ? json(ctx->out, &done, commits ? &commit : NULL)
			    : view(ctx->out, &done, commits ? &commit : NULL);
	if (rc < 0 || done.result != DSV_MERGE_CONFLICT)
		return rc;
	return EXIT_WAITS;
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
