#include <stdio.h>
#include <string.h>

#include <dsv/text.h>

#include "cmd/audit.h"

static void json_share(struct dsv_out *out, const char *name, double value)
{
	char text[32];
	struct dsv_field field = {.text = text, .kind = DSV_FIELD_JSON};

	field.len = (size_t)snprintf(text, sizeof(text), "%.9f", value);
	dsv_jline_field(out, name, &field);
}

static void json_kappa(struct dsv_out *out, const char *name, bool has,
		       double value)
{
	if (has)
		json_share(out, name, value);
	else
		dsv_jline_text(out, name, NULL);
}

static void json_id(struct dsv_out *out, const char *name,
		    const struct dsv_id *id, bool has)
{
	char hex[DSV_ID_HEX];

	dsv_jline_text(out, name, has ? dsv_id_hex(id, hex) : NULL);
}

static void json_plan(struct dsv_out *out, const struct dsv_statement *it)
{
	const struct dsv_statement_plan *plan = &it->plan;

	dsv_jline_text(out, "of", plan->of);
	dsv_jline_text(out, "label", plan->label);
	dsv_jline_text(out, "field", plan->field);
	dsv_jline_text(out, "by", plan->by);
	dsv_jline_count(out, "population", plan->population);
	dsv_jline_count(out, "n", plan->n);
	dsv_jline_flag(out, "blind", plan->blind);
	dsv_jline_text(out, "nonce", plan->nonce);
	dsv_jline_array(out, "strata");
	for (size_t i = 0; plan->by && i < plan->n_strata; i++) {
		dsv_jline_object(out, NULL);
		dsv_jline_text(out, "name", plan->strata[i].name);
		dsv_jline_count(out, "size", plan->strata[i].size);
		dsv_jline_count(out, "n", plan->strata[i].n);
		dsv_jline_end(out, '}');
	}
	dsv_jline_end(out, ']');
}

void dsv_audit_json_fields(struct dsv_out *out, const struct dsv_audit *audit)
{
	const struct dsv_statement *it = &audit->plan->statement;
	struct dsv_buf time DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_add_rfc3339(&time, it->time_s);
	dsv_jline_count(out, "number", it->plan.number);
	json_id(out, "digest", &audit->plan->digest, true);
	dsv_jline_text(out, "dataset", it->dataset);
	json_id(out, "snapshot", &it->subject, true);
	json_id(out, "base", &it->base, it->has_base);
	dsv_jline_text(out, "target", it->target);
	dsv_jline_text(out, "person", it->person);
	dsv_jline_text(out, "role", it->role);
	dsv_jline_text(out, "time", dsv_buf_str(&time));
	dsv_jline_text(out, "guideline", it->guideline);
	json_plan(out, it);
	dsv_jline_text(out, "trust", dsv_trust_name(audit->plan->trust));
	dsv_jline_text(out, "state", dsv_audit_state_name(audit->state));
	dsv_jline_text(out, "fault", audit->fault);
	dsv_jline_list(out, "ignored", &audit->ignored);
	dsv_jline_array(out, "auditors");
	for (size_t i = 0; i < audit->n_results; i++)
		dsv_jline_text(out, NULL, audit->results[i]->statement.person);
	dsv_jline_end(out, ']');
	if (audit->state != DSV_AUDIT_FINISHED) {
		dsv_jline_text(out, "accuracy", NULL);
		return;
	}
	json_share(out, "accuracy", audit->figures.accuracy);
	dsv_jline_count(out, "judged", audit->figures.n);
	dsv_jline_count(out, "correct", audit->figures.correct);
}

static int json_figures(struct dsv_out *out, const struct dsv_audit_figures *it)
{
	dsv_jline_open(out, "figures");
	json_share(out, "confidence", it->confidence);
	json_share(out, "wilson_low", it->wilson[0]);
	json_share(out, "wilson_high", it->wilson[1]);
	json_share(out, "exact_low", it->exact[0]);
	json_share(out, "exact_high", it->exact[1]);
	dsv_jline_count(out, "effective", it->effective);
	json_kappa(out, "kappa", it->has_kappa, it->kappa);
	return dsv_jline_close(out);
}

