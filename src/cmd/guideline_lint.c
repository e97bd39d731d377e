#include <dsv/guideline_lint.h>

#include <string.h>

#include "cmd/guideline.h"

struct lint_args {
	struct dsv_operands ids;
	const char *rev;
	const char *base;
	bool strict;
};

static const struct dsv_opt lint_opts[] = {
	DSV_OPT_REV(0, "base", struct lint_args, base,
		    "what the guideline follows (default: HEAD; with --rev its "
		    "first parent)"),
	DSV_OPT_REV('r', "rev", struct lint_args, rev,
		    "as it stands in REV (default: the work tree)"),
	DSV_OPT_FLAG(0, "strict", struct lint_args, strict,
		     "warnings count too"),
	DSV_OPT_JSON,
	DSV_ARG_MANY("ID", struct lint_args, ids, DSV_COMPLETE_NONE),
	DSV_OPT_END,
};

/* One guideline and what was found. */
struct linted {
	const char *id;
	struct dsv_guideline_lint lint;
};

static void view_finding(struct dsv_out *out, const char *id,
			 const struct dsv_guideline_finding *finding)
{
	bool error = finding->level == DSV_FINDING_ERROR;

	dsv_buf_addf(&out->buf, "guidelines/%s.md:%u: ", id, finding->line);
	dsv_out_styled(out, error ? DSV_RED : DSV_YELLOW, "%s",
		       dsv_finding_word(finding->level));
	dsv_buf_addstr(&out->buf, ": ");
	dsv_out_shown(out, finding->message);
	dsv_buf_addf(&out->buf, " [%s]\n", finding->check);
	if (finding->hint) {
		dsv_buf_addstr(&out->buf, "  next: ");
		dsv_out_shown(out, finding->hint);
		dsv_buf_addch(&out->buf, '\n');
	}
}

static void add_number(struct dsv_buf *out, size_t n, const char *what)
{
	dsv_buf_addf(out, "%zu %s%s", n, what, n == 1 ? "" : "s");
}

static int view_one(struct dsv_out *out, const struct linted *one)
{
	const struct dsv_guideline_lint *lint = &one->lint;
	size_t i;

	for (i = 0; i < lint->n; i++)
		view_finding(out, one->id, &lint->items[i]);
	dsv_out_styled(out, DSV_BOLD, "%s", one->id);
	if (lint->version)
		dsv_buf_addf(&out->buf, " %s", lint->version);
	if (lint->base_version && lint->version &&
	    strcmp(lint->base_version, lint->version) != 0)
		dsv_buf_addf(&out->buf, ", follows %s", lint->base_version);
	dsv_buf_addstr(&out->buf, ": ");
	if (lint->errors)
		add_number(&out->buf, lint->errors, "error");
	if (lint->errors && lint->warnings)
		dsv_buf_addstr(&out->buf, ", ");
	if (lint->warnings)
		add_number(&out->buf, lint->warnings, "warning");
	if (!lint->n)
		dsv_buf_addstr(&out->buf, "sound");
	dsv_buf_addch(&out->buf, '\n');
	return dsv_out_line(out);
}

static int json_one(struct dsv_out *out, const struct linted *one)
{
	const struct dsv_guideline_lint *lint = &one->lint;
	struct dsv_buf path DSV_AUTO(buf) = DSV_BUF_INIT;
	size_t i;
	int rc = 0;

	dsv_buf_addf(&path, "guidelines/%s.md", one->id);
	for (i = 0; rc == 0 && i < lint->n; i++) {
		dsv_jline_open(out, "finding");
		dsv_jline_text(out, "guideline", one->id);
		dsv_jline_text(out, "path", dsv_buf_str(&path));
		dsv_jline_count(out, "line", lint->items[i].line);
		dsv_jline_text(out, "level",
			       dsv_finding_word(lint->items[i].level));
		dsv_jline_text(out, "check", lint->items[i].check);
		dsv_jline_text(out, "message", lint->items[i].message);
		dsv_jline_text(out, "next", lint->items[i].hint);
		rc = dsv_jline_close(out);
	}
	if (rc < 0)
		return rc;
	dsv_jline_open(out, "guideline");
	dsv_jline_text(out, "guideline", one->id);
	dsv_jline_text(out, "version", lint->version);
	dsv_jline_text(out, "base_version", lint->base_version);
	dsv_jline_count(out, "errors", lint->errors);
	dsv_jline_count(out, "warnings", lint->warnings);
	return dsv_jline_close(out);
}

