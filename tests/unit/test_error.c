#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <dsv/error.h>

static void
test_error__fail_returns_the_code_and_keeps_the_message(void **state)
{
	(void)state;
	assert_int_equal(dsv_fail(DSV_ENOTFOUND, "'%s' not found", "a.csv"),
			 DSV_ENOTFOUND);
	assert_string_equal(dsv_error_message(), "'a.csv' not found");
	assert_null(dsv_error_hint());
}

static void test_error__hint_belongs_to_the_last_failure(void **state)
{
	(void)state;
	dsv_fail(DSV_EUSAGE, "one");
	assert_int_equal(dsv_hint(DSV_EUSAGE, "try '%s'", "two"), DSV_EUSAGE);
	assert_string_equal(dsv_error_hint(), "try 'two'");
	dsv_fail(DSV_EUSAGE, "three");
	assert_null(dsv_error_hint());
}

static void test_error__errno_is_told_in_lower_case(void **state)
{
	(void)state;
	errno = ENOENT;
	assert_int_equal(dsv_fail_errno(DSV_EIO, "cannot read '%s'", "x"),
			 DSV_EIO);
	assert_int_equal(errno, ENOENT);
	assert_string_equal(dsv_error_message(),
			    "cannot read 'x': no such file or directory");
}

static void test_error__prefix_keeps_the_hint(void **state)
{
	(void)state;
	dsv_hint(dsv_fail(DSV_ESYNTAX, "unterminated quote"), "close it");
	assert_int_equal(dsv_fail_prefix(DSV_ESYNTAX, "%s:%d", "a.csv", 7),
			 DSV_ESYNTAX);
	assert_string_equal(dsv_error_message(), "a.csv:7: unterminated quote");
	assert_string_equal(dsv_error_hint(), "close it");
}

static void test_error__message_may_be_made_of_the_old_one(void **state)
{
	(void)state;
	dsv_fail(DSV_EIO, "inner");
	dsv_fail(DSV_EIO, "outer (%s)", dsv_error_message());
	assert_string_equal(dsv_error_message(), "outer (inner)");
}

static void test_error__endless_message_is_cut(void **state)
{
	static char text[100000];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	dsv_fail(DSV_EIO, "%s", text);
	assert_in_range(strlen(dsv_error_message()), 1000, sizeof(text) - 2);
	dsv_fail_prefix(DSV_EIO, "p");
	assert_memory_equal(dsv_error_message(), "p: xxx", 6);
}

static void *fail_elsewhere(void *arg)
{
	dsv_fail(DSV_EIO, "of another thread");
	return arg;
}

static void test_error__each_thread_has_its_own(void **state)
{
	pthread_t thread;

	(void)state;
	dsv_fail(DSV_EIO, "mine");
	assert_int_equal(pthread_create(&thread, NULL, fail_elsewhere, NULL),
			 0);
	pthread_join(thread, NULL);
	assert_string_equal(dsv_error_message(), "mine");
}

static void test_error__clear_leaves_nothing(void **state)
{
	(void)state;
	dsv_hint(dsv_fail(DSV_EIO, "a"), "b");
	dsv_error_clear();
	assert_string_equal(dsv_error_message(), "");
	assert_null(dsv_error_hint());
}

/* The flag stays for the life of the process, so this one comes last. */
static void test_error__cancel_is_seen_by_whoever_polls(void **state)
{
	(void)state;
	assert_int_equal(dsv_cancelled(), 0);
	dsv_cancel();
	assert_int_equal(dsv_cancelled(), DSV_ECANCELLED);
	assert_string_equal(dsv_error_message(), "interrupted");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_error__fail_returns_the_code_and_keeps_the_message),
		cmocka_unit_test(test_error__hint_belongs_to_the_last_failure),
		cmocka_unit_test(test_error__errno_is_told_in_lower_case),
		cmocka_unit_test(test_error__prefix_keeps_the_hint),
		cmocka_unit_test(
			test_error__message_may_be_made_of_the_old_one),
		cmocka_unit_test(test_error__endless_message_is_cut),
		cmocka_unit_test(test_error__each_thread_has_its_own),
		cmocka_unit_test(test_error__clear_leaves_nothing),
		cmocka_unit_test(test_error__cancel_is_seen_by_whoever_polls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
