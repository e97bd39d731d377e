#include "cmd/audit.h"

struct show_args {
	const char *audit;
	const char *target;
	const char *sheet;
};

static const struct dsv_opt show_opts[] = {
	DSV_OPT_PATH(0, "sheet", struct show_args, sheet,
		     "write the sheet that auditors fill once more"),
	DSV_OPT_STR(0, "target", "BRANCH", struct show_args, target,
		    "whose people decide what is trusted"),
	DSV_OPT_JSON,
	DSV_ARG("N|DIGEST", struct show_args, audit, DSV_COMPLETE_NONE),
	DSV_OPT_END,
};

struct shown {
	const struct dsv_audit *audit;
	const char *sheet;
};

static int show_human(struct dsv_out *out, void *result)
{
	const struct shown *shown = result;
	int rc = dsv_audit_human(out, shown->audit);

	if (rc < 0 || !shown->sheet)
		return rc;
	dsv_buf_addstr(&out->buf, "sheet      ");
	dsv_out_shown(out, shown->sheet);
	dsv_buf_addch(&out->buf, '\n');
	return dsv_out_line(out);
}

static int show_json(struct dsv_out *out, void *result)
{
	const struct shown *shown = result;
	int rc;

	dsv_jline_open(out, "header");
	dsv_jline_text(out, "schema", "dsv.audit/1");
	rc = dsv_jline_close(out);
	return rc < 0 ? rc : dsv_audit_json(out, shown->audit);
}

static const struct dsv_view show_view = {show_human, show_json};

/* Nobody sees a sample before the plan is where others see it. */
static int write_sheet(struct dsv_ctx *ctx, const struct shown *shown)
{
	struct dsv_audit_sample sample DSV_AUTO(audit_sample) =
		DSV_AUDIT_SAMPLE_INIT;
	const struct dsv_statement *it = &shown->audit->plan->statement;
	int rc = dsv_audit_draw(ctx->repo, it, &sample);

	return rc < 0 ? rc
		      : dsv_audit_sheet_write(&it->plan, &sample, shown->sheet);
}

static int show_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct show_args *args = argp;
	struct dsv_audit_book book DSV_AUTO(audit_book) = DSV_AUDIT_BOOK_INIT;
	struct shown shown = {.sheet = args->sheet};
	int rc = dsv_audit_book_read(&book, ctx->repo, args->target, NULL);

	if (rc == 0)
		rc = dsv_audit_named(&book.audits, args->audit, &shown.audit);
	if (rc == 0 && args->sheet)
		rc = write_sheet(ctx, &shown);
	return rc < 0 ? rc : dsv_out_show(ctx->out, &show_view, &shown);
}

const struct dsv_cmd dsv_cmd_audit_show = {
	.name = "audit show",
	.brief = "an audit with all its figures",
	.about = "Draws the sample again and computes everything from what "
		 "auditors signed.",
	.opts = show_opts,
	.args_size = sizeof(struct show_args),
	.needs = DSV_NEEDS_REPO,
	.flags = DSV_CMD_PAGER,
	.run = show_run,
};
