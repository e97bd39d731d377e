#include "cli/help.h"

#include "cli/cmd.h"

struct help_args {
	struct dsv_operands command;
	bool synopsis;
	bool options;
};

static const struct dsv_opt help_opts[] = {
	DSV_OPT_FLAG(0, "synopsis", struct help_args, synopsis,
		     "only how it is called, as in the man page"),
	DSV_OPT_FLAG(0, "options", struct help_args, options,
		     "only its options, one a line"),
	DSV_ARG_MANY("COMMAND", struct help_args, command,
		     DSV_COMPLETE_COMMAND),
	DSV_OPT_END,
};

static void list_names(struct dsv_buf *out, const struct dsv_cmd *const *table)
{
	for (; *table; table++) {
		dsv_buf_addf(out, "%s\n", (*table)->name);
		if ((*table)->subs)
			list_names(out, (*table)->subs);
	}
}

static int help_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct help_args *args = argp;
	const struct dsv_strlist *words = &args->command.list;
	struct dsv_buf *out = &ctx->out->buf;
	const struct dsv_cmd *cmd;
	int used = 0;

	if (!words->n && args->synopsis)
		list_names(out, dsv_cmds);
	else if (!words->n)
		dsv_help_overview(out);
	if (!words->n)
		return 0;
	cmd = dsv_help_find((int)words->n, words->items, &used);
	if (!cmd)
		return dsv_help_unknown(words->items[0]);
	if (cmd->subs && words->n > 1)
		return dsv_help_unknown_sub(cmd, words->items[1]);
	if (args->synopsis)
		dsv_help_synopsis(cmd, out);
	else if (args->options)
		dsv_help_options(cmd, out);
	else
		dsv_help_command(cmd, out);
	return 0;
}

const struct dsv_cmd dsv_cmd_help = {
	.name = "help",
	.group = DSV_GROUP_OTHER,
	.brief = "what there is, or one command in more detail",
	.opts = help_opts,
	.args_size = sizeof(struct help_args),
	.needs = DSV_NEEDS_NOTHING,
	.run = help_run,
};
