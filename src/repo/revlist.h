#ifndef REPO_REVLIST_H
#define REPO_REVLIST_H

#include <stdbool.h>

#include <dsv/auto.h>
#include <dsv/repo.h>

/*
 * Which commits, in which order. libgit2 reads a whole history before it gives
 * the first commit in order, and fails where a shallow clone ends; this does
 * neither.
 *
 * Commits leave a queue by their committer's time, the youngest first, and put
 * their parents in. Where some are hidden the queue is run until only hidden
 * ones are left (and a little on, since clocks differ), before any is given.
 */
struct dsv_revlist;

enum dsv_revlist_flags {
	DSV_REVLIST_FIRST_PARENT = 1u << 0,
	DSV_REVLIST_REVERSE = 1u << 1,
	DSV_REVLIST_TOPO = 1u << 2, /* parents never before children */
};

void dsv_revlist_open(struct dsv_revlist **out, struct dsv_repo *repo,
		      unsigned flags);
void dsv_revlist_free(struct dsv_revlist **list);
/** Start at a commit, or leave it out with all that it comes from. */
int dsv_revlist_add(struct dsv_revlist *list, const struct dsv_oid *oid,
		    bool hide);
/** 1 with a commit, 0 at the end. */
int dsv_revlist_next(struct dsv_revlist *list, struct dsv_oid *out);

/** True: the history was cut off behind this commit. */
bool dsv_repo_is_shallow_at(struct dsv_repo *repo, const struct dsv_oid *oid);

DSV_AUTO_FREE(revlist)

#endif
