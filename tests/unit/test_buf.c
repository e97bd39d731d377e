#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <dsv/buf.h>
#include <dsv/strlist.h>

static void test_buf__empty_is_an_empty_text(void **state)
{
	struct dsv_buf buf DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	assert_string_equal(dsv_buf_str(&buf), "");
	dsv_buf_add(&buf, NULL, 0);
	assert_int_equal(buf.len, 0);
	assert_string_equal(dsv_buf_str(&buf), "");
}

static void test_buf__always_ends_in_nul(void **state)
{
	struct dsv_buf buf DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	for (size_t i = 0; i < 5000; i++) {
		dsv_buf_addch(&buf, 'a');
		assert_int_equal(buf.data[buf.len], 0);
	}
	dsv_buf_addstr(&buf, "bc");
	dsv_buf_addf(&buf, "%d-%s", 42, "x");
	assert_int_equal(buf.len, 5006);
	assert_string_equal(buf.data + 5000, "bc42-x");
	dsv_buf_truncate(&buf, 3);
	assert_string_equal(buf.data, "aaa");
	dsv_buf_reset(&buf);
	assert_string_equal(dsv_buf_str(&buf), "");
}

static void test_buf__reserved_room_may_be_filled_by_hand(void **state)
{
	struct dsv_buf buf DSV_AUTO(buf) = DSV_BUF_INIT;
	char *to = dsv_buf_reserve(&buf, 100);

	(void)state;
	memset(to, 'x', 100);
	buf.len = 40;
	assert_int_equal(strlen(dsv_buf_str(&buf)), 40);
}

static void test_buf__holds_nul_bytes(void **state)
{
	struct dsv_buf buf DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	dsv_buf_add(&buf, "a\0b", 3);
	assert_int_equal(buf.len, 3);
	assert_memory_equal(buf.data, "a\0b", 4);
}

static void test_buf__detach_hands_on_and_empties(void **state)
{
	struct dsv_buf buf = DSV_BUF_INIT;
	char *text;

	(void)state;
	text = dsv_buf_detach(&buf);
	assert_string_equal(text, "");
	free(text);
	dsv_buf_addstr(&buf, "kept");
	text = dsv_buf_detach(&buf);
	assert_string_equal(text, "kept");
	assert_null(buf.data);
	free(text);
}

static void test_buf__swap_exchanges(void **state)
{
	struct dsv_buf a DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf b DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	dsv_buf_addstr(&a, "a");
	dsv_buf_swap(&a, &b);
	assert_string_equal(dsv_buf_str(&a), "");
	assert_string_equal(dsv_buf_str(&b), "a");
}

static void test_strlist__split_keeps_empty_parts(void **state)
{
	struct dsv_strlist list DSV_AUTO(strlist) = DSV_STRLIST_INIT;

	(void)state;
	dsv_strlist_split(&list, ",a,,b,", ',');
	assert_int_equal(list.n, 5);
	assert_string_equal(list.items[0], "");
	assert_string_equal(list.items[1], "a");
	assert_string_equal(list.items[4], "");
	assert_int_equal(dsv_strlist_find(&list, "b"), 3);
	assert_int_equal(dsv_strlist_find(&list, "c"), -1);
}

static void test_strlist__sorts_by_unsigned_bytes(void **state)
{
	struct dsv_strlist list DSV_AUTO(strlist) = DSV_STRLIST_INIT;

	(void)state;
	dsv_strlist_add(&list, "\xc3\xa4");
	dsv_strlist_add(&list, "b");
	dsv_strlist_add(&list, "B");
	dsv_strlist_sort(&list);
	assert_string_equal(list.items[0], "B");
	assert_string_equal(list.items[1], "b");
	assert_string_equal(list.items[2], "\xc3\xa4");
}

static void test_strlist__copy_is_equal_and_apart(void **state)
{
	struct dsv_strlist a DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_strlist b DSV_AUTO(strlist) = DSV_STRLIST_INIT;

	(void)state;
	dsv_strlist_addn(&a, "onetwo", 3);
	dsv_strlist_add(&b, "old");
	dsv_strlist_copy(&b, &a);
	assert_true(dsv_strlist_equal(&a, &b));
	b.items[0][0] = 'O';
	assert_string_equal(a.items[0], "one");
	assert_false(dsv_strlist_equal(&a, &b));
	dsv_strlist_add(&a, "two");
	assert_false(dsv_strlist_equal(&a, &b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_buf__empty_is_an_empty_text),
		cmocka_unit_test(test_buf__always_ends_in_nul),
		cmocka_unit_test(test_buf__reserved_room_may_be_filled_by_hand),
		cmocka_unit_test(test_buf__holds_nul_bytes),
		cmocka_unit_test(test_buf__detach_hands_on_and_empties),
		cmocka_unit_test(test_buf__swap_exchanges),
		cmocka_unit_test(test_strlist__split_keeps_empty_parts),
		cmocka_unit_test(test_strlist__sorts_by_unsigned_bytes),
		cmocka_unit_test(test_strlist__copy_is_equal_and_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
