#include <dsv/guideline_diff.h>

#include <string.h>

#include "cmd/guideline.h"

struct diff_args {
	const char *id;
	const char *range;
	bool exit_code;
};

static const struct dsv_opt diff_opts[] = {
	DSV_OPT_FLAG(0, "exit-code", struct diff_args, exit_code,
		     "end with 1 where there are differences"),
	DSV_OPT_JSON,
	DSV_ARG("ID", struct diff_args, id, DSV_COMPLETE_NONE),
	DSV_ARG_MAYBE("REV|A..B", struct diff_args, range, DSV_COMPLETE_REV),
	DSV_OPT_END,
};

struct diff_show {
	const struct dsv_guideline_text *from;
	const struct dsv_guideline_text *to;
	const char *from_name;
	const char *to_name;
	struct dsv_guideline_diff diff;
	enum dsv_bump done;
	bool back;
};

static void view_side(struct dsv_out *out, char sign, enum dsv_style style,
		      const struct dsv_guideline_change *change,
		      const struct dsv_guideline_side *side)
{
	const char *text = side->text ? side->text : "";

	if (!side->name)
		return;
	dsv_buf_addstr(&out->buf, "  ");
	dsv_out_style(out, style);
	dsv_buf_addf(&out->buf, "%c ", sign);
	if (change->op == DSV_GUIDELINE_RENAMED ||
	    change->part == DSV_PART_EXAMPLE)
		text = side->name;
	dsv_out_shown(out, text);
	if (side->label && *side->label) {
		dsv_buf_addstr(&out->buf, *text ? " -> " : "-> ");
		dsv_out_shown(out, side->label);
	}
	if (side->rule && *side->rule) {
		dsv_buf_addstr(&out->buf, " by ");
		dsv_out_shown(out, side->rule);
	}
	dsv_out_style(out, DSV_PLAIN);
	dsv_buf_addch(&out->buf, '\n');
}

static void view_change(struct dsv_out *out,
			const struct dsv_guideline_change *change)
{
	struct dsv_buf says DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_guideline_change_say(change, &says);
	dsv_out_shown(out, dsv_buf_str(&says));
	dsv_buf_addch(&out->buf, '\n');
	view_side(out, '-', DSV_RED, change, &change->from);
	view_side(out, '+', DSV_GREEN, change, &change->to);
}

static void view_versions(struct dsv_out *out, const struct diff_show *show)
{
	const struct dsv_guideline *from = &show->from->front;
	const struct dsv_guideline *to = &show->to->front;

	if (show->diff.front)
		dsv_buf_addf(&out->buf, "status %s%s%s, was %s%s%s\n",
			     to->status, to->effective ? " from " : "",
			     to->effective ? to->effective : "", from->status,
			     from->effective ? " from " : "",
			     from->effective ? from->effective : "");
	if (show->diff.n || show->diff.front)
		dsv_buf_addch(&out->buf, '\n');
	if (show->diff.n)
		dsv_buf_addf(&out->buf, "needs a %s version: ",
			     dsv_bump_word(show->diff.needs));
	if (strcmp(from->version, to->version) == 0)
		dsv_buf_addf(&out->buf, "version still %s", to->version);
	else
		dsv_buf_addf(&out->buf, "%s to %s is %s%s", from->version,
			     to->version, show->back ? "a step back" : "a ",
			     show->back ? "" : dsv_bump_word(show->done));
	if (!show->diff.n)
		dsv_buf_addstr(&out->buf, ", the same content");
	dsv_buf_addch(&out->buf, '\n');
}

static int diff_human(struct dsv_out *out, void *result)
{
	const struct diff_show *show = result;
	size_t i;

	dsv_out_styled(out, DSV_BOLD, "%s", show->to->front.id);
	dsv_buf_addf(&out->buf, "  %s  ", show->to->front.path);
	dsv_out_shown(out, show->from_name);
	dsv_buf_addstr(&out->buf, "..");
	dsv_out_shown(out, show->to_name);
	dsv_buf_addstr(&out->buf, "\n\n");
	for (i = 0; i < show->diff.n; i++)
		view_change(out, &show->diff.items[i]);
	view_versions(out, show);
	return dsv_out_line(out);
}

static void json_pair(struct dsv_out *out, const char *name, const char *from,
		      const char *to)
{
	dsv_jline_array(out, name);
	dsv_jline_text(out, NULL, from);
	dsv_jline_text(out, NULL, to);
	dsv_jline_end(out, ']');
}

