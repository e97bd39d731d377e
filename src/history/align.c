#include "history/align.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "history/leftover.h"

#define STRIPE_ROWS 16384u /* rows of one task */

/* Rows [first, end) of `to`, joined by one thread. */
struct stripe {
	struct dsv_align *align;
	size_t first;
	size_t end;
	size_t expect; /* the row of `from` that comes next in order */
	struct dsv_fetch from;
	struct dsv_fetch to;
	struct dsv_differs differs;
	struct dsv_counts counts;
};

static bool same_source(const struct dsv_align *align, size_t f, size_t t)
{
	const struct dsv_row *a = &align->from->tally.rows[f];
	const struct dsv_row *b = &align->to->tally.rows[t];

	return align->bridge.same && !((a->flags | b->flags) & DSV_ROW_ODD) &&
	       dsv_row_len(a) == dsv_row_len(b) &&
	       memcmp(align->from->data + a->at, align->to->data + b->at,
		      dsv_row_len(a)) == 0;
}

static void mark_pair(struct stripe *s, size_t f, size_t t, unsigned flags)
{
	s->align->match[t] = (uint32_t)f + 1;
	s->align->from->tally.rows[f].flags |= flags;
	s->align->to->tally.rows[t].flags |= flags;
	s->expect = f + 1;
}

/* 1 when the rows have one key: they are settled then. */
static int try_pair(struct stripe *s, size_t f, size_t t)
{
	struct dsv_align *align = s->align;
	struct dsv_record from;
	struct dsv_record to;
	bool shared = align->from->tally.rows[f].flags & DSV_ROW_SHARED;
	int rc;

	if (!shared && same_source(align, f, t)) {
		s->counts.unchanged++;
		mark_pair(s, f, t, DSV_ROW_PAIRED | DSV_ROW_DONE);
		return 1;
	}
	rc = dsv_fetch_row(&s->from, f, &from);
	if (rc == 0)
		rc = dsv_fetch_row(&s->to, t, &to);
	if (rc < 0)
		return rc;
	if (!dsv_layout_same_key(&align->from->layout, &from,
				 &align->to->layout, &to))
		return 0;
	if (shared) {
		align->to->tally.rows[t].flags |= DSV_ROW_SHARED;
		return 1;
	}
	if (!dsv_bridge_compare(&align->bridge, &from, &to, &s->differs)) {
		s->counts.unchanged++;
		mark_pair(s, f, t, DSV_ROW_PAIRED | DSV_ROW_DONE);
		return 1;
	}
	dsv_counts_pair(&s->counts, &align->bridge, &from, &to, &s->differs);
	mark_pair(s, f, t, DSV_ROW_PAIRED);
	return 1;
}

static int join_row(struct stripe *s, size_t t)
{
	const struct dsv_side *from = s->align->from;
	uint64_t hash = s->align->to->tally.rows[t].key;
	struct dsv_probe probe = DSV_PROBE_INIT;
	size_t expect = s->expect;
	long row;
	int rc;

	if (expect < from->tally.n_rows &&
	    from->tally.rows[expect].key == hash) {
		rc = try_pair(s, expect, t);
		if (rc != 0)
			return rc;
	}
	while ((row = dsv_side_probe(from, hash, &probe)) >= 0) {
		rc = try_pair(s, (size_t)row, t);
		if (rc != 0)
			return rc;
	}
	return 0;
}

/* No later stripe looks here again; on the other side that is so where both go
 * on in step. */
static void pass_stripe(const struct stripe *s)
{
	const uint32_t *match = s->align->match;
	size_t first = s->first;
	size_t end = s->end;

	dsv_side_pass(s->align->to, first, end);
	while (first < end && match[first] == 0)
		first++;
	while (end > first && match[end - 1] == 0)
		end--;
	if (first < end && match[first] <= match[end - 1] &&
	    match[end - 1] - match[first] <= 2 * STRIPE_ROWS)
		dsv_side_pass(s->align->from, match[first] - 1, match[end - 1]);
}

static int join_stripe(void *ctx, size_t index)
{
	struct stripe *s = (struct stripe *)ctx + index;
	const struct dsv_row *rows = s->align->to->tally.rows;
	int rc = dsv_cancelled();

	dsv_fetch_init(&s->from, s->align->from);
	dsv_fetch_init(&s->to, s->align->to);
	for (size_t t = s->first; t < s->end && rc >= 0; t++)
		if (!(rows[t].flags & DSV_ROW_SHARED))
			rc = join_row(s, t);
	pass_stripe(s);
	dsv_fetch_release(&s->from);
	dsv_fetch_release(&s->to);
	dsv_differs_release(&s->differs);
	return rc < 0 ? rc : 0;
}

