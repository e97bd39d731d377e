#include "store/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <dsv/error.h>
#include <dsv/strlist.h>

#include "base/alloc.h"
#include "base/fs.h"
#include "base/map.h"
#include "store/filemap.h"
#include "store/store_private.h"

#define IDX_SUFFIX ".idx"

/* File systems stamp with the time of the last clock tick, at most 10 ms old;
 * some network ones with whole seconds. */
#define STAMP_NS (2 * INT64_C(1000000000))

enum { PACK_UNSEEN, PACK_MAPPED, PACK_BAD };

int dsv_store_open(struct dsv_store **out, const char *dir,
		   struct dsv_pool *pool)
{
	struct dsv_store *store = dsv_alloc_zero(1, sizeof(*store));

	store->dir = dsv_strdup(dir);
	store->packs_dir = dsv_fs_join(dir, "packs");
	store->tmp_dir = dsv_fs_join(dir, "tmp");
	store->pool = pool;
	store->hold_fd = -1;
	store->packs_fd = -1;
	pthread_rwlock_init(&store->lock, NULL);
	pthread_mutex_init(&store->dict_lock, NULL);
	pthread_mutex_init(&store->fetch_lock, NULL);
	*out = store;
	return 0;
}

static void packed_free(struct dsv_packed *packed)
{
	if (!packed)
		return;
	dsv_packidx_release(&packed->idx);
	dsv_pack_release(&packed->pack);
	free(packed->name);
	free(packed);
}

void dsv_store_free(struct dsv_store **storep)
{
	struct dsv_store *store = dsv_take(storep);

	if (!store)
		return;
	for (size_t i = 0; i < store->n; i++)
		packed_free(store->packs[i]);
	for (size_t i = 0; i < store->n_dicts; i++)
		dsv_dict_free(&store->dicts[i]);
	free(store->packs);
	free(store->dicts);
	dsv_store_let_go(store);
	if (store->packs_fd >= 0)
		close(store->packs_fd);
	pthread_rwlock_destroy(&store->lock);
	pthread_mutex_destroy(&store->dict_lock);
	pthread_mutex_destroy(&store->fetch_lock);
	free(store->dir);
	free(store->packs_dir);
	free(store->tmp_dir);
	free(store);
}

struct dsv_pool *dsv_store_pool(const struct dsv_store *store)
{
	return store->pool;
}

const char *dsv_store_packs_dir(const struct dsv_store *store)
{
	return store->packs_dir;
}

const char *dsv_store_tmp_dir(const struct dsv_store *store)
{
	return store->tmp_dir;
}

void dsv_store_set_fetch(struct dsv_store *store, dsv_fetch_fn fetch, void *ctx)
{
	store->fetch = fetch;
	store->fetch_ctx = ctx;
}

/* A damaged index is left out, so that what lies elsewhere stays readable and
 * what it held can be added again; an unknown version stops everything. */
static int add_index(struct dsv_store *store, const char *file_name)
{
	size_t len = strlen(file_name) - strlen(IDX_SUFFIX);
	char *path DSV_AUTO(str) = dsv_fs_join(store->packs_dir, file_name);
	struct dsv_packidx idx = DSV_PACKIDX_INIT;
	struct dsv_packed *packed;
	int rc;

	rc = dsv_packidx_open(&idx, path);
	if (rc == DSV_EUNSUPPORTED)
		return rc;
	if (rc < 0) {
		atomic_store(&store->skipped, true);
		return 0;
	}
	packed = dsv_alloc_zero(1, sizeof(*packed));
	packed->name = dsv_strndup(file_name, len);
	packed->idx = idx;
	packed->number = store->n;
	DSV_GROW(store->packs, store->cap, store->n + 1);
	store->packs[store->n++] = packed;
	return 0;
}

static bool is_known(const struct dsv_store *store, const char *name)
{
	for (size_t i = store->n; i-- > 0;)
		if (strcmp(store->packs[i]->name, name) == 0)
			return true;
	return false;
}

