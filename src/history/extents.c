#include "history/extents.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "store/ahead.h"

int dsv_extents_read(struct dsv_source *source, struct dsv_store *store,
		     size_t first, size_t n, char *to)
{
	const struct dsv_filemap *map;
	int rc = dsv_source_filemap(source, &map);

	if (rc == 0)
		rc = dsv_extents_ahead(store, map->extents + first, n);
	for (size_t i = first; i < first + n && rc == 0; i++) {
		rc = dsv_extent_read(store, &map->extents[i], to);
		to += map->extents[i].len;
	}
	return rc < 0 ? dsv_fail_prefix(rc, "%s", dsv_source_name(source)) : 0;
}

int dsv_extents_tell(struct dsv_source *source, struct dsv_store *store,
		     const struct dsv_groups *groups,
		     const struct dsv_groups *by, bool twin)
{
	struct dsv_extent *extents = NULL;
	const struct dsv_filemap *map;
	size_t cap = 0;
	size_t n = 0;
	int rc = dsv_source_filemap(source, &map);

	for (size_t i = 0; rc == 0 && i < groups->n; i++) {
		const struct dsv_group *group = &groups->items[i];

		if (by && (by->items[i].twin != 0) != twin)
			continue;
		DSV_GROW(extents, cap, n + group->n);
		memcpy(extents + n, map->extents + group->first,
		       group->n * sizeof(*extents));
		n += group->n;
	}
	if (rc == 0)
		rc = dsv_extents_ahead(store, extents, n);
	free(extents);
	return rc;
}

/* One chunk at a time. */
struct extents {
	struct dsv_stream stream;
	struct dsv_source *source;
	struct dsv_store *store;
	const struct dsv_filemap *map;
	size_t next;
	size_t end;
	struct dsv_buf chunk;
};

static int extents_next(struct dsv_stream *in, const char **out,
			size_t *out_len)
{
	struct extents *extents = (struct extents *)in;
	size_t len = 0;
	int rc = dsv_cancelled();

	while (rc == 0 && len == 0 && extents->next < extents->end) {
		size_t i = extents->next++;

		len = extents->map->extents[i].len;
		dsv_buf_reset(&extents->chunk);
		dsv_buf_reserve(&extents->chunk, len);
		rc = dsv_extents_read(extents->source, extents->store, i, 1,
				      extents->chunk.data);
	}
	if (rc < 0 || len == 0)
		return rc;
	*out = extents->chunk.data;
	*out_len = len;
	return 1;
}

static void extents_free(struct dsv_stream *in)
{
	struct extents *extents = (struct extents *)in;

	dsv_buf_release(&extents->chunk);
	free(extents);
}

int dsv_extents_stream(struct dsv_stream **out, struct dsv_source *source,
		       struct dsv_store *store, size_t first, size_t n)
{
	struct extents *extents;
	const struct dsv_filemap *map;
	int rc = dsv_source_filemap(source, &map);

	if (rc < 0)
		return rc;
	extents = dsv_alloc_zero(1, sizeof(*extents));
	*extents = (struct extents){
		.stream = {.next = extents_next, .free = extents_free},
		.source = source,
		.store = store,
		.map = map,
		.next = first,
		.end = first + n,
	};
	*out = &extents->stream;
	return 0;
}
