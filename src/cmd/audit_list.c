#include <stdio.h>
#include <string.h>

#include <dsv/snapshot.h>
#include <dsv/text.h>

#include "cli/table.h"
#include "cmd/audit.h"

#define DIGITS_LEAST 4u /* of a snapshot */

struct list_args {
	const char *what;
	const char *target;
};

static const struct dsv_opt list_opts[] = {
	DSV_OPT_STR(0, "target", "BRANCH", struct list_args, target,
		    "whose people decide what is trusted"),
	DSV_OPT_JSON,
	DSV_ARG_MAYBE("REV|SNAPSHOT", struct list_args, what, DSV_COMPLETE_REV),
	DSV_OPT_END,
};

struct listed {
	struct dsv_audit_book book;
	const char *digits;
	struct dsv_snapshots snapshots;
	bool by_snapshot;
};

static bool is_listed(const struct listed *listed, const struct dsv_id *id)
{
	char hex[DSV_ID_HEX];

	if (listed->digits)
		return strncmp(dsv_id_hex(id, hex), listed->digits,
			       strlen(listed->digits)) == 0;
	for (size_t i = 0; i < listed->snapshots.n; i++)
		if (dsv_id_equal(&listed->snapshots.items[i].id, id))
			return true;
	return !listed->by_snapshot;
}

static const char *state_of(const struct dsv_audit *audit)
{
	return audit->plan->trust == DSV_TRUSTED
		       ? dsv_audit_state_name(audit->state)
		       : dsv_trust_name(audit->plan->trust);
}

static void add_accuracy(struct dsv_table *table, const struct dsv_audit *audit)
{
	char text[32];

	snprintf(text, sizeof(text), "%.1f%%", audit->figures.accuracy * 100);
	dsv_table_text(table, audit->state == DSV_AUDIT_FINISHED ? text : "-",
		       DSV_PLAIN);
}

static void add_row(struct dsv_table *table, const struct dsv_audit *audit)
{
	const struct dsv_statement *it = &audit->plan->statement;
	struct dsv_buf cell DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_buf_addf(&cell, "%llu", (unsigned long long)it->plan.number);
	dsv_table_text(table, cell.data, DSV_PLAIN);
	dsv_buf_reset(&cell);
	dsv_add_date(&cell, it->time_s, 0);
	dsv_table_text(table, cell.data, DSV_PLAIN);
	dsv_table_text(table, it->dataset, DSV_PLAIN);
	dsv_buf_reset(&cell);
	dsv_buf_addstr(&cell, it->plan.of);
	if (it->plan.label)
		dsv_buf_addf(&cell, " %s", it->plan.label);
	dsv_table_text(table, cell.data, DSV_PLAIN);
	dsv_table_count(table, it->plan.n);
	dsv_buf_reset(&cell);
	for (size_t i = 0; i < audit->n_results; i++)
		dsv_buf_addf(&cell, "%s%s", i ? ", " : "",
			     audit->results[i]->statement.person);
	dsv_table_text(table, cell.len ? cell.data : "-", DSV_PLAIN);
	add_accuracy(table, audit);
	dsv_table_text(table, state_of(audit),
		       audit->state == DSV_AUDIT_FINISHED ? DSV_PLAIN
							  : DSV_YELLOW);
}

static int list_human(struct dsv_out *out, void *result)
{
	static const char *const head[] = {"audit",    "date", "dataset",
					   "of",       "n",    "auditors",
					   "accuracy", "state"};
	const struct listed *listed = result;
	const struct dsv_audits *audits = &listed->book.audits;
	struct dsv_table table DSV_AUTO(table) = DSV_TABLE_INIT("rlllrlrl");
	size_t n = 0;

	for (size_t i = 0; i < sizeof(head) / sizeof(head[0]); i++)
		dsv_table_text(&table, head[i], DSV_DIM);
	for (size_t i = 0; i < audits->n; i++)
		if (is_listed(listed,
			      &audits->items[i].plan->statement.subject)) {
			add_row(&table, &audits->items[i]);
			n++;
		}
	if (n > 0)
		return dsv_table_print(&table, out);
	dsv_buf_addstr(&out->buf, "no audits; to plan one: dsv audit start\n");
	return dsv_out_line(out);
}

static int list_json(struct dsv_out *out, void *result)
{
	const struct listed *listed = result;
	const struct dsv_audits *audits = &listed->book.audits;
	int rc;

	dsv_jline_open(out, "header");
	dsv_jline_text(out, "schema", "dsv.audit/1");
	rc = dsv_jline_close(out);
	for (size_t i = 0; rc == 0 && i < audits->n; i++) {
		if (!is_listed(listed,
			       &audits->items[i].plan->statement.subject))
			continue;
		dsv_jline_open(out, "audit");
		dsv_audit_json_fields(out, &audits->items[i]);
		rc = dsv_jline_close(out);
	}
	return rc;
}

static const struct dsv_view list_view = {list_human, list_json};

/* Digits of a snapshot that was audited, else a revision. */
static int find_what(struct listed *listed, struct dsv_repo *repo,
		     const char *what)
{
	const struct dsv_audits *audits = &listed->book.audits;
	struct dsv_version version;
	int rc;

	listed->digits = what;
	for (size_t i = 0; strlen(what) >= DIGITS_LEAST && i < audits->n; i++)
		if (is_listed(listed,
			      &audits->items[i].plan->statement.subject))
			return 0;
	listed->digits = NULL;
	listed->by_snapshot = true;
	rc = dsv_repo_resolve(repo, what, &version);
	return rc < 0 ? rc
		      : dsv_snapshots_read(&listed->snapshots, repo, &version);
}

static int list_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct list_args *args = argp;
	struct listed listed = {.digits = NULL};
	int rc = dsv_audit_book_read(&listed.book, ctx->repo, args->target,
				     NULL);

	if (rc == 0 && args->what)
		rc = find_what(&listed, ctx->repo, args->what);
	if (rc == 0)
		rc = dsv_out_show(ctx->out, &list_view, &listed);
	dsv_audit_book_release(&listed.book);
	dsv_snapshots_release(&listed.snapshots);
	return rc;
}

const struct dsv_cmd dsv_cmd_audit_list = {
	.name = "audit list",
	.brief = "all audits, or those of a commit",
	.about = "Figures are computed anew from what auditors signed.",
	.opts = list_opts,
	.args_size = sizeof(struct list_args),
	.needs = DSV_NEEDS_REPO,
	.flags = DSV_CMD_PAGER,
	.run = list_run,
};
