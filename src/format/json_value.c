#include "format/json_value.h"

#include <string.h>

#include "format/scan.h"

static const char *value(const char *p, const char *end, int depth);

const char *dsv_json_blanks(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
		p++;
	return p;
}

static bool is_digit(char ch)
{
	return ch >= '0' && ch <= '9';
}

static bool is_hex(char ch)
{
	return is_digit(ch) || (ch >= 'a' && ch <= 'f') ||
	       (ch >= 'A' && ch <= 'F');
}

/* Behind the escape whose backslash is before p. */
static const char *escape(const char *p, const char *end)
{
	if (p == end)
		return NULL;
	if (*p != 'u')
		return *p && strchr("\"\\/bfnrt", *p) ? p + 1 : NULL;
	if (end - p < 5 || !is_hex(p[1]) || !is_hex(p[2]) || !is_hex(p[3]) ||
	    !is_hex(p[4]))
		return NULL;
	return p + 5;
}

const char *dsv_json_string(const char *p, const char *end)
{
	for (;;) {
		p = dsv_find_json(p, end);
		if (p == end)
			return NULL;
		if (*p == '"')
			return p + 1;
		if (*p != '\\')
			return NULL;
		p = escape(p + 1, end);
		if (!p)
			return NULL;
	}
}

static const char *digits(const char *p, const char *end)
{
	const char *first = p;

	while (p < end && is_digit(*p))
		p++;
	return p > first ? p : NULL;
}

static const char *number(const char *p, const char *end)
{
	if (*p == '-')
		p++;
	if (p < end && *p == '0')
		p++;
	else
		p = digits(p, end);
	if (p && p < end && *p == '.')
		p = digits(p + 1, end);
	if (p && p < end && (*p == 'e' || *p == 'E')) {
		p++;
		if (p < end && (*p == '+' || *p == '-'))
			p++;
		p = digits(p, end);
	}
	return p;
}

static const char *literal(const char *p, const char *end, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(end - p) < len || memcmp(p, word, len) != 0)
		return NULL;
	return p + len;
}

const char *dsv_json_colon(const char *p, const char *end)
{
	p = dsv_json_blanks(p, end);
	if (p == end || *p != ':')
		return NULL;
	return dsv_json_blanks(p + 1, end);
}

/* Behind the name and colon at p. */
static const char *name(const char *p, const char *end)
{
	if (p == end || *p != '"')
		return NULL;
	p = dsv_json_string(p + 1, end);
	return p ? dsv_json_colon(p, end) : NULL;
}

/* Behind the object or array whose opening bracket is before p. */
static const char *members(const char *p, const char *end, char close,
			   int depth)
{
	if (depth > DSV_JSON_DEPTH_MAX)
		return NULL;
	p = dsv_json_blanks(p, end);
	if (p < end && *p == close)
		return p + 1;
	for (;;) {
		if (close == '}') {
			p = name(p, end);
			if (!p)
				return NULL;
		}
		p = value(p, end, depth);
		if (!p)
			return NULL;
		p = dsv_json_blanks(p, end);
		if (p == end || (*p != ',' && *p != close))
			return NULL;
		if (*p == close)
			return p + 1;
		p = dsv_json_blanks(p + 1, end);
	}
}

static const char *value(const char *p, const char *end, int depth)
{
	if (p == end)
		return NULL;
	switch (*p) {
	case '"':
		return dsv_json_string(p + 1, end);
	case '{':
		return members(p + 1, end, '}', depth + 1);
	case '[':
		return members(p + 1, end, ']', depth + 1);
	case 't':
		return literal(p, end, "true");
	case 'f':
		return literal(p, end, "false");
	case 'n':
		return literal(p, end, "null");
	}
	return number(p, end);
}

const char *dsv_json_value(const char *p, const char *end)
{
	return value(p, end, 0);
}

static bool ends_scalar(char ch)
{
	return ch == ',' || ch == '}' || ch == ']' || (unsigned char)ch <= ' ';
}

static const char *pass_string(const char *p, const char *end)
{
	while (*(p = dsv_find_json(p, end)) != '"')
		p += 2;
	return p + 1;
}

static const char *pass_brackets(const char *p, const char *end)
{
	int depth = 0;

	do {
		char ch = *p++;

		if (ch == '"')
			p = pass_string(p, end);
		else if (ch == '{' || ch == '[')
			depth++;
		else if (ch == '}' || ch == ']')
			depth--;
	} while (depth > 0);
	return p;
}

const char *dsv_json_pass(const char *p, const char *end)
{
	if (*p == '"')
		return pass_string(p + 1, end);
	if (*p == '{' || *p == '[')
		return pass_brackets(p, end);
	while (p < end && !ends_scalar(*p))
		p++;
	return p;
}
