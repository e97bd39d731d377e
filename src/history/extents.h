#ifndef HISTORY_EXTENTS_H
#define HISTORY_EXTENTS_H

#include "dataset/source.h"

/*
 * Extents [first, first + n) of a stored source, each verified, decoded by the
 * calling thread alone: whoever reads many has the threads already. The
 * source's list has been loaded.
 */

/** To a place of their length. */
int dsv_extents_read(struct dsv_source *source, struct dsv_store *store,
		     size_t first, size_t n, char *to);

/** In pieces, decoded as they are asked for. Borrows source and store. */
int dsv_extents_stream(struct dsv_stream **out, struct dsv_source *source,
		       struct dsv_store *store, size_t first, size_t n);

#endif
