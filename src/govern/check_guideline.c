#include "govern/gate.h"

#include <string.h>

#include <dsv/error.h>
#include <dsv/guideline.h>
#include <dsv/rules.h>
#include <dsv/stale.h>
#include <dsv/text.h>

#include "base/alloc.h"

/* The guideline of the data as the target has it: what an annotator was given
 * must be what was agreed on. */
struct ask {
	struct dsv_gate *gate;
	const struct dsv_gate_set *set;
	const struct dsv_requirement *it;
	struct dsv_guideline guideline; /* on the target */
	struct dsv_buf found;
};

static void ask_auto(struct ask *ask)
{
	dsv_guideline_release(&ask->guideline);
	dsv_buf_release(&ask->found);
}

static int answer(struct ask *ask, enum dsv_answer_state state, char *next)
{
	dsv_gate_answer(ask->gate, &(struct dsv_gate_item){
					   .dataset = ask->set->name,
					   .state = state,
					   .requirement = ask->it,
					   .found = dsv_buf_detach(&ask->found),
					   .next = next});
	return 1;
}

/* A new version of the guideline, and nothing else of the dataset. That is for
 * those who govern; data that comes later is held against it. */
static bool only_guideline(const struct dsv_gate_set *set)
{
	const struct dsv_snapshot *ours = set->head, *theirs = set->tip;

	if (!theirs || ours->n_files != theirs->n_files ||
	    !dsv_id_equal(&ours->definition, &theirs->definition))
		return false;
	for (size_t i = 0; i < ours->n_files; i++) {
		if (strcmp(ours->files[i].path, theirs->files[i].path) != 0 ||
		    !dsv_id_equal(&ours->files[i].content.id,
				  &theirs->files[i].content.id))
			return false;
	}
	return true;
}

/* 1 answered, 0 there is a guideline on the target. */
static int find(struct ask *ask)
{
	const struct dsv_guideline *ours = &ask->set->head->guideline;
	int rc;

	if (ours->id && only_guideline(ask->set)) {
		dsv_buf_addf(&ask->found,
			     "nothing but the guideline changes, "
			     "to %s@%s",
			     ours->id, ours->version);
		return answer(ask, DSV_CHECK_NA, NULL);
	}
	if (!ours->id) {
		dsv_buf_addstr(&ask->found, "the dataset names no guideline");
		return answer(ask, DSV_CHECK_MISSING,
			      dsv_strf("guideline: ID in " DSV_DATASETS_PATH));
	}
	rc = dsv_guideline_read(ask->gate->repo, &ask->gate->rules, ours->id,
				&ask->guideline);
	if (rc == DSV_ENOTFOUND) {
		dsv_error_clear();
		dsv_buf_addf(&ask->found, "'%s' has no guideline '%s'",
			     ask->gate->verdict->target, ours->id);
		return answer(ask, DSV_CHECK_MISSING,
			      dsv_strdup("bring the guideline in a change of "
					 "its own, first"));
	}
	return rc;
}

static int check_active(struct ask *ask)
{
	const struct dsv_guideline *ours = &ask->set->head->guideline;
	const struct dsv_guideline *theirs = &ask->guideline;

	if (!dsv_id_equal(&ours->digest, &theirs->digest)) {
		dsv_buf_addf(&ask->found,
			     "the data stands under %s@%s, '%s' has %s%s",
			     ours->id, ours->version,
			     ask->gate->verdict->target, theirs->version,
			     strcmp(ours->version, theirs->version) == 0
				     ? " with another text"
				     : "");
		return answer(ask, DSV_CHECK_MISSING,
			      dsv_strdup("bring the guideline in a change of "
					 "its own, first"));
	}
	if (strcmp(theirs->status, "active") != 0) {
		dsv_buf_addf(&ask->found, "%s@%s is %s, not active", theirs->id,
			     theirs->version, theirs->status);
		return answer(ask, DSV_CHECK_MISSING, NULL);
	}
	dsv_buf_addf(&ask->found, "%s@%s is active", theirs->id,
		     theirs->version);
	return 0;
}

