#include <string.h>

#include <dsv/hook_message.h>
#include <dsv/status.h>

#include "cli/cmd.h"
#include "cli/term.h"
#include "cmd/words.h"

struct hook_args {
	const char *hook;
	struct dsv_operands args;
};

static const struct dsv_opt hook_opts[] = {
	DSV_ARG("HOOK", struct hook_args, hook, DSV_COMPLETE_NONE),
	DSV_ARG_MANY("ARG", struct hook_args, args, DSV_COMPLETE_NONE),
	DSV_OPT_END,
};

/* Nothing half merged, no raw data where a pointer belongs. */
static int pre_commit(struct dsv_ctx *ctx)
{
	struct dsv_problems problems DSV_AUTO(problems) = DSV_PROBLEMS_INIT;
	size_t i;
	int rc = dsv_check_index(ctx->repo, &problems);

	if (rc < 0 || !problems.n)
		return rc;
	for (i = 0; i < problems.n; i++) {
		struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

		if (problems.items[i].path) {
			dsv_words_path(&text, problems.items[i].path);
			dsv_buf_addstr(&text, "  ");
		}
		dsv_words_problem(&text, &problems.items[i]);
		dsv_term_say("  %s", dsv_buf_str(&text));
	}
	return dsv_fail(DSV_EREFUSED, "this cannot be committed");
}

/* FILE [message|template|merge|squash|commit [COMMIT]] */
static int prepare_commit_msg(struct dsv_ctx *ctx,
			      const struct dsv_strlist *args)
{
	bool amend;
	int rc;

	if (!args->n)
		return dsv_fail(DSV_EUSAGE, "the file of the message is "
					    "missing");
	amend = args->n >= 3 && !strcmp(args->items[1], "commit") &&
		!strcmp(args->items[2], "HEAD");
	rc = dsv_hook_message(ctx->repo, args->items[0], amend);
	if (rc == 0 || rc == DSV_ECANCELLED)
		return rc;
	/* trailers are for people: they never keep a commit from being made */
	dsv_term_say("dsv: no trailers: %s", dsv_error_message());
	dsv_error_clear();
	return 0;
}

static int hook_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct hook_args *args = argp;

	if (!strcmp(args->hook, "pre-commit"))
		return pre_commit(ctx);
	if (!strcmp(args->hook, "prepare-commit-msg"))
		return prepare_commit_msg(ctx, &args->args.list);
	return dsv_fail(DSV_EUSAGE, "no hook '%s'", args->hook);
}

static const struct dsv_cmd hook_run_cmd = {
	.name = "hook run",
	.brief = "what the installed git hooks call",
	.about = "HOOK is pre-commit or prepare-commit-msg; what git hands the "
		 "hook follows.",
	.opts = hook_opts,
	.args_size = sizeof(struct hook_args),
	.needs = DSV_NEEDS_WORKTREE,
	.flags = DSV_CMD_SETUP_LATER,
	.run = hook_run,
};

static const struct dsv_cmd *const hook_subs[] = {
	&hook_run_cmd,
	NULL,
};

const struct dsv_cmd dsv_cmd_hook = {
	.name = "hook",
	.group = DSV_GROUP_PLUMBING,
	.brief = "what the installed git hooks call",
	.subs = hook_subs,
};
