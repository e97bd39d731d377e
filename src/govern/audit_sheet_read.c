#include "govern/audit_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>
#include <dsv/text.h>

#include "base/alloc.h"
#include "base/stream.h"
#include "format/format.h"
#include "govern/population.h"

#define FAULTS_MAX  100u /* that are told one by one */
#define LABELS_TOLD 8u

struct sheet {
	const struct dsv_audit_reading *in;
	struct dsv_strlist *faults;
	size_t n_faults;
	struct dsv_sheet_columns columns;
	long *places;		    /* of each of columns in the file */
	struct dsv_map addresses;   /* place in the sample + 1 */
	uint64_t *lines;	    /* where each record of the sample stands */
	struct dsv_audit_row *rows; /* as the sample */
};

static void sheet_release(struct sheet *sheet)
{
	for (size_t i = 0; sheet->rows && i < sheet->in->sample->n; i++) {
		free(sheet->rows[i].address);
		free(sheet->rows[i].answer);
		free(sheet->rows[i].cause);
		free(sheet->rows[i].note);
	}
	free(sheet->rows);
	free(sheet->places);
	free(sheet->lines);
	dsv_map_release(&sheet->addresses);
	dsv_sheet_columns_release(&sheet->columns);
}

__attribute__((format(printf, 3, 4))) static void
fault(struct sheet *sheet, uint64_t line, const char *fmt, ...)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	char words[1024];
	va_list args;

	if (sheet->n_faults++ >= FAULTS_MAX)
		return;
	va_start(args, fmt);
	vsnprintf(words, sizeof(words), fmt, args);
	va_end(args);
	dsv_buf_addf(&text, "%s:%llu: ", sheet->in->name,
		     (unsigned long long)line);
	dsv_add_shown(&text, words, strlen(words));
	dsv_strlist_add(sheet->faults, dsv_buf_str(&text));
}

/* Columns are known by name: a spreadsheet may have moved them. */
static void find_columns(struct sheet *sheet, const struct dsv_strlist *header)
{
	const struct dsv_strlist *names = &sheet->columns.names;

	sheet->places = dsv_alloc_zero(names->n + 1, sizeof(*sheet->places));
	for (size_t i = 0; i < names->n; i++) {
		sheet->places[i] = dsv_strlist_find(header, names->items[i]);
		if (sheet->places[i] < 0)
			fault(sheet, 1, "column '%s' is missing%s",
			      names->items[i],
			      header->n == 1 && strchr(header->items[0], ';')
				      ? " (save it with commas, not semicolons)"
				      : "");
	}
	for (size_t i = 0; i < header->n; i++)
		if (dsv_strlist_find(names, header->items[i]) < 0)
			fault(sheet, 1, "column '%s' is not the sheet's",
			      header->items[i]);
}

/* What was typed, without the apostrophe that keeps it from being a formula,
 * and with one kind of line end. */
static void plain_text(struct dsv_buf *out, const struct dsv_field *field)
{
	const char *text = field->text;
	size_t len = field->len;
	char *guarded DSV_AUTO(str) = NULL;

	dsv_buf_reset(out);
	if (len > 1 && text[0] == '\'') {
		guarded = dsv_strndup(text + 1, len - 1);
		if (dsv_sheet_is_formula(guarded)) {
			text++;
			len--;
		}
	}
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\r')
			dsv_buf_addch(out, '\n');
		if (text[i] != '\r' &&
		    !(text[i] == '\n' && i > 0 && text[i - 1] == '\r'))
			dsv_buf_addch(out, text[i]);
	}
}

static char *cell(const struct sheet *sheet, const char *name,
		  const struct dsv_record *record)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	long i = dsv_strlist_find(&sheet->columns.names, name);

	plain_text(&text, dsv_record_field(record, sheet->places[i]));
	return dsv_buf_detach(&text);
}

static bool is_writable(const char *name)
{
	return strcmp(name, "answer") == 0 || strcmp(name, "cause") == 0 ||
	       strcmp(name, "note") == 0;
}