static int json_raters(struct dsv_out *out, const struct dsv_audit *audit)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < audit->figures.n_raters; i++) {
		const struct dsv_audit_rater *it = &audit->figures.raters[i];

		dsv_jline_open(out, "auditor");
		dsv_jline_text(out, "person", it->person);
		json_id(out, "digest", &audit->results[i]->digest, true);
		dsv_jline_count(out, "correct", it->correct);
		json_kappa(out, "kappa_data", it->has_kappa, it->kappa);
		rc = dsv_jline_close(out);
	}
	return rc;
}

static int json_labels(struct dsv_out *out, const struct dsv_audit_figures *it)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < it->n_labels; i++) {
		dsv_jline_open(out, "label");
		dsv_jline_text(out, "label", it->labels[i].label);
		dsv_jline_count(out, "n", it->labels[i].n);
		dsv_jline_count(out, "correct", it->labels[i].correct);
		rc = dsv_jline_close(out);
	}
	for (size_t i = 0; rc == 0 && i < it->n_strata; i++) {
		dsv_jline_open(out, "stratum");
		dsv_jline_text(out, "name", it->strata[i].name);
		dsv_jline_count(out, "size", it->strata[i].size);
		dsv_jline_count(out, "n", it->strata[i].n);
		dsv_jline_count(out, "correct", it->strata[i].correct);
		json_share(out, "wilson_low", it->strata[i].wilson[0]);
		json_share(out, "wilson_high", it->strata[i].wilson[1]);
		rc = dsv_jline_close(out);
	}
	return rc;
}

static int json_errors(struct dsv_out *out, const struct dsv_audit_figures *it)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < it->n_confusion; i++) {
		dsv_jline_open(out, "confusion");
		dsv_jline_text(out, "label", it->confusion[i].label);
		dsv_jline_text(out, "answer", it->confusion[i].answer);
		dsv_jline_count(out, "n", it->confusion[i].n);
		rc = dsv_jline_close(out);
	}
	for (size_t i = 0; rc == 0 && i < it->n_causes; i++) {
		dsv_jline_open(out, "cause");
		dsv_jline_text(out, "cause", it->causes[i].cause);
		dsv_jline_count(out, "n", it->causes[i].n);
		rc = dsv_jline_close(out);
	}
	return rc;
}

static int json_row(struct dsv_out *out, const struct dsv_audit *audit,
		    size_t i)
{
	const struct dsv_audit_record *record = &audit->sample.items[i];
	const struct dsv_statement_plan *plan = &audit->plan->statement.plan;

	dsv_jline_open(out, "row");
	dsv_jline_text(out, "address", record->address);
	dsv_jline_text(out, "stratum",
		       plan->by ? plan->strata[record->stratum].name : NULL);
	dsv_jline_text(out, "label", record->label);
	dsv_jline_array(out, "answers");
	for (size_t r = 0; r < audit->n_results; r++) {
		const struct dsv_statement *said =
			&audit->results[r]->statement;
		const struct dsv_audit_row *row = &said->result.rows[i];

		dsv_jline_object(out, NULL);
		dsv_jline_text(out, "person", said->person);
		dsv_jline_text(out, "answer", row->answer);
		dsv_jline_text(out, "cause", row->cause);
		dsv_jline_text(out, "note", row->note);
		dsv_jline_end(out, '}');
	}
	dsv_jline_end(out, ']');
	return dsv_jline_close(out);
}

int dsv_audit_json(struct dsv_out *out, const struct dsv_audit *audit)
{
	int rc;

	dsv_jline_open(out, "audit");
	dsv_audit_json_fields(out, audit);
	rc = dsv_jline_close(out);
	if (rc < 0 || audit->state != DSV_AUDIT_FINISHED)
		return rc;
	if ((rc = json_figures(out, &audit->figures)) < 0 ||
	    (rc = json_raters(out, audit)) < 0 ||
	    (rc = json_labels(out, &audit->figures)) < 0 ||
	    (rc = json_errors(out, &audit->figures)) < 0)
		return rc;
	for (size_t i = 0; rc == 0 && i < audit->sample.n; i++)
		rc = json_row(out, audit, i);
	return rc;
}
