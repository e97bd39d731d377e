#ifndef HISTORY_ALIGN_H
#define HISTORY_ALIGN_H

#include "base/pool.h"
#include "history/counts.h"
#include "history/side.h"

/*
 * Which record of one side is which of the other.
 *
 * Rows whose key is the only one of its kind on either side are joined by it:
 * first the row behind the last match is tried, which is right nearly always,
 * then the index. Equal bytes under equal columns are equal; else both records
 * are read again and compared, the key as well, so a hash decides nothing. Rows
 * that share their key, or have none, are matched as a multiset by a 128-bit
 * hash, seeded for each process, of all they hold.
 *
 * Cost: a look at each row, a read of those that differ.
 */
struct dsv_align {
	struct dsv_side *from;
	struct dsv_side *to;
	struct dsv_bridge bridge;
	uint32_t *match; /* of each row of `to`: row of from + 1, or 0 */
	struct dsv_counts counts;
	uint64_t moved;
	uint64_t rekeyed;
};

#define DSV_ALIGN_INIT \
	{              \
		0      \
	}

/**
 * Both sides are read, not indexed yet, their columns known. pool may be NULL.
 * After it a row is DONE (equal on both sides), PAIRED (its match differs), or
 * neither (on one side only).
 *
 * @owner  borrows the sides
 */
int dsv_align_run(struct dsv_align *align, struct dsv_side *from,
		  struct dsv_side *to, struct dsv_pool *pool);
void dsv_align_release(struct dsv_align *align);

/** How many of n different numbers stand outside a longest rising
 * subsequence. */
size_t dsv_out_of_order(const uint32_t *numbers, size_t n);

DSV_AUTO_RELEASE(align)

#endif
