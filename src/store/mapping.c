#include <stdlib.h>

#include "base/alloc.h"
#include "store/writer_private.h"

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

/* The old nodes that list the same chunks, found by the first and the last
 * chunk that both versions have. */
struct old_nodes {
	struct dsv_id ids[DSV_DELTA_BASES_MAX];
	unsigned n;
};

static void add_old_node(struct old_nodes *out, const struct dsv_maproot *root,
			 size_t extent)
{
	size_t end = 0;

	for (size_t i = 0; i < root->n; i++) {
		const struct dsv_id *id = &root->nodes[i].id;

		end += root->nodes[i].n;
		if (extent >= end)
			continue;
		if (out->n == 0 || !dsv_id_equal(&out->ids[out->n - 1], id))
			out->ids[out->n++] = *id;
		return;
	}
}

static void find_old_nodes(struct old_nodes *out,
			   const struct dsv_intake *intake,
			   const struct dsv_extent *extents, size_t n)
{
	size_t first = SIZE_MAX;
	size_t last = 0;

	if (intake->previous_root.n == 0)
		return;
	for (size_t i = 0; i < n; i++) {
		size_t at = dsv_intake_find(intake, &extents[i].id);

		if (at == SIZE_MAX)
			continue;
		if (first == SIZE_MAX)
			first = at;
		last = at;
	}
	if (first == SIZE_MAX)
		return;
	add_old_node(out, &intake->previous_root, first);
	add_old_node(out, &intake->previous_root, last);
}

static bool read_old_nodes(struct dsv_writer *writer,
			   const struct old_nodes *old, struct dsv_buf *bytes,
			   struct dsv_coding *how)
{
	struct dsv_buf one DSV_AUTO(buf) = DSV_BUF_INIT;

	for (unsigned i = 0; i < old->n; i++) {
		uint8_t depth;

		if (dsv_store_base(writer->store, DSV_OBJECT_NODE, &old->ids[i],
				   &one, &depth) < 0)
			return false;
		dsv_buf_add(bytes, one.data, one.len);
		if (depth > how->base_depth)
			how->base_depth = depth;
	}
	return true;
}

static int put_node(struct dsv_writer *writer, const struct dsv_buf *data,
		    const struct dsv_id *id, const struct dsv_extent *extents,
		    size_t n)
{
	struct dsv_buf bytes DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_coding how = DSV_CODING_INIT;
	struct old_nodes old = {.n = 0};

	if (is_here(writer, DSV_OBJECT_NODE, id))
		return 0;
	find_old_nodes(&old, &writer->intake, extents, n);
	if (read_old_nodes(writer, &old, &bytes, &how)) {
		how.base_ids = old.ids;
		how.n_bases = old.n;
		how.base = bytes.data;
		how.base_len = bytes.len;
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

	for (size_t at = 0; at < intake->n;) {
		const struct dsv_extent *extents = intake->extents + at;
		size_t n = dsv_mapnode_cut(extents, intake->n - at);
		struct dsv_id id;
		int rc;

		dsv_buf_reset(&data);
		dsv_mapnode_write(extents, n, &data);
		dsv_id_of(data.data, data.len, &id);
		rc = put_node(writer, &data, &id, extents, n);
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
