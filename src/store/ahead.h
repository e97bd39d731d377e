#ifndef STORE_AHEAD_H
#define STORE_AHEAD_H

#include "store/filemap.h"

/*
 * What is about to be read, told at once, so that a store whose objects come
 * from elsewhere asks for what is not here in one go and not one by one. It is
 * no more than a hint: what cannot be had is said when it is read.
 */
int dsv_store_ahead(struct dsv_store *store, enum dsv_object type,
		    const struct dsv_id *ids, size_t n);
/** The chunks of extents[n]. */
int dsv_extents_ahead(struct dsv_store *store, const struct dsv_extent *extents,
		      size_t n);

#endif
