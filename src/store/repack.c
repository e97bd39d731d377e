#include "store/repack.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "store/mapcode.h"
#include "store/objects.h"
#include "store/packing.h"

struct dsv_repack {
	struct dsv_store *store;
	char *dir;
	bool is_ours; /* the pack belongs to the store */
	bool trusted;
	struct dsv_packing packing;
	uint8_t *depths; /* of each object of packing */
	size_t cap;
	dsv_has_fn has;
	void *ctx;
	struct dsv_buf frame;
	int failed;
};

/* An object that waits for its bases, and what waits for it. */
struct waiting {
	enum dsv_object type;
	const struct dsv_id *id;
	const struct waiting *below;
};

static int add(struct dsv_repack *repack, enum dsv_object type,
	       const struct dsv_id *id, const struct waiting *below);

int dsv_repack_open(struct dsv_repack **out, struct dsv_store *store,
		    const char *dir)
{
	struct dsv_repack *repack DSV_AUTO(repack) =
		dsv_alloc_zero(1, sizeof(*repack));
	int rc;

	repack->store = store;
	repack->dir = dsv_strdup(dir ? dir : dsv_store_packs_dir(store));
	repack->is_ours = dir == NULL;
	dsv_packing_init(&repack->packing, dsv_store_tmp_dir(store));
	rc = dsv_store_hold(store);
	if (rc == 0)
		rc = dsv_store_list(store);
	if (rc < 0)
		return rc;
	*out = dsv_take(&repack);
	return 0;
}

void dsv_repack_free(struct dsv_repack **repackp)
{
	struct dsv_repack *repack = dsv_take(repackp);

	if (!repack)
		return;
	dsv_packing_release(&repack->packing);
	dsv_buf_release(&repack->frame);
	free(repack->depths);
	free(repack->dir);
	free(repack);
}

void dsv_repack_set_has(struct dsv_repack *repack, dsv_has_fn has, void *ctx)
{
	repack->has = has;
	repack->ctx = ctx;
}

void dsv_repack_set_trusted(struct dsv_repack *repack)
{
	repack->trusted = true;
}

static int put(struct dsv_repack *repack, const struct dsv_frame *frame,
	       const struct dsv_id *id)
{
	struct dsv_buf *bytes = &repack->frame;
	size_t entry = dsv_packing_reserve(&repack->packing, frame->type, id);
	int rc;

	DSV_GROW(repack->depths, repack->cap, entry + 1);
	repack->depths[entry] = frame->depth;
	dsv_buf_reset(bytes);
	dsv_frame_write(frame, bytes);
	rc = dsv_packing_put(&repack->packing, entry, bytes->data, bytes->len);
	if (rc < 0)
		repack->failed = rc;
	return rc;
}

/* As if it had neither bases nor a dictionary. */
static int put_whole(struct dsv_repack *repack, enum dsv_object type,
		     const struct dsv_id *id)
{
	struct dsv_buf body DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf bytes DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_coding how = DSV_CODING_INIT;
	struct dsv_frame frame;
	struct dsv_bytes in;
	int rc;

	rc = dsv_store_get(repack->store, type, id, &body);
	if (rc < 0)
		return rc;
	dsv_chunk_encode(type, body.data, body.len, &how, &bytes);
	in = dsv_bytes(bytes.data, bytes.len);
	dsv_frame_read(&frame, &in);
	return put(repack, &frame, id);
}

static int reader_has(struct dsv_repack *repack, enum dsv_object type,
		      const struct dsv_id *id)
{
	return repack->has ? repack->has(repack->ctx, type, id) : 0;
}

static bool is_waiting(const struct waiting *waiting, const struct dsv_id *id)
{
	for (; waiting; waiting = waiting->below)
		if (dsv_id_equal(waiting->id, id))
			return true;
	return false;
}

/*
 * The bases into the pack, or known to the reader; the depth becomes what it
 * is in this pack. 0: the frame cannot stand here, since it is the base of its
 * own base, or the chain has become too long.
 */
