#ifndef STORE_ARRIVAL_H
#define STORE_ARRIVAL_H

#include "store/objects.h"

/*
 * Packs that came from elsewhere, on their way into the store: files
 * DIR/<pack>.pack and .idx on the store's file system. Nothing is fetched.
 */

/** The copy of an object that lies in the pack of this name (64 hex). 1, 0. */
int dsv_store_copy_in(struct dsv_store *store, const char *pack,
		      enum dsv_object type, const struct dsv_id *id,
		      struct dsv_copy *out);

/** Every object of the pack against its name; bases and dictionaries lie in the
 * pack or the store.
 *
 * @error  DSV_ECORRUPT  one is not what its name says, or lacks a base */
int dsv_arrival_verify(struct dsv_store *store, const char *dir,
		       const struct dsv_id *pack);

/** Into the store's packs, the pack before its index; durable when it
 * returns. */
int dsv_arrival_adopt(struct dsv_store *store, const char *dir,
		      const struct dsv_id *pack);

#endif
