#include <string.h>

#include <dsv/stage.h>
#include <dsv/track.h>

#include "cli/cmd.h"
#include "cli/term.h"
#include "cmd/propose_view.h"
#include "cmd/words.h"

struct track_args {
	struct dsv_operands paths;
	const char *name;
	const char *format;
	const char *annotator;
	const char *guideline;
	struct dsv_strlist key;
	struct dsv_strlist labels;
	bool yes;
};

static const struct dsv_opt track_opts[] = {
	DSV_ARG_SOME("PATH", struct track_args, paths, DSV_COMPLETE_PATH),
	DSV_OPT_STR('n', "name", "NAME", struct track_args, name,
		    "one dataset of all PATHs (default: one each, named after "
		    "it)"),
	DSV_OPT_COLS('k', "key", struct track_args, key,
		     "columns that name a record (default: proposed)"),
	DSV_OPT_COLS('l', "label", struct track_args, labels,
		     "columns that hold the annotation (default: proposed)"),
	DSV_OPT_STR(
		0, "format", "FORMAT", struct track_args, format,
		"read as csv, tsv, jsonl, json, plain or bytes (default: by "
		"extension)"),
	DSV_OPT_STR(0, "annotator", "COL", struct track_args, annotator,
		    "the column that says who labelled the record"),
	DSV_OPT_STR(0, "guideline", "ID", struct track_args, guideline,
		    "labelled by guidelines/ID.md"),
	DSV_OPT_FLAG('y', "yes", struct track_args, yes,
		     "take what is proposed, do not ask"),
	DSV_OPT_END,
};

static void add_shell_word(struct dsv_buf *out, const char *word)
{
	if (*word && !word[strcspn(word, " \t\n'\"\\$`*?[]{}()<>|&;#~!")]) {
		dsv_buf_addstr(out, word);
		return;
	}
	dsv_buf_addch(out, '\'');
	for (; *word; word++)
		if (*word == '\'')
			dsv_buf_addstr(out, "'\\''");
		else
			dsv_buf_addch(out, *word);
	dsv_buf_addch(out, '\'');
}

static void add_columns(struct dsv_buf *out, const char *option,
			const struct dsv_strlist *columns)
{
	struct dsv_buf joined DSV_AUTO(buf) = DSV_BUF_INIT;
	size_t i;

	if (!columns->n)
		return;
	for (i = 0; i < columns->n; i++)
		dsv_buf_addf(&joined, "%s%s", i ? "," : "", columns->items[i]);
	dsv_buf_addf(out, " %s ", option);
	add_shell_word(out, dsv_buf_str(&joined));
}

static void add_given(struct dsv_buf *out, const char *option,
		      const char *value)
{
	if (!value)
		return;
	dsv_buf_addf(out, " %s ", option);
	add_shell_word(out, value);
}

/* Without a terminal nothing is guessed: say what would be done. */
static int refuse(const struct dsv_track_opts *opts,
		  const struct dsv_track_plan *plan)
{
	struct dsv_buf command DSV_AUTO(buf) = DSV_BUF_INIT;
	size_t i;

	dsv_buf_addstr(&command, "dsv track");
	for (i = 0; i < opts->paths->n; i++) {
		dsv_buf_addch(&command, ' ');
		add_shell_word(&command, opts->paths->items[i]);
	}
	add_given(&command, "--name", opts->name);
	add_columns(&command, "--key", &plan->dataset.key);
	add_columns(&command, "--label", &plan->dataset.labels);
	add_given(&command, "--format", opts->format);
	add_given(&command, "--annotator", plan->dataset.annotator);
	add_given(&command, "--guideline", opts->guideline);
	if (!plan->dataset.key.n && !plan->dataset.labels.n)
		dsv_buf_addstr(&command, " --yes");
	dsv_fail(DSV_EUSAGE, "no terminal to ask for key and label on");
	return dsv_hint(DSV_EUSAGE, "%s", dsv_buf_str(&command));
}

