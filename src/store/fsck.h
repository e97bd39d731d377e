#ifndef STORE_FSCK_H
#define STORE_FSCK_H

#include <dsv/progress.h>

#include "store/store.h"

/* Verify packs, indexes and every object in them. */
struct dsv_store_damage {
	const char *pack;	 /* file name of the pack */
	enum dsv_object type;	 /* 0: the pack or index itself */
	const struct dsv_id *id; /* NULL with type 0 */
	const char *fault;
};

typedef int (*dsv_damage_fn)(void *ctx, const struct dsv_store_damage *damage);

/** Calls found for each fault; returns the number of faults or negative. */
int dsv_store_fsck(struct dsv_store *store, dsv_damage_fn found, void *ctx,
		   struct dsv_progress *progress);

#endif
