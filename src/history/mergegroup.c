#include "history/mergework.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/*
 * The conflict of a group: all records that a side has of the key. The first
 * one goes through the rows and keeps which ones belong to which group.
 */
struct gather {
	struct dsv_mergework *work;
	const struct dsv_merge_unit *unit;
	struct dsv_conflict_item *item;
	bool has_key;
};

static void set_key(struct gather *gather, const struct dsv_layout *layout,
		    const struct dsv_record *record)
{
	struct dsv_inner inner DSV_AUTO(inner) = DSV_INNER_INIT;

	if (gather->has_key)
		return;
	gather->has_key = true;
	gather->item->word =
		!layout->n_key || dsv_layout_keyless(layout, record)
			? DSV_CONFLICT_NO_KEY
			: DSV_CONFLICT_DUPLICATE_KEY;
	for (size_t i = 0; i < layout->n_key; i++) {
		const struct dsv_field *field =
			dsv_layout_key(layout, i, record, &inner);

		dsv_strlist_addn(&gather->item->key, field->text, field->len);
	}
}

/* The number of the open group that a row belongs to; -1: none. */
static int open_group_of(struct dsv_mergework *work, struct dsv_fetch *fetch,
			 size_t row, long *out)
{
	const struct dsv_side *side = fetch->side;
	const struct dsv_row *at = &side->tally.rows[row];
	const struct dsv_merge_unit *unit;
	struct dsv_record record;
	int rc;

	*out = -1;
	if (work->reading->key.n && !(at->flags & DSV_ROW_KEYLESS) &&
	    !dsv_merge_worth(work, at->key))
		return 0;
	rc = dsv_fetch_row(fetch, row, &record);
	if (rc < 0)
		return rc;
	dsv_merge_key(work, &side->layout, &record, &work->text);
	unit = dsv_merge_unit_of(work, &work->text);
	if (unit && unit->group && unit->verdict == DSV_MERGE_OPEN)
		*out = unit - work->unit_items;
	return 0;
}

/* Put rows in the order of their groups. */
static void sort_members(struct dsv_merge_members *members, const long *groups,
			 size_t n_rows, size_t n_groups)
{
	size_t *next = members->starts;

	for (size_t i = 0; i < n_rows; i++)
		if (groups[i] >= 0)
			next[groups[i] + 2]++;
	for (size_t i = 2; i < n_groups + 2; i++)
		next[i] += next[i - 1];
	members->rows =
		dsv_alloc((next[n_groups + 1] + 1) * sizeof(*members->rows));
	for (size_t i = 0; i < n_rows; i++)
		if (groups[i] >= 0)
			members->rows[next[groups[i] + 1]++] = i;
}

static int find_members(struct dsv_mergework *work, enum dsv_side_of_merge to)
{
	struct dsv_merge_members *members = &work->members[to];
	struct dsv_fetch fetch DSV_AUTO(fetch) = DSV_FETCH_INIT;
	const size_t n = work->member_sides[to]->tally.n_rows;
	long *groups = dsv_alloc((n + 1) * sizeof(*groups));
	int rc = 0;

	dsv_fetch_init(&fetch, work->member_sides[to]);
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = open_group_of(work, &fetch, i, &groups[i]);
	members->starts =
		dsv_alloc_zero(work->n_units + 2, sizeof(*members->starts));
	if (rc == 0)
		sort_members(members, groups, n, work->n_units);
	free(groups);
	return rc;
}

static int find_all_members(struct dsv_mergework *work)
{
	int rc = 0;

	if (work->member_sides[DSV_SIDE_OURS])
		return 0;
	work->member_sides[DSV_SIDE_OURS] = &work->ours.to;
	work->member_sides[DSV_SIDE_THEIRS] = &work->theirs.to;
	/* of the base, whichever comparison has read all of it */
	work->member_sides[DSV_SIDE_BASE] = work->theirs.from.n_runs == 0
						    ? &work->theirs.from
						    : &work->ours.from;
	for (unsigned i = 0; i < DSV_STAGES && rc == 0; i++)
		rc = find_members(work, i);
	return rc;
}

void dsv_merge_members_release(struct dsv_mergework *work)
{
	for (unsigned i = 0; i < DSV_STAGES; i++) {
		free(work->members[i].starts);
		free(work->members[i].rows);
	}
}

static int gather_side(struct gather *gather, enum dsv_side_of_merge to)
{
	struct dsv_mergework *work = gather->work;
	const struct dsv_side *side = work->member_sides[to];
	const struct dsv_merge_members *members = &work->members[to];
	const size_t group = (size_t)(gather->unit - work->unit_items);
	struct dsv_fetch fetch DSV_AUTO(fetch) = DSV_FETCH_INIT;
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_record record;
	int rc = 0;

	dsv_fetch_init(&fetch, side);
	for (size_t i = members->starts[group];
	     i < members->starts[group + 1] && rc == 0; i++) {
		rc = dsv_fetch_row(&fetch, members->rows[i], &record);
		if (rc < 0)
			break;
		set_key(gather, &side->layout, &record);
		dsv_buf_reset(&text);
		rc = dsv_merge_theirs(work, &side->layout, &record, &text);
		if (rc == 0)
			dsv_conflict_side_add(&gather->item->sides[to],
					      dsv_buf_str(&text), text.len);
	}
	return rc;
}

int dsv_merge_group_conflict(struct dsv_mergework *work,
			     struct dsv_merge_unit *unit)
{
	struct gather gather = {.work = work, .unit = unit};
	int rc;

	if (unit->told)
		return 0;
	unit->told = true;
	rc = find_all_members(work);
	if (rc < 0)
		return rc;
	gather.item = dsv_conflict_record_add(work->record);
	rc = gather_side(&gather, DSV_SIDE_OURS);
	if (rc == 0)
		rc = gather_side(&gather, DSV_SIDE_THEIRS);
	if (rc == 0)
		rc = gather_side(&gather, DSV_SIDE_BASE);
	return rc;
}