static int json_change(struct dsv_out *out,
		       const struct dsv_guideline_change *change)
{
	struct dsv_buf says DSV_AUTO(buf) = DSV_BUF_INIT;
	const struct dsv_guideline_side *from = &change->from;
	const struct dsv_guideline_side *to = &change->to;

	dsv_guideline_change_say(change, &says);
	dsv_jline_open(out, "change");
	dsv_jline_text(out, "part", dsv_guideline_part_word(change->part));
	dsv_jline_text(out, "op", dsv_guideline_op_word(change->op));
	json_pair(out, "name", from->name, to->name);
	json_pair(out, "text", from->text, to->text);
	json_pair(out, "label", from->label, to->label);
	json_pair(out, "rule", from->rule, to->rule);
	dsv_jline_array(out, "line");
	dsv_jline_count(out, NULL, from->line);
	dsv_jline_count(out, NULL, to->line);
	dsv_jline_end(out, ']');
	dsv_jline_text(out, "needs", dsv_bump_word(change->needs));
	dsv_jline_text(out, "says", dsv_buf_str(&says));
	return dsv_jline_close(out);
}

static int diff_json(struct dsv_out *out, void *result)
{
	const struct diff_show *show = result;
	const struct dsv_guideline *from = &show->from->front;
	const struct dsv_guideline *to = &show->to->front;
	size_t i;
	int rc;

	dsv_jline_open(out, "header");
	dsv_jline_text(out, "schema", "dsv.guideline-diff/1");
	dsv_jline_text(out, "from", show->from_name);
	dsv_jline_text(out, "to", show->to_name);
	dsv_jline_text(out, "guideline", to->id);
	rc = dsv_jline_close(out);
	for (i = 0; rc == 0 && i < show->diff.n; i++)
		rc = json_change(out, &show->diff.items[i]);
	if (rc < 0)
		return rc;
	dsv_jline_open(out, "summary");
	json_pair(out, "version", from->version, to->version);
	json_pair(out, "status", from->status, to->status);
	json_pair(out, "effective", from->effective, to->effective);
	dsv_jline_text(out, "needs", dsv_bump_word(show->diff.needs));
	dsv_jline_text(out, "done", dsv_bump_word(show->done));
	dsv_jline_flag(out, "back", show->back);
	return dsv_jline_close(out);
}

static const struct dsv_view diff_view = {diff_human, diff_json};

/* HEAD and the work tree; REV and the work tree; A and B. */
static int choose(struct dsv_ctx *ctx, const struct diff_args *args,
		  struct dsv_version versions[2], struct diff_show *show)
{
	int rc;

	show->from_name = args->range ? args->range : "HEAD";
	rc = dsv_guideline_at(ctx, NULL, &versions[1], &show->to_name);
	if (rc < 0)
		return rc;
	if (!args->range)
		return dsv_repo_head(ctx->repo, &versions[0]);
	rc = dsv_repo_range(ctx->repo, args->range, &versions[0], &versions[1]);
	if (rc == 2) {
		const char *dots = strstr(args->range, "..");

		show->to_name = dots + strspn(dots, ".");
		if (!*show->to_name)
			show->to_name = "HEAD";
	}
	return rc < 0 ? rc : 0;
}

static int diff_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct diff_args *args = argp;
	struct dsv_guideline_text from DSV_AUTO(guideline_text) =
		DSV_GUIDELINE_TEXT_INIT;
	struct dsv_guideline_text to DSV_AUTO(guideline_text) =
		DSV_GUIDELINE_TEXT_INIT;
	struct dsv_version versions[2] = {{.at = DSV_AT_NOTHING}};
	struct diff_show show = {.from = &from, .to = &to};
	struct dsv_buf name DSV_AUTO(buf) = DSV_BUF_INIT;
	bool differ;
	int rc = choose(ctx, args, versions, &show);

	if (rc == 0 && args->range && strstr(args->range, "..")) {
		dsv_buf_add(&name, args->range,
			    (size_t)(strstr(args->range, "..") - args->range));
		show.from_name = name.len ? dsv_buf_str(&name) : "HEAD";
	}
	if (rc == 0)
		rc = dsv_guideline_text_read(&to, ctx->repo, &versions[1],
					     args->id);
	if (rc == 0 && versions[0].at == DSV_AT_NOTHING)
		rc = dsv_fail(DSV_ENOTFOUND, "no commit yet to compare with");
	if (rc == 0)
		rc = dsv_guideline_text_read(&from, ctx->repo, &versions[0],
					     args->id);
	if (rc < 0)
		return rc;
	dsv_guideline_diff(&show.diff, &from, &to);
	show.done = dsv_bump_between(from.front.version, to.front.version,
				     &show.back);
	differ = show.diff.n || show.diff.front || show.done || show.back;
	rc = dsv_out_show(ctx->out, &diff_view, &show);
	dsv_guideline_diff_release(&show.diff);
	return rc < 0 ? rc : args->exit_code && differ ? DSV_EXIT_NO : 0;
}

const struct dsv_cmd dsv_cmd_guideline_diff = {
	.name = "guideline diff",
	.brief = "what changed in a guideline, by meaning",
	.about = "From HEAD to the work tree, from REV to it, or from A to B: "
		 "labels, rules and examples, and the version that asks for.",
	.opts = diff_opts,
	.args_size = sizeof(struct diff_args),
	.needs = DSV_NEEDS_REPO,
	.flags = DSV_CMD_PAGER,
	.run = diff_run,
};
