#include "govern/gate.h"

#include <string.h>

#include <dsv/error.h>
#include <dsv/policy.h>

#include "base/alloc.h"

/*
 * The rules themselves. What a change does to policy, people, checklists and
 * guidelines is judged by the rules that hold before it.
 */
static void answer(struct dsv_gate *gate, const struct dsv_requirement *it,
		   enum dsv_answer_state state, char *found, char *next)
{
	dsv_gate_answer(gate, &(struct dsv_gate_item){.dataset = "",
						      .state = state,
						      .name = "governance",
						      .requirement = it,
						      .found = found,
						      .next = next});
}

static void tell_no_policy(struct dsv_gate *gate)
{
	const char *target = gate->verdict->target;

	dsv_gate_answer(
		gate,
		&(struct dsv_gate_item){
			.dataset = "",
			.state = DSV_CHECK_NA,
			.name = "policy",
			.found = gate->policy.exists
					 ? dsv_strf("the policy asks nothing "
						    "of '%s'",
						    target)
					 : dsv_strf("'%s' has no policy: only "
						    "sound data is asked for",
						    target)});
}

static const struct dsv_requirement *requirement_of(const struct dsv_gate *gate)
{
	for (size_t i = 0; i < gate->target->n; i++) {
		if (gate->target->items[i].kind == DSV_REQUIRES_GOVERNANCE)
			return &gate->target->items[i];
	}
	return NULL;
}

/* Rules that nobody could read, or fulfil, must not get onto the target. */
static int check_new_rules(struct dsv_gate *gate)
{
	struct dsv_policy_faults faults DSV_AUTO(policy_faults) =
		DSV_POLICY_FAULTS_INIT;
	struct dsv_policy policy DSV_AUTO(policy) = DSV_POLICY_INIT;
	struct dsv_people people DSV_AUTO(people) = DSV_PEOPLE_INIT;
	int rc = dsv_policy_read(&policy, gate->repo, &gate->head);

	if (rc == 0)
		rc = dsv_people_read(&people, gate->repo, &gate->head);
	if (rc == 0 && policy.exists)
		rc = dsv_policy_lint(&policy, gate->repo, &gate->head, &faults);
	if (rc < 0)
		return dsv_gate_error(gate, rc, "", "governance", NULL);
	for (size_t i = 0; i < faults.n; i++) {
		if (!faults.items[i].error)
			continue;
		answer(gate, NULL, DSV_CHECK_ERROR,
		       dsv_strf(DSV_POLICY_PATH ":%u: %s", faults.items[i].line,
				faults.items[i].text),
		       dsv_strdup("dsv policy lint"));
		break;
	}
	return 0;
}

static bool changes(const struct dsv_gate *gate, const char *path)
{
	return dsv_strlist_find(&gate->governance.paths, path) >= 0;
}

static const char *changed_set(const struct dsv_gate *gate)
{
	for (size_t i = 0; i < gate->n_sets; i++) {
		if (gate->sets[i].judged && gate->sets[i].head)
			return gate->sets[i].name;
	}
	return NULL;
}

/* Who may approve data must not come along with the data. */
static bool mixes(struct dsv_gate *gate)
{
	const char *set = changed_set(gate);
	const char *path = changes(gate, DSV_POLICY_PATH)   ? DSV_POLICY_PATH
			   : changes(gate, DSV_PEOPLE_PATH) ? DSV_PEOPLE_PATH
							    : NULL;

	if (!set || !path)
		return false;
	answer(gate, NULL, DSV_CHECK_ERROR,
	       dsv_strf("'%s' and data of '%s' change together", path, set),
	       dsv_strf("bring '%s' in a change of its own", path));
	return true;
}

/* 1 where the target's rules changed since the branch left it. */
static int moved_on(struct dsv_gate *gate)
{
	struct dsv_governance since DSV_AUTO(governance) = DSV_GOVERNANCE_INIT;
	const char *target = gate->verdict->target;
	int rc;

	if (gate->fork.at != DSV_AT_COMMIT)
		return 0;
	rc = dsv_governance_read(&since, gate->repo, dsv_gate_rules_since(gate),
				 &gate->base);
	if (rc < 0 || (!since.changed && !gate->crossed))
		return rc;
	answer(gate, NULL, DSV_CHECK_MISSING,
	       dsv_strf("'%s' changed its rules since this branch left it",
			target),
	       dsv_strf("dsv merge %s", target));
	return 1;
}

