#include <string.h>

#include <dsv/text.h>

#include "cli/table.h"
#include "cmd/evidence.h"

struct show_args {
	const char *digits;
	const char *target;
	bool raw;
};

static const struct dsv_opt show_opts[] = {
	DSV_OPT_FLAG(0, "raw", struct show_args, raw,
		     "the bytes that were signed"),
	DSV_OPT_STR(0, "target", "BRANCH", struct show_args, target,
		    "whose people decide what is trusted"),
	DSV_OPT_JSON,
	DSV_ARG("DIGEST", struct show_args, digits, DSV_COMPLETE_NONE),
	DSV_OPT_END,
};

#define NAME_WIDTH 11

static int line(struct dsv_out *out, const char *name, const char *text)
{
	if (!text || !*text)
		return 0;
	dsv_out_styled(out, DSV_DIM, "%-*s", NAME_WIDTH, name);
	dsv_buf_addstr(&out->buf, "  ");
	dsv_out_shown(out, text);
	dsv_buf_addch(&out->buf, '\n');
	return dsv_out_line(out);
}

static int id_line(struct dsv_out *out, const char *name, bool has,
		   const struct dsv_id *id)
{
	char hex[DSV_ID_HEX];

	return has ? line(out, name, dsv_id_hex(id, hex)) : 0;
}

static int count_line(struct dsv_out *out, const char *name, uint64_t n)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_add_count(&text, n);
	return line(out, name, text.data);
}

static int show_answers(struct dsv_out *out,
			const struct dsv_statement_signoff *it)
{
	struct dsv_table table DSV_AUTO(table) = DSV_TABLE_INIT("lll");

	if (!it->checklist)
		return 0;
	table.indent = 2;
	line(out, "checklist", it->checklist);
	for (size_t i = 0; i < it->n_answers; i++) {
		dsv_table_text(&table, it->answers[i].id, DSV_PLAIN);
		dsv_table_text(&table, it->answers[i].answer, DSV_PLAIN);
		dsv_table_text(&table, it->answers[i].note, DSV_PLAIN);
	}
	return dsv_table_print(&table, out);
}

static int show_signoff(struct dsv_out *out,
			const struct dsv_statement_signoff *it)
{
	struct dsv_buf scan DSV_AUTO(buf) = DSV_BUF_INIT;

	line(out, "reason", it->reason);
	id_line(out, "takes back", it->decision == DSV_WITHDRAW,
		&it->withdraws);
	if (it->scanned) {
		dsv_add_count(&scan, it->findings);
		dsv_buf_addstr(&scan, it->findings == 1 ? " finding, "
							: " findings, ");
		dsv_add_count(&scan, it->undecided);
		dsv_buf_addstr(&scan, " undecided");
		line(out, "scan", scan.data);
	}
	return show_answers(out, it);
}

static int show_plan(struct dsv_out *out, const struct dsv_statement_plan *it)
{
	struct dsv_table table DSV_AUTO(table) = DSV_TABLE_INIT("lrr");

	count_line(out, "audit", it->number);
	line(out, "records", it->of);
	line(out, "label", it->label);
	line(out, "field", it->field);
	count_line(out, "population", it->population);
	count_line(out, "sample", it->n);
	line(out, "blind", it->blind ? "yes" : "no");
	line(out, "nonce", it->nonce);
	line(out, "strata by", it->by);
	if (!it->by)
		return 0;
	table.indent = 2;
	for (size_t i = 0; i < it->n_strata; i++) {
		dsv_table_text(&table, it->strata[i].name, DSV_PLAIN);
		dsv_table_count(&table, it->strata[i].size);
		dsv_table_count(&table, it->strata[i].n);
	}
	return dsv_table_print(&table, out);
}

