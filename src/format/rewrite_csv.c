#include "format/rewrite_parts.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "format/csv_cells.h"
#include "format/csv_scan.h"

/* The cells of a record as they stand in its source. */
struct raw_cells {
	struct dsv_bytes_at *items;
	size_t n;
	size_t cap;
};

static void add_cell(struct raw_cells *cells, const char *text, size_t len)
{
	DSV_GROW(cells->items, cells->cap, cells->n + 1);
	cells->items[cells->n++] = (struct dsv_bytes_at){text, len};
}

/* Behind the cell at p. */
static const char *pass_cell(const char *p, const char *end, char delimiter)
{
	if (p < end && *p == '"') {
		for (p++; p < end; p++) {
			if (*p != '"')
				continue;
			if (p + 1 == end || p[1] != '"') {
				p++;
				break;
			}
			p++;
		}
	}
	while (p < end && *p != delimiter)
		p++;
	return p;
}

/* At the start of a record a quote opens behind a byte order mark, too. */
static const char *pass_mark(const char *p, const char *end)
{
	static const char mark[] = DSV_CSV_BOM "\"";

	return end - p > 3 && memcmp(p, mark, 4) == 0 ? p + 3 : p;
}

static void split(struct raw_cells *cells, const char *text, size_t len,
		  char delimiter)
{
	const char *end = text + len;
	const char *p = text;

	for (;;) {
		const char *open = cells->n == 0 ? pass_mark(p, end) : p;
		const char *stop = pass_cell(open, end, delimiter);

		add_cell(cells, p, (size_t)(stop - p));
		if (stop == end)
			return;
		p = stop + 1;
	}
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool needs_quotes(const char *text, size_t len, char delimiter)
{
	if (len == 0)
		return false;
	if (is_blank(text[0]) || is_blank(text[len - 1]))
		return true;
	for (size_t i = 0; i < len; i++) {
		char c = text[i];

		if (c == delimiter || c == '"' || c == '\n' || c == '\r')
			return true;
	}
	return false;
}

static void put_cell(struct dsv_buf *out, const char *text, size_t len,
		     bool quoted)
{
	if (!quoted) {
		dsv_buf_add(out, text, len);
		return;
	}
	dsv_buf_addch(out, '"');
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '"')
			dsv_buf_addch(out, '"');
		dsv_buf_addch(out, text[i]);
	}
	dsv_buf_addch(out, '"');
}

/* The new bytes of a cell. raw: what it replaces, or NULL. */
static int put_edit(struct dsv_buf *out, const struct dsv_edit *edit,
		    const struct dsv_bytes_at *raw, char delimiter)
{
	bool quoted = raw && raw->len > 0 && raw->data[0] == '"';

	if (edit->kind == DSV_EDIT_VALUE || (edit->inside && *edit->inside))
		return dsv_fail(DSV_EUSAGE, "a table's cell is text");
	if (edit->kind == DSV_EDIT_SOURCE)
		dsv_buf_add(out, edit->text, edit->len);
	else
		put_cell(out, edit->text, edit->len,
			 quoted || needs_quotes(edit->text, edit->len,
						delimiter));
	return 0;
}

static const struct dsv_edit *edit_of(const struct dsv_edit *edits, size_t n,
				      size_t column)
{
	for (size_t i = 0; i < n; i++) {
		if (edits[i].column == (long)column)
			return &edits[i];
	}
	return NULL;
}

/* Put cells together; those that no edit names are raw, or empty. */
static int join(struct dsv_buf *out, const struct raw_cells *raw, size_t n_old,
		const struct dsv_edit *edits, size_t n, char delimiter)
{
	size_t n_out = 0;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n_old + n; i++) {
		const struct dsv_bytes_at *cell =
			raw && i < raw->n ? &raw->items[i] : NULL;
		const struct dsv_edit *edit =
			i < n_old ? edit_of(edits, n, i) : &edits[i - n_old];

		if (i >= n_old && edit->column >= 0)
			continue;
		if (edit && edit->kind == DSV_EDIT_REMOVE)
			continue;
		if (n_out++)
			dsv_buf_addch(out, delimiter);
		if (edit)
			rc = put_edit(out, edit, cell, delimiter);
		else if (cell)
			dsv_buf_add(out, cell->data, cell->len);
	}
	return rc;
}

