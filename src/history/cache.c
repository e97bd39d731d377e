#include "history/cache.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "base/atomic.h"
#include "base/codec.h"
#include "base/digest.h"
#include "base/hash.h"
#include "repo/config.h"
#include "repo/repo.h"

#define MARK_LEN  4u
#define HEAD_LEN  8u /* mark, version */
#define CHECK_LEN 8u

static const struct {
	const char *folder;
	char mark[MARK_LEN + 1];
	uint32_t version;
} kinds[] = {
	[DSV_CACHE_CHANGES] = {"changes", "DSVC", 1},
	[DSV_CACHE_CENSUS] = {"census", "DSVN", 1},
	[DSV_CACHE_KEYS] = {"keys", "DSVK", 1},
	[DSV_CACHE_SCAN] = {"scan", "DSVS", 1},
	[DSV_CACHE_SCANNED] = {"scanned", "DSVP", 1},
};
#define N_KINDS (sizeof(kinds) / sizeof(kinds[0]))

void dsv_cache_init(struct dsv_cache *cache, struct dsv_repo *repo)
{
	cache->dir = dsv_repo_own(repo, "cache");
	cache->limit = dsv_config_u64(repo, "dsv.cacheLimit", DSV_CACHE_LIMIT);
}

void dsv_cache_release(struct dsv_cache *cache)
{
	free(cache->dir);
	*cache = (struct dsv_cache)DSV_CACHE_INIT;
}

void dsv_identity_of_content(struct dsv_identity *out, const struct dsv_id *id)
{
	out->kind = DSV_IDENTITY_CONTENT;
	memcpy(out->bytes, id->bytes, DSV_ID_SIZE);
}

void dsv_identity_of_blob(struct dsv_identity *out, const struct dsv_oid *oid)
{
	*out = (struct dsv_identity){.kind = DSV_IDENTITY_BLOB};
	memcpy(out->bytes, oid->bytes, DSV_OID_SIZE);
}

static void put_identity(struct dsv_buf *out, const struct dsv_identity *id)
{
	dsv_put_u8(out, (uint8_t)id->kind);
	dsv_buf_add(out, id->bytes, sizeof(id->bytes));
}

void dsv_cache_name(enum dsv_cache_kind kind, const struct dsv_identity *from,
		    const struct dsv_identity *to, const struct dsv_id *reading,
		    struct dsv_id *out)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_buf_add(&text, kinds[kind].mark, MARK_LEN);
	dsv_put_u32(&text, kinds[kind].version);
	dsv_put_id(&text, reading);
	put_identity(&text, from);
	if (to)
		put_identity(&text, to);
	dsv_id_of(text.data, text.len, out);
}

/* DIR/changes/ab/cdef... */
static char *file_path(const struct dsv_cache *cache, enum dsv_cache_kind kind,
		       const struct dsv_id *name)
{
	char hex[DSV_ID_HEX];

	dsv_id_hex(name, hex);
	return dsv_strf("%s/%s/%.2s/%s", cache->dir, kinds[kind].folder, hex,
			hex + 2);
}

bool dsv_cache_check(enum dsv_cache_kind kind, const char *data, size_t len,
		     const char **out_body, size_t *out_len)
{
	struct dsv_bytes tail;

	if (len < HEAD_LEN + CHECK_LEN ||
	    memcmp(data, kinds[kind].mark, MARK_LEN) != 0)
		return false;
	tail = dsv_bytes(data + MARK_LEN, HEAD_LEN - MARK_LEN);
	if (dsv_get_u32(&tail) != kinds[kind].version)
		return false;
	tail = dsv_bytes(data + len - CHECK_LEN, CHECK_LEN);
	if (dsv_get_u64(&tail) != dsv_hash_stable(data, len - CHECK_LEN))
		return false;
	*out_body = data + HEAD_LEN;
	*out_len = len - HEAD_LEN - CHECK_LEN;
	return true;
}

int dsv_cache_get(const struct dsv_cache *cache, enum dsv_cache_kind kind,
		  const struct dsv_id *name, struct dsv_cached *out)
{
	char *path DSV_AUTO(str) = file_path(cache, kind, name);

	if (!dsv_fs_exists(path) || dsv_mapped_open(&out->mapped, path) < 0)
		return 0;
	if (dsv_cache_check(kind, out->mapped.data, out->mapped.len, &out->body,
			    &out->len))
		return 1;
	dsv_cached_release(out);
	return 0;
}

