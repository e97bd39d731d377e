#include <string.h>

#include <dsv/snapshot.h>
#include <dsv/text.h>

#include "cli/table.h"
#include "cmd/evidence.h"

struct list_args {
	const char *what;
	const char *target;
};

static const struct dsv_opt list_opts[] = {
	DSV_OPT_STR(0, "target", "BRANCH", struct list_args, target,
		    "whose people decide what is trusted"),
	DSV_OPT_JSON,
	DSV_ARG_MAYBE("REV|SNAPSHOT|DATASET", struct list_args, what,
		      DSV_COMPLETE_REV),
	DSV_OPT_END,
};

/* What is listed: all, what bears a dataset's name, or subjects. */
struct listed {
	struct dsv_judged judged;
	const char *dataset;
	const char *digits; /* of a subject */
	struct dsv_snapshots snapshots;
	bool by_snapshot;
};

static bool is_subject(const struct listed *listed, const struct dsv_id *id)
{
	for (size_t i = 0; i < listed->snapshots.n; i++)
		if (dsv_id_equal(&listed->snapshots.items[i].id, id))
			return true;
	return false;
}

static bool is_listed(const struct listed *listed,
		      const struct dsv_evidence_item *item)
{
	char hex[DSV_ID_HEX];

	if (!listed->dataset && !listed->digits && !listed->by_snapshot)
		return true;
	if (item->trust == DSV_MALFORMED)
		return false;
	if (listed->dataset)
		return strcmp(item->statement.dataset, listed->dataset) == 0;
	if (listed->digits)
		return strncmp(dsv_id_hex(&item->statement.subject, hex),
			       listed->digits, strlen(listed->digits)) == 0;
	return is_subject(listed, &item->statement.subject);
}

static void add_row(struct dsv_table *table,
		    const struct dsv_evidence_item *item)
{
	const struct dsv_statement *it = &item->statement;
	const bool is_read = item->trust != DSV_MALFORMED;
	struct dsv_buf cell DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_add_short_id(&cell, &item->digest);
	dsv_table_text(table, cell.data, DSV_PLAIN);
	dsv_buf_reset(&cell);
	if (is_read)
		dsv_add_date(&cell, it->time_s, 0);
	dsv_table_text(table, is_read ? cell.data : "-", DSV_PLAIN);
	dsv_table_text(table, dsv_statement_word(item), DSV_PLAIN);
	dsv_table_text(table, is_read ? it->dataset : "-", DSV_PLAIN);
	dsv_buf_reset(&cell);
	if (is_read)
		dsv_add_short_id(&cell, &it->subject);
	dsv_table_text(table, is_read ? cell.data : "-", DSV_PLAIN);
	dsv_table_text(table, is_read ? it->person : "-", DSV_PLAIN);
	dsv_table_text(table, is_read ? it->role : "-", DSV_PLAIN);
	dsv_table_text(table, dsv_trust_name(item->trust),
		       item->trust == DSV_TRUSTED ? DSV_GREEN : DSV_RED);
}

static int show_lost(struct dsv_out *out, const struct dsv_evidence *evidence)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < evidence->lost.n; i++) {
		dsv_out_styled(out, DSV_RED, "lost");
		dsv_buf_addstr(&out->buf, "  ");
		dsv_out_shown(out, evidence->lost.items[i]);
		dsv_buf_addch(&out->buf, '\n');
		rc = dsv_out_line(out);
	}
	return rc;
}

