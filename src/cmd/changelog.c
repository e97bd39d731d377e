#include <string.h>

#include <dsv/changelog.h>

#include "cli/cmd.h"
#include "cli/term.h"
#include "cmd/changelog_view.h"
#include "cmd/revs.h"
#include "cmd/signed_view.h"

struct changelog_args {
	struct dsv_operands operands;
	struct dsv_strlist key;
	struct dsv_strlist labels;
	struct dsv_strlist where;
	unsigned by;
	bool md;
	bool no_cache;
};

static const char *const by_words[] = {"commit", "tag", "week", NULL};

static const struct dsv_opt changelog_opts[] = {
	DSV_OPT_WORD(0, "by", by_words, struct changelog_args, by,
		     "a section for each tag or week (default: commit)"),
	DSV_OPT_LIST(0, "where", "FIELD=VALUE", struct changelog_args, where,
		     "only records for which it is true on either side of a "
		     "step"),
	DSV_OPT_FLAG(0, "md", struct changelog_args, md,
		     "Markdown, for release notes"),
	DSV_OPT_JSON,
	DSV_OPT_COLS('k', "key", struct changelog_args, key,
		     "columns that name a record (default: the definition's)"),
	DSV_OPT_COLS('l', "label", struct changelog_args, labels,
		     "columns that hold the label (default: the definition's)"),
	DSV_OPT_FLAG(0, "no-cache", struct changelog_args, no_cache,
		     "neither use nor keep change lists"),
	DSV_ARG_MANY("REV|PATH", struct changelog_args, operands,
		     DSV_COMPLETE_REV),
	DSV_OPT_END,
};

/* One revision is the younger end; without one it is HEAD. */
static int choose_range(struct dsv_ctx *ctx, const struct dsv_revs *revs,
			struct dsv_changelog_opts *opts,
			struct dsv_changelog_show *show)
{
	show->to_name = "HEAD";
	if (!revs->n)
		return dsv_repo_head(ctx->repo, &opts->to);
	opts->to = revs->n == 2 ? revs->to : revs->from;
	show->to_name = revs->n == 2 ? revs->to_name : revs->from_name;
	if (revs->n == 2) {
		opts->from = revs->from;
		show->from_name = revs->from_name;
	}
	return 0;
}

/* What the answer leaves out is said where it is not read. */
static void say_limits(const struct dsv_changelog *log)
{
	if (log->shallow)
		dsv_term_say("the history is cut off behind %.7s (shallow "
			     "clone): what came before is not told",
			     log->cut_at);
	if (!log->complete)
		dsv_term_say("not complete: there are versions that cannot be "
			     "read");
	if (!log->n_steps)
		dsv_term_say("no commit in this range");
	else if (!log->total.n && log->complete)
		dsv_term_say("no data file changed; a file without definition "
			     "is named: dsv changelog --key COL "
			     "--label COL -- FILE");
}

static const struct dsv_changelog_fault *
first_missing(const struct dsv_changelog *log)
{
	for (size_t i = 0; i < log->n_steps; i++)
		for (size_t k = 0; k < log->steps[i].n_faults; k++)
			if (log->steps[i].faults[k].is_missing)
				return &log->steps[i].faults[k];
	return NULL;
}

/* 1 where something is left out; where nothing could be told at all since the
 * contents are not here, that is a failure. */
static int answer(const struct dsv_changelog *log)
{
	const struct dsv_changelog_fault *fault = first_missing(log);
	int rc;

	if (log->complete)
		return 0;
	if (log->total.n || !fault)
		return DSV_EXIT_NO;
	rc = dsv_fail(DSV_EMISSING, "no version in this range can be read: "
				    "their contents are not here");
	return fault->hint ? dsv_hint(rc, "%s", fault->hint) : rc;
}

static int show_it(struct dsv_ctx *ctx, const struct changelog_args *args,
		   const struct dsv_changelog_show *show)
{
	int rc;

	if (ctx->out->json)
		rc = dsv_changelog_json(ctx->out, show);
	else if (args->md)
		rc = dsv_changelog_md(ctx->out, show);
	else
		rc = dsv_changelog_text(ctx->out, show);
	if (rc < 0)
		return rc;
	say_limits(show->log);
	return answer(show->log);
}

static int changelog_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct changelog_args *args = argp;
	struct dsv_revs revs DSV_AUTO(revs) = DSV_REVS_INIT;
	struct dsv_changelog *log DSV_AUTO(changelog) = NULL;
	struct dsv_changelog_opts opts = {
		.paths = &revs.paths,
		.key = args->key.n ? &args->key : NULL,
		.labels = args->labels.n ? &args->labels : NULL,
		.where = args->where.n ? &args->where : NULL,
		.by = args->by ? (enum dsv_changelog_by)(args->by - 1)
			       : DSV_BY_COMMIT,
		.no_cache = args->no_cache,
	};
	struct dsv_changelog_show show = {.by = opts.by};
	int rc;

	rc = dsv_revs_read(ctx, &args->operands, 2, &revs);
	if (rc == 0)
		rc = choose_range(ctx, &revs, &opts, &show);
	if (rc == 0)
		rc = dsv_changelog_read(&log, ctx->repo, &opts);
	if (rc == 0)
		rc = dsv_changelog_guides_read(&show.guides, ctx->repo, log);
	if (rc == 0)
		rc = dsv_signed_begin(&show.said, ctx->repo);
	show.log = log;
	show.to = opts.to.commit;
	if (rc == 0)
		rc = show_it(ctx, args, &show);
	dsv_changelog_guides_release(&show.guides);
	dsv_signed_free(&show.said);
	return rc;
}

static const char *const changelog_forms[] = {
	"[REV | A..B] [--] [PATH...]",
	NULL,
};

const struct dsv_cmd dsv_cmd_changelog = {
	.name = "changelog",
	.group = DSV_GROUP_LOOK,
	.brief = "what a range of history did to each label",
	.forms = changelog_forms,
	.about = "All commits of HEAD, or of REV, or those of B that A lacks. "
		 "A merge is one step against its first parent. Ends with 1 "
		 "where a version could not be read.",
	.opts = changelog_opts,
	.args_size = sizeof(struct changelog_args),
	.needs = DSV_NEEDS_REPO,
	.flags = DSV_CMD_PAGER,
	.run = changelog_run,
};
