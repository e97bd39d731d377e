#ifndef REPO_TRANSPORT_H
#define REPO_TRANSPORT_H

#include <dsv/repo.h>

/*
 * Branches to and from another repository, by git's own program: so its
 * credentials, known hosts, proxies and settings hold, and the hooks of a
 * remote that is a folder run as they would for a push by hand (libgit2 passes
 * them over there).
 */

/** The names of all remotes that are set. */
int dsv_transport_remotes(struct dsv_repo *repo, struct dsv_strlist *out);

/** The remote that is meant where none is named: dsv.remote,
 * remote.pushDefault, that of the branch that is checked out, "origin", or the
 * only one. 1 with its name, 0 where there is none. */
int dsv_transport_remote(struct dsv_repo *repo, char **out);

/** Bring the remote's branch ("refs/heads/x") to refs/remotes/<remote>/x. 1
 * where it is there now, 0 where the remote has no such branch.
 *
 * @error  DSV_EGIT  in git's words */
int dsv_transport_fetch(struct dsv_repo *repo, const char *remote,
			const char *ref);

/** Push a branch to the one of its name, never forced.
 *
 * @error  DSV_EREFUSED  the remote has moved, or its hook said no; in git's
 *                       words
 *         DSV_EGIT      anything else */
int dsv_transport_push(struct dsv_repo *repo, const char *remote,
		       const char *ref);

/** What was fetched of a branch: 1 with its commit, 0 where nothing was. */
int dsv_transport_fetched(struct dsv_repo *repo, const char *remote,
			  const char *ref, struct dsv_oid *out);

#endif
