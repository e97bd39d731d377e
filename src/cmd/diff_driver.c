#include <stdlib.h>
#include <string.h>

#include <dsv/dataset.h>
#include <dsv/diff.h>
#include <dsv/text.h>

#include "cli/cmd.h"
#include "cmd/diff_show.h"
#include "cmd/words.h"

struct driver_args {
	struct dsv_operands operands;
	const char *textconv;
};

static const struct dsv_opt driver_opts[] = {
	DSV_OPT_STR(0, "textconv", "FILE", struct driver_args, textconv,
		    "one page about FILE, for git log -p"),
	DSV_ARG_MANY("ARG", struct driver_args, operands, DSV_COMPLETE_NONE),
	DSV_OPT_END,
};

/* What git hands a diff driver: gitattributes(5), GIT_EXTERNAL_DIFF. */
enum {
	ARG_PATH,
	ARG_OLD_FILE,
	ARG_OLD_HEX,
	ARG_OLD_MODE,
	ARG_NEW_FILE,
	ARG_NEW_HEX,
	ARG_NEW_MODE,
	ARG_COUNT,
	ARG_NEW_PATH = ARG_COUNT
};

#define UNMERGED_COUNT 1u /* the path alone */

static bool is_nothing(const char *file)
{
	return !strcmp(file, "/dev/null");
}

static int hex_value(char ch)
{
	if (ch >= '0' && ch <= '9')
		return ch - '0';
	return ch >= 'a' && ch <= 'f' ? ch - 'a' + 10 : -1;
}

