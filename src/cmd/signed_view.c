#include "cmd/signed_view.h"

#include <stdio.h>
#include <string.h>

#include <dsv/error.h>
#include <dsv/text.h>

#include "cli/term.h"

/* Shares are shown in so many parts. */
#define PARTS 1000000000u

int dsv_signed_begin(struct dsv_signed **out, struct dsv_repo *repo)
{
	int rc = dsv_signed_open(out, repo);

	if (rc == 0 && dsv_signed_fault(*out))
		dsv_term_say("sign-offs cannot be told: %s",
			     dsv_signed_fault(*out));
	return rc;
}

static void add_between(struct dsv_buf *out)
{
	if (out->len)
		dsv_buf_addstr(out, "   ");
}

static void mark_audit(const struct dsv_audit *audit, struct dsv_buf *out)
{
	const struct dsv_audit_figures *figures = &audit->figures;

	add_between(out);
	if (audit->state != DSV_AUDIT_FINISHED) {
		dsv_buf_addf(out, "audit %s",
			     dsv_audit_state_name(audit->state));
		return;
	}
	dsv_buf_addstr(out, "audit ");
	dsv_add_share(out, (uint64_t)(figures->accuracy * PARTS + 0.5), PARTS);
	dsv_buf_addstr(out, " of ");
	dsv_add_count(out, figures->n);
}

static void add_all(struct dsv_strlist *to, const struct dsv_strlist *from)
{
	for (size_t i = 0; i < from->n; i++)
		if (dsv_strlist_find(to, from->items[i]) < 0)
			dsv_strlist_add(to, from->items[i]);
}

/* All that is to be known of one dataset in one commit; lists are lent. */
struct known {
	const struct dsv_signed_data *data;
	const struct dsv_signed_audits *audits;
	struct dsv_strlist asked;
	bool asks_audit;
};

static void known_auto(struct known *known)
{
	dsv_strlist_release(&known->asked);
}

static int find_said(const struct dsv_signed_view *view, struct known *known)
{
	int rc = dsv_signed_at(view->said, view->commit, view->dataset,
			       &known->data);

	return rc < 0 ? rc
		      : dsv_signed_audits(view->said, known->data,
					  &known->audits);
}

static int find(const struct dsv_signed_view *view, struct known *known)
{
	int rc = find_said(view, known);

	return rc < 0 ? rc
		      : dsv_signed_asked(view->said, view->dataset,
					 &known->asked, &known->asks_audit);
}

int dsv_signed_marks(const struct dsv_signed_view *view, struct dsv_buf *out)
{
	struct known known __attribute__((cleanup(known_auto))) = {0};
	struct dsv_strlist roles DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_buf line DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc = find(view, &known);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < known.audits->n; i++)
		mark_audit(known.audits->items[i], &line);
	if (known.asks_audit && !known.audits->n)
		dsv_buf_addstr(&line, "audit -");
	add_all(&roles, &known.asked);
	add_all(&roles, &known.data->roles);
	add_all(&roles, &known.data->rejected);
	dsv_strlist_sort(&roles);
	for (size_t i = 0; i < roles.n; i++) {
		const char *role = roles.items[i];

		add_between(&line);
		dsv_buf_addf(&line, "%s %s", role,
			     dsv_strlist_find(&known.data->rejected, role) >= 0
				     ? "rejected"
			     : dsv_strlist_find(&known.data->roles, role) >= 0
				     ? "ok"
				     : "-");
	}
	dsv_buf_add(out, dsv_buf_str(&line), line.len);
	return 0;
}

/* "97.7": never 100 where it is not all. */
static void add_percent(struct dsv_buf *out, double share)
{
	double shown = share * 100;

	dsv_buf_addf(out, "%.1f", shown < 100 && shown > 99.9 ? 99.9 : shown);
}

