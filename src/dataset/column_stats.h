#ifndef DATASET_COLUMN_STATS_H
#define DATASET_COLUMN_STATS_H

#include <dsv/propose.h>

#include "base/map.h"

/*
 * What one column holds, from one pass with bounded memory. Distinct values are
 * counted by a set of 64-bit hashes up to `exact_max`, above that by
 * HyperLogLog; the first DSV_PROPOSE_VALUES are kept with their counts.
 */
#define DSV_HLL_BITS	  12u
#define DSV_HLL_REGISTERS (1u << DSV_HLL_BITS)
/* 2.5 values a register, above which HyperLogLog needs no correction; three
 * quarters of a power of two, so that the set is well filled. */
#define DSV_EXACT_LEAST 12287u

struct dsv_column_stats {
	uint64_t filled;
	uint64_t numeric;
	uint64_t max_len;
	size_t exact_max;
	uint64_t *set; /* 0 is a free slot */
	size_t n_slots;
	size_t n_set;
	bool is_exact;	    /* the set holds every value */
	uint8_t *registers; /* since it does not */
	struct dsv_map values;
	bool listed; /* values holds every value */
};

/** exact_max is at least DSV_EXACT_LEAST. */
void dsv_column_stats_init(struct dsv_column_stats *stats, size_t exact_max);
void dsv_column_stats_release(struct dsv_column_stats *stats);
void dsv_column_stats_add(struct dsv_column_stats *stats,
			  const struct dsv_field *field);
/** name and empty are the caller's. unique is set where it is proved. */
void dsv_column_stats_finish(struct dsv_column_stats *stats, uint64_t records,
			     struct dsv_column *out);

#endif
