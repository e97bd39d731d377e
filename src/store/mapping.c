#include <stdlib.h>

#include "base/alloc.h"
#include "store/writer_private.h"

/* Nodes that may have vanished before one that both versions have. */
#define LOOK_AHEAD 64u

static bool is_here(struct dsv_writer *writer, enum dsv_object type,
		    const struct dsv_id *id)
{
	return dsv_store_knows(writer->store, type, id) ||
	       dsv_packing_has(&writer->packing, type, id);
}

static int put(struct dsv_writer *writer, enum dsv_object type,
	       const struct dsv_id *id, const struct dsv_buf *data,
	       const struct dsv_coding *how)
{
	struct dsv_buf frame DSV_AUTO(buf) = DSV_BUF_INIT;
	size_t entry;

	dsv_chunk_encode(type, data->data, data->len, how, &frame);
	entry = dsv_packing_reserve(&writer->packing, type, id);
	return dsv_packing_put(&writer->packing, entry, frame.data, frame.len);
}

/* As with chunks: in step where both have the node, side by side elsewhere. */
static const struct dsv_id *node_base(const struct dsv_maproot *previous,
				      size_t *cursor, const struct dsv_id *id)
{
	for (size_t i = *cursor; i < previous->n && i - *cursor < LOOK_AHEAD;
	     i++)
		if (dsv_id_equal(&previous->nodes[i].id, id)) {
			*cursor = i + 1;
			return NULL;
		}
	if (*cursor >= previous->n)
		return NULL;
	return &previous->nodes[(*cursor)++].id;
}

static int put_node(struct dsv_writer *writer, const struct dsv_buf *data,
		    const struct dsv_id *id, const struct dsv_id *base_id)
{
	struct dsv_buf base DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_coding how = DSV_CODING_INIT;

	if (is_here(writer, DSV_OBJECT_NODE, id))
		return 0;
	if (base_id && dsv_store_base(writer->store, DSV_OBJECT_NODE, base_id,
				      &base, &how.base_depth) == 0) {
		how.base_id = base_id;
		how.base = base.data;
		how.base_len = base.len;
	}
	return put(writer, DSV_OBJECT_NODE, id, data, &how);
}

static void add_node(struct dsv_maproot *root, const struct dsv_id *id,
		     const struct dsv_extent *extents, size_t n)
{
	struct dsv_maproot_node node = {.id = *id, .n = n};

	for (size_t i = 0; i < n; i++)
		node.bytes += extents[i].len;
	DSV_GROW(root->nodes, root->cap, root->n + 1);
	root->nodes[root->n++] = node;
}

static int write_nodes(struct dsv_writer *writer, struct dsv_maproot *root)
{
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;
	const struct dsv_intake *intake = &writer->intake;
	size_t cursor = 0;

	for (size_t at = 0; at < intake->n;) {
		const struct dsv_extent *extents = intake->extents + at;
		size_t n = dsv_mapnode_cut(extents, intake->n - at);
		const struct dsv_id *base;
		struct dsv_id id;
		int rc;

		dsv_buf_reset(&data);
		dsv_mapnode_write(extents, n, &data);
		dsv_id_of(data.data, data.len, &id);
		base = node_base(&intake->previous_root, &cursor, &id);
		rc = put_node(writer, &data, &id, base);
		if (rc < 0)
			return rc;
		add_node(root, &id, extents, n);
		at += n;
	}
	return 0;
}

int dsv_mapping_write(struct dsv_writer *writer)
{
	const struct dsv_intake *intake = &writer->intake;
	struct dsv_maproot root DSV_AUTO(maproot) = {
		.content = intake->content,
		.scan_kind = intake->opts->cutting.scan.step
				     ? intake->opts->cutting.scan.kind
				     : 0,
	};
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_coding how = DSV_CODING_INIT;
	int rc;

	if (writer->dict && intake->opts->cutting.cut == DSV_CUT_LINES) {
		root.has_dict = true;
		root.dict = *dsv_dict_id(writer->dict);
	}
	rc = write_nodes(writer, &root);
	if (rc < 0 || is_here(writer, DSV_OBJECT_MAP, &root.content.id))
		return rc;
	dsv_maproot_write(&root, &data);
	return put(writer, DSV_OBJECT_MAP, &root.content.id, &data, &how);
}
