#ifndef FORMAT_LINES_H
#define FORMAT_LINES_H

#include "format/input.h"

/*
 * The lines of a stream, for formats whose records are lines: ended by a line
 * feed, a carriage return before it belonging to the line end. The last line
 * need not end; behind a last line feed there is none.
 */
struct dsv_lines {
	struct dsv_input input;
	uint64_t next_line;
};

struct dsv_line {
	const char *text; /* lent until the next call; without byte order mark
			   * and line end */
	size_t len;
	uint64_t offset;
	uint64_t number;
	bool too_long; /* text is a stand-in */
};

void dsv_lines_init(struct dsv_lines *lines, struct dsv_stream *in,
		    uint64_t offset, uint64_t line);
void dsv_lines_release(struct dsv_lines *lines);
/** 1 with a line, 0 at the end, negative. */
int dsv_lines_next(struct dsv_lines *lines, struct dsv_line *out);

/** 0 at the start of a line, else 1: for the by-line formats' step. */
uint8_t dsv_lines_step(uint8_t state, const char *data, size_t len);

#endif
