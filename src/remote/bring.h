#ifndef REMOTE_BRING_H
#define REMOTE_BRING_H

#include "remote/holdings.h"
#include "remote/objectset.h"
#include "remote/transfer.h"

/*
 * Objects of a remote into the store, with all that they are made of. A pack of
 * which at least half is wanted comes as a whole, and goes on where it stopped;
 * of others the frames come by ranges and become a pack here. Nothing gets into
 * the store before it was verified: a pack by its digest, frames by their
 * objects.
 */
/* What comes is made from a base that has to be less deep in deltas. */
struct dsv_lean {
	enum dsv_object type;
	struct dsv_id base;
	uint8_t depth;
};

struct dsv_bring {
	struct dsv_repo *repo;
	struct dsv_store *store;
	struct dsv_holdings *holdings;
	struct dsv_progress *progress;
	/* packs up to this many bytes come as a whole anyway */
	uint64_t small;
	/* the number of each: depth + 1 of the frame that came */
	struct dsv_objectset wanted;
	struct dsv_lean *leans; /* bases that no good copy is here of */
	size_t n_leans, leans_cap;
	size_t done; /* of wanted */
	struct dsv_transfer_stats *stats;
};

/** Bring all of wanted that the remote has, and empty it. 1 where anything
 * came, else 0. Reads nothing that would have to be fetched. */
int dsv_bring(struct dsv_bring *bring);
/** True: the remote has it; then it is wanted. */
bool dsv_bring_want(struct dsv_bring *bring, enum dsv_object type,
		    const struct dsv_id *id);

/** One pack as a whole, verified, into the store. */
int dsv_bring_pack(struct dsv_bring *bring, const struct dsv_holding *holding);

#endif
