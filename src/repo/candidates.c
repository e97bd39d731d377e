#include "repo/candidates.h"

#include <dirent.h>
#include <dsv/error.h>
#include <errno.h>
#include <git2.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/fs.h"
#include "repo/pathspec.h"
#include "repo/private.h"
#include "repo/workfile.h"
#include "repo/worktree.h"

static struct dsv_candidate *add(struct dsv_candidates *out, const char *path)
{
	struct dsv_candidate *item;

	DSV_GROW(out->items, out->cap, out->n + 1);
	item = &out->items[out->n++];
	*item = (struct dsv_candidate){.path = dsv_strdup(path)};
	return item;
}

/* What stands in the work tree now. */
static int look(struct dsv_repo *repo, struct dsv_candidates *out,
		struct dsv_candidate *item)
{
	struct stat st;
	int rc;

	rc = dsv_work_stat(repo, item->path, &st);
	if (rc < 0)
		return rc;
	if (rc == 0) {
		item->gone = true;
		return 0;
	}
	item->mode = dsv_work_mode(repo, &st, item->known);
	if (!item->mode)
		return dsv_fail(DSV_EREFUSED,
				"'%s' is no file that git can hold",
				item->path);
	/* a folder where the index has a file: the file is gone */
	item->gone = item->mode == GIT_FILEMODE_TREE &&
		     item->known != GIT_FILEMODE_COMMIT;
	item->size = S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
	out->bytes += item->size;
	return 0;
}

