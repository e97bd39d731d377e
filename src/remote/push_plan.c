#include "remote/push_plan.h"

#include <stdlib.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "base/map.h"
#include "store/repack.h"

static bool is_held(struct dsv_push_plan *plan, enum dsv_object type,
		    const struct dsv_id *id)
{
	struct dsv_held held;

	return dsv_holdings_find(plan->holdings, type, id, &held);
}

/* Can a frame of this depth be made from it there? */
static bool is_good_base(struct dsv_push_plan *plan, enum dsv_object type,
			 const struct dsv_id *id, unsigned depth)
{
	struct dsv_held held;
	struct dsv_copy copy;

	return dsv_holdings_find(plan->holdings, type, id, &held) &&
	       dsv_store_copy_in(plan->store,
				 plan->holdings->items[held.pack].pack, type,
				 id, &copy) &&
	       copy.frame.depth < depth;
}

static int need_part(void *ctx, enum dsv_object type, const struct dsv_id *id)
{
	struct dsv_push_plan *plan = ctx;

	if (!is_held(plan, type, id))
		dsv_objectset_add(&plan->need, type, id);
	return dsv_cancelled();
}

/* What a frame is made of, beside its own bytes. */
static int need_bases(struct dsv_push_plan *plan, const struct dsv_pack *pack,
		      const struct dsv_frame *frame)
{
	struct dsv_id dict;
	int rc;

	for (unsigned i = 0; i < frame->n_bases; i++)
		if (!is_good_base(plan, frame->type, &frame->bases[i],
				  frame->depth))
			dsv_objectset_add(&plan->need, frame->type,
					  &frame->bases[i]);
	if (!dsv_encoding_has_dict(frame->encoding))
		return 0;
	rc = dsv_pack_dict(pack, frame->dict, &dict);
	if (rc == 0 && !is_held(plan, DSV_OBJECT_DICT, &dict))
		dsv_objectset_add(&plan->need, DSV_OBJECT_DICT, &dict);
	return rc;
}

