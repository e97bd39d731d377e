#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dsv/auto.h>
#include <dsv/buf.h>
#include <dsv/id.h>

#include "base/pool.h"

/*
 * Objects by name, in immutable packs under DIR/packs. Chunks and file-map
 * nodes are named by the SHA-256 of their bytes, the root of a file map by the
 * SHA-256 of the content it describes.
 *
 * Packs and their indexes are mapped when they are first needed, never loaded.
 * A miss looks once for packs that another process has added since. Safe for
 * several threads once open.
 */
enum dsv_object {
	DSV_OBJECT_CHUNK = 1,
	DSV_OBJECT_NODE = 2, /* a run of the list of a big file map */
	DSV_OBJECT_MAP = 3,  /* the root of a file map */
	DSV_OBJECT_DICT = 4, /* a compression dictionary */
};

struct dsv_store;

/** dir is made when something is first written. pool is borrowed, may be
 * NULL. */
int dsv_store_open(struct dsv_store **out, const char *dir,
		   struct dsv_pool *pool);
void dsv_store_free(struct dsv_store **store);
struct dsv_pool *dsv_store_pool(const struct dsv_store *store);

/**
 * Keep others from taking objects away, from now until the store is freed: for
 * whoever refers to objects that are here. Waits while somebody takes away
 * what nobody needs, which is short.
 */
int dsv_store_hold(struct dsv_store *store);
/** The same as the only one, for whoever takes objects away. Waits up to
 * wait_ms for the others; 1 done, 0 somebody still holds it. */
int dsv_store_hold_alone(struct dsv_store *store, unsigned wait_ms);
void dsv_store_let_go(struct dsv_store *store);
/** For whoever replaces packs: one at a time, until the store is freed, beside
 * those who read and write. DSV_EREFUSED where another is at work. */
int dsv_store_hold_packs(struct dsv_store *store);

/** 1 here, 0 not here, negative. */
int dsv_store_has(struct dsv_store *store, enum dsv_object type,
		  const struct dsv_id *id);

/**
 * The bytes of an object, verified against its name (a root of a file map
 * against its own checksum).
 *
 * @owner   out is overwritten
 * @error   DSV_EMISSING   not here, and the fetcher has not brought it
 *          DSV_ECORRUPT   named with the pack it lies in
 */
int dsv_store_get(struct dsv_store *store, enum dsv_object type,
		  const struct dsv_id *id, struct dsv_buf *out);

/** 1 if all of a content is here: its map, nodes and chunks; 0 if not. */
int dsv_store_has_content(struct dsv_store *store,
			  const struct dsv_content *content);

/**
 * Asked for objects that are not here; returns 1 when it brought them as packs
 * with index. By one thread at a time; it must not read from this store. For a
 * MAP, whose content may be one chunk, it brings the chunk of this name where
 * there is no map.
 */
typedef int (*dsv_fetch_fn)(void *ctx, enum dsv_object type,
			    const struct dsv_id *ids, size_t n);
void dsv_store_set_fetch(struct dsv_store *store, dsv_fetch_fn fetch,
			 void *ctx);

/* A chunk that somebody holds decoded and verified. */
struct dsv_lent {
	struct dsv_id id;
	const char *data;
	uint32_t len; /* bytes */
};

/**
 * Deltas on these chunks need not decode them again: for whoever reads two
 * versions of one content, the older first.
 *
 * @shape  chunks[n], sorted by id
 * @owner  borrows chunks and their bytes until the next call; n 0 ends it. No
 *         other thread may be reading during the call.
 */
void dsv_store_lend(struct dsv_store *store, const struct dsv_lent *chunks,
		    size_t n);

/** Figures for people: packs, objects, bytes on disk. */
struct dsv_store_stats {
	uint64_t packs;
	uint64_t objects;
	uint64_t bytes;
};
int dsv_store_stats(struct dsv_store *store, struct dsv_store_stats *out);

DSV_AUTO_FREE(store)

#endif
