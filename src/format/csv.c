#include "format/csv.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/text.h>

#include "base/alloc.h"
#include "base/map.h"
#include "format/csv_cells.h"
#include "format/csv_scan.h"
#include "format/input.h"

struct csv {
	struct dsv_reader base;
	struct dsv_input input;
	struct dsv_cells cells;
	uint64_t first_line;
	uint64_t lf; /* line feeds and carriage returns so far */
	uint64_t cr;
	bool after_cr; /* the piece ended with one: a line feed belongs to it */
};

/* Until there is a line feed, carriage returns are counted (a pair brings its
 * line feed); whether there was one is known only to who reads from the start.
 */
static uint64_t line_now(const struct csv *csv)
{
	if (csv->lf > 0 || csv->first_line > 1)
		return csv->first_line + csv->lf;
	return csv->first_line + csv->cr;
}

/* Over the line end at hand, or over what the next piece brings of it. */
static void pass_line_end(struct csv *csv)
{
	struct dsv_input *input = &csv->input;

	if (!csv->after_cr && input->at < input->end && *input->at == '\r') {
		csv->after_cr = true;
		csv->cr++;
		dsv_input_skip(input, 1);
	}
	if (input->at == input->end)
		return;
	csv->after_cr = false;
	if (*input->at == '\n') {
		csv->lf++;
		dsv_input_skip(input, 1);
	}
}

static int fill(struct csv *csv)
{
	int rc;

	while ((rc = dsv_input_fill(&csv->input)) > 0) {
		struct dsv_input *input = &csv->input;

		if (csv->after_cr)
			pass_line_end(csv);
		if (input->at < input->end) {
			dsv_cells_feed(&csv->cells, input->at,
				       (size_t)(input->end - input->at));
			return 1;
		}
	}
	return rc;
}

/* The record goes on behind this piece, ends with the content, or is too
 * long. */
static int read_gathered(struct csv *csv, struct dsv_record *record)
{
	struct dsv_input *input = &csv->input;
	struct dsv_cells *cells = &csv->cells;
	struct dsv_csv_ending ending;
	struct dsv_gathered gathered;
	int rc;

	dsv_csv_ending_init(&ending, cells->delimiter);
	rc = dsv_input_gather(input, &ending.ending, &gathered);
	if (rc < 0)
		return rc;
	csv->lf += gathered.lf;
	csv->cr += gathered.cr;
	if (!gathered.too_long) {
		dsv_cells_feed(cells, gathered.data, gathered.len + 1);
		if (!dsv_cells_read(cells, gathered.data))
			dsv_cells_close(cells, gathered.data + gathered.len);
	}
	if (!gathered.too_long && cells->issues & DSV_ISSUE_TOO_LONG)
		dsv_input_stand_in(input, &gathered);
	if (gathered.too_long)
		record->issues = DSV_ISSUE_TOO_LONG;
	record->source = gathered.data;
	record->source_len = gathered.len;
	pass_line_end(csv);
	if (input->at < input->end)
		dsv_cells_feed(cells, input->at,
			       (size_t)(input->end - input->at));
	return 1;
}

static int read_in_piece(struct csv *csv, struct dsv_record *record)
{
	struct dsv_input *input = &csv->input;
	struct dsv_cells *cells = &csv->cells;
	const char *behind = dsv_cells_pass_end(cells, cells->stop);

	record->source = input->at;
	record->source_len = (size_t)(cells->stop - input->at);
	csv->lf += cells->lf + (behind[-1] == '\n');
	csv->cr += cells->cr;
	if (behind[-1] == '\r') {
		csv->after_cr = behind == input->end;
		csv->cr++;
	}
	dsv_input_skip(input, (size_t)(behind - input->at));
	return 1;
}

/* The record at hand lies in this piece and within the limits. */
static bool is_in_piece(struct csv *csv)
{
	struct dsv_cells *cells = &csv->cells;
	const char *begin = csv->input.at;

	return dsv_cells_read(cells, begin) &&
	       (size_t)(cells->stop - begin) <= DSV_RECORD_MAX &&
	       !(cells->issues & DSV_ISSUE_TOO_LONG);
}

static void check_text(const struct dsv_cells *cells, struct dsv_record *record)
{
	const char *text = record->source;
	size_t len = record->source_len;

	if (cells->high && dsv_utf8_valid(text, len) < len)
		record->issues |= DSV_ISSUE_BAD_UTF8;
	if (cells->nul && memchr(text, 0, len))
		record->issues |= DSV_ISSUE_NUL;
}

static void strip_bom(struct csv *csv, struct dsv_record *record)
{
	if (record->source_len < 3 ||
	    memcmp(record->source, DSV_CSV_BOM, 3) != 0)
		return;
	record->source += 3;
	record->source_len -= 3;
	record->offset += 3;
	csv->cells.fields[0].text += 3;
	csv->cells.fields[0].len -= 3;
}

