#include "history/mergework.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/codec.h"

/* Key texts begin with what they are. */
enum key_mark { MARK_KEY = 'k', MARK_KEYLESS = 'n', MARK_CONTENT = 'c' };

static void add_field(struct dsv_buf *out, const struct dsv_field *field)
{
	const bool absent = dsv_field_is_absent(field);

	dsv_put_u8(out, absent ? 0 : 1);
	if (!absent)
		dsv_put_string(out, field->text, field->len);
}

void dsv_merge_content(struct dsv_mergework *work,
		       const struct dsv_layout *layout,
		       const struct dsv_record *record, struct dsv_buf *out)
{
	const struct dsv_hash128 hash =
		dsv_layout_content(layout, record, false, &work->scratch);

	dsv_buf_reset(out);
	dsv_put_u8(out, MARK_CONTENT);
	dsv_buf_add(out, &hash, sizeof(hash));
}

void dsv_merge_key(struct dsv_mergework *work, const struct dsv_layout *layout,
		   const struct dsv_record *record, struct dsv_buf *out)
{
	struct dsv_inner inner DSV_AUTO(inner) = DSV_INNER_INIT;

	if (layout->n_key == 0) {
		dsv_merge_content(work, layout, record, out);
		return;
	}
	dsv_buf_reset(out);
	if (dsv_layout_keyless(layout, record)) {
		dsv_put_u8(out, MARK_KEYLESS);
		return;
	}
	dsv_put_u8(out, MARK_KEY);
	for (size_t i = 0; i < layout->n_key; i++)
		add_field(out, dsv_layout_key(layout, i, record, &inner));
}

struct dsv_merge_unit *dsv_merge_unit_of(struct dsv_mergework *work,
					 const struct dsv_buf *key)
{
	const struct dsv_map_entry *entry =
		dsv_map_get(&work->units, key->data, key->len);

	return entry ? &work->unit_items[entry->value - 1] : NULL;
}

static struct dsv_merge_unit *make_unit(struct dsv_mergework *work,
					const struct dsv_buf *key)
{
	struct dsv_map_entry *entry =
		dsv_map_put(&work->units, key->data, key->len);

	if (!entry->value) {
		DSV_GROW(work->unit_items, work->cap_units, work->n_units + 1);
		work->unit_items[work->n_units++] =
			(struct dsv_merge_unit){.base = -1, .theirs = -1};
		entry->value = work->n_units;
	}
	return &work->unit_items[entry->value - 1];
}

static void delta_name(struct dsv_mergework *work, uint64_t unit,
		       const struct dsv_layout *layout,
		       const struct dsv_record *record, uint64_t out[3])
{
	const struct dsv_hash128 hash =
		dsv_layout_content(layout, record, false, &work->scratch);

	out[0] = unit;
	out[1] = hash.low;
	out[2] = hash.high;
}

struct dsv_merge_delta *dsv_merge_delta_of(struct dsv_mergework *work,
					   const struct dsv_merge_unit *unit,
					   const struct dsv_layout *layout,
					   const struct dsv_record *record)
{
	const struct dsv_map_entry *entry;
	uint64_t name[3];

	delta_name(work, (uint64_t)(unit - work->unit_items), layout, record,
		   name);
	entry = dsv_map_get(&work->deltas, name, sizeof(name));
	return entry ? &work->delta_items[entry->value - 1] : NULL;
}

static struct dsv_merge_delta *make_delta(struct dsv_mergework *work,
					  const struct dsv_merge_unit *unit,
					  const struct dsv_layout *layout,
					  const struct dsv_record *record)
{
	const uint64_t number = (uint64_t)(unit - work->unit_items);
	struct dsv_map_entry *entry;
	uint64_t name[3];

	delta_name(work, number, layout, record, name);
	entry = dsv_map_put(&work->deltas, name, sizeof(name));
	if (!entry->value) {
		DSV_GROW(work->delta_items, work->cap_deltas,
			 work->n_deltas + 1);
		work->delta_items[work->n_deltas++] =
			(struct dsv_merge_delta){.unit = number};
		entry->value = work->n_deltas;
	}
	return &work->delta_items[entry->value - 1];
}

void dsv_merge_note(struct dsv_mergework *work, uint64_t hash)
{
	DSV_GROW(work->hashes, work->cap_hashes, work->n_hashes + 1);
	work->hashes[work->n_hashes++] = hash;
}

bool dsv_merge_worth(const struct dsv_mergework *work, uint64_t hash)
{
	const uint64_t bit = hash & work->filter_mask;

	return work->filter[bit / 64] >> (bit % 64) & 1;
}

/* One side of one comparison, its differing rows visited one by one. */
struct visit {
	struct dsv_mergework *work;
	struct dsv_side *side;
	bool is_to;
	bool is_theirs;
	const uint32_t *match; /* of a `to` side */
	int (*row)(const struct visit *visit, size_t row,
		   const struct dsv_record *record);
	unsigned flags; /* only rows that have these */
};

