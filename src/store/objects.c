#include "store/objects.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "base/digest.h"
#include "store/mapcode.h"
#include "store/store_private.h"

enum how {
	FETCH = 1u << 0,  /* what is not here: look for packs, then ask */
	VERIFY = 1u << 1, /* every object on the way, by its digest */
};

static int read_object(struct dsv_store *store, enum dsv_object type,
		       const struct dsv_id *id, unsigned how,
		       unsigned max_depth, struct dsv_buf *out);

int dsv_object_verify(enum dsv_object type, const struct dsv_id *id,
		      const char *data, size_t len)
{
	struct dsv_id actual;

	if (type == DSV_OBJECT_MAP)
		return dsv_maproot_verify(data, len, id);
	dsv_id_of(data, len, &actual);
	if (!dsv_id_equal(&actual, id))
		return dsv_fail(DSV_ECORRUPT,
				"its bytes do not match its name");
	return 0;
}

static const struct dsv_dict *cached_dict(struct dsv_store *store,
					  const struct dsv_id *id)
{
	const struct dsv_dict *found = NULL;

	pthread_mutex_lock(&store->dict_lock);
	for (size_t i = 0; i < store->n_dicts && !found; i++)
		if (dsv_id_equal(dsv_dict_id(store->dicts[i]), id))
			found = store->dicts[i];
	pthread_mutex_unlock(&store->dict_lock);
	return found;
}

/* Two threads may bring the same one: the later copy is simply kept too. */
static const struct dsv_dict *keep_dict(struct dsv_store *store,
					const struct dsv_id *id,
					const struct dsv_buf *data)
{
	struct dsv_dict *dict;

	dsv_dict_new(&dict, id, data->data, data->len);
	pthread_mutex_lock(&store->dict_lock);
	DSV_GROW(store->dicts, store->dicts_cap, store->n_dicts + 1);
	store->dicts[store->n_dicts++] = dict;
	pthread_mutex_unlock(&store->dict_lock);
	return dict;
}

int dsv_store_dict(struct dsv_store *store, const struct dsv_id *id,
		   const struct dsv_dict **out)
{
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc;

	*out = cached_dict(store, id);
	if (*out)
		return 0;
	rc = dsv_store_get(store, DSV_OBJECT_DICT, id, &data);
	if (rc < 0)
		return rc;
	*out = keep_dict(store, id, &data);
	return 0;
}

/* A dictionary is never packed with a dictionary: no way round in circles. */
static int dict_of_frame(struct dsv_store *store, const struct dsv_pack *pack,
			 const struct dsv_frame *frame,
			 const struct dsv_dict **out)
{
	struct dsv_id id;
	int rc;

	if (frame->type == DSV_OBJECT_DICT)
		return dsv_fail(DSV_ECORRUPT,
				"a dictionary asks for a dictionary");
	rc = dsv_pack_dict(pack, frame->dict, &id);
	if (rc < 0)
		return rc;
	return dsv_store_dict(store, &id, out);
}

void dsv_store_lend(struct dsv_store *store, const struct dsv_lent *chunks,
		    size_t n)
{
	store->lent = chunks;
	store->n_lent = n;
}

static int by_id(const void *id, const void *lent)
{
	return dsv_id_cmp(id, &((const struct dsv_lent *)lent)->id);
}

static const struct dsv_lent *find_lent(const struct dsv_store *store,
					enum dsv_object type,
					const struct dsv_id *id)
{
	if (type != DSV_OBJECT_CHUNK || store->n_lent == 0)
		return NULL;
	return bsearch(id, store->lent, store->n_lent, sizeof(*store->lent),
		       by_id);
}

static int read_bases(struct dsv_store *store, const struct dsv_frame *frame,
		      unsigned how, struct dsv_buf *out)
{
	struct dsv_buf base DSV_AUTO(buf) = DSV_BUF_INIT;

	for (unsigned i = 0; i < frame->n_bases; i++) {
		const struct dsv_lent *lent =
			find_lent(store, frame->type, &frame->bases[i]);
		int rc;

		if (lent) {
			dsv_buf_add(out, lent->data, lent->len);
			continue;
		}
		rc = read_object(store, frame->type, &frame->bases[i], how,
				 frame->depth - 1u, i ? &base : out);

		if (rc < 0)
			return rc;
		if (i)
			dsv_buf_add(out, base.data, base.len);
	}
	return 0;
}

