#include <string.h>

#include <dsv/hook_message.h>
#include <dsv/precommit.h>
#include <dsv/status.h>

#include "cli/cmd.h"
#include "cli/term.h"
#include "cmd/hook_push.h"
#include "cmd/words.h"

extern const struct dsv_cmd dsv_cmd_hook_install;

struct hook_args {
	const char *hook;
	struct dsv_operands args;
};

static const struct dsv_opt hook_opts[] = {
	DSV_ARG("HOOK", struct hook_args, hook, DSV_COMPLETE_NONE),
	DSV_ARG_MANY("ARG", struct hook_args, args, DSV_COMPLETE_NONE),
	DSV_OPT_END,
};

static void say_problems(const struct dsv_problems *problems)
{
	size_t i;

	for (i = 0; i < problems->n; i++) {
		struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

		if (problems->items[i].path) {
			dsv_words_path(&text, problems->items[i].path);
			dsv_buf_addstr(&text, "  ");
		}
		dsv_words_problem(&text, &problems->items[i]);
		dsv_term_say("  %s", dsv_buf_str(&text));
	}
}

static void say_faults(const struct dsv_precommit_faults *faults)
{
	size_t i;

	for (i = 0; i < faults->n; i++) {
		dsv_term_say("  %s", faults->items[i].text);
		if (faults->items[i].next)
			dsv_term_say("    next: %s", faults->items[i].next);
	}
}

/* Nothing half merged, no raw data where a pointer belongs, no definition or
 * rule that cannot be read. */
static int pre_commit(struct dsv_ctx *ctx, const struct dsv_strlist *args)
{
	struct dsv_problems problems DSV_AUTO(problems) = DSV_PROBLEMS_INIT;
	struct dsv_precommit_faults faults DSV_AUTO(precommit_faults) =
		DSV_PRECOMMIT_FAULTS_INIT;
	int rc = dsv_check_index(ctx->repo, &problems);

	(void)args;
	if (rc == 0)
		rc = dsv_precommit_check(&faults, ctx->repo);
	if (rc < 0 || problems.n + faults.n == 0)
		return rc;
	say_problems(&problems);
	say_faults(&faults);
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

static const struct hook {
	const char *name;
	bool worktree; /* has nothing to say without one */
	int (*run)(struct dsv_ctx *ctx, const struct dsv_strlist *args);
} hooks[] = {
	{"pre-commit", true, pre_commit},
	{"pre-merge-commit", true, pre_commit},
	{"prepare-commit-msg", true, prepare_commit_msg},
	{"pre-push", false, dsv_hook_pre_push},
	{"pre-receive", false, dsv_hook_pre_receive},
};

static int hook_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct hook_args *args = argp;
	size_t i;

	for (i = 0; i < sizeof(hooks) / sizeof(*hooks); i++) {
		if (strcmp(args->hook, hooks[i].name) != 0)
			continue;
		if (hooks[i].worktree && !dsv_repo_workdir(ctx->repo))
			return dsv_fail(DSV_EUSAGE,
					"'%s' needs a work tree, and this "
					"repository is bare",
					args->hook);
		return hooks[i].run(ctx, &args->args.list);
	}
	return dsv_fail(DSV_EUSAGE, "no hook '%s'", args->hook);
}

static const struct dsv_cmd hook_run_cmd = {
	.name = "hook run",
	.brief = "what the installed git hooks call",
	.about = "HOOK is pre-commit, pre-merge-commit, prepare-commit-msg, "
		 "pre-push or pre-receive; what git hands the hook follows.",
	.opts = hook_opts,
	.args_size = sizeof(struct hook_args),
	.needs = DSV_NEEDS_REPO,
	.flags = DSV_CMD_SETUP_LATER,
	.run = hook_run,
};

static const struct dsv_cmd *const hook_subs[] = {
	&dsv_cmd_hook_install,
	&hook_run_cmd,
	NULL,
};

const struct dsv_cmd dsv_cmd_hook = {
	.name = "hook",
	.group = DSV_GROUP_PLUMBING,
	.brief = "install the git hooks, and what they call",
	.subs = hook_subs,
};
