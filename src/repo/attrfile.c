#include <dsv/attrfile.h>

#include <dsv/error.h>
#include <string.h>

#include "base/alloc.h"
#include "base/atomic.h"
#include "base/fs.h"
#include "repo/attributes.h"
#include "repo/private.h"

#define OUR_ATTRIBUTES "filter=dsv diff=dsv merge=dsv -text"
#define ATTRFILE_LIMIT (16u * 1024u * 1024u)

/* A pattern with blanks or a leading quote is C-quoted, as git reads it. */
static void add_pattern(struct dsv_buf *out, const char *pattern)
{
	const char *at;

	if (!strpbrk(pattern, " \t\r\n\"\\") && pattern[0] != '#' &&
	    pattern[0] != '!' && pattern[0] != '[') {
		dsv_buf_addstr(out, pattern);
		return;
	}
	dsv_buf_addch(out, '"');
	for (at = pattern; *at; at++) {
		if (*at == '\n')
			dsv_buf_addstr(out, "\\n");
		else if (*at == '\t')
			dsv_buf_addstr(out, "\\t");
		else if (*at == '\r')
			dsv_buf_addstr(out, "\\r");
		else if (*at == '"' || *at == '\\')
			dsv_buf_addf(out, "\\%c", *at);
		else
			dsv_buf_addch(out, *at);
	}
	dsv_buf_addch(out, '"');
}

static const char *unescaped(char ch)
{
	switch (ch) {
	case 'n':
		return "\n";
	case 't':
		return "\t";
	case 'r':
		return "\r";
	case '"':
		return "\"";
	case '\\':
		return "\\";
	default:
		return NULL;
	}
}

/* The pattern that a line begins with; returns what is behind it, or NULL for
 * a line that has none. */
static const char *read_pattern(const char *line, struct dsv_buf *out)
{
	const char *at = line + strspn(line, " \t");

	if (!*at || *at == '#')
		return NULL;
	if (*at != '"') {
		const size_t len = strcspn(at, " \t\r");

		dsv_buf_add(out, at, len);
		return at + len;
	}
	for (at++; *at && *at != '"'; at++) {
		const char *plain = *at == '\\' ? unescaped(at[1]) : NULL;

		if (plain) {
			dsv_buf_addstr(out, plain);
			at++;
		} else {
			dsv_buf_addch(out, *at);
		}
	}
	return *at ? at + 1 : NULL;
}

/* True for exactly the line that add writes, blanks at the end aside. */
static bool is_our_line(const char *line, struct dsv_buf *pattern)
{
	const char *rest = read_pattern(line, pattern);
	size_t len;

	if (!rest)
		return false;
	rest += strspn(rest, " \t");
	len = strlen(rest);
	while (len && strchr(" \t\r", rest[len - 1]))
		len--;
	return len == strlen(OUR_ATTRIBUTES) &&
	       !strncmp(rest, OUR_ATTRIBUTES, len);
}

static int load(struct dsv_repo *repo, char **path, struct dsv_buf *out)
{
	if (!repo->workdir)
		return dsv_fail(DSV_EUSAGE, "a bare repository has no work "
					    "tree");
	*path = dsv_fs_join(repo->workdir, DSV_ATTRFILE_PATH);
	if (!dsv_fs_exists(*path))
		return 0;
	return dsv_fs_read(*path, ATTRFILE_LIMIT, out);
}

static char *take_line(const char **at)
{
	const size_t len = strcspn(*at, "\n");
	char *line = dsv_strndup(*at, len);

	*at += len + ((*at)[len] == '\n');
	return line;
}

/* Copy all but pattern's line; true when there was one. */
static bool copy_without(struct dsv_buf *out, const char *text,
			 const char *pattern)
{
	bool found = false;

	while (*text) {
		struct dsv_buf name DSV_AUTO(buf) = DSV_BUF_INIT;
		const char *from = text;
		char *line DSV_AUTO(str) = take_line(&text);

		if (is_our_line(line, &name) &&
		    !strcmp(dsv_buf_str(&name), pattern)) {
			found = true;
			continue;
		}
		dsv_buf_add(out, from, (size_t)(text - from));
	}
	return found;
}

/* True where no later line than pattern's could say otherwise: all behind it
 * are ours. */
static bool only_ours_behind(const char *text, const char *pattern)
{
	bool found = false;

	while (*text) {
		struct dsv_buf name DSV_AUTO(buf) = DSV_BUF_INIT;
		struct dsv_buf other DSV_AUTO(buf) = DSV_BUF_INIT;
		char *line DSV_AUTO(str) = take_line(&text);

		if (is_our_line(line, &name)) {
			found = found || !strcmp(dsv_buf_str(&name), pattern);
			continue;
		}
		if (read_pattern(line, &other))
			found = false;
	}
	return found;
}

int dsv_attrfile_add(struct dsv_repo *repo, const char *pattern)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;
	char *path DSV_AUTO(str) = NULL;
	int rc;

	rc = load(repo, &path, &text);
	if (rc < 0)
		return rc;
	if (only_ours_behind(dsv_buf_str(&text), pattern))
		return 0;

	copy_without(&out, dsv_buf_str(&text), pattern);
	if (out.len && out.data[out.len - 1] != '\n')
		dsv_buf_addch(&out, '\n');
	add_pattern(&out, pattern);
	dsv_buf_addstr(&out, " " OUR_ATTRIBUTES "\n");
	rc = dsv_atomic_put(path, out.data, out.len, 0666);
	dsv_attributes_forget(repo);
	return rc < 0 ? rc : 1;
}

int dsv_attrfile_remove(struct dsv_repo *repo, const char *pattern)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;
	char *path DSV_AUTO(str) = NULL;
	int rc;

	rc = load(repo, &path, &text);
	if (rc < 0)
		return rc;
	if (!copy_without(&out, dsv_buf_str(&text), pattern))
		return 0;
	rc = dsv_atomic_put(path, dsv_buf_str(&out), out.len, 0666);
	dsv_attributes_forget(repo);
	return rc < 0 ? rc : 1;
}

int dsv_attrfile_list(struct dsv_repo *repo, struct dsv_strlist *out)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	char *path DSV_AUTO(str) = NULL;
	const char *at;
	int rc;

	rc = load(repo, &path, &text);
	if (rc < 0)
		return rc;
	at = dsv_buf_str(&text);
	while (*at) {
		struct dsv_buf name DSV_AUTO(buf) = DSV_BUF_INIT;
		char *line DSV_AUTO(str) = take_line(&at);

		if (is_our_line(line, &name))
			dsv_strlist_add(out, dsv_buf_str(&name));
	}
	return 0;
}
