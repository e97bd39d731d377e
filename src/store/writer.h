#ifndef STORE_WRITER_H
#define STORE_WRITER_H

#include <dsv/auto.h>
#include <dsv/id.h>
#include <dsv/progress.h>

#include "base/stream.h"
#include "store/cutter.h"
#include "store/filemap.h"
#include "store/store.h"

/*
 * Puts contents into the store: read, cut, hash, compress and write, spread
 * over the pool, in one new pack that becomes visible as a whole.
 *
 *	rc = dsv_writer_open(&writer, store);
 *	rc = dsv_writer_add(writer, in, &opts, &content);    (any number)
 *	rc = dsv_writer_commit(writer);
 *
 * Until commit nothing is there; after it everything is durable. A writer that
 * is freed without commit leaves nothing. Several processes may write at once.
 */
struct dsv_writer;

/** The chunks that make up the piece which the stream has just given: in the
 * store, verified, cut as this content is. Returns how many, lent as long as
 * the piece; 0: it is not known. */
typedef size_t (*dsv_known_fn)(struct dsv_stream *in,
			       const struct dsv_extent **out);

struct dsv_writer_opts {
	struct dsv_cutting cutting;
	/* the content that this one replaces, whose chunks serve as bases of
	 * deltas; NULL: none */
	const struct dsv_content *previous;
	struct dsv_progress *progress;
	/* such chunks are neither cut nor named again, only looked at by the
	 * digest of the whole; NULL: none is known. Not beside `fill` */
	dsv_known_fn known;
};

int dsv_writer_open(struct dsv_writer **out, struct dsv_store *store);
void dsv_writer_free(struct dsv_writer **writer);
/** Read `in` to its end. Content that is here already costs its digest. */
int dsv_writer_add(struct dsv_writer *writer, struct dsv_stream *in,
		   const struct dsv_writer_opts *opts, struct dsv_content *out);
int dsv_writer_commit(struct dsv_writer *writer);

/** The name of a content that is not kept: size and SHA-256 of a stream. */
int dsv_content_of_stream(struct dsv_stream *in, struct dsv_content *out);

DSV_AUTO_FREE(writer)

#endif
