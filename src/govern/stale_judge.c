#include "govern/stale_judge.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "repo/tree.h"

static void add_label(struct dsv_stale_verdict *verdict, const char *label,
		      const struct dsv_guideline_change *change)
{
	struct dsv_buf why DSV_AUTO(buf) = DSV_BUF_INIT;

	if (!label || !*label || dsv_strlist_find(&verdict->labels, label) >= 0)
		return;
	dsv_guideline_change_say(change, &why);
	dsv_strlist_add(&verdict->labels, label);
	dsv_strlist_add(&verdict->why, dsv_buf_str(&why));
}

/* Which labels mean something else by this change. */
static void add_change(struct dsv_stale_verdict *verdict,
		       const struct dsv_guideline_change *change)
{
	if (change->op == DSV_GUIDELINE_ANSWER) {
		add_label(verdict, change->from.label, change);
		add_label(verdict, change->to.label, change);
	} else if (change->part == DSV_PART_LABEL &&
		   (change->op == DSV_GUIDELINE_REMOVED ||
		    change->op == DSV_GUIDELINE_RENAMED ||
		    (change->op == DSV_GUIDELINE_CHANGED &&
		     !dsv_guideline_same(change->from.text,
					 change->to.text)))) {
		add_label(verdict, change->from.name, change);
	}
}

static void compare(const struct dsv_stale_judge *judge,
		    const struct dsv_guideline_text *then,
		    struct dsv_stale_verdict *verdict)
{
	struct dsv_guideline_diff diff DSV_AUTO(guideline_diff) =
		DSV_GUIDELINE_DIFF_INIT;
	bool newer;
	enum dsv_bump step = dsv_bump_between(
		then->front.version, judge->now->front.version, &newer);

	if (newer)
		return;
	if (step == DSV_BUMP_MAJOR) {
		verdict->reason = DSV_STALE_OLDER;
		return;
	}
	dsv_guideline_diff(&diff, then, judge->now);
	for (size_t i = 0; i < diff.n; i++)
		add_change(verdict, &diff.items[i]);
}

/* A guideline that the commit named and that cannot be read any more has no
 * meaning to compare: its version alone counts. */
static int make_verdict(const struct dsv_stale_judge *judge,
			const struct dsv_blame_origin *origin,
			struct dsv_stale_verdict *verdict)
{
	struct dsv_guideline_text then DSV_AUTO(guideline_text) =
		DSV_GUIDELINE_TEXT_INIT;
	const struct dsv_version at = {.at = DSV_AT_COMMIT,
				       .commit = origin->commit.oid};
	const char *id = judge->now->front.id;
	size_t len = strlen(id);
	int rc;

	if (!origin->guideline) {
		verdict->reason = DSV_STALE_NO_GUIDELINE;
		return 0;
	}
	verdict->guideline = dsv_strdup(origin->guideline);
	if (strncmp(origin->guideline, id, len) != 0 ||
	    origin->guideline[len] != '@') {
		verdict->reason = DSV_STALE_OTHER;
		return 0;
	}
	rc = dsv_guideline_text_read(&then, judge->repo, &at, id);
	if (rc < 0)
		return rc;
	compare(judge, &then, verdict);
	return 0;
}

/* Commits with one guideline have one verdict. */
static int key_of(const struct dsv_stale_judge *judge,
		  const struct dsv_blame_origin *origin, struct dsv_buf *out)
{
	const struct dsv_version at = {.at = DSV_AT_COMMIT,
				       .commit = origin->commit.oid};
	struct dsv_entry entry;
	char hex[DSV_OID_HEX];
	int rc;

	if (!origin->guideline)
		return 0;
	dsv_buf_addf(out, "%s ", origin->guideline);
	rc = dsv_tree_entry(judge->repo, &at, judge->now->front.path, &entry);
	if (rc == 0 && entry.mode)
		dsv_buf_addstr(out, dsv_oid_hex(&entry.blob, hex));
	return rc;
}

int dsv_stale_judge_origin(struct dsv_stale_judge *judge,
			   const struct dsv_blame_origin *origin, size_t *out)
{
	struct dsv_buf key DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_map_entry *known;
	int rc;

	rc = key_of(judge, origin, &key);
	if (rc < 0)
		return rc;
	known = dsv_map_put(&judge->known, dsv_buf_str(&key), key.len);
	if (!known->value) {
		struct dsv_stale_verdict *verdict =
			dsv_alloc_zero(1, sizeof(*verdict));

		DSV_GROW(judge->items, judge->cap, judge->n + 1);
		judge->items[judge->n++] = verdict;
		known->value = judge->n;
		rc = make_verdict(judge, origin, verdict);
	}
	*out = (size_t)known->value - 1;
	return rc;
}

enum dsv_stale_reason dsv_stale_judge_label(const struct dsv_stale_judge *judge,
					    size_t verdict, const char *label,
					    const char **why)
{
	const struct dsv_stale_verdict *it = judge->items[verdict];
	long at;

	*why = NULL;
	if (it->reason != DSV_STALE_NOT)
		return it->reason;
	at = dsv_strlist_find(&it->labels, label);
	if (at < 0)
		return DSV_STALE_NOT;
	*why = it->why.items[at];
	return DSV_STALE_CHANGED;
}

void dsv_stale_judge_release(struct dsv_stale_judge *judge)
{
	for (size_t i = 0; i < judge->n; i++) {
		free(judge->items[i]->guideline);
		dsv_strlist_release(&judge->items[i]->labels);
		dsv_strlist_release(&judge->items[i]->why);
		free(judge->items[i]);
	}
	free(judge->items);
	dsv_map_release(&judge->known);
	*judge = (struct dsv_stale_judge){0};
}
