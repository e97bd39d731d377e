#include "repo/merging.h"

#include <dsv/error.h>
#include <dsv/status.h>
#include <string.h>

#include "base/alloc.h"
#include "repo/attributes.h"
#include "repo/private.h"
#include "repo/treewalk.h"
#include "repo/workfile.h"

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

static int tree_of(struct merging *it, const struct dsv_oid *commit,
		   git_tree **out)
{
	struct dsv_oid tree;
	git_oid oid;
	int rc;

	rc = dsv_tree_of_commit(it->repo, commit, &tree);
	if (rc < 0)
		return rc;
	dsv_oid_to_git(&oid, &tree);
	rc = git_tree_lookup(out, it->repo->git, &oid);
	return rc < 0 ? dsv_git_fail(rc, "cannot read a tree") : 0;
}

/* A path that differs between the base and theirs. */
static int find_record(void *ctx, const char *path,
		       const struct dsv_entry *base,
		       const struct dsv_entry *theirs)
{
	struct merging *it = ctx;
	struct dsv_attr_value attrs[DSV_ATTR_N];
	struct by_record found = {0};
	int rc;

	if (base)
		found.stages[0] = *base;
	if (theirs)
		found.stages[2] = *theirs;
	rc = dsv_tree_entry_at(it->repo, &it->out->head, path,
			       &found.stages[1]);
	if (rc < 0 || same_entry(&found.stages[1], &found.stages[0]) ||
	    same_entry(&found.stages[1], &found.stages[2]))
		return rc < 0 ? rc : 0;
	rc = dsv_attributes_of_path(it->repo, path, attrs);
	if (rc < 0 || attrs[DSV_ATTR_MERGE].state != DSV_ATTR_VALUE ||
	    strcmp(attrs[DSV_ATTR_MERGE].value, "dsv") != 0)
		return rc < 0 ? rc : 0;
	found.path = dsv_strdup(path);
	DSV_GROW(it->records, it->cap, it->n_records + 1);
	it->records[it->n_records++] = found;
	return 0;
}

int dsv_merging_trees(struct merging *it, bool forward)
{
	git_merge_options opts;
	git_tree *base DSV_AUTO(git_tree) = NULL;
	git_tree *ours DSV_AUTO(git_tree) = NULL;
	git_tree *theirs DSV_AUTO(git_tree) = NULL;
	int rc;

	git_merge_options_init(&opts, GIT_MERGE_OPTIONS_VERSION);
	rc = tree_of(it, &it->base, &base);
	if (rc == 0)
		rc = tree_of(it, &it->out->head, &ours);
	if (rc == 0)
		rc = tree_of(it, &it->out->theirs, &theirs);
	if (rc < 0)
		return rc;
	rc = git_merge_trees(&it->merged, it->repo->git, base, ours, theirs,
			     &opts);
	if (rc < 0)
		return dsv_git_fail(rc, "cannot merge");
	if (forward)
		return 0;
	return dsv_treewalk(it->repo, &it->base, &it->out->theirs, NULL,
			    find_record, it);
}

static int look_at_work(struct merging *it)
{
	size_t i;
	int rc;

	rc = dsv_worktree_compare(it->repo, NULL, 0, &it->work);
	for (i = 0; rc >= 0 && i < it->work.n; i++) {
		const char *path = it->work.items[i].path;

		dsv_map_put(&it->by_path, path, strlen(path))->value = i + 1;
	}
	return rc < 0 ? rc : 0;
}

static void block(struct merging *it, const char *path)
{
	if (dsv_strlist_find(&it->out->blocked, path) < 0)
		dsv_strlist_add(&it->out->blocked, path);
}

/* A folder of files that git knows gives way with them. */
static bool has_below(struct merging *it, const char *path)
{
	char *folder DSV_AUTO(str) = dsv_strf("%s/", path);

	return git_index_find_prefix(NULL, it->edit->index, folder) == 0;
}