static void tell_audit(const struct dsv_audit *audit, struct dsv_strlist *out)
{
	const struct dsv_statement_plan *plan = &audit->plan->statement.plan;
	const struct dsv_audit_figures *figures = &audit->figures;
	struct dsv_buf line DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_buf_addf(&line, "audit %llu: ", (unsigned long long)plan->number);
	if (audit->state == DSV_AUDIT_FAULTY) {
		dsv_buf_addstr(&line, audit->fault ? audit->fault : "faulty");
	} else if (audit->state == DSV_AUDIT_OPEN) {
		dsv_add_count(&line, plan->n);
		dsv_buf_addstr(&line, " of ");
		dsv_add_count(&line, plan->population);
		dsv_buf_addstr(&line, " records drawn, no result yet");
	} else {
		dsv_add_count(&line, figures->correct);
		dsv_buf_addstr(&line, " of ");
		dsv_add_count(&line, figures->n);
		dsv_buf_addstr(&line, " correct, ");
		add_percent(&line, figures->accuracy);
		dsv_buf_addf(&line, " %% (%g %% interval ",
			     figures->confidence * 100);
		add_percent(&line, figures->wilson[0]);
		dsv_buf_addstr(&line, " to ");
		add_percent(&line, figures->wilson[1]);
		dsv_buf_addch(&line, ')');
	}
	dsv_strlist_add(out, dsv_buf_str(&line));
}

static void tell_signoff(const struct dsv_evidence_item *item,
			 struct dsv_strlist *out)
{
	static const char *const words[] = {
		[DSV_APPROVE] = "signed off",
		[DSV_REJECT] = "rejected",
		[DSV_WITHDRAW] = "withdrawn",
		[DSV_OVERRIDE] = "overridden",
	};
	const struct dsv_statement *it = &item->statement;
	struct dsv_buf line DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_buf_addf(&line, "%s by %s (%s, ", words[it->signoff.decision],
		     it->role, item->by->name);
	dsv_add_date(&line, it->time_s, 0);
	dsv_buf_addch(&line, ')');
	if (it->signoff.reason && it->signoff.reason[0])
		dsv_buf_addf(&line, ": %s", it->signoff.reason);
	dsv_strlist_add(out, dsv_buf_str(&line));
}

int dsv_signed_lines(const struct dsv_signed_view *view,
		     struct dsv_strlist *out)
{
	struct known known __attribute__((cleanup(known_auto))) = {0};
	int rc = find_said(view, &known);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < known.audits->n; i++)
		tell_audit(known.audits->items[i], out);
	for (size_t i = 0; i < known.data->n; i++)
		tell_signoff(known.data->items[i], out);
	return 0;
}

static void json_of(struct dsv_out *out, const char *type,
		    const struct dsv_signed_view *view,
		    const struct known *known)
{
	char oid[DSV_OID_HEX];
	char id[DSV_ID_HEX];

	dsv_jline_open(out, type);
	dsv_jline_text(out, "commit", dsv_oid_hex(view->commit, oid));
	dsv_jline_text(out, "dataset", view->dataset);
	dsv_jline_text(out, "snapshot",
		       known->data->has_snapshot
			       ? dsv_id_hex(&known->data->snapshot, id)
			       : NULL);
}

int dsv_signed_json_marks(struct dsv_out *out,
			  const struct dsv_signed_view *view)
{
	struct known known __attribute__((cleanup(known_auto))) = {0};
	int rc = find(view, &known);

	if (rc < 0 || (!dsv_signed_exists(view->said) && !known.asked.n &&
		       !known.asks_audit))
		return rc;
	dsv_strlist_sort(&known.asked);
	json_of(out, "signed", view, &known);
	dsv_jline_list(out, "asked", &known.asked);
	dsv_jline_flag(out, "audit_asked", known.asks_audit);
	dsv_jline_list(out, "signed_off", &known.data->roles);
	dsv_jline_list(out, "rejected", &known.data->rejected);
	dsv_jline_count(out, "audits", known.audits->n);
	return dsv_jline_close(out);
}

