#include "history/mergework.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "base/codec.h"

/* A record read again in full, where the pass reads only keys. */
struct again {
	struct dsv_stream *in;
	struct dsv_reader *reader;
	struct dsv_record record;
};

static void again_release(struct again *again)
{
	dsv_reader_free(&again->reader);
	dsv_stream_free(&again->in);
}

static int read_again(struct dsv_mergework *work, struct again *again,
		      const struct dsv_record *record)
{
	const struct dsv_reader_opts opts = {.columns = &work->layout.columns};
	int rc;

	dsv_stream_of_memory(&again->in, record->source, record->source_len);
	rc = dsv_reader_open(&again->reader, work->reading->format, again->in,
			     &opts);
	if (rc == 0)
		rc = dsv_reader_next(again->reader, &again->record);
	if (rc == 0)
		rc = dsv_fail(DSV_ECONFLICT, "line %llu cannot be merged",
			      (unsigned long long)record->line);
	again->record.offset = record->offset;
	again->record.line = record->line;
	return rc < 0 ? rc : 0;
}

/* Ours added this record, and theirs did not. */
static bool is_own_insertion(struct dsv_mergework *work,
			     const struct dsv_record *record)
{
	const struct dsv_tally *tally = &work->ours.to.tally;
	uint64_t offset = 0;

	while (work->next_row < tally->n_rows) {
		offset = dsv_side_offset(&work->ours.to,
					 &tally->rows[work->next_row]);
		if (offset >= record->offset)
			break;
		work->next_row++;
	}
	if (work->next_row == tally->n_rows || offset != record->offset)
		return false;
	return !(tally->rows[work->next_row].flags &
		 (DSV_ROW_DONE | DSV_ROW_PAIRED));
}

static int put_insert(struct dsv_mergework *work, size_t row)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_record record;
	int rc = dsv_fetch_row(&work->theirs_fetch, row, &record);

	if (rc == 0)
		rc = dsv_merge_theirs(work, &work->theirs.to.layout, &record,
				      &text);
	if (rc == 0)
		dsv_put_in_add(&work->pending, dsv_buf_str(&text), text.len);
	return rc;
}

static int add_chain(struct dsv_mergework *work, struct dsv_merge_chain *chain)
{
	uint64_t at = chain->done ? 0 : chain->first;
	int rc = 0;

	chain->done = true;
	for (; at && rc == 0; at = work->inserts[at - 1].next)
		rc = put_insert(work, work->inserts[at - 1].row);
	return rc;
}

/* What has this anchor waits until ours' own insertions are past. */
static int add_pending(struct dsv_mergework *work, const void *anchor,
		       size_t len)
{
	const struct dsv_map_entry *entry =
		dsv_map_get(&work->anchors, anchor, len);

	if (!entry)
		return 0;
	return add_chain(work, &work->chains[entry->value - 1]);
}
static int start(struct dsv_mergework *work, const char *line_end)
{
	if (work->started)
		return 0;
	work->started = true;
	work->pending.line_end = line_end;
	return add_pending(work, "", 0);
}

static void flush(struct dsv_mergework *work, struct dsv_put_in *to)
{
	dsv_buf_add(&to->bytes, work->pending.bytes.data,
		    work->pending.bytes.len);
	dsv_buf_reset(&work->pending.bytes);
}

static int replace(struct dsv_patched *out, const struct dsv_buf *text)
{
	out->fate = DSV_FATE_REPLACE;
	dsv_put_in_add(&out->instead, dsv_buf_str(text), text->len);
	return 0;
}