/* 1 where the work file would be lost. */
static int loses_work(struct merging *it, const char *path,
		      const struct dsv_entry *to)
{
	const struct dsv_map_entry *at =
		dsv_map_get(&it->by_path, path, strlen(path));
	struct stat st;
	int rc;

	if (at && it->work.items[at->value - 1].state == DSV_WORK_UNCHANGED)
		return 0;
	rc = dsv_work_stat(it->repo, path, &st);
	if (rc <= 0)
		return rc;
	if (S_ISDIR(st.st_mode))
		return S_ISREG(to->mode) && !has_below(it, path);
	if (!to->mode)
		return at != NULL;
	rc = dsv_worktree_same(it->repo, path, to);
	return rc < 0 ? rc : !rc;
}

/* What HEAD, the index and the work tree have must not be lost. */
static int judge(struct merging *it, const char *path,
		 const struct dsv_entry *to)
{
	struct dsv_entry from;
	struct dsv_entry index;
	int rc;

	rc = dsv_tree_entry_at(it->repo, &it->out->head, path, &from);
	if (rc < 0)
		return rc;
	entry_of(it->edit->index, path, &index);
	if (same_entry(&from, to) || same_entry(&index, to))
		return 0;
	rc = same_entry(&index, &from) ? loses_work(it, path, to) : 1;
	if (rc > 0)
		block(it, path);
	if (rc >= 0)
		dsv_targets_add(&it->targets, path, to);
	return rc < 0 ? rc : 0;
}

bool dsv_merging_is_record(const struct merging *it, const char *path)
{
	size_t i;

	for (i = 0; i < it->n_records; i++)
		if (!strcmp(it->records[i].path, path))
			return true;
	return false;
}

static bool has_path(git_index *index, const char *path)
{
	return git_index_find(NULL, index, path) == 0;
}

static int plan_written(struct merging *it)
{
	struct dsv_entry to;
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < git_index_entrycount(it->merged); i++) {
		const git_index_entry *at =
			git_index_get_byindex(it->merged, i);

		if (GIT_INDEX_ENTRY_STAGE(at) ||
		    dsv_merging_is_record(it, at->path))
			continue;
		entry_of(it->merged, at->path, &to);
		rc = judge(it, at->path, &to);
	}
	return rc;
}

static int plan_removed(struct merging *it)
{
	static const struct dsv_entry none;
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < git_index_entrycount(it->edit->index); i++) {
		const git_index_entry *at =
			git_index_get_byindex(it->edit->index, i);

		if (!has_path(it->merged, at->path) &&
		    !dsv_merging_is_record(it, at->path))
			rc = judge(it, at->path, &none);
	}
	return rc;
}

/* Paths that wait for a person, or are merged by record: as theirs, which is
 * never what HEAD has. */
static int judge_open(struct merging *it, const char *path)
{
	struct dsv_entry theirs;
	int rc;

	rc = dsv_tree_entry_at(it->repo, &it->out->theirs, path, &theirs);
	if (rc == 0)
		rc = loses_work(it, path, &theirs);
	if (rc > 0)
		block(it, path);
	return rc < 0 ? rc : 0;
}

static int plan_open(struct merging *it)
{
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < it->n_records; i++)
		rc = judge_open(it, it->records[i].path);
	for (i = 0; rc == 0 && i < git_index_entrycount(it->merged); i++) {
		const git_index_entry *at =
			git_index_get_byindex(it->merged, i);

		if (GIT_INDEX_ENTRY_STAGE(at))
			rc = judge_open(it, at->path);
	}
	return rc;
}

/* A merge commit would take what is staged along. */
static int refuse_staged(struct merging *it)
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
	return rc < 0 ? rc : 0;
}

int dsv_merging_plan(struct merging *it, bool forward)
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
	if (rc < 0 || !it->out->blocked.n)
		return rc;
	dsv_fail(DSV_EREFUSED, "local changes to '%s'%s would be lost",
		 it->out->blocked.items[0],
		 it->out->blocked.n > 1 ? " and others" : "");
	return dsv_hint(DSV_EREFUSED, "commit them, or 'git stash' them");
}