static int decode_frame(struct dsv_store *store, const struct dsv_pack *pack,
			const struct dsv_frame *frame, unsigned how, char *to)
{
	struct dsv_buf base DSV_AUTO(buf) = DSV_BUF_INIT;
	const struct dsv_dict *dict = NULL;
	int rc = 0;

	if (dsv_encoding_has_dict(frame->encoding))
		rc = dict_of_frame(store, pack, frame, &dict);
	if (rc == 0 && dsv_encoding_has_bases(frame->encoding))
		rc = read_bases(store, frame, how, &base);
	if (rc < 0)
		return rc;
	return dsv_chunk_decode(frame, dict, base.data, base.len, to);
}

static int check_frame(const struct dsv_frame *frame, enum dsv_object type,
		       unsigned max_depth)
{
	if (frame->type != type)
		return dsv_fail(DSV_ECORRUPT, "the index says %s, the pack %s",
				dsv_object_name(type),
				dsv_object_name(frame->type));
	if (frame->depth > max_depth)
		return dsv_fail(DSV_ECORRUPT, "a chain of deltas is too long");
	return 0;
}

static int fail_in_pack(int rc, const struct dsv_packed *packed,
			enum dsv_object type, const struct dsv_id *id)
{
	char hex[DSV_ID_HEX];

	return dsv_fail_prefix(rc, "%s '%s' in pack '%s.pack'",
			       dsv_object_name(type), dsv_id_hex(id, hex),
			       packed->name);
}

static int decode_place(struct dsv_store *store,
			const struct dsv_packed *packed, uint64_t offset,
			enum dsv_object type, unsigned how, unsigned max_depth,
			struct dsv_buf *out)
{
	struct dsv_frame frame;
	int rc;

	rc = dsv_pack_frame(&packed->pack, offset, &frame, NULL);
	if (rc == 0)
		rc = check_frame(&frame, type, max_depth);
	if (rc < 0)
		return rc;
	dsv_buf_reset(out);
	dsv_buf_reserve(out, frame.raw_len);
	rc = decode_frame(store, &packed->pack, &frame, how, out->data);
	if (rc < 0)
		return rc;
	out->len = frame.raw_len;
	out->data[out->len] = '\0';
	return 0;
}

/* The digest of the object covers its bases; one by one they are verified only
 * to name the damaged one, or to find another copy of it. */
static int decode_copy(struct dsv_store *store, const struct dsv_places *places,
		       unsigned how, unsigned max_depth, struct dsv_buf *out)
{
	int rc = decode_place(store, places->packed, places->offset,
			      places->type, how & ~(unsigned)VERIFY, max_depth,
			      out);

	if (!(how & VERIFY) || rc == DSV_EMISSING)
		return rc;
	if (rc == 0 && dsv_object_verify(places->type, places->id, out->data,
					 out->len) == 0)
		return 0;
	rc = decode_place(store, places->packed, places->offset, places->type,
			  how, max_depth, out);
	if (rc < 0)
		return rc;
	return dsv_object_verify(places->type, places->id, out->data, out->len);
}

/* Every copy of the object until one can be decoded; 1 done, 0 no copy. */
static int try_copies(struct dsv_store *store, enum dsv_object type,
		      const struct dsv_id *id, unsigned how, unsigned max_depth,
		      struct dsv_buf *out)
{
	struct dsv_places places = DSV_PLACES(type, id);
	int rc = 0;

	while (dsv_places_next(store, &places)) {
		rc = decode_copy(store, &places, how, max_depth, out);
		if (rc == 0)
			return 1;
		rc = fail_in_pack(rc, places.packed, type, id);
	}
	return rc;
}

/* One thread at a time asks; what it brought may be what the next one needs. */
static int fetch(struct dsv_store *store, enum dsv_object type,
		 const struct dsv_id *id)
{
	int rc;

	pthread_mutex_lock(&store->fetch_lock);
	rc = dsv_store_has(store, type, id);
	if (rc == 0 && store->fetch)
		rc = store->fetch(store->fetch_ctx, type, id, 1);
	pthread_mutex_unlock(&store->fetch_lock);
	return rc;
}