/* One key, one record on each side at most. */
static int merge_unit(struct dsv_mergework *work,
		      const struct dsv_merge_unit *unit,
		      const struct dsv_record *ours, struct dsv_patched *out)
{
	const struct dsv_layout *base_layout = &work->theirs.from.layout;
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_merge_trio trio = {.ours = ours};
	struct dsv_record base;
	struct dsv_record theirs;
	int rc = 0;

	if (unit->base >= 0)
		rc = dsv_fetch_row(&work->base_fetch, (size_t)unit->base,
				   &base);
	if (rc == 0 && unit->theirs >= 0)
		rc = dsv_fetch_row(&work->theirs_fetch, (size_t)unit->theirs,
				   &theirs);
	if (rc < 0)
		return rc;
	trio.base = unit->base >= 0 ? &base : NULL;
	trio.theirs = unit->theirs >= 0 ? &theirs : NULL;
	if (!trio.theirs &&
	    !dsv_merge_differs(work, base_layout, &base, &work->layout, ours)) {
		out->fate = DSV_FATE_DROP;
		return 0;
	}
	if (!trio.theirs)
		return dsv_merge_whole(work, DSV_CONFLICT_CHANGED_REMOVED,
				       &trio);
	if (!trio.base || work->columns_change || work->convert_theirs ||
	    work->both_added ||
	    dsv_merge_differs(work, base_layout, &base, &work->layout, ours)) {
		rc = dsv_merge_fields(work, &trio, &text);
		return rc <= 0 ? rc : replace(out, &text);
	}
	rc = dsv_merge_theirs(work, &work->theirs.to.layout, &theirs, &text);
	return rc < 0 ? rc : replace(out, &text);
}

static uint64_t value_of(const struct dsv_map *map, const struct dsv_buf *key)
{
	const struct dsv_map_entry *entry =
		dsv_map_get(map, key->data, key->len);

	return entry ? entry->value : 0;
}

/* Of equal records the last ones go. */
static bool is_dropped(struct dsv_mergework *work,
		       const struct dsv_merge_delta *delta,
		       const struct dsv_record *ours)
{
	struct dsv_buf content DSV_AUTO(buf) = DSV_BUF_INIT;

	if (!work->content_anchors)
		return true;
	dsv_merge_content(work, &work->layout, ours, &content);
	return value_of(&work->seen, &content) + (uint64_t)delta->to_drop >=
	       value_of(&work->contents, &content);
}

static int merge_group(struct dsv_mergework *work, struct dsv_merge_unit *unit,
		       const struct dsv_record *ours, struct dsv_patched *out)
{
	const struct dsv_merge_delta *delta;

	if (unit->verdict == DSV_MERGE_OURS)
		return 0;
	if (unit->verdict == DSV_MERGE_OPEN)
		return dsv_merge_group_conflict(work, unit);
	delta = dsv_merge_delta_of(work, unit, &work->layout, ours);
	if (delta && delta->to_drop > 0 && is_dropped(work, delta, ours))
		out->fate = DSV_FATE_DROP;
	return 0;
}

/* Cells of a record that theirs did not touch. */
static int other_cells(struct dsv_mergework *work,
		       const struct dsv_record *ours, struct dsv_patched *out)
{
	const struct dsv_merge_trio trio = {.ours = ours};
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	const int rc = dsv_merge_fields(work, &trio, &text);

	return rc <= 0 ? rc : replace(out, &text);
}

static int settle(struct dsv_mergework *work, struct dsv_merge_unit *unit,
		  const struct dsv_record *record, struct dsv_patched *out)
{
	struct again again = {0};
	const struct dsv_strlist *columns;
	int rc = read_again(work, &again, record);

	if (rc == 0) {
		columns = dsv_reader_columns(again.reader);
		if (columns->n != work->layout.columns.n)
			dsv_layout_set(&work->layout, work->reading, columns);
	}
	if (rc == 0 && unit && unit->group)
		rc = merge_group(work, unit, &again.record, out);
	else if (rc == 0 && unit)
		rc = merge_unit(work, unit, &again.record, out);
	if (rc == 0 && work->columns_change && out->fate == DSV_FATE_KEEP)
		rc = other_cells(work, &again.record, out);
	again_release(&again);
	return rc;
}

static bool worth_a_look(struct dsv_mergework *work,
			 const struct dsv_record *record)
{
	if (work->reading->key.n == 0 || work->columns_change)
		return true;
	if (dsv_merge_worth(work, dsv_layout_key_hash(&work->layout, record)))
		return true;
	return work->n_groups && dsv_layout_keyless(&work->layout, record);
}

