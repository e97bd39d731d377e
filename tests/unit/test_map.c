#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/map.h"

#define MANY 20000u

static void test_map__empty_has_nothing(void **state)
{
	struct dsv_map map DSV_AUTO(map) = DSV_MAP_INIT;

	(void)state;
	assert_null(dsv_map_get(&map, "a", 1));
	assert_null(dsv_map_get(&map, "", 0));
}

static void test_map__finds_all_and_walks_in_order(void **state)
{
	struct dsv_map map DSV_AUTO(map) = DSV_MAP_INIT;
	char key[32];

	(void)state;
	for (uint64_t i = 0; i < MANY; i++) {
		int len = snprintf(key, sizeof(key), "key %u", (unsigned)i);

		dsv_map_put(&map, key, (size_t)len)->value = i;
	}
	assert_int_equal(map.n, MANY);
	for (uint64_t i = 0; i < MANY; i++) {
		int len = snprintf(key, sizeof(key), "key %u", (unsigned)i);

		assert_int_equal(dsv_map_get(&map, key, (size_t)len)->value, i);
		assert_string_equal(map.entries[i].key, key);
	}
	assert_null(dsv_map_get(&map, "key", 3));
}

static void test_map__many_at_once_are_found_as_one_by_one(void **state)
{
	struct dsv_map map DSV_AUTO(map) = DSV_MAP_INIT;
	struct dsv_map_query queries[1001];
	uint32_t keys[1001];

	(void)state;
	for (uint32_t i = 0; i < 1001; i++) {
		keys[i] = i * 3;
		queries[i] = (struct dsv_map_query){.key = &keys[i],
						    .len = sizeof(keys[i])};
	}
	dsv_map_get_many(&map, queries, 1001);
	for (uint32_t i = 0; i < 1001; i++)
		assert_null(queries[i].entry);
	for (uint32_t i = 0; i < 2000; i++)
		dsv_map_put(&map, &i, sizeof(i))->value = i + 7;
	dsv_map_get_many(&map, queries, 1001);
	for (uint32_t i = 0; i < 1001; i++) {
		assert_ptr_equal(queries[i].entry,
				 dsv_map_get(&map, &keys[i], sizeof(keys[i])));
		assert_true(!queries[i].entry == (keys[i] >= 2000));
	}
}

static void test_map__put_of_a_known_key_gives_its_entry(void **state)
{
	struct dsv_map map DSV_AUTO(map) = DSV_MAP_INIT;

	(void)state;
	dsv_map_put(&map, "a", 1)->value = 7;
	assert_int_equal(dsv_map_put(&map, "a", 1)->value, 7);
	assert_int_equal(map.n, 1);
}

static void test_map__new_entries_begin_at_0(void **state)
{
	(void)state;
	/* the second map finds the memory of the first, full of ones */
	for (int round = 0; round < 2; round++) {
		struct dsv_map map DSV_AUTO(map) = DSV_MAP_INIT;

		for (unsigned i = 0; i < 1000; i++) {
			struct dsv_map_entry *entry;

			entry = dsv_map_put(&map, &i, sizeof(i));
			assert_int_equal(entry->value, 0);
			entry->value = UINT64_MAX;
		}
	}
}

static void test_map__keys_are_bytes(void **state)
{
	struct dsv_map map DSV_AUTO(map) = DSV_MAP_INIT;

	(void)state;
	dsv_map_put(&map, "a\0b", 3)->value = 1;
	dsv_map_put(&map, "a\0c", 3)->value = 2;
	dsv_map_put(&map, "", 0)->value = 3;
	assert_int_equal(dsv_map_get(&map, "a\0b", 3)->value, 1);
	assert_int_equal(dsv_map_get(&map, "a\0c", 3)->value, 2);
	assert_int_equal(dsv_map_get(&map, NULL, 0)->value, 3);
	assert_null(dsv_map_get(&map, "a", 1));
}

static void test_arena__gives_aligned_memory_apart(void **state)
{
	struct dsv_arena arena DSV_AUTO(arena) = DSV_ARENA_INIT;
	unsigned char *runs[1000];

	(void)state;
	for (size_t i = 0; i < 1000; i++) {
		runs[i] = dsv_arena_alloc(&arena, i * 3);
		assert_int_equal((uintptr_t)runs[i] % 8, 0);
		memset(runs[i], (int)(i & 255), i * 3);
	}
	for (size_t i = 0; i < 1000; i++) {
		for (size_t j = 0; j < i * 3; j++)
			assert_int_equal(runs[i][j], i & 255);
	}
}

static void test_arena__large_runs_and_reset(void **state)
{
	struct dsv_arena arena DSV_AUTO(arena) = DSV_ARENA_INIT;
	char *small = dsv_arena_copy(&arena, "small", 5);

	(void)state;
	memset(dsv_arena_alloc(&arena, 1000000), 'x', 1000000);
	assert_string_equal(small, "small");
	assert_true(arena.held >= 1000000);
	dsv_arena_reset(&arena);
	assert_true(arena.held < 1000000);
	assert_string_equal(dsv_arena_copy(&arena, "again", 5), "again");
	dsv_arena_reset(&arena);
	memset(dsv_arena_alloc(&arena, 1000000), 'x', 1000000);
	dsv_arena_reset(&arena);
	assert_string_equal(dsv_arena_copy(&arena, NULL, 0), "");
}

/* Reference values of XXH3 with seed 0: xxhash 0.8, tests/sanity_test; the
 * empty input's is printed in its documentation. */
static void test_hash__stable_is_unseeded_xxh3(void **state)
{
	(void)state;
	assert_true(dsv_hash_stable("", 0) == 0x2d06800538d394c2u);
}

static void test_hash__equal_in_a_process_and_seeded(void **state)
{
	struct dsv_hash128 a = dsv_hash128("abc", 3);
	struct dsv_hash128 b = dsv_hash128("abc", 3);

	(void)state;
	assert_true(a.low == b.low && a.high == b.high);
	assert_true(dsv_hash64("abc", 3) == dsv_hash64("abc", 3));
	assert_true(dsv_hash64("abc", 3) != dsv_hash64("abd", 3));
	assert_true(dsv_hash64("abc", 3) != dsv_hash_stable("abc", 3));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_map__empty_has_nothing),
		cmocka_unit_test(test_map__finds_all_and_walks_in_order),
		cmocka_unit_test(
			test_map__many_at_once_are_found_as_one_by_one),
		cmocka_unit_test(test_map__put_of_a_known_key_gives_its_entry),
		cmocka_unit_test(test_map__new_entries_begin_at_0),
		cmocka_unit_test(test_map__keys_are_bytes),
		cmocka_unit_test(test_arena__gives_aligned_memory_apart),
		cmocka_unit_test(test_arena__large_runs_and_reset),
		cmocka_unit_test(test_hash__stable_is_unseeded_xxh3),
		cmocka_unit_test(test_hash__equal_in_a_process_and_seeded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
