#include <dsv/merge.h>

#include <dsv/error.h>
#include <dsv/status.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "repo/index.h"
#include "repo/materialize.h"
#include "repo/merging.h"
#include "repo/operation.h"
#include "repo/private.h"
#include "repo/treewalk.h"
#include "repo/unmerged.h"
#include "repo/workfile.h"
#include "repo/worktree.h"

#define HEADS_MAX 64u /* commits that one merge joins */

/*
 * The index was HEAD's before the merge, so what differs now is what the merge
 * wrote, or what a person has staged since. The work file of such a path is as
 * HEAD or as the index has it; anything else is a change made since.
 */
struct aborting {
	struct dsv_repo *repo;
	struct dsv_version head;
	struct dsv_oid theirs[HEADS_MAX];
	size_t n_theirs;
	struct dsv_index_edit *edit;
	struct dsv_map seen;
	struct dsv_targets targets;
	struct dsv_strlist unstaged; /* new files that are the person's own */
	struct dsv_strlist lost;
};

/* 1 where no side of the merge has the path: somebody added it since. */
static int is_own(struct aborting *it, const char *path)
{
	struct dsv_entry entry;
	size_t i;
	int rc = 0;

	for (i = 0; i < it->n_theirs; i++) {
		rc = dsv_tree_entry_at(it->repo, &it->theirs[i], path, &entry);
		if (rc < 0 || entry.mode)
			return rc < 0 ? rc : 0;
	}
	return it->n_theirs > 0;
}

static int holds(struct aborting *it, const char *path,
		 const struct dsv_entry *entry)
{
	return entry->mode ? dsv_worktree_same(it->repo, path, entry) : 0;
}

/* 1 where the work file is neither HEAD's nor the merge's. */
static int is_edited(struct aborting *it, const char *path,
		     const struct dsv_entry *head)
{
	const git_index_entry *at = dsv_index_entry(it->edit, path, 0);
	struct dsv_entry index = {.mode = at ? at->mode : 0};
	struct stat st;
	int rc;

	rc = dsv_work_stat(it->repo, path, &st);
	if (rc <= 0 || S_ISDIR(st.st_mode))
		return rc < 0 ? rc : 0;
	if (at)
		dsv_oid_of_git(&index.blob, &at->id);
	rc = holds(it, path, &index);
	if (rc == 0)
		rc = holds(it, path, head);
	return rc < 0 ? rc : !rc;
}

static int add_path(struct aborting *it, const char *path, bool open)
{
	struct dsv_map_entry *seen = dsv_map_put(&it->seen, path, strlen(path));
	struct dsv_entry head;
	int rc;

	if (seen->value++)
		return 0;
	rc = dsv_tree_entry_at(it->repo, &it->head.commit, path, &head);
	if (rc == 0 && !head.mode && !open)
		rc = is_own(it, path);
	if (rc > 0)
		dsv_strlist_add(&it->unstaged, path);
	if (rc != 0)
		return rc < 0 ? rc : 0;
	rc = open ? 0 : is_edited(it, path, &head);
	if (rc > 0)
		dsv_strlist_add(&it->lost, path);
	dsv_targets_add(&it->targets, path, &head);
	return rc < 0 ? rc : 0;
}

static int find_paths(struct aborting *it)
{
	const struct dsv_version index = {.at = DSV_AT_INDEX};
	struct dsv_unmerged_list open DSV_AUTO(unmerged_list) =
		DSV_UNMERGED_LIST_INIT;
	struct dsv_deltas deltas DSV_AUTO(deltas) = DSV_DELTAS_INIT;
	size_t i;
	int rc;

	rc = dsv_unmerged_list(it->repo, NULL, &open);
	for (i = 0; rc >= 0 && i < open.n; i++)
		rc = add_path(it, open.items[i].path, true);
	if (rc >= 0)
		rc = dsv_tree_diff(it->repo, &it->head, &index, NULL, &deltas);
	for (i = 0; rc >= 0 && i < deltas.n; i++) {
		rc = add_path(it, deltas.items[i].path, false);
		if (rc >= 0 && deltas.items[i].old_path)
			rc = add_path(it, deltas.items[i].old_path, false);
	}
	if (rc < 0 || !it->lost.n)
		return rc < 0 ? rc : 0;
	dsv_fail(DSV_EREFUSED, "changes made to '%s'%s since would be lost",
		 it->lost.items[0], it->lost.n > 1 ? " and others" : "");
	return dsv_hint(DSV_EREFUSED, "'dsv restore' the files to lose them, "
				      "or commit the merge");
}

static int restore_index(struct aborting *it)
{
	git_index *index = it->edit->index;
	size_t i;
	int rc = 0;

	for (i = 0; i < it->unstaged.n; i++)
		git_index_remove(index, it->unstaged.items[i], 0);
	for (i = 0; i < it->targets.n; i++) {
		git_index_conflict_remove(index, it->targets.items[i].path);
		git_index_remove(index, it->targets.items[i].path, 0);
	}
	for (i = 0; rc == 0 && i < it->targets.n; i++) {
		const struct dsv_target *target = &it->targets.items[i];
		git_index_entry entry = {.path = target->path,
					 .mode = target->entry.mode};

		if (!entry.mode)
			continue;
		dsv_oid_to_git(&entry.id, &target->entry.blob);
		dsv_index_entry_stat(&entry, &target->st);
		rc = git_index_add(index, &entry);
	}
	return rc < 0 ? dsv_git_fail(rc, "cannot edit the index") : 0;
}

static int find_sides(struct aborting *it)
{
	int rc;

	rc = dsv_repo_head(it->repo, &it->head);
	if (rc < 0)
		return rc;
	rc = dsv_operation_heads(it->repo, it->theirs, HEADS_MAX);
	it->n_theirs = rc > 0 ? (size_t)rc : 0;
	return rc < 0 ? rc : 0;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct dsv_target *)a)->path,
		      ((const struct dsv_target *)b)->path);
}

static int run(struct aborting *it)
{
	size_t i;
	int rc;

	rc = find_sides(it);
	if (rc == 0)
		rc = dsv_index_edit_open(it->edit, it->repo);
	if (rc == 0)
		rc = find_paths(it);
	if (it->targets.n)
		qsort(it->targets.items, it->targets.n,
		      sizeof(*it->targets.items), by_path);
	if (rc == 0)
		rc = dsv_materialize(it->repo, &it->targets);
	if (rc == 0)
		rc = restore_index(it);
	if (rc == 0)
		rc = dsv_index_edit_commit(it->edit);
	for (i = 0; rc == 0 && i < it->targets.n; i++)
		rc = dsv_conflict_drop(it->repo, it->targets.items[i].path);
	if (rc == 0)
		dsv_operation_end(it->repo);
	return rc;
}

int dsv_merge_abort(struct dsv_repo *repo)
{
	struct dsv_index_edit edit DSV_AUTO(index_edit) = DSV_INDEX_EDIT_INIT;
	struct aborting it = {
		.repo = repo, .edit = &edit, .seen = DSV_MAP_INIT};
	int rc;

	if (!repo->workdir)
		return dsv_fail(DSV_EUSAGE, "a bare repository has no work "
					    "tree");
	if (dsv_operation_of(repo) != DSV_OPERATION_MERGE &&
	    !dsv_merging_is_cut_off(repo))
		return dsv_fail(DSV_EREFUSED, "no merge is open");
	rc = run(&it);
	dsv_map_release(&it.seen);
	dsv_targets_release(&it.targets);
	dsv_strlist_release(&it.unstaged);
	dsv_strlist_release(&it.lost);
	return rc;
}
