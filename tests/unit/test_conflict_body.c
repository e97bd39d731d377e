#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "history/conflict.h"

/* Two conflicts: one field with a NUL in it, one doubled key. */
static void fill(struct dsv_conflict_record *record)
{
	struct dsv_conflict_item *item;

	record->head.kind = dsv_strdup(DSV_CONFLICT_RECORDS);
	record->format = dsv_strdup("csv");
	dsv_strlist_add(&record->key, "id");
	dsv_strlist_add(&record->labels, "x");
	item = dsv_conflict_record_add(record);
	item->word = DSV_CONFLICT_BOTH_CHANGED;
	item->field = dsv_strdup("x");
	dsv_strlist_add(&item->key, "1");
	dsv_conflict_bytes_set(&item->sides[0].value, "a\0b", 3);
	dsv_conflict_bytes_set(&item->sides[1].value, "", 0);
	dsv_conflict_side_add(&item->sides[1], "1,", 2);
	item = dsv_conflict_record_add(record);
	item->word = DSV_CONFLICT_DUPLICATE_KEY;
	dsv_strlist_add(&item->key, "2");
	dsv_conflict_side_add(&item->sides[2], "2,p", 3);
	dsv_conflict_side_add(&item->sides[2], "2,q", 3);
	item->resolved = true;
}

static void put(struct dsv_buf *out)
{
	struct dsv_conflict_record record DSV_AUTO(conflict_record) =
		DSV_CONFLICT_RECORD_INIT;

	fill(&record);
	dsv_conflict_body_put(out, &record);
}

static int get(struct dsv_conflict_record *out, const char *data, size_t len)
{
	out->head.kind = dsv_strdup(DSV_CONFLICT_RECORDS);
	return dsv_conflict_body_get(out, data, len);
}

static void test_conflict_body__comes_back_as_it_was(void **state)
{
	struct dsv_conflict_record record DSV_AUTO(conflict_record) =
		DSV_CONFLICT_RECORD_INIT;
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	put(&text);
	assert_int_equal(get(&record, text.data, text.len), 0);
	assert_int_equal(record.n, 2);
	assert_int_equal(dsv_conflict_record_open(&record), 1);
	assert_string_equal(record.format, "csv");
	assert_string_equal(record.key.items[0], "id");
	assert_string_equal(record.items[0].field, "x");
	assert_int_equal(record.items[0].sides[0].value.len, 3);
	assert_memory_equal(record.items[0].sides[0].value.data, "a\0b", 3);
	assert_non_null(record.items[0].sides[1].value.data);
	assert_null(record.items[0].sides[2].value.data);
	assert_int_equal(record.items[1].sides[2].n, 2);
	assert_string_equal(record.items[1].sides[2].records[1].data, "2,q");
	assert_true(record.items[1].resolved);
}

static void test_conflict_body__truncated_is_damage(void **state)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	put(&text);
	for (size_t len = 0; len < text.len; len++) {
		struct dsv_conflict_record record DSV_AUTO(conflict_record) =
			DSV_CONFLICT_RECORD_INIT;

		assert_int_equal(get(&record, text.data, len), DSV_ECORRUPT);
	}
}

static void test_conflict_body__flipped_bit_is_damage(void **state)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	put(&text);
	for (size_t bit = 0; bit < text.len * 8; bit++) {
		struct dsv_conflict_record record DSV_AUTO(conflict_record) =
			DSV_CONFLICT_RECORD_INIT;

		text.data[bit / 8] ^= (char)(1 << (bit % 8));
		assert_true(get(&record, text.data, text.len) < 0);
		text.data[bit / 8] ^= (char)(1 << (bit % 8));
	}
}

static void test_conflict_body__whole_file_has_a_reason_or_none(void **state)
{
	struct dsv_conflict_record record DSV_AUTO(conflict_record) =
		DSV_CONFLICT_RECORD_INIT;

	(void)state;
	record.head.kind = dsv_strdup("file");
	assert_int_equal(dsv_conflict_body_get(&record, "", 0), 0);
	assert_null(record.reason);
	assert_int_equal(dsv_conflict_body_get(&record, "why", 3), 0);
	assert_string_equal(record.reason, "why");
	assert_int_equal(dsv_conflict_record_open(&record), 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_conflict_body__comes_back_as_it_was),
		cmocka_unit_test(test_conflict_body__truncated_is_damage),
		cmocka_unit_test(test_conflict_body__flipped_bit_is_damage),
		cmocka_unit_test(
			test_conflict_body__whole_file_has_a_reason_or_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
