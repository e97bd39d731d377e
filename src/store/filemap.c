#include "store/filemap.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "base/digest.h"
#include "store/ahead.h"
#include "store/filemap_private.h"
#include "store/lines.h"
#include "store/objects.h"

/* Chunks that one task of dsv_filemap_read decodes: enough to be worth the
 * handing over. */
#define TASK_CHUNKS 8u

void dsv_filemap_release(struct dsv_filemap *map)
{
	free(map->extents);
	*map = (struct dsv_filemap)DSV_FILEMAP_INIT;
}

static int fail_in_map(int rc, const struct dsv_content *content)
{
	char hex[DSV_ID_HEX];

	return dsv_fail_prefix(rc, "content '%s'",
			       dsv_id_hex(&content->id, hex));
}

static int load_node(struct dsv_filemap *map, struct dsv_store *store,
		     const struct dsv_maproot_node *node)
{
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_extent *extents = map->extents + map->n;
	uint64_t bytes = 0;
	int rc;

	rc = dsv_store_get(store, DSV_OBJECT_NODE, &node->id, &data);
	if (rc < 0)
		return rc;
	rc = dsv_mapnode_read(extents, node->n, data.data, data.len);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < node->n; i++)
		bytes += extents[i].len;
	if (bytes != node->bytes)
		return dsv_fail(DSV_ECORRUPT,
				"a node of the file map lists %llu bytes in "
				"place of %llu",
				(unsigned long long)bytes,
				(unsigned long long)node->bytes);
	map->n += node->n;
	return 0;
}

static int nodes_ahead(struct dsv_store *store, const struct dsv_maproot *root)
{
	struct dsv_id *ids = dsv_alloc_zero(root->n + 1, sizeof(*ids));
	int rc;

	for (size_t i = 0; i < root->n; i++)
		ids[i] = root->nodes[i].id;
	rc = dsv_store_ahead(store, DSV_OBJECT_NODE, ids, root->n);
	free(ids);
	return rc;
}

