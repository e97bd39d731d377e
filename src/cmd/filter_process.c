#include <unistd.h>

#include <dsv/filter.h>

#include "cli/cmd.h"
#include "cli/term.h"

static const struct dsv_opt filter_opts[] = {
	DSV_OPT_END,
};

static void say(void *ctx, const char *message, const char *hint)
{
	(void)ctx;
	dsv_term_say("dsv: %s", message);
	if (hint)
		dsv_term_say("hint: %s", hint);
}

static int filter_run(struct dsv_ctx *ctx, const void *argp)
{
	struct dsv_filter_opts opts = {
		.in = STDIN_FILENO,
		.out = STDOUT_FILENO,
		.say = say,
	};

	(void)argp;
	/* git shows what it does itself */
	dsv_repo_set_progress(ctx->repo, NULL);
	return dsv_filter_process(ctx->repo, &opts);
}

const struct dsv_cmd dsv_cmd_filter_process = {
	.name = "filter-process",
	.group = DSV_GROUP_PLUMBING,
	.brief = "what git calls to store data files and to bring them back",
	.opts = filter_opts,
	.needs = DSV_NEEDS_REPO,
	.flags = DSV_CMD_SETUP_LATER,
	.run = filter_run,
};
