#include "repo/ancestry.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>
#include <dsv/walk.h>

#include "base/alloc.h"
#include "repo/config.h"
#include "repo/private.h"
#include "repo/revlist.h"
#include "repo/transport.h"

int dsv_ancestry_base(struct dsv_repo *repo, const struct dsv_oid *a,
		      const struct dsv_oid *b, struct dsv_oid *out)
{
	git_oidarray bases = {0};
	git_oid one, two;
	int n;
	int rc;

	dsv_oid_to_git(&one, a);
	dsv_oid_to_git(&two, b);
	rc = git_merge_bases(&bases, repo->git, &one, &two);
	if (rc < 0 && git_repository_is_shallow(repo->git) == 1) {
		rc = dsv_fail(DSV_EUNSUPPORTED,
			      "this clone is shallow, so it cannot be told "
			      "where the branches parted");
		return dsv_hint(rc, "git fetch --unshallow");
	}
	if (rc == GIT_ENOTFOUND)
		return 0;
	if (rc < 0)
		return dsv_git_fail(rc, "finding the merge base");
	dsv_oid_of_git(out, &bases.ids[0]);
	n = bases.count > 1 ? 2 : 1;
	git_oidarray_dispose(&bases);
	return n;
}

int dsv_ancestry_holds(struct dsv_repo *repo, const struct dsv_oid *tip,
		       const struct dsv_oid *older)
{
	struct dsv_oid base;
	int rc;

	if (dsv_oid_equal(tip, older))
		return 1;
	rc = dsv_ancestry_base(repo, tip, older, &base);
	return rc > 0 ? dsv_oid_equal(&base, older) : rc;
}

int dsv_ancestry_root(struct dsv_repo *repo, const struct dsv_oid *tip,
		      struct dsv_oid *out)
{
	struct dsv_revlist *list DSV_AUTO(revlist) = NULL;
	struct dsv_oid last = *tip;
	struct dsv_oid oid;
	int rc;

	dsv_revlist_open(&list, repo, DSV_REVLIST_FIRST_PARENT);
	rc = dsv_revlist_add(list, tip, false);
	if (rc < 0)
		return rc;
	while ((rc = dsv_revlist_next(list, &oid)) > 0)
		last = oid;
	if (rc < 0)
		return rc;
	if (dsv_repo_is_shallow_at(repo, &last)) {
		rc = dsv_fail(DSV_EUNSUPPORTED,
			      "this clone is shallow, so it cannot be told "
			      "which repository it is");
		return dsv_hint(rc, "git fetch --unshallow");
	}
	*out = last;
	return 0;
}

int dsv_ref_commit(struct dsv_repo *repo, const char *name, struct dsv_oid *out)
{
	git_reference *ref DSV_AUTO(git_reference) = NULL;
	git_object *commit DSV_AUTO(git_object) = NULL;
	int rc;

	rc = git_reference_lookup(&ref, repo->git, name);
	if (rc == GIT_ENOTFOUND || rc == GIT_EINVALIDSPEC)
		return 0;
	if (rc == 0)
		rc = git_reference_peel(&commit, ref, GIT_OBJECT_COMMIT);
	if (rc < 0)
		return dsv_git_fail(rc, "'%s'", name);
	dsv_oid_of_git(out, git_object_id(commit));
	return 1;
}

/* What was fetched of a branch: of origin first, then as git lists remotes. */
static int fetched_tip(struct dsv_repo *repo, const char *branch,
		       struct dsv_oid *out)
{
	char *name DSV_AUTO(str) = dsv_strf("refs/remotes/origin/%s", branch);
	struct dsv_strlist remotes DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	int rc = dsv_ref_commit(repo, name, out);

	if (rc != 0)
		return rc;
	rc = dsv_transport_remotes(repo, &remotes);
	for (size_t i = 0; rc == 0 && i < remotes.n; i++) {
		free(name);
		name = dsv_strf("refs/remotes/%s/%s", remotes.items[i], branch);
		rc = dsv_ref_commit(repo, name, out);
	}
	return rc;
}

int dsv_branch_tip(struct dsv_repo *repo, const char *branch,
		   struct dsv_oid *out)
{
	char *name DSV_AUTO(str) = dsv_strf("refs/heads/%s", branch);
	struct dsv_oid local, fetched;
	int here = dsv_ref_commit(repo, name, &local);
	int there = here < 0 ? here : fetched_tip(repo, branch, &fetched);
	int rc;

	if (there < 0)
		return there;
	if (here > 0 && there > 0) {
		rc = dsv_ancestry_holds(repo, &local, &fetched);
		if (rc < 0)
			return rc;
		*out = rc ? local : fetched;
		return 1;
	}
	if (here > 0)
		*out = local;
	else if (there > 0)
		*out = fetched;
	return here > 0 || there > 0;
}

/* The branch that a symbolic reference names: 1 or 0. */
static int branch_of_symbolic(struct dsv_repo *repo, const char *name,
			      const char *prefix, struct dsv_buf *out)
{
	git_reference *ref DSV_AUTO(git_reference) = NULL;
	const char *target;
	int rc;

	rc = git_reference_lookup(&ref, repo->git, name);
	if (rc == GIT_ENOTFOUND)
		return 0;
	if (rc < 0)
		return dsv_git_fail(rc, "'%s'", name);
	target = git_reference_symbolic_target(ref);
	if (!target || strncmp(target, prefix, strlen(prefix)) != 0)
		return 0;
	dsv_buf_addstr(out, target + strlen(prefix));
	return 1;
}

int dsv_branch_default(struct dsv_repo *repo, struct dsv_buf *out)
{
	static const char *const usual[] = {"main", "master"};
	char *set DSV_AUTO(str) = dsv_config_str(repo, "dsv.target");
	struct dsv_oid oid;
	int rc;

	if (set) {
		dsv_buf_addstr(out, set);
		return 0;
	}
	rc = branch_of_symbolic(repo, "refs/remotes/origin/HEAD",
				"refs/remotes/origin/", out);
	if (rc == 0 && !dsv_repo_workdir(repo))
		rc = branch_of_symbolic(repo, "HEAD", "refs/heads/", out);
	for (size_t i = 0; rc == 0 && i < 2; i++) {
		rc = dsv_branch_tip(repo, usual[i], &oid);
		if (rc > 0)
			dsv_buf_addstr(out, usual[i]);
	}
	if (rc != 0)
		return rc < 0 ? rc : 0;
	rc = dsv_fail(DSV_ENOTFOUND,
		      "no branch 'main' or 'master' to merge into");
	return dsv_hint(rc, "name it, or: git config dsv.target BRANCH");
}
