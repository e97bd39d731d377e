#include "remote/ranges.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "base/codec.h"
#include "base/pool.h"
#include "store/chunk.h"
#include "store/pack.h"

#define THREADS	  8u
#define PIECE_MAX (512u * 1024u) /* bytes that are asked for at once... */
#define GAP_MAX	  4096u		 /* ...with so many between that nobody needs */
/* What stands in a frame beside its payload: tag, two lengths, dictionary,
 * depth, names of bases. */
#define HEAD_MAX   (1u + 10u + 10u + 1u + 1u + DSV_DELTA_BASES_MAX * DSV_ID_SIZE)
#define TAIL	   40u /* number of dictionaries, number of frames, digest */
#define TAIL_FIRST (TAIL + 8u * DSV_ID_SIZE) /* mostly all of it */

struct piece {
	uint64_t from;
	uint64_t len;
	size_t first; /* item... */
	size_t n;     /* ...and how many */
	struct dsv_buf data;
};

struct getting {
	const struct dsv_ranges *ranges;
	struct dsv_holding *holding;
	char *name;
	struct piece pieces[THREADS];
	size_t n_pieces;
};

static int fail_damaged(const struct getting *getting)
{
	return dsv_fail(DSV_ECORRUPT, "%s: '%s' is damaged there",
			getting->ranges->holdings->remote->url, getting->name);
}

static int by_number(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a;
	uint64_t right = *(const uint64_t *)b;

	return left < right ? -1 : left > right;
}

static void find_starts(struct dsv_holding *holding)
{
	const struct dsv_packidx *idx = &holding->idx;
	struct dsv_packidx_entry entry;

	if (holding->starts)
		return;
	holding->starts = dsv_alloc_zero(idx->n + 1, sizeof(uint64_t));
	for (size_t i = 0; i < idx->n; i++) {
		dsv_packidx_at(idx, i, &entry);
		holding->starts[i] = entry.offset;
	}
	if (idx->n)
		qsort(holding->starts, idx->n, sizeof(uint64_t), by_number);
}

/* The last bytes of the pack; returns those of the dictionaries' names. */
static int get_tail(struct getting *getting, uint64_t len, struct dsv_buf *out,
		    size_t *out_len)
{
	uint64_t size = getting->holding->idx.pack_size;
	struct dsv_remote_range range = {.from = size - len, .len = len};
	struct dsv_bytes in;
	int rc;

	dsv_buf_reset(out);
	rc = dsv_remote_get(getting->ranges->holdings->remote, getting->name,
			    &range, out);
	if (rc < 0)
		return rc;
	in = dsv_bytes(out->data + out->len - TAIL, TAIL);
	*out_len = (size_t)dsv_get_u32(&in) * DSV_ID_SIZE;
	if (*out_len > DSV_FRAME_DICTS_MAX * DSV_ID_SIZE ||
	    size < DSV_PACK_HEAD + *out_len + TAIL)
		return fail_damaged(getting);
	return 0;
}

/* Where frames end, and the dictionaries; once. */
static int read_tail(struct getting *getting)
{
	struct dsv_holding *holding = getting->holding;
	uint64_t size = holding->idx.pack_size;
	struct dsv_buf tail DSV_AUTO(buf) = DSV_BUF_INIT;
	size_t len;
	int rc;

	if (holding->frames_end)
		return 0;
	if (size < TAIL + DSV_PACK_HEAD)
		return fail_damaged(getting);
	rc = get_tail(getting, size < TAIL_FIRST ? size : TAIL_FIRST, &tail,
		      &len);
	if (rc == 0 && len > tail.len - TAIL)
		rc = get_tail(getting, len + TAIL, &tail, &len);
	if (rc == 0 && len > tail.len - TAIL)
		return fail_damaged(getting);
	if (rc < 0)
		return rc;
	dsv_buf_add(&holding->dicts, tail.data + tail.len - TAIL - len, len);
	holding->frames_end = size - TAIL - len;
	return 0;
}

/* Where the frame ends at the latest. */
static uint64_t end_of(const struct getting *getting,
		       const struct dsv_range_item *item)
{
	const struct dsv_holding *holding = getting->holding;
	uint64_t limit = item->offset + dsv_object_limit(item->type) + HEAD_MAX;
	const uint64_t *at =
		bsearch(&item->offset, holding->starts, holding->idx.n,
			sizeof(uint64_t), by_number);
	uint64_t end = holding->frames_end;

	if (at && at + 1 < holding->starts + holding->idx.n && at[1] < end)
		end = at[1];
	return end < limit ? end : limit;
}

/* The next pieces, from item `first` on; returns the first that is not in
 * them, or negative. */
