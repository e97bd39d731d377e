#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/digest.h"
#include "store/fsck.h"
#include "store/gc.h"
#include "store/objects.h"
#include "storekit.h"

#define VERSIONS 12u

struct table {
	struct dsv_buf data[VERSIONS];
	struct dsv_content content[VERSIONS];
};

static void table_release(struct table *table)
{
	for (size_t i = 0; i < VERSIONS; i++)
		dsv_buf_release(&table->data[i]);
}

#define TABLE __attribute__((cleanup(table_release)))

static void make_table(struct kit *kit, struct table *table)
{
	for (size_t i = 0; i < VERSIONS; i++) {
		for (size_t row = 0; row < 3000; row++)
			kit_row(&table->data[i], row + i / 6 * 3000,
				row % 500 <= i ? "dog" : "cat");
		table->content[i] = kit_add(kit, &table->data[i],
					    i ? &table->content[i - 1] : NULL);
	}
}

static const struct dsv_gc_store_opts nothing_is_young = {.young_s = INT64_MAX};

static void need(struct dsv_gc *gc, const struct table *table, unsigned from,
		 unsigned to)
{
	for (unsigned i = to; i-- > from;)
		assert_int_equal(dsv_gc_need(gc, &table->content[i]), 0);
}

static void expect_versions(struct kit *kit, const struct table *table,
			    unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++)
		kit_expect(kit, &table->content[i], &table->data[i]);
}

static int no_damage(void *ctx, const struct dsv_store_damage *damage)
{
	(void)ctx;
	fail_msg("%s: %s", damage->pack, damage->fault);
	return 0;
}

static void expect_sound(struct kit *kit)
{
	kit_reopen(kit);
	assert_int_equal(dsv_store_fsck(kit->store, no_damage, NULL, NULL), 0);
}

/* All of it, as nobody else is there. */
static void collect(struct kit *kit, const struct table *table, unsigned from,
		    unsigned to)
{
	struct dsv_gc *gc DSV_AUTO(gc) = NULL;

	assert_int_equal(dsv_gc_open(&gc, kit->store, &nothing_is_young), 0);
	need(gc, table, from, to);
	assert_int_equal(dsv_gc_plan(gc), 0);
	assert_int_equal(dsv_gc_pack(gc), 0);
	assert_int_equal(dsv_store_hold_alone(kit->store, 0), 1);
	if (dsv_gc_drop(gc) < 0)
		fail_msg("%s", dsv_error_message());
}

static void test_gc__many_packs_become_one(void **state)
{
	struct kit *kit = *state;
	struct table table TABLE;

	memset(&table, 0, sizeof(table));
	make_table(kit, &table);
	assert_int_equal(kit_stats(kit).packs, VERSIONS);
	collect(kit, &table, 0, VERSIONS);
	expect_sound(kit);
	assert_int_equal(kit_stats(kit).packs, 1);
	expect_versions(kit, &table, 0, VERSIONS);
}

static void test_gc__what_is_not_needed_goes(void **state)
{
	struct kit *kit = *state;
	struct dsv_store_stats before;
	struct table table TABLE;

	memset(&table, 0, sizeof(table));
	make_table(kit, &table);
	before = kit_stats(kit);
	collect(kit, &table, 6, VERSIONS);
	expect_sound(kit);
	assert_true(kit_stats(kit).bytes < before.bytes * 3 / 4);
	assert_int_equal(dsv_store_has_content(kit->store, &table.content[0]),
			 0);
	expect_versions(kit, &table, 6, VERSIONS);
}

static void test_gc__without_needs_nothing_stays(void **state)
{
	struct kit *kit = *state;
	struct table table TABLE;

	memset(&table, 0, sizeof(table));
	make_table(kit, &table);
	collect(kit, &table, 0, 0);
	expect_sound(kit);
	assert_int_equal(kit_stats(kit).packs, 0);
}

static void test_gc__a_store_in_order_is_left_alone(void **state)
{
	struct dsv_gc *gc DSV_AUTO(gc) = NULL;
	struct kit *kit = *state;
	struct dsv_gc_figures figures;
	struct table table TABLE;

	memset(&table, 0, sizeof(table));
	make_table(kit, &table);
	collect(kit, &table, 0, VERSIONS);
	kit_reopen(kit);
	assert_int_equal(dsv_gc_open(&gc, kit->store, &nothing_is_young), 0);
	need(gc, &table, 0, VERSIONS);
	assert_int_equal(dsv_gc_plan(gc), 0);
	dsv_gc_figures(gc, &figures);
	assert_int_equal(figures.packs, 1);
	assert_int_equal(figures.replaced, 0);
}