static bool is_index(const char *name)
{
	size_t len = strlen(name);

	return len == DSV_ID_HEX - 1 + strlen(IDX_SUFFIX) &&
	       strcmp(name + DSV_ID_HEX - 1, IDX_SUFFIX) == 0;
}

/* Maps stay readable when their files are removed. */
static void mark_gone(struct dsv_store *store, const struct dsv_strlist *names)
{
	struct dsv_map there DSV_AUTO(map) = DSV_MAP_INIT;

	for (size_t i = 0; i < names->n; i++)
		if (is_index(names->items[i]))
			dsv_map_put(&there, names->items[i], DSV_ID_HEX - 1);
	for (size_t i = 0; i < store->n; i++)
		atomic_store(&store->packs[i]->gone,
			     !dsv_map_get(&there, store->packs[i]->name,
					  DSV_ID_HEX - 1));
}

/* The write lock is held. */
static int list_packs(struct dsv_store *store)
{
	struct dsv_strlist names DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_map known DSV_AUTO(map) = DSV_MAP_INIT;
	int rc;

	for (size_t i = 0; i < store->n; i++)
		dsv_map_put(&known, store->packs[i]->name, DSV_ID_HEX - 1);
	rc = dsv_fs_list(store->packs_dir, &names);
	if (rc == 0)
		mark_gone(store, &names);
	for (size_t i = 0; rc == 0 && i < names.n; i++)
		if (is_index(names.items[i]) &&
		    !dsv_map_get(&known, names.items[i], DSV_ID_HEX - 1))
			rc = add_index(store, names.items[i]);
	return rc;
}

static int64_t nanoseconds(struct timespec at)
{
	return at.tv_sec * INT64_C(1000000000) + at.tv_nsec;
}

int dsv_store_refresh(struct dsv_store *store)
{
	struct timespec now;
	struct stat st;
	int rc;

	pthread_rwlock_wrlock(&store->lock);
	if (stat(store->packs_dir, &st) != 0)
		memset(&st, 0, sizeof(st));
	clock_gettime(CLOCK_REALTIME, &now);
	rc = list_packs(store);
	store->listed = st.st_mtim;
	store->listed_early =
		nanoseconds(now) - nanoseconds(st.st_mtim) < STAMP_NS;
	if (rc == 0)
		atomic_store(&store->listed_once, true);
	pthread_rwlock_unlock(&store->lock);
	return rc;
}

static bool may_have_new_packs(struct dsv_store *store)
{
	struct stat st;
	bool changed;

	if (stat(store->packs_dir, &st) != 0)
		return false;
	pthread_rwlock_rdlock(&store->lock);
	changed = store->listed_early ||
		  nanoseconds(st.st_mtim) != nanoseconds(store->listed);
	pthread_rwlock_unlock(&store->lock);
	return changed;
}

int dsv_store_list(struct dsv_store *store)
{
	return atomic_load(&store->listed_once) ? 0 : dsv_store_refresh(store);
}

int dsv_store_adopt(struct dsv_store *store, const struct dsv_id *pack)
{
	char hex[DSV_ID_HEX];
	char *file DSV_AUTO(str) =
		dsv_strf("%s%s", dsv_id_hex(pack, hex), IDX_SUFFIX);
	int rc = 0;

	pthread_rwlock_wrlock(&store->lock);
	if (!is_known(store, hex))
		rc = add_index(store, file);
	pthread_rwlock_unlock(&store->lock);
	return rc;
}

/* Map the pack with its first hit, so that an index whose pack is gone or
 * belongs to other bytes does not promise what cannot be read. */
static bool is_usable(struct dsv_store *store, struct dsv_packed *packed)
{
	static const char suffix[] = ".pack";
	int state = atomic_load(&packed->state);

	if (state != PACK_UNSEEN)
		return state == PACK_MAPPED;
	pthread_mutex_lock(&store->dict_lock);
	state = atomic_load(&packed->state);
	if (state == PACK_UNSEEN) {
		char *path DSV_AUTO(str) = dsv_strf("%s/%s%s", store->packs_dir,
						    packed->name, suffix);
		struct dsv_pack *pack = &packed->pack;
		bool good = dsv_pack_open(pack, path) == 0 &&
			    dsv_id_equal(&pack->id, &packed->idx.pack_id) &&
			    pack->mapped.len == packed->idx.pack_size;

		state = good ? PACK_MAPPED : PACK_BAD;
		if (!good)
			atomic_store(&store->skipped, true);
		atomic_store(&packed->state, state);
	}
	pthread_mutex_unlock(&store->dict_lock);
	return state == PACK_MAPPED;
}