/* The set grows while it is gone through. */
static int close_over_bases(struct dsv_push_plan *plan)
{
	while (plan->done < dsv_objectset_count(&plan->need)) {
		struct dsv_id id;
		enum dsv_object type =
			dsv_objectset_at(&plan->need, plan->done++, &id);
		struct dsv_copy copy;
		int rc;

		rc = dsv_cancelled();
		if (rc == 0 && !dsv_store_copy(plan->store, type, &id, &copy))
			rc = dsv_store_fail_missing(plan->store, type, &id);
		if (rc == 0)
			rc = need_bases(plan, &copy.packed->pack, &copy.frame);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static bool is_whole(const struct dsv_push_plan *plan,
		     const struct dsv_packed *packed)
{
	struct dsv_packidx_entry entry;

	for (size_t i = 0; i < packed->idx.n; i++) {
		dsv_packidx_at(&packed->idx, i, &entry);
		if (!dsv_objectset_find(&plan->need, entry.type, &entry.id))
			return false;
	}
	return true;
}

/* Its frames need not be the copies that were looked at before. */
static int need_bases_of_pack(struct dsv_push_plan *plan,
			      const struct dsv_packed *packed)
{
	uint64_t at = DSV_PACK_HEAD;
	struct dsv_frame frame;
	int rc = 0;

	while (rc == 0 && at < packed->pack.frames_end) {
		rc = dsv_pack_frame(&packed->pack, at, &frame, &at);
		if (rc == 0)
			rc = need_bases(plan, &packed->pack, &frame);
	}
	return rc;
}

/* Packs that hold a copy of something needed, each once. */
static int find_whole(struct dsv_push_plan *plan)
{
	struct dsv_map seen DSV_AUTO(map) = DSV_MAP_INIT;
	size_t n = dsv_objectset_count(&plan->need);
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct dsv_id id;
		enum dsv_object type = dsv_objectset_at(&plan->need, i, &id);
		struct dsv_copy copy;

		if (!dsv_store_copy(plan->store, type, &id, &copy) ||
		    dsv_map_put(&seen, &copy.packed, sizeof(copy.packed))
			    ->value++ ||
		    !is_whole(plan, copy.packed))
			continue;
		DSV_GROW(plan->whole, plan->whole_cap, plan->n_whole + 1);
		plan->whole[plan->n_whole++] = copy.packed;
		rc = need_bases_of_pack(plan, copy.packed);
	}
	return rc;
}

/* Objects of the packs that go as they are, with their depths. */
static void cover(struct dsv_push_plan *plan, struct dsv_objectset *covered)
{
	struct dsv_packidx_entry entry;
	struct dsv_frame frame;

	for (size_t i = 0; i < plan->n_whole; i++) {
		const struct dsv_packed *packed = plan->whole[i];

		for (size_t j = 0; j < packed->idx.n; j++) {
			uint64_t *depth;
			bool anew;

			dsv_packidx_at(&packed->idx, j, &entry);
			if (dsv_pack_frame(&packed->pack, entry.offset, &frame,
					   NULL) < 0)
				continue;
			anew = dsv_objectset_add(covered, entry.type,
						 &entry.id);
			depth = dsv_objectset_find(covered, entry.type,
						   &entry.id);
			if (anew || frame.depth < *depth)
				*depth = frame.depth;
		}
	}
}

/* A base that neither lies there nor, less deep, in what is sent whole. */
static int add_lacking(struct dsv_push_plan *plan,
		       const struct dsv_objectset *covered,
		       const struct dsv_packed *packed)
{
	uint64_t at = DSV_PACK_HEAD;
	struct dsv_frame frame;
	int rc = 0;

	while (rc == 0 && at < packed->pack.frames_end) {
		rc = dsv_pack_frame(&packed->pack, at, &frame, &at);
		for (unsigned i = 0; rc == 0 && i < frame.n_bases; i++) {
			const struct dsv_id *base = &frame.bases[i];
			const uint64_t *depth =
				dsv_objectset_find(covered, frame.type, base);

			if ((!depth || *depth >= frame.depth) &&
			    dsv_objectset_find(&plan->need, frame.type, base))
				dsv_objectset_add(&plan->rest, frame.type,
						  base);
		}
	}
	return rc;
}

static int find_rest(struct dsv_push_plan *plan)
{
	struct dsv_objectset covered DSV_AUTO(objectset) = DSV_OBJECTSET_INIT;
	int rc = 0;

	cover(plan, &covered);
	for (size_t i = 0; i < dsv_objectset_count(&plan->need); i++) {
		struct dsv_id id;
		enum dsv_object type = dsv_objectset_at(&plan->need, i, &id);

		if (!dsv_objectset_find(&covered, type, &id))
			dsv_objectset_add(&plan->rest, type, &id);
	}
	for (size_t i = 0; rc == 0 && i < plan->n_whole; i++)
		rc = add_lacking(plan, &covered, plan->whole[i]);
	return rc;
}

/* What somebody else pushed need not be here. */
static bool is_there_as_a_whole(struct dsv_push_plan *plan,
				const struct dsv_content *content)
{
	return is_held(plan, DSV_OBJECT_MAP, &content->id) ||
	       is_held(plan, DSV_OBJECT_CHUNK, &content->id);
}

static int need_content(struct dsv_push_plan *plan,
			const struct dsv_content *content)
{
	int rc = dsv_content_parts(plan->store, content, need_part, plan);

	if (rc != DSV_EMISSING || !is_there_as_a_whole(plan, content))
		return rc;
	dsv_error_clear();
	return 0;
}

/* Of an older commit: what is not here is no reason to send nothing. */
static bool can_be_left(struct dsv_push_plan *plan,
			const struct dsv_content *content)
{
	return is_there_as_a_whole(plan, content) ||
	       dsv_store_has_content(plan->store, content) <= 0;
}

static int need_all(struct dsv_push_plan *plan,
		    const struct dsv_outgoing *outgoing, size_t *out_missing)
{
	for (size_t i = 0; i < outgoing->n; i++) {
		const struct dsv_content *content = &outgoing->items[i];
		int rc;

		if (i >= outgoing->n_needed && can_be_left(plan, content))
			continue;
		rc = need_content(plan, content);
		if (rc == 0)
			rc = close_over_bases(plan);
		if (rc == DSV_EMISSING)
			*out_missing = i;
		if (rc < 0)
			return rc;
	}
	return 0;
}

int dsv_push_plan_make(struct dsv_push_plan *plan,
		       const struct dsv_outgoing *outgoing, size_t *out_missing)
{
	int rc = need_all(plan, outgoing, out_missing);

	if (rc == 0)
		rc = find_whole(plan);
	if (rc == 0)
		rc = close_over_bases(plan);
	return rc < 0 ? rc : find_rest(plan);
}

int dsv_push_plan_has(void *ctx, enum dsv_object type, const struct dsv_id *id)
{
	struct dsv_push_plan *plan = ctx;

	return !dsv_objectset_find(&plan->need, type, id) &&
	       is_held(plan, type, id);
}

void dsv_push_plan_release(struct dsv_push_plan *plan)
{
	dsv_objectset_release(&plan->need);
	dsv_objectset_release(&plan->rest);
	free(plan->whole);
	plan->whole = NULL;
}
