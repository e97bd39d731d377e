#ifndef STORE_OBJECTS_H
#define STORE_OBJECTS_H

#include <stdatomic.h>

#include <dsv/buf.h>

#include "store/chunk.h"
#include "store/pack.h"
#include "store/packidx.h"
#include "store/store.h"

/*
 * How the modules of the store reach its objects; the rest of the program sees
 * store/store.h.
 */
struct dsv_packed {
	char *name; /* of the pack's file, without folder and extension */
	struct dsv_packidx idx;
	struct dsv_pack pack; /* once state is PACK_MAPPED */
	atomic_int state;
	atomic_bool gone; /* from the folder: to read, no more to refer to */
	size_t number;	  /* in the order in which they were found */
};

/** 1 where an open pack holds the object, and is still there; looks for no new
 * packs. */
int dsv_store_knows(struct dsv_store *store, enum dsv_object type,
		    const struct dsv_id *id);

/** Look for packs that were added since. */
int dsv_store_refresh(struct dsv_store *store);
/** List the packs where that has not been done yet. */
int dsv_store_list(struct dsv_store *store);
/** Know a pack that was just written, without listing all of them: many small
 * files are many packs. */
int dsv_store_adopt(struct dsv_store *store, const struct dsv_id *pack);

/** Verified bytes and the depth of its chain of deltas; nothing is fetched. */
int dsv_store_base(struct dsv_store *store, enum dsv_object type,
		   const struct dsv_id *id, struct dsv_buf *out,
		   uint8_t *out_depth);

/** As dsv_store_get, to a place of exactly len bytes, and not verified: for
 * whoever verifies a larger whole. */
int dsv_store_get_raw(struct dsv_store *store, enum dsv_object type,
		      const struct dsv_id *id, char *to, size_t len);

/** Does the object deserve its name? DSV_ECORRUPT where not. */
int dsv_object_verify(enum dsv_object type, const struct dsv_id *id,
		      const char *data, size_t len);

/** Lent for the life of the store; kept, so that it is prepared once. */
int dsv_store_dict(struct dsv_store *store, const struct dsv_id *id,
		   const struct dsv_dict **out);

/* Where one copy of an object lies. */
struct dsv_copy {
	const struct dsv_packed *packed;
	uint64_t offset;
	struct dsv_frame frame;
};

/**
 * The copy with the shortest chain of deltas: whoever takes it of every
 * object takes no two that are made from each other. 1, 0 none; nothing is
 * fetched.
 */
int dsv_store_copy(struct dsv_store *store, enum dsv_object type,
		   const struct dsv_id *id, struct dsv_copy *out);

/** Pack number i, NULL behind the last one; lent for the life of the store.
 * Usable: what its index promises can be read. */
struct dsv_packed *dsv_store_pack_at(struct dsv_store *store, size_t i);
bool dsv_store_pack_usable(struct dsv_store *store, struct dsv_packed *packed);
/** It is damaged: nothing is read from it any more. */
void dsv_store_leave_out(struct dsv_store *store, struct dsv_packed *packed);

/** Decode one object of one pack; for fsck. */
int dsv_store_decode(struct dsv_store *store, const struct dsv_packed *packed,
		     const struct dsv_packidx_entry *entry,
		     struct dsv_buf *out);

/** DSV_EMISSING, with a hint where packs were left out. */
int dsv_store_fail_missing(struct dsv_store *store, enum dsv_object type,
			   const struct dsv_id *id);

const char *dsv_store_packs_dir(const struct dsv_store *store);
const char *dsv_store_tmp_dir(const struct dsv_store *store);

#endif
