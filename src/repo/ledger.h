#ifndef REPO_LEDGER_H
#define REPO_LEDGER_H

#include <stdbool.h>
#include <stddef.h>

#include <dsv/auto.h>
#include <dsv/buf.h>
#include <dsv/repo.h>
#include <dsv/strlist.h>

#include "repo/tree.h"

/*
 * A branch that only grows: each commit of it has every file of all its
 * parents, in the same bytes, and may have more. It is never checked out, has
 * as many roots as clones began it, and two states of it unite by the union of
 * their files.
 *
 * What is read is the union over the history of the local branch and of what
 * was fetched of it from any remote. So nothing that was ever written is
 * passed over, and a commit that lost a file is seen.
 *
 *	rc = dsv_ledger_tips(repo, ref, &tips);
 *	rc = dsv_ledger_scan(repo, &tips, &known, &scan);
 *	rc = dsv_ledger_missing(repo, &tips, &scan.lost, &missing);
 */
struct dsv_ledger_tips {
	struct dsv_oid *items; /* sorted, each once */
	size_t n, cap;
};

#define DSV_LEDGER_TIPS_INIT \
	{                    \
		0            \
	}

struct dsv_ledger_scan {
	/* files that were added since `known`; one path twice where its bytes
	 * were changed */
	struct dsv_files files;
	/* where a commit lost or changed a file, "<commit> <blob> <path>" with
	 * the blob that its parent had; parents before their children */
	struct dsv_strlist lost;
	/* the tips that were known are no part of it (any more): files and lost
	 * are those of the whole history */
	bool anew;
};

#define DSV_LEDGER_SCAN_INIT \
	{                    \
		0            \
	}

/** Commits of ref ("refs/heads/x") and of refs/remotes/<any>/x; none where
 * there is no such branch. */
int dsv_ledger_tips(struct dsv_repo *repo, const char *ref,
		    struct dsv_ledger_tips *out);
void dsv_ledger_tips_release(struct dsv_ledger_tips *tips);
bool dsv_ledger_tips_equal(const struct dsv_ledger_tips *a,
			   const struct dsv_ledger_tips *b);

/** What the histories of tips have beyond those of known, tips of an earlier
 * scan. Costs the commits between. */
int dsv_ledger_scan(struct dsv_repo *repo, const struct dsv_ledger_tips *tips,
		    const struct dsv_ledger_tips *known,
		    struct dsv_ledger_scan *out);
/** Of what was lost, the paths that a tip which has such a commit in its
 * history still lacks, or has in other bytes than at first; sorted, each once.
 * A later commit may have put a file back. `lost` is all that scans told, in
 * order. */
int dsv_ledger_missing(struct dsv_repo *repo,
		       const struct dsv_ledger_tips *tips,
		       const struct dsv_strlist *lost, struct dsv_strlist *out);
void dsv_ledger_scan_release(struct dsv_ledger_scan *scan);

struct dsv_ledger_file {
	const char *path;
	const struct dsv_buf *data;
};

/**
 * Add files with one commit. Whoever else moves the branch meanwhile is built
 * upon. Objects are durable before the branch names them; index and work tree
 * are not touched.
 *
 * @return  1 written, 0 when all of them are there already
 * @error   DSV_EREFUSED  a work tree has the branch checked out, or other
 *                        bytes stand at a path
 *          DSV_EUSAGE    no identity is configured
 */
int dsv_ledger_append(struct dsv_repo *repo, const char *ref,
		      const struct dsv_ledger_file *files, size_t n,
		      const char *message);

/** Bring what was fetched into the local branch: 1 when it moved.
 * DSV_EREFUSED where they have different bytes at one path. */
int dsv_ledger_unite(struct dsv_repo *repo, const char *ref);

/** Bring the branch of a remote here and unite: 1 when the local one moved. A
 * remote without it has nothing to bring. */
int dsv_ledger_fetch(struct dsv_repo *repo, const char *ref,
		     const char *remote);
/** Push the branch to a remote. When the remote has moved it is fetched,
 * united and pushed again. 1 pushed, 0 nothing to do; never forced. */
int dsv_ledger_push(struct dsv_repo *repo, const char *ref, const char *remote);

/** Called for each file that a step adds, with its blob. */
typedef int (*dsv_ledger_fn)(void *ctx, const char *path,
			     const struct dsv_entry *entry);

/** Does the step from old (zero: a new branch) to tip keep the promise?
 * DSV_EREFUSED names commit and path of the first fault. */
int dsv_ledger_check(struct dsv_repo *repo, const struct dsv_oid *old,
		     const struct dsv_oid *tip, dsv_ledger_fn fn, void *ctx);

/** True: the commit is one of tips or an ancestor of one. */
bool dsv_ledger_holds(struct dsv_repo *repo, const struct dsv_ledger_tips *tips,
		      const struct dsv_oid *commit);

DSV_AUTO_RELEASE(ledger_tips)
DSV_AUTO_RELEASE(ledger_scan)

#endif
