#include "govern/signoff_private.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/change_digest.h>
#include <dsv/error.h>

#include "base/alloc.h"
#include "govern/withdrawn.h"

static bool is_named(const struct dsv_signoff_work *work, const char *dataset)
{
	return !work->opts->dataset ||
	       strcmp(work->opts->dataset, dataset) == 0;
}

/* Approving needs a state that will be what the target has. */
static int refuse_moved_on(const struct dsv_signoff_work *work,
			   const struct dsv_gate_set *set)
{
	const char *target = work->gate.verdict->target;

	if (!set->moved_on || work->opts->decision == DSV_REJECT)
		return 0;
	dsv_fail(DSV_EREFUSED, "'%s' changed '%s' since this branch left it",
		 target, set->name);
	return dsv_hint(DSV_EREFUSED, "dsv merge %s, and sign what comes of it",
			target);
}

/* What every statement of this signing has in common. */
static void fill_common(const struct dsv_signoff_work *work,
			struct dsv_statement *out)
{
	const struct dsv_gate *gate = &work->gate;
	const char *reason = work->opts->reason;

	out->kind = DSV_SIGN_OFF;
	out->repository = dsv_strdup(gate->repository);
	out->target = dsv_strdup(gate->ref);
	out->has_policy = gate->policy.exists;
	out->policy = gate->policy.digest;
	out->person = dsv_strdup(work->out->person);
	if (work->out->role)
		out->role = dsv_strdup(work->out->role);
	out->time_s = gate->now_s;
	out->signoff.decision = work->opts->decision;
	out->signoff.reason = dsv_strdup(reason ? reason : "");
}

static int fill_scan(struct dsv_signoff_work *work,
		     const struct dsv_gate_set *set,
		     struct dsv_statement_signoff *out)
{
	struct dsv_verdict *verdict = work->gate.verdict;
	const struct dsv_scan_set *found = NULL;
	const size_t before = verdict->n;
	int rc;

	if (work->opts->no_scan || work->opts->decision == DSV_REJECT)
		return 0;
	rc = dsv_gate_scan(&work->gate, set, &found);
	if (rc < 0)
		return rc;
	if (verdict->n > before) {
		dsv_fail(DSV_EREFUSED, "the scan failed: %s",
			 verdict->items[before].found);
		return dsv_hint(DSV_EREFUSED, "to sign without it: --no-scan");
	}
	if (!found)
		return 0;
	out->scanned = true;
	out->scan = found->digest;
	out->findings = found->counts.total;
	out->undecided = found->counts.undecided;
	return 0;
}

static int fill_set(struct dsv_signoff_work *work,
		    const struct dsv_gate_set *set)
{
	const struct dsv_guideline *guideline = &set->head->guideline;
	struct dsv_statement *out;
	int rc = refuse_moved_on(work, set);

	if (rc < 0)
		return rc;
	out = &dsv_signoff_add_item(work->out)->statement;
	fill_common(work, out);
	out->subject = set->head->id;
	out->dataset = dsv_strdup(set->name);
	out->has_base = set->tip != NULL;
	if (set->tip)
		out->base = set->tip->id;
	if (guideline->id) {
		out->guideline =
			dsv_strf("%s@%s", guideline->id, guideline->version);
		out->guideline_digest = guideline->digest;
	}
	rc = dsv_change_digest(work->gate.repo, &work->gate.base,
			       &work->gate.head, set->name, &out->change);
	return rc < 0 ? rc : fill_scan(work, set, &out->signoff);
}

static void fill_rules(struct dsv_signoff_work *work)
{
	struct dsv_statement *out = &dsv_signoff_add_item(work->out)->statement;

	fill_common(work, out);
	out->subject = work->gate.governance.id;
	out->change = work->gate.governance.id;
	out->has_base = true;
	out->base = work->gate.rules_base;
	out->dataset = dsv_strdup(DSV_GOVERNANCE);
}

static const struct dsv_gate_set *set_named(const struct dsv_signoff_work *work,
					    const char *name)
{
	for (size_t i = 0; i < work->gate.n_sets; i++)
		if (strcmp(work->gate.sets[i].name, name) == 0)
			return &work->gate.sets[i];
	return NULL;
}

static int nothing_to_sign(const struct dsv_signoff_work *work)
{
	const char *name = work->opts->dataset;
	const char *target = work->gate.verdict->target;

	if (!name) {
		dsv_fail(DSV_EREFUSED,
			 "nothing to sign: no dataset that "
			 "concerns '%s' differs from '%s'",
			 work->out->role, target);
		return dsv_hint(DSV_EREFUSED,
				"switch to the branch that is to be merged, or "
				"name it with --head; 'dsv check' tells what "
				"is asked");
	}
	if (strcmp(name, DSV_GOVERNANCE) != 0 && !set_named(work, name))
		return dsv_fail(DSV_ENOTFOUND, "no dataset '%s'", name);
	dsv_fail(DSV_EREFUSED, "'%s' does not differ from '%s'", name, target);
	return dsv_hint(DSV_EREFUSED,
			"or the policy asks '%s' for no word on "
			"it; 'dsv check' tells what is asked",
			work->out->role);
}