struct dsv_packed *dsv_store_pack_at(struct dsv_store *store, size_t i)
{
	struct dsv_packed *packed;

	pthread_rwlock_rdlock(&store->lock);
	packed = i < store->n ? store->packs[i] : NULL;
	pthread_rwlock_unlock(&store->lock);
	return packed;
}

bool dsv_store_pack_usable(struct dsv_store *store, struct dsv_packed *packed)
{
	return is_usable(store, packed);
}

void dsv_store_leave_out(struct dsv_store *store, struct dsv_packed *packed)
{
	atomic_store(&store->skipped, true);
	atomic_store(&packed->state, PACK_BAD);
}

/* The n-th pack to try: that of the last hit, then the others. */
static size_t nth_pack(size_t n, size_t first)
{
	if (n == 0)
		return first;
	return n <= first ? n - 1 : n;
}

int dsv_places_next(struct dsv_store *store, struct dsv_places *places)
{
	int found = 0;

	pthread_rwlock_rdlock(&store->lock);
	if (places->tried == 0) {
		places->first = atomic_load(&store->last);
		if (places->first >= store->n)
			places->first = 0;
	}
	while (!found && places->tried < store->n) {
		size_t i = nth_pack(places->tried++, places->first);
		struct dsv_packed *packed = store->packs[i];

		found = dsv_packidx_find(&packed->idx, places->type, places->id,
					 &places->offset) &&
			is_usable(store, packed);
		if (found) {
			places->packed = packed;
			if (i != places->first)
				atomic_store(&store->last, i);
		}
	}
	pthread_rwlock_unlock(&store->lock);
	return found;
}

int dsv_store_knows(struct dsv_store *store, enum dsv_object type,
		    const struct dsv_id *id)
{
	struct dsv_places places = DSV_PLACES(type, id);

	while (dsv_places_next(store, &places))
		if (!atomic_load(&places.packed->gone))
			return 1;
	return 0;
}

int dsv_store_has(struct dsv_store *store, enum dsv_object type,
		  const struct dsv_id *id)
{
	int rc = dsv_store_list(store);

	if (rc < 0)
		return rc;
	if (dsv_store_knows(store, type, id))
		return 1;
	if (!may_have_new_packs(store))
		return 0;
	rc = dsv_store_refresh(store);
	return rc < 0 ? rc : dsv_store_knows(store, type, id);
}

int dsv_store_fail_missing(struct dsv_store *store, enum dsv_object type,
			   const struct dsv_id *id)
{
	char hex[DSV_ID_HEX];
	int rc;

	rc = dsv_fail(DSV_EMISSING, "%s '%s' is not here",
		      dsv_object_name(type), dsv_id_hex(id, hex));
	if (!atomic_load(&store->skipped))
		return rc;
	return dsv_hint(rc, "a damaged pack was left out; 'dsv fsck' names it");
}

int dsv_store_stats(struct dsv_store *store, struct dsv_store_stats *out)
{
	struct dsv_store_stats stats = {0};
	int rc = dsv_store_refresh(store);

	if (rc < 0)
		return rc;
	pthread_rwlock_rdlock(&store->lock);
	for (size_t i = 0; i < store->n; i++) {
		if (atomic_load(&store->packs[i]->gone))
			continue;
		stats.packs++;
		stats.objects += store->packs[i]->idx.n;
		stats.bytes += store->packs[i]->idx.pack_size +
			       store->packs[i]->idx.mapped.len;
	}
	pthread_rwlock_unlock(&store->lock);
	*out = stats;
	return 0;
}
