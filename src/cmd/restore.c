#include <dsv/checkout.h>
#include <dsv/text.h>

#include "cli/cmd.h"
#include "cmd/checkout_view.h"

struct restore_args {
	struct dsv_operands paths;
	const char *source;
	bool staged;
	bool worktree;
	bool quiet;
};

static const struct dsv_opt restore_opts[] = {
	DSV_OPT_REV('s', "source", struct restore_args, source,
		    "take the files from REV (default: the index, or HEAD with "
		    "--staged)"),
	DSV_OPT_FLAG('S', "staged", struct restore_args, staged,
		     "restore the index"),
	DSV_OPT_FLAG('W', "worktree", struct restore_args, worktree,
		     "restore the work tree (default)"),
	DSV_OPT_FLAG('q', "quiet", struct restore_args, quiet, "say nothing"),
	DSV_ARG_SOME("PATH", struct restore_args, paths, DSV_COMPLETE_PATH),
	DSV_OPT_END,
};

static int view(struct dsv_out *out, const struct dsv_checkout *done)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_checkout_view_counts(&text, done);
	/* the words begin with ", " for those who say something before */
	if (text.len)
		dsv_buf_addf(&out->buf, "%s\n", dsv_buf_str(&text) + 2);
	return dsv_out_line(out);
}

static int restore_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct restore_args *args = argp;
	struct dsv_checkout done DSV_AUTO(checkout) = DSV_CHECKOUT_INIT;
	struct dsv_strlist paths DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_restore_opts opts = {
		.paths = &paths,
		.source = args->source,
		.staged = args->staged,
		.worktree = args->worktree,
	};
	int rc;

	rc = dsv_repo_paths(ctx->repo, &args->paths.list, &paths);
	if (rc == 0)
		rc = dsv_restore(ctx->repo, &opts, &done);
	return rc < 0 || args->quiet ? rc : view(ctx->out, &done);
}

const struct dsv_cmd dsv_cmd_restore = {
	.name = "restore",
	.group = DSV_GROUP_WORK,
	.brief = "bring files back as they were",
	.opts = restore_opts,
	.args_size = sizeof(struct restore_args),
	.needs = DSV_NEEDS_WORKTREE,
	.run = restore_run,
};
