#ifndef HISTORY_KEYSET_H
#define HISTORY_KEYSET_H

#include <stdbool.h>

#include "base/codec.h"
#include "history/cache.h"

/*
 * The keys of a content as 64-bit hashes: a sorted array that is written once
 * and mapped, and what came and went since.
 *
 * The hash is the same in every run, so somebody could make two keys collide.
 * A miss is certain, a hit is only a suspicion: whoever asks goes through the
 * records then. Collisions cost time, never a wrong answer.
 */
struct dsv_keyset {
	struct dsv_id base_name; /* of the array's file in the cache */
	struct dsv_cached file;
	const uint64_t *base; /* NULL until it is opened */
	uint64_t n_base;
	uint64_t *owned; /* the array, where it is not in a file yet */
	uint64_t *added;
	uint64_t *removed;
	size_t n_added;
	size_t n_removed;
};

#define DSV_KEYSET_INIT \
	{               \
		0       \
	}

/** Sort hashes; false where two are equal. */
bool dsv_keys_sort(uint64_t *hashes, size_t n);

/** Take over n sorted hashes as a base that is called name. */
void dsv_keyset_of_array(struct dsv_keyset *out, uint64_t *hashes, size_t n,
			 const struct dsv_id *name);
void dsv_keyset_release(struct dsv_keyset *set);
/** Map the base; false where the cache does not have it any more. */
bool dsv_keyset_open_base(struct dsv_keyset *set,
			  const struct dsv_cache *cache);
/** The base must be open. */
bool dsv_keyset_has(const struct dsv_keyset *set, uint64_t hash);

/**
 * The set after a change. Sorts both arrays.
 *
 * A set that has grown apart from its base by more than an eighth gets a base
 * of its own, called name; its base must be open for that. Else it refers to
 * the base of `set`.
 */
void dsv_keyset_derive(struct dsv_keyset *out, const struct dsv_keyset *set,
		       uint64_t *added, size_t n_added, uint64_t *removed,
		       size_t n_removed, const struct dsv_id *name);

/** Write the base where it is owned; the reference and what differs. */
void dsv_keyset_put(struct dsv_buf *out, const struct dsv_keyset *set,
		    const struct dsv_cache *cache);
void dsv_keyset_get(struct dsv_bytes *in, struct dsv_keyset *out);

DSV_AUTO_RELEASE(keyset)

#endif
