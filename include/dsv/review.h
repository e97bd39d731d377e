#ifndef DSV_REVIEW_H
#define DSV_REVIEW_H

#include <stdbool.h>
#include <stddef.h>

#include <dsv/auto.h>
#include <dsv/repo.h>
#include <dsv/strlist.h>

/*
 * What waits for somebody's word: branches, local and fetched, that are ahead
 * of a target whose gate misses a sign-off in a role that the person holds and
 * has not given yet. Data is not read; statements, policy and people of the
 * target are.
 */
struct dsv_review_item {
	char *branch; /* "cats", "origin/cats" where it is not here */
	struct dsv_version head;
	struct dsv_strlist roles;    /* that they could sign in */
	struct dsv_strlist datasets; /* DSV_GOVERNANCE for the rules */
	char *subject;		     /* of the newest commit */
	char *author;
	int64_t at_s;
};

struct dsv_reviews {
	char *target; /* "main" */
	char *person; /* id */
	char *person_name;
	struct dsv_strlist roles;
	struct dsv_review_item *items; /* the longest waiting first */
	size_t n;
	/* "origin/x: why" of branches that cannot be judged */
	struct dsv_strlist faults;
};

#define DSV_REVIEWS_INIT \
	{                \
		0        \
	}

/**
 * @param target  branch; NULL: as the gate
 * @param key     whose; as in dsv_sign()
 * @error  DSV_EREFUSED  the target's people do not have the key
 */
int dsv_reviews_read(struct dsv_reviews *out, struct dsv_repo *repo,
		     const char *target, const char *key);
void dsv_reviews_release(struct dsv_reviews *reviews);

/**
 * Bring statements, the target and the branch ("cats" or "origin/cats") here,
 * where a remote is; local branches stay. 1 with the remote's name in
 * out_remote, 0 without one.
 */
int dsv_review_fetch(struct dsv_repo *repo, const char *branch,
		     const char *target, char **out_remote);
/**
 * What a branch means to a reviewer: of the local one and what was fetched of
 * it the one that is further. Any other revision is itself.
 *
 * @error  DSV_ENOTFOUND  no such branch
 *         DSV_EREFUSED   the two have parted; both are named
 */
int dsv_review_find(struct dsv_repo *repo, const char *branch,
		    struct dsv_version *out);
/** 1 where the target has all of it already, else 0. */
int dsv_review_is_merged(struct dsv_repo *repo, const char *target,
			 const struct dsv_version *head);

DSV_AUTO_RELEASE(reviews)

#endif
