#include "history/apply_rows.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/address.h>
#include <dsv/error.h>
#include <dsv/text.h>

#include "base/alloc.h"
#include "format/rewrite.h"

void dsv_apply_rows_release(struct dsv_apply_rows *rows)
{
	dsv_reading_release(&rows->reading);
	dsv_strlist_release(&rows->columns);
	dsv_map_release(&rows->by_key);
	dsv_arena_release(&rows->arena);
	free(rows->first_lines);
	free(rows->items);
	free(rows->faults);
	*rows = (struct dsv_apply_rows)DSV_APPLY_ROWS_INIT;
}

struct dsv_apply_fault *dsv_apply_rows_fault(struct dsv_apply_rows *rows,
					     enum dsv_apply_fault_kind kind,
					     uint64_t line)
{
	struct dsv_apply_fault *fault;

	DSV_GROW(rows->faults, rows->cap_faults, rows->n_faults + 1);
	fault = &rows->faults[rows->n_faults++];
	*fault = (struct dsv_apply_fault){.kind = kind, .line = line};
	return fault;
}

/* No two faults are equal, so that the order is the same everywhere. */
static int by_line(const void *a, const void *b)
{
	const struct dsv_apply_fault *x = a;
	const struct dsv_apply_fault *y = b;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	if (x->kind != y->kind)
		return (int)x->kind - (int)y->kind;
	if (x->issue != y->issue)
		return x->issue < y->issue ? -1 : 1;
	return x->column && y->column ? strcmp(x->column, y->column) : 0;
}

void dsv_apply_rows_sort(struct dsv_apply_rows *rows)
{
	if (rows->n_faults > 1)
		qsort(rows->faults, rows->n_faults, sizeof(*rows->faults),
		      by_line);
}

/* --- keys */

void dsv_apply_key_init(struct dsv_apply_key *key,
			const struct dsv_reading *reading)
{
	key->n = reading->key.n;
	key->places = dsv_alloc_zero(key->n + 1, sizeof(*key->places));
	for (size_t i = 0; i < key->n; i++)
		dsv_place_init(&key->places[i], reading, reading->key.items[i]);
}

void dsv_apply_key_bind(struct dsv_apply_key *key,
			const struct dsv_strlist *columns)
{
	for (size_t i = 0; i < key->n; i++)
		dsv_place_bind(&key->places[i], columns);
}

void dsv_apply_key_release(struct dsv_apply_key *key)
{
	for (size_t i = 0; i < key->n; i++)
		dsv_place_release(&key->places[i]);
	free(key->places);
	*key = (struct dsv_apply_key)DSV_APPLY_KEY_INIT;
}

bool dsv_apply_key_of(struct dsv_apply_key *key,
		      const struct dsv_record *record, struct dsv_buf *out)
{
	bool filled = false;

	dsv_buf_reset(out);
	for (size_t i = 0; i < key->n; i++) {
		const struct dsv_field *field =
			dsv_place_field(&key->places[i], record);

		if (i > 0)
			dsv_buf_addch(out, ',');
		if (dsv_field_is_empty(field))
			continue;
		filled = true;
		dsv_address_add_part(out, field->text, field->len);
	}
	return filled;
}

/* --- reading */

struct load {
	struct dsv_apply_rows *rows;
	const struct dsv_apply_opts *opts;
	unsigned refused; /* issues for which a row is refused */
	struct dsv_apply_key key;
	struct dsv_place *labels;
	size_t n_labels;
	struct dsv_buf text;
};

static void load_init(struct load *load, struct dsv_apply_rows *rows,
		      const struct dsv_reading *target,
		      const struct dsv_apply_opts *opts)
{
	const struct dsv_strlist *labels = &rows->reading.labels;

	load->rows = rows;
	load->opts = opts;
	load->refused = DSV_ISSUES_FORM;
	if (target->format->nested)
		load->refused |= DSV_ISSUE_BAD_UTF8;
	dsv_apply_key_init(&load->key, &rows->reading);
	load->labels = dsv_alloc_zero(labels->n + 1, sizeof(*load->labels));
	if (opts->allowed && opts->allowed->n && !opts->remove)
		load->n_labels = labels->n;
	for (size_t i = 0; i < load->n_labels; i++)
		dsv_place_init(&load->labels[i], &rows->reading,
			       labels->items[i]);
}

