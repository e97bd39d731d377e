#include "repo/tree.h"

#include <dsv/error.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "repo/indexview.h"
#include "repo/pathspec.h"
#include "repo/private.h"
#include "repo/renames.h"
#include "repo/treewalk.h"
#include "repo/worktree.h"

void dsv_files_release(struct dsv_files *files)
{
	for (size_t i = 0; i < files->n; i++)
		free(files->items[i].path);
	free(files->items);
	*files = (struct dsv_files)DSV_FILES_INIT;
}

void dsv_deltas_release(struct dsv_deltas *deltas)
{
	for (size_t i = 0; i < deltas->n; i++) {
		free(deltas->items[i].path);
		free(deltas->items[i].old_path);
	}
	free(deltas->items);
	*deltas = (struct dsv_deltas)DSV_DELTAS_INIT;
}

static void add_file(struct dsv_files *files, const char *path,
		     const struct dsv_entry *entry)
{
	DSV_GROW(files->items, files->cap, files->n + 1);
	files->items[files->n++] = (struct dsv_file){
		.path = dsv_strdup(path),
		.entry = *entry,
	};
}

static void add_delta(struct dsv_deltas *deltas, const char *path,
		      const struct dsv_entry *from, const struct dsv_entry *to)
{
	static const struct dsv_entry none;

	DSV_GROW(deltas->items, deltas->cap, deltas->n + 1);
	deltas->items[deltas->n++] = (struct dsv_delta){
		.path = dsv_strdup(path),
		.from = from ? *from : none,
		.to = to ? *to : none,
	};
}

static int list_one(void *ctx, const char *path, const struct dsv_entry *from,
		    const struct dsv_entry *to)
{
	(void)from;
	add_file(ctx, path, to);
	return 0;
}

/* A path in conflict counts with our side, or theirs where we have none. */
static int list_index(struct dsv_repo *repo,
		      const struct dsv_strlist *pathspecs,
		      struct dsv_files *out)
{
	struct dsv_index_view view DSV_AUTO(index_view) = DSV_INDEX_VIEW_INIT;
	struct dsv_index_path at;
	size_t next;
	int rc;

	rc = dsv_index_view_open(&view, repo);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < view.n; i = next) {
		next = dsv_index_path_at(&view, i, &at);
		if (at.entry.mode && dsv_pathspec_match(pathspecs, at.path))
			add_file(out, at.path, &at.entry);
	}
	return 0;
}

/* unchanged: the blob of the index; otherwise zero, for nothing is hashed. */
static int list_worktree(struct dsv_repo *repo,
			 const struct dsv_strlist *pathspecs, unsigned flags,
			 struct dsv_files *out)
{
	struct dsv_worktree tree DSV_AUTO(worktree) = DSV_WORKTREE_INIT;
	int rc;

	rc = dsv_worktree_compare(repo, pathspecs, flags, &tree);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < tree.n; i++) {
		const struct dsv_work_file *file = &tree.items[i];
		struct dsv_entry entry = {.mode = file->mode};

		if (!file->mode)
			continue;
		if (file->state == DSV_WORK_UNCHANGED ||
		    file->mode == GIT_FILEMODE_COMMIT)
			entry = file->index;
		add_file(out, file->path, &entry);
	}
	return 0;
}

static int list_any(struct dsv_repo *repo, const struct dsv_version *version,
		    const struct dsv_strlist *pathspecs, unsigned flags,
		    struct dsv_files *out)
{
	switch (version->at) {
	case DSV_AT_COMMIT:
		return dsv_treewalk(repo, NULL, &version->commit, pathspecs,
				    list_one, out);
	case DSV_AT_INDEX:
		return list_index(repo, pathspecs, out);
	case DSV_AT_WORKTREE:
		return list_worktree(repo, pathspecs, flags, out);
	default:
		return 0;
	}
}

int dsv_tree_list(struct dsv_repo *repo, const struct dsv_version *version,
		  const struct dsv_strlist *pathspecs, struct dsv_files *out)
{
	struct dsv_files files DSV_AUTO(files) = DSV_FILES_INIT;
	struct dsv_files old;
	int rc;

	rc = list_any(repo, version, pathspecs, DSV_WORKTREE_STAT_ONLY, &files);
	if (rc < 0)
		return rc;
	old = *out;
	*out = files;
	files = old;
	return 0;
}

int dsv_tree_entry(struct dsv_repo *repo, const struct dsv_version *version,
		   const char *path, struct dsv_entry *out)
{
	struct dsv_files files DSV_AUTO(files) = DSV_FILES_INIT;
	struct dsv_strlist only DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	char *spec DSV_AUTO(str) = NULL;
	int rc;

	if (version->at == DSV_AT_COMMIT)
		return dsv_tree_entry_at(repo, &version->commit, path, out);
	if (version->at == DSV_AT_INDEX)
		return dsv_index_entry_at(repo, path, out);

	spec = dsv_strf(":(top,literal)%s", path);
	dsv_strlist_add(&only, spec);
	rc = list_any(repo, version, &only, DSV_WORKTREE_STAT_ONLY, &files);
	if (rc < 0)
		return rc;
	*out = (struct dsv_entry){0};
	for (size_t i = 0; i < files.n; i++)
		if (strcmp(files.items[i].path, path) == 0)
			*out = files.items[i].entry;
	return 0;
}

