#include "govern/gate.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/checklist.h>
#include <dsv/error.h>
#include <dsv/text.h>

#include "base/alloc.h"

#define SKEW_S 3600 /* that clocks may differ */
#define DAY_S  86400

/* One requirement being answered. */
struct ask {
	struct dsv_gate *gate;
	const struct dsv_gate_set *set;
	const struct dsv_requirement *it;
	struct dsv_strlist persons; /* who counts */
	struct dsv_buf found;
	char *fault; /* the last reason why one does not count */
};

static void ask_auto(struct ask *ask)
{
	dsv_strlist_release(&ask->persons);
	dsv_buf_release(&ask->found);
	free(ask->fault);
}

static void set_fault(struct ask *ask, char *text)
{
	free(ask->fault);
	ask->fault = text;
}

/* Of the checklist as it stands on the target. 1 when the answers pass. */
static int checklist_passes(struct ask *ask,
			    const struct dsv_evidence_item *item)
{
	const struct dsv_statement_signoff *it = &item->statement.signoff;
	struct dsv_checklist list DSV_AUTO(checklist) = DSV_CHECKLIST_INIT;
	const struct dsv_answer *failed;
	int rc;

	rc = dsv_checklist_read(&list, ask->gate->repo, &ask->gate->rules,
				ask->it->checklist);
	if (rc < 0)
		return rc;
	if (!it->checklist || strcmp(it->checklist, list.id) != 0) {
		set_fault(ask, dsv_strf("%s signed without checklist '%s'",
					item->by->name, list.id));
		return 0;
	}
	if (!dsv_id_equal(&it->checklist_digest, &list.digest)) {
		set_fault(ask, dsv_strf("%s answered another version of "
					"checklist '%s'",
					item->by->name, list.id));
		return 0;
	}
	rc = dsv_checklist_complete(&list, it->answers, it->n_answers);
	if (rc < 0) {
		set_fault(ask, dsv_strf("%s: %s", item->by->name,
					dsv_error_message()));
		dsv_error_clear();
		return 0;
	}
	failed = dsv_checklist_failed(&list, it->answers, it->n_answers);
	if (failed)
		set_fault(ask,
			  dsv_strf("%s answered '%s' to question '%s'",
				   item->by->name, failed->answer, failed->id));
	return !failed;
}

/* What was looked at for findings has to be what is found now. */
static int scan_fits(struct ask *ask, const struct dsv_evidence_item *item)
{
	const struct dsv_statement_signoff *it = &item->statement.signoff;
	const struct dsv_scan_set *found = NULL;
	int rc;

	if (!it->scanned || ask->gate->opts->no_scan ||
	    ask->gate->opts->no_data)
		return 1;
	rc = dsv_gate_scan(ask->gate, ask->set, &found);
	if (rc < 0 || !found)
		return rc;
	if (dsv_id_equal(&found->digest, &it->scan))
		return 1;
	set_fault(ask, dsv_strf("%s signed over other findings of the scan",
				item->by->name));
	return 0;
}

/* A time is what the signer says. One that is still to come would make an
 * approval last; a step of the past may have been approved after it. */
static bool is_in_time(struct ask *ask, const struct dsv_evidence_item *item)
{
	const uint64_t most = ask->it->max_age_s;
	const int64_t time = item->statement.time_s;
	const int64_t now = ask->gate->now_s;
	const int64_t clock = dsv_now_s();
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	if (most == DSV_POLICY_UNSET)
		return true;
	if (time > (now > clock ? now : clock) + SKEW_S) {
		dsv_buf_addf(&text,
			     "%s signed at a time that is still to "
			     "come, ",
			     item->by->name);
		dsv_add_rfc3339(&text, time);
	} else if (time < now && (uint64_t)now - (uint64_t)time > most) {
		dsv_buf_addf(&text,
			     "%s signed %lld days ago, at most %llu "
			     "count",
			     item->by->name, (long long)((now - time) / DAY_S),
			     (unsigned long long)(most / DAY_S));
	}
	if (text.len == 0)
		return true;
	set_fault(ask, dsv_buf_detach(&text));
	return false;
}

