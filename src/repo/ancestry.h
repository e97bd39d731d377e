#ifndef REPO_ANCESTRY_H
#define REPO_ANCESTRY_H

#include <stdbool.h>

#include <dsv/repo.h>

/* How commits and branches stand to each other, as the gate asks it. */

/** The best common ancestors: 0 none, 1 one, 2 several, of which out is the
 * first. DSV_EUNSUPPORTED where the clone is cut off before it. */
int dsv_ancestry_base(struct dsv_repo *repo, const struct dsv_oid *a,
		      const struct dsv_oid *b, struct dsv_oid *out);
/** 1 where `older` is `tip` or an ancestor of it, else 0. */
int dsv_ancestry_holds(struct dsv_repo *repo, const struct dsv_oid *tip,
		       const struct dsv_oid *older);
/** The last commit of the first-parent line. DSV_EUNSUPPORTED where the clone
 * is cut off before it. */
int dsv_ancestry_root(struct dsv_repo *repo, const struct dsv_oid *tip,
		      struct dsv_oid *out);

/** The commit that a reference leads to, by its full name: 1, or 0 where there
 * is none. */
int dsv_ref_commit(struct dsv_repo *repo, const char *name,
		   struct dsv_oid *out);
/** The tip of a branch here, or of what was fetched of it, whichever is
 * further; where they went apart, what was fetched. 1, or 0 where there is
 * no such branch. */
int dsv_branch_tip(struct dsv_repo *repo, const char *branch,
		   struct dsv_oid *out);
/** The branch that others start from: dsv.target, what origin/HEAD names, HEAD
 * of a bare repository, main or master. DSV_ENOTFOUND with a hint. */
int dsv_branch_default(struct dsv_repo *repo, struct dsv_buf *out);

#endif
