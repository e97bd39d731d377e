#include "cmd/revs.h"

#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <unistd.h>

#include <dsv/error.h>

void dsv_revs_release(struct dsv_revs *revs)
{
	free(revs->from_name);
	free(revs->to_name);
	dsv_strlist_release(&revs->paths);
	memset(revs, 0, sizeof(*revs));
}

static void set_name(char **name, const char *text, size_t len)
{
	struct dsv_buf copy DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_buf_add(&copy, len ? text : "HEAD", len ? len : strlen("HEAD"));
	free(*name);
	*name = dsv_buf_detach(&copy);
}

void dsv_revs_from(struct dsv_revs *revs, struct dsv_version at,
		   const char *name)
{
	revs->from = at;
	set_name(&revs->from_name, name, strlen(name));
}

void dsv_revs_to(struct dsv_revs *revs, struct dsv_version at,
		 const char *name)
{
	revs->to = at;
	set_name(&revs->to_name, name, strlen(name));
}

/* A range such as "A..B"; where the dots stand, or NULL. */
static const char *find_dots(const char *word)
{
	const char *dots = strstr(word, "..");

	/* "../x" is a path */
	return dots && dots[2] != '/' ? dots : NULL;
}

static int read_range(struct dsv_ctx *ctx, const char *word, const char *dots,
		      struct dsv_revs *out)
{
	const char *end = dots + (dots[2] == '.' ? 3 : 2);
	int rc;

	rc = dsv_repo_head(ctx->repo, &out->from);
	if (rc < 0)
		return rc;
	out->to = out->from;
	rc = dsv_repo_range(ctx->repo, word, &out->from, &out->to);
	if (rc < 0)
		return rc;
	set_name(&out->from_name, word, (size_t)(dots - word));
	set_name(&out->to_name, end, strlen(end));
	out->n = 2;
	return 0;
}

static int read_rev(struct dsv_ctx *ctx, const char *word,
		    struct dsv_revs *out)
{
	const char *dots = find_dots(word);
	struct dsv_version at;
	int rc;

	if (dots)
		return read_range(ctx, word, dots, out);
	rc = dsv_repo_resolve(ctx->repo, word, &at);
	if (rc < 0)
		return rc;
	if (out->n == 0)
		dsv_revs_from(out, at, word);
	else
		dsv_revs_to(out, at, word);
	out->n++;
	return 0;
}

static int too_many(const char *word)
{
	return dsv_fail(DSV_EUSAGE, "'%s' is one revision too many", word);
}

static bool is_pattern(const char *word)
{
	return strpbrk(word, "*?[") || word[0] == ':';
}

static bool file_exists(const char *word)
{
	return !faccessat(AT_FDCWD, word, F_OK, AT_SYMLINK_NOFOLLOW);
}

/* What was said while it was tried as a revision, and what else it could be. */
static int neither(const char *word)
{
	struct dsv_buf hint DSV_AUTO(buf) = DSV_BUF_INIT;

	if (dsv_error_hint())
		dsv_buf_addstr(&hint, dsv_error_hint());
	dsv_fail(DSV_ENOTFOUND, "'%s' is neither a revision nor a file", word);
	if (hint.len)
		return dsv_hint(DSV_ENOTFOUND, "%s", dsv_buf_str(&hint));
	return dsv_hint(DSV_ENOTFOUND,
			"for a file that is gone: -- %s", word);
}

/* 1 a revision, 0 a path, negative. */
static int read_word(struct dsv_ctx *ctx, const char *word, size_t max,
		     struct dsv_revs *out)
{
	bool exists = file_exists(word);
	int rc;

	if (out->paths.n || (max == out->n && exists))
		return exists || is_pattern(word) ? 0 : neither(word);
	rc = read_rev(ctx, word, out);
	if (rc == 0 && exists) {
		dsv_fail(DSV_EUSAGE, "'%s' is both a revision and a file",
			 word);
		return dsv_hint(DSV_EUSAGE, "put -- between revisions and "
					    "files");
	}
	if (rc == 0 && out->n > max)
		return too_many(word);
	if (rc == 0)
		return 1;
	if (exists || is_pattern(word)) {
		dsv_error_clear();
		return 0;
	}
	return rc == DSV_ENOTFOUND || rc == DSV_EUSAGE ? neither(word) : rc;
}

static int read_dashed(struct dsv_ctx *ctx,
		       const struct dsv_operands *operands, size_t max,
		       struct dsv_revs *out, struct dsv_strlist *typed)
{
	size_t i;
	int rc;

	for (i = 0; i < operands->list.n; i++) {
		if (i >= operands->n_before) {
			dsv_strlist_add(typed, operands->list.items[i]);
			continue;
		}
		rc = read_rev(ctx, operands->list.items[i], out);
		if (rc < 0)
			return rc;
		if (out->n > max)
			return too_many(operands->list.items[i]);
	}
	return 0;
}

static int read_plain(struct dsv_ctx *ctx, const struct dsv_operands *operands,
		      size_t max, struct dsv_revs *out,
		      struct dsv_strlist *typed)
{
	size_t i;
	int rc;

	for (i = 0; i < operands->list.n; i++) {
		const char *word = operands->list.items[i];

		rc = read_word(ctx, word, max, out);
		if (rc < 0)
			return rc;
		if (rc == 0)
			dsv_strlist_add(typed, word);
		/* from the first path on, all are paths */
		if (rc == 0 && !out->paths.n)
			dsv_strlist_add(&out->paths, word);
	}
	dsv_strlist_release(&out->paths);
	return 0;
}

int dsv_revs_read(struct dsv_ctx *ctx, const struct dsv_operands *operands,
		  size_t max, struct dsv_revs *out)
{
	struct dsv_strlist typed DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	int rc;

	if (operands->dashed)
		rc = read_dashed(ctx, operands, max, out, &typed);
	else
		rc = read_plain(ctx, operands, max, out, &typed);
	if (rc < 0)
		return rc;
	return dsv_repo_paths(ctx->repo, &typed, &out->paths);
}
