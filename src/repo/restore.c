#include <dsv/checkout.h>

#include <dsv/error.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/map.h"
#include "repo/index.h"
#include "repo/materialize.h"
#include "repo/pathspec.h"
#include "repo/private.h"
#include "repo/worktree.h"

struct restore {
	struct dsv_repo *repo;
	const struct dsv_restore_opts *opts;
	struct dsv_checkout *out;
	struct dsv_index_edit *edit;
	struct dsv_version source;
	struct dsv_files files;	  /* of the source */
	struct dsv_worktree work; /* of the index */
	struct dsv_map by_path;	  /* number in files + 1 */
	struct dsv_targets targets;
	bool worktree;
	bool staged;
};

static int find_source(struct restore *it)
{
	if (it->opts->source)
		return dsv_repo_resolve(it->repo, it->opts->source,
					&it->source);
	if (it->staged)
		return dsv_repo_head(it->repo, &it->source);
	it->source.at = DSV_AT_INDEX;
	return 0;
}

static bool any_matches(const struct restore *it, const struct dsv_strlist *one)
{
	size_t i;

	for (i = 0; i < it->files.n; i++) {
		if (dsv_pathspec_match(one, it->files.items[i].path))
			return true;
	}
	for (i = 0; i < it->work.n; i++) {
		if (dsv_pathspec_match(one, it->work.items[i].path))
			return true;
	}
	return false;
}

static int check_paths(const struct restore *it)
{
	const struct dsv_strlist *paths = it->opts->paths;
	size_t i;

	if (!paths || !paths->n)
		return dsv_fail(DSV_EUSAGE, "nothing named to restore");
	for (i = 0; i < paths->n; i++) {
		const struct dsv_strlist one = {.items = &paths->items[i],
						.n = 1};

		if (!any_matches(it, &one))
			return dsv_fail(DSV_ENOTFOUND,
					"'%s' matches no file that is known",
					paths->items[i]);
	}
	return 0;
}

static int read_all(struct restore *it)
{
	size_t i;
	int rc;

	rc = find_source(it);
	if (rc == 0)
		rc = dsv_tree_list(it->repo, &it->source, it->opts->paths,
				   &it->files);
	if (rc == 0)
		rc = dsv_worktree_compare(it->repo, it->opts->paths, 0,
					  &it->work);
	for (i = 0; rc >= 0 && i < it->files.n; i++) {
		const char *path = it->files.items[i].path;

		dsv_map_put(&it->by_path, path, strlen(path))->value = i + 1;
	}
	return rc < 0 ? rc : check_paths(it);
}

static const struct dsv_entry *source_entry(const struct restore *it,
					    const char *path)
{
	static const struct dsv_entry none;
	const struct dsv_map_entry *at =
		dsv_map_get(&it->by_path, path, strlen(path));

	return at ? &it->files.items[at->value - 1].entry : &none;
}

static bool same_entry(const struct dsv_entry *a, const struct dsv_entry *b)
{
	return a->mode == b->mode && dsv_oid_equal(&a->blob, &b->blob);
}

/* 1 where the work file has to be written or removed. */
static int work_differs(struct restore *it, const struct dsv_work_file *file,
			const char *path, const struct dsv_entry *to)
{
	int rc;

	if (!it->worktree)
		return 0;
	if (file && file->state == DSV_WORK_UNMERGED) {
		if (it->source.at != DSV_AT_INDEX)
			return 1;
		dsv_fail(DSV_EREFUSED, "'%s' is unmerged", path);
		return dsv_hint(DSV_EREFUSED, "name a side with --source");
	}
	if (file && same_entry(&file->index, to))
		return file->state != DSV_WORK_UNCHANGED;
	if (!to->mode)
		return 1;
	rc = dsv_worktree_same(it->repo, path, to);
	return rc < 0 ? rc : !rc;
}