static int read_object(struct dsv_store *store, enum dsv_object type,
		       const struct dsv_id *id, unsigned how,
		       unsigned max_depth, struct dsv_buf *out)
{
	int rc = dsv_store_list(store);

	if (rc == 0)
		rc = try_copies(store, type, id, how, max_depth, out);
	if (rc == 0 && how & FETCH) {
		rc = fetch(store, type, id);
		if (rc > 0)
			rc = dsv_store_has(store, type, id);
		if (rc > 0)
			rc = try_copies(store, type, id, how, max_depth, out);
	}
	if (rc == 0)
		return dsv_store_fail_missing(store, type, id);
	return rc < 0 ? rc : 0;
}

int dsv_store_get(struct dsv_store *store, enum dsv_object type,
		  const struct dsv_id *id, struct dsv_buf *out)
{
	return read_object(store, type, id, FETCH | VERIFY,
			   dsv_object_depth(type), out);
}

/* The first copy, where it can be decoded to exactly len bytes. */
static bool get_quickly(struct dsv_store *store, enum dsv_object type,
			const struct dsv_id *id, char *to, size_t len)
{
	struct dsv_places places = DSV_PLACES(type, id);
	struct dsv_frame frame;

	return dsv_places_next(store, &places) &&
	       dsv_pack_frame(&places.packed->pack, places.offset, &frame,
			      NULL) == 0 &&
	       check_frame(&frame, type, dsv_object_depth(type)) == 0 &&
	       frame.raw_len == len &&
	       decode_frame(store, &places.packed->pack, &frame, FETCH, to) ==
		       0;
}

int dsv_store_get_raw(struct dsv_store *store, enum dsv_object type,
		      const struct dsv_id *id, char *to, size_t len)
{
	struct dsv_buf body DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc;

	if (get_quickly(store, type, id, to, len))
		return 0;
	rc = dsv_store_get(store, type, id, &body);
	if (rc < 0)
		return rc;
	if (body.len != len)
		return dsv_fail(DSV_ECORRUPT,
				"a chunk of %zu bytes is listed "
				"with %zu",
				body.len, len);
	memcpy(to, body.data, len);
	return 0;
}

static int depth_of(struct dsv_store *store, enum dsv_object type,
		    const struct dsv_id *id, uint8_t *out)
{
	struct dsv_places places = DSV_PLACES(type, id);
	struct dsv_frame frame;
	uint8_t deepest = 0;

	while (dsv_places_next(store, &places)) {
		int rc = dsv_pack_frame(&places.packed->pack, places.offset,
					&frame, NULL);

		if (rc < 0)
			return rc;
		if (frame.depth > deepest)
			deepest = frame.depth;
	}
	*out = deepest;
	return 0;
}

int dsv_store_base(struct dsv_store *store, enum dsv_object type,
		   const struct dsv_id *id, struct dsv_buf *out,
		   uint8_t *out_depth)
{
	int rc = depth_of(store, type, id, out_depth);

	if (rc < 0)
		return rc;
	if (*out_depth >= dsv_object_depth(type))
		return dsv_fail(DSV_ERANGE, "a chain of deltas is full");
	return read_object(store, type, id, VERIFY, dsv_object_depth(type),
			   out);
}

int dsv_store_copy(struct dsv_store *store, enum dsv_object type,
		   const struct dsv_id *id, struct dsv_copy *out)
{
	struct dsv_places places = DSV_PLACES(type, id);
	int found = 0;

	while (dsv_places_next(store, &places)) {
		struct dsv_copy copy = {.packed = places.packed,
					.offset = places.offset};

		if (atomic_load(&places.packed->gone) ||
		    dsv_pack_frame(&places.packed->pack, places.offset,
				   &copy.frame, NULL) < 0 ||
		    copy.frame.type != type ||
		    (found && copy.frame.depth >= out->frame.depth))
			continue;
		*out = copy;
		found = 1;
	}
	return found;
}

int dsv_store_decode(struct dsv_store *store, const struct dsv_packed *packed,
		     const struct dsv_packidx_entry *entry, struct dsv_buf *out)
{
	int rc = decode_place(store, packed, entry->offset, entry->type, VERIFY,
			      dsv_object_depth(entry->type), out);

	if (rc < 0)
		return rc;
	return dsv_object_verify(entry->type, &entry->id, out->data, out->len);
}
