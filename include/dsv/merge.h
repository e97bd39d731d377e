#ifndef DSV_MERGE_H
#define DSV_MERGE_H

#include <stdbool.h>

#include <dsv/repo.h>
#include <dsv/strlist.h>

/*
 * Join another line of history into HEAD, as `git merge` does with dsv's
 * driver: data files by record, other files by git's own rules.
 *
 * What cannot be settled is left to a person: the index has stages 1 to 3 of
 * such a path, its work file the merge with ours in the places that wait, and
 * a conflict record names them (conflicts.h). MERGE_HEAD, MERGE_MSG and
 * ORIG_HEAD are git's, so `git commit`, `git merge --abort` and `git status`
 * go on from there.
 */
struct dsv_merge_opts {
	const char *rev;     /* what is merged */
	const char *message; /* NULL: "Merge branch 'x'" as git words it */
	bool ff_only;
	bool no_ff;
	bool no_commit; /* stop before the commit, even without conflicts */
	/**
	 * Merge three versions of a data file that both sides changed. stages:
	 * base, ours, theirs, zero where absent. out_blob: the blob (a
	 * pointer) to go on with. 1 merged, 0 in conflict (its record is
	 * written, out_blob is what the work file shall hold), negative.
	 */
	int (*settle)(void *ctx, struct dsv_repo *repo, const char *path,
		      const struct dsv_oid stages[3], struct dsv_oid *out_blob);
	void *ctx;
};

enum dsv_merge_result {
	DSV_MERGE_UP_TO_DATE,
	DSV_MERGE_FAST_FORWARD,
	DSV_MERGE_DONE,	    /* merged and ready for (or with) its commit */
	DSV_MERGE_CONFLICT, /* paths wait for a person */
};

struct dsv_merge {
	enum dsv_merge_result result;
	struct dsv_oid head;	      /* before */
	struct dsv_oid theirs;	      /* the commit merged */
	struct dsv_strlist conflicts; /* paths */
	struct dsv_strlist blocked;   /* local changes that would be lost */
	struct dsv_strlist updated;   /* paths written */
	uint64_t missing; /* files left as pointers: content is not here */
};

#define DSV_MERGE_INIT \
	{              \
		0      \
	}

/**
 * Merge into HEAD, the index and the work tree; the commit is the caller's
 * (dsv_commit ends a merge that waits).
 *
 * Cut off at any point, dsv_merge_abort() finds back, or (moving forward) the
 * same again goes on.
 *
 * @error  DSV_EREFUSED      local changes would be lost (out->blocked), another
 *                           merge is open, not possible with ff_only, no common
 *                           ancestor; nothing changed
 *         DSV_EUNSUPPORTED  a file and a folder, or two files, under one name:
 *                           left to git; nothing changed
 */
int dsv_merge(struct dsv_repo *repo, const struct dsv_merge_opts *opts,
	      struct dsv_merge *out);
/**
 * Back to what stood before the merge, also one begun by `git merge` or cut
 * off; changes that were there before it and that it did not touch stay. A file
 * that was staged since and is on no side of the merge stays, unstaged.
 *
 * @error  DSV_EREFUSED  no merge is open; a file was changed since it was
 *                       merged, which would be lost
 */
int dsv_merge_abort(struct dsv_repo *repo);
/** True between a merge and its commit, also one begun by `git merge`. */
bool dsv_merge_is_open(struct dsv_repo *repo);
/** Run the hook post-merge: after the commit, where dsv_merge() has left it to
 * the caller. */
void dsv_merge_tell(struct dsv_repo *repo);
void dsv_merge_release(struct dsv_merge *merge);

/** The settle callback that merges by record; ctx is not looked at. */
int dsv_merge_by_record(void *ctx, struct dsv_repo *repo, const char *path,
			const struct dsv_oid stages[3],
			struct dsv_oid *out_blob);

DSV_AUTO_RELEASE(merge)

#endif
