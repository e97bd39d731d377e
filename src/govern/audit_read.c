#include "govern/audit_private.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"

const char *dsv_audit_state_name(enum dsv_audit_state state)
{
	static const char *const names[] = {
		[DSV_AUDIT_OPEN] = "open",
		[DSV_AUDIT_FINISHED] = "finished",
		[DSV_AUDIT_FAULTY] = "faulty",
	};

	return names[state];
}

static void release_audit(struct dsv_audit *audit)
{
	free(audit->results);
	dsv_strlist_release(&audit->ignored);
	dsv_audit_sample_release(&audit->sample);
	dsv_audit_figures_release(&audit->figures);
	free(audit->fault);
}

void dsv_audits_release(struct dsv_audits *audits)
{
	for (size_t i = 0; i < audits->n; i++)
		release_audit(&audits->items[i]);
	free(audits->items);
	*audits = (struct dsv_audits)DSV_AUDITS_INIT;
}

static void set_fault(struct dsv_audit *audit, char *text)
{
	audit->state = DSV_AUDIT_FAULTY;
	if (audit->fault)
		free(text);
	else
		audit->fault = text;
}

/* Said by one person of one plan: the same words twice are said once. */
static bool same_rows(const struct dsv_statement_result *a,
		      const struct dsv_statement_result *b)
{
	if (a->n_rows != b->n_rows)
		return false;
	for (size_t i = 0; i < a->n_rows; i++)
		if (strcmp(a->rows[i].address, b->rows[i].address) != 0 ||
		    strcmp(a->rows[i].answer, b->rows[i].answer) != 0)
			return false;
	return true;
}

/* Claimed times do not tell which came first, so none of two can be chosen. */
static void add_again(struct dsv_audit *audit,
		      const struct dsv_evidence_item *first,
		      const struct dsv_evidence_item *item)
{
	if (same_rows(&first->statement.result, &item->statement.result))
		dsv_strlist_take(
			&audit->ignored,
			dsv_strf("%s said the same twice", item->by->id));
	else
		set_fault(audit, dsv_strf("%s judged it twice, with other "
					  "answers",
					  item->by->id));
}

static bool is_about_plan(const struct dsv_statement *result,
			  const struct dsv_evidence_item *plan)
{
	return dsv_id_equal(&result->subject, &plan->statement.subject) &&
	       strcmp(result->repository, plan->statement.repository) == 0 &&
	       strcmp(result->target, plan->statement.target) == 0 &&
	       strcmp(result->dataset, plan->statement.dataset) == 0;
}

static void add_result(struct dsv_audit *audit,
		       const struct dsv_evidence_item *item)
{
	if (item->trust != DSV_TRUSTED) {
		dsv_strlist_take(
			&audit->ignored,
			dsv_strf("a result does not count: %s",
				 item->fault ? item->fault : "not trusted"));
		return;
	}
	if (!is_about_plan(&item->statement, audit->plan)) {
		dsv_strlist_take(&audit->ignored,
				 dsv_strf("a result of %s does not count: it "
					  "is about other data",
					  item->by->id));
		return;
	}
	for (size_t i = 0; i < audit->n_results; i++)
		if (audit->results[i]->by == item->by) {
			add_again(audit, audit->results[i], item);
			return;
		}
	audit->results = dsv_realloc(audit->results, audit->n_results + 1,
				     sizeof(*audit->results));
	audit->results[audit->n_results++] = item;
}

static bool is_readable(const struct dsv_evidence_item *item,
			enum dsv_statement_kind kind)
{
	return item->trust != DSV_MALFORMED && item->statement.kind == kind;
}

static int by_person(const void *a, const void *b)
{
	const struct dsv_evidence_item *const *x = a;
	const struct dsv_evidence_item *const *y = b;

	return strcmp((*x)->by->id, (*y)->by->id);
}

static void gather_results(struct dsv_audit *audit,
			   const struct dsv_evidence *evidence)
{
	for (size_t i = 0; i < evidence->n; i++) {
		const struct dsv_evidence_item *item = &evidence->items[i];

		if (is_readable(item, DSV_AUDIT_RESULT) &&
		    dsv_id_equal(&item->statement.result.plan,
				 &audit->plan->digest))
			add_result(audit, item);
	}
	if (audit->n_results > 1)
		qsort(audit->results, audit->n_results,
		      sizeof(struct dsv_evidence_item *), by_person);
}

static int by_number(const void *a, const void *b)
{
	const struct dsv_audit *x = a;
	const struct dsv_audit *y = b;
	const struct dsv_statement *p = &x->plan->statement;
	const struct dsv_statement *q = &y->plan->statement;

	if (p->plan.number != q->plan.number)
		return p->plan.number < q->plan.number ? -1 : 1;
	if (p->time_s != q->time_s)
		return p->time_s < q->time_s ? -1 : 1;
	return dsv_id_cmp(&x->plan->digest, &y->plan->digest);
}

