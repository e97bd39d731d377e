#include "reading.h"

#include <dsv/error.h>

#include "format/rewrite.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Read the one record of a source under known columns. */
static bool read_one(const struct dsv_format *format,
		     const struct dsv_strlist *columns, const char *text,
		     size_t len, struct dsv_reader **reader,
		     struct dsv_stream **in, struct dsv_record *out)
{
	struct dsv_reader_opts opts = {.columns = columns, .offset = 9};

	dsv_stream_of_memory(in, text, len);
	return dsv_reader_open(reader, format, *in, &opts) == 0 &&
	       dsv_reader_next(*reader, out) > 0;
}

/* A rewritten record has the new text, and every other field as it was. */
static void rewrite(const struct dsv_format *format,
		    const struct dsv_strlist *columns,
		    const struct dsv_record *record, long column)
{
	static const char text[] = "x,\t\"y\" ";
	struct dsv_edit edit = {.column = column,
				.kind = DSV_EDIT_TEXT,
				.text = text,
				.len = sizeof(text) - 1};
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_reader *reader DSV_AUTO(reader) = NULL;
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	struct dsv_record again;

	if (dsv_rewrite(format, columns, record, &edit, 1, &out) < 0) {
		dsv_error_clear();
		return;
	}
	if (!read_one(format, columns, out.data, out.len, &reader, &in, &again))
		abort();
	for (size_t i = 0; i < columns->n; i++) {
		const struct dsv_field *old = dsv_record_field(record, (long)i);
		const struct dsv_field *new = dsv_record_field(&again, (long)i);

		if ((long)i == column
			    ? new->len != edit.len ||
				      memcmp(new->text, text, edit.len) != 0
			    : !dsv_field_equal(old, new))
			abort();
	}
}

static void rewrite_all(const char *name, const uint8_t *data, size_t len)
{
	const struct dsv_format *format = dsv_format_named(name);
	struct dsv_reader *reader DSV_AUTO(reader) = NULL;
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	struct dsv_record record;

	dsv_stream_of_memory(&in, (const char *)data + 1, len - 1);
	if (dsv_reader_open(&reader, format, in, NULL) < 0)
		abort();
	while (dsv_reader_next(reader, &record) > 0) {
		const struct dsv_strlist *columns = dsv_reader_columns(reader);

		if (columns->n)
			rewrite(format, columns, &record,
				(long)(data[0] % columns->n));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;
	rewrite_all("csv", data, size);
	rewrite_all("tsv", data, size);
	rewrite_all("jsonl", data, size);
	return 0;
}
