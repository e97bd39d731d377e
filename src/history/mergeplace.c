#include "history/mergework.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/codec.h"

/*
 * Where the records that theirs added go: behind the nearest record before
 * them in theirs that the merged file has too, their anchor. Records that
 * share their key, or have none, are found by their content.
 *
 * A comparison by chunks has not read what lies before a run, so the chunks
 * before it are read, one record group after the other, as far as needed.
 */
static int row_with_key(const struct dsv_side *side,
			const struct dsv_layout *layout,
			const struct dsv_record *record, long *out)
{
	struct dsv_fetch fetch DSV_AUTO(fetch) = DSV_FETCH_INIT;
	const uint64_t hash = dsv_layout_key_hash(layout, record);
	struct dsv_probe probe = DSV_PROBE_INIT;
	struct dsv_record other;
	long row;
	int rc = 0;

	*out = -1;
	row = dsv_side_probe(side, hash, &probe);
	if (row < 0)
		return 0;
	dsv_fetch_init(&fetch, side);
	for (; row >= 0 && rc == 0; row = dsv_side_probe(side, hash, &probe)) {
		rc = dsv_fetch_row(&fetch, (size_t)row, &other);
		if (rc == 0 &&
		    dsv_layout_same_key(layout, record, &side->layout, &other))
			*out = row;
		if (*out >= 0)
			break;
	}
	return rc;
}

int dsv_merge_ours_removed(struct dsv_mergework *work,
			   const struct dsv_layout *layout,
			   const struct dsv_record *record)
{
	const struct dsv_side *base = &work->ours.from;
	long row;
	const int rc = row_with_key(base, layout, record, &row);

	if (rc < 0 || row < 0)
		return rc;
	return !(base->tally.rows[row].flags &
		 (DSV_ROW_DONE | DSV_ROW_PAIRED | DSV_ROW_SHARED));
}

int dsv_merge_ours_has(struct dsv_mergework *work,
		       const struct dsv_layout *layout,
		       const struct dsv_record *record)
{
	long row;
	const int rc = row_with_key(&work->ours.to, layout, record, &row);

	return rc < 0 ? rc : row >= 0;
}

struct place {
	struct dsv_mergework *work;
	const struct dsv_side *theirs;
	struct dsv_fetch fetch;
	uint64_t hash; /* of the key found */
	/* of records that share their key, where they are anchors: which one of
	 * its content each row is */
	uint32_t *numbers;
	struct dsv_map keys;   /* hashes of keys that theirs shares */
	long last;	       /* the last row that was put in... */
	struct dsv_buf anchor; /* ...and its anchor */
	struct dsv_buf found;
};

static bool is_new(const struct dsv_row *row)
{
	return !(row->flags & (DSV_ROW_DONE | DSV_ROW_PAIRED));
}

/* 1: the record anchors what follows; place->found names it. */
static int try_record(struct place *place, const struct dsv_layout *layout,
		      const struct dsv_record *record)
{
	struct dsv_mergework *work = place->work;
	const struct dsv_merge_unit *unit;
	int rc;

	if (dsv_layout_keyless(layout, record))
		return 0;
	dsv_merge_key(work, layout, record, &work->text);
	unit = dsv_merge_unit_of(work, &work->text);
	if (unit && unit->group)
		return 0;
	/* what only theirs has is put in behind the same anchor */
	if (unit && unit->base < 0)
		rc = dsv_merge_ours_has(work, layout, record);
	else
		rc = dsv_merge_ours_removed(work, layout, record) == 0;
	if (rc <= 0)
		return rc;
	dsv_buf_swap(&place->found, &work->text);
	place->hash = dsv_layout_key_hash(layout, record);
	return 1;
}

/* Of equal records the one with the same number, else the last. */
static int try_content(struct place *place, size_t number)
{
	struct dsv_mergework *work = place->work;
	const struct dsv_map_entry *entry;
	struct dsv_record record;
	uint32_t at = place->numbers[number];
	const int rc = dsv_fetch_row(&place->fetch, number, &record);

	if (rc < 0)
		return rc;
	dsv_merge_content(work, &place->theirs->layout, &record, &place->found);
	entry = dsv_map_get(&place->work->contents, place->found.data,
			    place->found.len);
	if (!entry)
		return 0;
	if (at > entry->value)
		at = (uint32_t)entry->value;
	dsv_put_u64(&place->found, at);
	place->hash = place->theirs->tally.rows[number].key;
	return 1;
}