/* Stopped between the new pack and the end of the old ones. */
static void test_gc__a_gc_that_was_stopped_can_be_repeated(void **state)
{
	struct kit *kit = *state;
	struct table table TABLE;

	memset(&table, 0, sizeof(table));
	make_table(kit, &table);
	for (unsigned i = 0; i < 2; i++) {
		struct dsv_gc *gc DSV_AUTO(gc) = NULL;

		assert_int_equal(
			dsv_gc_open(&gc, kit->store, &nothing_is_young), 0);
		need(gc, &table, 0, VERSIONS);
		assert_int_equal(dsv_gc_plan(gc), 0);
		assert_int_equal(dsv_gc_pack(gc), 0);
		kit_reopen(kit);
	}
	assert_int_equal(kit_stats(kit).packs, VERSIONS + 1);
	collect(kit, &table, 0, VERSIONS);
	expect_sound(kit);
	assert_int_equal(kit_stats(kit).packs, 1);
	expect_versions(kit, &table, 0, VERSIONS);
}

static void test_gc__young_packs_keep_what_nobody_needs(void **state)
{
	const struct dsv_gc_store_opts all_young = {.young_s = 0};
	struct dsv_gc *gc DSV_AUTO(gc) = NULL;
	struct kit *kit = *state;
	struct dsv_gc_figures figures;
	struct table table TABLE;

	memset(&table, 0, sizeof(table));
	make_table(kit, &table);
	assert_int_equal(dsv_gc_open(&gc, kit->store, &all_young), 0);
	need(gc, &table, 11, VERSIONS);
	assert_int_equal(dsv_gc_plan(gc), 0);
	assert_int_equal(dsv_gc_pack(gc), 0);
	assert_int_equal(dsv_store_hold_alone(kit->store, 0), 1);
	assert_int_equal(dsv_gc_drop(gc), 0);
	dsv_gc_figures(gc, &figures);
	assert_int_equal(figures.dropped_objects, 0);
	expect_sound(kit);
	expect_versions(kit, &table, 0, VERSIONS);
}

static void test_gc__what_comes_to_be_needed_meanwhile_stays(void **state)
{
	struct dsv_gc *gc DSV_AUTO(gc) = NULL;
	struct kit *kit = *state;
	struct table table TABLE;

	memset(&table, 0, sizeof(table));
	make_table(kit, &table);
	assert_int_equal(dsv_gc_open(&gc, kit->store, &nothing_is_young), 0);
	need(gc, &table, 6, VERSIONS);
	assert_int_equal(dsv_gc_plan(gc), 0);
	assert_int_equal(dsv_gc_pack(gc), 0);
	assert_int_equal(dsv_store_hold_alone(kit->store, 0), 1);
	need(gc, &table, 2, 4);
	assert_int_equal(dsv_gc_drop(gc), 0);
	expect_sound(kit);
	expect_versions(kit, &table, 2, 4);
	expect_versions(kit, &table, 6, VERSIONS);
	assert_int_equal(dsv_store_has_content(kit->store, &table.content[0]),
			 0);
}

/* Its bases are what nobody needed when the gc looked. */
static void test_gc__packs_that_come_meanwhile_keep_their_bases(void **state)
{
	struct dsv_gc *gc DSV_AUTO(gc) = NULL;
	struct kit *kit = *state;
	struct kit writer = {.pool = kit->pool};
	struct dsv_buf late DSV_AUTO(buf) = DSV_BUF_INIT;
	struct table table TABLE;

	memset(&table, 0, sizeof(table));
	make_table(kit, &table);
	assert_int_equal(dsv_gc_open(&gc, kit->store, &nothing_is_young), 0);
	need(gc, &table, 6, VERSIONS);
	assert_int_equal(dsv_gc_plan(gc), 0);
	assert_int_equal(dsv_gc_pack(gc), 0);
	assert_int_equal(dsv_store_open(&writer.store, kit->dir, kit->pool), 0);
	dsv_buf_add(&late, table.data[0].data, table.data[0].len);
	memcpy(late.data + late.len - 4, "owl", 3);
	kit_add(&writer, &late, &table.content[0]);
	assert_int_equal(dsv_store_hold_alone(kit->store, 0), 0);
	dsv_store_free(&writer.store);
	assert_int_equal(dsv_store_hold_alone(kit->store, 0), 1);
	assert_int_equal(dsv_gc_drop(gc), 0);
	expect_sound(kit);
}

