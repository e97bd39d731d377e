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

static long find_column(struct dsv_json_object *object, const char *p,
			const char *end, bool add)
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
	if (!add || i == DSV_NAMES_MAX)
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

/* An object on its way into fields. */
struct passage {
	const char *p;
	const char *end;
	size_t guess; /* the column that comes next in most objects */
	unsigned issues;
	bool may_add;	  /* columns, since the whole is known to be sound */
	bool has_unknown; /* names that had to wait for that */
};

static void store(struct dsv_json_object *object, struct passage *pass,
		  long column, const char *value, const char *behind)
{
	struct dsv_field *field;

	if (column < 0) {
		pass->has_unknown |= !pass->may_add;
		pass->issues |= DSV_ISSUE_RAGGED;
		return;
	}
	clear(object);
	field = &object->fields[column];
	if (field->kind != DSV_FIELD_MISSING)
		pass->issues |= DSV_ISSUE_REPEATED_FIELD;
	pass->guess = (size_t)column + 1;
	if (object->wanted[column])
		dsv_json_field(&object->work, value, behind, &object->text,
			       field);
	else /* seen, so that a second one is noticed; MISSING at the end */
		field->kind = DSV_FIELD_TEXT;
}

/* The member at hand; false: it is none. */
static bool read_member(struct dsv_json_object *object, struct passage *pass)
{
	const char *name = pass->p + 1;
	const char *end = pass->end;
	const char *value, *behind;
	long column = (long)pass->guess;

	if (pass->p == end || *pass->p != '"')
		return false;
	behind = dsv_json_string(name, end);
	value = behind ? dsv_json_colon(behind, end) : NULL;
	if (!value)
		return false;
	if (!is_column(object, pass->guess, name, behind - 1))
		column = find_column(object, name, behind - 1, pass->may_add);
	behind = dsv_json_value(value, end);
	if (!behind)
		return false;
	store(object, pass, column, value, behind);
	pass->p = dsv_json_blanks(behind, end);
	return true;
}

/* All of the object at hand, to the end of the text; false: it is none. */
static bool read_members(struct dsv_json_object *object, struct passage *pass)
{
	const char *end = pass->end;

	if (pass->p == end || *pass->p != '{')
		return false;
	pass->p = dsv_json_blanks(pass->p + 1, end);
	if (pass->p < end && *pass->p == '}')
		return dsv_json_blanks(pass->p + 1, end) == end;
	while (read_member(object, pass) && pass->p < end) {
		if (*pass->p == '}')
			return dsv_json_blanks(pass->p + 1, end) == end;
		if (*pass->p != ',')
			return false;
		pass->p = dsv_json_blanks(pass->p + 1, end);
	}
	return false;
}

static bool read_object(struct dsv_json_object *object, const char *text,
			size_t len, bool may_add, struct passage *pass)
{
	*pass = (struct passage){
		.p = dsv_json_blanks(text, text + len),
		.end = text + len,
		.may_add = may_add,
	};
	dsv_buf_reset(&object->text);
	object->work.repeated = false;
	object->n_cleared = 0;
	clear(object);
	return read_members(object, pass);
}

void dsv_json_object_read(struct dsv_json_object *object, const char *text,
			  size_t len, struct dsv_record *record)
{
	struct passage pass;
	bool sound;

	record->issues |= dsv_text_issues(text, len);
	/* what a field cannot lend from the source is never longer than it */
	dsv_buf_reset(&object->text);
	dsv_buf_reserve(&object->text, len + 1);
	sound = read_object(object, text, len, false, &pass);
	if (sound && pass.has_unknown)
		sound = read_object(object, text, len, true, &pass);
	if (!sound) {
		record->issues |= DSV_ISSUE_NOT_JSON;
		return;
	}
	record->issues |= pass.issues;
	if (object->work.repeated)
		record->issues |= DSV_ISSUE_REPEATED_FIELD;
	record->fields = object->fields;
	record->n_fields = object->columns->n;
	for (size_t i = 0; object->only && i < record->n_fields; i++)
		if (!object->wanted[i])
			object->fields[i].kind = DSV_FIELD_MISSING;
	if (pass.issues & DSV_ISSUE_RAGGED)
		object->fields[record->n_fields++] =
			(struct dsv_field){text, len, DSV_FIELD_TEXT};
}
