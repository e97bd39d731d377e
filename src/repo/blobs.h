#ifndef REPO_BLOBS_H
#define REPO_BLOBS_H

#include <dsv/repo.h>

#include "repo/pointer.h"
#include "repo/tree.h"

/*
 * Blobs of git. Small ones (pointers, definitions, guidelines) by libgit2;
 * large ones in bulk through one `git cat-file --batch` child, where git is
 * present, else by libgit2.
 */

/** Bytes of a blob; above limit DSV_ERANGE. */
int dsv_blob_read(struct dsv_repo *repo, const struct dsv_oid *oid,
		  size_t limit, struct dsv_buf *out);
int dsv_blob_size(struct dsv_repo *repo, const struct dsv_oid *oid,
		  uint64_t *out);
/** What stands behind an entry: a pointer (1, *out set), other bytes (0), a
 * damaged pointer (DSV_ECORRUPT). Reads at most 4 KiB. */
int dsv_blob_pointer(struct dsv_repo *repo, const struct dsv_oid *oid,
		     struct dsv_content *out);
/** The largest plain blob that is read as records (config dsv.blobLimit, 1 GiB
 * by default). */
uint64_t dsv_blob_limit(struct dsv_repo *repo);
int dsv_blob_write(struct dsv_repo *repo, const void *data, size_t len,
		   struct dsv_oid *out);
/** The blob of a file's bytes as they are, written where git has it not. */
int dsv_blob_of_file(struct dsv_repo *repo, const char *file,
		     struct dsv_oid *out);
/** The name that bytes would have as a blob. */
void dsv_blob_name(const void *data, size_t len, struct dsv_oid *out);

#endif
