#include "repo/headref.h"

#include <dsv/error.h>

#include "base/alloc.h"
#include "repo/ident.h"
#include "repo/private.h"

/* libgit2 signs reflogs as the repository's identity. */
static void sign_as(struct dsv_repo *repo, const git_signature *who)
{
	git_signature *found = NULL;

	if (!who && dsv_ident_signature(repo, DSV_IDENT_COMMITTER, &found) < 0)
		dsv_error_clear();
	if (!who)
		who = found;
	if (who)
		git_repository_set_ident(repo->git, who->name, who->email);
	git_signature_free(found);
}

char *dsv_headref_branch(struct dsv_repo *repo)
{
	git_reference *head DSV_AUTO(git_reference) = NULL;

	if (git_reference_lookup(&head, repo->git, "HEAD") < 0 ||
	    git_reference_type(head) != GIT_REFERENCE_SYMBOLIC)
		return NULL;
	return dsv_strdup(git_reference_symbolic_target(head));
}

int dsv_headref_advance(struct dsv_repo *repo, const struct dsv_version *from,
			const git_oid *to, const char *log,
			const git_signature *who)
{
	git_reference *ref DSV_AUTO(git_reference) = NULL;
	char *branch DSV_AUTO(str) = dsv_headref_branch(repo);
	const char *name = branch ? branch : "HEAD";
	git_oid old;
	int rc;

	sign_as(repo, who);
	if (from->at == DSV_AT_NOTHING) {
		rc = git_reference_create(&ref, repo->git, name, to, 0, log);
	} else {
		dsv_oid_to_git(&old, &from->commit);
		rc = git_reference_create_matching(&ref, repo->git, name, to, 1,
						   &old, log);
	}
	if (rc < 0)
		return dsv_git_fail(rc, "cannot move '%s'", name);
	return 0;
}

int dsv_headref_switch(struct dsv_repo *repo, const char *branch,
		       const git_oid *commit, const char *log)
{
	git_reference *ref DSV_AUTO(git_reference) = NULL;
	int rc;

	sign_as(repo, NULL);
	/* as git: where HEAD points is no data, and the disk would first write
	 * all the files of the checkout */
	git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 0);
	if (branch)
		rc = git_reference_symbolic_create(&ref, repo->git, "HEAD",
						   branch, 1, log);
	else
		rc = git_reference_create(&ref, repo->git, "HEAD", commit, 1,
					  log);
	git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
	if (rc < 0)
		return dsv_git_fail(rc, "cannot move HEAD");
	return 0;
}
