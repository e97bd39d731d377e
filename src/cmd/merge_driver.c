#include <dsv/merge_driver.h>

#include "cli/cmd.h"

struct merge_args {
	const char *base;
	const char *ours;
	const char *theirs;
	const char *marker; /* git's size of conflict markers, of no use here */
	const char *path;
};

static const struct dsv_opt merge_opts[] = {
	DSV_ARG("BASE", struct merge_args, base, DSV_COMPLETE_PATH),
	DSV_ARG("OURS", struct merge_args, ours, DSV_COMPLETE_PATH),
	DSV_ARG("THEIRS", struct merge_args, theirs, DSV_COMPLETE_PATH),
	DSV_ARG("MARKER", struct merge_args, marker, DSV_COMPLETE_NONE),
	DSV_ARG("PATH", struct merge_args, path, DSV_COMPLETE_PATH),
	DSV_OPT_END,
};

static int merge_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct merge_args *args = argp;
	struct dsv_merge_driver_opts opts = {
		.base = args->base,
		.ours = args->ours,
		.theirs = args->theirs,
		.path = args->path,
	};
	int rc = dsv_merge_driver(ctx->repo, &opts);

	/* git knows 0 and 1, and takes more than 128 for a fatal error */
	return rc < 0 && rc != DSV_ECANCELLED ? DSV_EREFUSED : rc;
}

const struct dsv_cmd dsv_cmd_merge_driver = {
	.name = "merge-driver",
	.group = DSV_GROUP_PLUMBING,
	.brief = "what git calls to merge a data file: %O %A %B %L %P",
	.opts = merge_opts,
	.args_size = sizeof(struct merge_args),
	.needs = DSV_NEEDS_REPO,
	.flags = DSV_CMD_SETUP_LATER,
	.run = merge_run,
};