static int set_index(struct restore *it, const char *path,
		     const struct dsv_entry *to)
{
	git_index_entry entry = {.path = path, .mode = to->mode};
	int rc;

	git_index_conflict_remove(it->edit->index, path);
	if (!to->mode) {
		rc = git_index_remove(it->edit->index, path, 0);
		if (rc == GIT_ENOTFOUND)
			rc = 0;
	} else {
		dsv_oid_to_git(&entry.id, &to->blob);
		rc = git_index_add(it->edit->index, &entry);
	}
	if (rc < 0)
		return dsv_git_fail(rc, "cannot edit the index");
	return 0;
}

static int plan_one(struct restore *it, const struct dsv_work_file *file,
		    const char *path, const struct dsv_entry *to)
{
	const bool in_index = file && file->state != DSV_WORK_UNMERGED &&
			      same_entry(&file->index, to);
	int rc;

	rc = work_differs(it, file, path, to);
	if (rc < 0)
		return rc;
	if (rc > 0)
		dsv_targets_add(&it->targets, path, to);
	if (!it->staged || in_index)
		return 0;
	if (!rc)
		dsv_strlist_add(
			to->mode ? &it->out->updated : &it->out->removed, path);
	return set_index(it, path, to);
}

/* The files of the index, and those that the source alone has. */
static int plan(struct restore *it)
{
	struct dsv_map seen DSV_AUTO(map) = DSV_MAP_INIT;
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < it->work.n; i++) {
		const struct dsv_work_file *file = &it->work.items[i];

		dsv_map_put(&seen, file->path, strlen(file->path));
		rc = plan_one(it, file, file->path,
			      source_entry(it, file->path));
	}
	for (i = 0; rc == 0 && i < it->files.n; i++) {
		const struct dsv_file *file = &it->files.items[i];

		if (!dsv_map_get(&seen, file->path, strlen(file->path)))
			rc = plan_one(it, NULL, file->path, &file->entry);
	}
	return rc;
}

/* Where the index names what was written, it takes the file's stat. */
static int refresh(struct restore *it, const struct dsv_target *target)
{
	const git_index_entry *at =
		git_index_get_bypath(it->edit->index, target->path, 0);
	git_index_entry entry;
	struct dsv_oid blob;
	int rc;

	dsv_strlist_add(target->entry.mode ? &it->out->updated
					   : &it->out->removed,
			target->path);
	it->out->missing += target->missing;
	if (!at || !target->entry.mode)
		return 0;
	dsv_oid_of_git(&blob, &at->id);
	if (!dsv_oid_equal(&blob, &target->entry.blob))
		return 0;
	entry = *at;
	entry.path = target->path;
	dsv_index_entry_stat(&entry, &target->st);
	rc = git_index_add(it->edit->index, &entry);
	if (rc < 0)
		return dsv_git_fail(rc, "cannot edit the index");
	return 0;
}

static int run(struct restore *it)
{
	size_t i;
	int rc;

	rc = read_all(it);
	if (rc == 0)
		rc = plan(it);
	if (rc == 0)
		rc = dsv_materialize(it->repo, &it->targets);
	for (i = 0; rc == 0 && i < it->targets.n; i++)
		rc = refresh(it, &it->targets.items[i]);
	return rc < 0 ? rc : dsv_index_edit_commit_fast(it->edit);
}

int dsv_restore(struct dsv_repo *repo, const struct dsv_restore_opts *opts,
		struct dsv_checkout *out)
{
	struct dsv_index_edit edit DSV_AUTO(index_edit) = DSV_INDEX_EDIT_INIT;
	struct restore it = {.repo = repo,
			     .opts = opts,
			     .out = out,
			     .edit = &edit,
			     .files = DSV_FILES_INIT,
			     .work = DSV_WORKTREE_INIT,
			     .by_path = DSV_MAP_INIT,
			     .worktree = opts->worktree || !opts->staged,
			     .staged = opts->staged};
	int rc;

	if (!repo->workdir)
		return dsv_fail(DSV_EUSAGE, "a bare repository has no work "
					    "tree");
	rc = dsv_index_edit_open(&edit, repo);
	if (rc == 0)
		rc = run(&it);
	dsv_files_release(&it.files);
	dsv_worktree_release(&it.work);
	dsv_map_release(&it.by_path);
	dsv_targets_release(&it.targets);
	return rc;
}
