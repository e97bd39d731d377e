#include <dsv/checkout.h>
#include <dsv/text.h>

#include "cli/cmd.h"
#include "cli/term.h"
#include "cmd/checkout_view.h"

struct switch_args {
	const char *branch;
	const char *create;
	bool detach;
	bool discard;
	bool quiet;
};

static const struct dsv_opt switch_opts[] = {
	DSV_OPT_STR('c', "create", "NEW", struct switch_args, create,
		    "make branch NEW at BRANCH (default: HEAD) and go there"),
	DSV_OPT_FLAG('d', "detach", struct switch_args, detach,
		     "go to a commit, on no branch"),
	DSV_OPT_FLAG(0, "discard-changes", struct switch_args, discard,
		     "lose changes that are not committed"),
	DSV_OPT_FLAG('q', "quiet", struct switch_args, quiet, "say nothing"),
	DSV_ARG_MAYBE("BRANCH", struct switch_args, branch, DSV_COMPLETE_REV),
	DSV_OPT_END,
};

static int view(struct dsv_out *out, const struct dsv_checkout *done)
{
	dsv_buf_addstr(&out->buf, done->detached ? "at " : "on ");
	dsv_out_shown(out, done->to);
	if (done->created)
		dsv_buf_addstr(&out->buf, ", a new branch");
	if (done->detached)
		dsv_buf_addstr(&out->buf, ", on no branch");
	dsv_checkout_view_counts(&out->buf, done);
	dsv_buf_addch(&out->buf, '\n');
	return dsv_out_line(out);
}

static int switch_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct switch_args *args = argp;
	struct dsv_checkout done DSV_AUTO(checkout) = DSV_CHECKOUT_INIT;
	struct dsv_switch_opts opts = {
		.branch = args->branch,
		.create = args->create,
		.detach = args->detach,
		.discard_changes = args->discard,
	};
	int rc;

	if (!args->branch && !args->create && !args->detach)
		return dsv_fail(DSV_EUSAGE, "BRANCH is missing");
	rc = dsv_switch(ctx->repo, &opts, &done);
	if (rc == DSV_EREFUSED)
		dsv_checkout_view_blocked(&done);
	return rc < 0 || args->quiet ? rc : view(ctx->out, &done);
}

const struct dsv_cmd dsv_cmd_switch = {
	.name = "switch",
	.group = DSV_GROUP_WORK,
	.brief = "go to another branch or commit",
	.opts = switch_opts,
	.args_size = sizeof(struct switch_args),
	.needs = DSV_NEEDS_WORKTREE,
	.run = switch_run,
};
