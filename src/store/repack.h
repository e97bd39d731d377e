#ifndef STORE_REPACK_H
#define STORE_REPACK_H

#include "store/store.h"

/*
 * A new pack out of objects that lie in others: their frames are copied as
 * they are, so no byte is compressed anew; a frame whose base would not be
 * there for the reader is decoded and put down whole.
 *
 *	rc = dsv_repack_open(&repack, store, dir);
 *	rc = dsv_repack_add(repack, DSV_OBJECT_CHUNK, &id);   (any number)
 *	rc = dsv_repack_commit(repack, &pack_id);
 *
 * For push (objects a remote lacks), gc (objects that are still needed) and
 * fetch (frames that came by ranges).
 */
struct dsv_repack;

/** The pack is made in the store's tmp/ and put into dir (NULL: the store's
 * packs/). */
int dsv_repack_open(struct dsv_repack **out, struct dsv_store *store,
		    const char *dir);
void dsv_repack_free(struct dsv_repack **repack);

/** The bases of its deltas are added too, unless has() says that the reader
 * has them; NULL: nobody has. Each object once. */
typedef int (*dsv_has_fn)(void *ctx, enum dsv_object type,
			  const struct dsv_id *id);
void dsv_repack_set_has(struct dsv_repack *repack, dsv_has_fn has, void *ctx);
int dsv_repack_add(struct dsv_repack *repack, enum dsv_object type,
		   const struct dsv_id *id);
/** A frame as it came from elsewhere, with the names of the dictionaries of
 * its pack; checked for form here, and against its name when it is read.
 * DSV_ECORRUPT. */
struct dsv_foreign_frame {
	enum dsv_object type;
	struct dsv_id id;
	const char *data;
	size_t len;
	const struct dsv_id *dicts; /* of its pack, by number */
	size_t n_dicts;
};
int dsv_repack_add_frame(struct dsv_repack *repack,
			 const struct dsv_foreign_frame *frame);
/** Durable when it returns. 1 with the pack's name, 0 where nothing was
 * added. */
int dsv_repack_commit(struct dsv_repack *repack, struct dsv_id *out);

/** All objects of a content: map, nodes, chunks, in this order. */
typedef int (*dsv_part_fn)(void *ctx, enum dsv_object type,
			   const struct dsv_id *id);
int dsv_content_parts(struct dsv_store *store,
		      const struct dsv_content *content, dsv_part_fn fn,
		      void *ctx);

static inline void dsv_repack_auto(struct dsv_repack **repack)
{
	dsv_repack_free(repack);
}

#endif
