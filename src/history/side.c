#include "history/side.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"

void dsv_side_init(struct dsv_side *side, const struct dsv_reading *reading,
		   unsigned tally_flags)
{
	*side = (struct dsv_side){.reading = reading, .data = ""};
	dsv_tally_init(&side->tally, reading, tally_flags);
}

void dsv_side_release(struct dsv_side *side)
{
	dsv_buf_release(&side->buf);
	free(side->run_at);
	free(side->run_offset);
	if (side->reading)
		dsv_tally_release(&side->tally);
	dsv_layout_release(&side->layout);
	free(side->slots);
	free(side->more);
	memset(side, 0, sizeof(*side));
}

int dsv_side_read_all(struct dsv_side *side, struct dsv_source *source,
		      struct dsv_progress *progress)
{
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	struct dsv_tally_run run = {.line = 1, .progress = progress};
	int rc = dsv_source_map(source, &side->data, &side->len);

	if (rc == 0)
		rc = dsv_source_stream(source, &in);
	if (rc < 0)
		return rc;
	side->source = source;
	run.in = in;
	run.len = side->len;
	rc = dsv_tally_add(&side->tally, &run);
	if (rc < 0)
		return dsv_fail_prefix(rc, "%s", dsv_source_name(source));
	dsv_layout_set(&side->layout, side->reading, &side->tally.columns);
	return 0;
}

void dsv_side_pass(const struct dsv_side *side, size_t first, size_t end)
{
	const struct dsv_row *rows = side->tally.rows;

	if (side->source && first < end)
		dsv_source_pass(side->source, rows[first].at,
				rows[end - 1].at - rows[first].at);
}

uint64_t dsv_side_offset(const struct dsv_side *side, const struct dsv_row *row)
{
	size_t low = 0;
	size_t high = side->n_runs;

	if (side->n_runs == 0)
		return row->at;
	while (high - low > 1) {
		size_t mid = low + (high - low) / 2;

		if (side->run_at[mid] <= row->at)
			low = mid;
		else
			high = mid;
	}
	return row->at - side->run_at[low] + side->run_offset[low];
}

/*
 * The stream that a fetch feeds its reader: pieces that are set from outside,
 * a record with its line end each time, so one reader serves for all of them.
 * A reader that asks for more has seen the end and is not used again. Elements
 * of a JSON array are not a content by themselves, so they are given with
 * brackets around, each to a reader of its own.
 */
struct feed {
	struct dsv_stream stream;
	const struct dsv_side *side;
	const char *pieces[3];
	size_t lens[3];
	size_t n;
	size_t at;
	size_t given; /* of the piece at `at` */
	bool ended;
};

/* A record may be as long as the file: no more than this of it is in memory at
 * once. One that is read at all lies in one piece, and need not be copied. */
#define FEED_LEN (DSV_RECORD_MAX + 1024u * 1024u)

static int feed_next(struct dsv_stream *in, const char **out, size_t *out_len)
{
	struct feed *feed = (struct feed *)in;
	const char *data;
	size_t left;

	if (feed->at == feed->n) {
		feed->ended = true;
		return 0;
	}
	data = feed->pieces[feed->at] + feed->given;
	left = feed->lens[feed->at] - feed->given;
	if (feed->given > 0 && feed->side->source)
		dsv_source_pass(feed->side->source,
				(size_t)(data - feed->side->data) - FEED_LEN,
				FEED_LEN);
	*out = data;
	*out_len = left < FEED_LEN ? left : FEED_LEN;
	feed->given += *out_len;
	if (feed->given == feed->lens[feed->at]) {
		feed->given = 0;
		feed->at++;
	}
	return 1;
}

static void feed_free(struct dsv_stream *in)
{
	free(in);
}

static void feed_add(struct feed *feed, const char *data, size_t len)
{
	if (len == 0)
		return;
	feed->pieces[feed->n] = data;
	feed->lens[feed->n++] = len;
}