static bool defines(const struct dsv_rules *rules, const char *label)
{
	for (size_t i = 0; i < rules->n_labels; i++) {
		if (strcmp(rules->labels[i].label, label) == 0)
			return true;
	}
	return false;
}

static int check_labels(struct ask *ask)
{
	struct dsv_rules rules DSV_AUTO(rules) = DSV_RULES_INIT;
	const struct dsv_gate_set *set = ask->set;
	const struct dsv_gate_label *unknown = NULL;
	size_t used = 0, known = 0;
	int rc;

	rc = dsv_rules_read(&rules, ask->gate->repo, &ask->gate->rules,
			    ask->guideline.id);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < set->n_counts; i++) {
		const struct dsv_gate_label *label = &set->counts[i];

		if (label->after == 0 || label->is_null)
			continue;
		used++;
		if (defines(&rules, label->value))
			known++;
		else if (!unknown)
			unknown = label;
	}
	if (ask->found.len)
		dsv_buf_addstr(&ask->found, ", ");
	dsv_buf_addf(&ask->found, "%zu of %zu labels defined", known, used);
	if (!unknown && !set->uncounted)
		return 0;
	dsv_buf_addstr(&ask->found, "; not ");
	if (unknown)
		dsv_gate_add_label(set, unknown, &ask->found);
	else
		dsv_buf_addstr(&ask->found, "counted: the rest");
	return answer(ask, DSV_CHECK_MISSING,
		      dsv_strf("dsv guideline show %s", ask->guideline.id));
}

static int check_stale(struct ask *ask)
{
	struct dsv_stale stale DSV_AUTO(stale) = DSV_STALE_INIT;
	struct dsv_stale_opts opts = {.version = ask->gate->head,
				      .guideline = ask->gate->rules,
				      .dataset = ask->set->name};
	int rc = dsv_stale_read(&stale, ask->gate->repo, &opts);

	if (rc < 0)
		return rc;
	if (ask->found.len)
		dsv_buf_addstr(&ask->found, ", ");
	if (stale.n_stale == 0)
		dsv_buf_addstr(&ask->found, "none stale");
	else
		dsv_add_count(&ask->found, stale.n_stale);
	if (stale.n_stale > 0)
		dsv_buf_addstr(&ask->found, stale.n_stale == 1
						    ? " record is stale"
						    : " records are stale");
	if (!stale.complete) {
		dsv_buf_addstr(&ask->found,
			       ", but a version could not be read");
		return answer(ask, DSV_CHECK_ERROR, NULL);
	}
	if (stale.n_stale <= ask->it->stale)
		return 0;
	dsv_buf_addf(&ask->found, " (at most %llu)",
		     (unsigned long long)ask->it->stale);
	return answer(ask, DSV_CHECK_MISSING,
		      dsv_strf("dsv guideline stale %s", ask->guideline.id));
}

static int check_all(struct ask *ask)
{
	int rc = find(ask);

	if (rc == 0 && ask->it->active)
		rc = check_active(ask);
	if (rc == 0 && ask->it->labels_subset && !ask->gate->opts->no_data)
		rc = check_labels(ask);
	if (rc == 0 && ask->it->stale != DSV_POLICY_UNSET &&
	    !ask->gate->opts->no_data)
		rc = check_stale(ask);
	if (rc == 0)
		answer(ask, DSV_CHECK_OK, NULL);
	return rc < 0 ? rc : 0;
}

int dsv_check_guideline(struct dsv_gate *gate, struct dsv_gate_set *set,
			const struct dsv_requirement *requirement)
{
	struct ask ask __attribute__((cleanup(ask_auto))) = {
		.gate = gate, .set = set, .it = requirement};
	int rc = check_all(&ask);

	return rc < 0 ? dsv_gate_error(gate, rc, set->name, NULL, requirement)
		      : 0;
}
