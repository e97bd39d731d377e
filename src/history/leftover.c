#include "history/leftover.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"

/* A row by what it holds. */
struct item {
	struct dsv_hash128 content;
	uint32_t row;
};

/* One side, worked on by one thread. */
struct rest {
	struct dsv_align *align;
	struct dsv_side *side;
	enum dsv_move move;
	struct item *items;
	size_t n;
	size_t cap;
	struct dsv_counts counts;
};

static int cmp_content(const struct item *a, const struct item *b)
{
	if (a->content.high != b->content.high)
		return a->content.high < b->content.high ? -1 : 1;
	if (a->content.low != b->content.low)
		return a->content.low < b->content.low ? -1 : 1;
	return 0;
}

static int by_content(const void *ap, const void *bp)
{
	const struct item *a = ap;
	const struct item *b = bp;
	int cmp = cmp_content(a, b);

	if (cmp != 0)
		return cmp;
	return a->row < b->row ? -1 : a->row > b->row;
}

static void add_item(struct rest *rest, size_t row, struct dsv_hash128 content)
{
	DSV_GROW(rest->items, rest->cap, rest->n + 1);
	rest->items[rest->n].row = (uint32_t)row;
	rest->items[rest->n++].content = content;
}

static void sort_items(struct rest *rest)
{
	if (rest->n > 1)
		qsort(rest->items, rest->n, sizeof(*rest->items), by_content);
}

static int gather_shared(void *ctx, size_t index)
{
	struct rest *rest = (struct rest *)ctx + index;
	const struct dsv_tally *tally = &rest->side->tally;
	struct dsv_buf scratch DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_fetch fetch DSV_AUTO(fetch) = DSV_FETCH_INIT;
	struct dsv_record record;
	int rc;

	dsv_fetch_init(&fetch, rest->side);
	for (size_t i = 0; i < tally->n_rows; i++) {
		if (!(tally->rows[i].flags & DSV_ROW_SHARED))
			continue;
		rc = dsv_fetch_row(&fetch, i, &record);
		if (rc == 0 && i % 4096 == 0)
			rc = dsv_cancelled();
		if (rc < 0)
			return rc;
		add_item(rest, i,
			 dsv_layout_content(&rest->side->layout, &record, false,
					    &scratch));
	}
	sort_items(rest);
	return 0;
}

/* Equal contents pair up in the order of the files. */
static void pair_shared(struct rest *from, struct rest *to)
{
	size_t f = 0;
	size_t t = 0;

	while (f < from->n && t < to->n) {
		int cmp = cmp_content(&from->items[f], &to->items[t]);

		if (cmp == 0) {
			uint32_t flags = DSV_ROW_PAIRED | DSV_ROW_DONE;

			from->side->tally.rows[from->items[f].row].flags |=
				flags;
			to->side->tally.rows[to->items[t].row].flags |= flags;
			from->align->counts.unchanged++;
		}
		f += cmp <= 0;
		t += cmp >= 0;
	}
}

/* The records of this side only. Those with a key of their own are kept by the
 * rest of their content. */
static int count_rest(void *ctx, size_t index)
{
	struct rest *rest = (struct rest *)ctx + index;
	const struct dsv_tally *tally = &rest->side->tally;
	struct dsv_buf scratch DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_fetch fetch DSV_AUTO(fetch) = DSV_FETCH_INIT;
	struct dsv_record record;
	int rc;

	rest->n = 0;
	dsv_fetch_init(&fetch, rest->side);
	for (size_t i = 0; i < tally->n_rows; i++) {
		if (tally->rows[i].flags & DSV_ROW_PAIRED)
			continue;
		rc = dsv_fetch_row(&fetch, i, &record);
		if (rc == 0 && i % 4096 == 0)
			rc = dsv_cancelled();
		if (rc < 0)
			return rc;
		dsv_counts_one(&rest->counts, &rest->side->layout, &record,
			       rest->move);
		if (!(tally->rows[i].flags & DSV_ROW_SHARED))
			add_item(rest, i,
				 dsv_layout_content(&rest->side->layout,
						    &record, true, &scratch));
	}
	sort_items(rest);
	return 0;
}

/* The next content that stands once, -1 at the end. */
static long next_single(const struct rest *rest, size_t *at)
{
	while (*at < rest->n) {
		size_t first = *at;

		while (*at < rest->n &&
		       cmp_content(&rest->items[first], &rest->items[*at]) == 0)
			++*at;
		if (*at - first == 1)
			return (long)first;
	}
	return -1;
}

static uint64_t count_rekeyed(const struct rest *from, const struct rest *to)
{
	size_t f_at = 0;
	size_t t_at = 0;
	long f = next_single(from, &f_at);
	long t = next_single(to, &t_at);
	uint64_t n = 0;

	while (f >= 0 && t >= 0) {
		int cmp = cmp_content(&from->items[f], &to->items[t]);

		n += cmp == 0;
		if (cmp <= 0)
			f = next_single(from, &f_at);
		if (cmp >= 0)
			t = next_single(to, &t_at);
	}
	return n;
}

static void take_map(struct dsv_map *into, const struct dsv_map *from)
{
	for (size_t i = 0; i < from->n; i++)
		dsv_map_put(into, from->entries[i].key,
			    from->entries[i].key_len)
			->value += from->entries[i].value;
}

/* Nothing stands on the other side, so all was counted when it was read. */
static void count_all(struct rest *rest)
{
	struct dsv_counts *counts = &rest->align->counts;

	if (rest->move == DSV_MOVE_ADDED)
		counts->added += rest->side->tally.records;
	else
		counts->removed += rest->side->tally.records;
	for (size_t i = 0; i < counts->n_labels; i++)
		take_map(&counts->labels[i].moves[rest->move],
			 &rest->side->tally.labels[i]);
}

static int settle(struct dsv_align *align, struct rest *rests,
		  struct dsv_pool *pool)
{
	int rc = dsv_pool_each(pool, 2, gather_shared, rests);

	if (rc < 0)
		return rc;
	pair_shared(&rests[0], &rests[1]);
	for (size_t i = 0; i < 2; i++)
		dsv_counts_init(&rests[i].counts, &align->bridge);
	rc = dsv_pool_each(pool, 2, count_rest, rests);
	for (size_t i = 0; i < 2; i++)
		dsv_counts_merge(&align->counts, &rests[i].counts);
	if (rc == 0 && align->bridge.to->n_key > 0)
		align->rekeyed = count_rekeyed(&rests[0], &rests[1]);
	return rc;
}

int dsv_leftover_settle(struct dsv_align *align, struct dsv_pool *pool)
{
	struct rest rests[2] = {
		{.align = align, .side = align->from, .move = DSV_MOVE_REMOVED},
		{.align = align, .side = align->to, .move = DSV_MOVE_ADDED},
	};
	int rc = 0;

	if (align->from->tally.n_rows == 0)
		count_all(&rests[1]);
	else if (align->to->tally.n_rows == 0)
		count_all(&rests[0]);
	else
		rc = settle(align, rests, pool);
	free(rests[0].items);
	free(rests[1].items);
	return rc;
}
