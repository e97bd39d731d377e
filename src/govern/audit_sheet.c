#include "govern/audit_private.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "base/atomic.h"
#include "base/fs.h"

/*
 * Cells that a spreadsheet would run as a formula get an apostrophe in front,
 * as OWASP advises ("CSV Injection"); numbers are left as they are.
 */
#define DATA_PREFIX "data."

bool dsv_sheet_is_formula(const char *text)
{
	const char *p = text;

	if (!*p || !strchr("=+-@\t\r\n", *p))
		return false;
	if (*p != '+' && *p != '-')
		return true;
	p++;
	return !*p || p[strspn(p, "0123456789.")] != '\0';
}

static void add_name(struct dsv_sheet_columns *out, const char *name,
		     long field)
{
	out->fields = dsv_realloc(out->fields, out->names.n + 1,
				  sizeof(*out->fields));
	out->fields[out->names.n] = field;
	dsv_strlist_add(&out->names, name);
}

static bool shows_stratum(const struct dsv_statement_plan *plan)
{
	return plan->by && !(plan->blind && strcmp(plan->by, plan->field) == 0);
}

/* The column that the field is, or is inside of (a JSON Pointer). */
static bool holds_field(const char *column, const char *field)
{
	const size_t len = strlen(column);

	if (strcmp(column, field) == 0)
		return true;
	return field[0] == '/' && strncmp(field + 1, column, len) == 0 &&
	       (field[1 + len] == '/' || field[1 + len] == '\0');
}

void dsv_sheet_columns_set(struct dsv_sheet_columns *out,
			   const struct dsv_statement_plan *plan,
			   const struct dsv_audit_sample *sample)
{
	add_name(out, "address", -1);
	if (shows_stratum(plan))
		add_name(out, "stratum", -1);
	for (size_t i = 0; i < sample->columns.n; i++) {
		char *name DSV_AUTO(str) =
			dsv_strf(DATA_PREFIX "%s", sample->columns.items[i]);

		if (!plan->blind ||
		    !holds_field(sample->columns.items[i], plan->field))
			add_name(out, name, (long)i);
	}
	if (!plan->blind)
		add_name(out, "label", -1);
	add_name(out, "answer", -1);
	add_name(out, "cause", -1);
	add_name(out, "note", -1);
}

void dsv_sheet_columns_release(struct dsv_sheet_columns *columns)
{
	dsv_strlist_release(&columns->names);
	free(columns->fields);
	columns->fields = NULL;
}

const char *dsv_sheet_value(const struct dsv_sheet_columns *columns, size_t i,
			    const struct dsv_statement_plan *plan,
			    const struct dsv_audit_record *record)
{
	const char *name = columns->names.items[i];

	if (columns->fields[i] >= 0)
		return record->fields.items[columns->fields[i]];
	if (strcmp(name, "address") == 0)
		return record->address;
	if (strcmp(name, "stratum") == 0)
		return plan->strata[record->stratum].name;
	if (strcmp(name, "label") == 0)
		return record->label;
	return "";
}

static void add_cell(struct dsv_buf *out, const char *text)
{
	const bool guard = dsv_sheet_is_formula(text);

	if (!guard && !strpbrk(text, ",\"\r\n;\t ")) {
		dsv_buf_addstr(out, text);
		return;
	}
	dsv_buf_addch(out, '"');
	if (guard)
		dsv_buf_addch(out, '\'');
	for (; *text; text++) {
		if (*text == '"')
			dsv_buf_addch(out, '"');
		dsv_buf_addch(out, *text);
	}
	dsv_buf_addch(out, '"');
}

void dsv_audit_sheet(const struct dsv_statement_plan *plan,
		     const struct dsv_audit_sample *sample, struct dsv_buf *out)
{
	struct dsv_sheet_columns columns DSV_AUTO(sheet_columns) = {
		.fields = NULL};

	dsv_sheet_columns_set(&columns, plan, sample);
	for (size_t i = 0; i < columns.names.n; i++) {
		if (i > 0)
			dsv_buf_addch(out, ',');
		add_cell(out, columns.names.items[i]);
	}
	dsv_buf_addch(out, '\n');
	for (size_t k = 0; k < sample->n; k++) {
		for (size_t i = 0; i < columns.names.n; i++) {
			if (i > 0)
				dsv_buf_addch(out, ',');
			add_cell(out, dsv_sheet_value(&columns, i, plan,
						      &sample->items[k]));
		}
		dsv_buf_addch(out, '\n');
	}
}

int dsv_audit_sheet_write(const struct dsv_statement_plan *plan,
			  const struct dsv_audit_sample *sample,
			  const char *path)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	if (dsv_fs_exists(path)) {
		dsv_fail(DSV_EEXISTS, "'%s' is there already", path);
		return dsv_hint(DSV_EEXISTS,
				"a sheet that may be filled is never written "
				"over: move it away first");
	}
	dsv_audit_sheet(plan, sample, &text);
	return dsv_atomic_put(path, text.data, text.len, 0666);
}
