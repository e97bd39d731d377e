#include "repo/merging.h"

#include <dsv/error.h>
#include <string.h>

#include "base/alloc.h"
#include "repo/headref.h"
#include "repo/private.h"

static int by_record(struct dsv_merging *it, struct dsv_merge_open *open)
{
	struct dsv_oid stages[DSV_STAGES];
	size_t i;
	int rc;

	for (i = 0; i < DSV_STAGES; i++)
		stages[i] = open->stages[i].blob;
	open->to.mode = dsv_merge_mode(open->stages);
	rc = it->opts->settle(it->opts->ctx, it->repo, open->path, stages,
			      &open->to.blob);
	open->is_settled = rc > 0;
	return rc < 0 ? rc : 0;
}

/* The targets have the paths already. */
static void set_targets(struct dsv_merging *it)
{
	size_t i;

	for (i = 0; i < it->targets.n; i++) {
		struct dsv_target *target = &it->targets.items[i];
		const struct dsv_map_entry *at = dsv_map_get(
			&it->trees.open_at, target->path, strlen(target->path));

		if (at)
			target->entry = it->trees.open[at->value - 1].to;
	}
}

int dsv_merging_settle(struct dsv_merging *it)
{
	const struct dsv_merge_labels labels = {
		.base = it->base_name, .ours = "HEAD", .theirs = it->opts->rev};
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < it->trees.n_open; i++) {
		struct dsv_merge_open *open = &it->trees.open[i];

		rc = open->by_record ? by_record(it, open)
				     : dsv_merge_text(it->repo, open, &labels);
		rc = rc < 0 ? rc : 0;
		if (rc == 0 && !open->is_settled)
			dsv_strlist_add(&it->out->conflicts, open->path);
	}
	dsv_strlist_sort(&it->out->conflicts);
	set_targets(it);
	return rc;
}

static int add_stages(struct dsv_merging *it, const struct dsv_merge_open *open)
{
	git_index_entry entries[DSV_STAGES];
	const git_index_entry *sides[DSV_STAGES] = {0};
	size_t i;
	int rc;

	for (i = 0; i < DSV_STAGES; i++) {
		if (!open->stages[i].mode)
			continue;
		entries[i] = (git_index_entry){.path = open->path,
					       .mode = open->stages[i].mode};
		dsv_oid_to_git(&entries[i].id, &open->stages[i].blob);
		sides[i] = &entries[i];
	}
	rc = git_index_conflict_add(it->edit->index, sides[0], sides[1],
				    sides[2]);
	return rc < 0 ? dsv_git_fail(rc, "cannot edit the index") : 0;
}

static int add_entry(struct dsv_merging *it, const struct dsv_target *target)
{
	git_index_entry entry = {.path = target->path,
				 .mode = target->entry.mode};
	const struct dsv_map_entry *at = dsv_map_get(
		&it->trees.open_at, target->path, strlen(target->path));
	int rc;

	if (at && !it->trees.open[at->value - 1].is_settled)
		return add_stages(it, &it->trees.open[at->value - 1]);
	if (!entry.mode)
		return 0;
	dsv_oid_to_git(&entry.id, &target->entry.blob);
	dsv_index_entry_stat(&entry, &target->st);
	rc = git_index_add(it->edit->index, &entry);
	return rc < 0 ? dsv_git_fail(rc, "cannot edit the index") : 0;
}

/* The result, into the index at hand; what goes first, for a file may come
 * where a folder was. */
static int fill_index(struct dsv_merging *it)
{
	size_t i;
	int rc = 0;

	for (i = 0; i < it->targets.n; i++)
		git_index_remove(it->edit->index, it->targets.items[i].path, 0);
	for (i = 0; rc == 0 && i < it->targets.n; i++)
		rc = add_entry(it, &it->targets.items[i]);
	return rc;
}

/*
 * The work files are written: git need not read them again to know. Who holds
 * the index meanwhile may go on, git will then find out by itself.
 */
static void refresh_index(struct dsv_merging *it)
{
	struct dsv_index_edit edit DSV_AUTO(index_edit) = DSV_INDEX_EDIT_INIT;
	size_t i;
	int rc;

	rc = dsv_index_edit_open(&edit, it->repo);
	for (i = 0; rc == 0 && i < it->targets.n; i++) {
		const struct dsv_target *target = &it->targets.items[i];
		const git_index_entry *at =
			dsv_index_entry(&edit, target->path, 0);
		git_index_entry entry;
		struct dsv_oid blob;

		if (!at || !target->entry.mode)
			continue;
		entry = *at;
		dsv_oid_of_git(&blob, &at->id);
		if (!dsv_oid_equal(&blob, &target->entry.blob))
			continue;
		dsv_index_entry_stat(&entry, &target->st);
		rc = git_index_add(edit.index, &entry);
	}
	if (rc == 0)
		rc = dsv_index_edit_commit_fast(&edit);
	if (rc < 0)
		dsv_error_clear();
}

/*
 * The index comes before the work files, and MERGE_HEAD between them: wherever
 * this is cut off, the index names all paths that may have been written, so
 * that dsv_merge_abort() finds them.
 */
int dsv_merging_join(struct dsv_merging *it)
{
	int rc;

	rc = fill_index(it);
	if (rc == 0)
		rc = dsv_index_edit_commit(it->edit);
	if (rc == 0)
		rc = dsv_merging_head(it);
	if (rc == 0)
		rc = dsv_materialize(it->repo, &it->targets);
	if (rc == 0)
		refresh_index(it);
	return rc;
}

/* Here nothing is open when it is cut off, and it can be done again: what was
 * written already is no change that would be lost. */
int dsv_merging_forward(struct dsv_merging *it)
{
	char *log DSV_AUTO(str) =
		dsv_strf("merge %s: Fast-forward", it->opts->rev);
	struct dsv_version from = {.at = DSV_AT_COMMIT,
				   .commit = it->out->head};
	git_oid to;
	int rc;

	rc = dsv_materialize(it->repo, &it->targets);
	if (rc == 0)
		rc = fill_index(it);
	if (rc == 0)
		rc = dsv_index_edit_commit_fast(it->edit);
	if (rc < 0)
		return rc;
	dsv_oid_to_git(&to, &it->out->theirs);
	return dsv_headref_advance(it->repo, &from, &to, log, NULL);
}