static bool same_cell(const struct dsv_field *found, const char *expected)
{
	struct dsv_buf a DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf b DSV_AUTO(buf) = DSV_BUF_INIT;
	const struct dsv_field want = {expected, strlen(expected),
				       DSV_FIELD_TEXT};

	plain_text(&a, found);
	plain_text(&b, &want);
	return a.len == b.len &&
	       (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static void check_copied(struct sheet *sheet, const struct dsv_record *record,
			 const struct dsv_audit_record *of)
{
	const struct dsv_strlist *names = &sheet->columns.names;

	for (size_t i = 0; i < names->n; i++) {
		const struct dsv_field *found =
			dsv_record_field(record, sheet->places[i]);
		const char *expected = dsv_sheet_value(&sheet->columns, i,
						       sheet->in->plan, of);

		if (is_writable(names->items[i]) || same_cell(found, expected))
			continue;
		fault(sheet, record->line,
		      "'%s' was edited: it was '%.40s', not '%.*s'",
		      names->items[i], expected,
		      (int)(found->len < 40 ? found->len : 40), found->text);
	}
}

static void add_known(struct dsv_buf *out, const struct dsv_strlist *labels)
{
	for (size_t i = 0; i < labels->n && i < LABELS_TOLD; i++)
		dsv_buf_addf(out, "%s%s", i ? ", " : "", labels->items[i]);
	if (labels->n > LABELS_TOLD)
		dsv_buf_addf(out, " and %zu more", labels->n - LABELS_TOLD);
}

static void check_answer(struct sheet *sheet, uint64_t line, const char *answer)
{
	const struct dsv_strlist *labels = sheet->in->labels;
	struct dsv_buf known DSV_AUTO(buf) = DSV_BUF_INIT;
	const char *near;

	if (!*answer) {
		fault(sheet, line, "no answer");
		return;
	}
	if (!labels || strcmp(answer, DSV_POPULATION_NULL) == 0 ||
	    dsv_strlist_find(labels, answer) >= 0)
		return;
	near = dsv_nearest(answer, labels);
	add_known(&known, labels);
	if (near)
		fault(sheet, line, "'%s' is no known label: did you mean '%s'?",
		      answer, near);
	else
		fault(sheet, line, "'%s' is no known label: %s", answer,
		      dsv_buf_str(&known));
}

static bool is_text(const struct dsv_record *record)
{
	return !(record->issues &
		 (DSV_ISSUE_BAD_UTF8 | DSV_ISSUE_NUL | DSV_ISSUE_TOO_LONG |
		  DSV_ISSUE_BAD_QUOTING | DSV_ISSUE_RAGGED));
}

static void take_row(struct sheet *sheet, const struct dsv_record *record)
{
	char *address DSV_AUTO(str) = NULL;
	const struct dsv_map_entry *at;
	struct dsv_audit_row *row;

	if (!is_text(record)) {
		fault(sheet, record->line,
		      "a row that is not well formed, or not UTF-8");
		return;
	}
	address = cell(sheet, "address", record);
	at = dsv_map_get(&sheet->addresses, address, strlen(address));
	if (!at) {
		fault(sheet, record->line, "'%s' is not in the sample",
		      address);
		return;
	}
	if (sheet->lines[at->value - 1]) {
		fault(sheet, record->line, "'%s' stands on line %llu too",
		      address, (unsigned long long)sheet->lines[at->value - 1]);
		return;
	}
	sheet->lines[at->value - 1] = record->line;
	check_copied(sheet, record, &sheet->in->sample->items[at->value - 1]);
	row = &sheet->rows[at->value - 1];
	row->address = dsv_take(&address);
	row->answer = cell(sheet, "answer", record);
	row->cause = cell(sheet, "cause", record);
	row->note = cell(sheet, "note", record);
	check_answer(sheet, record->line, row->answer);
}

static int read_rows(struct sheet *sheet, struct dsv_reader *reader)
{
	struct dsv_record record;
	uint64_t last = 1;
	int rc;

	while ((rc = dsv_reader_next(reader, &record)) > 0) {
		take_row(sheet, &record);
		last = record.line;
	}
	for (size_t i = 0; rc == 0 && i < sheet->in->sample->n; i++)
		if (!sheet->lines[i])
			fault(sheet, last, "the row of '%s' is missing",
			      sheet->in->sample->items[i].address);
	return rc;
}

static int read_sheet(struct sheet *sheet, const char *data, size_t len)
{
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	struct dsv_reader *reader DSV_AUTO(reader) = NULL;
	int rc;

	dsv_stream_of_memory(&in, data, len);
	rc = dsv_reader_open(&reader, dsv_format_named("csv"), in, NULL);
	if (rc < 0)
		return rc;
	find_columns(sheet, dsv_reader_columns(reader));
	if (sheet->n_faults == 0)
		rc = read_rows(sheet, reader);
	if (sheet->n_faults > FAULTS_MAX) {
		char *more DSV_AUTO(str) =
			dsv_strf("%s: and %zu faults more", sheet->in->name,
				 sheet->n_faults - FAULTS_MAX);

		dsv_strlist_add(sheet->faults, more);
	}
	return rc;
}

int dsv_audit_read_sheet(const struct dsv_audit_reading *in, const char *data,
			 size_t len, struct dsv_statement_result *out,
			 struct dsv_strlist *faults)
{
	struct sheet sheet __attribute__((cleanup(sheet_release))) = {
		.in = in, .faults = faults};
	int rc;

	dsv_sheet_columns_set(&sheet.columns, in->plan, in->sample);
	sheet.rows = dsv_alloc_zero(in->sample->n + 1, sizeof(*sheet.rows));
	sheet.lines = dsv_alloc_zero(in->sample->n + 1, sizeof(*sheet.lines));
	for (size_t i = 0; i < in->sample->n; i++) {
		const char *address = in->sample->items[i].address;

		dsv_map_put(&sheet.addresses, address, strlen(address))->value =
			i + 1;
	}
	rc = read_sheet(&sheet, data, len);
	if (rc < 0)
		return rc;
	if (sheet.n_faults > 0)
		return dsv_fail(DSV_EREFUSED, "%zu %s in '%s': nothing signed",
				sheet.n_faults,
				sheet.n_faults == 1 ? "fault" : "faults",
				in->name);
	out->rows = sheet.rows;
	out->n_rows = in->sample->n;
	sheet.rows = NULL;
	return 0;
}
