#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dsv/auto.h>

#include "base/arena.h"

/*
 * Byte strings to 64-bit values (a number, or a pointer the caller owns).
 * Walks go in the order of insertion, so the same input gives the same output
 * on every machine. Entries are never removed.
 */
struct dsv_map_entry {
	const char *key; /* NUL-ended copy */
	size_t key_len;
	uint64_t hash;
	uint64_t value;
};

struct dsv_map {
	struct dsv_map_entry *entries; /* in order of insertion */
	size_t n;
	size_t cap;
	uint32_t *slots; /* entry number + 1, 0 free */
	uint8_t *tags;	 /* of each slot: bits of the hash, 0 free */
	size_t n_slots;	 /* a power of two */
	struct dsv_arena keys;
};

#define DSV_MAP_INIT \
	{            \
		0    \
	}

void dsv_map_release(struct dsv_map *map);
/** The entry of key or NULL; lent until the next put. */
struct dsv_map_entry *dsv_map_get(const struct dsv_map *map, const void *key,
				  size_t len);

struct dsv_map_query {
	const void *key;
	size_t len;
	uint64_t hash;		     /* room for the look-up */
	struct dsv_map_entry *entry; /* found; NULL: there is none */
};

/** dsv_map_get() for many keys: what one waits for in memory, all wait for at
 * the same time. */
void dsv_map_get_many(const struct dsv_map *map, struct dsv_map_query *queries,
		      size_t n);
/** The entry of key, made with value 0 where there was none. */
struct dsv_map_entry *dsv_map_put(struct dsv_map *map, const void *key,
				  size_t len);

DSV_AUTO_RELEASE(map)

#endif
