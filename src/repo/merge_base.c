#include "repo/merging.h"

#include <dsv/error.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "repo/blobs.h"
#include "repo/private.h"
#include "repo/treewalk.h"

#define SHORT_HEX 7 /* git's least, of a commit's name in markers */

/*
 * Where lines of history cross, two commits have several common ancestors.
 * As in git, these are merged, the oldest first, and what comes of it is the
 * base: a text in conflict keeps its markers; of a file that one ancestor
 * changed and another removed, and of a data file that two changed, the version
 * stays that the ancestors themselves come from (git: merge.dsv.recursive =
 * binary). No commit is made of it.
 */
struct ancestors {
	struct dsv_repo *repo;
	unsigned depth;
};

int dsv_merge_tree_of(struct dsv_repo *repo, const git_oid *commit,
		      git_tree **out)
{
	struct dsv_oid oid;
	struct dsv_oid tree;
	git_oid git;
	int rc;

	dsv_oid_of_git(&oid, commit);
	rc = dsv_tree_of_commit(repo, &oid, &tree);
	if (rc < 0)
		return rc;
	dsv_oid_to_git(&git, &tree);
	rc = git_tree_lookup(out, repo->git, &git);
	return rc < 0 ? dsv_git_fail(rc, "cannot read a tree") : 0;
}

static int settle(struct dsv_repo *repo, struct dsv_merge_open *open,
		  const struct dsv_merge_labels *labels)
{
	const bool ours = open->stages[1].mode;
	const bool theirs = open->stages[2].mode;
	int rc;

	if (!ours || !theirs) {
		/* renamed to two: both are kept, and the old one is not */
		open->to = open->stages[open->stages[0].mode ? 0
					: ours		     ? 1
							     : 2];
		if (!ours && !theirs)
			open->to.mode = 0;
		return 0;
	}
	rc = open->by_record ? 0 : dsv_merge_text(repo, open, labels);
	if (rc != 0)
		return rc < 0 ? rc : 0;
	open->to.blob = open->stages[0].blob;
	open->to.mode = dsv_merge_mode(open->stages);
	return open->stages[0].mode
		       ? 0
		       : dsv_blob_write(repo, "", 0, &open->to.blob);
}

/* The tree of a merge with all that is open settled. */
static int settled_tree(struct dsv_merge_trees *trees,
			const struct dsv_merge_labels *labels, git_tree **out)
{
	git_oid oid;
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < trees->n_open; i++) {
		struct dsv_merge_open *open = &trees->open[i];
		git_index_entry entry = {.path = open->path};

		rc = settle(trees->repo, open, labels);
		if (rc < 0 || !open->to.mode)
			continue;
		entry.mode = open->to.mode;
		dsv_oid_to_git(&entry.id, &open->to.blob);
		rc = git_index_add(trees->merged, &entry);
		if (rc < 0)
			rc = dsv_git_fail(rc, "cannot merge");
	}
	if (rc < 0)
		return rc;
	rc = git_index_write_tree_to(&oid, trees->merged, trees->repo->git);
	if (rc == 0)
		rc = git_tree_lookup(out, trees->repo->git, &oid);
	return rc < 0 ? dsv_git_fail(rc, "cannot merge the ancestors") : 0;
}

static int64_t time_of(struct dsv_repo *repo, const git_oid *oid)
{
	git_commit *commit DSV_AUTO(git_commit) = NULL;

	if (git_commit_lookup(&commit, repo->git, oid) < 0)
		return 0;
	return git_commit_time(commit);
}

/* Oldest first; few. */
static void sort_by_time(struct dsv_repo *repo, git_oidarray *bases)
{
	size_t i;
	size_t k;

	for (i = 1; i < bases->count; i++) {
		for (k = i; k > 0; k--) {
			git_oid *at = &bases->ids[k];
			git_oid kept = *at;

			if (time_of(repo, at) >= time_of(repo, at - 1))
				break;
			*at = at[-1];
			at[-1] = kept;
		}
	}
}

static int base_of(struct ancestors it, const git_oid *commits, size_t n,
		   git_tree **out, char **out_name);

/* The ancestors before the n-th, as merged so far, joined with it. */
static int add_ancestor(struct ancestors it, const git_oidarray *bases,
			size_t n, git_tree **tree)
{
	struct dsv_merge_trees trees DSV_AUTO(merge_trees) =
		DSV_MERGE_TREES_INIT;
	struct dsv_merge_labels labels = {.ours = "Temporary merge branch 1",
					  .theirs = "Temporary merge branch 2",
					  .depth = it.depth + 1};
	git_oid *commits = dsv_alloc_zero(n + 1, sizeof(*commits));
	git_tree *base DSV_AUTO(git_tree) = NULL;
	git_tree *next DSV_AUTO(git_tree) = NULL;
	char *name DSV_AUTO(str) = NULL;
	int rc;

	commits[0] = bases->ids[n];
	memcpy(commits + 1, bases->ids, n * sizeof(*commits));
	it.depth++;
	rc = base_of(it, commits, n + 1, &base, &name);
	free(commits);
	if (rc == 0)
		rc = dsv_merge_tree_of(it.repo, &bases->ids[n], &next);
	if (rc == 0)
		rc = dsv_merge_trees(&trees, it.repo, base, *tree, next);
	if (rc < 0)
		return rc;
	git_tree_free(*tree);
	*tree = NULL;
	labels.base = name;
	return settled_tree(&trees, &labels, tree);
}

/* The base of the first commit and a merge of the others. */
static int base_of(struct ancestors it, const git_oid *commits, size_t n,
		   git_tree **out, char **out_name)
{
	git_oidarray bases = {0};
	git_tree *tree DSV_AUTO(git_tree) = NULL;
	size_t i;
	int rc;

	rc = git_merge_bases_many(&bases, it.repo->git, n, commits);
	if (rc == GIT_ENOTFOUND) {
		*out_name = dsv_strdup("empty tree");
		return 0;
	}
	if (rc < 0)
		return dsv_git_fail(rc, "cannot find the common ancestor");
	sort_by_time(it.repo, &bases);
	rc = dsv_merge_tree_of(it.repo, &bases.ids[0], &tree);
	for (i = 1; rc == 0 && i < bases.count; i++)
		rc = add_ancestor(it, &bases, i, &tree);
	if (rc == 0 && bases.count == 1) {
		*out_name = dsv_alloc_zero(1, SHORT_HEX + 1);
		git_oid_tostr(*out_name, SHORT_HEX + 1, &bases.ids[0]);
	} else if (rc == 0) {
		*out_name = dsv_strdup("merged common ancestors");
	}
	git_oidarray_dispose(&bases);
	if (rc == 0)
		*out = dsv_take(&tree);
	return rc;
}

int dsv_merge_base_tree(struct dsv_repo *repo, const git_oid *ours,
			const git_oid *theirs, git_tree **out, char **out_name)
{
	const git_oid commits[] = {*ours, *theirs};
	struct ancestors it = {.repo = repo};

	return base_of(it, commits, 2, out, out_name);
}