static int show_result(struct dsv_out *out,
		       const struct dsv_statement_result *it)
{
	struct dsv_table table DSV_AUTO(table) = DSV_TABLE_INIT("llss");

	id_line(out, "plan", true, &it->plan);
	count_line(out, "records", it->n_rows);
	table.indent = 2;
	for (size_t i = 0; i < it->n_rows; i++) {
		dsv_table_text(&table, it->rows[i].address, DSV_PLAIN);
		dsv_table_text(&table, it->rows[i].answer, DSV_PLAIN);
		dsv_table_text(&table, it->rows[i].cause, DSV_PLAIN);
		dsv_table_text(&table, it->rows[i].note, DSV_PLAIN);
	}
	return dsv_table_print(&table, out);
}

static void show_common(struct dsv_out *out, const struct dsv_statement *it)
{
	struct dsv_buf time DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_add_rfc3339(&time, it->time_s);
	line(out, "person", it->person);
	line(out, "role", it->role);
	line(out, "time", time.data);
	line(out, "dataset", it->dataset);
	id_line(out, strcmp(it->dataset, DSV_GOVERNANCE) ? "snapshot" : "rules",
		true, &it->subject);
	line(out, "target", it->target);
	id_line(out, "base", it->has_base, &it->base);
	id_line(out, "change", true, &it->change);
	id_line(out, "policy", it->has_policy, &it->policy);
	line(out, "guideline", it->guideline);
	line(out, "repository", it->repository);
}

static int show_human(struct dsv_out *out, void *result)
{
	const struct dsv_evidence_item *item = result;
	const struct dsv_statement *it = &item->statement;
	struct dsv_buf print DSV_AUTO(buf) = DSV_BUF_INIT;

	id_line(out, "statement", true, &item->digest);
	line(out, "says", dsv_statement_word(item));
	line(out, "trust", dsv_trust_name(item->trust));
	line(out, "fault", item->fault);
	if (item->key.blob.len)
		dsv_ssh_key_fingerprint(&item->key.blob, &print);
	line(out, "key", dsv_buf_str(&print));
	line(out, "path", item->path);
	if (item->trust == DSV_MALFORMED)
		return dsv_out_line(out);
	show_common(out, it);
	if (it->kind == DSV_SIGN_OFF)
		return show_signoff(out, &it->signoff);
	return it->kind == DSV_AUDIT_PLAN ? show_plan(out, &it->plan)
					  : show_result(out, &it->result);
}

/* The document itself, as it was signed: its own JSON. */
static int show_json(struct dsv_out *out, void *result)
{
	const struct dsv_evidence_item *item = result;
	int rc;

	dsv_jline_open(out, "header");
	dsv_jline_text(out, "schema", "dsv.evidence-show/1");
	rc = dsv_jline_close(out);
	if (rc < 0)
		return rc;
	dsv_jline_open(out, "statement");
	dsv_evidence_json(out, item);
	dsv_jline_text(out, "document", dsv_buf_str(&item->document));
	dsv_jline_text(out, "signature", dsv_buf_str(&item->signature));
	return dsv_jline_close(out);
}

static const struct dsv_view show_view = {show_human, show_json};

static int show_raw(struct dsv_out *out, const struct dsv_evidence_item *item)
{
	dsv_buf_add(&out->buf, dsv_buf_str(&item->document),
		    item->document.len);
	return dsv_out_line(out);
}

static int show_run(struct dsv_ctx *ctx, const void *argp)
{
	struct dsv_judged judged DSV_AUTO(judged) = DSV_JUDGED_INIT;
	const struct show_args *args = argp;
	const struct dsv_evidence_item *item;
	int rc = dsv_judged_open(&judged, ctx->repo, args->target);

	if (rc == 0)
		rc = dsv_evidence_find(judged.evidence, args->digits, &item);
	if (rc < 0)
		return rc;
	if (args->raw && !ctx->out->json)
		return show_raw(ctx->out, item);
	return dsv_out_show(ctx->out, &show_view, (void *)item);
}

const struct dsv_cmd dsv_cmd_evidence_show = {
	.name = "evidence show",
	.brief = "what one statement says",
	.about = "DIGEST: its first digits, as 'dsv evidence list' has them.",
	.opts = show_opts,
	.args_size = sizeof(struct show_args),
	.needs = DSV_NEEDS_REPO,
	.flags = DSV_CMD_PAGER,
	.run = show_run,
};
