#include <string.h>

#include <dsv/address.h>
#include <dsv/diff.h>
#include <dsv/where.h>

#include "cli/cmd.h"
#include "cmd/diff_show.h"
#include "cmd/revs.h"

struct diff_args {
	struct dsv_operands operands;
	struct dsv_strlist key;
	struct dsv_strlist labels;
	struct dsv_strlist where;
	const char *format;
	const char *field;
	unsigned only;
	bool staged;
	bool cached;
	bool no_index;
	bool summary;
	bool stat;
	bool md;
	bool csv;
	bool exit_code;
	bool quiet;
	bool no_cache;
};

static const char *const only_words[] = {"added", "removed", "changed",
					 "relabelled", NULL};

static const struct dsv_opt diff_opts[] = {
	DSV_OPT_FLAG(0, "staged", struct diff_args, staged,
		     "what would be committed: HEAD (or REV) to the index"),
	DSV_OPT_FLAG(0, "cached", struct diff_args, cached,
		     "the same as --staged"),
	DSV_OPT_FLAG(0, "no-index", struct diff_args, no_index,
		     "two files, in a repository or not"),
	DSV_OPT_FLAG(0, "summary", struct diff_args, summary,
		     "counts, and each label before and after"),
	DSV_OPT_FLAG(0, "stat", struct diff_args, stat, "a line a file"),
	DSV_OPT_FLAG(0, "md", struct diff_args, md,
		     "Markdown, for a comment on a pull request"),
	DSV_OPT_FLAG(0, "csv", struct diff_args, csv,
		     "a CSV row for each changed field"),
	DSV_OPT_JSON,
	DSV_OPT_WORD(0, "only", only_words, struct diff_args, only,
		     "only such records"),
	DSV_OPT_LIST(0, "where", "FIELD=VALUE", struct diff_args, where,
		     "only records for which it is true on either side"),
	DSV_OPT_STR(0, "field", "FIELD", struct diff_args, field,
		    "only records whose FIELD differs, and only FIELD of "
		    "them"),
	DSV_OPT_COLS('k', "key", struct diff_args, key,
		     "columns that name a record (default: the definition's)"),
	DSV_OPT_COLS('l', "label", struct diff_args, labels,
		     "columns that hold the label (default: the definition's)"),
	DSV_OPT_STR(
		0, "format", "FORMAT", struct diff_args, format,
		"read as csv, tsv, jsonl, json, plain or bytes (default: by "
		"extension)"),
	DSV_OPT_FLAG(0, "exit-code", struct diff_args, exit_code,
		     "exit 1 where something differs, else 0"),
	DSV_OPT_FLAG('q', "quiet", struct diff_args, quiet,
		     "show nothing; implies --exit-code"),
	DSV_OPT_FLAG(0, "no-cache", struct diff_args, no_cache,
		     "neither use nor keep change lists"),
	DSV_ARG_MANY("REV|PATH", struct diff_args, operands, DSV_COMPLETE_REV),
	DSV_OPT_END,
};

static int choose_form(const struct diff_args *args, struct dsv_diff_show *out)
{
	unsigned forms = 0u + args->summary + args->stat + args->md + args->csv;

	if (forms > 1)
		return dsv_fail(DSV_EUSAGE, "--summary, --stat, --md and --csv "
					    "exclude each other");
	out->form = args->summary ? DSV_FORM_SUMMARY
		    : args->stat  ? DSV_FORM_STAT
		    : args->md	  ? DSV_FORM_MD
		    : args->csv	  ? DSV_FORM_CSV
				  : DSV_FORM_RECORDS;
	out->only = (enum dsv_diff_only)args->only;
	if (args->field)
		out->field = args->field;
	if ((args->summary || args->md) && dsv_diff_show_narrows(out))
		return dsv_fail(DSV_EUSAGE,
				"--%s counts all records, so "
				"--only, --where and --field do "
				"not go with it",
				args->summary ? "summary" : "md");
	return 0;
}

/* Which two versions, from what was written and from --staged. */
static int choose_sides(struct dsv_ctx *ctx, const struct diff_args *args,
			struct dsv_revs *revs)
{
	const struct dsv_version index = {.at = DSV_AT_INDEX};
	const struct dsv_version worktree = {.at = DSV_AT_WORKTREE};
	bool staged = args->staged || args->cached;
	struct dsv_version head;
	int rc;

	if (staged && revs->n == 2)
		return dsv_fail(DSV_EUSAGE, "--staged takes one revision at "
					    "most");
	if (staged && !revs->n) {
		rc = dsv_repo_head(ctx->repo, &head);
		if (rc < 0)
			return rc;
		dsv_revs_from(revs, head, "HEAD");
	}
	if (!staged && !revs->n)
		dsv_revs_from(revs, index, "index");
	if (staged)
		dsv_revs_to(revs, index, "index");
	else if (revs->n < 2)
		dsv_revs_to(revs, worktree, "worktree");
	if (revs->to.at == DSV_AT_WORKTREE && !dsv_repo_workdir(ctx->repo)) {
		dsv_fail(DSV_EUSAGE, "a bare repository has no work tree");
		return dsv_hint(DSV_EUSAGE, "name two revisions: A..B");
	}
	return 0;
}

/* PATH:KEY[:FIELD] as the last word; any other leaves the address empty. */
static int read_address(struct dsv_ctx *ctx, const struct diff_args *args,
			struct dsv_address *out)
{
	const struct dsv_strlist *list = &args->operands.list;
	struct dsv_version version = {.at = DSV_AT_WORKTREE};
	const char *word = list->n ? list->items[list->n - 1] : "";
	int rc;