/* A line with nothing on it would be no record. */
static void keep_line(struct dsv_buf *out, size_t from)
{
	if (out->len == from)
		dsv_buf_addstr(out, "\"\"");
}

static bool is_text(const struct dsv_field *field, const char *text, size_t len)
{
	return field->len == len && memcmp(field->text, text, len) == 0;
}

/* old: the field as it was, NULL: there was none. */
static bool holds(const struct dsv_field *field, const struct dsv_field *old,
		  const struct dsv_edit *edit)
{
	if (edit)
		return edit->kind != DSV_EDIT_TEXT ||
		       is_text(field, edit->text, edit->len);
	return old ? old->kind == DSV_FIELD_MISSING ||
			       is_text(field, old->text, old->len)
		   : field->len == 0;
}

/* What has been written, and of what. */
struct proof {
	const struct dsv_record *record; /* NULL: there was none */
	size_t n_old;			 /* columns */
	const struct dsv_edit *edits;
	size_t n;
	char delimiter;
};

static bool has_all(const struct proof *proof, const struct dsv_cells *cells)
{
	const struct dsv_record *record = proof->record;
	const size_t n_old = proof->n_old;
	size_t at = 0;

	for (size_t i = 0; i < n_old + proof->n; i++) {
		const struct dsv_edit *edit =
			i < n_old ? edit_of(proof->edits, proof->n, i)
				  : &proof->edits[i - n_old];
		const struct dsv_field *old = record && i < record->n_fields
						      ? &record->fields[i]
						      : NULL;

		if ((i >= n_old && edit->column >= 0) ||
		    (edit && edit->kind == DSV_EDIT_REMOVE))
			continue;
		if (at >= cells->n || !holds(&cells->fields[at++], old, edit))
			return false;
	}
	return at == cells->n;
}

/* Read the result again by the reader's own rules. */
static int prove(struct dsv_buf *out, size_t from, const struct proof *proof)
{
	struct dsv_cells cells;
	bool ok;

	dsv_buf_addch(out, '\n');
	dsv_cells_init(&cells, proof->delimiter);
	dsv_cells_feed(&cells, out->data + from, out->len - from);
	ok = dsv_cells_read(&cells, out->data + from) &&
	     cells.stop == out->data + out->len - 1 &&
	     !(cells.issues & DSV_ISSUE_BAD_QUOTING) && has_all(proof, &cells);
	dsv_cells_release(&cells);
	dsv_buf_truncate(out, out->len - 1);
	return ok ? 0
		  : dsv_fail(DSV_EUSAGE,
			     "a table cannot hold this value as it is");
}

int dsv_rewrite_csv_source(const struct dsv_record *record, char delimiter,
			   long column, struct dsv_bytes_at *out)
{
	struct raw_cells raw = {NULL, 0, 0};
	int rc = 0;

	split(&raw, record->source, record->source_len, delimiter);
	if (column < 0 || (size_t)column >= raw.n)
		rc = dsv_fail(DSV_ENOTFOUND, "the record has no such field");
	else
		*out = raw.items[column];
	free(raw.items);
	return rc;
}

int dsv_rewrite_csv(const struct dsv_strlist *columns, char delimiter,
		    const struct dsv_record *record,
		    const struct dsv_edit *edits, size_t n, struct dsv_buf *out)
{
	const struct proof proof = {record, columns->n, edits, n, delimiter};
	struct raw_cells raw = {NULL, 0, 0};
	size_t from = out->len;
	int rc;

	if (record)
		split(&raw, record->source, record->source_len, delimiter);
	rc = record && raw.n != columns->n
		     ? dsv_fail(DSV_ECORRUPT,
				"line %llu: more or fewer "
				"fields than columns",
				(unsigned long long)record->line)
		     : join(out, record ? &raw : NULL, columns->n, edits, n,
			    delimiter);
	free(raw.items);
	if (rc < 0)
		return rc;
	keep_line(out, from);
	return prove(out, from, &proof);
}
