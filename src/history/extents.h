#ifndef HISTORY_EXTENTS_H
#define HISTORY_EXTENTS_H

#include "dataset/source.h"
#include "history/groups.h"

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

/** Tell the store of groups that will be read soon, so that one whose objects
 * come from elsewhere asks for all at once: those that have a twin in `by`
 * (twin) or have none; by NULL: all. */
int dsv_extents_tell(struct dsv_source *source, struct dsv_store *store,
		     const struct dsv_groups *groups,
		     const struct dsv_groups *by, bool twin);

#endif