/* 1 go on, 0 the person said no, negative. */
static int ask(struct dsv_ctx *ctx, const struct track_args *args,
	       const struct dsv_track_opts *opts,
	       const struct dsv_track_plan *plan)
{
	struct dsv_buf question DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc;

	if (!plan->asks || args->yes)
		return 1;
	if (!dsv_term_can_ask())
		return refuse(opts, plan);
	dsv_buf_addf(&question,
		     "track as dataset '%s' with this key and "
		     "label?",
		     plan->dataset.name);
	rc = dsv_out_flush(ctx->out);
	return rc < 0 ? rc : dsv_term_ask(dsv_buf_str(&question));
}

static int stage_files(struct dsv_ctx *ctx, const struct dsv_track_plan *plan,
		       const struct dsv_strlist *touched)
{
	struct dsv_staged staged DSV_AUTO(staged) = DSV_STAGED_INIT;
	struct dsv_strlist paths DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_stage_opts opts = {.paths = &paths};
	const struct dsv_strlist *lists[] = {touched, &plan->files};
	size_t i, k;

	for (i = 0; i < 2; i++)
		for (k = 0; k < lists[i]->n; k++)
			dsv_words_literal(&paths, lists[i]->items[k]);
	return dsv_stage(ctx->repo, &opts, &staged);
}

static int view_written(struct dsv_out *out, const struct dsv_track_plan *plan,
			const struct dsv_strlist *touched)
{
	size_t i;

	if (!touched->n) {
		dsv_buf_addf(&out->buf, "tracked already as dataset '%s'\n",
			     plan->dataset.name);
		return dsv_out_line(out);
	}
	for (i = 0; i < touched->n; i++)
		dsv_buf_addf(&out->buf, "%s%s", i ? ", " : "wrote ",
			     touched->items[i]);
	dsv_buf_addch(&out->buf, '\n');
	return dsv_out_line(out);
}

static int track_one(struct dsv_ctx *ctx, const struct track_args *args,
		     const struct dsv_strlist *paths)
{
	struct dsv_track_plan plan DSV_AUTO(track_plan) = DSV_TRACK_PLAN_INIT;
	struct dsv_strlist touched DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_track_opts opts = {
		.paths = paths,
		.name = args->name,
		.format = args->format,
		.annotator = args->annotator,
		.guideline = args->guideline,
		.key = &args->key,
		.labels = &args->labels,
	};
	int rc;

	rc = dsv_track_plan(&plan, ctx->repo, &opts);
	if (rc == 0)
		rc = dsv_propose_view(ctx->out, &plan.proposal);
	if (rc < 0)
		return rc;
	rc = ask(ctx, args, &opts, &plan);
	if (rc < 0)
		return rc;
	if (rc == 0)
		return dsv_fail(DSV_EREFUSED, "nothing was tracked");
	rc = dsv_track_write(ctx->repo, &plan, &touched);
	if (rc == 0)
		rc = stage_files(ctx, &plan, &touched);
	return rc < 0 ? rc : view_written(ctx->out, &plan, &touched);
}

static int track_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct track_args *args = argp;
	size_t i;
	int rc = 0;

	if (args->name)
		return track_one(ctx, args, &args->paths.list);
	for (i = 0; rc == 0 && i < args->paths.list.n; i++) {
		struct dsv_strlist one DSV_AUTO(strlist) = DSV_STRLIST_INIT;

		dsv_strlist_add(&one, args->paths.list.items[i]);
		rc = track_one(ctx, args, &one);
	}
	return rc;
}

const struct dsv_cmd dsv_cmd_track = {
	.name = "track",
	.group = DSV_GROUP_START,
	.brief = "put data files under a dataset",
	.about = "Looks at the records, proposes key and label and asks. "
		 "Writes .dsv/datasets.yaml and .gitattributes and stages them "
		 "and the files.",
	.opts = track_opts,
	.args_size = sizeof(struct track_args),
	.needs = DSV_NEEDS_WORKTREE,
	.run = track_run,
};
