#include "dataset/pattern.h"

#include <string.h>

#include <dsv/text.h>

#define SPECIAL "*?[\\"

bool dsv_pattern_is_glob(const char *text)
{
	return text[strcspn(text, SPECIAL)] != '\0';
}

void dsv_pattern_folder(const char *pattern, struct dsv_buf *out)
{
	size_t len = strcspn(pattern, SPECIAL);

	while (len > 0 && pattern[len] != '/')
		len--;
	dsv_buf_add(out, pattern, len);
}

/* A byte that shall match itself. */
static void add_plain(struct dsv_buf *out, char ch)
{
	if (ch == '\\')
		dsv_buf_addstr(out, "\\\\");
	else if (strchr(SPECIAL, ch))
		dsv_buf_addf(out, "[%c]", ch);
	else
		dsv_buf_addch(out, ch);
}

void dsv_pattern_of_path(const char *path, struct dsv_buf *out)
{
	size_t len = strlen(path);

	while (len > 0) {
		size_t valid = dsv_utf8_valid(path, len);

		for (size_t i = 0; i < valid; i++)
			add_plain(out, path[i]);
		if (valid < len) {
			dsv_buf_addch(out, '?');
			valid++;
		}
		path += valid;
		len -= valid;
	}
}

static bool is_blank(char ch)
{
	return strchr(" \t\n\r\v\f", ch) != NULL;
}

/* The set that begins at pattern; gives the byte behind it. */
static const char *add_set(struct dsv_buf *out, const char *pattern)
{
	const char *start = pattern++;
	bool closes = strchr(pattern, ']') != NULL;

	dsv_buf_addch(out, '[');
	for (; closes && *pattern; pattern++) {
		if (*pattern == ']' && pattern - start > 1)
			break;
		if (is_blank(*pattern))
			dsv_buf_addstr(out, "[:space:]");
		else
			dsv_buf_addch(out, *pattern);
		if (pattern[0] == '[' && pattern[1] == ':') {
			const char *end = strstr(pattern, ":]");

			if (!end)
				continue;
			dsv_buf_add(out, pattern + 1,
				    (size_t)(end + 1 - pattern));
			pattern = end + 1;
		}
	}
	if (!closes || *pattern == '\0')
		return pattern;
	dsv_buf_addch(out, ']');
	return pattern + 1;
}

void dsv_pattern_attribute(const char *pattern, struct dsv_buf *out)
{
	if (!strchr(pattern, '/') || strchr("!#\"[", pattern[0]))
		dsv_buf_addch(out, '/');
	while (*pattern) {
		if (*pattern == '[') {
			pattern = add_set(out, pattern);
			continue;
		}
		if (is_blank(*pattern)) {
			dsv_buf_addstr(out, "[[:space:]]");
		} else if (pattern[0] == '\\' && pattern[1] != '\0') {
			pattern++;
			if (is_blank(*pattern))
				dsv_buf_addstr(out, "[[:space:]]");
			else
				add_plain(out, *pattern);
		} else {
			dsv_buf_addch(out, *pattern);
		}
		pattern++;
	}
}
