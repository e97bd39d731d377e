#include <string.h>
#include <unistd.h>

#include <dsv/address.h>
#include <dsv/interval.h>

#include "cli/cmd.h"
#include "cmd/audit.h"
#include "cmd/audit_agreement_view.h"

#define CONFIDENCE "0.95"

struct agreement_args {
	const char *file;
	struct dsv_strlist raters;
	struct dsv_strlist key;
	struct dsv_strlist item;
	struct dsv_strlist order;
	const char *rater;
	const char *label;
	const char *format;
	const char *confidence;
	unsigned level;
};

static const char *const levels[] = {"nominal", "ordinal", "interval", NULL};

static const struct dsv_opt agreement_opts[] = {
	DSV_OPT_COLS(0, "raters", struct agreement_args, raters,
		     "a row an item: the columns of the raters (default: all "
		     "but the key's)"),
	DSV_OPT_COLS('k', "key", struct agreement_args, key,
		     "a row an item: the columns that name it (default: the "
		     "definition's)"),
	DSV_OPT_COLS(0, "item", struct agreement_args, item,
		     "a row a rating: the columns that name the item"),
	DSV_OPT_STR(0, "rater", "COL", struct agreement_args, rater,
		    "a row a rating: the column that names the rater"),
	DSV_OPT_STR('l', "label", "COL", struct agreement_args, label,
		    "a row a rating: the column of the label"),
	DSV_OPT_WORD(0, "level", levels, struct agreement_args, level,
		     "what labels say beyond being the same: an order, or "
		     "distances as well (default: nominal)"),
	DSV_OPT_VALUE_(DSV_KIND_COLS, 0, "order", "LABEL,..",
		       struct agreement_args, order,
		       "all labels, the lowest first (default: labels that are "
		       "numbers, by value)"),
	DSV_OPT_STR(0, "confidence", "C", struct agreement_args, confidence,
		    "of the interval around Cohen's kappa (default: 0.95)"),
	DSV_OPT_STR(0, "format", "FORMAT", struct agreement_args, format,
		    "read as csv, tsv, jsonl or json (default: by extension)"),
	DSV_OPT_JSON,
	DSV_ARG("[REV:]FILE", struct agreement_args, file, DSV_COMPLETE_PATH),
	DSV_OPT_END,
};

/* A file that no version of the repository has: there is none, it is bare, or
 * the file lies outside. */
static bool is_loose(struct dsv_ctx *ctx, const char *file)
{
	struct dsv_buf path DSV_AUTO(buf) = DSV_BUF_INIT;

	if (!ctx->repo || !strcmp(file, "-"))
		return true;
	if (access(file, F_OK))
		return false;
	if (!dsv_repo_workdir(ctx->repo))
		return true;
	if (dsv_repo_path(ctx->repo, file, &path) == 0)
		return false;
	dsv_error_clear();
	return true;
}

static int read_ratings(struct dsv_ctx *ctx, const struct agreement_args *args,
			const struct dsv_ratings_opts *opts,
			struct dsv_agreement_result *out)
{
	struct dsv_address address DSV_AUTO(address) = DSV_ADDRESS_INIT;
	struct dsv_version here = {.at = DSV_AT_WORKTREE};
	int rc;

	if (is_loose(ctx, args->file))
		return dsv_ratings_read(&out->ratings, &out->shape, NULL, NULL,
					args->file, opts);
	if (!dsv_repo_workdir(ctx->repo))
		here.at = DSV_AT_INDEX;
	rc = dsv_address_parse(&address, ctx->repo, args->file, &here);
	if (rc < 0)
		return rc;
	if (address.has_key) {
		dsv_fail(DSV_EUSAGE, "'%s' names a record", args->file);
		return dsv_hint(DSV_EUSAGE, "agreement is about a whole file: "
					    "[REV:]FILE");
	}
	return dsv_ratings_read(&out->ratings, &out->shape, ctx->repo,
				&address.version, address.path, opts);
}

static int check_args(const struct agreement_args *args,
		      struct dsv_agreement_result *out)
{
	const char *text = args->confidence ? args->confidence : CONFIDENCE;

	if (!dsv_fraction_parse(text, &out->confidence) ||
	    out->confidence <= 0 || out->confidence >= 1) {
		dsv_fail(DSV_EUSAGE, "'%s' is no confidence", text);
		return dsv_hint(DSV_EUSAGE, "a number between 0 and 1, such as "
					    "0.95");
	}
	if (args->order.n && args->level != DSV_LEVEL_ORDINAL + 1) {
		dsv_fail(DSV_EUSAGE, "an order goes with ordinal labels");
		return dsv_hint(DSV_EUSAGE, "--level ordinal --order LOW,..,"
					    "HIGH");
	}
	return 0;
}

static int agreement_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct agreement_args *args = argp;
	struct dsv_agreement_result result = {.name = args->file};
	struct dsv_ratings_opts opts = {
		.format = args->format,
		.raters = &args->raters,
		.key = &args->key,
		.item = &args->item,
		.rater = args->rater,
		.label = args->label,
		.level = args->level ? (enum dsv_level)(args->level - 1)
				     : DSV_LEVEL_NOMINAL,
		.order = &args->order,
	};
	int rc = check_args(args, &result);

	if (rc == 0)
		rc = read_ratings(ctx, args, &opts, &result);
	if (rc == 0)
		rc = dsv_agreement_compute(&result.agreement, &result.ratings,
					   opts.level);
	if (rc == 0)
		rc = dsv_out_show(ctx->out, &dsv_agreement_view, &result);
	dsv_agreement_release(&result.agreement);
	dsv_ratings_shape_release(&result.shape);
	dsv_ratings_release(&result.ratings);
	return rc;
}

const struct dsv_cmd dsv_cmd_audit_agreement = {
	.name = "audit agreement",
	.brief = "how far raters agree who labelled the same items",
	.about = "FILE has a row an item and a column a rater, or, with "
		 "--item, --rater and --label, a row a rating. An empty cell "
		 "is a missing rating.",
	.opts = agreement_opts,
	.args_size = sizeof(struct agreement_args),
	.needs = DSV_NEEDS_MAYBE_REPO,
	.flags = DSV_CMD_PAGER,
	.run = agreement_run,
};
