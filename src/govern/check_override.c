#include "govern/gate.h"

#include <stdlib.h>

#include <string.h>

#include <dsv/text.h>

#include "base/alloc.h"

/* What the policy asks of data, and nothing else, can be set aside. */
static bool can_be(const struct dsv_verdict_item *item, const char *dataset)
{
	return strcmp(item->dataset, dataset) == 0 && item->line > 0 &&
	       (item->state == DSV_CHECK_MISSING ||
		item->state == DSV_CHECK_ERROR);
}

/* Who says so, with the last reason. */
static size_t count_persons(const struct dsv_gate *gate,
			    const struct dsv_requirement *it,
			    const struct dsv_votes *votes, struct dsv_buf *told)
{
	struct dsv_strlist persons DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	const char *reason = "";

	for (size_t i = 0; i < votes->n; i++) {
		const struct dsv_evidence_item *item = votes->items[i];
		const char *id = item->by->id;

		if (item->statement.signoff.decision == DSV_REJECT)
			return 0;
		if (item->statement.signoff.decision != DSV_OVERRIDE ||
		    dsv_strlist_find(&persons, id) >= 0 ||
		    dsv_gate_bars(gate, it, id))
			continue;
		dsv_strlist_add(&persons, id);
		reason = item->statement.signoff.reason;
	}
	dsv_gate_add_names(gate, &persons, told);
	if (reason && *reason) {
		dsv_buf_addstr(told, ": ");
		dsv_add_shown(told, reason, strlen(reason));
	}
	return persons.n;
}

static void set_aside(struct dsv_gate *gate, const char *dataset)
{
	struct dsv_verdict *verdict = gate->verdict;

	for (size_t i = 0; i < verdict->n; i++) {
		struct dsv_verdict_item *item = &verdict->items[i];

		if (!can_be(item, dataset))
			continue;
		item->state = DSV_CHECK_OVERRIDDEN;
		free(item->next);
		item->next = NULL;
	}
}

int dsv_check_override(struct dsv_gate *gate, const struct dsv_gate_set *set,
		       const struct dsv_requirement *requirement)
{
	struct dsv_votes votes DSV_AUTO(votes) = DSV_VOTES_INIT;
	struct dsv_buf told DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_vote_query query = {.subject = &set->head->id,
				       .dataset = set->name,
				       .role = requirement->role};
	const uint64_t needs = dsv_gate_needs(gate, requirement);
	bool needed = false;
	size_t n;

	for (size_t i = 0; i < gate->verdict->n; i++)
		needed |= can_be(&gate->verdict->items[i], set->name);
	if (!needed)
		return 0;
	dsv_votes_read(&votes, gate, &query);
	n = count_persons(gate, requirement, &votes, &told);
	if (n == 0)
		return 0;
	if (n >= needs)
		set_aside(gate, set->name);
	else
		dsv_buf_addf(&told, "; %zu of %llu people", n,
			     (unsigned long long)needs);
	dsv_gate_answer(
		gate, &(struct dsv_gate_item){
			      .dataset = set->name,
			      .state = n >= needs ? DSV_CHECK_OK : DSV_CHECK_NA,
			      .requirement = requirement,
			      .found = dsv_buf_detach(&told)});
	return 0;
}
