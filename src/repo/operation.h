#ifndef REPO_OPERATION_H
#define REPO_OPERATION_H

#include <stdbool.h>

#include <dsv/buf.h>
#include <dsv/repo.h>
#include <dsv/status.h>

/* What was begun in this work tree and waits for its end: the files that git
 * keeps for it (MERGE_HEAD and such). */

enum dsv_operation dsv_operation_of(struct dsv_repo *repo);

/** The commits in MERGE_HEAD. Returns how many; DSV_ERANGE above cap. */
int dsv_operation_heads(struct dsv_repo *repo, struct dsv_oid *out, size_t cap);
/** The commit in CHERRY_PICK_HEAD. 1, or 0 for none. */
int dsv_operation_picked(struct dsv_repo *repo, struct dsv_oid *out);
/** 1 with what is to be proposed as message (MERGE_MSG, SQUASH_MSG), 0 for
 * none. squash tells which. */
int dsv_operation_message(struct dsv_repo *repo, struct dsv_buf *out,
			  bool *squash);
/** After the commit that ends a merge, cherry-pick or revert. */
void dsv_operation_end(struct dsv_repo *repo);

#endif
