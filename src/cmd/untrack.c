#include <dsv/stage.h>
#include <dsv/track.h>

#include "cli/cmd.h"
#include "cmd/words.h"

struct untrack_args {
	struct dsv_operands paths;
};

static const struct dsv_opt untrack_opts[] = {
	DSV_ARG_SOME("PATH", struct untrack_args, paths, DSV_COMPLETE_PATH),
	DSV_OPT_END,
};

/* Without the filter git holds the bytes themselves. */
static int stage_plain(struct dsv_ctx *ctx, const struct dsv_untracked *gone)
{
	struct dsv_strlist paths DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_stage_opts opts = {.paths = &paths};
	const struct dsv_strlist *lists[] = {&gone->touched, &gone->files};
	size_t i, k;
	int rc = 0;

	for (i = 0; rc == 0 && i < 2; i++) {
		struct dsv_staged staged DSV_AUTO(staged) = DSV_STAGED_INIT;

		dsv_strlist_release(&paths);
		for (k = 0; k < lists[i]->n; k++)
			dsv_words_literal(&paths, lists[i]->items[k]);
		opts.renormalize = i == 1;
		if (paths.n)
			rc = dsv_stage(ctx->repo, &opts, &staged);
	}
	return rc;
}

static int view(struct dsv_out *out, const struct dsv_untracked *gone)
{
	size_t i;

	for (i = 0; i < gone->patterns.n; i++) {
		dsv_words_path(&out->buf, gone->patterns.items[i]);
		dsv_buf_addstr(&out->buf, "  no longer tracked\n");
	}
	for (i = 0; i < gone->datasets.n; i++)
		dsv_buf_addf(&out->buf, "dataset '%s' is gone with it\n",
			     gone->datasets.items[i]);
	if (gone->files.n)
		dsv_buf_addf(&out->buf,
			     "staged %zu %s as plain bytes; history keeps its "
			     "pointers\n",
			     gone->files.n,
			     gone->files.n == 1 ? "file" : "files");
	return dsv_out_line(out);
}

static int untrack_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct untrack_args *args = argp;
	struct dsv_untracked gone DSV_AUTO(untracked) = DSV_UNTRACKED_INIT;
	int rc;

	rc = dsv_untrack(&gone, ctx->repo, &args->paths.list);
	if (rc == 0)
		rc = stage_plain(ctx, &gone);
	return rc < 0 ? rc : view(ctx->out, &gone);
}

const struct dsv_cmd dsv_cmd_untrack = {
	.name = "untrack",
	.group = DSV_GROUP_START,
	.brief = "take data files out of their dataset",
	.about = "The files stay; from the next commit on git holds them as "
		 "they are.",
	.opts = untrack_opts,
	.args_size = sizeof(struct untrack_args),
	.needs = DSV_NEEDS_WORKTREE,
	.run = untrack_run,
};
