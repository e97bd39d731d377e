#include "store/arrival.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "base/fs.h"
#include "store/store_private.h"

int dsv_store_copy_in(struct dsv_store *store, const char *pack,
		      enum dsv_object type, const struct dsv_id *id,
		      struct dsv_copy *out)
{
	struct dsv_places places = DSV_PLACES(type, id);

	while (dsv_places_next(store, &places)) {
		struct dsv_copy copy = {.packed = places.packed,
					.offset = places.offset};

		if (strcmp(places.packed->name, pack) != 0 ||
		    dsv_pack_frame(&places.packed->pack, places.offset,
				   &copy.frame, NULL) < 0 ||
		    copy.frame.type != type)
			continue;
		*out = copy;
		return 1;
	}
	return 0;
}

/* A pack that is looked at, with the dictionaries that it brought. */
struct arrival {
	struct dsv_store *store;
	struct dsv_packidx idx;
	struct dsv_pack pack;
	struct dsv_dict **dicts;
	size_t n_dicts, dicts_cap;
};

static void arrival_release(struct arrival *arrival)
{
	for (size_t i = 0; i < arrival->n_dicts; i++)
		dsv_dict_free(&arrival->dicts[i]);
	free(arrival->dicts);
	dsv_packidx_release(&arrival->idx);
	dsv_pack_release(&arrival->pack);
}

static int decode(struct arrival *arrival, enum dsv_object type,
		  const struct dsv_id *id, unsigned max_depth,
		  struct dsv_buf *out);

static int decode_here(struct arrival *arrival, enum dsv_object type,
		       const struct dsv_id *id, unsigned max_depth,
		       struct dsv_buf *out)
{
	struct dsv_packidx_entry entry = {.id = *id, .type = type};
	struct dsv_copy copy;

	if (!dsv_store_copy(arrival->store, type, id, &copy))
		return dsv_store_fail_missing(arrival->store, type, id);
	if (copy.frame.depth > max_depth)
		return dsv_fail(DSV_ECORRUPT, "a chain of deltas is too long");
	entry.offset = copy.offset;
	return dsv_store_decode(arrival->store, copy.packed, &entry, out);
}

/* The one that came with the pack is kept, so that it is prepared once. */
static int find_dict(struct arrival *arrival, const struct dsv_frame *frame,
		     const struct dsv_dict **out)
{
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_id id;
	int rc;

	if (frame->type == DSV_OBJECT_DICT)
		return dsv_fail(DSV_ECORRUPT,
				"a dictionary asks for a dictionary");
	rc = dsv_pack_dict(&arrival->pack, frame->dict, &id);
	for (size_t i = 0; rc == 0 && i < arrival->n_dicts; i++) {
		*out = arrival->dicts[i];
		if (dsv_id_equal(dsv_dict_id(*out), &id))
			return 0;
	}
	if (rc == 0)
		rc = decode(arrival, DSV_OBJECT_DICT, &id, 0, &data);
	if (rc < 0)
		return rc;
	DSV_GROW(arrival->dicts, arrival->dicts_cap, arrival->n_dicts + 1);
	dsv_dict_new(&arrival->dicts[arrival->n_dicts], &id, data.data,
		     data.len);
	*out = arrival->dicts[arrival->n_dicts++];
	return 0;
}

static int decode_bases(struct arrival *arrival, const struct dsv_frame *frame,
			struct dsv_buf *out)
{
	struct dsv_buf base DSV_AUTO(buf) = DSV_BUF_INIT;

	for (unsigned i = 0; i < frame->n_bases; i++) {
		int rc = decode(arrival, frame->type, &frame->bases[i],
				frame->depth - 1u, &base);

		if (rc < 0)
			return rc;
		dsv_buf_add(out, base.data, base.len);
	}
	return 0;
}

static int decode_frame(struct arrival *arrival, const struct dsv_frame *frame,
			struct dsv_buf *out)
{
	struct dsv_buf bases DSV_AUTO(buf) = DSV_BUF_INIT;
	const struct dsv_dict *dict = NULL;
	int rc = 0;

