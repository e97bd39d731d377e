#include <string.h>

#include <dsv/conflicts.h>

#include "cli/cmd.h"
#include "cmd/words.h"

struct resolve_args {
	struct dsv_operands addresses;
	const char *set;
	bool all;
	bool ours;
	bool theirs;
	bool base;
	bool work;
	bool quiet;
};

static const struct dsv_opt resolve_opts[] = {
	DSV_OPT_FLAG(0, "ours", struct resolve_args, ours, "take our side"),
	DSV_OPT_FLAG(0, "theirs", struct resolve_args, theirs,
		     "take the other side"),
	DSV_OPT_FLAG(0, "base", struct resolve_args, base,
		     "take what both came from"),
	DSV_OPT_STR(0, "set", "VALUE", struct resolve_args, set,
		    "give the field this value"),
	DSV_OPT_FLAG(0, "work", struct resolve_args, work,
		     "take what the work file has, edited by hand"),
	DSV_OPT_FLAG(0, "all", struct resolve_args, all, "all open conflicts"),
	DSV_OPT_FLAG('q', "quiet", struct resolve_args, quiet, "say nothing"),
	DSV_OPT_JSON,
	DSV_ARG_MANY("ADDRESS", struct resolve_args, addresses,
		     DSV_COMPLETE_PATH),
	DSV_OPT_END,
};

static int read_how(const struct resolve_args *args,
		    struct dsv_resolve_opts *out)
{
	int n = args->ours + args->theirs + args->base + args->work +
		(args->set != NULL);

	if (n != 1)
		return dsv_fail(DSV_EUSAGE, "say one of --ours, --theirs, "
					    "--base, --set VALUE, --work");
	if (args->all == (args->addresses.list.n > 0))
		return dsv_fail(DSV_EUSAGE, args->all ? "--all and an address"
						      : "name an address, or "
							"--all");
	out->how = args->ours	  ? DSV_RESOLVE_OURS
		   : args->theirs ? DSV_RESOLVE_THEIRS
		   : args->base	  ? DSV_RESOLVE_BASE
		   : args->work	  ? DSV_RESOLVE_WORK
				  : DSV_RESOLVE_SET;
	out->value = args->set;
	return 0;
}

static int view(struct dsv_out *out, const struct dsv_resolved *done)
{
	dsv_buf_addf(&out->buf, "%llu conflict%s resolved, %llu to go\n",
		     (unsigned long long)done->resolved,
		     done->resolved == 1 ? "" : "s",
		     (unsigned long long)done->open);
	for (size_t i = 0; i < done->settled.n; i++) {
		dsv_words_path(&out->buf, done->settled.items[i]);
		dsv_buf_addstr(&out->buf, ": settled and staged\n");
	}
	if (done->next)
		dsv_buf_addf(&out->buf, "next: %s\n", done->next);
	return dsv_out_line(out);
}

static int json(struct dsv_out *out, const struct dsv_resolved *done)
{
	int rc;

	dsv_jline_open(out, "header");
	dsv_jline_text(out, "schema", "dsv.resolve/1");
	rc = dsv_jline_close(out);
	if (rc < 0)
		return rc;
	dsv_jline_open(out, "summary");
	dsv_jline_count(out, "resolved", done->resolved);
	dsv_jline_count(out, "open", done->open);
	dsv_jline_list(out, "settled", &done->settled);
	dsv_jline_text(out, "next", done->next);
	return dsv_jline_close(out);
}

static int resolve_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct resolve_args *args = argp;
	struct dsv_resolved done DSV_AUTO(resolved) = DSV_RESOLVED_INIT;
	struct dsv_resolve_opts opts = {.addresses = &args->addresses.list};
	int rc;

	rc = read_how(args, &opts);
	if (rc == 0)
		rc = dsv_resolve(ctx->repo, &opts, &done);
	if (rc < 0)
		return rc;
	if (ctx->out->json)
		return json(ctx->out, &done);
	return args->quiet ? 0 : view(ctx->out, &done);
}

const struct dsv_cmd dsv_cmd_resolve = {
	.name = "resolve",
	.group = DSV_GROUP_WORK,
	.brief = "settle what a merge left open",
	.about = "ADDRESS is PATH, PATH:KEY, PATH:KEY:FIELD or PATH:#N, as "
		 "`dsv conflicts` lists them. The work file gets what was "
		 "chosen "
		 "and keeps all else; with its last conflict a file is staged.",
	.opts = resolve_opts,
	.args_size = sizeof(struct resolve_args),
	.needs = DSV_NEEDS_WORKTREE,
	.run = resolve_run,
};
