#include "format/json_pointer.h"

#include <string.h>

#include "format/json_value.h"

const char *dsv_json_pointer_head(const char *pointer, struct dsv_buf *out_name)
{
	if (*pointer != '/')
		return NULL;
	for (pointer++; *pointer && *pointer != '/'; pointer++) {
		char ch = *pointer;

		if (ch == '~' && (pointer[1] == '0' || pointer[1] == '1'))
			ch = *++pointer == '0' ? '~' : '/';
		dsv_buf_addch(out_name, ch);
	}
	return pointer;
}

/* Behind the string at p, a canonical one. */
static const char *behind_string(const char *p)
{
	for (p++; *p != '"'; p++)
		p += *p == '\\';
	return p + 1;
}

static bool is_named(const char *p, const char *end, const struct dsv_buf *name)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	size_t len = (size_t)(end - p);

	if (!memchr(p, '\\', len))
		return len == name->len &&
		       memcmp(p, dsv_buf_str(name), len) == 0;
	dsv_json_decode(p, end, &text);
	return text.len == name->len &&
	       memcmp(text.data, dsv_buf_str(name), text.len) == 0;
}

/* "0", "17"; no sign, no leading zero. */
static bool to_index(const struct dsv_buf *name, size_t *out)
{
	size_t value = 0;

	if (name->len == 0 || name->len > 9 ||
	    (name->data[0] == '0' && name->len > 1))
		return false;
	for (size_t i = 0; i < name->len; i++) {
		if (name->data[i] < '0' || name->data[i] > '9')
			return false;
		value = value * 10 + (size_t)(name->data[i] - '0');
	}
	*out = value;
	return true;
}

/* Canonical text has no blanks: a member begins right behind a bracket or
 * comma, a value right behind its colon. */
static const char *in_object(const char *p, const char *end,
			     const struct dsv_buf *name)
{
	for (p++; *p != '}'; p += *p == ',') {
		const char *behind = behind_string(p);

		if (is_named(p + 1, behind - 1, name))
			return behind + 1;
		p = dsv_json_pass(behind + 1, end);
	}
	return NULL;
}

static const char *in_array(const char *p, const char *end,
			    const struct dsv_buf *name)
{
	size_t i;

	if (!to_index(name, &i))
		return NULL;
	for (p++; *p != ']'; p += *p == ',') {
		if (i-- == 0)
			return p;
		p = dsv_json_pass(p, end);
	}
	return NULL;
}

void dsv_json_pointer(const struct dsv_field *field, const char *pointer,
		      struct dsv_buf *text, struct dsv_field *out)
{
	struct dsv_json_work work DSV_AUTO(json_work) = DSV_JSON_WORK_INIT;
	struct dsv_buf name DSV_AUTO(buf) = DSV_BUF_INIT;
	const char *p = field->text;
	const char *end = p + field->len;

	if (!*pointer) {
		*out = *field;
		return;
	}
	*out = (struct dsv_field){"", 0, DSV_FIELD_MISSING};
	if (field->kind != DSV_FIELD_JSON)
		return;
	while (*pointer) {
		dsv_buf_reset(&name);
		pointer = dsv_json_pointer_head(pointer, &name);
		if (!pointer || (*p != '{' && *p != '['))
			return;
		p = *p == '{' ? in_object(p, end, &name)
			      : in_array(p, end, &name);
		if (!p)
			return;
	}
	dsv_json_field(&work, p, dsv_json_pass(p, end), text, out);
}