	if (dsv_encoding_has_dict(frame->encoding))
		rc = find_dict(arrival, frame, &dict);
	if (rc == 0 && dsv_encoding_has_bases(frame->encoding))
		rc = decode_bases(arrival, frame, &bases);
	if (rc < 0)
		return rc;
	dsv_buf_reset(out);
	dsv_buf_reserve(out, frame->raw_len);
	rc = dsv_chunk_decode(frame, dict, bases.data, bases.len, out->data);
	if (rc < 0)
		return rc;
	out->len = frame->raw_len;
	dsv_buf_truncate(out, out->len);
	return 0;
}

static int decode(struct arrival *arrival, enum dsv_object type,
		  const struct dsv_id *id, unsigned max_depth,
		  struct dsv_buf *out)
{
	struct dsv_frame frame;
	uint64_t offset;
	int rc;

	if (!dsv_packidx_find(&arrival->idx, type, id, &offset))
		return decode_here(arrival, type, id, max_depth, out);
	rc = dsv_pack_frame(&arrival->pack, offset, &frame, NULL);
	if (rc == 0 && frame.type != type)
		rc = dsv_fail(DSV_ECORRUPT, "a %s is not as its index says",
			      dsv_object_name(type));
	if (rc == 0 && frame.depth > max_depth)
		return decode_here(arrival, type, id, max_depth, out);
	if (rc == 0)
		rc = decode_frame(arrival, &frame, out);
	return rc < 0 ? rc : dsv_object_verify(type, id, out->data, out->len);
}

static int open_arrival(struct arrival *arrival, const char *dir,
			const struct dsv_id *pack)
{
	char hex[DSV_ID_HEX];
	char *base DSV_AUTO(str) =
		dsv_strf("%s/%s", dir, dsv_id_hex(pack, hex));
	char *pack_path DSV_AUTO(str) = dsv_strf("%s.pack", base);
	char *idx_path DSV_AUTO(str) = dsv_strf("%s.idx", base);
	int rc = dsv_pack_open(&arrival->pack, pack_path);

	return rc < 0 ? rc : dsv_packidx_open(&arrival->idx, idx_path);
}

static int verify_entries(struct arrival *arrival)
{
	struct dsv_buf body DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_packidx_entry entry;
	char hex[DSV_ID_HEX];
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < arrival->idx.n; i++) {
		dsv_packidx_at(&arrival->idx, i, &entry);
		rc = decode(arrival, entry.type, &entry.id,
			    dsv_object_depth(entry.type), &body);
	}
	if (rc == 0 || rc == DSV_ECANCELLED)
		return rc;
	return dsv_fail_prefix(DSV_ECORRUPT, "%s '%s'",
			       dsv_object_name(entry.type),
			       dsv_id_hex(&entry.id, hex));
}

int dsv_arrival_verify(struct dsv_store *store, const char *dir,
		       const struct dsv_id *pack)
{
	struct arrival arrival = {.store = store};
	int rc = open_arrival(&arrival, dir, pack);

	if (rc == 0)
		rc = verify_entries(&arrival);
	arrival_release(&arrival);
	return rc;
}

static int sync_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int rc = 0;

	if (fd < 0)
		return dsv_fail_errno(DSV_EIO, "cannot open '%s'", path);
	if (fsync(fd) != 0)
		rc = dsv_fail_errno(DSV_EIO, "cannot write '%s'", path);
	close(fd);
	return rc;
}

static int move(struct dsv_store *store, const char *dir, const char *file)
{
	char *from DSV_AUTO(str) = dsv_fs_join(dir, file);
	char *to DSV_AUTO(str) = dsv_fs_join(store->packs_dir, file);
	int rc = sync_file(from);

	if (rc < 0)
		return rc;
	if (rename(from, to) != 0)
		return dsv_fail_errno(DSV_EIO, "cannot write '%s'", to);
	return dsv_fs_sync_dir(store->packs_dir);
}

int dsv_arrival_adopt(struct dsv_store *store, const char *dir,
		      const struct dsv_id *pack)
{
	char hex[DSV_ID_HEX];
	char *pack_file DSV_AUTO(str) =
		dsv_strf("%s.pack", dsv_id_hex(pack, hex));
	char *idx_file DSV_AUTO(str) = dsv_strf("%s.idx", hex);
	int rc = dsv_fs_mkdirs(store->packs_dir);

	if (rc == 0)
		rc = move(store, dir, pack_file);
	if (rc == 0)
		rc = move(store, dir, idx_file);
	return rc < 0 ? rc : dsv_store_adopt(store, pack);
}
