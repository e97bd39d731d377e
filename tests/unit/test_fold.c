#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/fold.h"

static void assert_compat(const char *text, const char *folded)
{
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_fold_compat(&out, text, strlen(text));
	assert_string_equal(dsv_buf_str(&out), folded);
}

static void assert_caseless(const char *text, const char *folded)
{
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_fold_caseless(&out, text, strlen(text));
	assert_string_equal(dsv_buf_str(&out), folded);
}

static void test_fold__compat_is_nfkc(void **state)
{
	(void)state;
	assert_compat("", "");
	assert_compat("plain", "plain");
	/* full width, superscript, circled, ligature, a composed accent */
	assert_compat("\xef\xbc\x94\xef\xbc\x92", "42");
	assert_compat("x\xc2\xb2", "x2");
	assert_compat("\xe2\x91\xa0", "1");
	assert_compat("\xef\xac\x81n", "fin");
	assert_compat("e\xcc\x81", "\xc3\xa9");
}

static void test_fold__what_is_no_utf8_stays(void **state)
{
	(void)state;
	assert_compat("a\xff\xef\xbc\x91\xc3", "a\xff"
					       "1\xc3");
}

static void test_fold__caseless_drops_case_and_what_nobody_sees(void **state)
{
	(void)state;
	assert_caseless("Stra\xc3\x9f"
			"e",
			"strasse");
	assert_caseless("A\xe2\x80\x8b"
			"B\xc2\xad"
			"C",
			"abc");
	assert_caseless("\xef\xbc\xa1", "a");
}

static void test_fold__folded_bytes_know_their_place(void **state)
{
	/* x, full-width 4, zero width space, no-break space, y */
	static const char text[] = "x\xef\xbc\x94\xe2\x80\x8b\xc2\xa0y";
	struct dsv_folded folded DSV_AUTO(folded) = DSV_FOLDED_INIT;

	(void)state;
	dsv_folded_add(&folded, text, strlen(text), 0);
	dsv_folded_end(&folded, (uint32_t)strlen(text));
	assert_string_equal(dsv_buf_str(&folded.text), "x4 y");
	assert_int_equal(folded.from[0], 0);
	assert_int_equal(folded.from[1], 1);
	assert_int_equal(folded.from[2], 7);
	assert_int_equal(folded.from[3], 9);
	assert_int_equal(folded.from[4], 10);
}

static size_t encode(uint32_t code, char out[4])
{
	if (code < 0x800) {
		out[0] = (char)(0xc0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code < 0x10000) {
		out[0] = (char)(0xe0 | code >> 12);
		out[1] = (char)(0x80 | (code >> 6 & 0x3f));
		out[2] = (char)(0x80 | (code & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | code >> 18);
	out[1] = (char)(0x80 | (code >> 12 & 0x3f));
	out[2] = (char)(0x80 | (code >> 6 & 0x3f));
	out[3] = (char)(0x80 | (code & 0x3f));
	return 4;
}

/* Of every code point that is said not to matter. */
static void test_fold__what_does_not_matter_holds_no_ascii(void **state)
{
	struct dsv_folded folded DSV_AUTO(folded) = DSV_FOLDED_INIT;

	(void)state;
	for (uint32_t code = 0x80; code < 0x110000; code++) {
		char text[4];
		size_t len = encode(code, text);

		if ((code >= 0xd800 && code < 0xe000) ||
		    dsv_fold_matters(text, len))
			continue;
		dsv_folded_reset(&folded);
		dsv_folded_add(&folded, text, len, 0);
		assert_true(folded.text.len > 0);
		for (size_t i = 0; i < folded.text.len; i++) {
			char ch = folded.text.data[i];

			/* a letter whose accent came off */
			if (i == 0 && code >= 0xc0 && code <= 0xff)
				continue;
			if ((unsigned char)ch < 0x80)
				fail_msg("U+%04X", (unsigned)code);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fold__compat_is_nfkc),
		cmocka_unit_test(test_fold__what_is_no_utf8_stays),
		cmocka_unit_test(
			test_fold__caseless_drops_case_and_what_nobody_sees),
		cmocka_unit_test(test_fold__folded_bytes_know_their_place),
		cmocka_unit_test(
			test_fold__what_does_not_matter_holds_no_ascii),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
