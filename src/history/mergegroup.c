#include "history/mergework.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/*
 * The conflict of a group: all records that a side has of the key. Groups in
 * conflict are rare, so each goes through the rows once.
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

static int gather_side(struct gather *gather, const struct dsv_side *side,
		       enum dsv_side_of_merge to)
{
	struct dsv_mergework *work = gather->work;
	struct dsv_fetch fetch DSV_AUTO(fetch) = DSV_FETCH_INIT;
	struct dsv_buf key DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_record record;
	int rc = 0;

	dsv_fetch_init(&fetch, side);
	for (size_t i = 0; i < side->tally.n_rows && rc == 0; i++) {
		const struct dsv_row *row = &side->tally.rows[i];

		if (work->reading->key.n && !(row->flags & DSV_ROW_KEYLESS) &&
		    !dsv_merge_worth(work, row->key))
			continue;
		rc = dsv_fetch_row(&fetch, i, &record);
		if (rc < 0)
			break;
		dsv_merge_key(work, &side->layout, &record, &key);
		if (dsv_merge_unit_of(work, &key) != gather->unit)
			continue;
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
	const bool full = work->theirs.from.n_runs == 0;
	int rc;

	if (unit->told)
		return 0;
	unit->told = true;
	gather.item = dsv_conflict_record_add(work->record);
	rc = gather_side(&gather, &work->ours.to, DSV_SIDE_OURS);
	if (rc == 0)
		rc = gather_side(&gather, &work->theirs.to, DSV_SIDE_THEIRS);
	/* of the base, whichever comparison has read all of it */
	if (rc == 0 && full)
		rc = gather_side(&gather, &work->theirs.from, DSV_SIDE_BASE);
	else if (rc == 0)
		rc = gather_side(&gather, &work->ours.from, DSV_SIDE_BASE);
	return rc;
}
