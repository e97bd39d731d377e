#ifndef GOVERN_PUSHED_H
#define GOVERN_PUSHED_H

#include <dsv/repo.h>

/* What both ends of a push ask. */

/** The branch of a reference, lent; NULL where it is none. */
const char *dsv_pushed_branch(const char *ref);
/** The commit of a full reference; NOTHING where there is none. */
int dsv_pushed_tip(struct dsv_repo *repo, const char *ref,
		   struct dsv_version *out);
/** A commit of a push; NOTHING for zero. */
struct dsv_version dsv_pushed_version(const struct dsv_oid *oid);
/** Does the policy of a version name the branch? 1 or 0. */
int dsv_pushed_is_named(struct dsv_repo *repo,
			const struct dsv_version *version, const char *branch);
/** What a new branch is compared with: the commit at which it left the default
 * branch. One that points into that adds nothing to it, and is judged as it
 * stands. */
int dsv_pushed_base(struct dsv_repo *repo, const struct dsv_version *main_tip,
		    const struct dsv_version *tip, struct dsv_version *out);

#endif
