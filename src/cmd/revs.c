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

void dsv_revs_to(struct dsv_revs *revs, struct dsv_version at, const char *name)
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

static int read_rev(struct dsv_ctx *ctx, const char *word, struct dsv_revs *out)
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

/* In a bare repository words name no files, as in git. */
static bool file_exists(struct dsv_ctx *ctx, const char *word)
{
	if (ctx->repo && !dsv_repo_workdir(ctx->repo))
		return false;
	return !faccessat(AT_FDCWD, word, F_OK, AT_SYMLINK_NOFOLLOW);
}

/* What was said while it was tried as a revision, and what else it could be. */
static int neither(const char *word)
{
	struct dsv_buf hint DSV_AUTO(buf) = DSV_BUF_INIT;

	if (dsv_error_hint())
		dsv_buf_addstr(&hint, dsv_error_hint());
	dsv_fail(DSV_EUSAGE, "'%s' is neither a revision nor a file", word);
	if (hint.len)
		return dsv_hint(DSV_EUSAGE, "%s", dsv_buf_str(&hint));
	return dsv_hint(DSV_EUSAGE, "for a file that is gone: -- %s", word);
}

/* True where git knows the word, or each end of a range. */
static int is_rev(struct dsv_ctx *ctx, const char *word)
{
	struct dsv_revs revs DSV_AUTO(revs) = DSV_REVS_INIT;

	return read_rev(ctx, word[0] == '^' ? word + 1 : word, &revs);
}

/* 1 a revision, 0 a path, negative. */
static int judge_word(struct dsv_ctx *ctx, const char *word)
{
	bool exists = file_exists(ctx, word);
	int rc = is_rev(ctx, word);

	if (rc == 0 && exists) {
		dsv_fail(DSV_EUSAGE, "'%s' is both a revision and a file",
			 word);
		return dsv_hint(DSV_EUSAGE, "put -- between revisions and "
					    "files");
	}
	if (rc == 0)
		return 1;
	if (exists || is_pattern(word)) {
		dsv_error_clear();
		return 0;
	}
	return rc == DSV_ENOTFOUND || rc == DSV_EUSAGE ? neither(word) : rc;
}

static int part_plain(struct dsv_ctx *ctx, const struct dsv_strlist *list,
		      struct dsv_strlist *words, struct dsv_strlist *typed)
{
	size_t i;
	int rc;

	for (i = 0; i < list->n; i++) {
		const char *word = list->items[i];

		/* from the first path on all are paths */
		if (typed->n && !file_exists(ctx, word) && !is_pattern(word))
			return neither(word);
		rc = typed->n ? 0 : judge_word(ctx, word);
		if (rc < 0)
			return rc;
		dsv_strlist_add(rc ? words : typed, word);
	}
	return 0;
}

int dsv_revs_words(struct dsv_ctx *ctx, const struct dsv_operands *operands,
		   struct dsv_strlist *out_words, struct dsv_strlist *out_paths)
{
	struct dsv_strlist typed DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	const struct dsv_strlist *list = &operands->list;
	size_t i;
	int rc = 0;

	if (!operands->dashed)
		rc = part_plain(ctx, list, out_words, &typed);
	for (i = 0; operands->dashed && i < list->n; i++)
		dsv_strlist_add(i < operands->n_before ? out_words : &typed,
				list->items[i]);
	return rc < 0 ? rc : dsv_repo_paths(ctx->repo, &typed, out_paths);
}

int dsv_revs_read(struct dsv_ctx *ctx, const struct dsv_operands *operands,
		  size_t max, struct dsv_revs *out)
{
	struct dsv_strlist words DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	size_t i;
	int rc;

	rc = dsv_revs_words(ctx, operands, &words, &out->paths);
	for (i = 0; rc == 0 && i < words.n; i++) {
		rc = read_rev(ctx, words.items[i], out);
		if (rc == 0 && out->n > max)
			rc = too_many(words.items[i]);
	}
	return rc;
}