static int list_human(struct dsv_out *out, void *result)
{
	static const char *const head[] = {"statement", "date",	   "says",
					   "dataset",	"subject", "person",
					   "role",	"trust"};
	const struct listed *listed = result;
	const struct dsv_evidence *evidence = listed->judged.evidence;
	struct dsv_table table DSV_AUTO(table) = DSV_TABLE_INIT("llllllll");
	size_t n = 0;
	int rc = 0;

	for (size_t i = 0; i < sizeof(head) / sizeof(head[0]); i++)
		dsv_table_text(&table, head[i], DSV_DIM);
	for (size_t i = 0; i < evidence->n; i++)
		if (is_listed(listed, &evidence->items[i])) {
			add_row(&table, &evidence->items[i]);
			n++;
		}
	if (n > 0)
		rc = dsv_table_print(&table, out);
	else
		dsv_buf_addstr(&out->buf, "no statements\n");
	return rc < 0 ? rc : show_lost(out, evidence);
}

static int list_json(struct dsv_out *out, void *result)
{
	const struct listed *listed = result;
	const struct dsv_evidence *evidence = listed->judged.evidence;
	int rc;

	dsv_jline_open(out, "header");
	dsv_jline_text(out, "schema", "dsv.evidence-list/1");
	dsv_jline_text(out, "target", dsv_buf_str(&listed->judged.target));
	rc = dsv_jline_close(out);
	for (size_t i = 0; rc == 0 && i < evidence->n; i++) {
		if (!is_listed(listed, &evidence->items[i]))
			continue;
		dsv_jline_open(out, "statement");
		dsv_evidence_json(out, &evidence->items[i]);
		rc = dsv_jline_close(out);
	}
	for (size_t i = 0; rc == 0 && i < evidence->lost.n; i++) {
		dsv_jline_open(out, "lost");
		dsv_jline_text(out, "path", evidence->lost.items[i]);
		rc = dsv_jline_close(out);
	}
	return rc;
}

static const struct dsv_view list_view = {list_human, list_json};

static bool has_dataset(const struct listed *listed, const char *name)
{
	const struct dsv_evidence *evidence = listed->judged.evidence;

	for (size_t i = 0; i < evidence->n; i++)
		if (evidence->items[i].trust != DSV_MALFORMED &&
		    strcmp(evidence->items[i].statement.dataset, name) == 0)
			return true;
	return false;
}

static bool has_subject(const struct listed *listed, const char *digits)
{
	const struct dsv_evidence *evidence = listed->judged.evidence;
	char hex[DSV_ID_HEX];

	for (size_t i = 0; strlen(digits) >= 4 && i < evidence->n; i++)
		if (evidence->items[i].trust != DSV_MALFORMED &&
		    strncmp(dsv_id_hex(&evidence->items[i].statement.subject,
				       hex),
			    digits, strlen(digits)) == 0)
			return true;
	return false;
}

/* A dataset that was signed, a snapshot that was, else a revision. */
static int find_what(struct listed *listed, struct dsv_repo *repo,
		     const char *what)
{
	struct dsv_version version;
	int rc;

	if (has_dataset(listed, what)) {
		listed->dataset = what;
		return 0;
	}
	if (has_subject(listed, what)) {
		listed->digits = what;
		return 0;
	}
	rc = dsv_repo_resolve(repo, what, &version);
	listed->by_snapshot = true;
	return rc < 0 ? rc
		      : dsv_snapshots_read(&listed->snapshots, repo, &version);
}

static int list_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct list_args *args = argp;
	struct listed listed = {.judged = DSV_JUDGED_INIT};
	int rc = dsv_judged_open(&listed.judged, ctx->repo, args->target);

	if (rc == 0 && args->what)
		rc = find_what(&listed, ctx->repo, args->what);
	if (rc == 0)
		rc = dsv_out_show(ctx->out, &list_view, &listed);
	dsv_judged_release(&listed.judged);
	dsv_snapshots_release(&listed.snapshots);
	return rc;
}

const struct dsv_cmd dsv_cmd_evidence_list = {
	.name = "evidence list",
	.brief = "all statements, or those about a dataset or a commit",
	.about = "Of a revision: those about its snapshots.",
	.opts = list_opts,
	.args_size = sizeof(struct list_args),
	.needs = DSV_NEEDS_REPO,
	.flags = DSV_CMD_PAGER,
	.run = list_run,
};
