#ifndef REMOTE_TRANSFER_H
#define REMOTE_TRANSFER_H

#include <dsv/repo.h>

#include "remote/remote.h"

/*
 * Objects of the store to and from a remote. What is needed is told by the
 * contents (pointers) of commits; what is there by the indexes of the remote's
 * packs, which are kept in .git/dsv/cache/remote/ since they never change.
 *
 * push: objects that the remote lacks, with the bases of their deltas. A pack
 * of ours that is needed as a whole goes as it is; of others a pack is made of
 * what is needed (store/repack.h).
 *
 * fetch: objects that are not here, with the bases of their deltas. A remote
 * pack of which at least half is needed comes as a whole (and goes on where it
 * stopped); of others the ranges of the frames come and become a pack here.
 */
struct dsv_transfer_stats {
	uint64_t objects;
	uint64_t packs;
	uint64_t bytes; /* of packs and indexes, over the wire */
	size_t missing; /* of contents: that neither side has; SIZE_MAX: none */
};

#define DSV_TRANSFER_STATS_INIT     \
	{                           \
		.missing = SIZE_MAX \
	}

/* What is pushed, each content once: those that must be there afterwards, then
 * those that may be lacking on both sides. */
struct dsv_outgoing {
	const struct dsv_content *items;
	size_t n;
	size_t n_needed;
};

/** All of it is durable there when it
 * returns, packs before indexes.
 *
 * @error  DSV_EMISSING  a content is neither here nor there: out->missing */
int dsv_transfer_push(struct dsv_repo *repo, struct dsv_remote *remote,
		      const struct dsv_outgoing *outgoing,
		      struct dsv_transfer_stats *out);
/** DSV_EMISSING names the first content that the remote has not; what it has
 * was brought. */
int dsv_transfer_fetch(struct dsv_repo *repo, struct dsv_remote *remote,
		       const struct dsv_content *contents, size_t n,
		       struct dsv_transfer_stats *out);

#endif