static int add_bases(struct dsv_repack *repack, struct dsv_frame *frame,
		     const struct waiting *self)
{
	unsigned deepest = 0;
	bool all_here = true;

	for (unsigned i = 0; i < frame->n_bases; i++) {
		const struct dsv_id *base = &frame->bases[i];
		size_t entry;
		int rc;

		if (is_waiting(self, base))
			return 0;
		rc = reader_has(repack, frame->type, base);
		if (rc == 0)
			rc = add(repack, frame->type, base, self);
		if (rc < 0)
			return rc;
		entry = dsv_packing_find(&repack->packing, frame->type, base);
		if (entry == SIZE_MAX)
			all_here = false;
		else if (repack->depths[entry] >= deepest)
			deepest = repack->depths[entry] + 1u;
	}
	if (all_here || deepest > frame->depth)
		frame->depth = (uint8_t)deepest;
	return frame->depth <= dsv_object_depth(frame->type);
}

/* The number of the frame's dictionary changes to that of this pack. 0: there
 * is no room for it. */
static int add_dict(struct dsv_repack *repack, struct dsv_frame *frame,
		    const struct dsv_id *dict)
{
	int number = dsv_packing_dict(&repack->packing, dict);

	if (number < 0)
		return 0;
	frame->dict = (uint8_t)number;
	return 1;
}

static int bring_dict(struct dsv_repack *repack, const struct dsv_copy *copy,
		      struct dsv_frame *frame, const struct waiting *self)
{
	struct dsv_id dict;
	int rc;

	rc = dsv_pack_dict(&copy->packed->pack, frame->dict, &dict);
	if (rc < 0)
		return rc;
	rc = reader_has(repack, DSV_OBJECT_DICT, &dict);
	if (rc == 0)
		rc = add(repack, DSV_OBJECT_DICT, &dict, self);
	return rc < 0 ? rc : add_dict(repack, frame, &dict);
}

/* What cannot be decoded here for want of a base may go to a reader who has
 * it. */
static int verify(struct dsv_repack *repack, const struct dsv_copy *copy,
		  const struct dsv_id *id)
{
	struct dsv_buf body DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_packidx_entry entry = {
		.id = *id,
		.type = copy->frame.type,
		.offset = copy->offset,
	};
	int rc;

	if (repack->trusted)
		return 0;
	rc = dsv_store_decode(repack->store, copy->packed, &entry, &body);
	return rc == DSV_EMISSING && repack->has ? 0 : rc;
}

static int find_copy(struct dsv_repack *repack, enum dsv_object type,
		     const struct dsv_id *id, struct dsv_copy *out)
{
	int rc;

	if (dsv_store_copy(repack->store, type, id, out))
		return 0;
	rc = dsv_store_has(repack->store, type, id);
	if (rc < 0)
		return rc;
	if (rc && dsv_store_copy(repack->store, type, id, out))
		return 0;
	return dsv_store_fail_missing(repack->store, type, id);
}

static int add_copy(struct dsv_repack *repack, const struct dsv_copy *copy,
		    const struct waiting *self)
{
	struct dsv_frame frame = copy->frame;
	int rc = 1;

	if (dsv_encoding_has_bases(frame.encoding))
		rc = add_bases(repack, &frame, self);
	if (rc > 0 && dsv_encoding_has_dict(frame.encoding))
		rc = bring_dict(repack, copy, &frame, self);
	if (rc < 0)
		return rc;
	return rc ? put(repack, &frame, self->id)
		  : put_whole(repack, self->type, self->id);
}

static int add(struct dsv_repack *repack, enum dsv_object type,
	       const struct dsv_id *id, const struct waiting *below)
{
	struct waiting self = {.type = type, .id = id, .below = below};
	struct dsv_copy copy;
	int rc;

	if (dsv_packing_has(&repack->packing, type, id))
		return 0;
	rc = find_copy(repack, type, id, &copy);
	if (rc < 0)
		return rc;
	rc = verify(repack, &copy, id);
	if (rc == DSV_ECORRUPT)
		return put_whole(repack, type, id); /* of another copy */
	return rc < 0 ? rc : add_copy(repack, &copy, &self);
}

int dsv_repack_add(struct dsv_repack *repack, enum dsv_object type,
		   const struct dsv_id *id)
{
	if (repack->failed)
		return repack->failed;
	return add(repack, type, id, NULL);
}

static int read_foreign(const struct dsv_foreign_frame *foreign,
			struct dsv_frame *out)
{
	struct dsv_bytes in = dsv_bytes(foreign->data, foreign->len);

