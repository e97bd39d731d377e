#ifndef REPO_HEADREF_H
#define REPO_HEADREF_H

#include <git2.h>

#include <dsv/repo.h>

/* HEAD, and the branch it names, moved with an entry in their reflogs. */

/** Move the branch that HEAD names (HEAD itself where it is detached) from
 * `from` to `to`. DSV_EGIT where another program moved it meanwhile. */
int dsv_headref_advance(struct dsv_repo *repo, const struct dsv_version *from,
			const git_oid *to, const char *log,
			const git_signature *who);

/** Make HEAD name a branch ("refs/heads/x"), or be a commit (branch NULL). */
int dsv_headref_switch(struct dsv_repo *repo, const char *branch,
		       const git_oid *commit, const char *log);

/** The branch that HEAD names, as a full name, of the caller's; NULL where it
 * is detached. */
char *dsv_headref_branch(struct dsv_repo *repo);

#endif
