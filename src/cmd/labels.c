#include <dsv/labels.h>

#include "cli/cmd.h"
#include "cmd/labels_view.h"
#include "cmd/revs.h"

struct labels_args {
	struct dsv_operands operands;
	struct dsv_strlist labels;
	struct dsv_strlist where;
	const char *by;
	const char *format;
	bool all;
};

static const struct dsv_opt labels_opts[] = {
	DSV_OPT_STR(0, "by", "COL", struct labels_args, by,
		    "counts for each value of COL"),
	DSV_OPT_LIST(0, "where", "FIELD=VALUE", struct labels_args, where,
		     "only records for which it is true"),
	DSV_OPT_COLS('l', "label", struct labels_args, labels,
		     "columns that hold the label (default: the definition's)"),
	DSV_OPT_STR(
		0, "format", "FORMAT", struct labels_args, format,
		"read as csv, tsv, jsonl, json, plain or bytes (default: by "
		"extension)"),
	DSV_OPT_FLAG(0, "all", struct labels_args, all,
		     "every value, not only the most frequent"),
	DSV_OPT_JSON,
	DSV_ARG_MANY("REV|PATH", struct labels_args, operands,
		     DSV_COMPLETE_REV),
	DSV_OPT_END,
};

static int labels_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct labels_args *args = argp;
	struct dsv_revs revs DSV_AUTO(revs) = DSV_REVS_INIT;
	struct dsv_labels_result read = {.all = args->all};
	struct dsv_labels_opts opts = {
		.paths = &revs.paths,
		.labels = &args->labels,
		.format = args->format,
		.by = args->by,
		.where = &args->where,
	};
	int rc;

	rc = dsv_revs_read(ctx, &args->operands, 1, &revs);
	if (rc < 0)
		return rc;
	if (!revs.n && dsv_repo_workdir(ctx->repo))
		opts.version.at = DSV_AT_WORKTREE;
	else if (!revs.n)
		rc = dsv_repo_head(ctx->repo, &opts.version);
	else
		opts.version = revs.from;
	read.version = revs.n				    ? revs.from_name
		       : opts.version.at == DSV_AT_WORKTREE ? "worktree"
							    : "HEAD";
	if (rc == 0)
		rc = dsv_labels_read(&read.labels, ctx->repo, &opts);
	if (rc == 0)
		rc = dsv_out_show(ctx->out, &dsv_labels_view, &read);
	dsv_labels_release(&read.labels);
	return rc;
}

static const char *const labels_forms[] = {
	"[REV] [--] [PATH...]",
	NULL,
};

const struct dsv_cmd dsv_cmd_labels = {
	.name = "labels",
	.group = DSV_GROUP_LOOK,
	.brief = "how often each label stands in the data",
	.forms = labels_forms,
	.about = "Of the work tree, or of REV.",
	.opts = labels_opts,
	.args_size = sizeof(struct labels_args),
	.needs = DSV_NEEDS_REPO,
	.flags = DSV_CMD_PAGER,
	.run = labels_run,
};
