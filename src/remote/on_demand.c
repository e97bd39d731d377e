#include <dsv/sharing.h>

#include <stdlib.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "remote/bring.h"
#include "repo/repo.h"
#include "store/objects.h"

/*
 * Nothing is opened before something is missing. From then on the listing of
 * the stores is kept, for it is small and the program does not run for long.
 */
struct source {
	struct dsv_remote *remote;
	struct dsv_holdings *holdings;
};

struct dsv_on_demand {
	struct dsv_repo *repo;
	struct dsv_store *store;
	bool asked; /* for the stores */
	struct source *sources;
	size_t n, cap;
	char *fault; /* why a store does not answer */
};

static void keep_fault(struct dsv_on_demand *demand)
{
	if (!demand->fault)
		demand->fault = dsv_strdup(dsv_error_message());
	dsv_error_clear();
}

static void source_release(struct source *source)
{
	dsv_holdings_free(&source->holdings);
	dsv_remote_free(&source->remote);
}

static int open_source(struct dsv_on_demand *demand, const char *url)
{
	struct source source = {.remote = NULL};
	int rc = dsv_remote_open(&source.remote, demand->repo, url);

	if (rc == 0)
		rc = dsv_holdings_open(&source.holdings, demand->repo,
				       source.remote);
	if (rc < 0) {
		source_release(&source);
		return rc;
	}
	DSV_GROW(demand->sources, demand->cap, demand->n + 1);
	demand->sources[demand->n++] = source;
	return 0;
}

/* One that does not answer does not keep the others back. */
static int open_sources(struct dsv_on_demand *demand)
{
	struct dsv_data_stores stores DSV_AUTO(data_stores) =
		DSV_DATA_STORES_INIT;
	char *name DSV_AUTO(str) = NULL;
	int rc = dsv_sharing_remote(demand->repo, &name);

	demand->asked = true;
	if (rc <= 0)
		return rc;
	rc = dsv_sharing_stores(&stores, demand->repo, name);
	for (size_t i = 0; rc == 0 && i < stores.n; i++) {
		rc = open_source(demand, stores.items[i].url);
		if (rc == DSV_ECANCELLED)
			return rc;
		if (rc < 0)
			keep_fault(demand);
		rc = 0;
	}
	return rc;
}

static void want(struct dsv_bring *bring, enum dsv_object type,
		 const struct dsv_id *id)
{
	if (!dsv_bring_want(bring, type, id) && type == DSV_OBJECT_MAP)
		dsv_bring_want(bring, DSV_OBJECT_CHUNK, id);
}

static int bring_from(struct dsv_on_demand *demand, const struct source *source,
		      enum dsv_object type, const struct dsv_id *ids, size_t n)
{
	struct dsv_transfer_stats stats = DSV_TRANSFER_STATS_INIT;
	struct dsv_bring bring = {
		.repo = demand->repo,
		.store = demand->store,
		.holdings = source->holdings,
		.progress = dsv_repo_progress(demand->repo),
		.stats = &stats,
	};

	for (size_t i = 0; i < n; i++)
		if (!dsv_store_knows(demand->store, type, &ids[i]))
			want(&bring, type, &ids[i]);
	return dsv_bring(&bring);
}

static int fetch(void *ctx, enum dsv_object type, const struct dsv_id *ids,
		 size_t n)
{
	struct dsv_on_demand *demand = ctx;
	char hex[DSV_ID_HEX];
	int came = 0;
	int rc = demand->asked ? 0 : open_sources(demand);

	for (size_t i = 0; rc >= 0 && i < demand->n; i++) {
		rc = bring_from(demand, &demand->sources[i], type, ids, n);
		came |= rc > 0;
	}
	if (rc < 0)
		return rc;
	if (!came && demand->fault)
		return dsv_fail(DSV_EMISSING,
				"'%s' is not here, and its store does not "
				"answer: %s",
				dsv_id_hex(&ids[0], hex), demand->fault);
	return came;
}

void dsv_on_demand_open(struct dsv_on_demand **out, struct dsv_repo *repo)
{
	struct dsv_on_demand *demand = dsv_alloc_zero(1, sizeof(*demand));

	demand->repo = repo;
	if (dsv_repo_store(repo, &demand->store) == 0)
		dsv_store_set_fetch(demand->store, fetch, demand);
	*out = demand;
}

void dsv_on_demand_free(struct dsv_on_demand **demandp)
{
	struct dsv_on_demand *demand = dsv_take(demandp);

	if (!demand)
		return;
	if (demand->store)
		dsv_store_set_fetch(demand->store, NULL, NULL);
	for (size_t i = 0; i < demand->n; i++)
		source_release(&demand->sources[i]);
	free(demand->sources);
	free(demand->fault);
	free(demand);
}

uint64_t dsv_on_demand_bytes(const struct dsv_on_demand *demand)
{
	uint64_t bytes = 0;

	for (size_t i = 0; demand && i < demand->n; i++)
		bytes += demand->sources[i].remote->received;
	return bytes;
}