/* NULL where there are no figures. */
static void json_share(struct dsv_out *out, const char *name,
		       const double *share)
{
	struct dsv_field field = {.kind = DSV_FIELD_MISSING};
	char text[32];

	if (share) {
		field.len =
			(size_t)snprintf(text, sizeof(text), "%.9f", *share);
		field.text = text;
		field.kind = DSV_FIELD_JSON;
	}
	dsv_jline_field(out, name, &field);
}

static void json_time(struct dsv_out *out, int64_t time_s)
{
	struct dsv_buf time DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_add_rfc3339(&time, time_s);
	dsv_jline_text(out, "time", dsv_buf_str(&time));
}

static int json_audit(struct dsv_out *out, const struct dsv_signed_view *view,
		      const struct known *known, const struct dsv_audit *audit)
{
	const struct dsv_statement *plan = &audit->plan->statement;
	const struct dsv_audit_figures *figures =
		audit->state == DSV_AUDIT_FINISHED ? &audit->figures : NULL;
	char hex[DSV_ID_HEX];

	json_of(out, "audit", view, known);
	dsv_jline_text(out, "plan", dsv_id_hex(&audit->plan->digest, hex));
	dsv_jline_count(out, "number", plan->plan.number);
	dsv_jline_text(out, "state", dsv_audit_state_name(audit->state));
	dsv_jline_text(out, "of", plan->plan.of);
	dsv_jline_count(out, "population", plan->plan.population);
	dsv_jline_count(out, "n", plan->plan.n);
	dsv_jline_text(out, "person", plan->person);
	json_time(out, plan->time_s);
	if (figures)
		dsv_jline_count(out, "correct", figures->correct);
	else
		dsv_jline_text(out, "correct", NULL);
	json_share(out, "accuracy", figures ? &figures->accuracy : NULL);
	json_share(out, "low", figures ? &figures->wilson[0] : NULL);
	json_share(out, "high", figures ? &figures->wilson[1] : NULL);
	json_share(out, "confidence", figures ? &figures->confidence : NULL);
	dsv_jline_array(out, "auditors");
	for (size_t i = 0; i < audit->n_results; i++)
		dsv_jline_text(out, NULL, audit->results[i]->statement.person);
	dsv_jline_end(out, ']');
	dsv_jline_text(out, "fault", audit->fault);
	return dsv_jline_close(out);
}

static int json_signoff(struct dsv_out *out, const struct dsv_signed_view *view,
			const struct known *known,
			const struct dsv_evidence_item *item)
{
	const struct dsv_statement *it = &item->statement;
	char hex[DSV_ID_HEX];

	json_of(out, "sign_off", view, known);
	dsv_jline_text(out, "statement", dsv_id_hex(&item->digest, hex));
	dsv_jline_text(out, "role", it->role);
	dsv_jline_text(out, "decision",
		       dsv_decision_name(it->signoff.decision));
	dsv_jline_text(out, "person", it->person);
	dsv_jline_text(out, "name", item->by->name);
	json_time(out, it->time_s);
	dsv_jline_text(out, "target", it->target);
	dsv_jline_text(out, "reason",
		       it->signoff.reason && it->signoff.reason[0]
			       ? it->signoff.reason
			       : NULL);
	return dsv_jline_close(out);
}

int dsv_signed_json(struct dsv_out *out, const struct dsv_signed_view *view)
{
	struct known known __attribute__((cleanup(known_auto))) = {0};
	int rc = find_said(view, &known);

	for (size_t i = 0; rc == 0 && i < known.audits->n; i++)
		rc = json_audit(out, view, &known, known.audits->items[i]);
	for (size_t i = 0; rc == 0 && i < known.data->n; i++)
		rc = json_signoff(out, view, &known, known.data->items[i]);
	return rc;
}
