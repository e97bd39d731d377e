#ifndef TESTS_TABLE_READ_H
#define TESTS_TABLE_READ_H

/* A text as the library reads it, into the tables of history_table.h. */
#include "dataset_repo.h"
#include "history_table.h"

#include "format/format.h"

struct t_read {
	struct t_table table;
	char **sources; /* the bytes of each row */
};

static inline void t_read_release(struct t_read *read)
{
	for (int i = 0; i < read->table.n; i++)
		free(read->sources[i]);
	free(read->sources);
	t_free(&read->table);
}

static inline int t_column(const char *name)
{
	for (int i = 0; i < T_COLUMNS; i++)
		if (strcmp(t_names[i], name) == 0)
			return i;
	fail_msg("no column '%s'", name);
	return -1;
}

static inline void t_read_row(struct t_read *read,
			      const struct dsv_record *record,
			      const struct dsv_strlist *columns)
{
	struct t_row *row = t_insert(&read->table, read->table.n);

	assert_int_equal(record->issues & DSV_ISSUE_BAD_QUOTING, 0);
	for (size_t i = 0; i < record->n_fields; i++) {
		const struct dsv_field *field = &record->fields[i];
		int column = i < columns->n ? t_column(columns->items[i])
					    : T_COLUMNS + (int)(i - columns->n);

		if (field->kind != DSV_FIELD_MISSING)
			row->cells[column] =
				dsv_strndup(field->text, field->len);
	}
	row->line = (unsigned)record->line;
	read->sources = dsv_realloc(read->sources, (size_t)read->table.n,
				    sizeof(*read->sources));
	read->sources[read->table.n - 1] =
		dsv_strndup(record->source, record->source_len);
}

static inline void t_read(struct t_read *read, const char *text, size_t len,
			  bool json)
{
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	struct dsv_reader *reader DSV_AUTO(reader) = NULL;
	const struct dsv_strlist *columns;
	struct dsv_record record;
	int rc;

	*read = (struct t_read){.table = {.json = json}};
	dsv_stream_of_memory(&in, text, len);
	assert_int_equal(
		dsv_reader_open(&reader,
				dsv_format_named(json ? "jsonl" : "csv"), in,
				NULL),
		0);
	columns = dsv_reader_columns(reader);
	while ((rc = dsv_reader_next(reader, &record)) > 0)
		t_read_row(read, &record, columns);
	assert_int_equal(rc, 0);
	for (size_t i = 0; i < columns->n; i++)
		read->table.columns[read->table.n_columns++] =
			t_column(columns->items[i]);
}

#endif