	if (!strchr(word, ':') || *word == ':')
		return 0;
	if (!dsv_repo_workdir(ctx->repo))
		version.at = DSV_AT_INDEX;
	rc = dsv_address_parse_by(out, ctx->repo, word, &version,
				  args->key.n ? &args->key : NULL);
	if (rc < 0 && !out->has_key) {
		dsv_error_clear();
		return 0;
	}
	if (rc == 0 && out->has_key && out->rev)
		return dsv_hint(
			dsv_fail(DSV_EUSAGE, "'%s' names a revision", word),
			"dsv diff REV PATH:KEY");
	if (rc == 0 && out->has_key && args->quiet)
		return dsv_fail(DSV_EUSAGE, "--quiet looks at whole files");
	return rc;
}

static int open_versions(struct dsv_ctx *ctx, const struct diff_args *args,
			 struct dsv_revs *revs, struct dsv_address *address,
			 struct dsv_diff_opts *opts, struct dsv_diff **out)
{
	struct dsv_operands operands = args->operands;
	int rc;

	if (!ctx->repo) {
		dsv_fail(DSV_ENOTFOUND, "not inside a git repository");
		return dsv_hint(DSV_ENOTFOUND, "dsv diff --no-index A B "
					       "compares two files");
	}
	rc = read_address(ctx, args, address);
	operands.list.n -= address->has_key;
	if (rc == 0)
		rc = dsv_revs_read(ctx, &operands, 2, revs);
	if (rc == 0 && address->has_key)
		dsv_strlist_add(&revs->paths, address->path);
	if (rc == 0)
		rc = choose_sides(ctx, args, revs);
	if (rc < 0)
		return rc;
	opts->from = revs->from;
	opts->to = revs->to;
	opts->paths = &revs->paths;
	return dsv_diff_open(out, ctx->repo, opts);
}

static int open_files(struct dsv_ctx *ctx, const struct diff_args *args,
		      const struct dsv_diff_opts *opts, struct dsv_diff **out)
{
	const struct dsv_strlist *files = &args->operands.list;

	if (files->n != 2)
		return dsv_fail(DSV_EUSAGE, "--no-index takes two files");
	return dsv_diff_open_files(out, ctx->repo, files->items[0],
				   files->items[1], opts);
}

static int show(struct dsv_ctx *ctx, const struct diff_args *args,
		struct dsv_diff_show *view)
{
	struct dsv_where from DSV_AUTO(where) = DSV_WHERE_INIT;
	struct dsv_where to DSV_AUTO(where) = DSV_WHERE_INIT;
	struct dsv_file_diff *file;
	int rc;

	if (args->quiet) {
		rc = dsv_diff_next(view->diff, &file);
		return rc > 0 ? DSV_EXIT_NO : rc;
	}
	rc = dsv_where_parse(&from, &args->where);
	if (rc == 0)
		rc = dsv_where_parse(&to, &args->where);
	if (rc < 0)
		return rc;
	if (args->where.n) {
		view->where[0] = &from;
		view->where[1] = &to;
	}
	rc = choose_form(args, view);
	if (rc == 0)
		rc = dsv_diff_show(ctx->out, view);
	if (rc < 0 || !args->exit_code)
		return rc;
	if (dsv_diff_show_narrows(view) && view->form != DSV_FORM_STAT)
		return view->records ? DSV_EXIT_NO : 0;
	return view->files ? DSV_EXIT_NO : 0;
}

static int diff_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct diff_args *args = argp;
	struct dsv_revs revs DSV_AUTO(revs) = DSV_REVS_INIT;
	struct dsv_address address DSV_AUTO(address) = DSV_ADDRESS_INIT;
	struct dsv_diff *diff DSV_AUTO(diff) = NULL;
	struct dsv_diff_opts opts = {
		.key = args->key.n ? &args->key : NULL,
		.labels = args->labels.n ? &args->labels : NULL,
		.format = args->format,
		.no_cache = args->no_cache,
	};
	struct dsv_diff_show view = {0};
	int rc;

	if (args->no_index)
		rc = open_files(ctx, args, &opts, &diff);
	else
		rc = open_versions(ctx, args, &revs, &address, &opts, &diff);
	if (rc < 0)
		return rc;
	view.diff = diff;
	view.key = address.has_key ? &address.key : NULL;
	view.field = address.field;
	view.from_name = revs.from_name;
	view.to_name = revs.to_name;
	if (args->no_index) {
		view.from_name = args->operands.list.items[0];
		view.to_name = args->operands.list.items[1];
	} else {
		view.from = &revs.from;
		view.to = &revs.to;
	}
	return show(ctx, args, &view);
}

static const char *const diff_forms[] = {
	"[REV | A..B | A...B] [--] [PATH...]",
	"[REV | A..B] PATH:KEY[:FIELD]",
	"--no-index A B [--key COL,..] [--label COL,..]",
	NULL,
};

const struct dsv_cmd dsv_cmd_diff = {
	.name = "diff",
	.group = DSV_GROUP_LOOK,
	.brief = "show what changed, record by record",
	.forms = diff_forms,
	.about = "Without REV: from the index to the work tree. With one: from "
		 "REV to the work tree.",
	.opts = diff_opts,
	.args_size = sizeof(struct diff_args),
	.needs = DSV_NEEDS_MAYBE_REPO,
	.flags = DSV_CMD_PAGER,
	.run = diff_run,
};