int dsv_signoff_fill(struct dsv_signoff_work *work)
{
	struct dsv_gate *gate = &work->gate;

	for (size_t i = 0; i < gate->n_sets; i++) {
		const struct dsv_gate_set *set = &gate->sets[i];
		int rc;

		if (!set->judged || !set->head || !is_named(work, set->name) ||
		    !dsv_signoff_concerns(work, set->name))
			continue;
		rc = fill_set(work, set);
		if (rc < 0)
			return rc;
	}
	if (gate->governance.changed && is_named(work, DSV_GOVERNANCE) &&
	    dsv_signoff_concerns(work, DSV_GOVERNANCE))
		fill_rules(work);
	return work->out->n ? 0 : nothing_to_sign(work);
}

static void copy_for_withdrawal(struct dsv_signoff_work *work,
				const struct dsv_evidence_item *item)
{
	const struct dsv_statement *old = &item->statement;
	struct dsv_statement *out = &dsv_signoff_add_item(work->out)->statement;

	fill_common(work, out);
	free(out->repository);
	free(out->target);
	free(out->role);
	out->repository = dsv_strdup(old->repository);
	out->target = dsv_strdup(old->target);
	out->role = dsv_strdup(old->role);
	out->subject = old->subject;
	out->dataset = dsv_strdup(old->dataset);
	out->has_base = old->has_base;
	out->base = old->base;
	out->change = old->change;
	out->signoff.withdraws = item->digest;
}

/* A word of the signer's that still stands. */
static bool is_own(const struct dsv_signoff_work *work,
		   const struct dsv_evidence_item *item)
{
	return item->by == work->member &&
	       item->statement.kind == DSV_SIGN_OFF &&
	       item->statement.signoff.decision != DSV_WITHDRAW &&
	       (!work->out->role ||
		strcmp(item->statement.role, work->out->role) == 0) &&
	       !dsv_is_withdrawn(work->gate.evidence, item);
}

static int withdraw_named(struct dsv_signoff_work *work)
{
	const struct dsv_evidence *evidence = work->gate.evidence;
	const char *digits = work->opts->withdraws;
	const struct dsv_evidence_item *found = NULL;

	for (size_t i = 0; i < evidence->n; i++) {
		char hex[DSV_ID_HEX];

		dsv_id_hex(&evidence->items[i].digest, hex);
		if (strncmp(hex, digits, strlen(digits)) != 0)
			continue;
		if (found)
			return dsv_fail(DSV_EUSAGE,
					"several statements begin "
					"with '%s'",
					digits);
		found = &evidence->items[i];
	}
	if (!found)
		return dsv_fail(DSV_ENOTFOUND, "no statement '%s'", digits);
	if (found->by != work->member)
		return dsv_fail(DSV_EREFUSED, "'%s' is not a statement of '%s'",
				digits, work->member->id);
	if (!is_own(work, found))
		return dsv_fail(DSV_EREFUSED, "'%s' is no sign-off that stands",
				digits);
	copy_for_withdrawal(work, found);
	return 0;
}

/* All of the signer's words on one subject, since one that is left counts. */
static void withdraw_subject(struct dsv_signoff_work *work, const char *dataset,
			     const struct dsv_id *subject)
{
	const struct dsv_evidence *evidence = work->gate.evidence;

	for (size_t i = 0; i < evidence->n; i++) {
		const struct dsv_evidence_item *item = &evidence->items[i];

		if (is_own(work, item) &&
		    strcmp(item->statement.dataset, dataset) == 0 &&
		    strcmp(item->statement.target, work->gate.ref) == 0 &&
		    dsv_id_equal(&item->statement.subject, subject))
			copy_for_withdrawal(work, item);
	}
}

int dsv_signoff_fill_withdrawn(struct dsv_signoff_work *work)
{
	struct dsv_gate *gate = &work->gate;

	if (work->opts->withdraws)
		return withdraw_named(work);
	for (size_t i = 0; i < gate->n_sets; i++)
		if (gate->sets[i].head && is_named(work, gate->sets[i].name))
			withdraw_subject(work, gate->sets[i].name,
					 &gate->sets[i].head->id);
	if (is_named(work, DSV_GOVERNANCE))
		withdraw_subject(work, DSV_GOVERNANCE, &gate->governance.id);
	if (work->out->n)
		return 0;
	dsv_fail(DSV_ENOTFOUND, "no word of '%s' on this stands",
		 work->member->id);
	return dsv_hint(DSV_ENOTFOUND, "to withdraw a word on another state: "
				       "dsv signoff withdraw DIGEST; 'dsv "
				       "evidence list' has the digests");
}
