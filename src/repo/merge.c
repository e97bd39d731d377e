#include <dsv/merge.h>

#include <dsv/error.h>
#include <dsv/status.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "repo/config.h"
#include "repo/headref.h"
#include "repo/hookrun.h"
#include "repo/merging.h"
#include "repo/operation.h"
#include "repo/private.h"

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct dsv_target *)a)->path,
		      ((const struct dsv_target *)b)->path);
}

static int apply(struct dsv_merging *it, bool forward)
{
	size_t i;
	int rc;

	if (it->targets.n)
		qsort(it->targets.items, it->targets.n,
		      sizeof(*it->targets.items), by_path);
	rc = dsv_merging_settle(it);
	if (rc == 0)
		rc = dsv_merging_begin(it, forward);
	if (rc == 0)
		rc = forward ? dsv_merging_forward(it) : dsv_merging_join(it);
	for (i = 0; rc == 0 && i < it->targets.n; i++) {
		dsv_strlist_add(&it->out->updated, it->targets.items[i].path);
		it->out->missing += it->targets.items[i].missing;
	}
	return rc;
}

static int refuse_operation(struct dsv_repo *repo)
{
	const enum dsv_operation operation = dsv_operation_of(repo);

	if (operation == DSV_OPERATION_NONE ||
	    operation == DSV_OPERATION_BISECT)
		return 0;
	dsv_fail(DSV_EREFUSED, "cannot merge in the middle of a %s",
		 dsv_operation_word(operation));
	return dsv_hint(DSV_EREFUSED,
			"end it with '%s %s --continue' or "
			"'--abort'",
			operation == DSV_OPERATION_MERGE ? "dsv" : "git",
			dsv_operation_word(operation));
}

static int find_commits(struct dsv_merging *it)
{
	struct dsv_version head;
	struct dsv_version theirs;
	int rc;

	rc = dsv_repo_resolve(it->repo, it->opts->rev, &theirs);
	if (rc == 0)
		rc = dsv_repo_head(it->repo, &head);
	if (rc < 0)
		return rc;
	if (head.at != DSV_AT_COMMIT) {
		dsv_fail(DSV_EREFUSED, "HEAD has no commit to merge into");
		return dsv_hint(DSV_EREFUSED, "git merge %s", it->opts->rev);
	}
	it->out->head = head.commit;
	it->out->theirs = theirs.commit;
	return 0;
}

static int fail_unrelated(struct dsv_merging *it)
{
	dsv_fail(DSV_EREFUSED, "unrelated histories: no common ancestor");
	if (git_repository_is_shallow(it->repo->git) > 0)
		return dsv_hint(DSV_EREFUSED,
				"the history is cut off here: git fetch "
				"--unshallow");
	return dsv_hint(DSV_EREFUSED,
			"git merge --allow-unrelated-histories %s",
			it->opts->rev);
}

/* A common ancestor; where one side is ahead of the other, the only one. */
static int find_base(struct dsv_merging *it, struct dsv_oid *out)
{
	git_oid ours;
	git_oid theirs;
	git_oid base;
	int rc;

	dsv_oid_to_git(&ours, &it->out->head);
	dsv_oid_to_git(&theirs, &it->out->theirs);
	rc = git_merge_base(&base, it->repo->git, &ours, &theirs);
	if (rc == GIT_ENOTFOUND)
		return fail_unrelated(it);
	if (rc < 0)
		return dsv_git_fail(rc, "cannot find the common ancestor");
	dsv_oid_of_git(out, &base);
	return 0;
}

static int merge_trees(struct dsv_merging *it)
{
	git_tree *base DSV_AUTO(git_tree) = NULL;
	git_tree *our_tree DSV_AUTO(git_tree) = NULL;
	git_tree *their_tree DSV_AUTO(git_tree) = NULL;
	git_oid ours;
	git_oid theirs;
	int rc;

	dsv_oid_to_git(&ours, &it->out->head);
	dsv_oid_to_git(&theirs, &it->out->theirs);
	rc = dsv_merge_base_tree(it->repo, &ours, &theirs, &base,
				 &it->base_name);
	if (rc == 0)
		rc = dsv_merge_tree_of(it->repo, &ours, &our_tree);
	if (rc == 0)
		rc = dsv_merge_tree_of(it->repo, &theirs, &their_tree);
	if (rc < 0)
		return rc;
	return dsv_merge_trees(&it->trees, it->repo, base, our_tree,
			       their_tree);
}