/* One that listed the packs before. */
static void test_gc__readers_go_on(void **state)
{
	struct kit *kit = *state;
	struct kit reader = {.pool = kit->pool};
	struct kit late = {.pool = kit->pool};
	struct table table TABLE;

	memset(&table, 0, sizeof(table));
	make_table(kit, &table);
	assert_int_equal(dsv_store_open(&reader.store, kit->dir, kit->pool), 0);
	assert_int_equal(dsv_store_open(&late.store, kit->dir, kit->pool), 0);
	kit_expect(&reader, &table.content[8], &table.data[8]);
	assert_int_equal(dsv_store_list(late.store), 0);
	collect(kit, &table, 6, VERSIONS);
	expect_versions(&reader, &table, 6, VERSIONS);
	expect_versions(&late, &table, 6, VERSIONS);
	dsv_store_free(&reader.store);
	dsv_store_free(&late.store);
}

/* Its map of the pack is readable still, but nobody else's. */
static void test_gc__writers_do_not_refer_to_what_is_gone(void **state)
{
	struct kit *kit = *state;
	struct kit writer = {.pool = kit->pool};
	struct dsv_content again;
	struct table table TABLE;

	memset(&table, 0, sizeof(table));
	make_table(kit, &table);
	assert_int_equal(dsv_store_open(&writer.store, kit->dir, kit->pool), 0);
	kit_expect(&writer, &table.content[0], &table.data[0]);
	collect(kit, &table, 6, VERSIONS);
	dsv_store_let_go(kit->store);
	again = kit_add(&writer, &table.data[0], NULL);
	dsv_store_free(&writer.store);
	expect_sound(kit);
	kit_expect(kit, &again, &table.data[0]);
}

static void test_gc__a_damaged_pack_is_left_as_it_is(void **state)
{
	struct kit *kit = *state;
	struct dsv_buf bytes DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf kept DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;
	struct table table TABLE;

	memset(&table, 0, sizeof(table));
	kit_rows(&data, 90000, 4000);
	kit_add(kit, &data, NULL);
	char *path DSV_AUTO(str) = kit_file(kit, ".pack");

	kit_slurp(path, &bytes);
	bytes.data[bytes.len / 2] ^= 1;
	kit_overwrite(path, bytes.data, bytes.len);
	make_table(kit, &table);
	kit_reopen(kit);
	collect(kit, &table, 0, VERSIONS);
	kit_slurp(path, &kept);
	assert_int_equal(kept.len, bytes.len);
	assert_memory_equal(kept.data, bytes.data, kept.len);
	kit_reopen(kit);
	assert_int_equal(kit_stats(kit).packs, 2);
	expect_versions(kit, &table, 0, VERSIONS);
}

static void test_gc__only_one_at_a_time(void **state)
{
	struct dsv_store *other DSV_AUTO(store) = NULL;
	struct kit *kit = *state;

	assert_int_equal(dsv_store_hold_packs(kit->store), 0);
	assert_int_equal(dsv_store_open(&other, kit->dir, NULL), 0);
	assert_int_equal(dsv_store_hold_packs(other), DSV_EREFUSED);
	kit_reopen(kit);
	assert_int_equal(dsv_store_hold_packs(other), 0);
}

static void test_gc__chains_stay_within_their_limit(void **state)
{
	struct kit *kit = *state;
	struct table table TABLE;
	struct dsv_packed *packed;

	memset(&table, 0, sizeof(table));
	make_table(kit, &table);
	collect(kit, &table, 0, VERSIONS);
	kit_reopen(kit);
	assert_int_equal(dsv_store_list(kit->store), 0);
	packed = dsv_store_pack_at(kit->store, 0);
	assert_true(dsv_store_pack_usable(kit->store, packed));
	for (size_t i = 0; i < packed->idx.n; i++) {
		struct dsv_packidx_entry entry;
		struct dsv_frame frame;

		dsv_packidx_at(&packed->idx, i, &entry);
		assert_int_equal(dsv_pack_frame(&packed->pack, entry.offset,
						&frame, NULL),
				 0);
		for (unsigned k = 0; k < frame.n_bases; k++) {
			struct dsv_copy base;

			assert_int_equal(dsv_store_copy(kit->store, frame.type,
							&frame.bases[k], &base),
					 1);
			assert_true(base.frame.depth < frame.depth);
		}
	}
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_gc__many_packs_become_one),
		TEST(test_gc__what_is_not_needed_goes),
		TEST(test_gc__without_needs_nothing_stays),
		TEST(test_gc__a_store_in_order_is_left_alone),
		TEST(test_gc__a_gc_that_was_stopped_can_be_repeated),
		TEST(test_gc__young_packs_keep_what_nobody_needs),
		TEST(test_gc__what_comes_to_be_needed_meanwhile_stays),
		TEST(test_gc__packs_that_come_meanwhile_keep_their_bases),
		TEST(test_gc__readers_go_on),
		TEST(test_gc__writers_do_not_refer_to_what_is_gone),
		TEST(test_gc__a_damaged_pack_is_left_as_it_is),
		TEST(test_gc__only_one_at_a_time),
		TEST(test_gc__chains_stay_within_their_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
