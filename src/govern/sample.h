#ifndef GOVERN_SAMPLE_H
#define GOVERN_SAMPLE_H

#include <stdint.h>

#include <dsv/auto.h>
#include <dsv/id.h>
#include <dsv/statement.h>

#include "base/digest.h"

/*
 * A sample that anybody can draw again: of each stratum the records with the
 * smallest ranks (docs/formats/audit.md). Records are offered in any order and
 * one at a time; what is held is the sample, never the population.
 *
 *	dsv_sample_init(&sample, plan, &snapshot);
 *	for (each record)
 *		slot = dsv_sample_offer(&sample, stratum, key, len);
 *		if (slot) {
 *			forget(*slot);
 *			*slot = what is kept of the record;
 *		}
 */
struct dsv_sample_entry {
	struct dsv_id rank;
	void *item; /* the caller's; NULL until he sets it */
};

/* A heap: the largest rank stands first. */
struct dsv_sample_stratum {
	struct dsv_sample_entry *entries;
	size_t n;
	size_t cap;
	uint64_t seen; /* records that were offered */
};

struct dsv_sample {
	const struct dsv_statement_plan *plan; /* borrowed */
	struct dsv_sample_stratum *strata;     /* as those of the plan */
	struct dsv_digest digest;
	char snapshot[DSV_ID_HEX];
};

#define DSV_SAMPLE_INIT \
	{               \
		0       \
	}

/** SHA-256 of nonce, snapshot and key, each behind its length. */
void dsv_sample_rank(struct dsv_sample *sample, const char *key, size_t len,
		     struct dsv_id *out);
void dsv_sample_init(struct dsv_sample *sample,
		     const struct dsv_statement_plan *plan,
		     const struct dsv_id *snapshot);
/** Does not free items. */
void dsv_sample_release(struct dsv_sample *sample);
/** Where to keep the record, for it belongs to the sample so far; the item that
 * stands there is no longer in it, and is the caller's. NULL: not drawn. Lent
 * until the next call. */
void **dsv_sample_offer(struct dsv_sample *sample, size_t stratum,
			const char *key, size_t len);

/** Share n out to strata in proportion to their sizes, by the largest
 * remainder (the first of equal ones), at least one each and never more than
 * there are. Fewer than there are strata become as many. Returns the sum. */
uint64_t dsv_sample_allocate(struct dsv_stratum *strata, size_t n_strata,
			     uint64_t n);

DSV_AUTO_RELEASE(sample)

#endif