static int take_theirs(struct dsv_merging *it)
{
	git_tree *tree DSV_AUTO(git_tree) = NULL;
	git_oid theirs;
	int rc;

	dsv_oid_to_git(&theirs, &it->out->theirs);
	rc = dsv_merge_tree_of(it->repo, &theirs, &tree);
	if (rc < 0)
		return rc;
	rc = git_index_new(&it->trees.merged);
	if (rc == 0)
		rc = git_index_read_tree(it->trees.merged, tree);
	return rc < 0 ? dsv_git_fail(rc, "cannot read a tree") : 0;
}

/* 1 where HEAD moves forward, 0 where both are joined. */
static int choose(struct dsv_merging *it, const struct dsv_oid *base)
{
	char *ff DSV_AUTO(str) = dsv_config_str(it->repo, "merge.ff");
	bool no_ff = it->opts->no_ff;
	bool only = it->opts->ff_only;

	if (ff && !no_ff && !only) {
		only = !strcmp(ff, "only");
		no_ff = !only && !dsv_config_bool(it->repo, "merge.ff", true);
	}
	if (dsv_oid_equal(base, &it->out->head) && !no_ff)
		return 1;
	if (!only)
		return 0;
	dsv_fail(DSV_EREFUSED, "not possible to fast-forward");
	return dsv_hint(DSV_EREFUSED, "both sides have commits of their own");
}

static int run(struct dsv_merging *it)
{
	struct dsv_oid base;
	bool forward;
	int rc;

	it->out->result = DSV_MERGE_UP_TO_DATE;
	rc = find_base(it, &base);
	if (rc < 0 || dsv_oid_equal(&base, &it->out->theirs))
		return rc;
	rc = choose(it, &base);
	if (rc < 0)
		return rc;
	forward = rc > 0;
	rc = dsv_index_edit_open(it->edit, it->repo);
	if (rc == 0 && git_index_has_conflicts(it->edit->index))
		rc = dsv_hint(
			dsv_fail(DSV_EREFUSED, "the index has unmerged paths"),
			"settle them first, see 'dsv status'");
	if (rc == 0)
		rc = forward ? take_theirs(it) : merge_trees(it);
	if (rc == 0)
		rc = dsv_merging_plan(it, forward);
	if (rc == 0)
		rc = apply(it, forward);
	if (rc < 0)
		return rc;
	it->out->result = forward		 ? DSV_MERGE_FAST_FORWARD
			  : it->out->conflicts.n ? DSV_MERGE_CONFLICT
						 : DSV_MERGE_DONE;
	return 0;
}

static void release(struct dsv_merging *it)
{
	free(it->base_name);
	dsv_merge_trees_release(&it->trees);
	dsv_worktree_release(&it->work);
	dsv_map_release(&it->work_at);
	dsv_targets_release(&it->targets);
}

int dsv_merge(struct dsv_repo *repo, const struct dsv_merge_opts *opts,
	      struct dsv_merge *out)
{
	struct dsv_index_edit edit DSV_AUTO(index_edit) = DSV_INDEX_EDIT_INIT;
	struct dsv_merging it = {.repo = repo,
				 .opts = opts,
				 .out = out,
				 .edit = &edit,
				 .work = DSV_WORKTREE_INIT,
				 .trees = DSV_MERGE_TREES_INIT,
				 .work_at = DSV_MAP_INIT};
	int rc;

	if (!repo->workdir)
		return dsv_fail(DSV_EUSAGE, "a bare repository has no work "
					    "tree");
	rc = refuse_operation(repo);
	if (rc == 0)
		rc = find_commits(&it);
	if (rc == 0)
		rc = run(&it);
	release(&it);
	if (rc == 0 && out->result == DSV_MERGE_FAST_FORWARD)
		dsv_merge_tell(repo);
	return rc;
}

bool dsv_merge_is_open(struct dsv_repo *repo)
{
	return dsv_operation_of(repo) == DSV_OPERATION_MERGE;
}

void dsv_merge_tell(struct dsv_repo *repo)
{
	struct dsv_hook_call call = {.name = "post-merge", .args = {"0"}};

	if (dsv_hook_run(repo, &call) < 0)
		dsv_error_clear();
}

void dsv_merge_release(struct dsv_merge *merge)
{
	dsv_strlist_release(&merge->conflicts);
	dsv_strlist_release(&merge->blocked);
	dsv_strlist_release(&merge->updated);
	*merge = (struct dsv_merge)DSV_MERGE_INIT;
}
