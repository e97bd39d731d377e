#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>
#include <dsv/sharing.h>

#include "cli/cmd.h"
#include "cmd/fetch.h"
#include "cmd/merge.h"
#include "cmd/sharing_view.h"

struct pull_args {
	struct dsv_operands operands;
	bool ff_only;
	bool no_ff;
	bool rebase;
};

static const struct dsv_opt pull_opts[] = {
	DSV_OPT_FLAG(0, "ff-only", struct pull_args, ff_only,
		     "refuse unless HEAD can move forward"),
	DSV_OPT_FLAG(0, "no-ff", struct pull_args, no_ff,
		     "a merge commit also where HEAD could move forward"),
	DSV_OPT_FLAG('r', "rebase", struct pull_args, rebase,
		     "not here: see git rebase"),
	DSV_OPT_JSON,
	DSV_ARG_MANY("BRANCH", struct pull_args, operands, DSV_COMPLETE_REV),
	DSV_OPT_END,
};

static int check_args(const struct pull_args *args)
{
	if (args->operands.list.n > 2)
		return dsv_fail(DSV_EUSAGE, "one branch at a time");
	if (args->no_ff && args->ff_only)
		return dsv_fail(DSV_EUSAGE, "--no-ff and --ff-only exclude "
					    "each other");
	if (!args->rebase)
		return 0;
	dsv_fail(DSV_EUSAGE, "dsv does not rebase");
	return dsv_hint(DSV_EUSAGE, "dsv fetch, then git rebase; data files "
				    "are merged by record there too");
}

/* The branch of the remote as it was fetched. */
static char *fetched_branch(const char *remote, const char *branch)
{
	size_t len = strlen(remote) + strlen(branch) + 2;
	char *rev = malloc(len);

	if (rev) {
		strcpy(rev, remote);
		strcat(rev, "/");
		strcat(rev, branch);
	}
	return rev;
}

static int fetch(struct dsv_ctx *ctx, const char *remote)
{
	struct dsv_fetched fetched = {.remote = remote};
	const struct dsv_git_args git = {.options = DSV_STRLIST_INIT,
					 .refs = DSV_STRLIST_INIT};
	const struct dsv_fetch_opts opts = {.all = false};
	int rc = dsv_fetch(ctx, &git, &opts, false, &fetched);

	if (rc < 0 || ctx->out->json)
		return rc;
	dsv_fetch_words(ctx->out, &fetched);
	return dsv_out_line(ctx->out);
}

static int pull_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct pull_args *args = argp;
	const struct dsv_strlist *list = &args->operands.list;
	struct dsv_merge_opts opts = {.ff_only = args->ff_only,
				      .no_ff = args->no_ff};
	char *remote = NULL;
	char *rev = NULL;
	int rc = check_args(args);

	if (rc == 0)
		rc = dsv_sharing_choose(ctx, list->n ? list->items[0] : NULL,
					&remote);
	if (rc == 0)
		rc = fetch(ctx, remote);
	if (rc == 0) {
		if (list->n > 1)
			rev = fetched_branch(remote, list->items[1]);
		else
			rc = dsv_sharing_upstream(ctx->repo, &rev);
		opts.rev = rev;
	}
	if (rc == 0) {
		rc = dsv_merge_and_tell(ctx, &opts);
	}
	free(remote);
	free(rev);
	return rc;
}

static const char *const pull_forms[] = {"[REMOTE [BRANCH]]", NULL};

const struct dsv_cmd dsv_cmd_pull = {
	.name = "pull",
	.group = DSV_GROUP_SHARE,
	.brief = "fetch, and merge what the branch follows",
	.forms = pull_forms,
	.about = "`dsv fetch`, then `dsv merge` of the branch that this one "
		 "follows, or of BRANCH of REMOTE.",
	.opts = pull_opts,
	.args_size = sizeof(struct pull_args),
	.needs = DSV_NEEDS_WORKTREE,
	.flags = DSV_CMD_SETUP_LATER,
	.run = pull_run,
};
