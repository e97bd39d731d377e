#ifndef FORMAT_CSV_CELLS_H
#define FORMAT_CSV_CELLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dsv/buf.h>
#include <dsv/record.h>

/*
 * One record of a delimited table cut into its cells.
 *
 * Sixty-four bytes at a time are turned into a mask of the bytes that can mean
 * something (quote, delimiter, line end); the reader then goes from one to the
 * next. What lies between them is never looked at again, except that the same
 * pass notes NUL bytes and bytes beyond ASCII.
 */
struct dsv_cells {
	/* result of dsv_cells_read */
	struct dsv_field *fields;
	size_t n;
	const char *stop; /* the line end behind the record */
	unsigned issues;
	uint64_t lf; /* line ends inside the record */
	uint64_t cr;
	bool high; /* bytes beyond ASCII or NUL may be in the record */
	bool nul;

	/* the run of bytes, and how far it is masked */
	const char *end;
	const char *block;
	uint64_t bits; /* of the block, not yet taken */
	bool block_high;
	bool block_nul;

	const char *begin; /* of the record */
	char delimiter;
	size_t cap;
	uint32_t *escaped; /* fields that hold quotes to be taken out */
	size_t n_escaped;
	size_t cap_escaped;
	struct dsv_buf text; /* of these fields */
};

void dsv_cells_init(struct dsv_cells *cells, char delimiter);
void dsv_cells_release(struct dsv_cells *cells);

/** Go on with other bytes, [data, data + len). */
void dsv_cells_feed(struct dsv_cells *cells, const char *data, size_t len);
/**
 * Read the record at begin, which is where the last one and its line end were
 * left. False: the bytes end before the record does; the fields so far are
 * there, the last one open.
 */
bool dsv_cells_read(struct dsv_cells *cells, const char *begin);
/** Take the line end at p, "\n", "\r" or "\r\n"; returns what is behind it. */
const char *dsv_cells_pass_end(struct dsv_cells *cells, const char *p);
/** After a false dsv_cells_read at the end of the content, inside quotes. */
void dsv_cells_close(struct dsv_cells *cells, const char *end);

#endif
