#include <dsv/status.h>

#include <dsv/error.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "repo/attributes.h"
#include "repo/blobs.h"
#include "repo/operation.h"
#include "repo/private.h"
#include "repo/problems.h"
#include "repo/branch.h"
#include "repo/tree.h"
#include "repo/unmerged.h"
#include "repo/worktree.h"

static const char *const problem_words[] = {
	[DSV_PROBLEM_RAW] = "raw",
	[DSV_PROBLEM_DAMAGED] = "damaged_pointer",
	[DSV_PROBLEM_DAMAGED_WORK] = "damaged_work_pointer",
	[DSV_PROBLEM_MISSING] = "missing_content",
	[DSV_PROBLEM_POINTER_WORK] = "not_checked_out",
	[DSV_PROBLEM_OVERRIDDEN] = "overridden_attributes",
	[DSV_PROBLEM_NO_FILTER] = "no_filter",
	[DSV_PROBLEM_CONFLICT] = "conflict",
	[DSV_PROBLEM_NO_SETUP] = "no_setup",
	[DSV_PROBLEM_NO_HOOKS] = "no_hooks",
};

static const char *const operation_words[] = {
	[DSV_OPERATION_NONE] = "none",
	[DSV_OPERATION_MERGE] = "merge",
	[DSV_OPERATION_REBASE] = "rebase",
	[DSV_OPERATION_CHERRY_PICK] = "cherry-pick",
	[DSV_OPERATION_REVERT] = "revert",
	[DSV_OPERATION_BISECT] = "bisect",
	[DSV_OPERATION_AM] = "am",
};

const char *dsv_problem_word(enum dsv_problem_kind kind)
{
	return problem_words[kind];
}

const char *dsv_operation_word(enum dsv_operation operation)
{
	return operation_words[operation];
}

static int read_branch(struct dsv_repo *repo, struct dsv_status *out)
{
	struct dsv_branch branch DSV_AUTO(branch) = DSV_BRANCH_INIT;
	char hex[DSV_OID_HEX];
	int rc;

	rc = dsv_branch_read(&branch, repo);
	if (rc < 0)
		return rc;
	out->branch = dsv_take(&branch.name);
	out->upstream = dsv_take(&branch.upstream);
	out->upstream_gone = branch.gone;
	out->ahead = branch.ahead;
	out->behind = branch.behind;
	if (!branch.unborn)
		out->commit = dsv_strdup(dsv_oid_hex(&branch.head, hex));
	out->operation = dsv_operation_of(repo);
	return 0;
}

static int fill_side(struct dsv_repo *repo, const struct dsv_entry *entry,
		     struct dsv_path_side *out)
{
	int rc;

	out->mode = entry->mode;
	out->blob = entry->blob;
	if (!S_ISREG(entry->mode) || dsv_oid_is_zero(&entry->blob))
		return 0;
	rc = dsv_blob_pointer(repo, &entry->blob, &out->content);
	out->is_pointer = rc > 0;
	/* what is damaged is among the problems */
	return rc < 0 && rc != DSV_ECORRUPT && rc != DSV_EMISSING ? rc : 0;
}

static struct dsv_status_file *add_file(struct dsv_status_files *files,
					const char *path)
{
	struct dsv_status_file *file;

	DSV_GROW(files->items, files->cap, files->n + 1);
	file = &files->items[files->n++];
	*file = (struct dsv_status_file){.path = dsv_strdup(path)};
	return file;
}

static bool is_data(struct dsv_repo *repo, const struct dsv_status_file *file)
{
	return file->from.is_pointer || file->to.is_pointer ||
	       dsv_path_is_filtered(repo, file->path);
}

static enum dsv_path_change change_of(const struct dsv_delta *delta)
{
	if (!delta->from.mode)
		return DSV_PATH_ADDED;
	if (!delta->to.mode)
		return DSV_PATH_DELETED;
	if (delta->old_path)
		return DSV_PATH_RENAMED;
	return (delta->from.mode ^ delta->to.mode) & S_IFMT ? DSV_PATH_TYPE
							    : DSV_PATH_MODIFIED;
}

static bool is_conflict(const struct dsv_status *status, const char *path)
{
	size_t i;

	for (i = 0; i < status->n_conflicts; i++) {
		if (!strcmp(status->conflicts[i].path, path))
			return true;
	}
	return false;
}

static int list_staged(struct dsv_repo *repo,
		       const struct dsv_status_opts *opts,
		       struct dsv_status *out)
{
	const struct dsv_version index = {.at = DSV_AT_INDEX};
	struct dsv_version head;
	struct dsv_deltas deltas DSV_AUTO(deltas) = DSV_DELTAS_INIT;
	size_t i;
	int rc;

	rc = dsv_repo_head(repo, &head);
	if (rc == 0)
		rc = dsv_tree_diff(repo, &head, &index, opts->paths, &deltas);
	for (i = 0; rc == 0 && i < deltas.n; i++) {
		const struct dsv_delta *delta = &deltas.items[i];
		struct dsv_status_file *file;

		if (is_conflict(out, delta->path))
			continue;
		file = add_file(&out->staged, delta->path);
		file->change = change_of(delta);
		if (delta->old_path)
			file->old_path = dsv_strdup(delta->old_path);
		rc = fill_side(repo, &delta->from, &file->from);
		if (rc == 0)
			rc = fill_side(repo, &delta->to, &file->to);
		file->is_data = is_data(repo, file);
	}
	return rc < 0 ? rc : 0;
}

