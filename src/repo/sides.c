#include "repo/sides.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "base/fs.h"
#include "repo/branch.h"
#include "repo/operation.h"
#include "repo/private.h"
#include "repo/tree.h"

#define HEADS	   "refs/heads/"
#define LINE_LIMIT 65536u /* bytes of a file of git's that holds one line */

void dsv_sides_release(struct dsv_sides *sides)
{
	free(sides->ours.name);
	free(sides->theirs.name);
	*sides = (struct dsv_sides)DSV_SIDES_INIT;
}

/* A line of a file in git's directory; false where there is none. */
static bool read_line(struct dsv_repo *repo, const char *name,
		      struct dsv_buf *out)
{
	char *path DSV_AUTO(str) = dsv_fs_join(repo->git_dir, name);
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	if (!dsv_fs_exists(path))
		return false;
	if (dsv_fs_read(path, LINE_LIMIT, &text) < 0) {
		dsv_error_clear();
		return false;
	}
	dsv_buf_add(out, dsv_buf_str(&text), strcspn(dsv_buf_str(&text), "\n"));
	return out->len > 0;
}

static bool find_commit(struct dsv_repo *repo, const char *rev,
			struct dsv_oid *out)
{
	struct dsv_version version;

	if (dsv_repo_resolve(repo, rev, &version) == 0) {
		*out = version.commit;
		return true;
	}
	dsv_error_clear();
	return false;
}

/* The first branch that stands at a commit, of the caller's. */
static char *branch_at(struct dsv_repo *repo, const struct dsv_oid *commit)
{
	git_strarray all = {0};
	const char *best = NULL;
	char *name = NULL;
	git_oid wanted;
	git_oid oid;

	dsv_oid_to_git(&wanted, commit);
	if (git_reference_list(&all, repo->git) < 0)
		return NULL;
	for (size_t i = 0; i < all.count; i++) {
		const char *ref = all.strings[i];

		if (strncmp(ref, HEADS, strlen(HEADS)) == 0 &&
		    git_reference_name_to_id(&oid, repo->git, ref) == 0 &&
		    git_oid_equal(&oid, &wanted) &&
		    (!best || strcmp(ref, best) < 0))
			best = ref;
	}
	if (best)
		name = dsv_strdup(best + strlen(HEADS));
	git_strarray_dispose(&all);
	return name;
}

static void read_ours(struct dsv_sides *out, struct dsv_repo *repo)
{
	struct dsv_branch branch DSV_AUTO(branch) = DSV_BRANCH_INIT;

	out->ours.known = find_commit(repo, "HEAD", &out->ours.commit);
	if (dsv_branch_read(&branch, repo) < 0)
		dsv_error_clear();
	else if (branch.name)
		out->ours.name = dsv_strdup(branch.name);
}

/* HEAD is what is rebased onto, and what was picked so far. */
static void read_onto(struct dsv_sides *out, struct dsv_repo *repo)
{
	static const char *const files[] = {"rebase-merge/onto",
					    "rebase-apply/onto"};

	for (size_t i = 0; i < 2 && !out->ours.name; i++) {
		struct dsv_buf line DSV_AUTO(buf) = DSV_BUF_INIT;
		struct dsv_oid onto;

		if (read_line(repo, files[i], &line) &&
		    find_commit(repo, dsv_buf_str(&line), &onto))
			out->ours.name = branch_at(repo, &onto);
	}
}

static void read_rebased(struct dsv_sides *out, struct dsv_repo *repo)
{
	static const char *const files[] = {"rebase-merge/head-name",
					    "rebase-apply/head-name"};

	for (size_t i = 0; i < 2 && !out->theirs.name; i++) {
		struct dsv_buf line DSV_AUTO(buf) = DSV_BUF_INIT;

		if (read_line(repo, files[i], &line) &&
		    strncmp(dsv_buf_str(&line), HEADS, strlen(HEADS)) == 0)
			out->theirs.name =
				dsv_strdup(dsv_buf_str(&line) + strlen(HEADS));
	}
}

/* The stash on top, when the path in conflict has its content. */
static void read_stash(struct dsv_sides *out, struct dsv_repo *repo,
		       const char *path, const struct dsv_oid *theirs)
{
	struct dsv_version version = {.at = DSV_AT_COMMIT};
	struct dsv_entry entry = {0};

	if (!path || !find_commit(repo, "refs/stash", &version.commit))
		return;
	if (dsv_tree_entry(repo, &version, path, &entry) < 0)
		dsv_error_clear();
	if (!entry.mode || !dsv_oid_equal(&entry.blob, theirs))
		return;
	out->stash = true;
	out->theirs.known = true;
	out->theirs.commit = version.commit;
	out->theirs.name = dsv_strdup("stash@{0}");
}

static void read_theirs(struct dsv_sides *out, struct dsv_repo *repo)
{
	static const char *const heads[] = {
		[DSV_OPERATION_MERGE] = "MERGE_HEAD",
		[DSV_OPERATION_REBASE] = "REBASE_HEAD",
		[DSV_OPERATION_CHERRY_PICK] = "CHERRY_PICK_HEAD",
		[DSV_OPERATION_REVERT] = "REVERT_HEAD",
		[DSV_OPERATION_AM] = "REBASE_HEAD",
	};
	const char *head = out->operation <= DSV_OPERATION_AM
				   ? heads[out->operation]
				   : NULL;

	if (!head || !find_commit(repo, head, &out->theirs.commit))
		return;
	out->theirs.known = true;
	if (out->operation == DSV_OPERATION_REVERT)
		out->theirs.name = dsv_strdup("parent of");
	else if (out->operation != DSV_OPERATION_REBASE)
		out->theirs.name = branch_at(repo, &out->theirs.commit);
}

void dsv_sides_read(struct dsv_sides *out, struct dsv_repo *repo,
		    const char *path, const struct dsv_oid *theirs)
{
	struct dsv_sides sides DSV_AUTO(sides) = DSV_SIDES_INIT;

	sides.operation = dsv_operation_of(repo);
	read_ours(&sides, repo);
	if (sides.operation == DSV_OPERATION_REBASE) {
		read_onto(&sides, repo);
		read_rebased(&sides, repo);
	}
	read_theirs(&sides, repo);
	if (sides.operation == DSV_OPERATION_NONE)
		read_stash(&sides, repo, path, theirs);
	dsv_sides_release(out);
	*out = sides;
	sides = (struct dsv_sides)DSV_SIDES_INIT;
}

const char *dsv_sides_next(const struct dsv_sides *sides)
{
	switch (sides->operation) {
	case DSV_OPERATION_MERGE:
		return "dsv merge --continue";
	case DSV_OPERATION_REBASE:
		return "git rebase --continue";
	case DSV_OPERATION_CHERRY_PICK:
		return "git cherry-pick --continue";
	case DSV_OPERATION_REVERT:
		return "git revert --continue";
	case DSV_OPERATION_AM:
		return "git am --continue";
	case DSV_OPERATION_NONE:
	case DSV_OPERATION_BISECT:
		break;
	}
	return sides->stash ? "git stash drop" : "dsv commit";
}
