#include <string.h>
#include <unistd.h>

#include <dsv/commit.h>
#include <dsv/dataset.h>
#include <dsv/guideline.h>
#include <dsv/precommit.h>
#include <dsv/signer.h>
#include <dsv/stage.h>

#include "cli/cmd.h"
#include "cmd/commit_view.h"

struct commit_args {
	struct dsv_strlist message;
	const char *author;
	const char *date;
	const char *guideline;
	bool all;
	bool amend;
	bool no_edit;
	bool allow_empty;
	bool no_verify;
	bool reset_author;
	bool quiet;
};

static const struct dsv_opt commit_opts[] = {
	DSV_OPT_LIST('m', "message", "TEXT", struct commit_args, message,
		     "the message; each use adds a paragraph (default: an "
		     "editor)"),
	DSV_OPT_FLAG('a', "all", struct commit_args, all,
		     "add every changed or removed file that git knows first"),
	DSV_OPT_STR(0, "guideline", "ID[@VERSION]", struct commit_args,
		    guideline, "refuse unless the data stands under it"),
	DSV_OPT_FLAG(0, "amend", struct commit_args, amend,
		     "replace the last commit"),
	DSV_OPT_FLAG(0, "no-edit", struct commit_args, no_edit,
		     "keep the message of the amended commit"),
	DSV_OPT_STR(0, "author", "NAME <MAIL>", struct commit_args, author,
		    "another author"),
	DSV_OPT_STR(0, "date", "DATE", struct commit_args, date,
		    "another date of the author"),
	DSV_OPT_FLAG(0, "reset-author", struct commit_args, reset_author,
		     "with --amend: the author is you, now"),
	DSV_OPT_FLAG(0, "allow-empty", struct commit_args, allow_empty,
		     "also where nothing changed"),
	DSV_OPT_FLAG('n', "no-verify", struct commit_args, no_verify,
		     "skip the hooks pre-commit and commit-msg"),
	DSV_OPT_FLAG('q', "quiet", struct commit_args, quiet, "say nothing"),
	DSV_OPT_END,
};

/* Definitions that cannot be read would stop the commit once all is staged. */
static int add_changed(struct dsv_ctx *ctx)
{
	const struct dsv_version worktree = {.at = DSV_AT_WORKTREE};
	struct dsv_datasets sets DSV_AUTO(datasets) = DSV_DATASETS_INIT;
	struct dsv_staged staged DSV_AUTO(staged) = DSV_STAGED_INIT;
	struct dsv_stage_opts opts = {.update = true};
	int rc;

	rc = dsv_datasets_read(&sets, ctx->repo, &worktree);
	if (rc < 0)
		return rc;
	return dsv_stage(ctx->repo, &opts, &staged);
}

/* Some dataset of the index must name the guideline. */
static int check_named(struct dsv_ctx *ctx, const struct dsv_version *index,
		       const char *id)
{
	struct dsv_datasets sets DSV_AUTO(datasets) = DSV_DATASETS_INIT;
	size_t i;
	int rc;

	rc = dsv_datasets_read(&sets, ctx->repo, index);
	if (rc < 0)
		return rc;
	for (i = 0; i < sets.n; i++)
		if (sets.items[i].guideline &&
		    !strcmp(sets.items[i].guideline, id))
			return 0;
	dsv_fail(DSV_EUSAGE, "no dataset stands under guideline '%s'", id);
	return dsv_hint(DSV_EUSAGE,
			"put 'guideline: %s' into " DSV_DATASETS_PATH
			" and add it",
			id);
}

static int check_guideline(struct dsv_ctx *ctx, const char *asserted)
{
	const struct dsv_version index = {.at = DSV_AT_INDEX};
	struct dsv_guideline guideline DSV_AUTO(guideline) = DSV_GUIDELINE_INIT;
	struct dsv_buf id DSV_AUTO(buf) = DSV_BUF_INIT;
	const char *at = strchr(asserted, '@');
	int rc;

	dsv_buf_add(&id, asserted,
		    at ? (size_t)(at - asserted) : strlen(asserted));
	rc = dsv_guideline_read(ctx->repo, &index, dsv_buf_str(&id),
				&guideline);
	if (rc < 0)
		return rc == DSV_ENOTFOUND ? DSV_EUSAGE : rc;
	if (at && strcmp(at + 1, guideline.version))
		return dsv_fail(DSV_EUSAGE,
				"'%s' is version %s, not %s as asserted",
				guideline.path, guideline.version, at + 1);
	return check_named(ctx, &index, guideline.id);
}

static void join_message(struct dsv_buf *out, const struct dsv_strlist *parts)
{
	size_t i;

	for (i = 0; i < parts->n; i++)
		dsv_buf_addf(out, "%s%s\n", i ? "\n" : "", parts->items[i]);
}

static int commit_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct commit_args *args = argp;
	struct dsv_commit_opts opts = DSV_COMMIT_OPTS_INIT;
	struct dsv_buf message DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_version parents[DSV_PARENTS_MAX] = {0};
	struct dsv_oid commit;
	int rc = 0;

	if (args->all)
		rc = add_changed(ctx);
	if (rc == 0 && args->guideline)
		rc = check_guideline(ctx, args->guideline);
	if (rc == 0)
		rc = dsv_commit_parents(ctx->repo, args->amend, parents);
	if (rc < 0)
		return rc;

	join_message(&message, &args->message);
	opts.message = args->message.n ? dsv_buf_str(&message) : NULL;
	opts.amend = args->amend;
	opts.allow_empty = args->allow_empty;
	opts.no_verify = args->no_verify;
	opts.reset_author = args->reset_author;
	opts.author = args->author;
	opts.date = args->date;
	opts.trailers = dsv_commit_view_trailers;
	opts.sign = dsv_sign_commit;
	opts.pre_commit = dsv_precommit_refuse;
	opts.edit = args->message.n || args->no_edit ? NULL : dsv_commit_editor;
	rc = dsv_commit(ctx->repo, &opts, &commit);
	if (rc < 0 || args->quiet)
		return rc;
	return dsv_commit_view(ctx, &parents[0], &commit);
}

const struct dsv_cmd dsv_cmd_commit = {
	.name = "commit",
	.group = DSV_GROUP_WORK,
	.brief = "record what is staged, and what changed in the data",
	.about = "Writes the trailers Dsv-Snapshot, Dsv-Guideline and "
		 "Dsv-Change below the message. Runs the repository's hooks as "
		 "git does.",
	.opts = commit_opts,
	.args_size = sizeof(struct commit_args),
	.needs = DSV_NEEDS_WORKTREE,
	.run = commit_run,
};