static void gather(struct dsv_audits *out, const struct dsv_evidence *evidence,
		   const struct dsv_id *snapshot)
{
	size_t cap = 0;

	for (size_t i = 0; i < evidence->n; i++) {
		const struct dsv_evidence_item *item = &evidence->items[i];

		if (!is_readable(item, DSV_AUDIT_PLAN) ||
		    (snapshot &&
		     !dsv_id_equal(&item->statement.subject, snapshot)))
			continue;
		DSV_GROW(out->items, cap, out->n + 1);
		out->items[out->n++] = (struct dsv_audit){.plan = item};
	}
	if (out->n > 1)
		qsort(out->items, out->n, sizeof(*out->items), by_number);
	for (size_t i = 0; i < out->n; i++)
		gather_results(&out->items[i], evidence);
}

static void watch_people(const struct dsv_audit *audit, struct dsv_watch *watch)
{
	if (audit->plan->by)
		dsv_watch_add(watch, audit->plan->by);
	for (size_t i = 0; i < audit->n_results; i++)
		dsv_watch_add(watch, audit->results[i]->by);
}

/* What the data says is a fault of the audit; what the system says is not. */
static int take_error(struct dsv_audit *audit, int rc)
{
	if (rc != DSV_ENOTFOUND && rc != DSV_EREFUSED && rc != DSV_ERANGE &&
	    rc != DSV_EMISSING && rc != DSV_ESYNTAX)
		return rc;
	set_fault(audit, dsv_strdup(dsv_error_message()));
	dsv_error_clear();
	return 0;
}

static void check_rows(struct dsv_audit *audit)
{
	for (size_t i = 0; i < audit->n_results; i++) {
		const struct dsv_evidence_item *item = audit->results[i];
		char *misfit DSV_AUTO(str) = dsv_audit_misfit(
			&item->statement.result, &audit->sample);

		if (misfit)
			set_fault(audit, dsv_strf("the result of %s %s",
						  item->by->id, misfit));
	}
}

static int draw(struct dsv_audit *audit, struct dsv_audit_finder *finder)
{
	const struct dsv_statement *plan = &audit->plan->statement;
	struct dsv_watch watch DSV_AUTO(watch) = DSV_WATCH_INIT;
	struct dsv_audit_at at;
	int rc;

	watch_people(audit, &watch);
	rc = dsv_audit_find(finder, plan, &at);
	if (rc == 0)
		rc = dsv_audit_draw_at(finder->repo, plan, &at, &watch,
				       &audit->sample);
	if (rc < 0)
		return take_error(audit, rc);
	if (watch.found)
		set_fault(audit,
			  dsv_strf("%s is an annotator of what is judged (%s)",
				   watch.found->id, watch.where));
	return 0;
}

static int judge(struct dsv_audit *audit, struct dsv_audit_finder *finder,
		 double confidence)
{
	int rc;

	/* nobody asks an open one for its sample, unless it is faulty */
	audit->state = audit->state == DSV_AUDIT_FAULTY ? DSV_AUDIT_FAULTY
		       : audit->n_results > 0		? DSV_AUDIT_FINISHED
							: DSV_AUDIT_OPEN;
	if (audit->state != DSV_AUDIT_FINISHED)
		return 0;
	rc = draw(audit, finder);
	if (rc < 0 || audit->state == DSV_AUDIT_FAULTY)
		return rc;
	check_rows(audit);
	if (audit->state == DSV_AUDIT_FAULTY)
		return 0;
	rc = dsv_audit_compute(audit, confidence);
	return rc < 0 ? take_error(audit, rc) : 0;
}

int dsv_audits_read(struct dsv_audits *out, struct dsv_repo *repo,
		    const struct dsv_evidence *evidence,
		    const struct dsv_audits_opts *opts)
{
	struct dsv_audit_finder finder DSV_AUTO(audit_finder) = {.repo = repo};
	struct dsv_audits found DSV_AUTO(audits) = DSV_AUDITS_INIT;
	int rc = 0;

	if (opts->head)
		finder.head = *opts->head;
	if (opts->base)
		finder.base = *opts->base;
	gather(&found, evidence, opts->snapshot);
	for (size_t i = 0; rc == 0 && i < found.n; i++)
		rc = judge(&found.items[i], &finder, opts->confidence);
	if (rc < 0)
		return rc;
	*out = found;
	found = (struct dsv_audits)DSV_AUDITS_INIT;
	return 0;
}
