#include <dsv/apply.h>
#include <dsv/dataset.h>
#include <dsv/rules.h>

#include "cli/cmd.h"
#include "cmd/apply_view.h"
#include "cmd/diff_show.h"

struct apply_args {
	const char *file;
	const char *to;
	const char *format;
	struct dsv_strlist key;
	bool insert;
	bool remove;
	bool dry_run;
	bool quiet;
};

static const struct dsv_opt apply_opts[] = {
	DSV_OPT_PATH(0, "to", struct apply_args, to,
		     "the data file that is changed"),
	DSV_OPT_FLAG(0, "insert", struct apply_args, insert,
		     "rows with a new key are added at the end"),
	DSV_OPT_FLAG(0, "delete", struct apply_args, remove,
		     "FILE lists keys; their records are taken out"),
	DSV_OPT_FLAG('n', "dry-run", struct apply_args, dry_run,
		     "show the diff, write nothing"),
	DSV_OPT_STR(0, "format", "FORMAT", struct apply_args, format,
		    "read FILE as csv, tsv or jsonl (default: by extension)"),
	DSV_OPT_COLS('k', "key", struct apply_args, key,
		     "columns that name a record (default: the definition's)"),
	DSV_OPT_FLAG('q', "quiet", struct apply_args, quiet,
		     "say nothing but faults"),
	DSV_OPT_JSON,
	DSV_ARG("FILE", struct apply_args, file, DSV_COMPLETE_PATH),
	DSV_OPT_END,
};

/* The labels of the guideline under which the data file stands; none where it
 * has no table of them. */
static int allowed_labels(struct dsv_ctx *ctx, const char *path,
			  struct dsv_strlist *out, struct dsv_buf *out_name)
{
	const struct dsv_version worktree = {.at = DSV_AT_WORKTREE};
	struct dsv_datasets sets DSV_AUTO(datasets) = DSV_DATASETS_INIT;
	struct dsv_rules rules DSV_AUTO(rules) = DSV_RULES_INIT;
	const struct dsv_dataset *set;
	int rc;

	rc = dsv_datasets_read(&sets, ctx->repo, &worktree);
	if (rc < 0)
		return rc;
	set = dsv_datasets_of_path(&sets, path);
	if (!set || !set->guideline)
		return 0;
	rc = dsv_rules_read(&rules, ctx->repo, &worktree, set->guideline);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < rules.n_labels; i++)
		dsv_strlist_add(out, rules.labels[i].label);
	if (rules.n_labels)
		dsv_buf_addstr(out_name, set->guideline);
	return 0;
}

/* The work file against the content as it would be. */
static int show_diff(struct dsv_ctx *ctx, const struct dsv_apply *apply)
{
	const struct dsv_apply_result *result = dsv_apply_result(apply);
	const struct dsv_diff_opts opts = {
		.key = result->key,
		.labels = result->labels,
		.format = result->format,
		.no_cache = true,
	};
	struct dsv_buf here DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_diff *diff DSV_AUTO(diff) = NULL;
	struct dsv_diff_show view = {.bare = true};
	struct dsv_blob_pair pair = {.path = result->path};
	int rc;

	dsv_buf_addf(&here, "%s/%s", dsv_repo_workdir(ctx->repo), result->path);
	pair.file_from = here.data;
	pair.file_to = dsv_apply_preview(apply);
	rc = dsv_diff_open_pair(&diff, ctx->repo, &pair, &opts);
	if (rc < 0)
		return rc;
	view.diff = diff;
	view.from_name = "worktree";
	view.to_name = "applied";
	return dsv_diff_show(ctx->out, &view);
}

static int finish(struct dsv_ctx *ctx, const struct apply_args *args,
		  struct dsv_apply *apply, const struct dsv_apply_view *view)
{
	const struct dsv_apply_result *result = view->result;
	int rc;

	rc = dsv_apply_view_header(ctx->out, view);
	if (rc == 0 && result->n_faults) {
		rc = dsv_apply_view_faults(ctx->out, view);
		return rc < 0 ? rc : DSV_EXIT_NO;
	}
	if (rc == 0 && !args->dry_run)
		rc = dsv_apply_commit(apply);
	else if (rc == 0)
		rc = show_diff(ctx, apply);
	if (rc < 0 || (args->quiet && !ctx->out->json))
		return rc;
	return dsv_apply_view_done(ctx->out, view);
}

static int apply_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct apply_args *args = argp;
	struct dsv_strlist allowed DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_buf guideline DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf path DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_apply *apply DSV_AUTO(apply) = NULL;
	struct dsv_apply_opts opts = {
		.file = args->file,
		.format = args->format,
		.key = &args->key,
		.allowed = &allowed,
		.insert = args->insert,
		.remove = args->remove,
		.preview = args->dry_run,
	};
	struct dsv_apply_view view = {
		.file = args->file,
		.dry_run = args->dry_run,
	};
	int rc;

	if (!args->to)
		return dsv_fail(DSV_EUSAGE, "--to PATH is not given: the data "
					    "file that is changed");
	rc = dsv_repo_path(ctx->repo, args->to, &path);
	if (rc < 0)
		return rc;
	opts.path = dsv_buf_str(&path);
	if (!args->remove)
		rc = allowed_labels(ctx, opts.path, &allowed, &guideline);
	if (rc == 0)
		rc = dsv_apply_open(&apply, ctx->repo, &opts);
	if (rc < 0)
		return rc;
	view.guideline = guideline.len ? guideline.data : NULL;
	view.result = dsv_apply_result(apply);
	return finish(ctx, args, apply, &view);
}

const struct dsv_cmd dsv_cmd_apply = {
	.name = "apply",
	.group = DSV_GROUP_WORK,
	.brief = "put a delivery into a data file, record by record",
	.about = "FILE (csv, tsv or jsonl; - for standard input) is applied to "
		 "PATH by key. Given fields change, all else stays byte for "
		 "byte. Where "
		 "anything in FILE is wrong, all faults are listed and nothing "
		 "is applied.",
	.opts = apply_opts,
	.args_size = sizeof(struct apply_args),
	.needs = DSV_NEEDS_WORKTREE,
	.run = apply_run,
};
