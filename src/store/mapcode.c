#include "store/mapcode.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "base/codec.h"
#include "base/digest.h"
#include "store/cutter.h"

#define VERSION	  1u
#define FLAG_DICT (1u << 0)

/* Bytes that a node takes at least in the root: checked before allocating. */
#define NODE_LEN_MIN (DSV_ID_SIZE + 2u)
/* The same for an extent in a node. */
#define EXTENT_LEN_MIN (DSV_ID_SIZE + 3u)

void dsv_maproot_release(struct dsv_maproot *root)
{
	free(root->nodes);
	*root = (struct dsv_maproot)DSV_MAPROOT_INIT;
}

void dsv_maproot_write(const struct dsv_maproot *root, struct dsv_buf *out)
{
	size_t start = out->len;
	struct dsv_id sum;

	dsv_put_u8(out, VERSION);
	dsv_put_u8(out, root->has_dict ? FLAG_DICT : 0);
	dsv_put_u8(out, root->scan_kind);
	dsv_put_id(out, &root->content.id);
	dsv_put_varint(out, root->content.size);
	if (root->has_dict)
		dsv_put_id(out, &root->dict);
	dsv_put_varint(out, root->n);
	for (size_t i = 0; i < root->n; i++) {
		dsv_put_id(out, &root->nodes[i].id);
		dsv_put_varint(out, root->nodes[i].n);
		dsv_put_varint(out, root->nodes[i].bytes);
	}
	dsv_id_of(out->data + start, out->len - start, &sum);
	dsv_put_id(out, &sum);
}

static int read_head(struct dsv_maproot *root, struct dsv_bytes *in)
{
	uint8_t version = dsv_get_u8(in);
	uint8_t flags = dsv_get_u8(in);

	if (dsv_bytes_ok(in) && (version != VERSION || flags & ~FLAG_DICT))
		return dsv_fail(DSV_EUNSUPPORTED,
				"file map of version %u, flags %u", version,
				flags);
	root->scan_kind = dsv_get_u8(in);
	dsv_get_id(in, &root->content.id);
	root->content.size = dsv_get_varint(in, INT64_MAX);
	root->has_dict = flags & FLAG_DICT;
	if (root->has_dict)
		dsv_get_id(in, &root->dict);
	return 0;
}

static void read_nodes(struct dsv_maproot *root, struct dsv_bytes *in)
{
	size_t n =
		(size_t)dsv_get_varint(in, dsv_bytes_left(in) / NODE_LEN_MIN);
	uint64_t bytes = 0;
	size_t extents = 0;

	root->nodes = dsv_alloc_zero(n ? n : 1, sizeof(*root->nodes));
	root->n = n;
	for (size_t i = 0; i < n; i++) {
		struct dsv_maproot_node *node = &root->nodes[i];

		dsv_get_id(in, &node->id);
		node->n = (size_t)dsv_get_varint(in, DSV_NODE_EXTENTS_MAX);
		node->bytes = dsv_get_varint(in, root->content.size - bytes);
		if (node->n == 0)
			dsv_bytes_fail(in);
		bytes += node->bytes;
		extents += node->n;
	}
	if (bytes != root->content.size || extents > DSV_EXTENTS_MAX)
		dsv_bytes_fail(in);
	root->n_extents = extents;
}

int dsv_maproot_read(struct dsv_maproot *out, const char *data, size_t len)
{
	struct dsv_maproot root DSV_AUTO(maproot) = DSV_MAPROOT_INIT;
	struct dsv_bytes in = dsv_bytes(data, len);
	int rc;

	rc = read_head(&root, &in);
	if (rc < 0)
		return rc;
	read_nodes(&root, &in);
	dsv_get_run(&in, DSV_ID_SIZE); /* checksum */
	if (!dsv_bytes_ok(&in) || dsv_bytes_left(&in) != 0)
		return dsv_fail(DSV_ECORRUPT, "damaged file map");
	*out = root;
	root = (struct dsv_maproot)DSV_MAPROOT_INIT;
	return 0;
}

int dsv_maproot_verify(const char *data, size_t len, const struct dsv_id *id)
{
	struct dsv_maproot root DSV_AUTO(maproot) = DSV_MAPROOT_INIT;
	struct dsv_id sum;
	int rc;

	rc = dsv_maproot_read(&root, data, len);
	if (rc < 0)
		return rc;
	dsv_id_of(data, len - DSV_ID_SIZE, &sum);
	if (memcmp(data + len - DSV_ID_SIZE, sum.bytes, DSV_ID_SIZE) != 0)
		return dsv_fail(DSV_ECORRUPT,
				"the file map does not match its checksum");
	if (!dsv_id_equal(&root.content.id, id))
		return dsv_fail(DSV_ECORRUPT,
				"the file map is of another content");
	return 0;
}

size_t dsv_mapnode_cut(const struct dsv_extent *extents, size_t n)
{
	size_t max = n < DSV_NODE_EXTENTS_MAX ? n : DSV_NODE_EXTENTS_MAX;

	for (size_t i = DSV_NODE_EXTENTS_MIN - 1; i < max; i++)
		if (extents[i].id.bytes[DSV_ID_SIZE - 1] == 0)
			return i + 1;
	return max;
}

void dsv_mapnode_write(const struct dsv_extent *extents, size_t n,
		       struct dsv_buf *out)
{
	dsv_put_u8(out, VERSION);
	dsv_put_varint(out, n);
	for (size_t i = 0; i < n; i++)
		dsv_put_id(out, &extents[i].id);
	for (size_t i = 0; i < n; i++)
		dsv_put_varint(out, extents[i].len);
	for (size_t i = 0; i < n; i++)
		dsv_put_varint(out, extents[i].lines);
	for (size_t i = 0; i < n; i++)
		dsv_put_u8(out, extents[i].state);
}

int dsv_mapnode_read(struct dsv_extent *extents, size_t n, const char *data,
		     size_t len)
{
	struct dsv_bytes in = dsv_bytes(data, len);
	uint8_t version = dsv_get_u8(&in);

	if (dsv_bytes_ok(&in) && version != VERSION)
		return dsv_fail(DSV_EUNSUPPORTED, "file map node of version %u",
				version);
	if (dsv_get_varint(&in, DSV_NODE_EXTENTS_MAX) != n)
		dsv_bytes_fail(&in);
	if (dsv_bytes_left(&in) < n * EXTENT_LEN_MIN)
		dsv_bytes_fail(&in);
	for (size_t i = 0; i < n; i++)
		dsv_get_id(&in, &extents[i].id);
	for (size_t i = 0; i < n; i++) {
		extents[i].len = (uint32_t)dsv_get_varint(&in, DSV_CHUNK_MAX);
		if (extents[i].len == 0)
			dsv_bytes_fail(&in);
	}
	for (size_t i = 0; i < n; i++)
		extents[i].lines =
			(uint32_t)dsv_get_varint(&in, extents[i].len);
	for (size_t i = 0; i < n; i++)
		extents[i].state = dsv_get_u8(&in);
	if (!dsv_bytes_ok(&in) || dsv_bytes_left(&in) != 0)
		return dsv_fail(DSV_ECORRUPT, "damaged file map node");
	return 0;
}