static int json_header(struct dsv_out *out, const char *version,
		       const char *base)
{
	dsv_jline_open(out, "header");
	dsv_jline_text(out, "schema", "dsv.guideline-lint/1");
	dsv_jline_text(out, "version", version);
	dsv_jline_text(out, "base", base);
	return dsv_jline_close(out);
}

/* Of a commit the first parent, where it has one. */
static int parent_of(struct dsv_ctx *ctx, const char *rev,
		     struct dsv_version *out, const char **name)
{
	struct dsv_buf parent DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc;

	dsv_buf_addf(&parent, "%s^", rev);
	rc = dsv_repo_resolve(ctx->repo, dsv_buf_str(&parent), out);
	*name = "parent";
	if (rc != DSV_ENOTFOUND)
		return rc;
	dsv_error_clear();
	*name = NULL;
	*out = (struct dsv_version){.at = DSV_AT_NOTHING};
	return 0;
}

static int choose_base(struct dsv_ctx *ctx, const struct lint_args *args,
		       struct dsv_version *out, const char **name)
{
	*name = args->base;
	if (args->base)
		return dsv_repo_resolve(ctx->repo, args->base, out);
	if (args->rev)
		return parent_of(ctx, args->rev, out, name);
	*name = "HEAD";
	return dsv_repo_head(ctx->repo, out);
}

static int lint_one(struct dsv_ctx *ctx, const char *id,
		    const struct dsv_version versions[2],
		    const struct lint_args *args, bool *bad)
{
	struct linted one = {.id = id};
	int rc = dsv_guideline_lint(&one.lint, ctx->repo, &versions[0],
				    &versions[1], id);

	if (rc == 0)
		rc = ctx->out->json ? json_one(ctx->out, &one)
				    : view_one(ctx->out, &one);
	if (one.lint.errors || (args->strict && one.lint.warnings))
		*bad = true;
	dsv_guideline_lint_release(&one.lint);
	return rc;
}

static int lint_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct lint_args *args = argp;
	struct dsv_strlist ids DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_version versions[2] = {{.at = DSV_AT_NOTHING}};
	const char *names[2];
	bool bad = false;
	size_t i;
	int rc = dsv_guideline_at(ctx, args->rev, &versions[0], &names[0]);

	if (rc == 0)
		rc = choose_base(ctx, args, &versions[1], &names[1]);
	if (rc == 0 && args->ids.list.n)
		dsv_strlist_copy(&ids, &args->ids.list);
	else if (rc == 0)
		rc = dsv_guideline_all(ctx, &versions[0], &ids);
	if (rc == 0 && ctx->out->json)
		rc = json_header(ctx->out, names[0], names[1]);
	for (i = 0; rc == 0 && i < ids.n; i++)
		rc = lint_one(ctx, ids.items[i], versions, args, &bad);
	return rc < 0 ? rc : bad ? DSV_EXIT_NO : 0;
}

const struct dsv_cmd dsv_cmd_guideline_lint = {
	.name = "guideline lint",
	.brief = "what is wrong with a guideline",
	.about = "By itself, and as a follower of the version before. Ends "
		 "with 1 where there is an error.",
	.opts = lint_opts,
	.args_size = sizeof(struct lint_args),
	.needs = DSV_NEEDS_REPO,
	.run = lint_run,
};
