#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>
#include <dsv/evidence.h>
#include <dsv/sharing.h>
#include <dsv/strlist.h>

#include "cli/cmd.h"
#include "cmd/hook_push.h"
#include "cmd/sharing_view.h"

#define ENV_MAX (64u * 1024u) /* bytes; Linux takes 128 KiB */

struct push_args {
	struct dsv_operands operands;
	bool upstream;
	bool all;
	bool tags;
	bool delete;
	bool lease;
	bool force;
	bool dry_run;
	bool no_evidence;
};

static const struct dsv_opt push_opts[] = {
	DSV_OPT_FLAG('u', "set-upstream", struct push_args, upstream,
		     "let the branch follow the remote's"),
	DSV_OPT_FLAG(0, "all", struct push_args, all, "all branches"),
	DSV_OPT_FLAG(0, "tags", struct push_args, tags, "all tags too"),
	DSV_OPT_FLAG('d', "delete", struct push_args, delete,
		     "remove REF there"),
	DSV_OPT_FLAG(0, "force-with-lease", struct push_args, lease,
		     "set back what nobody else has moved"),
	DSV_OPT_FLAG('f', "force", struct push_args, force,
		     "set back whatever stands there"),
	DSV_OPT_FLAG('n', "dry-run", struct push_args, dry_run,
		     "say what git would do, send nothing"),
	DSV_OPT_FLAG(0, "no-evidence", struct push_args, no_evidence,
		     "leave the signed statements here"),
	DSV_OPT_JSON,
	DSV_ARG_MANY("REF", struct push_args, operands, DSV_COMPLETE_REV),
	DSV_OPT_END,
};

struct pushed {
	const char *remote;
	struct dsv_sharing_stats data;
	bool evidence;
};

static void git_args(const struct push_args *args, struct dsv_git_args *out)
{
	const struct {
		bool on;
		const char *word;
	} flags[] = {
		{args->upstream, "--set-upstream"},
		{args->all, "--all"},
		{args->tags, "--tags"},
		{args->delete, "--delete"},
		{args->lease, "--force-with-lease"},
		{args->force, "--force"},
		{args->dry_run, "--dry-run"},
	};

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (flags[i].on)
			dsv_strlist_add(&out->options, flags[i].word);
	for (size_t i = 1; i < args->operands.list.n; i++)
		dsv_strlist_add(&out->refs, args->operands.list.items[i]);
}

static void tell_hook(const struct dsv_ref_updates *updates)
{
	struct dsv_buf tips DSV_AUTO(buf) = DSV_BUF_INIT;
	char hex[DSV_OID_HEX];

	for (size_t i = 0; i < updates->n; i++)
		dsv_buf_addf(&tips, "%s ",
			     dsv_oid_hex(&updates->items[i].tip, hex));
	/* the system takes no longer words; the hook looks again then */
	if (tips.len < ENV_MAX)
		setenv(DSV_DATA_IS_PUSHED, dsv_buf_str(&tips), 1);
}

static int push_data(struct dsv_ctx *ctx, struct pushed *pushed,
		     const struct dsv_git_args *git)
{
	struct dsv_ref_updates updates DSV_AUTO(ref_updates) =
		DSV_REF_UPDATES_INIT;
	int rc =
		dsv_sharing_push_plan(&updates, ctx->repo, pushed->remote, git);

	if (rc == 0)
		rc = dsv_sharing_push_data(ctx->repo, pushed->remote, &updates,
					   &pushed->data);
	if (rc == 0)
		tell_hook(&updates);
	return rc;
}

/* Before the references: a gate counts what is there when it judges. */
static int push_evidence(struct dsv_ctx *ctx, struct pushed *pushed)
{
	struct dsv_buf ref DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc = dsv_evidence_ref(ctx->repo, &ref);

	if (rc == 0)
		rc = dsv_sharing_push_ledger(ctx->repo, pushed->remote,
					     dsv_buf_str(&ref));
	pushed->evidence = rc > 0;
	return rc < 0 ? rc : 0;
}

static int human(struct dsv_out *out, void *result)
{
	const struct pushed *pushed = result;

	dsv_sharing_words(out, &pushed->data, "sent");
	if (pushed->evidence)
		dsv_buf_addstr(&out->buf, "evidence  pushed\n");
	return dsv_out_flush(out);
}

static int json(struct dsv_out *out, void *result)
{
	const struct pushed *pushed = result;
	int rc;

	dsv_jline_open(out, "header");
	dsv_jline_text(out, "schema", "dsv.push/1");
	dsv_jline_text(out, "remote", pushed->remote);
	rc = dsv_jline_close(out);
	if (rc < 0)
		return rc;
	dsv_jline_open(out, "summary");
	dsv_sharing_json(out, &pushed->data);
	dsv_jline_flag(out, "evidence", pushed->evidence);
	return dsv_jline_close(out);
}

static const struct dsv_view push_view = {.human = human, .json = json};

static int push(struct dsv_ctx *ctx, const struct push_args *args,
		struct pushed *pushed, const struct dsv_git_args *git)
{
	int rc;

	if (args->dry_run)
		return dsv_sharing_push_refs(ctx->repo, pushed->remote, git);
	rc = push_data(ctx, pushed, git);
	if (rc == 0 && !args->no_evidence)
		rc = push_evidence(ctx, pushed);
	if (rc == 0)
		rc = dsv_out_show(ctx->out, &push_view, pushed);
	if (rc < 0)
		return rc;
	return dsv_sharing_push_refs(ctx->repo, pushed->remote, git);
}

static int push_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct push_args *args = argp;
	struct pushed pushed = {.data = DSV_SHARING_STATS_INIT};
	struct dsv_git_args git = {.options = DSV_STRLIST_INIT,
				   .refs = DSV_STRLIST_INIT};
	char *remote = NULL;
	int rc = dsv_sharing_choose(
		ctx,
		args->operands.list.n ? args->operands.list.items[0] : NULL,
		&remote);

	if (rc < 0)
		return rc;
	pushed.remote = remote;
	git_args(args, &git);
	rc = push(ctx, args, &pushed, &git);
	dsv_strlist_release(&git.options);
	dsv_strlist_release(&git.refs);
	free(remote);
	return rc;
}

static const char *const push_forms[] = {"[REMOTE [REF...]]", NULL};

const struct dsv_cmd dsv_cmd_push = {
	.name = "push",
	.group = DSV_GROUP_SHARE,
	.brief = "send branches and the data they need",
	.forms = push_forms,
	.about = "Data goes first, then signed statements, then what "
		 "`git push` would push. Plain `git push` sends the data too, "
		 "by the hook.",
	.opts = push_opts,
	.args_size = sizeof(struct push_args),
	.needs = DSV_NEEDS_REPO,
	.run = push_run,
};
