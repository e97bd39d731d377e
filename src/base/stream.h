#ifndef BASE_STREAM_H
#define BASE_STREAM_H

#include <stddef.h>
#include <stdint.h>

#include <dsv/auto.h>

/*
 * Bytes in order, handed out in lent pieces: from a descriptor, from memory
 * (one piece, no copy), from chunks (store/filemap.h), or from a callback.
 *
 *	while ((rc = dsv_stream_next(in, &piece, &len)) > 0)
 *		use(piece, len);
 *	if (rc < 0)
 *		return rc;
 */
struct dsv_stream {
	/* 1 with a piece of at least one byte, 0 at the end, negative */
	int (*next)(struct dsv_stream *in, const char **out, size_t *out_len);
	void (*free)(struct dsv_stream *in);
	/* the same into to[room] of the caller; NULL where a copy is all that
	 * it could be */
	int (*fill)(struct dsv_stream *in, char *to, size_t room,
		    size_t *out_len);
};

/** The next piece, lent until the following call. */
int dsv_stream_next(struct dsv_stream *in, const char **out, size_t *out_len);
void dsv_stream_free(struct dsv_stream **in);

/** Borrows data until freed. */
void dsv_stream_of_memory(struct dsv_stream **out, const char *data,
			  size_t len);
/** Reads in pieces of 1 MiB; borrows fd. name is for messages. */
void dsv_stream_of_fd(struct dsv_stream **out, int fd, const char *name);

DSV_AUTO_FREE(stream)

#endif