static int try_row(struct place *place, size_t number)
{
	const struct dsv_row *row = &place->theirs->tally.rows[number];
	struct dsv_record record;
	int rc;

	if (row->flags & DSV_ROW_SHARED)
		return place->numbers && row->flags & DSV_ROW_DONE
			       ? try_content(place, number)
			       : 0;
	rc = dsv_fetch_row(&place->fetch, number, &record);
	return rc < 0 ? rc : try_record(place, &place->theirs->layout, &record);
}

/* The records of a piece that begins with one; the last that anchors. */
static int try_piece(struct place *place, const struct dsv_buf *piece,
		     bool header)
{
	const struct dsv_layout *layout = &place->theirs->layout;
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	struct dsv_reader *reader DSV_AUTO(reader) = NULL;
	struct dsv_reader_opts opts = {.columns = &layout->columns};
	struct dsv_buf best DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_record record;
	uint64_t hash = 0;
	bool any = false;
	int rc;

	dsv_stream_of_memory(&in, dsv_buf_str(piece), piece->len);
	rc = dsv_reader_open(&reader, place->work->reading->format, in,
			     header ? NULL : &opts);
	while (rc >= 0 && (rc = dsv_reader_next(reader, &record)) > 0) {
		rc = try_record(place, layout, &record);
		if (rc > 0) {
			any = true;
			hash = place->hash;
			dsv_buf_swap(&best, &place->found);
		}
	}
	if (rc < 0)
		return rc;
	if (any)
		dsv_buf_swap(&best, &place->found);
	place->hash = hash;
	return any;
}

static void note_chunk(struct dsv_mergework *work, size_t chunk)
{
	DSV_GROW(work->anchor_chunks, work->cap_anchor_chunks,
		 work->n_anchor_chunks + 1);
	work->anchor_chunks[work->n_anchor_chunks++] = chunk;
}

/* The nearest anchor before an offset at which a run of chunks begins. */
static int look_back(struct place *place, uint64_t offset)
{
	struct dsv_source *source = place->work->sources[2];
	struct dsv_buf piece DSV_AUTO(buf) = DSV_BUF_INIT;
	const struct dsv_filemap *map;
	uint64_t at = 0;
	size_t end = 0;
	int rc = dsv_source_filemap(source, &map);

	if (rc < 0 || !map)
		return rc;
	while (end < map->n && at < offset)
		at += map->extents[end++].len;
	for (rc = 0; rc == 0 && end > 0;) {
		size_t first = end - 1;

		while (first > 0 && map->extents[first].state != 0)
			first--;
		rc = dsv_source_read(source, first, end - first, &piece);
		if (rc == 0)
			rc = try_piece(place, &piece,
				       first == 0 &&
					       place->work->reading->format
						       ->has_header);
		if (rc > 0)
			note_chunk(place->work, first);
		end = first;
	}
	return rc;
}

static size_t run_of(const struct dsv_side *side, size_t row)
{
	size_t low = 0;
	size_t high = side->n_runs;

	while (high - low > 1) {
		const size_t mid = low + (high - low) / 2;

		if (side->run_at[mid] <= side->tally.rows[row].at)
			low = mid;
		else
			high = mid;
	}
	return low;
}

/* place->found becomes the anchor of a new row, empty: the very start. */
static int find_anchor(struct place *place, size_t row)
{
	const struct dsv_side *side = place->theirs;
	int rc = 0;

	for (; row > 0 && rc == 0; row--) {
		if (side->n_runs && run_of(side, row) != run_of(side, row - 1))
			break;
		if ((long)row - 1 == place->last) {
			dsv_buf_reset(&place->found);
			dsv_buf_add(&place->found, place->anchor.data,
				    place->anchor.len);
			return 0;
		}
		rc = try_row(place, row - 1);
	}
	if (rc == 0 && side->n_runs)
		rc = look_back(place, side->run_offset[run_of(side, row)]);
	if (rc == 0)
		dsv_buf_reset(&place->found);
	return rc < 0 ? rc : 0;
}

static void chain_up(struct place *place, size_t row)
{
	struct dsv_mergework *work = place->work;
	struct dsv_map_entry *entry = dsv_map_put(
		&work->anchors, dsv_buf_str(&place->anchor), place->anchor.len);
	struct dsv_merge_chain *chain;

	if (!entry->value) {
		dsv_merge_note(work, place->hash);
		DSV_GROW(work->chains, work->cap_chains, work->n_chains + 1);
		work->chains[work->n_chains++] = (struct dsv_merge_chain){0};
		entry->value = work->n_chains;
	}
	chain = &work->chains[entry->value - 1];
	DSV_GROW(work->inserts, work->cap_inserts, work->n_inserts + 1);
	work->inserts[work->n_inserts++] = (struct dsv_merge_insert){row, 0};
	if (chain->last)
		work->inserts[chain->last - 1].next = work->n_inserts;
	else
		chain->first = work->n_inserts;
	chain->last = work->n_inserts;
}