	dsv_frame_read(out, &in);
	if (!dsv_bytes_ok(&in) || dsv_bytes_left(&in) != 0)
		return dsv_fail(DSV_ECORRUPT, "damaged frame");
	if (out->type != foreign->type)
		return dsv_fail(DSV_ECORRUPT, "a %s in place of a %s",
				dsv_object_name(out->type),
				dsv_object_name(foreign->type));
	if (!dsv_encoding_has_dict(out->encoding))
		return 0;
	if (out->type == DSV_OBJECT_DICT)
		return dsv_fail(DSV_ECORRUPT,
				"a dictionary asks for a dictionary");
	if (out->dict >= foreign->n_dicts)
		return dsv_fail(DSV_ECORRUPT, "no dictionary has the number %u",
				out->dict);
	return 0;
}

int dsv_repack_add_frame(struct dsv_repack *repack,
			 const struct dsv_foreign_frame *foreign)
{
	struct dsv_frame frame;
	int rc;

	if (repack->failed)
		return repack->failed;
	rc = read_foreign(foreign, &frame);
	if (rc < 0)
		return rc;
	if (dsv_packing_has(&repack->packing, foreign->type, &foreign->id))
		return 0;
	if (dsv_encoding_has_dict(frame.encoding) &&
	    !add_dict(repack, &frame, &foreign->dicts[frame.dict]))
		return dsv_fail(DSV_ERANGE, "more dictionaries than one pack "
					    "can have");
	return put(repack, &frame, &foreign->id);
}

int dsv_repack_commit(struct dsv_repack *repack, struct dsv_id *out)
{
	int rc;

	if (repack->failed)
		return repack->failed;
	repack->failed = DSV_EUSAGE; /* nothing more after this */
	if (repack->packing.n == 0)
		return 0;
	rc = dsv_store_hold(repack->store);
	if (rc == 0)
		rc = dsv_packing_commit(&repack->packing, repack->dir, out);
	if (rc == 0 && repack->is_ours)
		rc = dsv_store_adopt(repack->store, out);
	return rc < 0 ? rc : 1;
}

/* A part that is not here does not keep the others back. */
static int give_chunks(struct dsv_store *store,
		       const struct dsv_maproot_node *node, dsv_part_fn fn,
		       void *ctx, int *out_missing)
{
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_extent extents[DSV_NODE_EXTENTS_MAX];
	int rc;

	rc = dsv_store_get(store, DSV_OBJECT_NODE, &node->id, &data);
	if (rc == 0)
		rc = dsv_mapnode_read(extents, node->n, data.data, data.len);
	if (rc == DSV_EMISSING || rc == DSV_ECORRUPT)
		*out_missing = rc;
	if (rc < 0)
		return rc == *out_missing ? 0 : rc;
	for (size_t i = 0; rc == 0 && i < node->n; i++)
		rc = fn(ctx, DSV_OBJECT_CHUNK, &extents[i].id);
	return rc;
}

static int give_map(struct dsv_store *store, const struct dsv_content *content,
		    const struct dsv_buf *data, dsv_part_fn fn, void *ctx)
{
	struct dsv_maproot root DSV_AUTO(maproot) = DSV_MAPROOT_INIT;
	int missing = 0;
	int rc;

	rc = dsv_maproot_read(&root, data->data, data->len);
	if (rc == 0)
		rc = fn(ctx, DSV_OBJECT_MAP, &content->id);
	for (size_t i = 0; rc == 0 && i < root.n; i++)
		rc = fn(ctx, DSV_OBJECT_NODE, &root.nodes[i].id);
	for (size_t i = 0; rc == 0 && i < root.n; i++)
		rc = give_chunks(store, &root.nodes[i], fn, ctx, &missing);
	return rc ? rc : missing;
}

int dsv_content_parts(struct dsv_store *store,
		      const struct dsv_content *content, dsv_part_fn fn,
		      void *ctx)
{
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;
	bool may_be_chunk = content->size <= DSV_CHUNK_MAX;
	int rc;

	if (content->size == 0)
		return 0;
	rc = dsv_store_has(store, DSV_OBJECT_MAP, &content->id);
	if (rc == 0 && may_be_chunk &&
	    dsv_store_has(store, DSV_OBJECT_CHUNK, &content->id) > 0)
		return fn(ctx, DSV_OBJECT_CHUNK, &content->id);
	if (rc >= 0)
		rc = dsv_store_get(store, DSV_OBJECT_MAP, &content->id, &data);
	if (rc == DSV_EMISSING && may_be_chunk &&
	    dsv_store_has(store, DSV_OBJECT_CHUNK, &content->id) > 0)
		return fn(ctx, DSV_OBJECT_CHUNK, &content->id);
	return rc < 0 ? rc : give_map(store, content, &data, fn, ctx);
}
