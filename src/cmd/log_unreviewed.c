#include "cmd/log_unreviewed.h"

#include <string.h>

#define INDENT 9 /* under the date, as the rest of the log */

/* The branch as it is here, else as it was fetched. */
static int default_revision(struct dsv_ctx *ctx, const char *branch,
			    struct dsv_strlist *words)
{
	struct dsv_buf fetched DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_version at;
	int rc = dsv_repo_resolve(ctx->repo, branch, &at);

	if (rc == DSV_ENOTFOUND) {
		dsv_error_clear();
		dsv_buf_addf(&fetched, "origin/%s", branch);
		branch = dsv_buf_str(&fetched);
		rc = dsv_repo_resolve(ctx->repo, branch, &at);
	}
	if (rc == 0)
		dsv_strlist_add(words, branch);
	return rc;
}

int dsv_unreviewed_init(struct dsv_unreviewed *it, struct dsv_ctx *ctx,
			struct dsv_strlist *words)
{
	int rc = dsv_repo_target(ctx->repo, &it->target);

	if (rc == 0 && words->n == 0)
		rc = default_revision(ctx, dsv_buf_str(&it->target), words);
	return rc < 0 ? rc : dsv_evidence_open(&it->evidence, ctx->repo);
}

void dsv_unreviewed_release(struct dsv_unreviewed *it)
{
	dsv_evidence_free(&it->evidence);
	dsv_buf_release(&it->target);
}

int dsv_unreviewed_step(struct dsv_unreviewed *it, struct dsv_ctx *ctx,
			const struct dsv_commit_info *commit,
			struct dsv_verdict **out)
{
	struct dsv_verdict *verdict DSV_AUTO(verdict) = NULL;
	int rc = dsv_check_step(&verdict, ctx->repo, dsv_buf_str(&it->target),
				&commit->oid, it->evidence);

	if (rc < 0)
		return rc;
	if (!verdict->has_policy || !verdict->refused)
		return 0;
	*out = dsv_take(&verdict);
	return 1;
}

static bool is_wrong(const struct dsv_verdict_item *item)
{
	return item->state == DSV_CHECK_MISSING ||
	       item->state == DSV_CHECK_ERROR;
}

static int human_item(struct dsv_out *out, const struct dsv_verdict_item *item)
{
	dsv_buf_addf(&out->buf, "%*s", INDENT, "");
	dsv_out_styled(out, DSV_RED, "%s", dsv_answer_state_name(item->state));
	dsv_buf_addstr(&out->buf, "  ");
	if (item->dataset[0]) {
		dsv_out_shown(out, item->dataset);
		dsv_buf_addstr(&out->buf, "  ");
	}
	dsv_out_shown(out, item->name);
	dsv_buf_addstr(&out->buf, ": ");
	dsv_out_wrapped(out, item->found ? item->found : "", INDENT + 2);
	dsv_buf_addch(&out->buf, '\n');
	return dsv_out_line(out);
}

static int json_item(struct dsv_out *out, const struct dsv_verdict_item *item,
		     const char *commit)
{
	dsv_jline_open(out, "unreviewed");
	dsv_jline_text(out, "commit", commit);
	dsv_jline_text(out, "dataset", item->dataset[0] ? item->dataset : NULL);
	dsv_jline_text(out, "name", item->name);
	dsv_jline_text(out, "answer", dsv_answer_state_name(item->state));
	dsv_jline_text(out, "found", item->found);
	return dsv_jline_close(out);
}

int dsv_unreviewed_show(struct dsv_out *out, const struct dsv_verdict *verdict,
			const struct dsv_commit_info *commit)
{
	char hex[DSV_OID_HEX];
	int rc = 0;

	dsv_oid_hex(&commit->oid, hex);
	for (size_t i = 0; rc == 0 && i < verdict->n; i++) {
		const struct dsv_verdict_item *item = &verdict->items[i];

		if (!is_wrong(item))
			continue;
		rc = out->json ? json_item(out, item, hex)
			       : human_item(out, item);
	}
	return rc;
}
