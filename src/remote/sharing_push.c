#include "remote/sharing.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "repo/gitrun.h"

static void add_args(struct dsv_strlist *out, const char *remote,
		     const struct dsv_git_args *args)
{
	for (size_t i = 0; i < args->options.n; i++)
		dsv_strlist_add(out, args->options.items[i]);
	dsv_strlist_add(out, "--");
	dsv_strlist_add(out, remote);
	for (size_t i = 0; i < args->refs.n; i++)
		dsv_strlist_add(out, args->refs.items[i]);
}

/* "<flag>\t<from>:<to>\t<summary>"; a deletion has no from. */
static void read_line(struct dsv_ref_updates *out, struct dsv_repo *repo,
		      const char *line, const char *end)
{
	const char *tab = memchr(line, '\t', (size_t)(end - line));
	const char *colon = tab ? memchr(tab, ':', (size_t)(end - tab)) : NULL;
	const char *stop =
		colon ? memchr(colon, '\t', (size_t)(end - colon)) : NULL;
	char *from DSV_AUTO(str) = NULL;
	struct dsv_version version;

	if (!stop || tab != line + 1 || *line == '!' || colon == tab + 1)
		return;
	from = dsv_strndup(tab + 1, (size_t)(colon - tab - 1));
	/* a tag of something else than a commit brings no data */
	if (dsv_repo_resolve(repo, from, &version) < 0) {
		dsv_error_clear();
		return;
	}
	DSV_GROW(out->items, out->cap, out->n + 1);
	out->items[out->n++] = (struct dsv_ref_update){
		.tip = version.commit,
		.ref = dsv_strndup(colon + 1, (size_t)(stop - colon - 1)),
	};
}

static void read_plan(struct dsv_ref_updates *out, struct dsv_repo *repo,
		      const struct dsv_buf *text)
{
	const char *line = dsv_buf_str(text);

	while (*line) {
		const char *end = strchrnul(line, '\n');

		read_line(out, repo, line, end);
		line = *end ? end + 1 : end;
	}
}

int dsv_sharing_push_plan(struct dsv_ref_updates *out, struct dsv_repo *repo,
			  const char *remote, const struct dsv_git_args *args)
{
	struct dsv_strlist words DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc;

	dsv_strlist_add(&words, "push");
	dsv_strlist_add(&words, "--dry-run");
	dsv_strlist_add(&words, "--porcelain");
	dsv_strlist_add(&words, "--no-verify");
	add_args(&words, remote, args);
	rc = dsv_git_run_quiet(repo, &words, &text);
	/* 1: some references are refused, which the push itself will tell */
	if (rc > 1) {
		rc = dsv_git_run(repo, &words, NULL);
		return dsv_fail(DSV_EGIT, "nothing was pushed to '%s'", remote);
	}
	if (rc < 0)
		return rc;
	read_plan(out, repo, &text);
	return 0;
}

int dsv_sharing_push_refs(struct dsv_repo *repo, const char *remote,
			  const struct dsv_git_args *args)
{
	struct dsv_strlist words DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	int rc;

	dsv_strlist_add(&words, "push");
	add_args(&words, remote, args);
	rc = dsv_git_run(repo, &words, NULL);
	if (rc <= 0)
		return rc;
	dsv_fail(DSV_EREFUSED, "'%s' has not taken all of it", remote);
	return dsv_hint(DSV_EREFUSED,
			"where it has moved: dsv pull, then push again");
}