/* Puts behind a record what has it as its anchor. */
static int add_behind(struct dsv_mergework *work,
		      const struct dsv_record *record,
		      const struct dsv_buf *key)
{
	struct dsv_buf content DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc = 0;

	if (work->reading->key.n)
		rc = add_pending(work, key->data, key->len);
	if (rc < 0 || !work->content_anchors)
		return rc;
	dsv_merge_content(work, &work->layout, record, &content);
	dsv_put_u64(
		&content,
		++dsv_map_put(&work->seen, content.data, content.len)->value);
	return add_pending(work, content.data, content.len);
}

static int decide(void *ctx, const struct dsv_record *record,
		  const struct dsv_strlist *columns, struct dsv_patched *out)
{
	struct dsv_mergework *work = ctx;
	struct dsv_merge_unit *unit = NULL;
	struct dsv_buf key DSV_AUTO(buf) = DSV_BUF_INIT;
	bool worth;
	int rc = start(work, out->before.line_end);

	if (work->layout.columns.n != columns->n)
		dsv_layout_set(&work->layout, work->reading, columns);
	worth = worth_a_look(work, record);
	if (rc == 0 && worth) {
		dsv_merge_key(work, &work->layout, record, &work->text);
		unit = dsv_merge_unit_of(work, &work->text);
		dsv_buf_add(&key, work->text.data, work->text.len);
	}
	if (work->pending.bytes.len &&
	    (unit || !is_own_insertion(work, record)))
		flush(work, &out->before);
	if (rc == 0 && (unit || work->columns_change))
		rc = settle(work, unit, record, out);
	if (rc == 0 && worth)
		rc = add_behind(work, record, &key);
	return rc;
}

static int end(void *ctx, const struct dsv_strlist *columns,
	       struct dsv_put_in *out)
{
	struct dsv_mergework *work = ctx;
	int rc = start(work, out->line_end);

	(void)columns;
	/* an anchor that did not come is no reason to lose a record */
	for (size_t i = 0; i < work->n_chains && rc == 0; i++)
		rc = add_chain(work, &work->chains[i]);
	if (rc == 0)
		flush(work, out);
	return rc;
}

int dsv_merge_stream(struct dsv_mergework *work, struct dsv_stream **out,
		     dsv_known_fn *known)
{
	const bool whole = work->content_anchors || work->columns_change;
	struct dsv_patch_opts opts = {
		.reading = work->reading,
		.source = work->sources[DSV_SIDE_OURS],
		.only = whole ? NULL : &work->reading->key,
		.header = work->columns ? dsv_merge_header : NULL,
		.decide = decide,
		.end = end,
		.ctx = work,
	};
	int rc = 0;

	dsv_fetch_init(&work->base_fetch, &work->theirs.from);
	dsv_fetch_init(&work->theirs_fetch, &work->theirs.to);
	if (work->by_chunks && !whole && !work->n_groups)
		rc = dsv_merge_parts(work, &opts, out, known);
	if (rc == 0)
		rc = dsv_patch_stream(out, &opts);
	return rc < 0 ? rc : 0;
}

int dsv_merge_removed(struct dsv_mergework *work)
{
	struct dsv_record base;
	struct dsv_record theirs;
	int rc = 0;

	for (size_t i = 0; i < work->n_units && rc >= 0; i++) {
		struct dsv_merge_unit *unit = &work->unit_items[i];
		const struct dsv_merge_trio trio = {.base = &base,
						    .theirs = &theirs};

		if (unit->group && unit->verdict == DSV_MERGE_OPEN)
			rc = dsv_merge_group_conflict(work, unit);
		if (unit->group || unit->base < 0 || unit->theirs < 0)
			continue;
		rc = dsv_fetch_row(&work->base_fetch, (size_t)unit->base,
				   &base);
		if (rc == 0)
			rc = dsv_merge_ours_removed(
				work, &work->theirs.from.layout, &base);
		if (rc <= 0)
			continue;
		rc = dsv_fetch_row(&work->theirs_fetch, (size_t)unit->theirs,
				   &theirs);
		if (rc == 0 &&
		    dsv_merge_differs(work, &work->theirs.from.layout, &base,
				      &work->theirs.to.layout, &theirs))
			rc = dsv_merge_whole(work, DSV_CONFLICT_REMOVED_CHANGED,
					     &trio);
	}
	return rc < 0 ? rc : 0;
}
