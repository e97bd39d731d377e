#ifndef REPO_UNMERGED_H
#define REPO_UNMERGED_H

#include <stdbool.h>

#include <dsv/repo.h>

#include "repo/tree.h"

/*
 * Paths in conflict: the stages of git's index, and the record of what
 * a person has to decide, which stands under the work tree's own git
 * directory, conflicts/<sha256 of the path>. This module knows the head of
 * a record; what follows it belongs to whoever wrote it.
 */
/* The kind of a record whose conflicts are all resolved, its work file whole:
 * nothing is refused any more, and what is left is to stage the path. */
#define DSV_CONFLICT_SETTLED "settled"
#define DSV_STAGES	     3u /* base, ours, theirs */

struct dsv_unmerged {
	char *path;
	struct dsv_entry stages[DSV_STAGES]; /* mode 0 where absent */
};

struct dsv_unmerged_list {
	struct dsv_unmerged *items; /* sorted by path */
	size_t n;
	size_t cap;
};

#define DSV_UNMERGED_LIST_INIT \
	{                      \
		0              \
	}

/** All paths of the index in conflict that match. */
int dsv_unmerged_list(struct dsv_repo *repo,
		      const struct dsv_strlist *pathspecs,
		      struct dsv_unmerged_list *out);
void dsv_unmerged_list_release(struct dsv_unmerged_list *list);
/** 1 in conflict, out holds the stages; 0 not. */
int dsv_unmerged_stages(struct dsv_repo *repo, const char *path,
			struct dsv_entry out[DSV_STAGES]);

struct dsv_conflict_head {
	char *path;
	char *kind;			  /* one word: "file", "records" */
	struct dsv_oid blobs[DSV_STAGES]; /* zero where absent */
};

#define DSV_CONFLICT_HEAD_INIT \
	{                      \
		0              \
	}

void dsv_conflict_head_release(struct dsv_conflict_head *head);
/** The text that begins a record: docs/formats/conflict.md. */
void dsv_conflict_head_format(const struct dsv_conflict_head *head,
			      struct dsv_buf *out);
/** Bytes of the head, behind which the rest begins; DSV_ECORRUPT;
 * DSV_EUNSUPPORTED for a version that is not known. */
int dsv_conflict_head_parse(const char *data, size_t len,
			    struct dsv_conflict_head *out);

/** The file of a path's record, of the caller's. */
char *dsv_conflict_file(const struct dsv_repo *repo, const char *path);
/** Write the record of head->path, in place of an older one. */
int dsv_conflict_put(struct dsv_repo *repo,
		     const struct dsv_conflict_head *head, const void *rest,
		     size_t rest_len);
/** 1 read, 0 there is none. rest may be NULL. */
int dsv_conflict_get(struct dsv_repo *repo, const char *path,
		     struct dsv_conflict_head *out, struct dsv_buf *rest);
/** 0 also where there was none. */
int dsv_conflict_drop(struct dsv_repo *repo, const char *path);

/**
 * Is there a record of path, and has the index exactly its stages? A record
 * whose stages are gone is stale: 0. A damaged record of a path that is in
 * conflict is live, for nothing says that it was resolved.
 */
int dsv_conflict_is_live(struct dsv_repo *repo, const char *path);

/**
 * Must `clean` refuse content whose blob would be `blob`? Only for a live
 * record, while index.lock is held (somebody stages), and unless the blob is
 * that of stage 2 or 3, which is a decision.
 */
int dsv_conflict_refuses(struct dsv_repo *repo, const char *path,
			 const struct dsv_oid *blob);

DSV_AUTO_RELEASE(unmerged_list)
DSV_AUTO_RELEASE(conflict_head)

#endif
