#include <stdio.h>
#include <string.h>

#include <dsv/text.h>

#include "cli/table.h"
#include "cmd/audit.h"

#define ROWS_SHOWN 20u /* of each table; the others are in the JSON */

void dsv_audit_add_drawn(struct dsv_buf *out,
			 const struct dsv_statement_plan *plan)
{
	dsv_add_count(out, plan->n);
	dsv_buf_addstr(out, " of ");
	dsv_add_count(out, plan->population);
	dsv_buf_addstr(out, plan->population == 1 ? " record" : " records");
	if (strcmp(plan->of, "changed") == 0)
		dsv_buf_addstr(out, " that changed");
	if (plan->label) {
		dsv_buf_addstr(out, " with the label ");
		dsv_add_shown(out, plan->label, strlen(plan->label));
	}
	if (plan->by) {
		dsv_buf_addstr(out, ", by ");
		dsv_add_shown(out, plan->by, strlen(plan->by));
		dsv_buf_addf(out, " (%zu %s)", plan->n_strata,
			     plan->n_strata == 1 ? "stratum" : "strata");
	}
	if (plan->blind)
		dsv_buf_addstr(out, ", blind");
}

static void view_plan(struct dsv_out *out, const struct dsv_audit *audit)
{
	const struct dsv_statement *it = &audit->plan->statement;
	char hex[DSV_ID_HEX];

	dsv_out_styled(out, DSV_BOLD, "audit %llu",
		       (unsigned long long)it->plan.number);
	dsv_buf_addstr(&out->buf, "  ");
	dsv_out_shown(out, it->dataset);
	dsv_buf_addf(&out->buf, "  %s  snapshot %.8s  for ",
		     dsv_audit_state_name(audit->state),
		     dsv_id_hex(&it->subject, hex));
	dsv_out_shown(out, it->target);
	dsv_buf_addstr(&out->buf, "\nplan       ");
	dsv_buf_addf(&out->buf, "%.12s of ",
		     dsv_id_hex(&audit->plan->digest, hex));
	dsv_add_date(&out->buf, it->time_s, 0);
	dsv_buf_addstr(&out->buf, " by ");
	dsv_out_shown(out, it->person);
	if (audit->plan->trust != DSV_TRUSTED)
		dsv_out_styled(out, DSV_RED, "  %s",
			       dsv_trust_name(audit->plan->trust));
	dsv_buf_addstr(&out->buf, "\ndrawn      ");
	dsv_audit_add_drawn(&out->buf, &it->plan);
	dsv_buf_addstr(&out->buf, "\njudged     ");
	dsv_out_shown(out, it->plan.field);
	for (size_t i = 0; i < audit->n_results; i++) {
		dsv_buf_addstr(&out->buf, i ? ", " : " by ");
		dsv_out_shown(out, audit->results[i]->statement.person);
	}
	if (audit->n_results == 0)
		dsv_buf_addstr(&out->buf, ", by nobody yet");
	dsv_buf_addch(&out->buf, '\n');
}

static void add_interval(struct dsv_buf *out, const char *name,
			 const double at[2])
{
	dsv_buf_addf(out, "           %-8s %.1f to %.1f %%\n", name,
		     at[0] * 100, at[1] * 100);
}

static void view_figures(struct dsv_out *out,
			 const struct dsv_audit_figures *figures)
{
	struct dsv_buf *buf = &out->buf;

	dsv_buf_addf(buf, "accuracy   %.1f %%, ", figures->accuracy * 100);
	dsv_add_count(buf, figures->correct);
	dsv_buf_addstr(buf, " of ");
	dsv_add_count(buf, figures->n);
	dsv_buf_addf(buf, " correct%s\n",
		     figures->n_strata ? ", strata by their size" : "");
	add_interval(buf, "Wilson", figures->wilson);
	add_interval(buf, "exact", figures->exact);
	dsv_buf_addf(buf, "           at a confidence of %g %%\n",
		     figures->confidence * 100);
	if (figures->n_raters > 1 && figures->has_kappa)
		dsv_buf_addf(buf, "kappa      %.4f between auditors (%s)\n",
			     figures->kappa,
			     figures->n_raters == 2 ? "Cohen" : "Fleiss");
	else if (figures->n_raters > 1)
		dsv_buf_addstr(buf, "kappa      undefined: all answers are "
				    "one label\n");
}

static void add_share(struct dsv_table *table, uint64_t part, uint64_t whole)
{
	struct dsv_buf cell DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_add_share(&cell, part, whole);
	dsv_table_text(table, dsv_buf_str(&cell), DSV_PLAIN);
}

static int end_table(struct dsv_out *out, const struct dsv_table *table,
		     size_t n)
{
	int rc;

	dsv_buf_addch(&out->buf, '\n');
	rc = dsv_table_print(table, out);
	if (rc == 0 && n > ROWS_SHOWN)
		dsv_buf_addf(&out->buf, "and %zu more, see --json\n",
			     n - ROWS_SHOWN);
	return rc < 0 ? rc : dsv_out_line(out);
}

