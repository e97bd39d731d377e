#include "base/map.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"

/*
 * Open addressing with linear probing over entry numbers; the entries
 * themselves lie in the order of insertion. At most half the slots are used.
 * A key that is not there is mostly told by the tags alone, which stay in the
 * cache where slots and entries do not.
 */
#define FIRST_SLOTS 16u

void dsv_map_release(struct dsv_map *map)
{
	free(map->entries);
	free(map->slots);
	free(map->tags);
	dsv_arena_release(&map->keys);
	*map = (struct dsv_map)DSV_MAP_INIT;
}

/* The lowest bits choose the slot. */
static uint8_t tag_of(uint64_t hash)
{
	return (uint8_t)(hash >> 56 | 1);
}

/* The slot of key, or the free slot where it would go. */
static size_t find_slot(const struct dsv_map *map, const void *key, size_t len,
			uint64_t hash)
{
	size_t mask = map->n_slots - 1;
	size_t slot = hash & mask;
	uint8_t tag = tag_of(hash);

	for (; map->tags[slot]; slot = (slot + 1) & mask) {
		const struct dsv_map_entry *entry;

		if (map->tags[slot] != tag)
			continue;
		entry = &map->entries[map->slots[slot] - 1];
		if (entry->hash == hash && entry->key_len == len &&
		    (len == 0 || memcmp(entry->key, key, len) == 0))
			break;
	}
	return slot;
}

static void grow_slots(struct dsv_map *map)
{
	size_t n_slots = map->n_slots ? map->n_slots * 2 : FIRST_SLOTS;
	size_t mask = n_slots - 1;

	free(map->slots);
	free(map->tags);
	map->slots = dsv_alloc_zero(n_slots, sizeof(*map->slots));
	map->tags = dsv_alloc_zero(n_slots, sizeof(*map->tags));
	map->n_slots = n_slots;
	for (size_t i = 0; i < map->n; i++) {
		size_t slot = map->entries[i].hash & mask;

		while (map->tags[slot])
			slot = (slot + 1) & mask;
		map->slots[slot] = (uint32_t)(i + 1);
		map->tags[slot] = tag_of(map->entries[i].hash);
	}
}

struct dsv_map_entry *dsv_map_get(const struct dsv_map *map, const void *key,
				  size_t len)
{
	uint32_t number;

	if (map->n == 0)
		return NULL;
	number = map->slots[find_slot(map, key, len, dsv_hash64(key, len))];
	return number ? &map->entries[number - 1] : NULL;
}

/* The first entry that may be it, or NULL. */
static struct dsv_map_entry *candidate(const struct dsv_map *map, uint64_t hash)
{
	size_t mask = map->n_slots - 1;
	size_t slot = hash & mask;
	uint8_t tag = tag_of(hash);

	while (map->tags[slot] && map->tags[slot] != tag)
		slot = (slot + 1) & mask;
	return map->tags[slot] ? &map->entries[map->slots[slot] - 1] : NULL;
}

#define AT_ONCE 32u /* queries whose cache lines are fetched together */

static void get_some(const struct dsv_map *map, struct dsv_map_query *queries,
		     size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t hash = dsv_hash64(queries[i].key, queries[i].len);
		size_t slot = hash & (map->n_slots - 1);

		queries[i].hash = hash;
		__builtin_prefetch(&map->tags[slot]);
		__builtin_prefetch(&map->slots[slot]);
	}
	for (size_t i = 0; i < n; i++) {
		queries[i].entry = candidate(map, queries[i].hash);
		if (queries[i].entry)
			__builtin_prefetch(queries[i].entry);
	}
	for (size_t i = 0; i < n; i++)
		if (queries[i].entry)
			__builtin_prefetch(queries[i].entry->key);
	for (size_t i = 0; i < n; i++) {
		struct dsv_map_query *query = &queries[i];
		uint32_t number;

		if (!query->entry)
			continue;
		number = map->slots[find_slot(map, query->key, query->len,
					      query->hash)];
		query->entry = number ? &map->entries[number - 1] : NULL;
	}
}

void dsv_map_get_many(const struct dsv_map *map, struct dsv_map_query *queries,
		      size_t n)
{
	for (size_t i = 0; i < n && map->n == 0; i++)
		queries[i].entry = NULL;
	for (size_t i = 0; i < n && map->n > 0; i += AT_ONCE)
		get_some(map, queries + i, n - i < AT_ONCE ? n - i : AT_ONCE);
}

struct dsv_map_entry *dsv_map_put(struct dsv_map *map, const void *key,
				  size_t len)
{
	uint64_t hash = dsv_hash64(key, len);
	struct dsv_map_entry *entry;
	size_t slot;

	if ((map->n + 1) * 2 > map->n_slots)
		grow_slots(map);
	slot = find_slot(map, key, len, hash);
	if (map->slots[slot])
		return &map->entries[map->slots[slot] - 1];

	if (map->n >= UINT32_MAX - 1)
		dsv_alloc_failed();
	DSV_GROW(map->entries, map->cap, map->n + 1);
	entry = &map->entries[map->n++];
	entry->key = dsv_arena_copy(&map->keys, key, len);
	entry->key_len = len;
	entry->hash = hash;
	entry->value = 0;
	map->slots[slot] = (uint32_t)map->n;
	map->tags[slot] = tag_of(hash);
	return entry;
}