void dsv_fetch_init(struct dsv_fetch *fetch, const struct dsv_side *side)
{
	struct feed *feed = dsv_alloc_zero(1, sizeof(*feed));

	feed->stream.next = feed_next;
	feed->stream.free = feed_free;
	feed->side = side;
	*fetch = (struct dsv_fetch){.side = side, .in = &feed->stream};
}

void dsv_fetch_release(struct dsv_fetch *fetch)
{
	dsv_reader_free(&fetch->reader);
	dsv_stream_free(&fetch->in);
	memset(fetch, 0, sizeof(*fetch));
}

/* Who has read some rows one behind the other goes on so: the reader is given
 * more of them at once. */
#define IN_STEP	  8u
#define GIVE_ROWS 64u

/* Rows from number on that the reader gets; those of one run lie together. */
static size_t rows_to_give(struct dsv_fetch *fetch, size_t number)
{
	size_t left = fetch->side->tally.n_rows - number;

	fetch->n_in_step = number == fetch->last + 1 ? fetch->n_in_step + 1 : 0;
	if (fetch->n_in_step < IN_STEP || fetch->side->n_runs > 0)
		return 1;
	return left < GIVE_ROWS ? left : GIVE_ROWS;
}

/* A record reaches to the next one, so its line end is there as well. */
static void feed_row(struct dsv_fetch *fetch, size_t number)
{
	const struct dsv_side *side = fetch->side;
	const struct dsv_row *rows = side->tally.rows;
	struct feed *feed = (struct feed *)fetch->in;
	bool by_line = side->reading->format->by_line;
	size_t next = number + 1;
	uint64_t end = rows[number].at + dsv_row_len(&rows[number]);

	if (number == fetch->last + 1 && number < fetch->given_end)
		return;
	if (fetch->last + 1 < fetch->given_end)
		feed->ended = true; /* the reader holds rows not asked for */
	feed->n = feed->at = feed->given = 0;
	if (by_line) {
		next = number + rows_to_give(fetch, number);
		end = next < side->tally.n_rows ? rows[next].at : side->len;
	} else {
		feed_add(feed, "[", 1);
	}
	feed_add(feed, side->data + rows[number].at,
		 (size_t)(end - rows[number].at));
	if (!by_line)
		feed_add(feed, "]", 1);
	fetch->given_end = next;
}

/* Anything but the start of a content, where a byte order mark is skipped. */
#define MIDDLE 1u

static int open_reader(struct dsv_fetch *fetch)
{
	const struct dsv_side *side = fetch->side;
	struct feed *feed = (struct feed *)fetch->in;
	struct dsv_reader_opts opts = {.columns = &side->layout.columns,
				       .offset = MIDDLE};

	if (fetch->reader && !feed->ended && side->reading->format->by_line)
		return 0;
	dsv_reader_free(&fetch->reader);
	feed->ended = false;
	return dsv_reader_open(&fetch->reader, side->reading->format, fetch->in,
			       &opts);
}

/*
 * Where rows are read in rising order, those behind are let go. One page that
 * is looked at brings in sixteen, so even a few rows can fill the memory with
 * the whole file. Rows in any order stay, since they would be let go in vain.
 */
#define PASS_ROWS   65536u
#define PASS_RISING 8u

static void pass_behind(struct dsv_fetch *fetch, size_t number)
{
	bool rises = number >= fetch->last;

	if (rises && number - fetch->first < PASS_ROWS) {
		fetch->n_rising++;
	} else {
		if (rises && fetch->n_rising >= PASS_RISING)
			dsv_side_pass(fetch->side, fetch->first,
				      fetch->last + 1);
		fetch->first = number;
		fetch->n_rising = 0;
	}
	fetch->last = number;
}

int dsv_fetch_row(struct dsv_fetch *fetch, size_t number,
		  struct dsv_record *out)
{
	const struct dsv_side *side = fetch->side;
	const struct dsv_row *row = &side->tally.rows[number];
	int rc;

	feed_row(fetch, number);
	pass_behind(fetch, number);
	rc = open_reader(fetch);
	if (rc == 0)
		rc = dsv_reader_next(fetch->reader, out);
	if (rc < 0)
		return rc;
	if (rc == 0)
		return dsv_fail(DSV_EIO, "line %u changed while it was read",
				row->line);
	out->offset = dsv_side_offset(side, row);
	out->line = row->line;
	return 0;
}