void dsv_cached_release(struct dsv_cached *cached)
{
	dsv_mapped_release(&cached->mapped);
	*cached = (struct dsv_cached)DSV_CACHED_INIT;
}

static int write_file(const char *path, enum dsv_cache_kind kind,
		      const char *body, size_t len)
{
	struct dsv_atomic file DSV_AUTO(atomic) = DSV_ATOMIC_INIT;
	struct dsv_buf whole DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc;

	dsv_buf_reserve(&whole, len + HEAD_LEN + CHECK_LEN);
	dsv_buf_add(&whole, kinds[kind].mark, MARK_LEN);
	dsv_put_u32(&whole, kinds[kind].version);
	dsv_buf_add(&whole, body, len);
	dsv_put_u64(&whole, dsv_hash_stable(whole.data, whole.len));
	rc = dsv_atomic_open(&file, path, NULL, 0644);
	if (rc == 0)
		rc = dsv_atomic_write(&file, whole.data, whole.len);
	return rc < 0 ? rc : dsv_atomic_commit_fast(&file, NULL);
}

void dsv_cache_put(const struct dsv_cache *cache, enum dsv_cache_kind kind,
		   const struct dsv_id *name, const char *body, size_t len)
{
	char *path DSV_AUTO(str) = file_path(cache, kind, name);
	char *folder DSV_AUTO(str) = dsv_strdup(path);

	if (len > cache->limit)
		return;
	*strrchr(folder, '/') = '\0';
	if (dsv_fs_mkdirs(folder) < 0 ||
	    write_file(path, kind, body, len) < 0) {
		dsv_error_clear();
		return;
	}
	/* looking at all files costs more than writing one, so one answer in
	 * 16 pays for all, a big one for itself */
	if (name->bytes[31] % 16 == 0 || len > cache->limit / 64)
		dsv_cache_trim(cache);
}

struct aged {
	char *path;
	struct timespec at;
	uint64_t size;
};

struct aged_list {
	struct aged *items;
	size_t n;
	size_t cap;
	uint64_t size;
};

static int by_age(const void *ap, const void *bp)
{
	const struct aged *a = ap;
	const struct aged *b = bp;

	if (a->at.tv_sec != b->at.tv_sec)
		return a->at.tv_sec < b->at.tv_sec ? -1 : 1;
	if (a->at.tv_nsec != b->at.tv_nsec)
		return a->at.tv_nsec < b->at.tv_nsec ? -1 : 1;
	return strcmp(a->path, b->path);
}

static void list_folder(const char *folder, struct aged_list *out)
{
	struct dsv_strlist names DSV_AUTO(strlist) = DSV_STRLIST_INIT;

	if (dsv_fs_list(folder, &names) < 0)
		return;
	for (size_t i = 0; i < names.n; i++) {
		char *path = dsv_fs_join(folder, names.items[i]);
		struct stat st;

		if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode))
			list_folder(path, out);
		else if (S_ISREG(st.st_mode)) {
			DSV_GROW(out->items, out->cap, out->n + 1);
			out->items[out->n++] = (struct aged){
				path, st.st_mtim, (uint64_t)st.st_size};
			out->size += (uint64_t)st.st_size;
			continue;
		}
		free(path);
	}
}

void dsv_cache_trim(const struct dsv_cache *cache)
{
	struct aged_list list = {0};

	for (size_t i = 0; i < N_KINDS; i++) {
		char *folder DSV_AUTO(str) =
			dsv_fs_join(cache->dir, kinds[i].folder);

		list_folder(folder, &list);
	}
	if (list.size > cache->limit) {
		uint64_t wanted = cache->limit - cache->limit / 8;

		qsort(list.items, list.n, sizeof(*list.items), by_age);
		for (size_t i = 0; i < list.n && list.size > wanted; i++) {
			if (dsv_fs_unlink(list.items[i].path) == 0)
				list.size -= list.items[i].size;
		}
		dsv_error_clear();
	}
	for (size_t i = 0; i < list.n; i++)
		free(list.items[i].path);
	free(list.items);
}
