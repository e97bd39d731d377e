#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store/gear.h"
#include "storekit.h"

/* Ends of all chunks. */
static size_t cut_all(enum dsv_cut cut, const struct dsv_buf *data,
		      size_t *ends, size_t max)
{
	size_t at = 0;
	size_t n = 0;

	while (at < data->len) {
		size_t len = dsv_cut_next(cut, data->data + at, data->len - at,
					  true);

		assert_true(len > 0 && len <= DSV_CHUNK_MAX && n < max);
		at += len;
		ends[n++] = at;
	}
	return n;
}

static void test_cutter__nothing_is_cut_from_nothing(void **state)
{
	(void)state;
	assert_int_equal(dsv_cut_next(DSV_CUT_LINES, "", 0, true), 0);
	assert_int_equal(dsv_cut_next(DSV_CUT_BYTES, "", 0, true), 0);
}

static void test_cutter__asks_for_more_until_it_can_tell(void **state)
{
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	kit_rows(&data, 0, 400);
	assert_int_equal(dsv_cut_next(DSV_CUT_LINES, data.data, 18432, false),
			 0);
	assert_int_equal(
		dsv_cut_next(DSV_CUT_LINES, data.data, 18433, false),
		dsv_cut_next(DSV_CUT_LINES, data.data, data.len, false));
	assert_int_equal(dsv_cut_next(DSV_CUT_LINES, data.data, 100, true),
			 100);
}

static void test_cutter__lines_stay_whole_within_the_window(void **state)
{
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;
	size_t ends[1000];
	size_t n;

	(void)state;
	kit_rows(&data, 0, 20000);
	n = cut_all(DSV_CUT_LINES, &data, ends, 1000);
	assert_true(n > data.len / 14000 && n < data.len / 10500);
	for (size_t i = 0; i + 1 < n; i++) {
		size_t len = ends[i] - (i ? ends[i - 1] : 0);

		assert_int_equal(data.data[ends[i] - 1], '\n');
		assert_in_range(len, 6144, 18432);
	}
}

/* Cuts of b that a does not have when b is moved back by shift. */
static size_t count_new(const size_t *a, size_t n_a, const size_t *b,
			size_t n_b, size_t shift)
{
	size_t n_new = n_b;

	for (size_t i = 0, k = 0; k < n_b; k++) {
		while (i < n_a && a[i] + shift < b[k])
			i++;
		n_new -= i < n_a && (a[i] + shift == b[k] || a[i] == b[k]);
	}
	return n_new;
}

static void test_cutter__insert_moves_only_nearby_cuts(void **state)
{
	struct dsv_buf a DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf b DSV_AUTO(buf) = DSV_BUF_INIT;
	size_t ends_a[1000];
	size_t ends_b[1000];
	size_t n_a;
	size_t n_b;

	(void)state;
	kit_rows(&a, 0, 10000);
	kit_rows(&b, 0, 5000);
	kit_row(&b, 777777, "dog");
	kit_rows(&b, 5000, 5000);
	n_a = cut_all(DSV_CUT_LINES, &a, ends_a, 1000);
	n_b = cut_all(DSV_CUT_LINES, &b, ends_b, 1000);
	assert_true(count_new(ends_a, n_a, ends_b, n_b, b.len - a.len) <= 6);
}

static void test_cutter__a_line_longer_than_the_window_is_cut(void **state)
{
	struct dsv_buf a DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf b DSV_AUTO(buf) = DSV_BUF_INIT;
	size_t ends_a[1000];
	size_t ends_b[1000];
	size_t n_a;
	size_t n_b;

	(void)state;
	kit_rows(&a, 0, 8000);
	for (size_t i = 0; i < a.len; i++)
		if (a.data[i] == '\n')
			a.data[i] = ';';
	dsv_buf_add(&b, a.data, 100000);
	dsv_buf_addstr(&b, "an edit");
	dsv_buf_add(&b, a.data + 100000, a.len - 100000);
	n_a = cut_all(DSV_CUT_LINES, &a, ends_a, 1000);
	n_b = cut_all(DSV_CUT_LINES, &b, ends_b, 1000);
	assert_true(n_a > 20);
	assert_true(count_new(ends_a, n_a, ends_b, n_b, 7) <= 6);
}

static void test_cutter__bytes_are_64_kib_on_average(void **state)
{
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;
	size_t ends[1000];
	size_t n;

	(void)state;
	kit_noise(&data, 8u << 20, 1);
	n = cut_all(DSV_CUT_BYTES, &data, ends, 1000);
	assert_in_range(n, 90, 160);
	for (size_t i = 0; i + 1 < n; i++)
		assert_in_range(ends[i] - (i ? ends[i - 1] : 0), 16384,
				DSV_CHUNK_MAX);
}

static void test_cutter__equal_bytes_are_cut_at_the_limit(void **state)
{
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	memset(dsv_buf_reserve(&data, 1u << 20), 0, 1u << 20);
	data.len = 1u << 20;
	assert_int_equal(dsv_cut_next(DSV_CUT_BYTES, data.data, data.len, true),
			 DSV_CHUNK_MAX);
}

/* Two machines must cut alike, so neither rule nor table may ever change. */
static void test_cutter__cuts_are_fixed_for_ever(void **state)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf noise DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	kit_rows(&text, 0, 1000);
	kit_noise(&noise, 1u << 20, 1);
	assert_int_equal(dsv_cut_next(DSV_CUT_LINES, text.data, text.len, true),
			 8512);
	assert_int_equal(
		dsv_cut_next(DSV_CUT_LINES, noise.data, noise.len, true),
		11713);
	assert_int_equal(
		dsv_cut_next(DSV_CUT_BYTES, noise.data, noise.len, true),
		86380);
}

static void test_cutter__gear_is_split_mix(void **state)
{
	uint64_t seed = 0;

	(void)state;
	for (unsigned i = 0; i < 256; i++)
		assert_true(dsv_gear[i] == kit_random(&seed));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cutter__nothing_is_cut_from_nothing),
		cmocka_unit_test(test_cutter__asks_for_more_until_it_can_tell),
		cmocka_unit_test(
			test_cutter__lines_stay_whole_within_the_window),
		cmocka_unit_test(test_cutter__insert_moves_only_nearby_cuts),
		cmocka_unit_test(
			test_cutter__a_line_longer_than_the_window_is_cut),
		cmocka_unit_test(test_cutter__bytes_are_64_kib_on_average),
		cmocka_unit_test(test_cutter__equal_bytes_are_cut_at_the_limit),
		cmocka_unit_test(test_cutter__cuts_are_fixed_for_ever),
		cmocka_unit_test(test_cutter__gear_is_split_mix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
