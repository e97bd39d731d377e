#ifndef REMOTE_HOLDINGS_H
#define REMOTE_HOLDINGS_H

#include <stdbool.h>

#include "remote/remote.h"
#include "store/packidx.h"

/*
 * What a remote has, by the indexes of its packs. An index never changes: it
 * is verified once and kept in .git/dsv/cache/remote/, or stands beside the
 * same pack here. One without its pack, or whose pack has another length, is
 * passed over.
 */
struct dsv_holding {
	char pack[DSV_ID_HEX];
	struct dsv_packidx idx;
	uint64_t *starts; /* of all frames, sorted; on first use */
	/* names of the dictionaries; on first use */
	struct dsv_buf dicts;
	uint64_t frames_end; /* 0: not known yet */
	bool came;	     /* as a whole, since it was opened */
};

struct dsv_holdings {
	struct dsv_repo *repo;
	struct dsv_remote *remote;
	struct dsv_holding *items; /* by name of the pack */
	size_t n, cap;
	size_t last; /* where the last object was found */
};

struct dsv_held {
	size_t pack; /* number of a holding */
	uint64_t offset;
};

/** Borrows both until it is freed.
 *
 * @error  DSV_ECORRUPT  an index is damaged there */
int dsv_holdings_open(struct dsv_holdings **out, struct dsv_repo *repo,
		      struct dsv_remote *remote);
void dsv_holdings_free(struct dsv_holdings **holdings);

/** Does this pack have it? */
bool dsv_holding_has(const struct dsv_holding *holding, enum dsv_object type,
		     const struct dsv_id *id);
/** Is it there? Not for several threads. */
bool dsv_holdings_find(struct dsv_holdings *holdings, enum dsv_object type,
		       const struct dsv_id *id, struct dsv_held *out);

DSV_AUTO_FREE(holdings)

#endif