static bool counts(const struct dsv_gate *gate,
		   const struct dsv_requirement *it,
		   const struct dsv_evidence_item *item)
{
	return item->statement.signoff.decision == DSV_APPROVE &&
	       !dsv_gate_bars(gate, it, item->by->id);
}

static void answer_votes(struct dsv_gate *gate,
			 const struct dsv_requirement *it,
			 const struct dsv_votes *votes)
{
	struct dsv_strlist persons DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_buf found DSV_AUTO(buf) = DSV_BUF_INIT;
	const struct dsv_strlist *paths = &gate->governance.paths;
	const uint64_t needs = dsv_gate_needs(gate, it);

	for (size_t i = 0; i < votes->n; i++) {
		const struct dsv_evidence_item *item = votes->items[i];

		if (item->statement.signoff.decision == DSV_REJECT) {
			answer(gate, it, DSV_CHECK_MISSING,
			       dsv_strf("%s rejected this", item->by->name),
			       dsv_strdup("dsv signoff withdraw, by the same "
					  "person"));
			return;
		}
		if (counts(gate, it, item) &&
		    dsv_strlist_find(&persons, item->by->id) < 0)
			dsv_strlist_add(&persons, item->by->id);
	}
	if (paths->n > 0)
		dsv_buf_addf(&found, "'%s' %s", paths->items[0],
			     paths->n > 1 ? "and others change" : "changes");
	else
		dsv_buf_addf(&found, "dataset '%s' is removed",
			     gate->governance.removed.items[0]);
	dsv_buf_addf(&found, "; %zu of %llu sign-offs by '%s'", persons.n,
		     (unsigned long long)needs, it->role);
	if (persons.n < needs && votes->faulty)
		dsv_buf_addf(&found, "; %s", votes->faulty);
	answer(gate, it, persons.n >= needs ? DSV_CHECK_OK : DSV_CHECK_MISSING,
	       dsv_buf_detach(&found),
	       persons.n >= needs
		       ? NULL
		       : dsv_strf("dsv signoff approve --role %s", it->role));
}

static int check_signed(struct dsv_gate *gate)
{
	const struct dsv_requirement *it = requirement_of(gate);
	struct dsv_votes votes DSV_AUTO(votes) = DSV_VOTES_INIT;
	struct dsv_vote_query query = {.subject = &gate->governance.id,
				       .dataset = DSV_GOVERNANCE,
				       .base = &gate->rules_base};

	if (!it) {
		answer(gate, NULL, DSV_CHECK_ERROR,
		       dsv_strdup("the policy names nobody who may change the "
				  "rules"),
		       dsv_strdup("dsv policy lint"));
		return 0;
	}
	if (dsv_people_holding(&gate->people, it->role) == 0) {
		answer(gate, it, DSV_CHECK_ERROR,
		       dsv_strf("nobody holds the role '%s' on '%s'", it->role,
				gate->verdict->target),
		       NULL);
		return 0;
	}
	query.role = it->role;
	dsv_votes_read(&votes, gate, &query);
	answer_votes(gate, it, &votes);
	return 0;
}

int dsv_check_governance(struct dsv_gate *gate)
{
	const struct dsv_verdict *verdict = gate->verdict;
	int rc;

	if (!gate->target && (gate->policy.exists || !verdict->has_policy))
		tell_no_policy(gate);
	if (!gate->governance.changed)
		return 0;
	rc = check_new_rules(gate);
	if (rc < 0 || !gate->target || mixes(gate))
		return rc;
	rc = moved_on(gate);
	if (rc < 0)
		return dsv_gate_error(gate, rc, "", "governance", NULL);
	return rc == 0 ? check_signed(gate) : 0;
}