static int add_tracked(struct dsv_candidates *out, struct dsv_repo *repo,
		       const struct dsv_stage_opts *opts)
{
	struct dsv_worktree tree DSV_AUTO(worktree) = DSV_WORKTREE_INIT;
	size_t i;
	int rc;

	rc = dsv_worktree_compare(repo, opts->paths, DSV_WORKTREE_STAT_ONLY,
				  &tree);
	if (rc < 0)
		return rc;
	for (i = 0; i < tree.n; i++) {
		const struct dsv_work_file *file = &tree.items[i];
		struct dsv_candidate *item;

		if (file->state == DSV_WORK_UNCHANGED && file->index.mode &&
		    !opts->renormalize)
			continue;
		if (file->state == DSV_WORK_DELETED && opts->renormalize)
			continue;
		item = add(out, file->path);
		item->known = file->index.mode;
		item->blob = file->index.blob;
		item->unmerged = file->state == DSV_WORK_UNMERGED;
		rc = look(repo, out, item);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int add_new(struct dsv_candidates *out, struct dsv_repo *repo,
		   const struct dsv_strlist *untracked)
{
	size_t i;
	int rc;

	for (i = 0; i < untracked->n; i++) {
		const char *path = untracked->items[i];

		if (path[strlen(path) - 1] == '/')
			continue;
		rc = look(repo, out, add(out, path));
		if (rc < 0)
			return rc;
	}
	return 0;
}

static bool in_index(git_index *index, const char *path)
{
	size_t at;

	return git_index_find(&at, index, path) == 0;
}

/* All files below a folder that the index does not have, ignored or not. */
static int walk_ignored(struct dsv_repo *repo, git_index *index,
			const char *path, struct dsv_strlist *out)
{
	char *full DSV_AUTO(str) = dsv_work_path(repo, path);
	struct dsv_strlist names DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	size_t i;
	int rc;

	if (!dsv_fs_is_dir(full)) {
		if (!in_index(index, path))
			dsv_strlist_add(out, path);
		return 0;
	}
	rc = dsv_fs_list(full, &names);
	for (i = 0; rc >= 0 && i < names.n; i++) {
		char *below DSV_AUTO(str) = dsv_fs_join(path, names.items[i]);

		if (strcasecmp(names.items[i], ".git"))
			rc = walk_ignored(repo, index, below, out);
	}
	return rc < 0 ? rc : 0;
}

static int fail_unmatched(struct dsv_repo *repo, const char *path)
{
	struct stat st;

	if (dsv_work_stat(repo, path, &st) <= 0)
		return dsv_fail(DSV_ENOTFOUND, "'%s' matches no file", path);
	if (S_ISDIR(st.st_mode)) {
		dsv_fail(DSV_EREFUSED, "'%s' holds nothing to add", path);
		return dsv_hint(DSV_EREFUSED,
				"ignored files are added with --force");
	}
	dsv_fail(DSV_EREFUSED, "'%s' is ignored by .gitignore", path);
	return dsv_hint(DSV_EREFUSED, "add it with --force");
}

static int cmp_text(const void *key, const void *item)
{
	return strcmp(key, *(char *const *)item);
}

static bool matches_any(const struct dsv_strlist *one,
			const struct dsv_strlist *untracked, git_index *index)
{
	size_t i;

	if (in_index(index, one->items[0]) ||
	    (untracked->n &&
	     bsearch(one->items[0], untracked->items, untracked->n,
		     sizeof(*untracked->items), cmp_text)))
		return true;
	for (i = 0; i < untracked->n; i++) {
		if (dsv_pathspec_match(one, untracked->items[i]))
			return true;
	}
	for (i = 0; i < git_index_entrycount(index); i++) {
		if (dsv_pathspec_match(one,
				       git_index_get_byindex(index, i)->path))
			return true;
	}
	return false;
}

/* Each pathspec must mean something; with force, what is ignored too. */
static int check_paths(struct dsv_repo *repo, const struct dsv_stage_opts *opts,
		       struct dsv_strlist *untracked)
{
	git_index *index;
	size_t i;
	int rc;

	rc = dsv_repo_index(repo, &index);
	for (i = 0; rc >= 0 && opts->paths && i < opts->paths->n; i++) {
		char *text = opts->paths->items[i];
		const struct dsv_strlist one = {.items = &text, .n = 1};
		struct stat st;

		if (text[0] == ':' || !*text)
			continue;
		if (opts->force && dsv_work_stat(repo, text, &st) > 0)
			rc = walk_ignored(repo, index, text, untracked);
		else if (!matches_any(&one, untracked, index))
			rc = fail_unmatched(repo, text);
	}
	return rc;
}

static int by_path(const void *a, const void *b)
{
	const struct dsv_candidate *x = a;
	const struct dsv_candidate *y = b;

	return strcmp(x->path, y->path);
}

/* Sorted, and each path once. */
static void settle(struct dsv_candidates *out)
{
	size_t kept = 0;
	size_t i;

	if (out->n)
		qsort(out->items, out->n, sizeof(*out->items), by_path);
	for (i = 0; i < out->n; i++) {
		if (kept &&
		    !strcmp(out->items[kept - 1].path, out->items[i].path)) {
			free(out->items[i].path);
			continue;
		}
		out->items[kept++] = out->items[i];
	}
	out->n = kept;
}

int dsv_candidates_find(struct dsv_candidates *out, struct dsv_repo *repo,
			const struct dsv_stage_opts *opts)
{
	struct dsv_strlist untracked DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	const bool tracked_only = opts->update || opts->renormalize;
	int rc;

	if (!opts->all && !tracked_only && (!opts->paths || !opts->paths->n))
		return dsv_fail(DSV_EUSAGE, "nothing named to add");

	rc = add_tracked(out, repo, opts);
	if (rc == 0 && !tracked_only)
		rc = dsv_worktree_new_files(repo, opts->paths, &untracked);
	if (rc >= 0)
		rc = check_paths(repo, opts, &untracked);
	if (rc >= 0)
		rc = add_new(out, repo, &untracked);
	settle(out);
	return rc < 0 ? rc : 0;
}

void dsv_candidates_release(struct dsv_candidates *candidates)
{
	size_t i;

	for (i = 0; i < candidates->n; i++)
		free(candidates->items[i].path);
	free(candidates->items);
	*candidates = (struct dsv_candidates)DSV_CANDIDATES_INIT;
}
