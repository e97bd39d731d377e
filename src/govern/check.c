#include <dsv/check.h>

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>
#include <dsv/walk.h>

#include "base/alloc.h"
#include "govern/gate.h"
#include "govern/requirement.h"

/*
 * The gate. Statements, policy and people cost what they are; records are read
 * once, by one diff against the target, for all requirements together.
 */

static const char *const state_names[] = {
	[DSV_CHECK_OK] = "ok",	     [DSV_CHECK_MISSING] = "missing",
	[DSV_CHECK_NA] = "n/a",	     [DSV_CHECK_OVERRIDDEN] = "overridden",
	[DSV_CHECK_ERROR] = "error",
};

const char *dsv_answer_state_name(enum dsv_answer_state state)
{
	return state_names[state];
}

/* The dataset goes; that is for those who govern, see check_governance.c. */
static bool is_removed(const struct dsv_gate_set *set)
{
	return !set->head;
}

static int check_one(struct dsv_gate *gate, struct dsv_gate_set *set,
		     const struct dsv_requirement *it)
{
	switch (it->kind) {
	case DSV_REQUIRES_SIGNOFF:
		return dsv_check_signoff(gate, set, it);
	case DSV_REQUIRES_AUDIT:
		return dsv_check_audit(gate, set, it);
	case DSV_REQUIRES_GUIDELINE:
		return dsv_check_guideline(gate, set, it);
	case DSV_REQUIRES_LABELS:
		return dsv_check_labels(gate, set, it);
	case DSV_REQUIRES_SCAN:
		return dsv_check_scan(gate, set, it);
	case DSV_REQUIRES_DISJOINT:
	case DSV_REQUIRES_GOVERNANCE:
	case DSV_REQUIRES_OVERRIDE:
	case DSV_REQUIRES_KINDS:
		break;
	}
	return 0;
}

static const struct dsv_requirement *override_of(const struct dsv_gate *gate)
{
	for (size_t i = 0; i < gate->target->n; i++) {
		if (gate->target->items[i].kind == DSV_REQUIRES_OVERRIDE)
			return &gate->target->items[i];
	}
	return NULL;
}

static bool is_held(struct dsv_gate *gate, const struct dsv_gate_set *set,
		    const struct dsv_requirement *it)
{
	if (!it->role || dsv_people_holding(&gate->people, it->role) > 0)
		return true;
	dsv_gate_answer(
		gate,
		&(struct dsv_gate_item){
			.dataset = set->name,
			.state = DSV_CHECK_ERROR,
			.requirement = it,
			.found = dsv_strf("nobody holds the role '%s' on '%s'",
					  it->role, gate->verdict->target),
			.next = dsv_strf("dsv people add ID --role %s "
					 "--key FILE",
					 it->role)});
	return false;
}

static int check_set(struct dsv_gate *gate, struct dsv_gate_set *set)
{
	const struct dsv_requirement *override;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < gate->target->n; i++) {
		const struct dsv_requirement *it = &gate->target->items[i];

		if (it->kind != DSV_REQUIRES_DISJOINT &&
		    it->kind != DSV_REQUIRES_GOVERNANCE &&
		    dsv_requirement_means(it, set->name) &&
		    is_held(gate, set, it))
			rc = check_one(gate, set, it);
	}
	override = override_of(gate);
	return rc == 0 && override ? dsv_check_override(gate, set, override)
				   : rc;
}

/* Merging makes a third state that nobody has seen or signed. */
static void tell_moved_on(struct dsv_gate *gate, const struct dsv_gate_set *set)
{
	const char *target = gate->verdict->target;

	dsv_gate_answer(
		gate,
		&(struct dsv_gate_item){
			.dataset = set->name,
			.state = DSV_CHECK_MISSING,
			.name = "current",
			.found = dsv_strf(
				gate->crossed ? "'%s' and this branch have "
						"merged each other, so what a "
						"merge gives is not told yet"
					      : "'%s' changed this dataset "
						"since this branch left it",
				target),
			.next = dsv_strf("dsv merge %s", target)});
}

static int check_sets(struct dsv_gate *gate)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < gate->n_sets; i++) {
		struct dsv_gate_set *set = &gate->sets[i];

		if (!set->judged || is_removed(set))
			continue;
		if (set->moved_on)
			tell_moved_on(gate, set);
		else if (gate->target)
			rc = check_set(gate, set);
	}
	return rc;
}

static bool touches(const struct dsv_gate *gate,
		    const struct dsv_requirement *it)
{
	for (size_t i = 0; i < gate->n_sets; i++) {
		if (gate->sets[i].judged &&
		    dsv_requirement_means(it, gate->sets[i].name))
			return true;
	}
	return false;
}