static int add_unstaged(struct dsv_repo *repo, const struct dsv_work_file *work,
			struct dsv_status *out)
{
	struct dsv_status_file *file = add_file(&out->unstaged, work->path);
	int rc;

	switch (work->state) {
	case DSV_WORK_DELETED:
		file->change = DSV_PATH_DELETED;
		break;
	case DSV_WORK_TYPE_CHANGED:
		file->change = DSV_PATH_TYPE;
		break;
	default:
		file->change =
			work->index.mode ? DSV_PATH_MODIFIED : DSV_PATH_ADDED;
	}
	rc = fill_side(repo, &work->index, &file->from);
	file->to.mode = work->mode;
	file->is_data = is_data(repo, file);
	return rc;
}

static int list_unstaged(struct dsv_repo *repo, const struct dsv_worktree *work,
			 struct dsv_status *out)
{
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < work->n; i++) {
		const struct dsv_work_file *file = &work->items[i];

		if (file->state == DSV_WORK_UNMERGED ||
		    (file->state == DSV_WORK_UNCHANGED && file->index.mode))
			continue;
		rc = add_unstaged(repo, file, out);
	}
	return rc;
}

static int list_conflicts(struct dsv_repo *repo,
			  const struct dsv_status_opts *opts,
			  struct dsv_status *out)
{
	struct dsv_unmerged_list list DSV_AUTO(unmerged_list) =
		DSV_UNMERGED_LIST_INIT;
	size_t i;
	size_t j;
	int rc;

	rc = dsv_unmerged_list(repo, opts->paths, &list);
	if (rc < 0 || !list.n)
		return rc;
	out->conflicts = dsv_alloc_zero(list.n, sizeof(*out->conflicts));
	for (i = 0; i < list.n; i++) {
		struct dsv_status_conflict *to = &out->conflicts[i];

		to->path = dsv_strdup(list.items[i].path);
		for (j = 0; j < DSV_STAGES; j++)
			to->stages |=
				list.items[i].stages[j].mode ? 1u << j : 0u;
		to->is_data = dsv_path_is_filtered(repo, to->path);
		out->n_conflicts++;
	}
	return 0;
}

static bool has_unmerged(const struct dsv_worktree *work)
{
	for (size_t i = 0; i < work->n; i++)
		if (work->items[i].state == DSV_WORK_UNMERGED)
			return true;
	return false;
}

static int list_problems(struct dsv_repo *repo,
			 const struct dsv_status_opts *opts,
			 const struct dsv_worktree *work,
			 struct dsv_status *out)
{
	int rc;

	rc = dsv_problems_of_index(repo, opts->datasets, &out->problems);
	if (rc == 0)
		rc = dsv_problems_of_work(repo, work, &out->problems);
	if (rc == 0)
		rc = dsv_problems_of_setup(repo, &out->problems);
	dsv_problems_sort(&out->problems);
	return rc;
}

static int read_all(struct dsv_repo *repo, const struct dsv_status_opts *opts,
		    struct dsv_status *out)
{
	struct dsv_worktree work DSV_AUTO(worktree) = DSV_WORKTREE_INIT;
	int rc;

	rc = read_branch(repo, out);
	if (rc == 0)
		rc = list_staged(repo, opts, out);
	if (rc == 0)
		rc = dsv_worktree_scan(repo, opts->paths, 0, &work,
				       opts->no_untracked ? NULL
							  : &out->untracked);
	if (rc == 0 && has_unmerged(&work))
		rc = list_conflicts(repo, opts, out);
	if (rc == 0)
		rc = list_unstaged(repo, &work, out);
	if (rc == 0)
		rc = list_problems(repo, opts, &work, out);
	/* another time it will be cheaper; if it cannot be, no harm */
	if (rc == 0 && work.n_stale && dsv_worktree_refresh(repo, &work) < 0)
		dsv_error_clear();
	return rc;
}

int dsv_status(struct dsv_repo *repo, const struct dsv_status_opts *opts,
	       struct dsv_status *out)
{
	struct dsv_status status DSV_AUTO(status) = DSV_STATUS_INIT;
	int rc;

	if (!repo->workdir)
		return dsv_fail(DSV_EUSAGE, "a bare repository has no work "
					    "tree");
	rc = read_all(repo, opts, &status);
	if (rc < 0)
		return rc;
	*out = status;
	status = (struct dsv_status)DSV_STATUS_INIT;
	return 0;
}

static void release_files(struct dsv_status_files *files)
{
	size_t i;

	for (i = 0; i < files->n; i++) {
		free(files->items[i].path);
		free(files->items[i].old_path);
	}
	free(files->items);
}

void dsv_status_release(struct dsv_status *status)
{
	size_t i;

	free(status->branch);
	free(status->commit);
	free(status->upstream);
	release_files(&status->staged);
	release_files(&status->unstaged);
	dsv_strlist_release(&status->untracked);
	for (i = 0; i < status->n_conflicts; i++)
		free(status->conflicts[i].path);
	free(status->conflicts);
	dsv_problems_release(&status->problems);
	*status = (struct dsv_status)DSV_STATUS_INIT;
}
