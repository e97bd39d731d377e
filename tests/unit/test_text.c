#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <dsv/text.h>

#include "base/utf8.h"
#include "base/width.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* The end of a string literal may hold NUL bytes. */
#define BYTES(s) (s), (sizeof(s) - 1)

/* RFC 3629, sections 3 and 4; the ill-formed rows are those of Unicode 14.0,
 * section 3.9, tables 3-8 to 3-11. */
static void test_utf8__takes_what_rfc_3629_takes(void **state)
{
	static const char *const good[] = {
		"\x7f",
		"\xc2\x80",
		"\xdf\xbf",
		"\xe0\xa0\x80",
		"\xed\x9f\xbf",
		"\xee\x80\x80",
		"\xef\xbf\xbf",
		"\xf0\x90\x80\x80",
		"\xf4\x8f\xbf\xbf",
		"A\xe2\x89\xa2\xce\x91.",
		"\xed\x95\x9c\xea\xb5\xad\xec\x96\xb4",
	};
	static const char *const bad[] = {
		"\x80",
		"\xc0\x80",
		"\xc1\xbf",
		"\xc2",
		"\xc2\x41",
		"\xe0\x9f\xbf",
		"\xed\xa0\x80",
		"\xed\xbf\xbf",
		"\xe2\x82",
		"\xf0\x8f\xbf\xbf",
		"\xf4\x90\x80\x80",
		"\xf5\x80\x80\x80",
		"\xf0\x90\x80",
		"\xff",
		"\xfe",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		assert_int_equal(dsv_utf8_valid(good[i], strlen(good[i])),
				 strlen(good[i]));
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(dsv_utf8_valid(bad[i], strlen(bad[i])), 0);
	assert_int_equal(dsv_utf8_valid("", 0), 0);
}

static void test_utf8__finds_the_valid_prefix_at_any_offset(void **state)
{
	(void)state;
	for (size_t at = 0; at < 40; at++) {
		char text[64];

		memset(text, 'x', sizeof(text));
		text[at] = '\xff';
		assert_int_equal(dsv_utf8_valid(text, sizeof(text)), at);
	}
}

static void encode(uint32_t code, char *to, size_t *out_len)
{
	if (code < 0x80) {
		to[0] = (char)code;
		*out_len = 1;
	} else if (code < 0x800) {
		to[0] = (char)(0xc0 | code >> 6);
		to[1] = (char)(0x80 | (code & 0x3f));
		*out_len = 2;
	} else if (code < 0x10000) {
		to[0] = (char)(0xe0 | code >> 12);
		to[1] = (char)(0x80 | (code >> 6 & 0x3f));
		to[2] = (char)(0x80 | (code & 0x3f));
		*out_len = 3;
	} else {
		to[0] = (char)(0xf0 | code >> 18);
		to[1] = (char)(0x80 | (code >> 12 & 0x3f));
		to[2] = (char)(0x80 | (code >> 6 & 0x3f));
		to[3] = (char)(0x80 | (code & 0x3f));
		*out_len = 4;
	}
}

static void test_utf8__every_code_point_but_surrogates(void **state)
{
	(void)state;
	for (uint32_t code = 0; code < 0x112000; code++) {
		bool good = code < 0xd800 || (code > 0xdfff && code < 0x110000);
		uint32_t read = 0;
		char text[4];
		size_t len;

		encode(code, text, &len);
		if (dsv_utf8_decode(text, len, &read) != (good ? len : 0))
			fail_msg("U+%04X", code);
		if (good && read != code)
			fail_msg("U+%04X reads U+%04X", code, read);
	}
}

static void test_text__u64_is_digits_and_nothing_else(void **state)
{
	static const char *const bad[] = {"",
					  "-1",
					  "+1",
					  " 1",
					  "1 ",
					  "0x1",
					  "1.0",
					  "a",
					  "18446744073709551616",
					  "99999999999999999999"};
	uint64_t n = 7;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(dsv_parse_u64(bad[i], strlen(bad[i]), &n));
	assert_int_equal(n, 7);
	assert_false(dsv_parse_u64(BYTES("1\0"), &n));
	assert_true(dsv_parse_u64(BYTES("18446744073709551615"), &n));
	assert_true(n == UINT64_MAX);
	assert_true(dsv_parse_u64(BYTES("007"), &n));
	assert_int_equal(n, 7);
}

static void expect_text(struct dsv_buf *buf, const char *text)
{
	assert_string_equal(dsv_buf_str(buf), text);
	dsv_buf_reset(buf);
}

static void test_text__counts_have_commas(void **state)
{
	struct dsv_buf buf DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	dsv_add_count(&buf, 0);
	expect_text(&buf, "0");
	dsv_add_count(&buf, 999);
	expect_text(&buf, "999");
	dsv_add_count(&buf, 12400);
	expect_text(&buf, "12,400");
	dsv_add_count(&buf, 1000000);
	expect_text(&buf, "1,000,000");
	dsv_add_count(&buf, UINT64_MAX);
	expect_text(&buf, "18,446,744,073,709,551,615");
}

static void test_text__sizes_have_one_decimal(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} rows[] = {
		{0, "0 bytes"},		 {1, "1 byte"},
		{999, "999 bytes"},	 {1000, "1.0 kB"},
		{1049, "1.0 kB"},	 {1050, "1.1 kB"},
		{999949, "999.9 kB"},	 {999950, "1.0 MB"},
		{2100000, "2.1 MB"},	 {999999999, "1.0 GB"},
		{UINT64_MAX, "18.4 EB"},
	};
	struct dsv_buf buf DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		dsv_add_size(&buf, rows[i].bytes);
		expect_text(&buf, rows[i].text);
	}
}

