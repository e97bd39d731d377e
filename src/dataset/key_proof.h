#ifndef DATASET_KEY_PROOF_H
#define DATASET_KEY_PROOF_H

#include <dsv/propose.h>

#include "dataset/reading.h"
#include "dataset/source.h"

/*
 * Is each key there only once? A pass over the records puts 96-bit hashes of
 * their keys into a table. What does not fit into one table is split by hash
 * over several passes, so memory is bounded and the answer still holds for
 * all records, up to DSV_PROPOSE_PROVED of them.
 */
#define DSV_PROOF_RECORDS (1u << 21) /* keys of one pass: 64 MiB of table */

/** Called for each record whose key an earlier one has (other_line its line),
 * or that has none (other_line 0). Non-zero stops the proof. */
typedef int (*dsv_proof_fn)(void *ctx, const struct dsv_record *record,
			    uint64_t other_line, const char *key);

struct dsv_proof {
	uint64_t duplicates;  /* records whose key an earlier one has */
	uint64_t without_key; /* records whose key fields are all empty */
	bool complete;	      /* all records were looked at */
};

struct dsv_proof_opts {
	uint64_t records;   /* how many there are, about */
	bool first_only;    /* stop at the first duplicate */
	dsv_proof_fn found; /* may be NULL */
	void *ctx;
};

int dsv_proof_run(struct dsv_proof *out, struct dsv_source *source,
		  const struct dsv_reading *reading,
		  const struct dsv_strlist *key,
		  const struct dsv_proof_opts *opts);

#endif
