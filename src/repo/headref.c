#include "repo/headref.h"

#include <dsv/error.h>

#include "base/alloc.h"
#include "repo/ident.h"
#include "repo/private.h"

/* libgit2 signs reflogs as the repository's identity. */
static void sign_as(struct dsv_repo *repo, git_repository *git,
		    const git_signature *who)
{
	git_signature *found = NULL;

	if (!who && dsv_ident_signature(repo, DSV_IDENT_COMMITTER, &found) < 0)
		dsv_error_clear();
	if (!who)
		who = found;
	if (who)
		git_repository_set_ident(git, who->name, who->email);
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

	sign_as(repo, repo->git, who);
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

/*
 * As in git, where HEAD points is not forced to the disk: that would first
 * write out all the files of the checkout. libgit2 asks once, when it opens
 * the references, so they are opened anew.
 */
static git_repository *open_without_fsync(struct dsv_repo *repo)
{
	git_repository *git = NULL;

	git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 0);
	if (git_repository_open_ext(&git, repo->git_dir,
				    GIT_REPOSITORY_OPEN_NO_SEARCH |
					    GIT_REPOSITORY_OPEN_NO_DOTGIT,
				    NULL) < 0)
		git = NULL;
	return git;
}

static int set_head(git_repository *git, const char *branch,
		    const git_oid *commit, const char *log)
{
	git_reference *ref DSV_AUTO(git_reference) = NULL;

	if (branch)
		return git_reference_symbolic_create(&ref, git, "HEAD", branch,
						     1, log);
	return git_reference_create(&ref, git, "HEAD", commit, 1, log);
}

int dsv_headref_switch(struct dsv_repo *repo, const char *branch,
		       const git_oid *commit, const char *log)
{
	git_repository *own = open_without_fsync(repo);
	git_repository *git = own ? own : repo->git;
	int rc;

	sign_as(repo, git, NULL);
	rc = set_head(git, branch, commit, log);
	git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
	git_repository_free(own);
	if (rc < 0)
		return dsv_git_fail(rc, "cannot move HEAD");
	return 0;
}