static void test_text__shares_never_hide_something(void **state)
{
	static const struct {
		uint64_t part, whole;
		const char *text;
	} rows[] = {
		{0, 0, "-"},
		{0, 10, "0.0%"},
		{459, 1000, "45.9%"},
		{1, 3, "33.3%"},
		{2, 3, "66.7%"},
		{1, 1001, "<0.1%"},
		{1, 1000, "0.1%"},
		{10, 10, "100.0%"},
		{9999, 10000, ">99.9%"},
		{UINT64_MAX, UINT64_MAX, "100.0%"},
	};
	struct dsv_buf buf DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		dsv_add_share(&buf, rows[i].part, rows[i].whole);
		expect_text(&buf, rows[i].text);
	}
}

/* RFC 3339, section 5.8, and the ends of the range that it covers. */
static void test_text__time_is_rfc_3339(void **state)
{
	static const struct {
		int64_t at_s;
		const char *text;
	} rows[] = {
		{482196050, "1985-04-12T23:20:50Z"},
		{851042397, "1996-12-20T00:39:57Z"},
		{0, "1970-01-01T00:00:00Z"},
		{-1, "1969-12-31T23:59:59Z"},
		{951782400, "2000-02-29T00:00:00Z"},
		{253402300799, "9999-12-31T23:59:59Z"},
		{253402300800, "253402300800"},
		{-62167219200, "0000-01-01T00:00:00Z"},
		{INT64_MAX, "9223372036854775807"},
	};
	struct dsv_buf buf DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		dsv_add_rfc3339(&buf, rows[i].at_s);
		expect_text(&buf, rows[i].text);
	}
}

static void test_text__date_is_that_of_the_offset(void **state)
{
	struct dsv_buf buf DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	dsv_add_date(&buf, 482196050, 0);
	expect_text(&buf, "1985-04-12");
	dsv_add_date(&buf, 482196050, 60);
	expect_text(&buf, "1985-04-13");
	dsv_add_date(&buf, 482196050, -24 * 60);
	expect_text(&buf, "1985-04-11");
	dsv_add_date(&buf, INT64_MAX, 60);
	expect_text(&buf, "9223372036854775807");
}

