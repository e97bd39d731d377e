#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <dsv/progress.h>

struct shown {
	unsigned n;
	uint64_t done;
	uint64_t total;
	char title[32];
	char unit[32];
};

static void note(void *ctx, const char *title, uint64_t done, uint64_t total,
		 const char *unit)
{
	struct shown *shown = ctx;

	shown->n++;
	shown->done = done;
	shown->total = total;
	strncpy(shown->title, title, sizeof(shown->title) - 1);
	strncpy(shown->unit, unit, sizeof(shown->unit) - 1);
}

static void test_progress__nobody_listens(void **state)
{
	(void)state;
	dsv_progress_start(NULL, "read", 10, "bytes");
	dsv_progress_add(NULL, 5);
}

static void test_progress__tells_what_was_started(void **state)
{
	struct dsv_progress *progress DSV_AUTO(progress) = NULL;
	struct shown shown = {0};
	char title[] = "read";

	(void)state;
	dsv_progress_open(&progress, note, &shown);
	dsv_progress_start(progress, title, 10, "bytes");
	title[0] = 'X';
	dsv_progress_add(progress, 4);
	assert_int_equal(shown.n, 1);
	assert_int_equal(shown.done, 4);
	assert_int_equal(shown.total, 10);
	assert_string_equal(shown.title, "read");
	assert_string_equal(shown.unit, "bytes");
}

static void *count_up(void *arg)
{
	for (int i = 0; i < 10000; i++)
		dsv_progress_add(arg, 1);
	return NULL;
}

static void test_progress__many_threads_count_and_few_calls_show(void **state)
{
	struct dsv_progress *progress DSV_AUTO(progress) = NULL;
	struct shown shown = {0};
	pthread_t threads[4];

	(void)state;
	dsv_progress_open(&progress, note, &shown);
	dsv_progress_start(progress, "count", 0, "records");
	for (int i = 0; i < 4; i++)
		assert_int_equal(
			pthread_create(&threads[i], NULL, count_up, progress),
			0);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	/* not one for each of the 40,000 */
	assert_in_range(shown.n, 1, 4000);
	assert_in_range(shown.done, 1, 40000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_progress__nobody_listens),
		cmocka_unit_test(test_progress__tells_what_was_started),
		cmocka_unit_test(
			test_progress__many_threads_count_and_few_calls_show),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
