#include "cli/cmd.h"
#include "cmd/status_read.h"

struct status_args {
	struct dsv_operands paths;
	bool no_untracked;
};

static const struct dsv_opt status_opts[] = {
	DSV_OPT_FLAG(0, "no-untracked", struct status_args, no_untracked,
		     "leave out files that git does not know"),
	DSV_OPT_JSON,
	DSV_ARG_MANY("PATH", struct status_args, paths, DSV_COMPLETE_PATH),
	DSV_OPT_END,
};

static int status_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct status_args *args = argp;
	struct dsv_status_read read DSV_AUTO(status_read) =
		DSV_STATUS_READ_INIT;
	struct dsv_strlist paths DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	int rc;

	rc = dsv_repo_paths(ctx->repo, &args->paths.list, &paths);
	if (rc == 0)
		rc = dsv_status_read_all(&read, ctx, &paths,
					 args->no_untracked);
	if (rc < 0)
		return rc;
	return dsv_out_show(ctx->out, &dsv_status_view, &read);
}

const struct dsv_cmd dsv_cmd_status = {
	.name = "status",
	.group = DSV_GROUP_WORK,
	.brief = "what would be committed, what is not added, what is wrong",
	.opts = status_opts,
	.args_size = sizeof(struct status_args),
	.needs = DSV_NEEDS_WORKTREE,
	/* it names missing set-up among the problems */
	.flags = DSV_CMD_SETUP_LATER,
	.run = status_run,
};
