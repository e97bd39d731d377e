#ifndef TESTS_READING_H
#define TESTS_READING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <dsv/buf.h>

#include "format/format.h"

/*
 * Readers of formats under test: what they give as one text, for every way in
 * which the content may come in pieces.
 */

/* A stream whose pieces are allocations of exactly their size, each gone when
 * the next one is asked for, so that reading beyond one shows. */
struct pieces {
	struct dsv_stream base;
	const char *data;
	size_t left;
	size_t size;
	char *piece;
};

static inline int pieces_next(struct dsv_stream *in, const char **out,
			      size_t *out_len)
{
	struct pieces *pieces = (struct pieces *)in;
	size_t len = pieces->left < pieces->size ? pieces->left : pieces->size;

	free(pieces->piece);
	pieces->piece = NULL;
	if (len == 0)
		return 0;
	pieces->piece = malloc(len);
	memcpy(pieces->piece, pieces->data, len);
	pieces->data += len;
	pieces->left -= len;
	*out = pieces->piece;
	*out_len = len;
	return 1;
}

static inline void pieces_free(struct dsv_stream *in)
{
	free(((struct pieces *)in)->piece);
	free(in);
}

static inline struct dsv_stream *open_pieces(const char *data, size_t len,
					     size_t size)
{
	struct pieces *pieces = calloc(1, sizeof(*pieces));

	*pieces = (struct pieces){{.next = pieces_next, .free = pieces_free},
				  data,
				  len,
				  size,
				  NULL};
	return &pieces->base;
}

static inline void show_issues(struct dsv_buf *out, unsigned issues)
{
	for (unsigned bit = 1; bit && bit <= issues; bit <<= 1)
		if (issues & bit)
			dsv_buf_addf(out, " !%s",
				     dsv_issue_word((enum dsv_issue)bit));
}

/* "3: a|b|-|=[1] !ragged_row": line, cells, issues. A cell that is missing is
 * "-", JSON has "=" before it, a NUL is shown as "^@". */
static inline void show_record(struct dsv_buf *out,
			       const struct dsv_record *record)
{
	dsv_buf_addf(out, "%u: ", (unsigned)record->line);
	for (size_t i = 0; i < record->n_fields; i++) {
		const struct dsv_field *field = &record->fields[i];

		if (i > 0)
			dsv_buf_addch(out, '|');
		if (field->kind == DSV_FIELD_MISSING)
			dsv_buf_addch(out, '-');
		if (field->kind == DSV_FIELD_JSON)
			dsv_buf_addch(out, '=');
		for (size_t j = 0; j < field->len; j++)
			dsv_buf_addstr(out,
				       field->text[j]
					       ? (char[]){field->text[j], 0}
					       : "^@");
	}
	show_issues(out, record->issues);
	dsv_buf_addch(out, '\n');
}

static inline void show_columns(struct dsv_buf *out,
				const struct dsv_reader *reader)
{
	const struct dsv_strlist *columns = dsv_reader_columns(reader);

	for (size_t i = 0; i < columns->n; i++)
		dsv_buf_addf(out, "%s%s", i ? "|" : "", columns->items[i]);
	show_issues(out, reader->issues);
	dsv_buf_addch(out, '\n');
}

/* The records, then the columns. */
static inline void read_shown(struct dsv_buf *out, const char *format,
			      const char *data, size_t len, size_t size,
			      const struct dsv_reader_opts *opts)
{
	struct dsv_stream *in DSV_AUTO(stream) = open_pieces(data, len, size);
	struct dsv_reader *reader DSV_AUTO(reader) = NULL;
	struct dsv_record record;
	int rc;

	assert_int_equal(
		dsv_reader_open(&reader, dsv_format_named(format), in, opts),
		0);
	while ((rc = dsv_reader_next(reader, &record)) > 0) {
		if (!(record.issues & DSV_ISSUE_TOO_LONG))
			assert_memory_equal(record.source,
					    data + record.offset -
						    (opts ? opts->offset : 0),
					    record.source_len);
		show_record(out, &record);
	}
	assert_int_equal(rc, 0);
	show_columns(out, reader);
}

/* The same answer in pieces of every kind. */
static inline void assert_reads_n(const char *format, const char *data,
				  size_t len, const char *expected)
{
	static const size_t sizes[] = {1, 2, 3, 5, 17, 64, 1u << 20};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;

		read_shown(&out, format, data, len, sizes[i], NULL);
		assert_string_equal(dsv_buf_str(&out), expected);
	}
}

static inline void assert_reads(const char *format, const char *text,
				const char *expected)
{
	assert_reads_n(format, text, strlen(text), expected);
}

/* Whatever the bytes are, reading ends, and says the same for all pieces. */
static inline void assert_survives(const char *format, const char *data,
				   size_t len)
{
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;

	read_shown(&out, format, data, len, 1u << 20, NULL);
	assert_reads_n(format, data, len, dsv_buf_str(&out));
}

static inline void assert_survives_damage(const char *format, const char *text)
{
	size_t len = strlen(text);
	char *copy = strdup(text);

	for (size_t i = 0; i < len; i++)
		assert_survives(format, text, i);
	for (size_t i = 0; i < len * 8; i++) {
		copy[i / 8] ^= (char)(1 << i % 8);
		assert_survives(format, copy, len);
		copy[i / 8] ^= (char)(1 << i % 8);
	}
	free(copy);
}

#endif
