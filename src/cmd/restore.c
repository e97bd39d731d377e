#include <string.h>

#include <dsv/address.h>
#include <dsv/checkout.h>
#include <dsv/text.h>

#include "cli/cmd.h"
#include "cmd/checkout_view.h"

struct restore_args {
	struct dsv_operands paths;
	const char *source;
	bool staged;
	bool worktree;
	bool quiet;
};

static const struct dsv_opt restore_opts[] = {
	DSV_OPT_REV('s', "source", struct restore_args, source,
		    "take the files from REV (default: the index, or HEAD with "
		    "--staged)"),
	DSV_OPT_FLAG('S', "staged", struct restore_args, staged,
		     "restore the index"),
	DSV_OPT_FLAG('W', "worktree", struct restore_args, worktree,
		     "restore the work tree (default)"),
	DSV_OPT_FLAG('q', "quiet", struct restore_args, quiet, "say nothing"),
	DSV_ARG_SOME("PATH|ADDRESS", struct restore_args, paths,
		     DSV_COMPLETE_PATH),
	DSV_OPT_END,
};

static int view(struct dsv_out *out, const struct dsv_checkout *done)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_checkout_view_counts(&text, done);
	/* the words begin with ", " for those who say something before */
	if (text.len)
		dsv_buf_addf(&out->buf, "%s\n", dsv_buf_str(&text) + 2);
	return dsv_out_line(out);
}

/* 1: the operand was the address of a record, which is restored. */
static int restore_record(struct dsv_ctx *ctx, const struct restore_args *args)
{
	struct dsv_address address DSV_AUTO(address) = DSV_ADDRESS_INIT;
	const char *word = args->paths.list.items[0];
	struct dsv_version from = {.at = DSV_AT_INDEX};
	int rc = 0;

	if (args->paths.list.n != 1 || args->paths.dashed ||
	    !strchr(word, ':') || word[0] == ':')
		return 0;
	if (args->source)
		rc = dsv_repo_resolve(ctx->repo, args->source, &from);
	if (rc == 0)
		rc = dsv_address_parse(&address, ctx->repo, word, &from);
	if (rc < 0 || !address.has_key)
		return rc;
	if (address.field || args->staged)
		return dsv_fail(DSV_EUSAGE, "a record is restored as a whole, "
					    "in the work tree");
	rc = dsv_record_restore(ctx->repo, &address);
	if (rc < 0)
		return rc;
	if (!args->quiet)
		dsv_buf_addstr(&ctx->out->buf, "1 record restored\n");
	rc = dsv_out_line(ctx->out);
	return rc < 0 ? rc : 1;
}

static int restore_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct restore_args *args = argp;
	struct dsv_checkout done DSV_AUTO(checkout) = DSV_CHECKOUT_INIT;
	struct dsv_strlist paths DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_restore_opts opts = {
		.paths = &paths,
		.source = args->source,
		.staged = args->staged,
		.worktree = args->worktree,
	};
	int rc = restore_record(ctx, args);

	if (rc != 0)
		return rc < 0 ? rc : 0;
	rc = dsv_repo_paths(ctx->repo, &args->paths.list, &paths);
	if (rc == 0)
		rc = dsv_restore(ctx->repo, &opts, &done);
	return rc < 0 || args->quiet ? rc : view(ctx->out, &done);
}

const struct dsv_cmd dsv_cmd_restore = {
	.name = "restore",
	.group = DSV_GROUP_WORK,
	.brief = "bring files back as they were",
	.opts = restore_opts,
	.args_size = sizeof(struct restore_args),
	.needs = DSV_NEEDS_WORKTREE,
	.run = restore_run,
};
