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
	struct dsv_buf found;
};

static void ask_auto(struct ask *ask)
{
	dsv_buf_release(&ask->found);
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

/* About this target of this repository, and of the population that is asked
 * for. Others are somebody's own business. */
static bool is_meant(const struct ask *ask, const struct dsv_audit *audit)
{
	const struct dsv_statement *plan = &audit->plan->statement;

	return strcmp(plan->repository, ask->gate->repository) == 0 &&
	       strcmp(plan->target, ask->gate->ref) == 0 &&
	       strcmp(plan->dataset, ask->set->name) == 0 &&
	       strcmp(plan->plan.of, ask->it->of_all ? "all" : "changed") == 0;
}

static bool is_author(const struct ask *ask, const char *person)
{
	return dsv_strlist_find(&ask->gate->authorship.people, person) >= 0;
}

/* Why the people behind an audit cannot be taken for it, or NULL. */
static char *unfit(const struct ask *ask, const struct dsv_audit *audit)
{
	const struct dsv_evidence_item *plan = audit->plan;

	if (plan->trust != DSV_TRUSTED)
		return dsv_strdup(plan->fault ? plan->fault : "not trusted");
	if (is_author(ask, plan->by->id))
		return dsv_strf("%s, who drew it, is an author of the change",
				plan->by->name);
	for (size_t i = 0; i < audit->n_results; i++) {
		const struct dsv_evidence_item *it = audit->results[i];

		if (it->trust != DSV_TRUSTED)
			return dsv_strdup(it->fault ? it->fault
						    : "not trusted");
		if (is_author(ask, it->by->id))
			return dsv_strf("%s is an author of the change",
					it->by->name);
		if (ask->it->role &&
		    !dsv_member_has_role(it->by, ask->it->role))
			return dsv_strf("%s does not hold the role '%s'",
					it->by->name, ask->it->role);
	}
	return NULL;
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
		if (dsv_accuracy_lower(figures->correct, figures->n, population,
				       ask->it->confidence, &lower) < 0)
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

/* 1 where this audit passes; else the answer was given. */
static int judge(struct ask *ask, const struct dsv_audit *audit)
{
	const struct dsv_statement_plan *plan = &audit->plan->statement.plan;
	unsigned long long number = plan->number;
	char *fault DSV_AUTO(str) = unfit(ask, audit);

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
		if (!is_meant(ask, &audits->items[i]))
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
		     ask->it->of_all ? "the whole dataset" : "what changed");
	answer(ask, DSV_CHECK_MISSING,
	       dsv_strf("dsv audit start --dataset %s", ask->set->name));
	return 0;
}

int dsv_check_audit(struct dsv_gate *gate, const struct dsv_gate_set *set,
		    const struct dsv_requirement *requirement)
{
	struct dsv_audits audits DSV_AUTO(audits) = DSV_AUDITS_INIT;
	struct ask ask __attribute__((cleanup(ask_auto))) = {
		.gate = gate, .set = set, .it = requirement};
	int rc;

	if (!requirement->of_all && set->changed == 0 && set->tip &&
	    !gate->opts->no_data) {
		dsv_buf_addstr(&ask.found, "no record changed");
		answer(&ask, DSV_CHECK_NA, NULL);
		return 0;
	}
	rc = dsv_audits_read(&audits, gate->repo, gate->evidence,
			     &set->head->id);
	if (rc == 0)
		rc = judge_all(&ask, &audits);
	return rc < 0 ? dsv_gate_error(gate, rc, set->name, NULL, requirement)
		      : 0;
}
