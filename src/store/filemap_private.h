#ifndef STORE_FILEMAP_PRIVATE_H
#define STORE_FILEMAP_PRIVATE_H

#include "store/mapcode.h"

/* What the writer wants to know of a previous version besides its list. */

/**
 * Read root and list of a content that has more than one chunk.
 *
 * @return  1; 0: it has no file map here (nothing is fetched); negative
 */
int dsv_filemap_load_here(struct dsv_filemap *map, struct dsv_maproot *root,
			  struct dsv_store *store,
			  const struct dsv_content *content);

#endif