static size_t slot_of(const struct dsv_side *side, uint64_t hash)
{
	return (size_t)(hash ^ hash >> 32) & (side->n_slots - 1);
}

long dsv_side_probe(const struct dsv_side *side, uint64_t hash,
		    struct dsv_probe *probe)
{
	size_t mask = side->n_slots - 1;

	if (side->n_slots == 0)
		return -1;
	if (!probe->started)
		probe->slot = slot_of(side, hash);
	probe->started = true;
	while (side->slots[probe->slot]) {
		long row = (long)side->slots[probe->slot] - 1;

		probe->slot = (probe->slot + 1) & mask;
		if (side->tally.rows[row].key == hash)
			return row;
	}
	return -1;
}

/* What indexing needs beside the side. */
struct indexing {
	struct dsv_side *side;
	struct dsv_fetch own; /* the row that is put */
	struct dsv_fetch other;
};

static void share(struct dsv_side *side, size_t first, size_t row)
{
	struct dsv_row *rows = side->tally.rows;

	if (!side->more)
		side->more =
			dsv_alloc_zero(side->tally.n_rows, sizeof(*side->more));
	if (side->more[first] == 0)
		side->duplicate_keys++;
	side->more[row] = side->more[first];
	side->more[first] = (uint32_t)row + 1;
	rows[first].flags |= DSV_ROW_SHARED;
	rows[row].flags |= DSV_ROW_SHARED;
}

static int put_row(struct indexing *ix, size_t row)
{
	struct dsv_side *side = ix->side;
	uint64_t hash = side->tally.rows[row].key;
	size_t slot = slot_of(side, hash);
	bool fetched = false;
	struct dsv_record own;
	struct dsv_record other;

	for (; side->slots[slot]; slot = (slot + 1) & (side->n_slots - 1)) {
		size_t first = side->slots[slot] - 1;
		int rc = 0;

		if (side->tally.rows[first].key != hash)
			continue;
		if (!fetched)
			rc = dsv_fetch_row(&ix->own, row, &own);
		fetched = true;
		if (rc == 0)
			rc = dsv_fetch_row(&ix->other, first, &other);
		if (rc < 0)
			return rc;
		if (!dsv_layout_same_key(&side->layout, &own, &side->layout,
					 &other))
			continue;
		share(side, first, row);
		return 0;
	}
	side->slots[slot] = (uint32_t)row + 1;
	return 0;
}

/* Records without key have been told of already. */
static void tell_shared(struct dsv_side *side)
{
	for (size_t i = 0; side->more && i < side->tally.n_rows; i++) {
		const struct dsv_row *row = &side->tally.rows[i];

		if ((row->flags & (DSV_ROW_SHARED | DSV_ROW_KEYLESS)) ==
		    DSV_ROW_SHARED)
			dsv_tally_issue(&side->tally, DSV_ISSUE_DUPLICATE_KEY,
					row->line, 1);
	}
}

#define AHEAD 8u /* rows whose slots are called into the cache early */

int dsv_side_index(struct dsv_side *side)
{
	struct indexing ix = {.side = side};
	size_t n = side->tally.n_rows;
	int rc = 0;

	assert(!side->slots);
	if (side->layout.n_key == 0 || n == 0)
		return 0;
	for (side->n_slots = 16; side->n_slots < n * 2;)
		side->n_slots *= 2;
	side->slots = dsv_alloc_zero(side->n_slots, sizeof(*side->slots));
	dsv_fetch_init(&ix.own, side);
	dsv_fetch_init(&ix.other, side);
	for (size_t i = 0; i < n && rc == 0; i++) {
		if (i + AHEAD < n)
			__builtin_prefetch(&side->slots[slot_of(
				side, side->tally.rows[i + AHEAD].key)]);
		rc = put_row(&ix, i);
	}
	tell_shared(side);
	dsv_fetch_release(&ix.own);
	dsv_fetch_release(&ix.other);
	return rc;
}
