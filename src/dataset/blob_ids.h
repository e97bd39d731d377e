#ifndef DATASET_BLOB_IDS_H
#define DATASET_BLOB_IDS_H

#include <stdbool.h>

#include <dsv/auto.h>
#include <dsv/id.h>
#include <dsv/repo.h>

#include "base/map.h"

/*
 * Which content a git blob stands for: itself, or what its pointer names. Found
 * once, then kept in the cache file "blob-ids", so that a snapshot of many
 * files or of large plain blobs costs what changed since the last one. A blob
 * never changes, so an entry is never stale; a file that does not match its
 * own checksum is ignored, and made anew.
 */
struct dsv_blob_ids {
	struct dsv_repo *repo; /* NULL: not loaded yet */
	struct dsv_map places; /* object name to place in `contents` */
	struct dsv_content *contents;
	size_t cap;
	bool changed;
};

#define DSV_BLOB_IDS_INIT \
	{                 \
		0         \
	}

/* Entries that the file holds at most, 60 bytes each; above that it is begun
 * anew with what the last call found. */
#define DSV_BLOB_IDS_MAX 500000u

/** Never fails: without a file there are no entries. */
void dsv_blob_ids_load(struct dsv_blob_ids *ids, struct dsv_repo *repo);
bool dsv_blob_ids_get(const struct dsv_blob_ids *ids,
		      const struct dsv_oid *blob, struct dsv_content *out);
void dsv_blob_ids_put(struct dsv_blob_ids *ids, const struct dsv_oid *blob,
		      const struct dsv_content *content);
/** Write the file when something was put; a failure costs time only. */
void dsv_blob_ids_save(struct dsv_blob_ids *ids);
void dsv_blob_ids_release(struct dsv_blob_ids *ids);

DSV_AUTO_RELEASE(blob_ids)

#endif
