#include <dsv/text.h>

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "base/width.h"

static bool needs_git_quotes(const char *path, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char ch = (unsigned char)path[i];

		if (ch < 0x20 || ch >= 0x7f || ch == '"' || ch == '\\')
			return true;
	}
	return false;
}

static void add_git_escaped(struct dsv_buf *out, unsigned char ch)
{
	static const char named[] = "\a\b\t\n\v\f\r\"\\";
	static const char letters[] = "abtnvfr\"\\";
	const char *at = ch ? strchr(named, ch) : NULL;

	if (at)
		dsv_buf_addf(out, "\\%c", letters[at - named]);
	else if (ch < 0x20 || ch >= 0x7f)
		dsv_buf_addf(out, "\\%03o", ch);
	else
		dsv_buf_addch(out, (char)ch);
}

void dsv_add_quoted_path(struct dsv_buf *out, const char *path, size_t len)
{
	if (!needs_git_quotes(path, len)) {
		dsv_buf_add(out, path, len);
		return;
	}
	dsv_buf_addch(out, '"');
	for (size_t i = 0; i < len; i++)
		add_git_escaped(out, (unsigned char)path[i]);
	dsv_buf_addch(out, '"');
}

/*
 * What would act on a terminal or be invisible in it: C0 and C1 controls,
 * marks and controls of direction (UAX #9), line and paragraph separator,
 * zero-width space, byte order mark, invisible operators, tags. The joiners
 * U+200C and U+200D stay, since scripts and emoji need them.
 */
static bool must_escape(uint32_t code)
{
	if (code < 0x7f)
		return code < 0x20;
	return code <= 0x9f || code == 0x61c || code == 0x200b ||
	       code == 0x200e || code == 0x200f ||
	       (code >= 0x2028 && code <= 0x202e) ||
	       (code >= 0x2060 && code <= 0x206f) || code == 0xfeff ||
	       (code >= 0xe0000 && code <= 0xe007f);
}

#define ESCAPE_MAX 11u /* "\U000e0041" and its NUL */

/* Length of what stands for an escaped code point. */
static size_t escape_code(char text[ESCAPE_MAX], uint32_t code)
{
	static const char short_names[] = "tn  r"; /* from U+0009 */

	if (code == '\t' || code == '\n' || code == '\r')
		return (size_t)snprintf(text, ESCAPE_MAX, "\\%c",
					short_names[code - '\t']);
	if (code < 0x80)
		return (size_t)snprintf(text, ESCAPE_MAX, "\\x%02x", code);
	if (code < 0x10000)
		return (size_t)snprintf(text, ESCAPE_MAX, "\\u%04x", code);
	return (size_t)snprintf(text, ESCAPE_MAX, "\\U%08x", code);
}

/* One character of text: its bytes, and either the escape that stands for it
 * (*out_escaped its length) or 0 and its width. */
static size_t show_one(const char *text, size_t len, char escape[ESCAPE_MAX],
		       size_t *out_escaped, size_t *out_width)
{
	uint32_t code;
	size_t size = dsv_utf8_decode(text, len, &code);

	*out_escaped = 0;
	if (size == 0) {
		*out_escaped = (size_t)snprintf(escape, ESCAPE_MAX, "\\x%02x",
						(unsigned char)*text);
		size = 1;
	} else if (must_escape(code)) {
		*out_escaped = escape_code(escape, code);
	}
	*out_width = *out_escaped ? *out_escaped : dsv_code_width(code);
	return size;
}

/* One of eight bytes is not plain printable ASCII: below a space, with the high
 * bit, or DEL. */
static bool has_odd(const char *text)
{
	const uint64_t each = 0x0101010101010101u;
	uint64_t w;

	memcpy(&w, text, sizeof(w));
	return ((w - 0x20 * each) | w | (w + each)) & (0x80 * each);
}

/* Bytes of plain printable ASCII at text. */
static size_t plain_run(const char *text, size_t len)
{
	size_t n = 0;

	while (len - n >= 8 && !has_odd(text + n))
		n += 8;
	while (n < len && text[n] >= 0x20 && text[n] < 0x7f)
		n++;
	return n;
}

void dsv_add_shown(struct dsv_buf *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len;) {
		size_t plain = plain_run(text + i, len - i);
		char escape[ESCAPE_MAX];
		size_t escaped;
		size_t width;
		size_t size;

		dsv_buf_add(out, text + i, plain);
		i += plain;
		if (i == len)
			return;
		size = show_one(text + i, len - i, escape, &escaped, &width);
		if (escaped)
			dsv_buf_add(out, escape, escaped);
		else
			dsv_buf_add(out, text + i, size);
		i += size;
	}
}

size_t dsv_shown_width(const char *text, size_t len)
{
	size_t columns = 0;

	for (size_t i = 0; i < len;) {
		size_t plain = plain_run(text + i, len - i);
		char escape[ESCAPE_MAX];
		size_t escaped;
		size_t width;

		columns += plain;
		i += plain;
		if (i == len)
			break;
		i += show_one(text + i, len - i, escape, &escaped, &width);
		columns += width;
	}
	return columns;
}

static void add_json_ascii(struct dsv_buf *out, unsigned char ch)
{
	static const char named[] = "\b\t\n\f\r\"\\";
	static const char letters[] = "btnfr\"\\";
	const char *at = ch ? strchr(named, ch) : NULL;

	if (at)
		dsv_buf_addf(out, "\\%c", letters[at - named]);
	else
		dsv_buf_addf(out, "\\u%04x", ch);
}

/* One of eight bytes is a quote or a backslash. */
static bool has_json_mark(const char *text)
{
	const uint64_t each = 0x0101010101010101u;
	uint64_t w, quote, slash;

	memcpy(&w, text, sizeof(w));
	quote = w ^ ('"' * each);
	slash = w ^ ('\\' * each);
	return (((quote - each) & ~quote) | ((slash - each) & ~slash)) &
	       (0x80 * each);
}

/* Bytes at text that stand in a JSON string as they are. */
static size_t json_run(const char *text, size_t len)
{
	size_t plain = 0;
	size_t n;

	while (len - plain >= 8 && !has_odd(text + plain) &&
	       !has_json_mark(text + plain))
		plain += 8;
	n = plain;
	while (n < len && (unsigned char)text[n] >= 0x20 && text[n] != '"' &&
	       text[n] != '\\')
		n++;
	return plain + dsv_utf8_valid(text + plain, n - plain);
}

void dsv_add_json_string(struct dsv_buf *out, const char *text, size_t len)
{
	size_t i = 0;

	dsv_buf_addch(out, '"');
	while (i < len) {
		size_t plain = json_run(text + i, len - i);

		dsv_buf_add(out, text + i, plain);
		i += plain;
		if (i == len)
			break;
		if ((unsigned char)text[i] < 0x80)
			add_json_ascii(out, (unsigned char)text[i]);
		else
			dsv_buf_addstr(out, "\xef\xbf\xbd");
		i++;
	}
	dsv_buf_addch(out, '"');
}