static long cut_pieces(struct getting *getting, size_t first)
{
	const struct dsv_ranges *ranges = getting->ranges;
	size_t i = first;

	getting->n_pieces = 0;
	while (i < ranges->n && getting->n_pieces < THREADS) {
		struct piece *piece = &getting->pieces[getting->n_pieces++];
		const struct dsv_range_item *item = &ranges->items[i];
		uint64_t end = end_of(getting, item);

		if (item->offset < DSV_PACK_HEAD || end <= item->offset)
			return fail_damaged(getting);
		piece->from = item->offset;
		piece->first = i;
		while (++i < ranges->n &&
		       ranges->items[i].offset <= end + GAP_MAX &&
		       end - piece->from < PIECE_MAX)
			end = end_of(getting, &ranges->items[i]);
		piece->n = i - piece->first;
		piece->len = end - piece->from;
	}
	return (long)i;
}

static int get_piece(void *ctx, size_t i)
{
	struct getting *getting = ctx;
	struct piece *piece = &getting->pieces[i];
	struct dsv_remote_range range = {.from = piece->from,
					 .len = piece->len};
	int rc;

	dsv_buf_reset(&piece->data);
	rc = dsv_remote_get(getting->ranges->holdings->remote, getting->name,
			    &range, &piece->data);
	if (rc == 0)
		dsv_progress_add(getting->ranges->progress, piece->len);
	return rc;
}

static int give_frame(const struct getting *getting, const struct piece *piece,
		      const struct dsv_range_item *item, dsv_frame_fn fn,
		      void *ctx)
{
	uint64_t at = item->offset - piece->from;
	uint64_t room = end_of(getting, item) - item->offset;
	struct dsv_foreign_frame foreign = {
		.type = item->type,
		.id = item->id,
		.data = piece->data.data + at,
		.dicts = (const struct dsv_id *)getting->holding->dicts.data,
		.n_dicts = getting->holding->dicts.len / DSV_ID_SIZE,
	};
	struct dsv_frame frame;
	struct dsv_bytes in;

	if (at > piece->data.len || room > piece->data.len - at)
		return fail_damaged(getting);
	in = dsv_bytes(foreign.data, room);
	dsv_frame_read(&frame, &in);
	if (!dsv_bytes_ok(&in) || frame.type != item->type)
		return fail_damaged(getting);
	foreign.len = room - dsv_bytes_left(&in);
	return fn(ctx, &foreign);
}

static int give_pieces(struct getting *getting, dsv_frame_fn fn, void *ctx)
{
	for (size_t i = 0; i < getting->n_pieces; i++) {
		const struct piece *piece = &getting->pieces[i];

		for (size_t j = 0; j < piece->n; j++) {
			int rc = give_frame(
				getting, piece,
				&getting->ranges->items[piece->first + j], fn,
				ctx);

			if (rc < 0)
				return rc;
		}
	}
	return 0;
}

static int get_all(struct getting *getting, struct dsv_pool *pool,
		   dsv_frame_fn fn, void *ctx)
{
	size_t at = 0;

	while (at < getting->ranges->n) {
		long next = cut_pieces(getting, at);
		int rc = next < 0 ? (int)next : 0;

		if (rc == 0)
			rc = dsv_pool_each(pool, getting->n_pieces, get_piece,
					   getting);
		if (rc == 0)
			rc = give_pieces(getting, fn, ctx);
		if (rc < 0)
			return rc;
		at = (size_t)next;
	}
	return 0;
}

static int by_offset(const void *a, const void *b)
{
	return by_number(&((const struct dsv_range_item *)a)->offset,
			 &((const struct dsv_range_item *)b)->offset);
}

int dsv_ranges_get(const struct dsv_ranges *ranges, dsv_frame_fn fn, void *ctx)
{
	struct dsv_pool *pool DSV_AUTO(pool) = NULL;
	struct getting getting = {
		.ranges = ranges,
		.holding = &ranges->holdings->items[ranges->pack],
	};
	char *name DSV_AUTO(str) =
		dsv_strf("packs/%s.pack", getting.holding->pack);
	int rc;

	getting.name = name;
	if (ranges->n)
		qsort(ranges->items, ranges->n, sizeof(*ranges->items),
		      by_offset);
	find_starts(getting.holding);
	rc = read_tail(&getting);
	if (rc == 0)
		rc = dsv_pool_open(&pool, THREADS);
	if (rc == 0)
		rc = get_all(&getting, pool, fn, ctx);
	for (size_t i = 0; i < THREADS; i++)
		dsv_buf_release(&getting.pieces[i].data);
	return rc;
}
