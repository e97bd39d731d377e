#ifndef FORMAT_INPUT_H
#define FORMAT_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dsv/buf.h>

#include "base/stream.h"

/*
 * The pieces of a stream, for readers that look for the end of a record.
 *
 * A record that lies in one piece is read where it stands. One that goes on
 * into the next piece is gathered in a buffer: what is left of the first piece
 * and the beginnings of the next ones are copied once each. Above
 * DSV_RECORD_MAX only the length, the digest and the line ends are kept.
 */
struct dsv_input {
	struct dsv_stream *in;
	const char *at; /* what is left of the piece */
	const char *end;
	uint64_t offset; /* of at, from the start of the content */
	struct dsv_buf carry;
};

/* Where a record ends, told piece by piece. */
struct dsv_ending {
	/* How many of len bytes belong to the record; *out_found: it ends
	 * there. */
	size_t (*find)(struct dsv_ending *ending, const char *data, size_t len,
		       bool *out_found);
};

struct dsv_gathered {
	const char *data; /* lent until the next gathering; a stand-in where
			   * too_long. A line feed follows it. */
	size_t len;
	bool too_long;
	bool ended;  /* false: the content ended first */
	uint64_t lf; /* line feeds and carriage returns in it */
	uint64_t cr;
};

void dsv_input_init(struct dsv_input *input, struct dsv_stream *in,
		    uint64_t offset);
void dsv_input_release(struct dsv_input *input);

/** 1 with at < end, 0 at the end of the content, negative. */
int dsv_input_fill(struct dsv_input *input);
void dsv_input_skip(struct dsv_input *input, size_t len);

/**
 * Copy the record that begins at input->at, through as many pieces as it
 * takes. input->at stands behind it then.
 */
int dsv_input_gather(struct dsv_input *input, struct dsv_ending *ending,
		     struct dsv_gathered *out);
/** Make a whole record that was gathered one that is too long. */
void dsv_input_stand_in(struct dsv_input *input, struct dsv_gathered *gathered);

#endif