/* The next line that is not blank, cut into cells. */
static int read_row(struct csv *csv, struct dsv_record *record)
{
	struct dsv_cells *cells = &csv->cells;
	int rc;

	do {
		if (csv->input.at == csv->input.end) {
			rc = fill(csv);
			if (rc <= 0)
				return rc;
		}
		*record = (struct dsv_record){
			.offset = csv->input.offset,
			.line = line_now(csv),
		};
		rc = is_in_piece(csv) ? read_in_piece(csv, record)
				      : read_gathered(csv, record);
		if (rc < 0)
			return rc;
		if (record->issues & DSV_ISSUE_TOO_LONG)
			return 1;
		if (record->offset == 0)
			strip_bom(csv, record);
	} while (record->source_len == 0);

	record->issues = cells->issues;
	record->fields = cells->fields;
	record->n_fields = cells->n;
	if (cells->high || cells->nul)
		check_text(cells, record);
	return 1;
}

static __attribute__((noinline)) void fill_up(struct csv *csv,
					      struct dsv_record *record)
{
	struct dsv_cells *cells = &csv->cells;
	size_t n = csv->base.columns.n;

	record->issues |= DSV_ISSUE_RAGGED;
	if (n > cells->cap)
		DSV_GROW(cells->fields, cells->cap, n);
	while (cells->n < n)
		cells->fields[cells->n++] =
			(struct dsv_field){"", 0, DSV_FIELD_MISSING};
	record->fields = cells->fields;
	record->n_fields = cells->n;
}

static int csv_next(struct dsv_reader *reader, struct dsv_record *out)
{
	struct csv *csv = (struct csv *)reader;
	int rc;

	rc = read_row(csv, out);
	if (rc > 0 && out->n_fields != reader->columns.n &&
	    !(out->issues & DSV_ISSUE_TOO_LONG))
		fill_up(csv, out);
	return rc;
}

static void csv_free(struct dsv_reader *reader)
{
	struct csv *csv = (struct csv *)reader;

	dsv_input_release(&csv->input);
	dsv_cells_release(&csv->cells);
	free(csv);
}

/* A column's name is a C string: a NUL in it is written as JSON does. */
static void set_name(struct dsv_buf *name, const struct dsv_field *field)
{
	dsv_buf_reset(name);
	for (size_t i = 0; i < field->len; i++) {
		if (field->text[i])
			dsv_buf_addch(name, field->text[i]);
		else
			dsv_buf_addstr(name, "\\u0000");
	}
}

/* The second column of a name becomes "name#2", or the next number that no
 * other column bears. */
static void add_column(struct dsv_reader *reader, struct dsv_map *names,
		       const char *name)
{
	struct dsv_map_entry *entry = dsv_map_put(names, name, strlen(name));
	struct dsv_buf numbered DSV_AUTO(buf) = DSV_BUF_INIT;

	if (entry->value++ == 0) {
		dsv_strlist_add(&reader->columns, name);
		return;
	}
	reader->issues |= DSV_ISSUE_REPEATED_COLUMN;
	for (uint64_t n = entry->value;; n++) {
		dsv_buf_reset(&numbered);
		dsv_buf_addf(&numbered, "%s#%llu", name, (unsigned long long)n);
		if (!dsv_map_get(names, numbered.data, numbered.len))
			break;
	}
	dsv_map_put(names, numbered.data, numbered.len)->value = 1;
	dsv_strlist_addn(&reader->columns, numbered.data, numbered.len);
}

static int read_header(struct csv *csv)
{
	struct dsv_map names DSV_AUTO(map) = DSV_MAP_INIT;
	struct dsv_buf name DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_record header;
	int rc;

	rc = read_row(csv, &header);
	if (rc <= 0)
		return rc;
	csv->base.issues |= header.issues;
	for (size_t i = 0; i < header.n_fields; i++) {
		set_name(&name, &header.fields[i]);
		add_column(&csv->base, &names, dsv_buf_str(&name));
	}
	return 0;
}

static int csv_open(struct dsv_reader **out, const struct dsv_format *format,
		    struct dsv_stream *in, const struct dsv_reader_opts *opts)
{
	struct dsv_reader *reader DSV_AUTO(reader) = NULL;
	struct csv *csv = dsv_alloc_zero(1, sizeof(*csv));
	int rc = 0;

	reader = &csv->base;
	reader->format = format;
	reader->next = csv_next;
	reader->free = csv_free;
	csv->first_line = opts->line;
	dsv_input_init(&csv->input, in, opts->offset);
	dsv_cells_init(&csv->cells, format == &dsv_format_tsv ? '\t' : ',');
	if (opts->columns)
		dsv_strlist_copy(&reader->columns, opts->columns);
	else
		rc = read_header(csv);
	if (rc < 0)
		return rc;
	*out = dsv_take(&reader);
	return 0;
}

static const char *const csv_extensions[] = {".csv", NULL};
static const char *const tsv_extensions[] = {".tsv", ".tab", NULL};

const struct dsv_format dsv_format_csv = {
	.name = "csv",
	.extensions = csv_extensions,
	.by_line = true,
	.has_header = true,
	.has_fields = true,
	.scan_kind = DSV_SCAN_CSV,
	.scan_version = 1,
	.step = dsv_csv_step,
	.open = csv_open,
};

const struct dsv_format dsv_format_tsv = {
	.name = "tsv",
	.extensions = tsv_extensions,
	.by_line = true,
	.has_header = true,
	.has_fields = true,
	.scan_kind = DSV_SCAN_TSV,
	.scan_version = 1,
	.step = dsv_tsv_step,
	.open = csv_open,
};
