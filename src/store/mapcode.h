#ifndef STORE_MAPCODE_H
#define STORE_MAPCODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dsv/auto.h>
#include <dsv/buf.h>
#include <dsv/id.h>

#include "store/filemap.h"

/*
 * A file map in bytes: a root that names nodes, each a run of the list of
 * chunks. docs/formats/filemap.md has both to the byte.
 *
 * The cuts between nodes depend on the names of the chunks alone, so a small
 * edit changes few nodes.
 */
#define DSV_NODE_EXTENTS_MIN 64u
#define DSV_NODE_EXTENTS_MAX 1024u

/* Chunks of one content: 1.5 TB in chunks of 12 KiB. */
#define DSV_EXTENTS_MAX (UINT64_C(1) << 27)

struct dsv_maproot_node {
	struct dsv_id id;
	size_t n; /* extents in it */
	uint64_t bytes;
};

struct dsv_maproot {
	struct dsv_content content;
	uint8_t scan_kind;
	bool has_dict;
	struct dsv_id dict; /* that the chunks were packed with last */
	struct dsv_maproot_node *nodes;
	size_t n;
	size_t cap;
	size_t n_extents; /* in all nodes */
};

#define DSV_MAPROOT_INIT \
	{                \
		0        \
	}

void dsv_maproot_release(struct dsv_maproot *root);
void dsv_maproot_write(const struct dsv_maproot *root, struct dsv_buf *out);
/** DSV_ECORRUPT, DSV_EUNSUPPORTED for an unknown version or flag. */
int dsv_maproot_read(struct dsv_maproot *out, const char *data, size_t len);
/** Checksum, and the content it says it describes. */
int dsv_maproot_verify(const char *data, size_t len, const struct dsv_id *id);

/** How many of n extents the next node holds. */
size_t dsv_mapnode_cut(const struct dsv_extent *extents, size_t n);
void dsv_mapnode_write(const struct dsv_extent *extents, size_t n,
		       struct dsv_buf *out);
/** Into extents[n]; DSV_ECORRUPT where the node holds another number. */
int dsv_mapnode_read(struct dsv_extent *extents, size_t n, const char *data,
		     size_t len);

DSV_AUTO_RELEASE(maproot)

#endif
