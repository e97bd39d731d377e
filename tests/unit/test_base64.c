#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/base64.h"

/* RFC 4648, section 10 */
static const char *const pairs[][2] = {
	{"", ""},
	{"f", "Zg=="},
	{"fo", "Zm8="},
	{"foo", "Zm9v"},
	{"foob", "Zm9vYg=="},
	{"fooba", "Zm9vYmE="},
	{"foobar", "Zm9vYmFy"},
};

#define N_PAIRS (sizeof(pairs) / sizeof(*pairs))

static void test_base64__examples_of_the_rfc(void **s)
{
	size_t i;

	(void)s;
	for (i = 0; i < N_PAIRS; i++) {
		struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
		struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;

		dsv_base64_add(&text, pairs[i][0], strlen(pairs[i][0]));
		assert_string_equal(dsv_buf_str(&text), pairs[i][1]);
		assert_true(dsv_base64_read(&data, pairs[i][1],
					    strlen(pairs[i][1])));
		assert_string_equal(dsv_buf_str(&data), pairs[i][0]);
	}
}

static void test_base64__every_byte_comes_back(void **s)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;
	uint8_t bytes[256];
	size_t i;

	(void)s;
	for (i = 0; i < 256; i++)
		bytes[i] = (uint8_t)i;
	dsv_base64_add(&text, bytes, 256);
	assert_true(dsv_base64_read(&data, text.data, text.len));
	assert_int_equal(data.len, 256);
	assert_memory_equal(data.data, bytes, 256);
}

static void test_base64__what_has_another_form_is_refused(void **s)
{
	static const char *const bad[] = {
		"Z",	 "Zg",	 "Zg=",	 "Zh==",   "Zm9=",
		"Zm9v=", "=Zm9", "Z===", "====",   "Zg==Zg==",
		"Zm 9",	 "Zm9-", "Zm9_", "Zm9v\n", "Zm9v    ",
	};
	size_t i;

	(void)s;
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;

		dsv_buf_addstr(&data, "kept");
		assert_false(dsv_base64_read(&data, bad[i], strlen(bad[i])));
		assert_string_equal(data.data, "kept");
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_base64__examples_of_the_rfc),
		cmocka_unit_test(test_base64__every_byte_comes_back),
		cmocka_unit_test(test_base64__what_has_another_form_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
