#include "govern/gate.h"

#include <dsv/error.h>
#include <dsv/text.h>

#include "base/alloc.h"
#include "govern/requirement.h"

int dsv_gate_scan(struct dsv_gate *gate, const struct dsv_gate_set *set,
		  const struct dsv_scan_set **out)
{
	struct dsv_scan_options options = {0};
	int rc = 0;

	*out = NULL;
	if (gate->scan_failed)
		return 0;
	if (gate->since.at == DSV_AT_COMMIT)
		options.base = &gate->since;
	if (!gate->scan)
		rc = dsv_scan_run(&gate->scan, gate->repo, &gate->head,
				  &options);
	if (rc < 0) {
		gate->scan_failed = true;
		return dsv_gate_error(gate, rc, "", "scan", NULL);
	}
	*out = dsv_scan_named(gate->scan, set->name);
	return 0;
}

/* "2 findings without a decision (email 2)" */
static char *words(const struct dsv_scan_counts *counts)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	bool first = true;

	dsv_add_count(&text, counts->undecided);
	dsv_buf_addf(&text, " %s without a decision (",
		     counts->undecided == 1 ? "finding" : "findings");
	for (size_t i = 0; i < DSV_PII_KINDS; i++) {
		if (counts->kinds_undecided[i] == 0)
			continue;
		dsv_buf_addf(&text, "%s%s ", first ? "" : ", ",
			     dsv_pii_name((enum dsv_pii)i));
		dsv_add_count(&text, counts->kinds_undecided[i]);
		first = false;
	}
	dsv_buf_addch(&text, ')');
	return dsv_buf_detach(&text);
}

static char *decided_words(const struct dsv_scan_counts *counts)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	if (counts->total == 0)
		return dsv_strdup("no findings");
	dsv_add_count(&text, counts->total);
	dsv_buf_addf(&text, " %s, ",
		     counts->total == 1 ? "finding" : "findings");
	if (counts->undecided == 0)
		dsv_buf_addstr(&text, "all decided");
	else
		dsv_add_count(&text, counts->undecided);
	if (counts->undecided)
		dsv_buf_addstr(&text, " without a decision");
	return dsv_buf_detach(&text);
}

/* Findings that are open by the decisions that stand on the target. */
static int open_on_target(struct dsv_gate *gate, const char *dataset,
			  uint64_t *out)
{
	struct dsv_scan_options options = {.dataset = dataset,
					   .decisions = &gate->rules};
	struct dsv_scan *scan DSV_AUTO(scan) = NULL;
	const struct dsv_scan_set *found;
	int rc = dsv_scan_run(&scan, gate->repo, &gate->head, &options);

	if (rc < 0)
		return rc;
	found = dsv_scan_named(scan, dataset);
	*out = found ? found->counts.undecided : 0;
	return 0;
}

static bool signs_scan(const struct dsv_gate *gate,
		       const struct dsv_evidence_item *item,
		       const struct dsv_requirement *it,
		       const struct dsv_id *digest)
{
	const struct dsv_statement_signoff *word = &item->statement.signoff;

	return word->decision == DSV_APPROVE && word->scanned &&
	       dsv_id_equal(&word->scan, digest) &&
	       !dsv_gate_bars(gate, it, item->by->id);
}

/* Did one of those who are asked for the data sign what was decided? */
static bool is_signed(const struct dsv_gate *gate,
		      const struct dsv_gate_set *set,
		      const struct dsv_requirement *it,
		      const struct dsv_id *digest)
{
	struct dsv_votes votes DSV_AUTO(votes) = DSV_VOTES_INIT;
	struct dsv_vote_query query = {.subject = &set->head->id,
				       .dataset = set->name,
				       .role = it->role};
	bool found = false;

	dsv_votes_read(&votes, gate, &query);
	for (size_t i = 0; !found && i < votes.n; i++)
		found = signs_scan(gate, votes.items[i], it, digest);
	return found;
}

/* 1 where the answer hangs on decisions that nobody else has seen: about what
 * the change brings (they can have been merged before it), or made by it. */
static int decides_itself(struct dsv_gate *gate, const struct dsv_gate_set *set,
			  const struct dsv_requirement *it,
			  const struct dsv_scan_set *found)
{
	uint64_t open = 0;
	int rc;

	if (found->counts.total == found->counts.undecided)
		return 0;
	if (found->fresh.total > found->fresh.undecided)
		return 1;
	rc = open_on_target(gate, set->name, &open);
	return rc < 0 ? rc : open > it->undecided;
}

/* Somebody's name has to stand under them, where the policy asks for
 * anybody's: 1, else 0 where nobody signed. */
static int decisions_count(struct dsv_gate *gate,
			   const struct dsv_gate_set *set,
			   const struct dsv_requirement *it,
			   const struct dsv_scan_set *found)
{
	bool asked = false;
	int rc = decides_itself(gate, set, it, found);

	if (rc <= 0)
		return rc < 0 ? rc : 1;
	for (size_t i = 0; i < gate->target->n; i++) {
		const struct dsv_requirement *who = &gate->target->items[i];

		if (who->kind != DSV_REQUIRES_SIGNOFF ||
		    !dsv_requirement_means(who, set->name))
			continue;
		asked = true;
		if (is_signed(gate, set, who, &found->digest))
			return 1;
	}
	return !asked;
}

static void answer(struct dsv_gate *gate, const struct dsv_gate_set *set,
		   const struct dsv_requirement *it, char *found, char *next)
{
	dsv_gate_answer(
		gate, &(struct dsv_gate_item){.dataset = set->name,
					      .state = next ? DSV_CHECK_MISSING
							    : DSV_CHECK_OK,
					      .requirement = it,
					      .found = found,
					      .next = next});
}

static int judge(struct dsv_gate *gate, const struct dsv_gate_set *set,
		 const struct dsv_requirement *it,
		 const struct dsv_scan_set *found)
{
	int rc;

	if (found->counts.undecided > it->undecided) {
		answer(gate, set, it, words(&found->counts),
		       dsv_strdup("dsv scan --show"));
		return 0;
	}
	rc = decisions_count(gate, set, it, found);
	if (rc < 0)
		return dsv_gate_error(gate, rc, set->name, NULL, it);
	if (rc > 0)
		answer(gate, set, it, decided_words(&found->counts), NULL);
	else
		answer(gate, set, it,
		       dsv_strdup(
			       "findings are decided, and nobody signed that"),
		       dsv_strdup("dsv review"));
	return 0;
}

int dsv_check_scan(struct dsv_gate *gate, const struct dsv_gate_set *set,
		   const struct dsv_requirement *it)
{
	const struct dsv_scan_set *found;
	int rc;

	if (gate->opts->no_data)
		return 0;
	if (gate->opts->no_scan) {
		answer(gate, set, it, dsv_strdup("left out"),
		       dsv_strdup("dsv scan"));
		return 0;
	}
	rc = dsv_gate_scan(gate, set, &found);
	if (rc < 0 || gate->scan_failed)
		return rc;
	if (found)
		return judge(gate, set, it, found);
	answer(gate, set, it, dsv_strdup("no files"), NULL);
	return 0;
}
