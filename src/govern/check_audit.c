#include "govern/gate.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>
#include <dsv/interval.h>
#include <dsv/text.h>

#include "base/alloc.h"

/*
 * All audits of a snapshot count: an open or a failed one cannot be passed
 * over for a luckier one. What failed is answered by better data, which is
 * another snapshot.
 */
struct ask {
	struct dsv_gate *gate;
	const struct dsv_gate_set *set;
	const struct dsv_requirement *it;
	bool all;      /* the population: all records, else what changed */
	char *ignored; /* why a plan does not count, or NULL */
	struct dsv_buf found;
};

static void ask_auto(struct ask *ask)
{
	dsv_buf_release(&ask->found);
	free(ask->ignored);
}

static void answer(struct ask *ask, enum dsv_answer_state state, char *next)
{
	dsv_gate_answer(ask->gate, &(struct dsv_gate_item){
					   .dataset = ask->set->name,
					   .state = state,
					   .requirement = ask->it,
					   .found = dsv_buf_detach(&ask->found),
					   .next = next});
}

/* Where other columns are the labels, no record says what it said. */
static int find_population(struct ask *ask)
{
	const struct dsv_gate_set *set = ask->set;
	struct dsv_datasets before DSV_AUTO(datasets) = DSV_DATASETS_INIT;
	const struct dsv_dataset *old;
	int rc;

	ask->all = ask->it->of_all;
	if (ask->all || !set->tip ||
	    dsv_id_equal(&set->tip->definition, &set->head->definition))
		return 0;
	rc = dsv_datasets_read(&before, ask->gate->repo, &ask->gate->base);
	if (rc < 0)
		return rc;
	old = dsv_datasets_named(&before, set->name);
	ask->all = old && !dsv_strlist_equal(&old->labels, &set->set->labels);
	return 0;
}

/* About this dataset for this target of this repository. Others are
 * somebody's own business. */
static bool is_meant(const struct ask *ask, const struct dsv_audit *audit)
{
	const struct dsv_statement *plan = &audit->plan->statement;

	return strcmp(plan->repository, ask->gate->repository) == 0 &&
	       strcmp(plan->target, ask->gate->ref) == 0 &&
	       strcmp(plan->dataset, ask->set->name) == 0 &&
	       strcmp(plan->plan.of, ask->all ? "all" : "changed") == 0;
}

static bool is_author(const struct ask *ask, const char *person)
{
	return dsv_strlist_find(&ask->gate->authorship.people, person) >= 0;
}

/* What changed since another state is another population. */
static bool starts_here(const struct ask *ask, const struct dsv_statement *plan)
{
	const struct dsv_snapshot *tip = ask->set->tip;

	if (ask->all)
		return true;
	return plan->has_base ? tip && dsv_id_equal(&plan->base, &tip->id)
			      : !tip;
}

/* Which label is judged is not for who draws to choose. */
static const char *label_asked(const struct ask *ask)
{
	const struct dsv_dataset *set = ask->set->set;

	return set && set->labels.n > 0 ? set->labels.items[0] : "";
}

/* Why somebody cannot audit this, or NULL. */
static char *unfit(const struct ask *ask, const struct dsv_evidence_item *item)
{
	const char *role = ask->it->role;

	if (item->trust != DSV_TRUSTED)
		return dsv_strdup(item->fault ? item->fault : "not trusted");
	if (is_author(ask, item->by->id))
		return dsv_strf("%s is an author of the change",
				item->by->name);
	if (role && !dsv_member_has_role(item->by, role))
		return dsv_strf("%s does not hold the role '%s'",
				item->by->name, role);
	return NULL;
}

/* A plan of somebody who may not audit neither helps nor stands in the way;
 * why it does not count is kept. */
static bool plan_counts(struct ask *ask, const struct dsv_audit *audit)
{
	const struct dsv_statement *plan = &audit->plan->statement;
	char *fault DSV_AUTO(str) = unfit(ask, audit->plan);

	if (!fault && !starts_here(ask, plan))
		fault = dsv_strf("what changed since another state than that "
				 "of '%s'",
				 ask->gate->verdict->target);
	if (!fault && strcmp(plan->plan.field, label_asked(ask)) != 0)
		fault = dsv_strf("it judges '%s', not '%s'", plan->plan.field,
				 label_asked(ask));
	if (!fault)
		return true;
	free(ask->ignored);
	ask->ignored = dsv_strf("audit %llu does not count: %s",
				(unsigned long long)plan->plan.number, fault);
	return false;
}

static char *unfit_rater(const struct ask *ask, const struct dsv_audit *audit)
{
	char *fault = NULL;

	for (size_t i = 0; !fault && i < audit->n_results; i++)
		fault = unfit(ask, audit->results[i]);
	return fault;
}

static void add_share(struct dsv_buf *out, double share)
{
	dsv_buf_addf(out, "%.1f %%", share * 100);
}

/* "293 of 300 correct, at least 95.3 % (needs 95.0 %)" */
static bool is_good(struct ask *ask, const struct dsv_audit_figures *figures,
		    uint64_t population)
{
	double lower = 0;
	bool good = true;

	dsv_add_count(&ask->found, figures->correct);
	dsv_buf_addstr(&ask->found, " of ");
	dsv_add_count(&ask->found, figures->n);
	dsv_buf_addstr(&ask->found, " correct");
	if (ask->it->accuracy_lower >= 0) {
		if (dsv_accuracy_lower(figures->effective, figures->n,
				       population, ask->it->confidence,
				       &lower) < 0)
			dsv_error_clear();
		dsv_buf_addstr(&ask->found, ", at least ");
		add_share(&ask->found, lower);
		dsv_buf_addstr(&ask->found, " (needs ");
		add_share(&ask->found, ask->it->accuracy_lower);
		dsv_buf_addch(&ask->found, ')');
		good = lower >= ask->it->accuracy_lower;
	}
	if (ask->it->kappa < -1)
		return good;
	if (!figures->has_kappa) {
		dsv_buf_addstr(&ask->found, ", kappa undefined");
		return false;
	}
	dsv_buf_addf(&ask->found, ", kappa %.2f (needs %.2f)", figures->kappa,
		     ask->it->kappa);
	return good && figures->kappa >= ask->it->kappa;
}

