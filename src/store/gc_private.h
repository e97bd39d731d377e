#ifndef STORE_GC_PRIVATE_H
#define STORE_GC_PRIVATE_H

#include "store/gc.h"
#include "store/objects.h"
#include "store/repack.h"

/* What gc.c (what is needed, what may go) and gc_pack.c (the new pack, the end
 * of the old ones) share. */

/* One pack, and which of its objects are needed. Of several copies of an
 * object one is: that which a repack takes. */
struct dsv_gc_pack {
	struct dsv_packed *packed;
	uint8_t *live; /* a bit for each object */
	size_t n_live;
	bool is_usable;
	bool is_young;
	bool goes;
	bool is_new; /* made here, in place of those that go */
};

struct dsv_gc {
	struct dsv_store *store;
	struct dsv_gc_store_opts opts;
	struct dsv_gc_pack *packs;
	size_t n;
	size_t cap;
	struct dsv_content *contents; /* in the order in which they came */
	size_t n_contents;
	size_t cap_contents;
	size_t n_packed; /* of them, whose objects are in the new pack */
	struct dsv_id made[2];
	size_t n_made;
	struct dsv_gc_figures figures;
	bool is_planned;
};

static inline bool dsv_gc_is_live(const struct dsv_gc_pack *pack, size_t i)
{
	return pack->live[i / 8] >> (i % 8) & 1;
}

/** Also the packs that came since the last time. */
int dsv_gc_take_packs(struct dsv_gc *gc);
/** What the objects of a pack need, whether they are needed or not. */
int dsv_gc_mark_all(struct dsv_gc *gc, const struct dsv_gc_pack *pack);
/** The parts of a content that are here. */
int dsv_gc_each_part(struct dsv_gc *gc, const struct dsv_content *content,
		     dsv_part_fn fn, void *ctx);

#endif
