#include "cmd/guideline.h"

#include <string.h>

#include <dsv/dataset.h>

int dsv_guideline_at(struct dsv_ctx *ctx, const char *rev,
		     struct dsv_version *out, const char **name)
{
	*name = rev;
	if (rev)
		return dsv_repo_resolve(ctx->repo, rev, out);
	*out = (struct dsv_version){.at = DSV_AT_WORKTREE};
	*name = "worktree";
	if (dsv_repo_workdir(ctx->repo))
		return 0;
	*name = "HEAD";
	return dsv_repo_head(ctx->repo, out);
}

int dsv_guideline_all(struct dsv_ctx *ctx, const struct dsv_version *version,
		      struct dsv_strlist *out)
{
	int rc = dsv_guideline_ids(ctx->repo, version, out);

	if (rc < 0 || out->n)
		return rc;
	dsv_fail(DSV_ENOTFOUND, "no guideline here");
	return dsv_hint(DSV_ENOTFOUND, "dsv guideline new ID");
}

int dsv_guideline_datasets(struct dsv_ctx *ctx,
			   const struct dsv_version *version, const char *id,
			   struct dsv_strlist *out)
{
	struct dsv_datasets sets DSV_AUTO(datasets) = DSV_DATASETS_INIT;
	int rc = dsv_datasets_read(&sets, ctx->repo, version);
	size_t i;

	for (i = 0; rc == 0 && i < sets.n; i++)
		if (sets.items[i].guideline &&
		    !strcmp(sets.items[i].guideline, id))
			dsv_strlist_add(out, sets.items[i].name);
	return rc;
}

void dsv_guideline_join(struct dsv_buf *out, const struct dsv_strlist *list)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		dsv_buf_addf(out, "%s%s", i ? ", " : "", list->items[i]);
	if (!list->n)
		dsv_buf_addch(out, '-');
}

extern const struct dsv_cmd dsv_cmd_guideline_new, dsv_cmd_guideline_list;
extern const struct dsv_cmd dsv_cmd_guideline_show, dsv_cmd_guideline_lint;
extern const struct dsv_cmd dsv_cmd_guideline_diff, dsv_cmd_guideline_bump;
extern const struct dsv_cmd dsv_cmd_guideline_stale, dsv_cmd_guideline_test;

static const struct dsv_cmd *const guideline_subs[] = {
	&dsv_cmd_guideline_new,
	&dsv_cmd_guideline_list,
	&dsv_cmd_guideline_show,
	&dsv_cmd_guideline_lint,
	&dsv_cmd_guideline_diff,
	&dsv_cmd_guideline_bump,
	&dsv_cmd_guideline_stale,
	&dsv_cmd_guideline_test,
	NULL,
};

const struct dsv_cmd dsv_cmd_guideline = {
	.name = "guideline",
	.group = DSV_GROUP_GOVERN,
	.brief = "write, check and follow annotation guidelines",
	.subs = guideline_subs,
};
