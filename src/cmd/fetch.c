#include "cmd/fetch.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>
#include <dsv/setup.h>
#include <dsv/text.h>

#include "cmd/sharing_view.h"

struct fetch_args {
	struct dsv_operands operands;
	struct dsv_strlist data;
	const char *since;
	bool all;
	bool no_data;
	bool prune;
	bool tags;
};

static const struct dsv_opt fetch_opts[] = {
	DSV_OPT_LIST(0, "data", "PATH", struct fetch_args, data,
		     "the data of these files alone"),
	DSV_OPT_REV(0, "since", struct fetch_args, since,
		    "the data of every version behind REV too"),
	DSV_OPT_FLAG(0, "all", struct fetch_args, all,
		     "the data of all versions of all branches"),
	DSV_OPT_FLAG(0, "no-data", struct fetch_args, no_data,
		     "branches and statements alone"),
	DSV_OPT_FLAG('p', "prune", struct fetch_args, prune,
		     "forget branches that the remote has no more"),
	DSV_OPT_FLAG('t', "tags", struct fetch_args, tags, "all tags too"),
	DSV_OPT_JSON,
	DSV_ARG_MANY("REF", struct fetch_args, operands, DSV_COMPLETE_REV),
	DSV_OPT_END,
};

/* Nothing is brought that nobody asked for into a clone without data. */
static bool wants_data(struct dsv_ctx *ctx, const struct dsv_fetch_opts *opts,
		       bool no_data)
{
	if (no_data)
		return false;
	return opts->all || opts->since || (opts->paths && opts->paths->n) ||
	       !dsv_sharing_is_partial(ctx->repo);
}

static int bring_data(struct dsv_ctx *ctx, const struct dsv_fetch_opts *opts,
		      const struct dsv_ref_updates *updates,
		      struct dsv_fetched *out)
{
	int rc = dsv_sharing_fetch_data(ctx->repo, out->remote, opts, updates,
					&out->data);
	int set_up = 0;

	/* what came is put in place, also where something else is missing */
	if (rc == 0 || rc == DSV_EMISSING) {
		const char *why = rc < 0 ? dsv_error_message() : "";
		char *kept = strdup(why);

		set_up = dsv_sharing_set_up(ctx, &out->written, &out->missing);
		if (rc < 0 && set_up == 0)
			dsv_fail(rc, "%s", kept);
		free(kept);
	}
	return set_up < 0 ? set_up : rc;
}

int dsv_fetch(struct dsv_ctx *ctx, const struct dsv_git_args *git,
	      const struct dsv_fetch_opts *opts, bool no_data,
	      struct dsv_fetched *out)
{
	struct dsv_ref_updates updates DSV_AUTO(ref_updates) =
		DSV_REF_UPDATES_INIT;
	int rc = dsv_sharing_fetch_refs(ctx->repo, out->remote, git, &updates);

	out->refs = updates.n;
	if (rc < 0)
		return rc;
	rc = dsv_sharing_unite(ctx);
	out->evidence = rc > 0;
	if (rc < 0)
		return rc;
	out->left_out = !wants_data(ctx, opts, no_data);
	rc = out->left_out
		     ? dsv_sharing_set_up(ctx, &out->written, &out->missing)
		     : bring_data(ctx, opts, &updates, out);
	/* what of other files came with it is still to be fetched */
	if (rc < 0 || (opts->paths && opts->paths->n))
		return rc;
	return dsv_sharing_fetched(ctx->repo, out->remote);
}

void dsv_fetch_words(struct dsv_out *out, const struct dsv_fetched *fetched)
{
	dsv_sharing_words(out, &fetched->data, "fetched");
	if (fetched->evidence)
		dsv_buf_addstr(&out->buf, "evidence  united\n");
	if (fetched->written) {
		dsv_buf_addstr(&out->buf, "files     ");
		dsv_add_count(&out->buf, fetched->written);
		dsv_buf_addstr(&out->buf, " checked out\n");
	}
	if (!fetched->missing)
		return;
	dsv_buf_addstr(&out->buf, "pointers  ");
	dsv_add_count(&out->buf, fetched->missing);
	dsv_buf_addstr(&out->buf, " without data here: dsv fetch --data "
				  "PATH\n");
}

void dsv_fetch_json(struct dsv_out *out, const struct dsv_fetched *fetched)
{
	dsv_sharing_json(out, &fetched->data);
	dsv_jline_count(out, "refs", fetched->refs);
	dsv_jline_flag(out, "evidence", fetched->evidence);
	dsv_jline_count(out, "written", fetched->written);
	dsv_jline_count(out, "missing", fetched->missing);
}

static int human(struct dsv_out *out, void *result)
{
	dsv_fetch_words(out, result);
	return dsv_out_flush(out);
}

static int json(struct dsv_out *out, void *result)
{
	const struct dsv_fetched *fetched = result;
	int rc;

	dsv_jline_open(out, "header");
	dsv_jline_text(out, "schema", "dsv.fetch/1");
	dsv_jline_text(out, "remote", fetched->remote);
	rc = dsv_jline_close(out);
	if (rc < 0)
		return rc;
	dsv_jline_open(out, "summary");
	dsv_fetch_json(out, fetched);
	return dsv_jline_close(out);
}

static const struct dsv_view fetch_view = {.human = human, .json = json};

static void git_args(const struct fetch_args *args, struct dsv_git_args *out)
{
	if (args->prune)
		dsv_strlist_add(&out->options, "--prune");
	if (args->tags)
		dsv_strlist_add(&out->options, "--tags");
	for (size_t i = 1; i < args->operands.list.n; i++)
		dsv_strlist_add(&out->refs, args->operands.list.items[i]);
}

static int fetch_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct fetch_args *args = argp;
	const struct dsv_strlist *list = &args->operands.list;
	struct dsv_fetched fetched = {.data = DSV_SHARING_STATS_INIT};
	struct dsv_git_args git = {.options = DSV_STRLIST_INIT,
				   .refs = DSV_STRLIST_INIT};
	struct dsv_strlist paths DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_fetch_opts opts = {
		.all = args->all, .since = args->since, .paths = &paths};
	char *remote = NULL;
	int rc = dsv_repo_paths(ctx->repo, &args->data, &paths);

	if (rc == 0)
		rc = dsv_sharing_choose(ctx, list->n ? list->items[0] : NULL,
					&remote);
	if (rc < 0)
		return rc;
	fetched.remote = remote;
	git_args(args, &git);
	rc = dsv_fetch(ctx, &git, &opts, args->no_data, &fetched);
	if (rc == 0)
		rc = dsv_out_show(ctx->out, &fetch_view, &fetched);
	dsv_strlist_release(&git.options);
	dsv_strlist_release(&git.refs);
	free(remote);
	return rc;
}

static const char *const fetch_forms[] = {"[REMOTE [REF...]]", NULL};

const struct dsv_cmd dsv_cmd_fetch = {
	.name = "fetch",
	.group = DSV_GROUP_SHARE,
	.brief = "bring branches, statements and data of a remote",
	.forms = fetch_forms,
	.about = "Brings the data of what is checked out, of the branch that "
		 "it follows and of branches that have moved; with --data, "
		 "--since or --all what they say. Sets a fresh clone up for "
		 "dsv, and checks out data files that were pointers.",
	.opts = fetch_opts,
	.args_size = sizeof(struct fetch_args),
	.needs = DSV_NEEDS_REPO,
	.flags = DSV_CMD_SETUP_LATER,
	.run = fetch_run,
};
