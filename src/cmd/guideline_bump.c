#include <dsv/guideline_edit.h>

#include <string.h>

#include "cmd/guideline.h"

struct bump_args {
	const char *id;
	bool major;
	bool minor;
	bool patch;
	const char *effective;
	unsigned status;
};

static const char *const status_words[] = {"draft", "active", "retired", NULL};

static const struct dsv_opt bump_opts[] = {
	DSV_OPT_FLAG(0, "major", struct bump_args, major,
		     "labels mean something else: old ones become stale"),
	DSV_OPT_FLAG(0, "minor", struct bump_args, minor,
		     "more labels or rules"),
	DSV_OPT_FLAG(0, "patch", struct bump_args, patch, "wording"),
	DSV_OPT_STR(0, "effective", "YYYY-MM-DD", struct bump_args, effective,
		    "since when it holds"),
	DSV_OPT_WORD(0, "status", status_words, struct bump_args, status,
		     "what it is from now on"),
	DSV_OPT_JSON,
	DSV_ARG_MAYBE("ID", struct bump_args, id, DSV_COMPLETE_NONE),
	DSV_OPT_END,
};

static int bump_human(struct dsv_out *out, void *result)
{
	const struct dsv_guideline_bumped *it = result;

	if (!it->written && !it->done) {
		dsv_buf_addf(&out->buf, "%s  %s", it->path, it->to);
		dsv_buf_addstr(&out->buf,
			       it->base ? ", nothing changed since HEAD\n"
					: ", not committed yet\n");
		return dsv_out_line(out);
	}
	dsv_buf_addf(&out->buf, "%s  ", it->path);
	if (strcmp(it->base ? it->base : it->from, it->to) != 0)
		dsv_buf_addf(&out->buf, "%s to %s, %s",
			     it->base ? it->base : it->from, it->to,
			     dsv_bump_word(it->done));
	else
		dsv_buf_addf(&out->buf, "%s", it->to);
	if (it->why) {
		dsv_buf_addstr(&out->buf, ": ");
		dsv_out_shown(out, it->why);
	}
	if (!it->written)
		dsv_buf_addstr(&out->buf, " (it says so already)");
	dsv_buf_addch(&out->buf, '\n');
	return dsv_out_line(out);
}

static int bump_json(struct dsv_out *out, void *result)
{
	const struct dsv_guideline_bumped *it = result;

	dsv_jline_open(out, "guideline");
	dsv_jline_text(out, "path", it->path);
	dsv_jline_text(out, "base_version", it->base);
	dsv_jline_text(out, "from", it->from);
	dsv_jline_text(out, "to", it->to);
	dsv_jline_text(out, "needs", dsv_bump_word(it->needs));
	dsv_jline_text(out, "done", dsv_bump_word(it->done));
	dsv_jline_text(out, "why", it->why);
	dsv_jline_flag(out, "written", it->written);
	return dsv_jline_close(out);
}

static const struct dsv_view bump_view = {bump_human, bump_json};

static int bump_one(struct dsv_ctx *ctx, const char *id,
		    const struct dsv_guideline_bump_opts *opts)
{
	struct dsv_guideline_bumped it DSV_AUTO(guideline_bumped) =
		DSV_GUIDELINE_BUMPED_INIT;
	int rc = dsv_guideline_bump(&it, ctx->repo, id, opts);

	return rc < 0 ? rc : dsv_out_show(ctx->out, &bump_view, &it);
}

/* Each by what it needs; a given step is meant for the only one. */
static int bump_all(struct dsv_ctx *ctx,
		    const struct dsv_guideline_bump_opts *opts)
{
	const struct dsv_version worktree = {.at = DSV_AT_WORKTREE};
	struct dsv_strlist ids DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	size_t i;
	int rc = dsv_guideline_all(ctx, &worktree, &ids);

	if (rc < 0)
		return rc;
	if (ids.n > 1 && (opts->bump || opts->effective || opts->status)) {
		struct dsv_buf all DSV_AUTO(buf) = DSV_BUF_INIT;

		dsv_guideline_join(&all, &ids);
		dsv_fail(DSV_EUSAGE, "which guideline?");
		return dsv_hint(DSV_EUSAGE, "ID is one of %s",
				dsv_buf_str(&all));
	}
	for (i = 0; rc == 0 && i < ids.n; i++)
		rc = bump_one(ctx, ids.items[i], opts);
	return rc;
}

static int bump_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct bump_args *args = argp;
	struct dsv_guideline_bump_opts opts = {
		.bump = args->major   ? DSV_BUMP_MAJOR
			: args->minor ? DSV_BUMP_MINOR
			: args->patch ? DSV_BUMP_PATCH
				      : DSV_BUMP_NONE,
		.effective = args->effective,
		.status = args->status ? status_words[args->status - 1] : NULL,
	};

	if (args->major + args->minor + args->patch > 1)
		return dsv_fail(DSV_EUSAGE, "one of --major, --minor and "
					    "--patch");
	if (ctx->out->json) {
		int rc;

		dsv_jline_open(ctx->out, "header");
		dsv_jline_text(ctx->out, "schema", "dsv.guideline-bump/1");
		rc = dsv_jline_close(ctx->out);
		if (rc < 0)
			return rc;
	}
	return args->id ? bump_one(ctx, args->id, &opts) : bump_all(ctx, &opts);
}

const struct dsv_cmd dsv_cmd_guideline_bump = {
	.name = "guideline bump",
	.brief = "raise the version of a guideline",
	.about = "By what its changes since HEAD need, counted from HEAD's "
		 "version. Without ID: all guidelines.",
	.opts = bump_opts,
	.args_size = sizeof(struct bump_args),
	.needs = DSV_NEEDS_WORKTREE,
	.run = bump_run,
};