static void load_release(struct load *load)
{
	for (size_t i = 0; i < load->n_labels; i++)
		dsv_place_release(&load->labels[i]);
	free(load->labels);
	dsv_apply_key_release(&load->key);
	dsv_buf_release(&load->text);
}

static void note_columns(struct dsv_apply_rows *rows,
			 const struct dsv_strlist *columns, uint64_t line)
{
	size_t n = rows->columns.n;

	if (n == columns->n)
		return;
	rows->first_lines = dsv_realloc(rows->first_lines, columns->n,
					sizeof(*rows->first_lines));
	for (; n < columns->n; n++) {
		dsv_strlist_add(&rows->columns, columns->items[n]);
		rows->first_lines[n] = line;
	}
}

static bool has_issue(struct load *load, const struct dsv_record *record)
{
	unsigned issues = record->issues & load->refused;

	for (unsigned bit = 1; bit <= issues; bit <<= 1)
		if (issues & bit)
			dsv_apply_rows_fault(load->rows, DSV_APPLY_RECORD,
					     record->line)
				->issue = (enum dsv_issue)bit;
	return issues != 0;
}

static void copy_fields(struct dsv_apply_rows *rows,
			const struct dsv_record *record,
			struct dsv_apply_row *row)
{
	struct dsv_field *fields;

	fields = dsv_arena_alloc(&rows->arena,
				 (record->n_fields + 1) * sizeof(*fields));
	for (size_t i = 0; i < record->n_fields; i++) {
		fields[i] = record->fields[i];
		fields[i].text = dsv_arena_copy(&rows->arena, fields[i].text,
						fields[i].len);
	}
	row->fields = fields;
	row->n_fields = record->n_fields;
}

static void check_label(struct load *load, const struct dsv_place *place,
			const struct dsv_field *field,
			struct dsv_apply_row *row)
{
	const struct dsv_strlist *allowed = load->opts->allowed;
	struct dsv_arena *arena = &load->rows->arena;
	struct dsv_apply_fault *fault;
	const char *value;

	if (dsv_field_is_empty(field))
		return;
	value = dsv_arena_copy(arena, field->text, field->len);
	if (strlen(value) == field->len &&
	    dsv_strlist_find(allowed, value) >= 0)
		return;
	fault = dsv_apply_rows_fault(load->rows, DSV_APPLY_UNKNOWN_LABEL,
				     row->line);
	fault->key = row->key;
	fault->column = dsv_arena_copy(arena, place->name, strlen(place->name));
	fault->value = value;
	fault->near = dsv_nearest(value, allowed);
	row->bad = true;
}

/* The row's key into the map, or what is wrong with it; false: no row. */
static bool take_key(struct load *load, const struct dsv_record *record,
		     struct dsv_apply_row *row)
{
	struct dsv_apply_rows *rows = load->rows;
	struct dsv_apply_fault *fault;
	struct dsv_map_entry *entry;

	if (!dsv_apply_key_of(&load->key, record, &load->text)) {
		dsv_apply_rows_fault(rows, DSV_APPLY_NO_KEY, record->line);
		return false;
	}
	row->key =
		dsv_arena_copy(&rows->arena, load->text.data, load->text.len);
	entry = dsv_map_put(&rows->by_key, load->text.data, load->text.len);
	if (entry->value == 0) {
		entry->value = rows->n;
		return true;
	}
	fault = dsv_apply_rows_fault(rows, DSV_APPLY_DOUBLED, record->line);
	fault->key = row->key;
	fault->other_line = rows->items[entry->value - 1].line;
	row->bad = true;
	row->matches = 1; /* said of the first one, if it is unknown */
	return true;
}

