#include <stdlib.h>
#include <string.h>

#include <dsv/stage.h>
#include <dsv/text.h>

#include "cli/cmd.h"
#include "cli/term.h"
#include "cmd/faults.h"
#include "cmd/words.h"

struct add_args {
	struct dsv_operands paths;
	bool all;
	bool update;
	bool renormalize;
	bool force;
	bool quiet;
};

static const struct dsv_opt add_opts[] = {
	DSV_OPT_FLAG('A', "all", struct add_args, all,
		     "new, changed and removed files, everywhere"),
	DSV_OPT_FLAG('u', "update", struct add_args, update,
		     "only files that git knows"),
	DSV_OPT_FLAG(0, "renormalize", struct add_args, renormalize,
		     "put data that git holds as plain bytes behind pointers"),
	DSV_OPT_FLAG('f', "force", struct add_args, force, "ignored files too"),
	DSV_OPT_FLAG('q', "quiet", struct add_args, quiet, "say nothing"),
	DSV_ARG_MANY("PATH", struct add_args, paths, DSV_COMPLETE_PATH),
	DSV_OPT_END,
};

static int view_staged(struct dsv_out *out, const struct dsv_staged *staged)
{
	if (!staged->n)
		return 0;
	dsv_buf_addstr(&out->buf, "staged ");
	dsv_add_count(&out->buf, staged->n);
	dsv_buf_addstr(&out->buf, staged->n == 1 ? " file" : " files");
	if (staged->bytes) {
		dsv_buf_addstr(&out->buf, ", ");
		dsv_add_size(&out->buf, staged->bytes);
		dsv_buf_addstr(&out->buf, " of data");
	}
	dsv_buf_addch(&out->buf, '\n');
	return dsv_out_line(out);
}

/* More files than this are found by name in one walk over all that is staged,
 * not by a pathspec each. */
#define PATHSPECS_MAX 64u

static int by_path(const void *path, const void *item)
{
	return strcmp(path, ((const struct dsv_staged_file *)item)->path);
}

static bool is_staged(const struct dsv_staged *staged, const char *path)
{
	return bsearch(path, staged->items, staged->n, sizeof(staged->items[0]),
		       by_path) != NULL;
}

static size_t list_pointers(const struct dsv_staged *staged,
			    struct dsv_strlist *out)
{
	size_t n = 0;

	for (size_t i = 0; i < staged->n; i++) {
		if (!staged->items[i].to.is_pointer)
			continue;
		if (n++ < PATHSPECS_MAX)
			dsv_words_literal(out, staged->items[i].path);
	}
	return n;
}

/* What is wrong with the data; it is kept all the same. A definition that
 * cannot be read is for status to tell, the files are staged. */
static int view_faults(struct dsv_ctx *ctx, const struct dsv_staged *staged)
{
	struct dsv_faults faults DSV_AUTO(faults) = DSV_FAULTS_INIT;
	struct dsv_strlist paths DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_diff_opts opts = {.to = {.at = DSV_AT_INDEX}};
	struct dsv_diff *diff DSV_AUTO(diff) = NULL;
	struct dsv_file_diff *file;
	size_t n = list_pointers(staged, &paths);
	int rc;

	if (n == 0)
		return 0;
	if (n <= PATHSPECS_MAX)
		opts.paths = &paths;
	rc = dsv_repo_head(ctx->repo, &opts.from);
	if (rc == 0)
		rc = dsv_diff_open(&diff, ctx->repo, &opts);
	while (rc == 0 && (rc = dsv_diff_next(diff, &file)) > 0) {
		if (dsv_file_diff_summary(file) &&
		    is_staged(staged, dsv_file_diff_info(file)->path))
			dsv_faults_add(&faults, ctx, dsv_file_diff_info(file),
				       dsv_file_diff_summary(file));
		rc = 0;
	}
	if (rc < 0) {
		dsv_term_say("staged, but its records cannot be read: %s",
			     dsv_error_message());
		dsv_error_clear();
	}
	dsv_buf_add(&ctx->out->buf, faults.text.data, faults.text.len);
	return dsv_out_line(ctx->out);
}

static int add_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct add_args *args = argp;
	struct dsv_staged staged DSV_AUTO(staged) = DSV_STAGED_INIT;
	struct dsv_strlist paths DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_stage_opts opts = {
		.paths = &paths,
		.all = args->all,
		.update = args->update,
		.renormalize = args->renormalize,
		.force = args->force,
	};
	int rc;

	if (!args->paths.list.n && !args->all && !args->update &&
	    !args->renormalize) {
		dsv_fail(DSV_EUSAGE, "nothing named to be added");
		return dsv_hint(DSV_EUSAGE, "dsv add PATH, or dsv add -A");
	}
	rc = dsv_repo_paths(ctx->repo, &args->paths.list, &paths);
	if (rc == 0)
		rc = dsv_stage(ctx->repo, &opts, &staged);
	if (rc < 0 || args->quiet)
		return rc;
	rc = view_staged(ctx->out, &staged);
	return rc < 0 ? rc : view_faults(ctx, &staged);
}

const struct dsv_cmd dsv_cmd_add = {
	.name = "add",
	.group = DSV_GROUP_WORK,
	.brief = "stage files; data goes into the store",
	.opts = add_opts,
	.args_size = sizeof(struct add_args),
	.needs = DSV_NEEDS_WORKTREE,
	.run = add_run,
};
