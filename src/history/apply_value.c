#include "history/apply_value.h"

#include <string.h>

#include "format/json_value.h"
#include "history/layout.h"

void dsv_apply_see(struct dsv_apply_seen *seen, const struct dsv_field *field)
{
	if (field->kind == DSV_FIELD_TEXT)
		seen->text = true;
	else if (!dsv_field_is_absent(field))
		seen->json = true;
}

static bool is_container(char first)
{
	return first == '{' || first == '[';
}

/* The canonical form of what is JSON in full and no string. */
static bool read_json(const struct dsv_field *given, struct dsv_buf *text)
{
	struct dsv_json_work work DSV_AUTO(json_work) = {0};
	const char *end = given->text + given->len;
	const char *from = dsv_json_blanks(given->text, end);
	const char *behind;

	if (from == end || *from == '"')
		return false;
	behind = dsv_json_value(from, end);
	if (!behind || dsv_json_blanks(behind, end) != end)
		return false;
	dsv_buf_reset(text);
	dsv_json_canon(&work, from, end, text);
	return true;
}

static void set(struct dsv_field *out, enum dsv_field_kind kind,
		const char *text, size_t len)
{
	out->kind = kind;
	out->text = text;
	out->len = len;
}

/* Of a cell: a value that is no string, where it is one of the kind that
 * belongs there. */
static void value_of_cell(const struct dsv_field *given,
			  const struct dsv_field *stands,
			  const struct dsv_apply_seen *seen,
			  struct dsv_buf *text, struct dsv_field *out)
{
	bool missing = stands->kind == DSV_FIELD_MISSING;
	bool wanted = missing ? seen->json && !seen->text
			      : stands->kind == DSV_FIELD_JSON;

	*out = *given;
	if (!wanted)
		return;
	if (given->len == 0) {
		set(out, DSV_FIELD_JSON, "null", 4);
		return;
	}
	if (!read_json(given, text))
		return;
	if (missing || dsv_field_is_absent(stands) ||
	    is_container(text->data[0]) == is_container(stands->text[0]) ||
	    strcmp(text->data, "null") == 0)
		set(out, DSV_FIELD_JSON, text->data, text->len);
}

void dsv_apply_value(const struct dsv_field *given, bool given_json,
		     const struct dsv_field *stands, bool stands_json,
		     const struct dsv_apply_seen *seen, struct dsv_buf *text,
		     struct dsv_field *out)
{
	*out = *given;
	if (!stands_json && dsv_field_is_absent(given))
		set(out, DSV_FIELD_TEXT, "", 0);
	else if (!stands_json)
		out->kind = DSV_FIELD_TEXT;
	else if (!given_json)
		value_of_cell(given, stands, seen, text, out);
}