static void test_text__clock_can_be_set(void **state)
{
	(void)state;
	setenv("DSV_NOW", "1738576800", 1);
	assert_int_equal(dsv_now_s(), 1738576800);
	setenv("DSV_NOW", "soon", 1);
	assert_true(dsv_now_s() > 1738576800);
	unsetenv("DSV_NOW");
}

/* What `git ls-files` prints for these names with core.quotePath. */
static void test_text__paths_are_quoted_as_git_does(void **state)
{
	static const struct {
		const char *path, *text;
	} rows[] = {
		{"data/a b.csv", "data/a b.csv"},
		{"a\tb\nc", "\"a\\tb\\nc\""},
		{"q\"\\", "\"q\\\"\\\\\""},
		{"\xc3\xa4", "\"\\303\\244\""},
		{"\x01\x7f", "\"\\001\\177\""},
		{"\a\b\v\f\r", "\"\\a\\b\\v\\f\\r\""},
		{"", ""},
	};
	struct dsv_buf buf DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		dsv_add_quoted_path(&buf, rows[i].path, strlen(rows[i].path));
		expect_text(&buf, rows[i].text);
	}
}

static void test_text__shown_text_cannot_act_on_a_terminal(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		const char *shown;
	} rows[] = {
		{BYTES("plain \\ text"), "plain \\ text"},
		{BYTES("a\nb\tc\rd"), "a\\nb\\tc\\rd"},
		{BYTES("\x1b[31mred\x7f\0"), "\\x1b[31mred\\x7f\\x00"},
		{BYTES("\v\f"), "\\x0b\\x0c"},
		{BYTES("\xc2\x9b"
		       "31m"),
		 "\\u009b31m"},
		{BYTES("a\xff\xc3(b"), "a\\xff\\xc3(b"},
		{BYTES("\xe2\x80\xae"
		       "evil"),
		 "\\u202eevil"},
		{BYTES("\xe2\x81\xa6\xe2\x81\xa9"), "\\u2066\\u2069"},
		{BYTES("\xe2\x80\x8e\xe2\x80\x8f"), "\\u200e\\u200f"},
		{BYTES("x\xef\xbb\xbf"), "x\\ufeff"},
		{BYTES("\xf3\xa0\x81\x81"), "\\U000e0041"},
		{BYTES("gr\xc3\xbc\xc3\x9f\xe4\xbd\xa0"),
		 "gr\xc3\xbc\xc3\x9f\xe4\xbd\xa0"},
	};
	struct dsv_buf buf DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		dsv_add_shown(&buf, rows[i].text, rows[i].len);
		expect_text(&buf, rows[i].shown);
	}
}

static void test_text__bidi_controls_are_escaped_each(void **state)
{
	static const uint32_t codes[] = {0x61c,	 0x200e, 0x200f, 0x202a,
					 0x202b, 0x202c, 0x202d, 0x202e,
					 0x2066, 0x2067, 0x2068, 0x2069};

	(void)state;
	for (size_t i = 0; i < COUNT(codes); i++) {
		struct dsv_buf buf DSV_AUTO(buf) = DSV_BUF_INIT;
		char text[4];
		size_t len;

		encode(codes[i], text, &len);
		dsv_add_shown(&buf, text, len);
		assert_int_equal(buf.data[0], '\\');
		assert_int_equal(strtoul(buf.data + 2, NULL, 16), codes[i]);
	}
}

static void test_text__showing_twice_changes_nothing(void **state)
{
	struct dsv_buf once DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf twice DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	for (int i = 0; i < 256; i++) {
		char ch = (char)i;

		dsv_add_shown(&once, &ch, 1);
	}
	dsv_add_shown(&twice, once.data, once.len);
	assert_string_equal(once.data, twice.data);
	assert_int_equal(dsv_shown_width(once.data, once.len), once.len);
}