/* A name of a blob; "." and zeros stand for a file that is not hashed. */
static bool parse_oid(const char *hex, struct dsv_oid *out)
{
	size_t i;

	if (strlen(hex) != DSV_OID_HEX - 1)
		return false;
	for (i = 0; i < DSV_OID_SIZE; i++) {
		int high = hex_value(hex[2 * i]);
		int low = hex_value(hex[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		out->bytes[i] = (uint8_t)(high << 4 | low);
	}
	return !dsv_oid_is_zero(out);
}

static int show_pair(struct dsv_ctx *ctx, const struct dsv_strlist *args)
{
	char *const *items = args->items;
	struct dsv_diff *diff DSV_AUTO(diff) = NULL;
	struct dsv_diff_opts opts = {.no_cache = false};
	struct dsv_diff_show view = {.from_name = "old", .to_name = "new"};
	struct dsv_oid from, to;
	struct dsv_blob_pair pair = {
		.path = args->n > ARG_NEW_PATH ? items[ARG_NEW_PATH]
					       : items[ARG_PATH],
	};
	int rc;

	if (parse_oid(items[ARG_OLD_HEX], &from))
		pair.from = &from;
	else if (!is_nothing(items[ARG_OLD_FILE]))
		pair.file_from = items[ARG_OLD_FILE];
	if (parse_oid(items[ARG_NEW_HEX], &to))
		pair.to = &to;
	else if (!is_nothing(items[ARG_NEW_FILE]))
		pair.file_to = items[ARG_NEW_FILE];
	rc = dsv_diff_open_pair(&diff, ctx->repo, &pair, &opts);
	view.diff = diff;
	return rc < 0 ? rc : dsv_diff_show(ctx->out, &view);
}

/* git hands on a temporary file that bears the last part of the path: the
 * folders come from the dataset that would match them. */
static int find_path(struct dsv_ctx *ctx, const char *file, struct dsv_buf *out)
{
	const struct dsv_version worktree = {.at = DSV_AT_WORKTREE};
	struct dsv_datasets sets DSV_AUTO(datasets) = DSV_DATASETS_INIT;
	const char *name = strrchr(file, '/') ? strrchr(file, '/') + 1 : file;
	size_t i, k;
	int rc;

	rc = dsv_datasets_read(&sets, ctx->repo, &worktree);
	if (rc < 0)
		dsv_error_clear();
	for (i = 0; rc == 0 && i < sets.n; i++) {
		for (k = 0; k < sets.items[i].files.n; k++) {
			const char *pattern = sets.items[i].files.items[k];
			const char *end = strrchr(pattern, '/');

			dsv_buf_reset(out);
			if (end)
				dsv_buf_add(out, pattern,
					    (size_t)(end - pattern) + 1);
			dsv_buf_addstr(out, name);
			if (dsv_dataset_matches(&sets.items[i],
						dsv_buf_str(out)))
				return 0;
		}
	}
	dsv_buf_reset(out);
	dsv_buf_addstr(out, name);
	return 0;
}

static int by_value(const void *a, const void *b)
{
	const struct dsv_label_count *const *x = a, *const *y = b;

	return strcmp((*x)->value, (*y)->value);
}

/* In order of the values, so that a line stays where it is. */
static void page_label(struct dsv_out *out, const struct dsv_label_diff *label)
{
	const struct dsv_label_count **sorted;
	size_t i;

	sorted = calloc(label->n_values + 1, sizeof(*sorted));
	if (!sorted)
		return;
	for (i = 0; i < label->n_values; i++)
		sorted[i] = &label->values[i];
	qsort(sorted, label->n_values, sizeof(*sorted), by_value);
	dsv_buf_addstr(&out->buf, "label ");
	dsv_out_shown(out, label->name);
	dsv_buf_addch(&out->buf, '\n');
	for (i = 0; i < label->n_values; i++) {
		dsv_buf_addstr(&out->buf, "  ");
		dsv_out_shown(out, dsv_words_label(sorted[i]->value));
		dsv_buf_addf(&out->buf, "  %llu\n",
			     (unsigned long long)sorted[i]->after);
	}
	free(sorted);
}

/* Lines that change only where the data did, for git diffs them. */
static int page(struct dsv_out *out, const struct dsv_file_info *info,
		const struct dsv_diff_summary *summary)
{
	size_t i;

	if (!summary) {
		dsv_buf_addf(&out->buf, "%s, %llu bytes\n", info->format,
			     (unsigned long long)info->size_to);
		return dsv_out_line(out);
	}
	dsv_buf_addf(&out->buf, "%s, %llu records\n", info->format,
		     (unsigned long long)summary->records_to);
	for (i = 0; i < summary->columns_to->n; i++) {
		dsv_buf_addstr(&out->buf, "column ");
		dsv_out_shown(out, summary->columns_to->items[i]);
		dsv_buf_addch(&out->buf, '\n');
	}
	for (i = 0; i < summary->n_labels; i++)
		page_label(out, &summary->labels[i]);
	for (i = 0; i < summary->n_issues; i++) {
		dsv_words_issue(&out->buf, summary->issues[i].issue,
				summary->issues[i].count);
		dsv_buf_addf(&out->buf, ", first line %llu\n",
			     (unsigned long long)summary->issues[i].line);
	}
	return dsv_out_line(out);
}

static int show_page(struct dsv_ctx *ctx, const char *file)
{
	struct dsv_diff *diff DSV_AUTO(diff) = NULL;
	struct dsv_buf path DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_diff_opts opts = {.no_cache = false};
	struct dsv_blob_pair pair = {.file_to = file};
	struct dsv_file_diff *one;
	int rc;

	rc = find_path(ctx, file, &path);
	pair.path = dsv_buf_str(&path);
	if (rc == 0)
		rc = dsv_diff_open_pair(&diff, ctx->repo, &pair, &opts);
	if (rc == 0)
		rc = dsv_diff_next(diff, &one);
	if (rc <= 0)
		return rc;
	return page(ctx->out, dsv_file_diff_info(one),
		    dsv_file_diff_summary(one));
}

static int driver_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct driver_args *args = argp;
	const struct dsv_strlist *list = &args->operands.list;

	if (args->textconv)
		return show_page(ctx, args->textconv);
	if (list->n == UNMERGED_COUNT) {
		dsv_words_path(&ctx->out->buf, list->items[ARG_PATH]);
		dsv_buf_addstr(&ctx->out->buf, "  not merged\n");
		return dsv_out_line(ctx->out);
	}
	if (list->n < ARG_COUNT)
		return dsv_fail(DSV_EUSAGE, "git hands a diff driver seven "
					    "arguments");
	return show_pair(ctx, list);
}

static const char *const driver_forms[] = {
	"PATH OLD-FILE OLD-HEX OLD-MODE NEW-FILE NEW-HEX NEW-MODE",
	"--textconv FILE",
	NULL,
};

const struct dsv_cmd dsv_cmd_diff_driver = {
	.name = "diff-driver",
	.group = DSV_GROUP_PLUMBING,
	.brief = "what git diff, git log -p and git show call",
	.forms = driver_forms,
	.opts = driver_opts,
	.args_size = sizeof(struct driver_args),
	.needs = DSV_NEEDS_REPO,
	.flags = DSV_CMD_SETUP_LATER,
	.run = driver_run,
};
