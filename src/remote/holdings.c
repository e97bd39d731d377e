#include "remote/holdings.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "base/atomic.h"
#include "base/fs.h"
#include "base/map.h"
#include "base/pool.h"
#include "repo/repo.h"

#define THREADS	      8u	     /* they wait for the other side mostly */
#define IDX_BYTES_MAX (1u << 30)     /* 25 million objects */
#define PACKS_MAX     (1024u * 1024) /* names that are listed */
#define CACHE	      "cache/remote"

static const char pack_head[] = "packs/";

/* A name of the listing, "packs/<64 hex><suffix>". */
static bool is_named(const char *name, const char *suffix)
{
	const char *hex = name + sizeof(pack_head) - 1;
	struct dsv_id id;

	return strncmp(name, pack_head, sizeof(pack_head) - 1) == 0 &&
	       strlen(hex) == DSV_ID_HEX - 1 + strlen(suffix) &&
	       dsv_id_parse(&id, hex, DSV_ID_HEX - 1) &&
	       strcmp(hex + DSV_ID_HEX - 1, suffix) == 0;
}

struct listing {
	struct dsv_map packs; /* hex to size */
	struct dsv_map idxs;
};

static int take_name(void *ctx, const char *name, uint64_t size)
{
	struct listing *listing = ctx;
	struct dsv_map *map = is_named(name, ".pack")  ? &listing->packs
			      : is_named(name, ".idx") ? &listing->idxs
						       : NULL;

	if (!map)
		return 0;
	if (map->n >= PACKS_MAX)
		return dsv_fail(DSV_ERANGE, "more than %u packs", PACKS_MAX);
	dsv_map_put(map, name + sizeof(pack_head) - 1, DSV_ID_HEX - 1)->value =
		size;
	return 0;
}

static int by_pack(const void *a, const void *b)
{
	return strcmp(((const struct dsv_holding *)a)->pack,
		      ((const struct dsv_holding *)b)->pack);
}

static void list_holdings(struct dsv_holdings *holdings,
			  const struct listing *listing)
{
	for (size_t i = 0; i < listing->idxs.n; i++) {
		const char *hex = listing->idxs.entries[i].key;
		struct dsv_holding *holding;

		if (!dsv_map_get(&listing->packs, hex, DSV_ID_HEX - 1))
			continue;
		DSV_GROW(holdings->items, holdings->cap, holdings->n + 1);
		holding = &holdings->items[holdings->n++];
		memset(holding, 0, sizeof(*holding));
		memcpy(holding->pack, hex, DSV_ID_HEX);
	}
	if (holdings->n)
		qsort(holdings->items, holdings->n, sizeof(*holdings->items),
		      by_pack);
}

static int check_name(const struct dsv_packidx *idx, const char *pack)
{
	char hex[DSV_ID_HEX];

	if (strcmp(dsv_id_hex(&idx->pack_id, hex), pack) == 0)
		return 0;
	return dsv_fail(DSV_ECORRUPT, "index of another pack");
}

/* 1 opened, 0 not there or not usable. */
static int open_known(struct dsv_holdings *holdings,
		      struct dsv_holding *holding, const char *folder)
{
	char *dir DSV_AUTO(str) = dsv_repo_own(holdings->repo, folder);
	char *path DSV_AUTO(str) = dsv_strf("%s/%s.idx", dir, holding->pack);
	int rc;

	if (!dsv_fs_exists(path))
		return 0;
	rc = dsv_packidx_open(&holding->idx, path);
	if (rc == 0)
		rc = check_name(&holding->idx, holding->pack);
	if (rc == 0)
		return 1;
	dsv_error_clear();
	dsv_packidx_release(&holding->idx);
	return 0;
}

static int receive(struct dsv_holdings *holdings, const char *pack,
		   struct dsv_atomic *file)
{
	char *name DSV_AUTO(str) = dsv_strf("packs/%s.idx", pack);
	uint64_t size = 0;
	int rc = dsv_remote_stat(holdings->remote, name, &size);

	if (rc <= 0)
		return rc < 0 ? rc : DSV_ENOTFOUND;
	if (size > IDX_BYTES_MAX)
		return dsv_fail(DSV_ERANGE, "%s: '%s' has %llu bytes",
				holdings->remote->url, name,
				(unsigned long long)size);
	return dsv_remote_get_file(holdings->remote, name, 0, file->fd, NULL);
}

/* Before it gets its name in the cache. */
static int verify(const char *path, const char *pack)
{
	struct dsv_packidx idx DSV_AUTO(packidx) = DSV_PACKIDX_INIT;
	int rc = dsv_packidx_open(&idx, path);

	if (rc == 0)
		rc = check_name(&idx, pack);
	if (rc == 0)
		rc = dsv_packidx_verify(&idx);
	return rc;
}

