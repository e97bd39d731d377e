#include "repo/merging.h"

#include <dsv/error.h>
#include <string.h>

#include "repo/private.h"
#include "repo/treewalk.h"
#include "repo/ways.h"
#include "repo/workfile.h"

static const struct dsv_entry none;

static bool same_entry(const struct dsv_entry *a, const struct dsv_entry *b)
{
	return a->mode == b->mode &&
	       (!a->mode || dsv_oid_equal(&a->blob, &b->blob));
}

static void entry_of(git_index *index, const char *path, struct dsv_entry *out)
{
	const git_index_entry *at = git_index_get_bypath(index, path, 0);

	*out = (struct dsv_entry){.mode = at ? at->mode : 0};
	if (at)
		dsv_oid_of_git(&out->blob, &at->id);
}

static int look_at_work(struct dsv_merging *it)
{
	size_t i;
	int rc;

	rc = dsv_worktree_compare(it->repo, NULL, 0, &it->work);
	for (i = 0; rc >= 0 && i < it->work.n; i++) {
		const char *path = it->work.items[i].path;

		dsv_map_put(&it->work_at, path, strlen(path))->value = i + 1;
	}
	return rc < 0 ? rc : 0;
}

static void block(struct dsv_merging *it, const char *path)
{
	if (dsv_strlist_find(&it->out->blocked, path) < 0)
		dsv_strlist_add(&it->out->blocked, path);
}

/* 1 where the work file would be lost: it is neither what the index has nor
 * what comes. */
static int loses_work(struct dsv_merging *it, const char *path,
		      const struct dsv_entry *to)
{
	const struct dsv_map_entry *at =
		dsv_map_get(&it->work_at, path, strlen(path));
	const struct dsv_work_file *file =
		at ? &it->work.items[at->value - 1] : NULL;
	struct stat st;
	int rc;

	if (file && (file->state == DSV_WORK_UNCHANGED ||
		     file->state == DSV_WORK_DELETED))
		return 0;
	rc = dsv_work_stat(it->repo, path, &st);
	/* folders are judged by what they hold */
	if (rc <= 0 || S_ISDIR(st.st_mode))
		return rc < 0 ? rc : 0;
	if (!to->mode)
		return file != NULL;
	rc = dsv_worktree_same(it->repo, path, to);
	return rc < 0 ? rc : !rc;
}

/* What HEAD, the index and the work tree have must not be lost. */
static int judge(struct dsv_merging *it, const char *path,
		 const struct dsv_entry *to)
{
	struct dsv_entry head;
	struct dsv_entry index;
	int rc;

	entry_of(it->edit->index, path, &index);
	if (same_entry(&index, to))
		return 0;
	rc = dsv_tree_entry_at(it->repo, &it->out->head, path, &head);
	if (rc < 0 || same_entry(&head, to))
		return rc < 0 ? rc : 0; /* what is staged is carried along */
	rc = same_entry(&index, &head) ? loses_work(it, path, to) : 1;
	if (rc > 0)
		block(it, path);
	dsv_targets_add(&it->targets, path, to);
	return rc < 0 ? rc : 0;
}

static int plan_written(struct dsv_merging *it)
{
	struct dsv_entry to;
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < git_index_entrycount(it->trees.merged);
	     i++) {
		const git_index_entry *at =
			git_index_get_byindex(it->trees.merged, i);

		to.mode = at->mode;
		dsv_oid_of_git(&to.blob, &at->id);
		rc = judge(it, at->path, &to);
	}
	return rc;
}

static int plan_removed(struct dsv_merging *it)
{
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < git_index_entrycount(it->edit->index); i++) {
		const char *path =
			git_index_get_byindex(it->edit->index, i)->path;

		if (!git_index_get_bypath(it->trees.merged, path, 0) &&
		    !dsv_map_get(&it->trees.open_at, path, strlen(path)))
			rc = judge(it, path, &none);
	}
	return rc;
}

/* What an open path will hold is not known yet; that it has a file is. */
static int plan_open(struct dsv_merging *it)
{
	size_t i;
	int rc = 0;

	for (i = 0; rc >= 0 && i < it->trees.n_open; i++) {
		struct dsv_merge_open *open = &it->trees.open[i];

		open->to = open->stages[open->stages[1].mode ? 1 : 2];
		rc = loses_work(it, open->path,
				open->stages[2].mode ? &open->stages[2]
						     : &open->to);
		if (rc > 0)
			block(it, open->path);
		dsv_targets_add(&it->targets, open->path, &open->to);
	}
	return rc < 0 ? rc : 0;
}

/* A merge commit would take what is staged along. */
static int refuse_staged(struct dsv_merging *it)
{
	struct dsv_version head = {.at = DSV_AT_COMMIT,
				   .commit = it->out->head};
	struct dsv_version index = {.at = DSV_AT_INDEX};
	struct dsv_deltas deltas DSV_AUTO(deltas) = DSV_DELTAS_INIT;
	size_t i;
	int rc;

	rc = dsv_tree_diff(it->repo, &head, &index, NULL, &deltas);
	for (i = 0; rc >= 0 && i < deltas.n; i++)
		block(it, deltas.items[i].path);
	if (rc < 0 || !deltas.n)
		return rc < 0 ? rc : 0;
	if (!dsv_merging_is_cut_off(it->repo))
		return 0;
	dsv_fail(DSV_EREFUSED, "an earlier merge was cut off");
	return dsv_hint(DSV_EREFUSED, "dsv merge --abort");
}

int dsv_merging_plan(struct dsv_merging *it, bool forward)
{
	int rc;

	rc = look_at_work(it);
	if (rc == 0 && !forward)
		rc = refuse_staged(it);
	if (rc == 0)
		rc = plan_written(it);
	if (rc == 0)
		rc = plan_removed(it);
	if (rc == 0)
		rc = plan_open(it);
	if (rc == 0)
		rc = dsv_ways_check(it->repo, &it->targets, &it->out->blocked);
	if (rc < 0 || !it->out->blocked.n)
		return rc;
	dsv_fail(DSV_EREFUSED, "local changes to '%s'%s would be lost",
		 it->out->blocked.items[0],
		 it->out->blocked.n > 1 ? " and others" : "");
	return dsv_hint(DSV_EREFUSED, "commit them, or 'git stash' them");
}
