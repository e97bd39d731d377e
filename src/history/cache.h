#ifndef HISTORY_CACHE_H
#define HISTORY_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include <dsv/buf.h>
#include <dsv/id.h>
#include <dsv/repo.h>

#include "base/fs.h"

/*
 * Answers that cost time, under .git/dsv/cache: each a file named by the
 * SHA-256 of what it was computed from. Deleting it changes nothing but time.
 *
 * A file is whole and sound or taken as absent: it begins with a mark and a
 * version and ends with a checksum. Files appear by rename, so several
 * processes can write the same answer at once. The folder is kept below
 * dsv.cacheLimit (1 GiB where not set): the oldest files go first.
 *
 * docs/formats/cache.md describes the files.
 */
#define DSV_CACHE_LIMIT (UINT64_C(1) << 30)

struct dsv_cache {
	char *dir;
	uint64_t limit; /* bytes */
};

#define DSV_CACHE_INIT \
	{              \
		0      \
	}

void dsv_cache_init(struct dsv_cache *cache, struct dsv_repo *repo);
void dsv_cache_release(struct dsv_cache *cache);

/* Which content stands on a side, told without reading it. */
enum dsv_identity_kind {
	DSV_IDENTITY_NONE,    /* not known: a file of the work tree */
	DSV_IDENTITY_NOTHING, /* no file at all */
	DSV_IDENTITY_CONTENT, /* SHA-256 of the bytes */
	DSV_IDENTITY_BLOB,    /* git's name of a plain blob */
};

struct dsv_identity {
	enum dsv_identity_kind kind;
	uint8_t bytes[DSV_ID_SIZE];
};

void dsv_identity_of_content(struct dsv_identity *out, const struct dsv_id *id);
void dsv_identity_of_blob(struct dsv_identity *out, const struct dsv_oid *oid);

/* The kinds of files; each has its mark, version and name. */
enum dsv_cache_kind {
	DSV_CACHE_CHANGES, /* changes between two contents */
	DSV_CACHE_CENSUS,  /* figures of one content */
	DSV_CACHE_KEYS,	   /* the sorted key hashes of one content */
	DSV_CACHE_SCAN,	   /* what the privacy scan found in one content */
	DSV_CACHE_SCANNED, /* which contents of a path were scanned last */
};

/** The name of an answer about a content (to NULL) or about two. */
void dsv_cache_name(enum dsv_cache_kind kind, const struct dsv_identity *from,
		    const struct dsv_identity *to, const struct dsv_id *reading,
		    struct dsv_id *out);

/* A file of the cache, mapped; body is what stands between head and
 * checksum. */
struct dsv_cached {
	struct dsv_mapped mapped;
	const char *body; /* aligned to 8 */
	size_t len;
};

#define DSV_CACHED_INIT \
	{               \
		0       \
	}

/** 1 and *out, or 0: absent, damaged, of another version. */
int dsv_cache_get(const struct dsv_cache *cache, enum dsv_cache_kind kind,
		  const struct dsv_id *name, struct dsv_cached *out);
void dsv_cached_release(struct dsv_cached *cached);

/** Put an answer there. A cache that cannot be written is no failure: nothing
 * is returned. */
void dsv_cache_put(const struct dsv_cache *cache, enum dsv_cache_kind kind,
		   const struct dsv_id *name, const char *body, size_t len);
/** Delete the oldest files until the folder is below the limit. */
void dsv_cache_trim(const struct dsv_cache *cache);

/** Judge the bytes of a file of this kind; false: not one. */
bool dsv_cache_check(enum dsv_cache_kind kind, const char *data, size_t len,
		     const char **out_body, size_t *out_len);

DSV_AUTO_RELEASE(cache)
DSV_AUTO_RELEASE(cached)

#endif