static void take_row(struct load *load, const struct dsv_record *record)
{
	struct dsv_apply_rows *rows = load->rows;
	struct dsv_apply_row *row;

	if (has_issue(load, record))
		return;
	DSV_GROW(rows->items, rows->cap, rows->n + 1);
	row = &rows->items[rows->n++];
	*row = (struct dsv_apply_row){.line = record->line};
	if (!take_key(load, record, row)) {
		rows->n--;
		return;
	}
	copy_fields(rows, record, row);
	for (size_t i = 0; i < load->n_labels; i++)
		check_label(load, &load->labels[i],
			    dsv_place_field(&load->labels[i], record), row);
}

static void take_record(struct load *load, const struct dsv_strlist *columns,
			const struct dsv_record *record)
{
	note_columns(load->rows, columns, record->line);
	dsv_apply_key_bind(&load->key, columns);
	for (size_t i = 0; i < load->n_labels; i++)
		dsv_place_bind(&load->labels[i], columns);
	take_row(load, record);
}

static void check_key_columns(struct load *load)
{
	struct dsv_apply_fault *fault;

	dsv_apply_key_bind(&load->key, &load->rows->columns);
	for (size_t i = 0; i < load->key.n; i++) {
		if (load->key.places[i].column >= 0)
			continue;
		fault = dsv_apply_rows_fault(load->rows,
					     DSV_APPLY_NO_KEY_COLUMN, 1);
		fault->column = load->rows->reading.key.items[i];
		fault->near = dsv_nearest(fault->column, &load->rows->columns);
	}
}

static int read_records(struct load *load, struct dsv_stream *in)
{
	const struct dsv_format *format = load->rows->reading.format;
	struct dsv_reader *reader DSV_AUTO(reader) = NULL;
	const struct dsv_strlist *columns;
	struct dsv_record record;
	int rc;

	rc = dsv_reader_open(&reader, format, in, NULL);
	if (rc < 0)
		return rc;
	columns = dsv_reader_columns(reader);
	note_columns(load->rows, columns, 1);
	if (reader->issues & DSV_ISSUE_REPEATED_COLUMN)
		dsv_apply_rows_fault(load->rows, DSV_APPLY_RECORD, 1)->issue =
			DSV_ISSUE_REPEATED_COLUMN;
	if (format->has_header)
		check_key_columns(load);
	if (load->rows->n_faults)
		return 0;
	while ((rc = dsv_reader_next(reader, &record)) > 0)
		take_record(load, columns, &record);
	return rc;
}

static int choose_format(const struct dsv_format **out,
			 const struct dsv_apply_opts *opts)
{
	if (!opts->format && strcmp(opts->file, "-") == 0) {
		dsv_fail(DSV_EUSAGE, "standard input has no extension");
		return dsv_hint(DSV_EUSAGE, "say what it is: --format csv, "
					    "tsv or jsonl");
	}
	*out = opts->format ? dsv_format_named(opts->format)
			    : dsv_format_of_path(opts->file);
	if (*out && dsv_rewrite_can(*out))
		return 0;
	dsv_fail(DSV_EUSAGE, "'%s' is not read as csv, tsv or jsonl",
		 opts->format ? opts->format : opts->file);
	return dsv_hint(DSV_EUSAGE, "say what it is: --format csv, tsv or "
				    "jsonl");
}

int dsv_apply_rows_read(struct dsv_apply_rows *rows,
			const struct dsv_reading *target,
			const struct dsv_apply_opts *opts)
{
	struct load load = {0};
	struct dsv_source *source DSV_AUTO(source) = NULL;
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	const struct dsv_format *format = NULL;
	int rc;

	rc = choose_format(&format, opts);
	if (rc == 0)
		rc = dsv_source_of_file(&source, opts->file);
	if (rc == 0)
		rc = dsv_source_stream(source, &in);
	if (rc < 0)
		return rc;
	dsv_reading_copy(&rows->reading, target);
	rows->reading.format = format;
	load_init(&load, rows, target, opts);
	rc = read_records(&load, in);
	load_release(&load);
	return rc;
}