static int join(struct dsv_align *align, struct dsv_pool *pool)
{
	size_t n_rows = align->to->tally.n_rows;
	size_t n = (n_rows + STRIPE_ROWS - 1) / STRIPE_ROWS;
	struct stripe *stripes = dsv_alloc_zero(n + 1, sizeof(*stripes));
	int rc;

	for (size_t i = 0; i < n; i++) {
		stripes[i].align = align;
		stripes[i].first = stripes[i].expect = i * STRIPE_ROWS;
		stripes[i].end = i + 1 == n ? n_rows : (i + 1) * STRIPE_ROWS;
		dsv_counts_init(&stripes[i].counts, &align->bridge);
	}
	rc = dsv_pool_each(pool, n, join_stripe, stripes);
	for (size_t i = 0; i < n; i++)
		dsv_counts_merge(&align->counts, &stripes[i].counts);
	free(stripes);
	return rc;
}

/* A key that `to` has several times is shared on the other side too. */
static int spread_shared(struct dsv_align *align)
{
	struct dsv_side *from = align->from;
	struct dsv_fetch a DSV_AUTO(fetch) = DSV_FETCH_INIT;
	struct dsv_fetch b DSV_AUTO(fetch) = DSV_FETCH_INIT;
	int rc = 0;

	if (align->to->duplicate_keys == 0 && align->to->tally.keyless == 0)
		return 0;
	dsv_fetch_init(&a, from);
	dsv_fetch_init(&b, align->to);
	for (size_t t = 0; t < align->to->tally.n_rows && rc >= 0; t++) {
		const struct dsv_row *row = &align->to->tally.rows[t];
		struct dsv_probe probe = DSV_PROBE_INIT;
		struct dsv_record ra, rb;
		long f;

		if (!(row->flags & DSV_ROW_SHARED))
			continue;
		while ((f = dsv_side_probe(from, row->key, &probe)) >= 0) {
			if (from->tally.rows[f].flags & DSV_ROW_SHARED)
				continue;
			rc = dsv_fetch_row(&a, (size_t)f, &ra);
			if (rc == 0)
				rc = dsv_fetch_row(&b, t, &rb);
			if (rc < 0)
				break;
			if (dsv_layout_same_key(&from->layout, &ra,
						&align->to->layout, &rb))
				from->tally.rows[f].flags |= DSV_ROW_SHARED;
		}
	}
	return rc;
}

/* Patience: tails[k] is the smallest end of a rising run of k + 1. */
size_t dsv_out_of_order(const uint32_t *numbers, size_t n)
{
	uint32_t *tails;
	size_t longest = 0;
	size_t sorted = 1;

	while (sorted < n && numbers[sorted - 1] < numbers[sorted])
		sorted++;
	if (sorted >= n)
		return 0;
	tails = dsv_alloc(n * sizeof(*tails));
	for (size_t i = 0; i < n; i++) {
		size_t low = 0;
		size_t high = longest;

		if (longest > 0 && tails[longest - 1] < numbers[i])
			low = longest;
		while (low < high) {
			size_t mid = low + (high - low) / 2;

			if (tails[mid] < numbers[i])
				low = mid + 1;
			else
				high = mid;
		}
		tails[low] = numbers[i];
		longest += low == longest;
	}
	free(tails);
	return n - longest;
}

static uint64_t count_moved(const struct dsv_align *align)
{
	size_t n_rows = align->to->tally.n_rows;
	uint32_t *order = dsv_alloc(n_rows * sizeof(*order) + 1);
	size_t n = 0;
	size_t moved;

	for (size_t t = 0; t < n_rows; t++)
		if (align->match[t])
			order[n++] = align->match[t];
	moved = dsv_out_of_order(order, n);
	free(order);
	return moved;
}

static int index_side(void *ctx, size_t index)
{
	struct dsv_align *align = ctx;

	return dsv_side_index(index == 0 ? align->from : align->to);
}

int dsv_align_run(struct dsv_align *align, struct dsv_side *from,
		  struct dsv_side *to, struct dsv_pool *pool)
{
	int rc;

	align->from = from;
	align->to = to;
	dsv_bridge_set(&align->bridge, &from->layout, &to->layout);
	dsv_counts_init(&align->counts, &align->bridge);
	align->match =
		dsv_alloc_zero(to->tally.n_rows + 1, sizeof(*align->match));
	rc = dsv_pool_each(pool, 2, index_side, align);
	if (rc == 0)
		rc = spread_shared(align);
	if (rc == 0)
		rc = join(align, pool);
	if (rc == 0)
		rc = dsv_leftover_settle(align, pool);
	if (rc < 0)
		return rc;
	align->moved = count_moved(align);
	return 0;
}

void dsv_align_release(struct dsv_align *align)
{
	dsv_bridge_release(&align->bridge);
	dsv_counts_release(&align->counts);
	free(align->match);
	memset(align, 0, sizeof(*align));
}
