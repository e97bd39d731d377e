#include "govern/gate.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/text.h>

#include "base/alloc.h"

/* Which statements can count. Everything else that bears the same subject is
 * kept as a reason, since a reviewer who signed wants to know why it did not
 * help. */

static bool is_about(const struct dsv_evidence_item *item,
		     const struct dsv_vote_query *query)
{
	return item->trust != DSV_MALFORMED &&
	       item->statement.kind == DSV_SIGN_OFF &&
	       dsv_id_equal(&item->statement.subject, query->subject) &&
	       strcmp(item->statement.role, query->role) == 0;
}

/* Why a statement about this subject is of no use here, or NULL. */
static char *why_not(const struct dsv_gate *gate,
		     const struct dsv_evidence_item *item,
		     const struct dsv_vote_query *query)
{
	const struct dsv_statement *it = &item->statement;

	if (item->trust != DSV_TRUSTED)
		return dsv_strdup(item->fault ? item->fault : "not trusted");
	if (strcmp(it->repository, gate->repository) != 0)
		return dsv_strf("%s signed for another repository",
				item->by->name);
	if (strcmp(it->target, gate->ref) != 0)
		return dsv_strf("%s signed for '%s'", item->by->name,
				it->target);
	if (strcmp(it->dataset, query->dataset) != 0)
		return dsv_strf("%s signed for dataset '%s'", item->by->name,
				it->dataset);
	/* no is no, wherever it starts */
	if (query->base &&
	    (it->signoff.decision == DSV_APPROVE ||
	     it->signoff.decision == DSV_OVERRIDE) &&
	    (!it->has_base || !dsv_id_equal(&it->base, query->base)))
		return dsv_strf("%s signed when '%s' had other rules",
				item->by->name, gate->verdict->target);
	return NULL;
}

/* Did its own author take it back? */
static bool is_withdrawn(const struct dsv_votes *votes,
			 const struct dsv_evidence_item *item)
{
	for (size_t i = 0; i < votes->n; i++) {
		const struct dsv_evidence_item *other = votes->items[i];
		const struct dsv_statement_signoff *it =
			&other->statement.signoff;

		if (it->decision == DSV_WITHDRAW && other->by == item->by &&
		    dsv_id_equal(&it->withdraws, &item->digest))
			return true;
	}
	return false;
}

static void drop_withdrawn(struct dsv_votes *votes)
{
	const struct dsv_evidence_item **kept =
		dsv_alloc_zero(votes->n + 1, sizeof(*kept));
	size_t n = 0;

	for (size_t i = 0; i < votes->n; i++) {
		const struct dsv_evidence_item *item = votes->items[i];

		if (item->statement.signoff.decision != DSV_WITHDRAW &&
		    !is_withdrawn(votes, item))
			kept[n++] = item;
	}
	free(votes->items);
	votes->items = kept;
	votes->n = n;
}

void dsv_votes_read(struct dsv_votes *out, const struct dsv_gate *gate,
		    const struct dsv_vote_query *query)
{
	for (size_t i = 0; i < gate->evidence->n; i++) {
		const struct dsv_evidence_item *item =
			&gate->evidence->items[i];
		char *fault;

		if (!is_about(item, query))
			continue;
		fault = why_not(gate, item, query);
		if (fault) {
			free(out->faulty);
			out->faulty = fault;
			continue;
		}
		out->items = dsv_realloc(out->items, out->n + 1,
					 sizeof(*out->items));
		out->items[out->n++] = item;
	}
	drop_withdrawn(out);
}

bool dsv_gate_bars(const struct dsv_gate *gate,
		   const struct dsv_requirement *it, const char *person)
{
	return it->not_author &&
	       dsv_strlist_find(&gate->authorship.people, person) >= 0;
}

uint64_t dsv_gate_needs(const struct dsv_gate *gate,
			const struct dsv_requirement *it)
{
	if (it->not_author && gate->authorship.unknown > 0 && it->count < 2)
		return 2;
	return it->count;
}

void dsv_gate_tell_unknown(const struct dsv_gate *gate, struct dsv_buf *out)
{
	const struct dsv_authorship *authors = &gate->authorship;

	if (authors->unknown == 1)
		dsv_buf_addstr(out, "one commit is");
	else
		dsv_add_count(out, authors->unknown);
	if (authors->unknown > 1)
		dsv_buf_addstr(out, " commits are");
	dsv_buf_addf(out, " not signed by anybody known: %s",
		     authors->first_unknown);
}

void dsv_gate_add_names(const struct dsv_gate *gate,
			struct dsv_strlist *persons, struct dsv_buf *out)
{
	dsv_strlist_sort(persons);
	for (size_t i = 0; i < persons->n; i++)
		dsv_buf_addf(out, "%s%s", i ? ", " : "",
			     dsv_people_named(&gate->people, persons->items[i])
				     ->name);
}

void dsv_votes_release(struct dsv_votes *votes)
{
	free(votes->items);
	free(votes->faulty);
	*votes = (struct dsv_votes)DSV_VOTES_INIT;
}