static int fail_index(const struct dsv_holdings *holdings, const char *pack,
		      int rc)
{
	if (rc != DSV_ECORRUPT)
		return rc;
	dsv_fail(rc, "%s: the index 'packs/%s.idx' is damaged there",
		 holdings->remote->url, pack);
	return dsv_hint(rc, "dsv fsck --remote tells what is affected");
}

/* 0 also where it is gone by now. */
static int bring(struct dsv_holdings *holdings, struct dsv_holding *holding)
{
	char *dir DSV_AUTO(str) = dsv_repo_own(holdings->repo, CACHE);
	char *tmp DSV_AUTO(str) = dsv_repo_own(holdings->repo, "tmp");
	char *path DSV_AUTO(str) = dsv_strf("%s/%s.idx", dir, holding->pack);
	struct dsv_atomic file DSV_AUTO(atomic) = DSV_ATOMIC_INIT;
	int rc = dsv_fs_mkdirs(dir);

	if (rc == 0)
		rc = dsv_atomic_open(&file, path, tmp, 0444);
	if (rc < 0)
		return rc;
	rc = receive(holdings, holding->pack, &file);
	if (rc == DSV_ENOTFOUND) {
		dsv_error_clear();
		return 0;
	}
	if (rc == 0)
		rc = verify(file.tmp_path, holding->pack);
	if (rc < 0)
		return fail_index(holdings, holding->pack, rc);
	rc = dsv_atomic_commit_fast(&file, NULL);
	if (rc == 0)
		rc = dsv_packidx_open(&holding->idx, path);
	return rc;
}

static int load(void *ctx, size_t i)
{
	struct dsv_holdings *holdings = ctx;
	struct dsv_holding *holding = &holdings->items[i];
	int rc = open_known(holdings, holding, "packs");

	if (rc == 0)
		rc = open_known(holdings, holding, CACHE);
	if (rc == 0)
		rc = bring(holdings, holding);
	return rc < 0 ? rc : 0;
}

static void holding_release(struct dsv_holding *holding)
{
	dsv_packidx_release(&holding->idx);
	dsv_buf_release(&holding->dicts);
	free(holding->starts);
}

/* What is gone, and what has an index that does not fit the pack. */
static void drop_unusable(struct dsv_holdings *holdings,
			  const struct listing *listing)
{
	size_t n = 0;

	for (size_t i = 0; i < holdings->n; i++) {
		struct dsv_holding *holding = &holdings->items[i];
		const struct dsv_map_entry *pack = dsv_map_get(
			&listing->packs, holding->pack, DSV_ID_HEX - 1);

		if (holding->idx.fan && holding->idx.pack_size == pack->value)
			holdings->items[n++] = *holding;
		else
			holding_release(holding);
	}
	holdings->n = n;
}

static int load_all(struct dsv_holdings *holdings, struct listing *listing)
{
	struct dsv_pool *pool DSV_AUTO(pool) = NULL;
	int rc = dsv_remote_list(holdings->remote, pack_head, take_name,
				 listing);

	if (rc < 0)
		return rc;
	list_holdings(holdings, listing);
	rc = dsv_pool_open(&pool, THREADS);
	if (rc == 0)
		rc = dsv_pool_each(pool, holdings->n, load, holdings);
	if (rc == 0)
		drop_unusable(holdings, listing);
	return rc;
}

int dsv_holdings_open(struct dsv_holdings **out, struct dsv_repo *repo,
		      struct dsv_remote *remote)
{
	struct dsv_holdings *holdings DSV_AUTO(holdings) =
		dsv_alloc_zero(1, sizeof(*holdings));
	struct listing listing = {.packs = DSV_MAP_INIT, .idxs = DSV_MAP_INIT};
	int rc;

	holdings->repo = repo;
	holdings->remote = remote;
	rc = load_all(holdings, &listing);
	dsv_map_release(&listing.packs);
	dsv_map_release(&listing.idxs);
	if (rc < 0)
		return rc;
	*out = dsv_take(&holdings);
	return 0;
}

void dsv_holdings_free(struct dsv_holdings **holdingsp)
{
	struct dsv_holdings *holdings = dsv_take(holdingsp);

	if (!holdings)
		return;
	for (size_t i = 0; i < holdings->n; i++)
		holding_release(&holdings->items[i]);
	free(holdings->items);
	free(holdings);
}

bool dsv_holding_has(const struct dsv_holding *holding, enum dsv_object type,
		     const struct dsv_id *id)
{
	uint64_t offset;

	return dsv_packidx_find(&holding->idx, type, id, &offset);
}

bool dsv_holdings_find(struct dsv_holdings *holdings, enum dsv_object type,
		       const struct dsv_id *id, struct dsv_held *out)
{
	for (size_t i = 0; i < holdings->n; i++) {
		size_t at = (holdings->last + i) % holdings->n;

		if (!dsv_packidx_find(&holdings->items[at].idx, type, id,
				      &out->offset))
			continue;
		holdings->last = at;
		out->pack = at;
		return true;
	}
	return false;
}