static int diff_one(void *ctx, const char *path, const struct dsv_entry *from,
		    const struct dsv_entry *to)
{
	add_delta(ctx, path, from, to);
	return 0;
}

/* 1 when the entries stand for the same file. A work file that differs from
 * the index may still be what the commit has. */
static int same_entry(struct dsv_repo *repo, const char *path,
		      const struct dsv_entry *from, const struct dsv_entry *to,
		      bool by_content)
{
	if (from->mode != to->mode)
		return 0;
	if (!dsv_oid_is_zero(&from->blob) && !dsv_oid_is_zero(&to->blob))
		return dsv_oid_equal(&from->blob, &to->blob);
	if (!by_content)
		return 0;
	return dsv_worktree_same(repo, path,
				 dsv_oid_is_zero(&from->blob) ? to : from);
}

static int diff_lists(struct dsv_repo *repo, const struct dsv_files *from,
		      const struct dsv_files *to, bool by_content,
		      struct dsv_deltas *out)
{
	size_t i = 0;
	size_t k = 0;
	int order;
	int rc;

	while (i < from->n || k < to->n) {
		order = i == from->n ? 1
			: k == to->n ? -1
				     : strcmp(from->items[i].path,
					      to->items[k].path);
		const struct dsv_file *a =
			order <= 0 ? &from->items[i++] : NULL;
		const struct dsv_file *b = order >= 0 ? &to->items[k++] : NULL;

		rc = a && b ? same_entry(repo, a->path, &a->entry, &b->entry,
					 by_content)
			    : 0;
		if (rc < 0)
			return rc;
		if (rc == 0)
			add_delta(out, b ? b->path : a->path,
				  a ? &a->entry : NULL, b ? &b->entry : NULL);
	}
	return 0;
}

static int diff_by_lists(struct dsv_repo *repo, const struct dsv_version *from,
			 const struct dsv_version *to,
			 const struct dsv_strlist *pathspecs,
			 struct dsv_deltas *out)
{
	struct dsv_files a DSV_AUTO(files) = DSV_FILES_INIT;
	struct dsv_files b DSV_AUTO(files) = DSV_FILES_INIT;
	bool by_content = from->at == DSV_AT_COMMIT || to->at == DSV_AT_COMMIT;
	int rc;

	rc = list_any(repo, from, pathspecs, 0, &a);
	if (rc == 0)
		rc = list_any(repo, to, pathspecs, 0, &b);
	if (rc < 0)
		return rc;
	return diff_lists(repo, &a, &b, by_content, out);
}

/* 1 when the index says of itself that it makes the tree of the commit. */
static int index_is_commit(struct dsv_repo *repo, const struct dsv_version *a,
			   const struct dsv_version *b)
{
	struct dsv_index_view view DSV_AUTO(index_view) = DSV_INDEX_VIEW_INIT;
	const struct dsv_version *commit = a->at == DSV_AT_COMMIT ? a : b;
	struct dsv_oid tree;
	int rc;

	if (commit->at != DSV_AT_COMMIT ||
	    (a->at != DSV_AT_INDEX && b->at != DSV_AT_INDEX))
		return 0;
	rc = dsv_index_view_open(&view, repo);
	if (rc == 0)
		rc = dsv_tree_of_commit(repo, &commit->commit, &tree);
	if (rc < 0)
		return rc;
	return view.has_tree && dsv_oid_equal(&view.tree, &tree);
}

int dsv_tree_diff(struct dsv_repo *repo, const struct dsv_version *from,
		  const struct dsv_version *to,
		  const struct dsv_strlist *pathspecs, struct dsv_deltas *out)
{
	struct dsv_deltas deltas DSV_AUTO(deltas) = DSV_DELTAS_INIT;
	struct dsv_deltas old;
	int rc;

	rc = index_is_commit(repo, from, to);
	if (rc < 0)
		return rc;
	if (from->at == DSV_AT_COMMIT && to->at == DSV_AT_COMMIT)
		rc = dsv_treewalk(repo, &from->commit, &to->commit, pathspecs,
				  diff_one, &deltas);
	else if (from->at == to->at || rc == 1)
		rc = 0;
	else
		rc = diff_by_lists(repo, from, to, pathspecs, &deltas);
	if (rc < 0)
		return rc;

	dsv_deltas_find_renames(&deltas);
	old = *out;
	*out = deltas;
	deltas = old;
	return 0;
}
