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
/** Each object is decoded and verified on its way, unless the caller has
 * verified the digests of the packs that it lies in. */
void dsv_repack_set_trusted(struct dsv_repack *repack);
/** DSV_EMISSING where it, or a base that nobody has, is not here. What was
 * added before stays. */
int dsv_repack_add(struct dsv_repack *repack, enum dsv_object type,
		   const struct dsv_id *id);
/** A frame as it came from elsewhere, with the names of the dictionaries of
 * its pack; checked for form here, and against its name when it is read. Its
 * bases and dictionaries are the caller's to add.
 *
 * @error  DSV_ECORRUPT  it is no frame of this type, or names a dictionary that
 *                       its pack has not
 *         DSV_ERANGE    the pack has all the dictionaries that it may have:
 *                       commit it and begin another
 */
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

/** All objects of a content: map, nodes, chunks, in this order; one that it
 * has twice is given twice. Objects that are not here are fetched; where one
 * cannot be had, the others are given all the same, and DSV_EMISSING or
 * DSV_ECORRUPT returned. */
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