/* Space grows with the nodes that are really there. */
static int load_nodes(struct dsv_filemap *map, struct dsv_store *store,
		      const struct dsv_maproot *root)
{
	size_t cap = 0;
	int ahead = nodes_ahead(store, root);

	if (ahead < 0)
		return ahead;
	for (size_t i = 0; i < root->n; i++) {
		int rc;

		DSV_GROW(map->extents, cap, map->n + root->nodes[i].n);
		rc = load_node(map, store, &root->nodes[i]);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int load_map(struct dsv_filemap *map, struct dsv_maproot *root,
		    struct dsv_store *store, const struct dsv_content *content)
{
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc;

	rc = dsv_store_get(store, DSV_OBJECT_MAP, &content->id, &data);
	if (rc < 0)
		return rc;
	rc = dsv_maproot_read(root, data.data, data.len);
	if (rc < 0)
		return rc;
	if (root->content.size != content->size)
		return dsv_fail(DSV_ECORRUPT,
				"its file map says %llu bytes, not %llu",
				(unsigned long long)root->content.size,
				(unsigned long long)content->size);
	map->scan_kind = root->scan_kind;
	return load_nodes(map, store, root);
}

/* The chunk bears the name of the content. A reader always starts at a record
 * in it, but which kind of reader is not known. */
static int load_single(struct dsv_filemap *map, struct dsv_store *store,
		       const struct dsv_content *content)
{
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc;

	rc = dsv_store_get(store, DSV_OBJECT_CHUNK, &content->id, &data);
	if (rc < 0)
		return rc;
	if (data.len != content->size)
		return dsv_fail(DSV_ECORRUPT, "%zu bytes are here, not %llu",
				data.len, (unsigned long long)content->size);
	map->extents = dsv_alloc_zero(1, sizeof(*map->extents));
	map->extents[0].id = content->id;
	map->extents[0].len = (uint32_t)data.len;
	map->extents[0].lines = (uint32_t)dsv_count_lines(data.data, data.len);
	map->n = 1;
	return 0;
}

static int load_empty(const struct dsv_content *content)
{
	struct dsv_id empty;

	dsv_id_of("", 0, &empty);
	if (!dsv_id_equal(&empty, &content->id))
		return dsv_fail(DSV_ECORRUPT, "no bytes cannot have this name");
	return 0;
}

/* Does it have a map here? Asks the fetcher once, for the map. */
static int has_map(struct dsv_store *store, const struct dsv_content *content)
{
	struct dsv_buf unused DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc;

	rc = dsv_store_has(store, DSV_OBJECT_MAP, &content->id);
	if (rc != 0 || content->size > DSV_CHUNK_MAX)
		return rc < 0 ? rc : 1;
	rc = dsv_store_has(store, DSV_OBJECT_CHUNK, &content->id);
	if (rc != 0)
		return rc < 0 ? rc : 0;
	rc = dsv_store_get(store, DSV_OBJECT_MAP, &content->id, &unused);
	if (rc == DSV_EMISSING)
		return 0;
	return rc < 0 ? rc : 1;
}

static int load_any(struct dsv_filemap *map, struct dsv_store *store,
		    const struct dsv_content *content)
{
	struct dsv_maproot root DSV_AUTO(maproot) = DSV_MAPROOT_INIT;
	int rc;

	if (content->size == 0)
		return load_empty(content);
	rc = has_map(store, content);
	if (rc < 0)
		return rc;
	return rc ? load_map(map, &root, store, content)
		  : load_single(map, store, content);
}

int dsv_filemap_load(struct dsv_filemap *out, struct dsv_store *store,
		     const struct dsv_content *content)
{
	struct dsv_filemap map DSV_AUTO(filemap) = {.content = *content};
	int rc;

	rc = load_any(&map, store, content);
	if (rc < 0)
		return fail_in_map(rc, content);
	*out = map;
	map = (struct dsv_filemap)DSV_FILEMAP_INIT;
	return 0;
}

int dsv_filemap_load_here(struct dsv_filemap *map, struct dsv_maproot *root,
			  struct dsv_store *store,
			  const struct dsv_content *content)
{
	int rc = dsv_store_has(store, DSV_OBJECT_MAP, &content->id);

	if (rc <= 0)
		return rc;
	map->content = *content;
	rc = load_map(map, root, store, content);
	return rc < 0 ? fail_in_map(rc, content) : 1;
}

int dsv_extent_read(struct dsv_store *store, const struct dsv_extent *extent,
		    char *to)
{
	struct dsv_buf body DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_id actual;
	int rc;

	rc = dsv_store_get_raw(store, DSV_OBJECT_CHUNK, &extent->id, to,
			       extent->len);
	if (rc < 0)
		return rc;
	dsv_id_of(to, extent->len, &actual);
	if (dsv_id_equal(&actual, &extent->id))
		return 0;
	/* it says which object of which pack is damaged, or finds a copy */
	rc = dsv_store_get(store, DSV_OBJECT_CHUNK, &extent->id, &body);
	if (rc < 0)
		return rc;
	assert(body.len == extent->len);
	memcpy(to, body.data, body.len);
	return 0;
}

struct reading {
	struct dsv_store *store;
	const struct dsv_extent *extents;
	size_t n;
	const size_t *starts; /* of each task's first chunk */
	char *to;
};

static int read_task(void *ctx, size_t task)
{
	struct reading *reading = ctx;
	size_t first = task * TASK_CHUNKS;
	size_t end = first + TASK_CHUNKS;
	char *to = reading->to + reading->starts[task];

	if (end > reading->n)
		end = reading->n;
	for (size_t i = first; i < end; i++) {
		int rc = dsv_extent_read(reading->store, &reading->extents[i],
					 to);

		if (rc < 0)
			return rc;
		to += reading->extents[i].len;
	}
	return 0;
}

/* Returns the number of bytes in all. */
static size_t find_starts(const struct reading *reading, size_t *starts)
{
	size_t at = 0;

	for (size_t i = 0; i < reading->n; i++) {
		if (i % TASK_CHUNKS == 0)
			starts[i / TASK_CHUNKS] = at;
		at += reading->extents[i].len;
	}
	return at;
}

static void sizes_auto(size_t **sizes)
{
	free(*sizes);
}

int dsv_filemap_read(struct dsv_store *store, const struct dsv_filemap *map,
		     size_t first, size_t n, struct dsv_buf *out)
{
	size_t n_tasks = (n + TASK_CHUNKS - 1) / TASK_CHUNKS;
	struct dsv_buf body DSV_AUTO(buf) = DSV_BUF_INIT;
	size_t *starts __attribute__((cleanup(sizes_auto))) =
		dsv_alloc_zero(n_tasks + 1, sizeof(*starts));
	struct reading reading = {.store = store,
				  .extents = n ? map->extents + first : NULL,
				  .n = n,
				  .starts = starts};
	size_t len;
	int rc;

	assert(first <= map->n && n <= map->n - first);
	len = find_starts(&reading, starts);
	reading.to = dsv_buf_reserve(&body, len);
	rc = dsv_extents_ahead(store, reading.extents, n);
	if (rc == 0)
		rc = dsv_pool_each(dsv_store_pool(store), n_tasks, read_task,
				   &reading);
	if (rc < 0)
		return fail_in_map(rc, &map->content);
	body.len = len;
	body.data[len] = '\0';
	dsv_buf_swap(out, &body);
	return 0;
}

static int has_all_chunks(struct dsv_store *store,
			  const struct dsv_filemap *map)
{
	for (size_t i = 0; i < map->n; i++) {
		int rc = dsv_store_has(store, DSV_OBJECT_CHUNK,
				       &map->extents[i].id);

		if (rc <= 0)
			return rc;
	}
	return 1;
}

int dsv_store_has_content(struct dsv_store *store,
			  const struct dsv_content *content)
{
	struct dsv_maproot root DSV_AUTO(maproot) = DSV_MAPROOT_INIT;
	struct dsv_filemap map DSV_AUTO(filemap) = DSV_FILEMAP_INIT;
	int rc;

	if (content->size == 0)
		return 1;
	if (content->size <= DSV_CHUNK_MAX) {
		rc = dsv_store_has(store, DSV_OBJECT_CHUNK, &content->id);
		if (rc != 0)
			return rc;
	}
	rc = dsv_filemap_load_here(&map, &root, store, content);
	if (rc == DSV_EMISSING)
		return 0;
	return rc <= 0 ? rc : has_all_chunks(store, &map);
}
