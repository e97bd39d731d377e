#ifndef FORMAT_JSON_POINTER_H
#define FORMAT_JSON_POINTER_H

#include <stdbool.h>

#include <dsv/buf.h>
#include <dsv/record.h>

/*
 * A field inside a nested value, by RFC 6901: "/tool/args/0" is member args of
 * column tool, and of that the first element.
 *
 *	rest = dsv_json_pointer_head("/tool/args/0", &name);	"tool"
 *	field = dsv_record_field(record, column of name);
 *	dsv_json_pointer(field, rest, &text, &inner);		"/args/0"
 */

/** The column that a pointer begins with, into out_name; returns the rest, ""
 * or another pointer. NULL: it does not begin with '/'. */
const char *dsv_json_pointer_head(const char *pointer,
				  struct dsv_buf *out_name);

/**
 * The value at pointer inside field, as a field of its own; MISSING where there
 * is none. Lent from field, or from text, which is appended to and may move
 * what it gave before.
 */
void dsv_json_pointer(const struct dsv_field *field, const char *pointer,
		      struct dsv_buf *text, struct dsv_field *out);

#endif
