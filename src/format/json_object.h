#ifndef FORMAT_JSON_OBJECT_H
#define FORMAT_JSON_OBJECT_H

#include <dsv/strlist.h>

#include "base/map.h"
#include "format/json_value.h"

/*
 * JSON objects as records: each name is a column, in the order of first sight.
 *
 * Objects of one file mostly have the same names in the same order, so the
 * column behind the last one is tried before the name is looked up.
 */
struct dsv_json_object {
	struct dsv_strlist *columns; /* the reader's */
	const struct dsv_strlist *only;
	struct dsv_map names; /* column number by name */
	struct dsv_field *fields;
	bool *wanted;
	size_t cap;
	size_t cap_wanted;
	size_t n_cleared; /* fields that are MISSING before a record */
	struct dsv_buf text;
	struct dsv_buf name;
	struct dsv_json_work work;
};

/** Borrows columns, which may hold some already; only may be NULL and is
 * borrowed as well. */
void dsv_json_object_init(struct dsv_json_object *object,
			  struct dsv_strlist *columns,
			  const struct dsv_strlist *only);
void dsv_json_object_release(struct dsv_json_object *object);

/**
 * Read [text, text + len) into the record's fields and issues.
 *
 * What is not one object has NOT_JSON and no fields.
 */
void dsv_json_object_read(struct dsv_json_object *object, const char *text,
			  size_t len, struct dsv_record *record);

#endif
