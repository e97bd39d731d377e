#ifndef REMOTE_PUSH_PLAN_H
#define REMOTE_PUSH_PLAN_H

#include "remote/holdings.h"
#include "remote/objectset.h"
#include "remote/transfer.h"
#include "store/arrival.h"

/*
 * Which objects a remote lacks, and how they go there: packs of ours of which
 * everything is needed go as they are, the rest is put together anew.
 *
 * What is decoded there must not lean on a copy that is deeper in deltas than
 * its reader allows, nor two packs on each other in a circle. So a base counts
 * as there only where it lies in a pack that is known here too, less deep than
 * what is made of it; otherwise it goes along.
 */
struct dsv_push_plan {
	struct dsv_store *store;
	struct dsv_holdings *holdings;
	struct dsv_objectset need;
	size_t done; /* of need: looked at */
	const struct dsv_packed **whole;
	size_t n_whole, whole_cap;
	struct dsv_objectset rest; /* what goes in a pack of its own */
};

/** DSV_EMISSING where a content that is needed is neither here nor there;
 * out_missing is its number. */
int dsv_push_plan_make(struct dsv_push_plan *plan,
		       const struct dsv_outgoing *outgoing,
		       size_t *out_missing);
/** For dsv_repack_set_has(); ctx is the plan. */
int dsv_push_plan_has(void *ctx, enum dsv_object type, const struct dsv_id *id);
void dsv_push_plan_release(struct dsv_push_plan *plan);

DSV_AUTO_RELEASE(push_plan)

#endif