static void test_text__width_counts_columns(void **state)
{
	static const struct {
		const char *text;
		size_t columns;
	} rows[] = {
		{"", 0},
		{"abc", 3},
		{"gr\xc3\xbc\xc3\x9f", 4},
		{"\xe4\xbd\xa0\xe5\xa5\xbd", 4}, /* two Han */
		{"\xef\xbd\xb1", 1},		 /* halfwidth katakana */
		{"\xef\xbc\xa1", 2},		 /* fullwidth A */
		{"e\xcc\x81", 1},		 /* combining acute */
		{"\xf0\x9f\x98\x80", 2},	 /* emoji */
		{"\xed\x95\x9c", 2},		 /* Hangul syllable */
		{"\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", 2}, /* and its jamo */
		{"a\nb", 4},				     /* "\n" is shown */
		{"\xff", 4},
		{"\xe2\x80\xae", 6},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(
			dsv_shown_width(rows[i].text, strlen(rows[i].text)),
			rows[i].columns);
}

static void test_text__json_strings_are_valid_json(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		const char *json;
	} rows[] = {
		{BYTES(""), "\"\""},
		{BYTES("a\"b\\c/"), "\"a\\\"b\\\\c/\""},
		{BYTES("\b\f\n\r\t"), "\"\\b\\f\\n\\r\\t\""},
		{BYTES("\0\x1f"), "\"\\u0000\\u001f\""},
		{BYTES("\xc3\xa4\xff\xed\xa0\x80z"),
		 "\"\xc3\xa4\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz"
		 "\""},
	};
	struct dsv_buf buf DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		dsv_add_json_string(&buf, rows[i].text, rows[i].len);
		expect_text(&buf, rows[i].json);
	}
}

static void test_text__nearest_names_the_slip_of_a_finger(void **state)
{
	static const struct {
		const char *name, *nearest;
	} rows[] = {
		{"revews.csv", "reviews.csv"},
		{"sentimnet", "sentiment"},
		{"LABEL", "label"},
		{"labels", "label"},
		{"lable", "label"},
		{"di", "id"},
		{"x", NULL},
		{"", NULL},
		{"worker", NULL},
	};
	struct dsv_strlist among DSV_AUTO(strlist) = DSV_STRLIST_INIT;

	(void)state;
	dsv_strlist_split(&among, "id,y,label,sentiment,reviews.csv", ',');
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *nearest = dsv_nearest(rows[i].name, &among);

		if (rows[i].nearest)
			assert_string_equal(nearest, rows[i].nearest);
		else
			assert_null(nearest);
	}
}

static void test_text__nearest_bears_names_of_any_length(void **state)
{
	struct dsv_strlist among DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	char name[2000];

	(void)state;
	for (size_t len = 250; len < 260; len++) {
		memset(name, 'n', len);
		name[len] = '\0';
		dsv_strlist_add(&among, name);
	}
	dsv_nearest(name, &among);
	name[255] = '\0';
	assert_string_equal(dsv_nearest(name, &among), name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_utf8__takes_what_rfc_3629_takes),
		cmocka_unit_test(
			test_utf8__finds_the_valid_prefix_at_any_offset),
		cmocka_unit_test(test_utf8__every_code_point_but_surrogates),
		cmocka_unit_test(test_text__u64_is_digits_and_nothing_else),
		cmocka_unit_test(test_text__counts_have_commas),
		cmocka_unit_test(test_text__sizes_have_one_decimal),
		cmocka_unit_test(test_text__shares_never_hide_something),
		cmocka_unit_test(test_text__time_is_rfc_3339),
		cmocka_unit_test(test_text__date_is_that_of_the_offset),
		cmocka_unit_test(test_text__clock_can_be_set),
		cmocka_unit_test(test_text__paths_are_quoted_as_git_does),
		cmocka_unit_test(
			test_text__shown_text_cannot_act_on_a_terminal),
		cmocka_unit_test(test_text__bidi_controls_are_escaped_each),
		cmocka_unit_test(test_text__showing_twice_changes_nothing),
		cmocka_unit_test(test_text__width_counts_columns),
		cmocka_unit_test(test_text__json_strings_are_valid_json),
		cmocka_unit_test(test_text__nearest_names_the_slip_of_a_finger),
		cmocka_unit_test(test_text__nearest_bears_names_of_any_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
