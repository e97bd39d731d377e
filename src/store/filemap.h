#ifndef STORE_FILEMAP_H
#define STORE_FILEMAP_H

#include <stdint.h>

#include <dsv/auto.h>
#include <dsv/buf.h>
#include <dsv/id.h>

#include "base/stream.h"
#include "store/store.h"

/*
 * A content as an ordered list of chunks. A content of one chunk has no map:
 * the chunk bears its name; its scan_kind is 0, and its state is 0, for any
 * reader starts a record there. A content of no bytes has no chunk at all.
 */
struct dsv_extent {
	struct dsv_id id; /* of the chunk */
	uint32_t len;	  /* bytes */
	uint32_t lines;	  /* line feeds in it */
	uint8_t state;	  /* of the format's reader at its first byte */
};

struct dsv_filemap {
	struct dsv_content content;
	uint8_t scan_kind; /* struct dsv_states; 0: states are not known */
	struct dsv_extent *extents;
	size_t n;
};

#define DSV_FILEMAP_INIT \
	{                \
		0        \
	}

/**
 * Read the list of a content.
 *
 * @error   DSV_EMISSING  the content is not here
 *          DSV_ECORRUPT  the list disagrees with itself or with the size
 */
int dsv_filemap_load(struct dsv_filemap *out, struct dsv_store *store,
		     const struct dsv_content *content);
void dsv_filemap_release(struct dsv_filemap *map);

/** One chunk, verified, to a place of extent->len bytes. */
int dsv_extent_read(struct dsv_store *store, const struct dsv_extent *extent,
		    char *to);

/** The bytes of extents [first, first + n), each verified, in one run; spread
 * over the store's pool. out is overwritten. */
int dsv_filemap_read(struct dsv_store *store, const struct dsv_filemap *map,
		     size_t first, size_t n, struct dsv_buf *out);

/**
 * All bytes in order, decoded ahead on the store's pool with bounded memory.
 * At the end the whole is verified against content.id; a mismatch is
 * DSV_ECORRUPT and names the damaged chunk. Until the stream has ended with 0
 * nothing it gave may be taken as true.
 *
 * @owner  borrows store and map
 */
int dsv_filemap_stream(struct dsv_stream **out, struct dsv_store *store,
		       const struct dsv_filemap *map);

/* How pieces are to be had. */
struct dsv_pieces_opts {
	/* where each piece ends: numbers of extents that rise up to map->n */
	const size_t *ends;
	/* a file that may hold the same content, or most of it; -1: none. A
	 * chunk that stands there is read and not decoded */
	int copy;
};

/**
 * The same in pieces of the caller's. Each chunk is verified on its own, so a
 * piece is true as it comes; the whole is not verified against content.id.
 *
 * @owner  borrows ends and copy too
 */
int dsv_filemap_pieces(struct dsv_stream **out, struct dsv_store *store,
		       const struct dsv_filemap *map,
		       const struct dsv_pieces_opts *opts);

/** The same as dsv_filemap_stream() for whoever has no map yet. */
int dsv_content_stream(struct dsv_stream **out, struct dsv_store *store,
		       const struct dsv_content *content);

DSV_AUTO_RELEASE(filemap)

#endif
