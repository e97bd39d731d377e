#ifndef REPO_BATCH_H
#define REPO_BATCH_H

#include <stdint.h>

#include <dsv/repo.h>

/*
 * One `git cat-file --batch` child that answers for as long as the repository
 * is open: reading large blobs in bulk is several times faster than libgit2,
 * which inflates a delta chain anew for each. Not for two threads at once.
 */
struct dsv_batch;

/** Start the child. DSV_EGIT where there is no git program. */
int dsv_batch_open(struct dsv_batch **out, const struct dsv_repo *repo);
/** Ends the child and waits for it. */
void dsv_batch_free(struct dsv_batch **batch);

/**
 * The whole object, which must be a blob.
 *
 * @owner   out is overwritten
 * @error   DSV_EMISSING  git does not have it either
 *          DSV_ERANGE    larger than limit; the child goes on
 *          DSV_EGIT      the child has failed and must be freed
 */
int dsv_batch_read(struct dsv_batch *batch, const struct dsv_oid *oid,
		   size_t limit, struct dsv_buf *out);

DSV_AUTO_FREE(batch)

#endif
