#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <dsv/error.h>

#include "repo/ident.h"

static void assert_date(const char *text, int64_t at, int offset)
{
	git_time time = {0};

	if (dsv_date_parse(text, &time) < 0)
		fail_msg("'%s': %s", text, dsv_error_message());
	if (time.time != at || time.offset != offset)
		fail_msg("'%s' is %lld %d", text, (long long)time.time,
			 time.offset);
}

static void test_date__forms_that_git_writes(void **state)
{
	(void)state;
	assert_date("1740000000 +0100", 1740000000, 60);
	assert_date("@1740000000 -0130", 1740000000, -90);
	assert_date("@5", 5, 0);
	assert_date("Wed Feb 19 22:20:00 2025 +0100", 1740000000, 60);
	assert_date("Wed, 19 Feb 2025 22:20:00 +0100", 1740000000, 60);
	assert_date("2025-02-19 22:20:00 +0100", 1740000000, 60);
	assert_date("2025-02-19T21:20:00Z", 1740000000, 0);
	assert_date("2025-02-19T22:20:00.5+01:00", 1740000000, 60);
	assert_date("2025/02/19 22:20 +0100", 1740000000, 60);
}

static void test_date__without_zone_is_local(void **state)
{
	(void)state;
	setenv("TZ", "UTC-2", 1);
	assert_date("2025-02-19 23:20:00", 1740000000, 120);
	setenv("TZ", "UTC", 1);
}

static void test_date__day_alone_has_the_time_of_now(void **state)
{
	(void)state;
	setenv("TZ", "UTC", 1);
	setenv("DSV_NOW", "1740086401", 1); /* 2025-02-20T21:20:01Z */
	assert_date("2025-02-19", 1740000001, 0);
	assert_date("now", 1740086401, 0);
}

static void test_date__refuses_what_is_none(void **state)
{
	static const char *const bad[] = {"",
					  "yesterday-ish",
					  "2025-13-01",
					  "2025-02-19 25:00",
					  "12",
					  "@",
					  "2025-02-19 22:20 +9900",
					  "Feb",
					  "1740000000 x"};
	git_time time;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (dsv_date_parse(bad[i], &time) != DSV_EUSAGE)
			fail_msg("'%s' was taken", bad[i]);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_date__forms_that_git_writes),
		cmocka_unit_test(test_date__without_zone_is_local),
		cmocka_unit_test(test_date__day_alone_has_the_time_of_now),
		cmocka_unit_test(test_date__refuses_what_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
