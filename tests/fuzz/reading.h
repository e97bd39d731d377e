#ifndef FUZZ_READING_H
#define FUZZ_READING_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <dsv/buf.h>

#include "format/format.h"

/*
 * A reader must say the same of a content however it comes in pieces. Each
 * piece is an allocation of its own, so that a sanitizer sees a read beyond.
 */
struct fuzz_pieces {
	struct dsv_stream base;
	const char *data;
	size_t left;
	size_t size;
	char *piece;
};

static inline int fuzz_next(struct dsv_stream *in, const char **out,
			    size_t *out_len)
{
	struct fuzz_pieces *p = (struct fuzz_pieces *)in;
	size_t len = p->left < p->size ? p->left : p->size;

	free(p->piece);
	p->piece = NULL;
	if (len == 0)
		return 0;
	p->piece = malloc(len);
	if (!p->piece)
		abort();
	memcpy(p->piece, p->data, len);
	p->data += len;
	p->left -= len;
	*out = p->piece;
	*out_len = len;
	return 1;
}

static inline void fuzz_free(struct dsv_stream *in)
{
	free(((struct fuzz_pieces *)in)->piece);
}

static inline void fuzz_add(struct dsv_buf *out,
			    const struct dsv_record *record)
{
	dsv_buf_addf(out,
		     "%llu %llu %x %zu:", (unsigned long long)record->offset,
		     (unsigned long long)record->line, record->issues,
		     record->source_len);
	dsv_buf_add(out, record->source, record->source_len);
	for (size_t i = 0; i < record->n_fields; i++) {
		const struct dsv_field *field = &record->fields[i];

		dsv_buf_addf(out, " %d %zu:", (int)field->kind, field->len);
		dsv_buf_add(out, field->text, field->len);
	}
}

static inline void fuzz_read(struct dsv_buf *out, const char *format,
			     const uint8_t *data, size_t len, size_t size)
{
	struct fuzz_pieces pieces = {
		.base = {.next = fuzz_next, .free = fuzz_free},
		.data = (const char *)data,
		.left = len,
		.size = size};
	struct dsv_reader *reader DSV_AUTO(reader) = NULL;
	struct dsv_record record;

	if (dsv_reader_open(&reader, dsv_format_named(format), &pieces.base,
			    NULL) < 0)
		abort();
	while (dsv_reader_next(reader, &record) > 0)
		fuzz_add(out, &record);
	for (size_t i = 0; i < reader->columns.n; i++)
		dsv_buf_addf(out, "\n%s", reader->columns.items[i]);
	fuzz_free(&pieces.base);
}

/* The first byte says how long the pieces are. */
static inline void fuzz_reading(const char *format, const uint8_t *data,
				size_t len)
{
	struct dsv_buf whole DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf split DSV_AUTO(buf) = DSV_BUF_INIT;

	if (len < 1)
		return;
	fuzz_read(&whole, format, data + 1, len - 1, len);
	fuzz_read(&split, format, data + 1, len - 1, 1u + data[0] % 70u);
	if (whole.len != split.len ||
	    memcmp(dsv_buf_str(&whole), dsv_buf_str(&split), whole.len) != 0)
		abort();
}

#endif
