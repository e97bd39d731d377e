#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <dsv/error.h>
#include <dsv/updates.h>

#include "base/alloc.h"

#define A    "0123456789abcdef0123456789abcdef01234567"
#define B    "89abcdef0123456789abcdef0123456789abcdef"
#define ZERO "0000000000000000000000000000000000000000"

static int parse(struct dsv_ref_updates *out, enum dsv_ref_lines form,
		 const char *text)
{
	return dsv_ref_updates_parse(out, form, text, strlen(text));
}

static void assert_update(const struct dsv_ref_update *update, const char *old,
			  const char *tip, const char *ref)
{
	char hex[DSV_OID_HEX];

	assert_string_equal(dsv_oid_hex(&update->old, hex), old);
	assert_string_equal(dsv_oid_hex(&update->tip, hex), tip);
	assert_string_equal(update->ref, ref);
}

static void test_updates__received_lines(void **state)
{
	struct dsv_ref_updates updates DSV_AUTO(ref_updates) =
		DSV_REF_UPDATES_INIT;

	(void)state;
	assert_int_equal(parse(&updates, DSV_REF_LINES_RECEIVED,
			       A " " B " refs/heads/main\n" ZERO " " A
				 " refs/heads/x\n"),
			 0);
	assert_int_equal(updates.n, 2);
	assert_update(&updates.items[0], A, B, "refs/heads/main");
	assert_update(&updates.items[1], ZERO, A, "refs/heads/x");
}

static void test_updates__pushed_lines_with_a_revision_of_blanks(void **state)
{
	struct dsv_ref_updates updates DSV_AUTO(ref_updates) =
		DSV_REF_UPDATES_INIT;

	(void)state;
	assert_int_equal(parse(&updates, DSV_REF_LINES_PUSHED,
			       "HEAD@{1 day ago} " B " refs/heads/main " A
			       "\n(delete) " ZERO " refs/heads/x " B "\n"),
			 0);
	assert_int_equal(updates.n, 2);
	assert_update(&updates.items[0], A, B, "refs/heads/main");
	assert_update(&updates.items[1], B, ZERO, "refs/heads/x");
}

static void test_updates__nothing_is_no_update(void **state)
{
	struct dsv_ref_updates updates DSV_AUTO(ref_updates) =
		DSV_REF_UPDATES_INIT;

	(void)state;
	assert_int_equal(parse(&updates, DSV_REF_LINES_RECEIVED, ""), 0);
	assert_int_equal(updates.n, 0);
}

static void test_updates__other_lines_are_named(void **state)
{
	static const char *const bad[] = {
		"\n",
		A " " B "\n",
		A " " B " \n",
		A " " B " refs/heads/main more\n",
		A "  " B " refs/heads/main\n",
		A "0 " B " refs/heads/main\n",
		"x123456789abcdef0123456789abcdef01234567 " B " refs/x\n",
	};
	struct dsv_ref_updates updates = DSV_REF_UPDATES_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(
			parse(&updates, DSV_REF_LINES_RECEIVED, bad[i]),
			DSV_ESYNTAX);
		assert_non_null(strstr(dsv_error_message(), "line 1 "));
		assert_int_equal(updates.n, 0);
	}
}

static void test_updates__cut_off_anywhere_is_refused(void **state)
{
	static const char text[] = A " " B " refs/heads/main\n";
	struct dsv_ref_updates updates = DSV_REF_UPDATES_INIT;

	(void)state;
	for (size_t len = 1; len < sizeof(text) - 1; len++) {
		char *copy DSV_AUTO(str) = dsv_strndup(text, len);

		assert_int_equal(dsv_ref_updates_parse(&updates,
						       DSV_REF_LINES_RECEIVED,
						       copy, len),
				 DSV_ESYNTAX);
	}
}

/* A flipped bit may name another commit or reference, never more of them. */
static void test_updates__flipped_bits_add_nothing(void **state)
{
	static const char text[] = A " " B " refs/heads/main\n";
	const size_t len = sizeof(text) - 1;

	(void)state;
	for (size_t bit = 0; bit < len * 8; bit++) {
		struct dsv_ref_updates updates DSV_AUTO(ref_updates) =
			DSV_REF_UPDATES_INIT;
		char *copy DSV_AUTO(str) = dsv_strndup(text, len);

		copy[bit / 8] = (char)(copy[bit / 8] ^ (1 << (bit % 8)));
		if (dsv_ref_updates_parse(&updates, DSV_REF_LINES_RECEIVED,
					  copy, len) == 0)
			assert_int_equal(updates.n, 1);
	}
}

static void test_updates__nul_in_a_name_is_refused(void **state)
{
	static const char text[] = A " " B " refs/heads/main\0x\n";
	struct dsv_ref_updates updates = DSV_REF_UPDATES_INIT;

	(void)state;
	assert_int_equal(dsv_ref_updates_parse(&updates, DSV_REF_LINES_RECEIVED,
					       text, sizeof(text) - 1),
			 DSV_ESYNTAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_updates__received_lines),
		cmocka_unit_test(
			test_updates__pushed_lines_with_a_revision_of_blanks),
		cmocka_unit_test(test_updates__nothing_is_no_update),
		cmocka_unit_test(test_updates__other_lines_are_named),
		cmocka_unit_test(test_updates__cut_off_anywhere_is_refused),
		cmocka_unit_test(test_updates__flipped_bits_add_nothing),
		cmocka_unit_test(test_updates__nul_in_a_name_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
