#include <string.h>

#include <dsv/check.h>

#include "cli/cmd.h"
#include "cmd/check_view.h"

#define HEADS  "refs/heads/"
#define ORIGIN "origin/"

struct check_args {
	const char *base;
	const char *head;
	const char *target;
	bool no_scan;
	struct dsv_strlist files;
};

static const struct dsv_opt check_opts[] = {
	DSV_OPT_REV(0, "head", struct check_args, head,
		    "judge this commit (default: HEAD)"),
	DSV_OPT_STR(0, "target", "BRANCH", struct check_args, target,
		    "the branch whose policy counts, where BASE is a commit"),
	DSV_OPT_FLAG(
		0, "no-scan", struct check_args, no_scan,
		"leave the privacy scan out; missing where the policy asks "
		"for it"),
	DSV_OPT_LIST(0, "write", "FILE", struct check_args, files,
		     "write the verdict as FILE.md, .xml (JUnit) or .json too"),
	DSV_OPT_JSON,
	DSV_ARG_MAYBE("BASE", struct check_args, base, DSV_COMPLETE_REV),
	DSV_OPT_END,
};

/* By the end of the name. */
static dsv_out_fn writer_of(const char *path)
{
	static const struct {
		const char *ending;
		dsv_out_fn show;
	} writers[] = {
		{".md", dsv_check_view_md},
		{".xml", dsv_check_view_junit},
		{".json", dsv_check_view_json},
	};
	size_t len = strlen(path);

	for (size_t i = 0; i < sizeof(writers) / sizeof(writers[0]); i++) {
		size_t end = strlen(writers[i].ending);

		if (len > end && !strcmp(path + len - end, writers[i].ending))
			return writers[i].show;
	}
	return NULL;
}

static int check_files(const struct check_args *args)
{
	for (size_t i = 0; i < args->files.n; i++) {
		if (!writer_of(args->files.items[i]))
			return dsv_fail(DSV_EUSAGE,
					"'%s' ends neither in .md nor in .xml "
					"nor in .json",
					args->files.items[i]);
	}
	return 0;
}

static int write_files(const struct check_args *args,
		       struct dsv_verdict *verdict)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < args->files.n; i++)
		rc = dsv_out_file(args->files.items[i],
				  writer_of(args->files.items[i]), verdict);
	return rc;
}

/* "main" and "origin/main" are branches: their policy counts by that name.
 * They are named in full, since anybody may push a tag that is called so. */
static void name_target(const struct check_args *args,
			struct dsv_check_opts *opts, struct dsv_buf *ref)
{
	const char *base = args->base;

	opts->target = args->target;
	if (!base)
		return;
	if (args->target) {
		opts->base_rev = base;
		return;
	}
	opts->target = base;
	if (!strncmp(base, HEADS, strlen(HEADS))) {
		opts->target = base + strlen(HEADS);
	} else if (!strncmp(base, ORIGIN, strlen(ORIGIN))) {
		opts->target = base + strlen(ORIGIN);
		dsv_buf_addf(ref, "refs/remotes/%s", base);
		opts->base_rev = dsv_buf_str(ref);
	}
}

static int check_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct check_args *args = argp;
	struct dsv_verdict *verdict DSV_AUTO(verdict) = NULL;
	struct dsv_check_opts opts = {.no_scan = args->no_scan};
	struct dsv_buf ref DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_version head;
	bool refused;
	int rc = check_files(args);

	if (rc == 0 && args->head) {
		rc = dsv_repo_resolve(ctx->repo, args->head, &head);
		opts.head = &head;
		opts.head_name = args->head;
	}
	if (rc < 0)
		return rc;
	name_target(args, &opts, &ref);
	rc = dsv_check_run(&verdict, ctx->repo, &opts);
	if (rc < 0)
		return rc;
	refused = verdict->refused;
	rc = write_files(args, verdict);
	if (rc == 0)
		rc = dsv_out_show(ctx->out,
				  &(struct dsv_view){dsv_check_view_text,
						     dsv_check_view_json},
				  verdict);
	return rc < 0 ? rc : refused ? DSV_EXIT_NO : 0;
}

const struct dsv_cmd dsv_cmd_check = {
	.name = "check",
	.group = DSV_GROUP_GOVERN,
	.brief = "may this change be merged?",
	.about = "Judges what will stand on the branch BASE (default: the "
		 "branch that others start from) by the policy and the people "
		 "of that branch, never by those of the change. Exit 1 where "
		 "anything is missing or wrong.",
	.opts = check_opts,
	.args_size = sizeof(struct check_args),
	.needs = DSV_NEEDS_REPO,
	.flags = DSV_CMD_PAGER,
	.run = check_run,
};
