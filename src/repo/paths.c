#include <dsv/error.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/fs.h"
#include "repo/glob.h"
#include "repo/pathspec.h"
#include "repo/private.h"

/* "/a/./b/../c//d" -> "/a/c/d", by the text alone: the last part may be a link
 * that is itself meant, or not exist. */
static void normalise(const char *path, struct dsv_buf *out)
{
	size_t len;

	dsv_buf_reset(out);
	while (*path) {
		path += strspn(path, "/");
		len = strcspn(path, "/");
		if (len == 2 && path[0] == '.' && path[1] == '.') {
			while (out->len && out->data[out->len - 1] != '/')
				dsv_buf_truncate(out, out->len - 1);
			if (out->len)
				dsv_buf_truncate(out, out->len - 1);
		} else if (len && !(len == 1 && path[0] == '.')) {
			dsv_buf_addch(out, '/');
			dsv_buf_add(out, path, len);
		}
		path += len;
	}
	if (!out->len)
		dsv_buf_addch(out, '/');
}

static int make_absolute(const char *typed, struct dsv_buf *out)
{
	struct dsv_buf whole DSV_AUTO(buf) = DSV_BUF_INIT;
	char cwd[PATH_MAX];

	if (*typed != '/') {
		if (!getcwd(cwd, sizeof(cwd)))
			return dsv_fail_errno(DSV_EIO,
					      "the current folder is gone");
		dsv_buf_addf(&whole, "%s/", cwd);
	}
	dsv_buf_addstr(&whole, typed);
	normalise(dsv_buf_str(&whole), out);
	return 0;
}

/* What follows dir in path, or NULL. */
static const char *inside(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	if (strcmp(dir, "/") == 0)
		return path + 1;
	if (strncmp(path, dir, len) != 0 || (path[len] && path[len] != '/'))
		return NULL;
	return path[len] ? path + len + 1 : path + len;
}

/* The same where the way to the work tree leads over a link. */
static const char *inside_real(char *path, const char *dir)
{
	char real[PATH_MAX];
	const char *found;

	for (char *at = path + strlen(path); at > path; at--) {
		if (*at && *at != '/')
			continue;
		char kept = *at;
		*at = '\0';
		found = realpath(path, real) ? real : NULL;
		*at = kept;
		if (found && strcmp(found, dir) == 0)
			return *at ? at + 1 : at;
	}
	return NULL;
}

int dsv_repo_path(struct dsv_repo *repo, const char *typed, struct dsv_buf *out)
{
	struct dsv_buf whole DSV_AUTO(buf) = DSV_BUF_INIT;
	const char *found;
	int rc;

	if (!*typed)
		return dsv_fail(DSV_EUSAGE, "an empty path names nothing");
	if (!repo->workdir) {
		normalise(typed, &whole);
		dsv_buf_reset(out);
		dsv_buf_addstr(out, whole.data + 1);
		return 0;
	}
	rc = make_absolute(typed, &whole);
	if (rc < 0)
		return rc;
	found = inside(whole.data, repo->workdir);
	if (!found)
		found = inside_real(whole.data, repo->workdir);
	if (!found)
		return dsv_fail(DSV_EUSAGE, "'%s' is outside the repository",
				typed);
	dsv_buf_reset(out);
	dsv_buf_addstr(out, found);
	return 0;
}

/* The current folder, "" or "a/b/". */
static int find_prefix(struct dsv_repo *repo, struct dsv_buf *out)
{
	int rc;

	dsv_buf_reset(out);
	if (!repo->workdir)
		return 0;
	rc = dsv_repo_path(repo, ".", out);
	if (rc == DSV_EUSAGE)
		dsv_buf_reset(out); /* outside: GIT_DIR is set */
	else if (rc < 0)
		return rc;
	if (out->len)
		dsv_buf_addch(out, '/');
	return 0;
}

static bool is_pattern(const char *typed)
{
	return *typed == ':' || typed[dsv_glob_literal(typed)];
}

static bool names_file(const struct dsv_repo *repo, const char *path)
{
	char *whole DSV_AUTO(str) = NULL;
	struct stat st;

	if (!repo->workdir)
		return false;
	whole = dsv_fs_join(repo->workdir, path);
	return lstat(whole, &st) == 0;
}

/* A file that is there under the very name is meant, not a pattern. */
static int typed_path(struct dsv_repo *repo, const char *typed,
		      const char *prefix, struct dsv_buf *out)
{
	struct dsv_buf path DSV_AUTO(buf) = DSV_BUF_INIT;
	const char *whole;
	int rc;

	if (*typed == ':')
		return dsv_pathspec_typed(typed, prefix, out);
	rc = dsv_repo_path(repo, typed, &path);
	if (rc < 0)
		return rc;
	whole = dsv_buf_str(&path);
	if (names_file(repo, whole) || !is_pattern(typed)) {
		if (is_pattern(whole))
			dsv_buf_addstr(out, ":(top,literal)");
		else if (!path.len)
			dsv_buf_addch(out, '.');
		dsv_buf_addstr(out, whole);
		return 0;
	}
	if (strncmp(whole, prefix, strlen(prefix)) != 0)
		prefix = "";
	return dsv_pathspec_typed(whole + strlen(prefix), prefix, out);
}

int dsv_repo_paths(struct dsv_repo *repo, const struct dsv_strlist *typed,
		   struct dsv_strlist *out)
{
	struct dsv_strlist all DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_buf prefix DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc;

	rc = find_prefix(repo, &prefix);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < typed->n; i++) {
		struct dsv_buf one DSV_AUTO(buf) = DSV_BUF_INIT;

		rc = typed_path(repo, typed->items[i], dsv_buf_str(&prefix),
				&one);
		if (rc < 0)
			return rc;
		dsv_strlist_addn(&all, dsv_buf_str(&one), one.len);
	}
	for (size_t i = 0; i < all.n; i++)
		dsv_strlist_add(out, all.items[i]);
	return 0;
}