static int check_across(struct dsv_gate *gate)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && gate->target && i < gate->target->n;
	     i++) {
		const struct dsv_requirement *it = &gate->target->items[i];

		if (it->kind == DSV_REQUIRES_DISJOINT && touches(gate, it))
			rc = dsv_check_disjoint(gate, it);
	}
	return rc;
}

/* What was taken out of the evidence may have been a reject. */
static void check_evidence(struct dsv_gate *gate)
{
	const struct dsv_strlist *lost = &gate->evidence->lost;

	if (lost->n == 0)
		return;
	dsv_gate_answer(gate,
			&(struct dsv_gate_item){
				.dataset = "",
				.state = DSV_CHECK_ERROR,
				.name = "evidence",
				.found = dsv_strf(
					"%zu statements were taken out of the "
					"evidence branch, '%s' the first",
					lost->n, lost->items[0]),
				.next = dsv_strdup("dsv evidence verify")});
}

static void check_history(struct dsv_gate *gate)
{
	if (!gate->repository_fault || !gate->target)
		return;
	dsv_gate_answer(gate,
			&(struct dsv_gate_item){
				.dataset = "",
				.state = DSV_CHECK_ERROR,
				.name = "history",
				.found = dsv_take(&gate->repository_fault),
				.next = dsv_take(&gate->repository_next)});
}

/* Items of one dataset together, in the order they were answered. */
static void sort_items(struct dsv_gate *gate)
{
	struct dsv_verdict *verdict = gate->verdict;
	struct dsv_verdict_item *sorted =
		dsv_alloc_zero(verdict->n + 1, sizeof(*sorted));
	size_t n = 0;

	for (size_t s = 0; s <= gate->n_sets; s++) {
		const char *name = s < gate->n_sets ? gate->sets[s].name : "";

		for (size_t i = 0; i < verdict->n; i++) {
			if (strcmp(verdict->items[i].dataset, name) == 0)
				sorted[n++] = verdict->items[i];
		}
	}
	free(verdict->items);
	verdict->items = sorted;
}

static void count_items(struct dsv_verdict *verdict)
{
	for (size_t i = 0; i < verdict->n; i++) {
		verdict->n_missing +=
			verdict->items[i].state == DSV_CHECK_MISSING;
		verdict->n_errors += verdict->items[i].state == DSV_CHECK_ERROR;
	}
	verdict->refused = verdict->n_missing + verdict->n_errors > 0;
}

static int run_all(struct dsv_gate *gate)
{
	int rc;

	check_history(gate);
	check_evidence(gate);
	if ((rc = dsv_check_data(gate)) < 0 || (rc = check_sets(gate)) < 0 ||
	    (rc = check_across(gate)) < 0 ||
	    (rc = dsv_check_governance(gate)) < 0)
		return rc;
	sort_items(gate);
	count_items(gate->verdict);
	return 0;
}

int dsv_check_run(struct dsv_verdict **out, struct dsv_repo *repo,
		  const struct dsv_check_opts *opts)
{
	struct dsv_gate gate DSV_AUTO(gate) = {0};
	int rc = dsv_gate_open(&gate, repo, opts);

	if (rc == 0)
		rc = run_all(&gate);
	if (rc < 0)
		return rc;
	*out = dsv_take(&gate.verdict);
	return 0;
}

int dsv_check_step(struct dsv_verdict **out, struct dsv_repo *repo,
		   const char *target, const struct dsv_oid *commit,
		   struct dsv_evidence *evidence)
{
	struct dsv_commit_info info DSV_AUTO(commit_info) =
		DSV_COMMIT_INFO_INIT;
	struct dsv_version base = {.at = DSV_AT_NOTHING};
	struct dsv_version head = {.at = DSV_AT_COMMIT, .commit = *commit};
	struct dsv_check_opts opts = {
		.target = target,
		.base = &base,
		.head = &head,
		.evidence = evidence,
	};
	int rc = dsv_commit_info_read(repo, commit, &info);

	if (rc < 0)
		return rc;
	if (info.n_parents > 0) {
		base.at = DSV_AT_COMMIT;
		base.commit = info.parents[0];
	}
	opts.now_s = info.committer.at_s;
	return dsv_check_run(out, repo, &opts);
}

void dsv_verdict_free(struct dsv_verdict **verdictp)
{
	struct dsv_verdict *verdict = dsv_take(verdictp);

	if (!verdict)
		return;
	for (size_t i = 0; i < verdict->n; i++) {
		free(verdict->items[i].dataset);
		free(verdict->items[i].name);
		free(verdict->items[i].found);
		free(verdict->items[i].next);
	}
	for (size_t i = 0; i < verdict->n_datasets; i++)
		free(verdict->datasets[i].name);
	free(verdict->datasets);
	free(verdict->items);
	free(verdict->target);
	free(verdict->head_name);
	free(verdict);
}
