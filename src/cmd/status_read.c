#include "cmd/status_read.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/dataset.h>
#include <dsv/diff.h>

#include "cmd/words.h"

static void release_side(struct dsv_status_side *side)
{
	size_t i;

	for (i = 0; i < side->n; i++)
		free(side->items[i].path);
	free(side->items);
	dsv_strlist_release(&side->guidelines);
	dsv_strlist_release(&side->notes);
}

void dsv_status_read_release(struct dsv_status_read *read)
{
	dsv_status_release(&read->status);
	release_side(&read->staged);
	release_side(&read->unstaged);
	dsv_faults_release(&read->faults);
	dsv_strlist_release(&read->messages);
}

static int by_path(const void *a, const void *b)
{
	const struct dsv_status_counts *x = a, *y = b;

	return strcmp(x->path, y->path);
}

const struct dsv_status_counts *
dsv_status_counts_of(const struct dsv_status_side *side, const char *path)
{
	struct dsv_status_counts key = {.path = (char *)path};

	if (!side->n)
		return NULL;
	return bsearch(&key, side->items, side->n, sizeof(key), by_path);
}

static void add_counts(struct dsv_status_side *side, size_t *cap,
		       const struct dsv_file_info *info,
		       const struct dsv_diff_summary *summary)
{
	struct dsv_status_counts *item;

	if (side->n == *cap) {
		*cap = *cap ? *cap * 2 : 16;
		side->items = realloc(side->items, *cap * sizeof(*side->items));
		if (!side->items)
			abort();
	}
	item = &side->items[side->n++];
	item->path = strdup(info->path);
	item->is_new = !summary->records_from;
	item->records = summary->records_to;
	item->added = summary->added;
	item->removed = summary->removed;
	item->changed = summary->changed;
	item->relabelled = summary->relabelled;
}

/* The faults of data belong to the newest version of a file. */
static bool is_newest(const struct dsv_status_read *read, enum dsv_at to,
		      const char *path)
{
	size_t i;

	for (i = 0; to == DSV_AT_INDEX && i < read->status.unstaged.n; i++)
		if (!strcmp(read->status.unstaged.items[i].path, path))
			return false;
	return true;
}

static int read_diff(struct dsv_status_read *read, struct dsv_ctx *ctx,
		     const struct dsv_diff_opts *opts,
		     struct dsv_status_side *side)
{
	struct dsv_diff *diff DSV_AUTO(diff) = NULL;
	struct dsv_file_diff *file;
	size_t cap = 0;
	int rc;

	rc = dsv_diff_open(&diff, ctx->repo, opts);
	if (rc < 0)
		return rc;
	while ((rc = dsv_diff_next(diff, &file)) > 0) {
		const struct dsv_file_info *info = dsv_file_diff_info(file);
		const struct dsv_diff_summary *summary =
			dsv_file_diff_summary(file);

		if (!summary)
			continue;
		add_counts(side, &cap, info, summary);
		if (is_newest(read, opts->to.at, info->path))
			dsv_faults_add(&read->faults, ctx, info, summary);
	}
	if (side->n)
		qsort(side->items, side->n, sizeof(*side->items), by_path);
	return rc;
}

/* A file whose content cannot be had is named already. */
static bool has_content(const struct dsv_status *status, const char *path)
{
	size_t i;

	for (i = 0; i < status->problems.n; i++) {
		const struct dsv_problem *problem = &status->problems.items[i];

		if (problem->path && !strcmp(problem->path, path) &&
		    (problem->kind == DSV_PROBLEM_DAMAGED ||
		     problem->kind == DSV_PROBLEM_DAMAGED_WORK ||
		     problem->kind == DSV_PROBLEM_MISSING))
			return false;
	}
	return true;
}

/* A side that cannot be compared is named, and the rest is shown. */
static int read_side(struct dsv_status_read *read, struct dsv_ctx *ctx,
		     const struct dsv_status_files *files,
		     struct dsv_diff_opts *opts, struct dsv_status_side *side)
{
	struct dsv_strlist paths DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	size_t i;
	int rc;

	for (i = 0; i < files->n; i++)
		if (files->items[i].is_data &&
		    files->items[i].change != DSV_PATH_DELETED &&
		    has_content(&read->status, files->items[i].path))
			dsv_words_literal(&paths, files->items[i].path);
	if (!paths.n)
		return 0;
	opts->paths = &paths;
	rc = read_diff(read, ctx, opts, side);
	if (rc >= 0 || rc == DSV_ECANCELLED)
		return rc;
	if (dsv_strlist_find(&read->messages, dsv_error_message()) < 0)
		dsv_strlist_add(&read->messages, dsv_error_message());
	dsv_error_clear();
	return 0;
}

/* What the definitions say must be behind the filter. */
static int read_definitions(struct dsv_status_read *read, struct dsv_ctx *ctx,
			    struct dsv_strlist *out)
{
	const struct dsv_version worktree = {.at = DSV_AT_WORKTREE};
	struct dsv_datasets sets DSV_AUTO(datasets) = DSV_DATASETS_INIT;
	size_t i, k;
	int rc;

	rc = dsv_datasets_read(&sets, ctx->repo, &worktree);
	if (rc == DSV_ESYNTAX) {
		dsv_strlist_add(&read->messages, dsv_error_message());
		dsv_error_clear();
		return 0;
	}
	if (rc == 0)
		rc = dsv_datasets_check(&sets, ctx->repo, &worktree,
					&read->messages);
	for (i = 0; rc == 0 && i < sets.n; i++)
		for (k = 0; k < sets.items[i].files.n; k++)
			dsv_strlist_add(out, sets.items[i].files.items[k]);
	return rc;
}

int dsv_status_read_all(struct dsv_status_read *out, struct dsv_ctx *ctx,
			const struct dsv_strlist *paths, bool no_untracked)
{
	struct dsv_strlist datasets DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_status_opts opts = {
		.paths = paths,
		.datasets = &datasets,
		.no_untracked = no_untracked,
	};
	struct dsv_diff_opts staged = {.to = {.at = DSV_AT_INDEX}};
	struct dsv_diff_opts unstaged = {.from = {.at = DSV_AT_INDEX},
					 .to = {.at = DSV_AT_WORKTREE}};
	int rc;

	rc = read_definitions(out, ctx, &datasets);
	if (rc == 0)
		rc = dsv_status(ctx->repo, &opts, &out->status);
	if (rc == 0)
		rc = dsv_repo_head(ctx->repo, &staged.from);
	if (rc == 0)
		rc = read_side(out, ctx, &out->status.staged, &staged,
			       &out->staged);
	if (rc == 0)
		rc = read_side(out, ctx, &out->status.unstaged, &unstaged,
			       &out->unstaged);
	if (rc >= 0)
		rc = dsv_status_read_guides(&out->staged, ctx,
					    &out->status.staged, &staged.from,
					    &staged.to);
	if (rc >= 0)
		rc = dsv_status_read_guides(&out->unstaged, ctx,
					    &out->status.unstaged, &staged.from,
					    &unstaged.to);
	return rc < 0 ? rc : 0;
}
