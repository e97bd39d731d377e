#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <dsv/text.h>

#include "cli/table.h"

/* Standard output that only gathers. */
static void start(struct dsv_out *out, bool tty, unsigned width)
{
	memset(out, 0, sizeof(*out));
	out->tty = tty;
	out->width = width;
}

static void fill(struct dsv_table *table)
{
	static const char *const cells[] = {
		"label", "before", "after", "a rather long label",
		"5,400", "12",	   "x",	    "1",
		"2",
	};

	for (size_t i = 0; i < sizeof(cells) / sizeof(*cells); i++)
		dsv_table_text(table, cells[i], DSV_PLAIN);
}

static void test_table__columns_are_aligned_without_blanks_behind(void **state)
{
	struct dsv_table table DSV_AUTO(table) = DSV_TABLE_INIT("lrr");
	struct dsv_out out;

	(void)state;
	start(&out, false, 80);
	fill(&table);
	assert_int_equal(dsv_table_print(&table, &out), 0);
	assert_string_equal(dsv_buf_str(&out.buf),
			    "label                before  after\n"
			    "a rather long label   5,400     12\n"
			    "x                         1      2\n");
	dsv_buf_release(&out.buf);
}

static void assert_fits(const char *text, size_t width)
{
	while (*text) {
		const char *end = strchr(text, '\n');

		assert_true(dsv_shown_width(text, (size_t)(end - text)) <=
			    width);
		text = end + 1;
	}
}

static void test_table__fits_any_terminal_from_twenty_columns(void **state)
{
	(void)state;
	for (unsigned width = 20; width < 100; width++) {
		struct dsv_table table DSV_AUTO(table) = DSV_TABLE_INIT("srR");
		struct dsv_out out;

		start(&out, true, width);
		table.min[1] = 9;
		fill(&table);
		assert_int_equal(dsv_table_print(&table, &out), 0);
		assert_fits(dsv_buf_str(&out.buf), width);
		dsv_buf_release(&out.buf);
	}
}

static void test_table__nothing_is_cut_away_from_a_terminal(void **state)
{
	struct dsv_table table DSV_AUTO(table) = DSV_TABLE_INIT("srR");
	struct dsv_out out;

	(void)state;
	start(&out, false, 20);
	fill(&table);
	assert_int_equal(dsv_table_print(&table, &out), 0);
	assert_non_null(strstr(dsv_buf_str(&out.buf), "a rather long label"));
	assert_non_null(strstr(dsv_buf_str(&out.buf), "after"));
	dsv_buf_release(&out.buf);
}

static void test_table__wide_characters_keep_the_columns(void **state)
{
	struct dsv_table table DSV_AUTO(table) = DSV_TABLE_INIT("ll");
	struct dsv_out out;

	(void)state;
	start(&out, false, 80);
	dsv_table_text(&table, "\xe7\x8c\xab", DSV_PLAIN); /* two columns */
	dsv_table_text(&table, "cat", DSV_PLAIN);
	dsv_table_text(&table, "abc", DSV_PLAIN);
	dsv_table_text(&table, "x", DSV_PLAIN);
	assert_int_equal(dsv_table_print(&table, &out), 0);
	assert_string_equal(dsv_buf_str(&out.buf),
			    "\xe7\x8c\xab   cat\nabc  x\n");
	dsv_buf_release(&out.buf);
}

static void test_table__a_cut_shows_that_it_is_one(void **state)
{
	struct dsv_out out;

	(void)state;
	start(&out, true, 80);
	dsv_out_cut(&out, "abcdef", 4);
	assert_string_equal(dsv_buf_str(&out.buf), "ab..");
	dsv_buf_reset(&out.buf);
	out.utf8 = true;
	dsv_out_cut(&out, "\xe7\x8c\xab\xe7\x8c\xab\xe7\x8c\xab", 4);
	assert_string_equal(dsv_buf_str(&out.buf), "\xe7\x8c\xab\u2026");
	dsv_buf_reset(&out.buf);
	dsv_out_cut(&out, "abc", 3);
	assert_string_equal(dsv_buf_str(&out.buf), "abc");
	dsv_buf_release(&out.buf);
}

static void test_table__control_characters_are_escaped(void **state)
{
	struct dsv_table table DSV_AUTO(table) = DSV_TABLE_INIT("l");
	struct dsv_out out;

	(void)state;
	start(&out, true, 80);
	dsv_table_text(&table, "a\033[31mb", DSV_PLAIN);
	assert_int_equal(dsv_table_print(&table, &out), 0);
	assert_string_equal(dsv_buf_str(&out.buf), "a\\x1b[31mb\n");
	dsv_buf_release(&out.buf);
}

static void test_table__no_rows_are_no_lines(void **state)
{
	struct dsv_table table DSV_AUTO(table) = DSV_TABLE_INIT("lr");
	struct dsv_out out;

	(void)state;
	start(&out, true, 80);
	assert_int_equal(dsv_table_print(&table, &out), 0);
	assert_int_equal(out.buf.len, 0);
}

static void test_jline__values_are_parted_by_commas(void **state)
{
	struct dsv_field json = {"1.10", 4, DSV_FIELD_JSON};
	struct dsv_field text = {"a\"b", 3, DSV_FIELD_TEXT};
	struct dsv_field none = {"", 0, DSV_FIELD_MISSING};
	struct dsv_out out;

	(void)state;
	start(&out, false, 80);
	dsv_jline_open(&out, "t");
	dsv_jline_count(&out, "n", 7);
	dsv_jline_array(&out, "a");
	dsv_jline_field(&out, NULL, &json);
	dsv_jline_field(&out, NULL, &text);
	dsv_jline_field(&out, NULL, &none);
	dsv_jline_end(&out, ']');
	dsv_jline_object(&out, "o");
	dsv_jline_end(&out, '}');
	dsv_jline_flag(&out, "f", false);
	dsv_jline_text(&out, "s", NULL);
	assert_int_equal(dsv_jline_close(&out), 0);
	assert_string_equal(dsv_buf_str(&out.buf),
			    "{\"type\":\"t\",\"n\":7,\"a\":[1.10,\"a\\\"b\","
			    "null],\"o\":{},\"f\":false,\"s\":null}\n");
	dsv_buf_release(&out.buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_table__columns_are_aligned_without_blanks_behind),
		cmocka_unit_test(
			test_table__fits_any_terminal_from_twenty_columns),
		cmocka_unit_test(
			test_table__nothing_is_cut_away_from_a_terminal),
		cmocka_unit_test(test_table__wide_characters_keep_the_columns),
		cmocka_unit_test(test_table__a_cut_shows_that_it_is_one),
		cmocka_unit_test(test_table__control_characters_are_escaped),
		cmocka_unit_test(test_table__no_rows_are_no_lines),
		cmocka_unit_test(test_jline__values_are_parted_by_commas),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
