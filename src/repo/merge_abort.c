#include <dsv/merge.h>

#include <dsv/error.h>
#include <dsv/status.h>
#include <string.h>

#include "repo/index.h"
#include "repo/materialize.h"
#include "repo/operation.h"
#include "repo/private.h"
#include "repo/treewalk.h"
#include "repo/unmerged.h"

static int add_path(struct dsv_targets *targets, struct dsv_repo *repo,
		    const struct dsv_version *head, const char *path)
{
	struct dsv_entry entry;
	size_t i;
	int rc;

	for (i = 0; i < targets->n; i++)
		if (!strcmp(targets->items[i].path, path))
			return 0;
	rc = dsv_tree_entry_at(repo, &head->commit, path, &entry);
	if (rc == 0)
		dsv_targets_add(targets, path, &entry);
	return rc;
}

/* What the merge changed: the index was HEAD's before it. */
static int find_paths(struct dsv_targets *targets, struct dsv_repo *repo,
		      const struct dsv_version *head)
{
	const struct dsv_version index = {.at = DSV_AT_INDEX};
	struct dsv_unmerged_list open DSV_AUTO(unmerged_list) =
		DSV_UNMERGED_LIST_INIT;
	struct dsv_deltas deltas DSV_AUTO(deltas) = DSV_DELTAS_INIT;
	size_t i;
	int rc;

	rc = dsv_unmerged_list(repo, NULL, &open);
	for (i = 0; rc >= 0 && i < open.n; i++) {
		rc = add_path(targets, repo, head, open.items[i].path);
		if (rc >= 0)
			rc = dsv_conflict_drop(repo, open.items[i].path);
	}
	if (rc >= 0)
		rc = dsv_tree_diff(repo, head, &index, NULL, &deltas);
	for (i = 0; rc >= 0 && i < deltas.n; i++) {
		rc = add_path(targets, repo, head, deltas.items[i].path);
		if (rc >= 0 && deltas.items[i].old_path)
			rc = add_path(targets, repo, head,
				      deltas.items[i].old_path);
	}
	return rc < 0 ? rc : 0;
}

static int restore_entry(git_index *index, const struct dsv_target *target)
{
	git_index_entry entry = {.path = target->path,
				 .mode = target->entry.mode};
	int rc;

	git_index_conflict_remove(index, target->path);
	if (!target->entry.mode) {
		git_index_remove(index, target->path, 0);
		return 0;
	}
	dsv_oid_to_git(&entry.id, &target->entry.blob);
	dsv_index_entry_stat(&entry, &target->st);
	rc = git_index_add(index, &entry);
	return rc < 0 ? dsv_git_fail(rc, "cannot edit the index") : 0;
}

int dsv_merge_abort(struct dsv_repo *repo)
{
	struct dsv_index_edit edit DSV_AUTO(index_edit) = DSV_INDEX_EDIT_INIT;
	struct dsv_targets targets DSV_AUTO(targets) = DSV_TARGETS_INIT;
	struct dsv_version head;
	size_t i;
	int rc;

	if (dsv_operation_of(repo) != DSV_OPERATION_MERGE)
		return dsv_fail(DSV_EREFUSED, "no merge is open");
	rc = dsv_repo_head(repo, &head);
	if (rc == 0)
		rc = dsv_index_edit_open(&edit, repo);
	if (rc == 0)
		rc = find_paths(&targets, repo, &head);
	if (rc == 0)
		rc = dsv_materialize(repo, &targets);
	for (i = 0; rc == 0 && i < targets.n; i++)
		rc = restore_entry(edit.index, &targets.items[i]);
	if (rc == 0)
		rc = dsv_index_edit_commit(&edit);
	if (rc == 0)
		dsv_operation_end(repo);
	return rc;
}
