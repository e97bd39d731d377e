#include "format/json_object.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "format/checks.h"
#include "format/json_pointer.h"

static bool is_wanted(const struct dsv_json_object *object, const char *name)
{
	struct dsv_buf head DSV_AUTO(buf) = DSV_BUF_INIT;

	if (!object->only || dsv_strlist_find(object->only, name) >= 0)
		return true;
	for (size_t i = 0; i < object->only->n; i++) {
		dsv_buf_reset(&head);
		if (dsv_json_pointer_head(object->only->items[i], &head) &&
		    strcmp(dsv_buf_str(&head), name) == 0)
			return true;
	}
	return false;
}

/* What is kept for each column beside its name. */
static void note_column(struct dsv_json_object *object, size_t i)
{
	const char *name = object->columns->items[i];

	dsv_map_put(&object->names, name, strlen(name))->value = i;
	/* one more, for the source of an object with too many names */
	DSV_GROW(object->fields, object->cap, i + 2);
	DSV_GROW(object->wanted, object->cap_wanted, i + 1);
	object->wanted[i] = is_wanted(object, name);
}

void dsv_json_object_init(struct dsv_json_object *object,
			  struct dsv_strlist *columns,
			  const struct dsv_strlist *only)
{
	*object = (struct dsv_json_object){.columns = columns, .only = only};
	DSV_GROW(object->fields, object->cap, 1);
	for (size_t i = 0; i < columns->n; i++)
		note_column(object, i);
}

void dsv_json_object_release(struct dsv_json_object *object)
{
	dsv_map_release(&object->names);
	free(object->fields);
	free(object->wanted);
	dsv_buf_release(&object->text);
	dsv_buf_release(&object->name);
	dsv_json_work_release(&object->work);
}

/* A column's name is a C string: one that holds a NUL, or a surrogate without
 * partner, is written with its escapes. */
static void set_name(struct dsv_buf *name, const char *p, const char *end)
{
	dsv_buf_reset(name);
	if (!dsv_json_decode(p, end, name) ||
	    strlen(dsv_buf_str(name)) < name->len) {
		dsv_buf_reset(name);
		dsv_json_requote(p, end, name);
	}
}

/* The column of a name, made where there is none; -1: there are too many. */
static long find_column(struct dsv_json_object *object, const char *p,
			const char *end)
{
	const char *name = p;
	size_t len = (size_t)(end - p);
	struct dsv_map_entry *entry;
	size_t i = object->columns->n;

	if (memchr(p, '\\', len)) {
		set_name(&object->name, p, end);
		name = dsv_buf_str(&object->name);
		len = object->name.len;
	}
	entry = dsv_map_get(&object->names, name, len);
	if (entry)
		return (long)entry->value;
	if (i == DSV_NAMES_MAX)
		return -1;
	dsv_strlist_addn(object->columns, name, len);
	note_column(object, i);
	return (long)i;
}

static bool is_column(const struct dsv_json_object *object, size_t i,
		      const char *p, const char *end)
{
	size_t len = (size_t)(end - p);
	const char *name;

	if (i >= object->columns->n)
		return false;
	name = object->columns->items[i];
	return strncmp(name, p, len) == 0 && name[len] == 0;
}

static void clear(struct dsv_json_object *object)
{
	for (; object->n_cleared < object->columns->n; object->n_cleared++)
		object->fields[object->n_cleared] =
			(struct dsv_field){"", 0, DSV_FIELD_MISSING};
}

/* The member at p, behind the last one's comma; returns what is behind it. */
static const char *read_member(struct dsv_json_object *object, const char *p,
			       const char *end, size_t guess, long *out_column,
			       unsigned *issues)
{
	const char *name = p + 1;
	const char *stop = dsv_json_string(name, end) - 1;
	struct dsv_field *field;
	long i;

	i = is_column(object, guess, name, stop)
		    ? (long)guess
		    : find_column(object, name, stop);
	p = dsv_json_blanks(dsv_json_blanks(stop + 1, end) + 1, end);
	*out_column = i;
	clear(object);
	if (i < 0) {
		*issues |= DSV_ISSUE_RAGGED;
		return dsv_json_pass(p);
	}
	field = &object->fields[i];
	if (field->kind != DSV_FIELD_MISSING)
		*issues |= DSV_ISSUE_REPEATED_FIELD;
	if (object->wanted[i])
		return dsv_json_field(&object->work, p, &object->text, field);
	/* seen, so that a second one is noticed; made MISSING at the end */
	field->kind = DSV_FIELD_TEXT;
	return dsv_json_pass(p);
}

static void read_members(struct dsv_json_object *object, const char *p,
			 const char *end, unsigned *issues)
{
	size_t guess = 0;

	p = dsv_json_blanks(p + 1, end);
	while (*p != '}') {
		long column;

		if (*p == ',')
			p = dsv_json_blanks(p + 1, end);
		p = read_member(object, p, end, guess, &column, issues);
		guess = (size_t)(column + 1);
		p = dsv_json_blanks(p, end);
	}
}

static bool is_object(const char *text, const char *end)
{
	const char *p = dsv_json_blanks(text, end);

	if (p == end || *p != '{')
		return false;
	p = dsv_json_value(p, end);
	return p && dsv_json_blanks(p, end) == end;
}

void dsv_json_object_read(struct dsv_json_object *object, const char *text,
			  size_t len, struct dsv_record *record)
{
	const char *end = text + len;

	record->issues |= dsv_text_issues(text, len);
	if (!is_object(text, end)) {
		record->issues |= DSV_ISSUE_NOT_JSON;
		return;
	}
	/* what a field cannot lend from the source is never longer than it */
	dsv_buf_reset(&object->text);
	dsv_buf_reserve(&object->text, len + 1);
	object->work.repeated = false;
	object->n_cleared = 0;
	clear(object);
	read_members(object, dsv_json_blanks(text, end), end, &record->issues);
	clear(object);
	if (object->work.repeated)
		record->issues |= DSV_ISSUE_REPEATED_FIELD;
	record->fields = object->fields;
	record->n_fields = object->columns->n;
	for (size_t i = 0; object->only && i < record->n_fields; i++)
		if (!object->wanted[i])
			object->fields[i].kind = DSV_FIELD_MISSING;
	if (record->issues & DSV_ISSUE_RAGGED)
		object->fields[record->n_fields++] =
			(struct dsv_field){text, len, DSV_FIELD_TEXT};
}
