#include "store/ahead.h"

#include <stdlib.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "store/store_private.h"

static size_t keep_missing(struct dsv_store *store, enum dsv_object type,
			   struct dsv_id *ids, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (!dsv_store_knows(store, type, &ids[i]))
			ids[kept++] = ids[i];
	return kept;
}

static int ask(struct dsv_store *store, enum dsv_object type,
	       struct dsv_id *ids, size_t n)
{
	int rc = dsv_store_list(store);

	if (rc == 0)
		n = keep_missing(store, type, ids, n);
	if (rc == 0 && n)
		rc = dsv_store_refresh(store);
	if (rc < 0 || n == 0)
		return rc;
	pthread_mutex_lock(&store->fetch_lock);
	n = keep_missing(store, type, ids, n);
	if (n)
		rc = store->fetch(store->fetch_ctx, type, ids, n);
	pthread_mutex_unlock(&store->fetch_lock);
	if (rc == DSV_ECANCELLED)
		return rc;
	if (rc < 0)
		dsv_error_clear();
	return 0;
}

int dsv_store_ahead(struct dsv_store *store, enum dsv_object type,
		    const struct dsv_id *ids, size_t n)
{
	struct dsv_id *copy;
	int rc;

	if (!store->fetch || n == 0)
		return 0;
	copy = dsv_alloc_zero(n, sizeof(*copy));
	for (size_t i = 0; i < n; i++)
		copy[i] = ids[i];
	rc = ask(store, type, copy, n);
	free(copy);
	return rc;
}

int dsv_extents_ahead(struct dsv_store *store, const struct dsv_extent *extents,
		      size_t n)
{
	struct dsv_id *ids;
	int rc;

	if (!store->fetch || n == 0)
		return 0;
	ids = dsv_alloc_zero(n, sizeof(*ids));
	for (size_t i = 0; i < n; i++)
		ids[i] = extents[i].id;
	rc = ask(store, DSV_OBJECT_CHUNK, ids, n);
	free(ids);
	return rc;
}
