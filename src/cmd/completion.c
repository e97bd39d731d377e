#include <string.h>

#include "cli/cmd.h"
#include "cli/complete.h"

struct completion_args {
	const char *shell;
};

static const char *const shells[] = {"bash", "zsh", "fish", NULL};

static const struct dsv_opt completion_opts[] = {
	{
		.kind = DSV_KIND_ARG,
		.value = "SHELL",
		.at = offsetof(struct completion_args, shell),
		.words = shells,
		.complete = DSV_COMPLETE_WORD,
	},
	DSV_OPT_END,
};

static int completion_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct completion_args *args = argp;
	unsigned i;

	for (i = 0; shells[i]; i++) {
		if (strcmp(shells[i], args->shell))
			continue;
		dsv_complete_script((enum dsv_shell)(i + DSV_SHELL_BASH),
				    &ctx->out->buf);
		return 0;
	}
	dsv_fail(DSV_EUSAGE, "no completion for '%s'", args->shell);
	return dsv_hint(DSV_EUSAGE, "bash, zsh or fish");
}

const struct dsv_cmd dsv_cmd_completion = {
	.name = "completion",
	.group = DSV_GROUP_PLUMBING,
	.brief = "print the completion script for bash, zsh or fish",
	.opts = completion_opts,
	.args_size = sizeof(struct completion_args),
	.needs = DSV_NEEDS_NOTHING,
	.run = completion_run,
};