static int view_raters(struct dsv_out *out,
		       const struct dsv_audit_figures *figures)
{
	struct dsv_table table DSV_AUTO(table) = DSV_TABLE_INIT("lrrr");
	char kappa[32];

	dsv_table_text(&table, "auditor and data", DSV_DIM);
	dsv_table_text(&table, "same", DSV_DIM);
	dsv_table_text(&table, "share", DSV_DIM);
	dsv_table_text(&table, "kappa", DSV_DIM);
	for (size_t i = 0; i < figures->n_raters && i < ROWS_SHOWN; i++) {
		const struct dsv_audit_rater *it = &figures->raters[i];

		snprintf(kappa, sizeof(kappa), "%.4f", it->kappa);
		dsv_table_text(&table, it->person, DSV_PLAIN);
		dsv_table_count(&table, it->correct);
		add_share(&table, it->correct, figures->n);
		dsv_table_text(&table, it->has_kappa ? kappa : "undefined",
			       DSV_PLAIN);
	}
	return end_table(out, &table, figures->n_raters);
}

static int view_labels(struct dsv_out *out,
		       const struct dsv_audit_figures *figures)
{
	struct dsv_table table DSV_AUTO(table) = DSV_TABLE_INIT("lrrr");

	dsv_table_text(&table, "label", DSV_DIM);
	dsv_table_text(&table, "drawn", DSV_DIM);
	dsv_table_text(&table, "correct", DSV_DIM);
	dsv_table_text(&table, "share", DSV_DIM);
	for (size_t i = 0; i < figures->n_labels && i < ROWS_SHOWN; i++) {
		const struct dsv_audit_label *it = &figures->labels[i];

		dsv_table_text(&table, it->label, DSV_PLAIN);
		dsv_table_count(&table, it->n);
		dsv_table_count(&table, it->correct);
		add_share(&table, it->correct, it->n);
	}
	return end_table(out, &table, figures->n_labels);
}

static int view_strata(struct dsv_out *out,
		       const struct dsv_audit_figures *figures)
{
	struct dsv_table table DSV_AUTO(table) = DSV_TABLE_INIT("lrrrr");

	if (figures->n_strata == 0)
		return 0;
	dsv_table_text(&table, "stratum", DSV_DIM);
	dsv_table_text(&table, "records", DSV_DIM);
	dsv_table_text(&table, "drawn", DSV_DIM);
	dsv_table_text(&table, "correct", DSV_DIM);
	dsv_table_text(&table, "share", DSV_DIM);
	for (size_t i = 0; i < figures->n_strata && i < ROWS_SHOWN; i++) {
		const struct dsv_audit_stratum *it = &figures->strata[i];

		dsv_table_text(&table, it->name, DSV_PLAIN);
		dsv_table_count(&table, it->size);
		dsv_table_count(&table, it->n);
		dsv_table_count(&table, it->correct);
		add_share(&table, it->correct, it->n);
	}
	return end_table(out, &table, figures->n_strata);
}

static int view_confusion(struct dsv_out *out,
			  const struct dsv_audit_figures *figures)
{
	struct dsv_table table DSV_AUTO(table) = DSV_TABLE_INIT("llr");

	if (figures->n_confusion == 0)
		return 0;
	dsv_table_text(&table, "label", DSV_DIM);
	dsv_table_text(&table, "answer", DSV_DIM);
	dsv_table_text(&table, "answers", DSV_DIM);
	for (size_t i = 0; i < figures->n_confusion && i < ROWS_SHOWN; i++) {
		const struct dsv_audit_cell *it = &figures->confusion[i];

		dsv_table_text(&table, it->label, DSV_PLAIN);
		dsv_table_text(&table, it->answer, DSV_PLAIN);
		dsv_table_count(&table, it->n);
	}
	return end_table(out, &table, figures->n_confusion);
}

static int view_causes(struct dsv_out *out,
		       const struct dsv_audit_figures *figures)
{
	struct dsv_table table DSV_AUTO(table) = DSV_TABLE_INIT("lr");

	if (figures->n_causes == 0)
		return 0;
	dsv_table_text(&table, "cause", DSV_DIM);
	dsv_table_text(&table, "answers", DSV_DIM);
	for (size_t i = 0; i < figures->n_causes && i < ROWS_SHOWN; i++) {
		const struct dsv_audit_cause *it = &figures->causes[i];

		dsv_table_text(&table, *it->cause ? it->cause : "(none given)",
			       DSV_PLAIN);
		dsv_table_count(&table, it->n);
	}
	return end_table(out, &table, figures->n_causes);
}

int dsv_audit_human(struct dsv_out *out, const struct dsv_audit *audit)
{
	const struct dsv_audit_figures *figures = &audit->figures;
	int rc;

	view_plan(out, audit);
	if (audit->fault) {
		dsv_out_styled(out, DSV_RED, "faulty");
		dsv_buf_addstr(&out->buf, "     ");
		dsv_out_wrapped(out, audit->fault, 11);
		dsv_buf_addch(&out->buf, '\n');
	}
	for (size_t i = 0; i < audit->ignored.n; i++) {
		dsv_buf_addstr(&out->buf, "ignored    ");
		dsv_out_wrapped(out, audit->ignored.items[i], 11);
		dsv_buf_addch(&out->buf, '\n');
	}
	if (audit->state != DSV_AUDIT_FINISHED)
		return dsv_out_line(out);
	view_figures(out, figures);
	rc = dsv_out_line(out);
	if (rc < 0 || (rc = view_raters(out, figures)) < 0 ||
	    (rc = view_labels(out, figures)) < 0 ||
	    (rc = view_strata(out, figures)) < 0 ||
	    (rc = view_confusion(out, figures)) < 0)
		return rc;
	return view_causes(out, figures);
}
