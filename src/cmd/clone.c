#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <dsv/error.h>
#include <dsv/sharing.h>
#include <dsv/text.h>

#include "cli/cmd.h"
#include "cli/term.h"
#include "cmd/fetch.h"

struct clone_args {
	const char *url;
	const char *dir;
	const char *branch;
	bool no_data;
};

static const struct dsv_opt clone_opts[] = {
	DSV_OPT_STR('b', "branch", "BRANCH", struct clone_args, branch,
		    "check this one out (default: the remote's own)"),
	DSV_OPT_FLAG(0, "no-data", struct clone_args, no_data,
		     "no data: commands bring what they read"),
	DSV_OPT_JSON,
	DSV_ARG("URL", struct clone_args, url, DSV_COMPLETE_PATH),
	DSV_ARG_MAYBE("DIR", struct clone_args, dir, DSV_COMPLETE_PATH),
	DSV_OPT_END,
};

struct cloned {
	const char *dir;
	struct dsv_fetched fetched;
};

/* The folder that git would take: the last part without ".git". */
static char *folder_of(const char *url)
{
	size_t len = strlen(url);
	size_t from;

	while (len > 1 && url[len - 1] == '/')
		len--;
	if (len > 5 && !strncmp(url + len - 5, "/.git", 5))
		len -= 5;
	else if (len > 4 && !strncmp(url + len - 4, ".git", 4))
		len -= 4;
	for (from = len; from > 0; from--)
		if (url[from - 1] == '/' || url[from - 1] == ':')
			break;
	return strndup(url + from, len - from);
}

static int human(struct dsv_out *out, void *result)
{
	const struct cloned *cloned = result;

	dsv_buf_addstr(&out->buf, "cloned into ");
	dsv_out_shown(out, cloned->dir);
	dsv_buf_addch(&out->buf, '\n');
	dsv_fetch_words(out, &cloned->fetched);
	return dsv_out_flush(out);
}

static int json(struct dsv_out *out, void *result)
{
	const struct cloned *cloned = result;
	int rc;

	dsv_jline_open(out, "header");
	dsv_jline_text(out, "schema", "dsv.clone/1");
	dsv_jline_text(out, "directory", cloned->dir);
	rc = dsv_jline_close(out);
	if (rc < 0)
		return rc;
	dsv_jline_open(out, "summary");
	dsv_fetch_json(out, &cloned->fetched);
	return dsv_jline_close(out);
}

static const struct dsv_view clone_view = {.human = human, .json = json};

/* git has made it; what is missing comes now, and again where that was cut
 * off. */
static int fill(struct dsv_ctx *ctx, const struct clone_args *args,
		struct cloned *cloned)
{
	struct dsv_git_args git = {.options = DSV_STRLIST_INIT,
				   .refs = DSV_STRLIST_INIT};
	struct dsv_fetch_opts opts = {.all = false};
	struct dsv_progress *progress DSV_AUTO(progress) =
		dsv_term_progress_open();
	int rc = args->no_data ? dsv_sharing_set_partial(ctx->repo, true) : 0;

	dsv_repo_set_progress(ctx->repo, progress);
	cloned->fetched.remote = "origin";
	dsv_strlist_add(&git.options, "--quiet");
	if (rc == 0)
		rc = dsv_fetch(ctx, &git, &opts, args->no_data,
			       &cloned->fetched);
	dsv_strlist_release(&git.options);
	dsv_term_progress_clear();
	dsv_repo_set_progress(ctx->repo, NULL);
	return rc < 0 ? rc : dsv_sharing_cloned(ctx->repo);
}

static int hint_again(int rc, const char *url, const char *dir)
{
	if (rc == DSV_ECANCELLED || dsv_error_hint())
		return rc;
	return dsv_hint(rc,
			"the clone is there, its data is not complete: "
			"'dsv clone %s %s' goes on with it",
			url, dir);
}

static int clone_into(struct dsv_ctx *ctx, const struct clone_args *args,
		      const char *dir)
{
	struct cloned cloned = {.dir = dir};
	const struct dsv_clone_opts opts = {
		.url = args->url, .dir = dir, .branch = args->branch};
	int rc = dsv_sharing_clone(&opts);

	if (rc == 0)
		rc = dsv_repo_open(&ctx->repo, dir);
	if (rc < 0)
		return rc;
	rc = fill(ctx, args, &cloned);
	if (rc < 0)
		return hint_again(rc, args->url, dir);
	return dsv_out_show(ctx->out, &clone_view, &cloned);
}

static int clone_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct clone_args *args = argp;
	char *dir = args->dir ? strdup(args->dir) : folder_of(args->url);
	int rc;

	if (!*dir)
		rc = dsv_fail(DSV_EUSAGE, "DIR is missing");
	else
		rc = clone_into(ctx, args, dir);
	free(dir);
	return rc;
}

const struct dsv_cmd dsv_cmd_clone = {
	.name = "clone",
	.group = DSV_GROUP_START,
	.brief = "copy a repository with the data that is checked out",
	.about = "As `git clone`, set up for dsv, with the data of what is "
		 "checked out. Cut off, the same again goes on with it.",
	.opts = clone_opts,
	.args_size = sizeof(struct clone_args),
	.needs = DSV_NEEDS_NOTHING,
	.run = clone_run,
};