/* 1: this new row of theirs is put in. */
static int is_put_in(struct place *place, size_t row)
{
	struct dsv_mergework *work = place->work;
	const struct dsv_merge_unit *unit;
	struct dsv_record record;
	int rc;

	rc = dsv_fetch_row(&place->fetch, row, &record);
	if (rc < 0)
		return rc;
	dsv_merge_key(work, &place->theirs->layout, &record, &work->text);
	unit = dsv_merge_unit_of(work, &work->text);
	if (unit && unit->group)
		return unit->verdict == DSV_MERGE_THEIRS;
	rc = dsv_merge_ours_has(work, &place->theirs->layout, &record);
	return rc < 0 ? rc : !rc;
}

static int number_side(struct place *place, const struct dsv_side *side,
		       struct dsv_map *counts, uint32_t *numbers)
{
	struct dsv_fetch fetch DSV_AUTO(fetch) = DSV_FETCH_INIT;
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_record record;
	uint64_t number;
	int rc = 0;

	dsv_fetch_init(&fetch, side);
	for (size_t i = 0; i < side->tally.n_rows && rc == 0; i++) {
		if (numbers && !(side->tally.rows[i].flags & DSV_ROW_SHARED))
			continue;
		if (!numbers && place->work->reading->key.n &&
		    !(side->tally.rows[i].flags & DSV_ROW_KEYLESS) &&
		    !dsv_map_get(&place->keys, &side->tally.rows[i].key,
				 sizeof(uint64_t)))
			continue;
		rc = dsv_fetch_row(&fetch, i, &record);
		if (rc < 0)
			break;
		dsv_merge_content(place->work, &side->layout, &record, &text);
		number = ++dsv_map_put(counts, text.data, text.len)->value;
		if (!numbers)
			continue;
		numbers[i] = (uint32_t)number;
		dsv_map_put(&place->keys, &side->tally.rows[i].key,
			    sizeof(uint64_t));
	}
	return rc;
}

/* Only where all of ours has been read. */
static int number_contents(struct place *place)
{
	struct dsv_mergework *work = place->work;
	struct dsv_map counts DSV_AUTO(map) = DSV_MAP_INIT;
	int rc;

	if ((work->reading->key.n && !work->n_groups) || work->ours.to.n_runs)
		return 0;
	work->content_anchors = true;
	place->numbers = dsv_alloc_zero(place->theirs->tally.n_rows + 1,
					sizeof(*place->numbers));
	rc = number_side(place, place->theirs, &counts, place->numbers);
	return rc < 0 ? rc
		      : number_side(place, &work->ours.to,
				    &place->work->contents, NULL);
}

static void set_bit(struct dsv_mergework *work, uint64_t hash)
{
	const uint64_t bit = hash & work->filter_mask;

	work->filter[bit / 64] |= UINT64_C(1) << (bit % 64);
}

static void make_filter(struct dsv_mergework *work)
{
	uint64_t bits = 1024;

	while (bits < work->n_hashes * 16)
		bits *= 2;
	work->filter_mask = bits - 1;
	work->filter = dsv_alloc_zero(bits / 64, sizeof(*work->filter));
	for (size_t i = 0; i < work->n_hashes; i++)
		set_bit(work, work->hashes[i]);
}

int dsv_merge_place(struct dsv_mergework *work)
{
	struct place place = {
		.work = work, .theirs = &work->theirs.to, .last = -2};
	int rc = 0;

	dsv_fetch_init(&place.fetch, place.theirs);
	rc = number_contents(&place);
	for (size_t i = 0; i < place.theirs->tally.n_rows && rc >= 0; i++) {
		if (!is_new(&place.theirs->tally.rows[i]))
			continue;
		rc = is_put_in(&place, i);
		if (rc <= 0)
			continue;
		rc = find_anchor(&place, i);
		if (rc < 0)
			break;
		dsv_buf_swap(&place.anchor, &place.found);
		chain_up(&place, i);
		place.last = (long)i;
	}
	dsv_fetch_release(&place.fetch);
	dsv_buf_release(&place.anchor);
	dsv_buf_release(&place.found);
	free(place.numbers);
	dsv_map_release(&place.keys);
	if (rc >= 0)
		make_filter(work);
	return rc < 0 ? rc : 0;
}