/* 1 when this approval counts; else fault says why not. */
static int counts(struct ask *ask, const struct dsv_evidence_item *item)
{
	const struct dsv_requirement *it = ask->it;
	int rc = 1;

	if (dsv_gate_bars(ask->gate, it, item->by->id)) {
		set_fault(ask, dsv_strf("%s is an author of the change",
					item->by->name));
		return 0;
	}
	if (!is_in_time(ask, item))
		return 0;
	if (it->checklist)
		rc = checklist_passes(ask, item);
	return rc > 0 ? scan_fits(ask, item) : rc;
}

static void tell_reject(struct ask *ask, const struct dsv_evidence_item *item)
{
	const char *reason = item->statement.signoff.reason;

	dsv_buf_addf(&ask->found, "%s rejected this", item->by->name);
	if (reason && *reason) {
		dsv_buf_addstr(&ask->found, ": ");
		dsv_add_shown(&ask->found, reason, strlen(reason));
	}
}

/* Persons whose approval counts; 1 where somebody rejects. */
static int count_persons(struct ask *ask, const struct dsv_votes *votes)
{
	for (size_t i = 0; i < votes->n; i++) {
		const struct dsv_evidence_item *item = votes->items[i];
		enum dsv_decision decision = item->statement.signoff.decision;
		int rc;

		if (decision == DSV_REJECT) {
			tell_reject(ask, item);
			return 1;
		}
		if (decision != DSV_APPROVE ||
		    dsv_strlist_find(&ask->persons, item->by->id) >= 0)
			continue;
		rc = counts(ask, item);
		if (rc < 0)
			return rc;
		if (rc > 0)
			dsv_strlist_add(&ask->persons, item->by->id);
	}
	return 0;
}

static void add_names(struct ask *ask)
{
	dsv_gate_add_names(ask->gate, &ask->persons, &ask->found);
}

static int tell_missing(struct ask *ask, uint64_t needed)
{
	int rc = 0;

	dsv_buf_addf(&ask->found, "%llu sign-off%s by '%s'",
		     (unsigned long long)needed, needed == 1 ? "" : "s",
		     ask->it->role);
	if (ask->persons.n > 0) {
		dsv_buf_addstr(&ask->found, ", so far ");
		add_names(ask);
	}
	if (needed > ask->it->count) {
		dsv_buf_addstr(&ask->found, " (two, since ");
		dsv_gate_tell_unknown(ask->gate, &ask->found);
		dsv_buf_addch(&ask->found, ')');
	}
	if (ask->fault)
		dsv_buf_addf(&ask->found, "; %s", ask->fault);
	else if (ask->persons.n == 0)
		rc = dsv_gate_tell_earlier(ask->gate, ask->set, ask->it->role,
					   &ask->found);
	return rc;
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

static int answer_votes(struct ask *ask, const struct dsv_votes *votes)
{
	uint64_t needed = dsv_gate_needs(ask->gate, ask->it);
	int rc = count_persons(ask, votes);

	if (rc < 0)
		return rc;
	if (rc > 0) {
		answer(ask, DSV_CHECK_MISSING,
		       dsv_strdup("dsv signoff withdraw, by the same person"));
		return 0;
	}
	if (ask->persons.n >= needed) {
		add_names(ask);
		answer(ask, DSV_CHECK_OK, NULL);
		return 0;
	}
	if (!ask->fault && votes->faulty)
		set_fault(ask, dsv_strdup(votes->faulty));
	rc = tell_missing(ask, needed);
	if (rc == 0)
		answer(ask, DSV_CHECK_MISSING, dsv_strdup("dsv review"));
	return rc;
}

int dsv_check_signoff(struct dsv_gate *gate, const struct dsv_gate_set *set,
		      const struct dsv_requirement *requirement)
{
	struct ask ask __attribute__((cleanup(ask_auto))) = {
		.gate = gate, .set = set, .it = requirement};
	struct dsv_votes votes DSV_AUTO(votes) = DSV_VOTES_INIT;
	struct dsv_vote_query query = {.subject = &set->head->id,
				       .dataset = set->name,
				       .role = requirement->role};
	int rc;

	dsv_votes_read(&votes, gate, &query);
	rc = answer_votes(&ask, &votes);
	return rc < 0 ? dsv_gate_error(gate, rc, set->name, requirement->role,
				       requirement)
		      : 0;
}
