#ifndef REMOTE_RANGES_H
#define REMOTE_RANGES_H

#include "remote/holdings.h"
#include "store/repack.h"

/* Frames out of packs of a remote, by ranges: what lies close together comes
 * in one request, several at a time, within 8 MiB of memory. */
struct dsv_range_item {
	enum dsv_object type;
	struct dsv_id id;
	uint64_t offset; /* of the frame */
};

/** Lent for the call, also by its pointers. */
typedef int (*dsv_frame_fn)(void *ctx, const struct dsv_foreign_frame *frame);

struct dsv_ranges {
	struct dsv_holdings *holdings;
	size_t pack; /* number of a holding */
	struct dsv_range_item *items;
	size_t n; /* sorted by offset here */
	struct dsv_progress *progress;
};

/** @error  DSV_ECORRUPT  no frame of that type stands there */
int dsv_ranges_get(const struct dsv_ranges *ranges, dsv_frame_fn fn, void *ctx);

#endif