static int visit_rows(struct visit *visit)
{
	struct dsv_fetch fetch DSV_AUTO(fetch) = DSV_FETCH_INIT;
	const struct dsv_row *rows = visit->side->tally.rows;
	struct dsv_record record;
	int rc = 0;

	dsv_fetch_init(&fetch, visit->side);
	for (size_t i = 0; i < visit->side->tally.n_rows && rc == 0; i++) {
		if (rows[i].flags & DSV_ROW_DONE ||
		    (rows[i].flags & visit->flags) != visit->flags)
			continue;
		rc = dsv_fetch_row(&fetch, i, &record);
		if (rc < 0)
			break;
		dsv_merge_key(visit->work, &visit->side->layout, &record,
			      &visit->work->text);
		rc = visit->row(visit, i, &record);
		if (rc == 0 && visit->is_theirs)
			dsv_merge_note(visit->work, rows[i].key);
	}
	return rc;
}

static int visit_side(struct dsv_mergework *work, bool theirs, bool is_to,
		      struct visit *visit)
{
	struct dsv_compare *compare = theirs ? &work->theirs : &work->ours;

	visit->work = work;
	visit->side = is_to ? &compare->to : &compare->from;
	visit->is_to = is_to;
	visit->is_theirs = theirs;
	visit->match = compare->align.match;
	return visit_rows(visit);
}

static int visit_compare(struct dsv_mergework *work, bool theirs,
			 struct visit *visit)
{
	const int rc = visit_side(work, theirs, false, visit);

	return rc < 0 ? rc : visit_side(work, theirs, true, visit);
}

static int find_group(const struct visit *visit, size_t row,
		      const struct dsv_record *record)
{
	struct dsv_merge_unit *unit =
		make_unit(visit->work, &visit->work->text);

	(void)row;
	(void)record;
	visit->work->n_groups += !unit->group;
	unit->group = true;
	return 0;
}

static int find_theirs(const struct visit *visit, size_t row,
		       const struct dsv_record *record)
{
	struct dsv_merge_unit *unit =
		make_unit(visit->work, &visit->work->text);

	if (unit->group) {
		make_delta(visit->work, unit, &visit->side->layout, record)
			->theirs += visit->is_to ? 1 : -1;
		return 0;
	}
	if (visit->is_to)
		unit->theirs = (long)row;
	else
		unit->base = (long)row;
	return 0;
}

static int find_ours(const struct visit *visit, size_t row,
		     const struct dsv_record *record)
{
	struct dsv_merge_unit *unit =
		dsv_merge_unit_of(visit->work, &visit->work->text);

	(void)row;
	if (unit && unit->group)
		make_delta(visit->work, unit, &visit->side->layout, record)
			->ours += visit->is_to ? 1 : -1;
	return 0;
}

/* How many of each content both sides have more or less than the base. */
static void judge_groups(struct dsv_mergework *work)
{
	bool *ours = dsv_alloc_zero(work->n_units + 1, sizeof(*ours));
	bool *theirs = dsv_alloc_zero(work->n_units + 1, sizeof(*theirs));
	bool *apart = dsv_alloc_zero(work->n_units + 1, sizeof(*apart));

	for (size_t i = 0; i < work->n_deltas; i++) {
		struct dsv_merge_delta *delta = &work->delta_items[i];

		ours[delta->unit] |= delta->ours != 0;
		theirs[delta->unit] |= delta->theirs != 0;
		apart[delta->unit] |= delta->ours != delta->theirs;
		delta->to_drop = delta->theirs < 0 ? -delta->theirs : 0;
	}
	for (size_t i = 0; i < work->n_units; i++) {
		struct dsv_merge_unit *unit = &work->unit_items[i];

		if (!unit->group || !theirs[i] || !apart[i])
			unit->verdict = DSV_MERGE_OURS;
		else
			unit->verdict =
				ours[i] ? DSV_MERGE_OPEN : DSV_MERGE_THEIRS;
	}
	free(ours);
	free(theirs);
	free(apart);
}

int dsv_merge_plan(struct dsv_mergework *work)
{
	struct visit groups = {.row = find_group, .flags = DSV_ROW_SHARED};
	struct visit theirs = {.row = find_theirs};
	struct visit ours = {.row = find_ours};
	int rc;

	rc = visit_compare(work, true, &groups);
	if (rc == 0)
		rc = visit_compare(work, false, &groups);
	if (rc == 0)
		rc = visit_compare(work, true, &theirs);
	if (rc == 0 && work->n_groups)
		rc = visit_compare(work, false, &ours);
	if (rc == 0)
		judge_groups(work);
	return rc;
}
