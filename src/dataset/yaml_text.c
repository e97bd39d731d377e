#include "dataset/yaml_text.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include <dsv/text.h>

/* Words that some readers of YAML take for something else than text. */
static bool is_word_of_yaml(const char *text)
{
	static const char *const words[] = {
		"true", "false", "null", "yes", "no", "on", "off", "y", "n"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcasecmp(text, words[i]) == 0)
			return true;
	}
	return false;
}

static bool is_plain(const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_./- ";
	size_t len = strlen(text);

	return isalpha((unsigned char)text[0]) && strspn(text, plain) == len &&
	       text[len - 1] != ' ' && !is_word_of_yaml(text);
}

/* The code point at text, which is valid UTF-8, and its length. */
static unsigned code_point(const unsigned char *text, size_t *len)
{
	if (text[0] < 0x80) {
		*len = 1;
		return text[0];
	}
	if (text[0] < 0xe0) {
		*len = 2;
		return (text[0] & 0x1fu) << 6 | (text[1] & 0x3fu);
	}
	if (text[0] < 0xf0) {
		*len = 3;
		return (text[0] & 0x0fu) << 12 | (text[1] & 0x3fu) << 6 |
		       (text[2] & 0x3fu);
	}
	*len = 4;
	return 0x10000; /* none of these needs an escape */
}

/* What YAML allows in double quotes as it is, line breaks left out. */
static bool is_printable(unsigned code)
{
	if (code < 0x20 || (code >= 0x7f && code < 0xa0))
		return false;
	return code != 0x2028 && code != 0x2029 && code != 0xfeff &&
	       code != 0xfffe && code != 0xffff;
}

static void add_quoted(struct dsv_buf *out, const char *text)
{
	const unsigned char *at = (const unsigned char *)text;
	size_t len;

	dsv_buf_addch(out, '"');
	for (; *at; at += len) {
		unsigned code = code_point(at, &len);

		if (code == '"' || code == '\\')
			dsv_buf_addf(out, "\\%c", (char)code);
		else if (is_printable(code))
			dsv_buf_add(out, at, len);
		else if (code == '\n')
			dsv_buf_addstr(out, "\\n");
		else if (code == '\t')
			dsv_buf_addstr(out, "\\t");
		else
			dsv_buf_addf(out, "\\u%04X", code);
	}
	dsv_buf_addch(out, '"');
}

bool dsv_yaml_add_scalar(struct dsv_buf *out, const char *text, bool quote)
{
	size_t len = strlen(text);

	if (dsv_utf8_valid(text, len) != len)
		return false;
	if (!quote && is_plain(text))
		dsv_buf_addstr(out, text);
	else
		add_quoted(out, text);
	return true;
}

bool dsv_yaml_add_list(struct dsv_buf *out, const struct dsv_strlist *list,
		       bool quote)
{
	dsv_buf_addch(out, '[');
	for (size_t i = 0; i < list->n; i++) {
		if (i > 0)
			dsv_buf_addstr(out, ", ");
		if (!dsv_yaml_add_scalar(out, list->items[i], quote))
			return false;
	}
	dsv_buf_addch(out, ']');
	return true;
}

size_t dsv_text_lines(const struct dsv_buf *text)
{
	size_t n = 0;

	for (size_t i = 0; i < text->len; i++)
		n += text->data[i] == '\n';
	return n + (text->len > 0 && text->data[text->len - 1] != '\n');
}

size_t dsv_text_line(const struct dsv_buf *text, size_t line)
{
	size_t at = 0;

	for (; line > 1 && at < text->len; line--) {
		const char *feed =
			memchr(text->data + at, '\n', text->len - at);

		at = feed ? (size_t)(feed - text->data) + 1 : text->len;
	}
	return at;
}

void dsv_text_splice(struct dsv_buf *text, size_t from, size_t to,
		     const char *with, size_t len)
{
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_buf_add(&out, dsv_buf_str(text), from);
	if (from > 0 && from == text->len && text->data[from - 1] != '\n')
		dsv_buf_addch(&out, '\n');
	dsv_buf_add(&out, with, len);
	dsv_buf_add(&out, dsv_buf_str(text) + to, text->len - to);
	dsv_buf_swap(text, &out);
}

bool dsv_text_is_idle(const struct dsv_buf *text, size_t line, bool column0)
{
	size_t start = dsv_text_line(text, line);
	size_t at = start;

	while (at < text->len && strchr(" \t\r", text->data[at]))
		at++;
	if (at >= text->len || text->data[at] == '\n')
		return true;
	return text->data[at] == '#' && (!column0 || at == start);
}

size_t dsv_text_tail(const struct dsv_buf *text, size_t from)
{
	char quote = '\0';
	size_t at = from;

	for (; at < text->len && text->data[at] != '\n'; at++) {
		char ch = text->data[at];

		if (quote == '"' && ch == '\\')
			at++;
		else if (quote)
			quote = ch == quote ? '\0' : quote;
		else if (ch == '"' || ch == '\'')
			quote = ch;
		else if (ch == '#' && at > from &&
			 strchr(" \t", text->data[at - 1]))
			break;
	}
	while (at > from && strchr(" \t\r", text->data[at - 1]))
		at--;
	return at;
}