static uint64_t rows_needed(const struct ask *ask,
			    const struct dsv_statement_plan *plan)
{
	return plan->population < ask->it->sample ? plan->population
						  : ask->it->sample;
}

/* Where the authors are not known, whoever draws and judges alone may be one.
 */
static bool is_alone(const struct ask *ask, const struct dsv_audit *audit)
{
	if (ask->gate->authorship.unknown == 0)
		return false;
	for (size_t i = 0; i < audit->n_results; i++) {
		if (audit->results[i]->by != audit->plan->by)
			return false;
	}
	return true;
}

static void tell_alone(struct ask *ask, const struct dsv_audit *audit)
{
	unsigned long long number = audit->plan->statement.plan.number;

	dsv_buf_addf(&ask->found,
		     "audit %llu: %s alone drew and judged it, and ", number,
		     audit->plan->by->name);
	dsv_gate_tell_unknown(ask->gate, &ask->found);
	answer(ask, DSV_CHECK_MISSING,
	       dsv_strf("dsv audit finish audit-%llu.csv, by somebody else",
			number));
}

/* 1 where this audit passes; else the answer was given. */
static int judge(struct ask *ask, const struct dsv_audit *audit)
{
	const struct dsv_statement_plan *plan = &audit->plan->statement.plan;
	unsigned long long number = plan->number;
	char *fault DSV_AUTO(str) = unfit_rater(ask, audit);

	ask->found.len = 0;
	if (fault || audit->state == DSV_AUDIT_FAULTY) {
		dsv_buf_addf(&ask->found, "audit %llu: %s", number,
			     fault ? fault : audit->fault);
		answer(ask, DSV_CHECK_ERROR, NULL);
		return 0;
	}
	if (plan->n < rows_needed(ask, plan)) {
		dsv_buf_addf(&ask->found,
			     "audit %llu drew %llu of %llu records, %llu are "
			     "asked for",
			     number, (unsigned long long)plan->n,
			     (unsigned long long)plan->population,
			     (unsigned long long)rows_needed(ask, plan));
		answer(ask, DSV_CHECK_MISSING, dsv_strdup("dsv audit start"));
		return 0;
	}
	if (audit->n_results < ask->it->raters) {
		dsv_buf_addf(&ask->found,
			     "audit %llu is open: %zu of %llu people judged it",
			     number, audit->n_results,
			     (unsigned long long)ask->it->raters);
		answer(ask, DSV_CHECK_MISSING,
		       dsv_strf("dsv audit finish audit-%llu.csv", number));
		return 0;
	}
	if (is_alone(ask, audit)) {
		tell_alone(ask, audit);
		return 0;
	}
	if (is_good(ask, &audit->figures, plan->population))
		return 1;
	answer(ask, DSV_CHECK_MISSING,
	       dsv_strf("better labels, then: dsv audit start"));
	return 0;
}

static int judge_all(struct ask *ask, const struct dsv_audits *audits)
{
	size_t passed = 0;

	for (size_t i = 0; i < audits->n; i++) {
		if (!is_meant(ask, &audits->items[i]) ||
		    !plan_counts(ask, &audits->items[i]))
			continue;
		if (!judge(ask, &audits->items[i]))
			return 0;
		passed++;
	}
	if (passed > 0) {
		answer(ask, DSV_CHECK_OK, NULL);
		return 0;
	}
	dsv_buf_addf(&ask->found, "no audit of %llu records from %s",
		     (unsigned long long)ask->it->sample,
		     ask->all ? "the whole dataset" : "what changed");
	if (ask->all && !ask->it->of_all)
		dsv_buf_addstr(&ask->found, ", since its labels are other "
					    "columns now");
	if (ask->ignored)
		dsv_buf_addf(&ask->found, "; %s", ask->ignored);
	answer(ask, DSV_CHECK_MISSING,
	       dsv_strf("dsv audit start --dataset %s%s", ask->set->name,
			ask->all && !ask->it->of_all ? " --of all" : ""));
	return 0;
}

int dsv_check_audit(struct dsv_gate *gate, const struct dsv_gate_set *set,
		    const struct dsv_requirement *requirement)
{
	struct dsv_audits audits DSV_AUTO(audits) = DSV_AUDITS_INIT;
	struct ask ask __attribute__((cleanup(ask_auto))) = {
		.gate = gate, .set = set, .it = requirement};
	struct dsv_audits_opts opts = {.snapshot = &set->head->id,
				       .head = &gate->head,
				       .base = &gate->base,
				       .confidence = requirement->confidence};
	int rc = find_population(&ask);

	if (rc == 0 && !ask.all && set->changed == 0 && set->tip &&
	    !gate->opts->no_data) {
		dsv_buf_addstr(&ask.found, "no record changed");
		answer(&ask, DSV_CHECK_NA, NULL);
		return 0;
	}
	if (rc == 0)
		rc = dsv_audits_read(&audits, gate->repo, gate->evidence,
				     &opts);
	if (rc == 0)
		rc = judge_all(&ask, &audits);
	return rc < 0 ? dsv_gate_error(gate, rc, set->name, NULL, requirement)
		      : 0;
}
