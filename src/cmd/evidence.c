#include "cmd/evidence.h"

#include <string.h>

#include <dsv/check.h>
#include <dsv/text.h>

#include "cmd/signoff.h"

#define SHORT 8 /* digits */

/* The tip of the target here, or of what was fetched of it. */
static int read_target(struct dsv_judged *out, struct dsv_repo *repo,
		       const char *target)
{
	int rc = 0;

	if (target)
		dsv_buf_addstr(&out->target, target);
	else
		rc = dsv_repo_target(repo, &out->target);
	if (rc == DSV_ENOTFOUND) {
		dsv_error_clear();
		return 0;
	}
	if (rc < 0)
		return rc;
	return dsv_repo_target_tip(repo, dsv_buf_str(&out->target), &out->tip);
}

int dsv_judged_open(struct dsv_judged *out, struct dsv_repo *repo,
		    const char *target)
{
	int rc = read_target(out, repo, target);

	if (rc == 0 && out->tip.at != DSV_AT_NOTHING)
		rc = dsv_people_read(&out->people, repo, &out->tip);
	if (rc == 0)
		rc = dsv_evidence_open(&out->evidence, repo);
	if (rc < 0)
		return rc;
	dsv_evidence_judge(out->evidence, &out->people);
	return 0;
}

void dsv_judged_release(struct dsv_judged *judged)
{
	dsv_evidence_free(&judged->evidence);
	dsv_people_release(&judged->people);
	dsv_buf_release(&judged->target);
}

const char *dsv_statement_word(const struct dsv_evidence_item *item)
{
	if (item->trust == DSV_MALFORMED)
		return "?";
	if (item->statement.kind != DSV_SIGN_OFF)
		return dsv_statement_kind_name(item->statement.kind);
	return dsv_decision_name(item->statement.signoff.decision);
}

int dsv_evidence_find(const struct dsv_evidence *evidence, const char *digits,
		      const struct dsv_evidence_item **out)
{
	const size_t len = strlen(digits);

	*out = NULL;
	for (size_t i = 0; i < evidence->n; i++) {
		char hex[DSV_ID_HEX];

		dsv_id_hex(&evidence->items[i].digest, hex);
		if (len == 0 || strncmp(hex, digits, len) != 0)
			continue;
		if (*out)
			return dsv_fail(DSV_EUSAGE,
					"several statements begin "
					"with '%s'",
					digits);
		*out = &evidence->items[i];
	}
	if (*out)
		return 0;
	dsv_fail(DSV_ENOTFOUND, "no statement '%s'", digits);
	return dsv_hint(DSV_ENOTFOUND, "'dsv evidence list' has them all");
}

void dsv_add_short_id(struct dsv_buf *out, const struct dsv_id *id)
{
	char hex[DSV_ID_HEX];

	dsv_buf_addf(out, "%.*s", SHORT, dsv_id_hex(id, hex));
}

static void json_statement(struct dsv_out *out, const struct dsv_statement *it)
{
	struct dsv_buf time DSV_AUTO(buf) = DSV_BUF_INIT;
	char hex[DSV_ID_HEX];

	dsv_add_rfc3339(&time, it->time_s);
	dsv_jline_text(out, "kind", dsv_statement_kind_name(it->kind));
	dsv_jline_text(out, "subject", dsv_id_hex(&it->subject, hex));
	dsv_jline_text(out, "dataset", it->dataset);
	dsv_jline_text(out, "target", it->target);
	dsv_jline_text(out, "person", it->person);
	dsv_jline_text(out, "role", it->role);
	dsv_jline_text(out, "time", dsv_buf_str(&time));
	dsv_jline_text(out, "decision",
		       it->kind == DSV_SIGN_OFF
			       ? dsv_decision_name(it->signoff.decision)
			       : NULL);
}

void dsv_evidence_json(struct dsv_out *out,
		       const struct dsv_evidence_item *item)
{
	struct dsv_buf print DSV_AUTO(buf) = DSV_BUF_INIT;
	char hex[DSV_ID_HEX];

	dsv_jline_text(out, "digest", dsv_id_hex(&item->digest, hex));
	dsv_jline_text(out, "path", item->path);
	dsv_jline_text(out, "trust", dsv_trust_name(item->trust));
	dsv_jline_text(out, "fault", item->fault);
	if (item->key.blob.len)
		dsv_ssh_key_fingerprint(&item->key.blob, &print);
	dsv_jline_text(out, "key", print.len ? print.data : NULL);
	if (item->trust != DSV_MALFORMED)
		json_statement(out, &item->statement);
}

static const struct dsv_opt push_opts[] = {
	DSV_OPT_JSON,
	DSV_OPT_END,
};

static int push_run(struct dsv_ctx *ctx, const void *args)
{
	(void)args;
	return dsv_push_statements(ctx);
}

const struct dsv_cmd dsv_cmd_evidence_push = {
	.name = "evidence push",
	.brief = "push what was signed here, and fetch what others signed",
	.opts = push_opts,
	.needs = DSV_NEEDS_REPO,
	.run = push_run,
};

static const struct dsv_cmd *const evidence_subs[] = {
	&dsv_cmd_evidence_list,	  &dsv_cmd_evidence_show,
	&dsv_cmd_evidence_verify, &dsv_cmd_evidence_export,
	&dsv_cmd_evidence_push,	  NULL,
};

const struct dsv_cmd dsv_cmd_evidence = {
	.name = "evidence",
	.group = DSV_GROUP_GOVERN,
	.brief = "what was signed about the data: list, show, verify, export",
	.subs = evidence_subs,
};
