#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <dsv/error.h>

#include "base/pool.h"

#define MANY 2000u

/* Every claim holds for one thread, for few, and for more than there are
 * cores. */
static const unsigned thread_counts[] = {1, 2, 3, 8};
#define ROUNDS	 25u /* of what depends on who comes first */
#define N_COUNTS (sizeof(thread_counts) / sizeof(thread_counts[0]))

struct tally {
	atomic_uint seen[MANY];
	size_t fail_from; /* indexes at and above it fail */
};

static struct tally *tally_new(size_t fail_from)
{
	struct tally *tally = calloc(1, sizeof(*tally));

	assert_non_null(tally);
	tally->fail_from = fail_from;
	return tally;
}

static int see(void *ctx, size_t index)
{
	struct tally *tally = ctx;

	atomic_fetch_add(&tally->seen[index], 1);
	if (index < tally->fail_from)
		return 0;
	dsv_fail(DSV_EIO, "item %zu", index);
	return dsv_hint(DSV_EIO, "hint %zu", index);
}

static void test_pool__each_runs_every_index_once(void **state)
{
	(void)state;
	for (size_t c = 0; c < N_COUNTS; c++) {
		struct dsv_pool *pool DSV_AUTO(pool) = NULL;
		struct tally *tally = tally_new(SIZE_MAX);

		dsv_pool_open(&pool, thread_counts[c]);
		assert_int_equal(dsv_pool_threads(pool), thread_counts[c]);
		assert_int_equal(dsv_pool_each(pool, MANY, see, tally), 0);
		for (size_t i = 0; i < MANY; i++)
			assert_int_equal(tally->seen[i], 1);
		assert_int_equal(dsv_pool_each(pool, 0, see, tally), 0);
		free(tally);
	}
}

static void test_pool__without_pool_the_caller_does_it(void **state)
{
	struct tally *tally = tally_new(SIZE_MAX);

	(void)state;
	assert_int_equal(dsv_pool_threads(NULL), 1);
	assert_int_equal(dsv_pool_each(NULL, 10, see, tally), 0);
	assert_int_equal(tally->seen[9], 1);
	free(tally);
}

static void test_pool__failure_moves_to_the_caller_and_stops(void **state)
{
	(void)state;
	for (size_t c = 0; c < N_COUNTS; c++) {
		struct dsv_pool *pool DSV_AUTO(pool) = NULL;
		struct tally *tally = tally_new(5);
		unsigned n_seen = 0;

		dsv_pool_open(&pool, thread_counts[c]);
		dsv_error_clear();
		assert_int_equal(dsv_pool_each(pool, MANY, see, tally),
				 DSV_EIO);
		assert_string_equal(dsv_error_message(), "item 5");
		assert_string_equal(dsv_error_hint(), "hint 5");
		for (size_t i = 0; i < MANY; i++)
			n_seen += tally->seen[i];
		/* those that were under way when it failed, no more */
		assert_in_range(n_seen, 6, 6 + thread_counts[c]);
		free(tally);
	}
}

/* Both fail, the second one first; nobody waits for ever where there are no
 * two threads after all. */
static int fail_backwards(void *ctx, size_t index)
{
	atomic_int *second_failed = ctx;

	for (long i = 0; index == 0 && i < 1000000; i++) {
		if (atomic_load(second_failed))
			break;
		sched_yield();
	}
	if (index == 1)
		atomic_store(second_failed, 1);
	for (int i = 0; index == 0 && i < 10; i++)
		sched_yield();
	return dsv_fail(DSV_EIO, "item %zu", index);
}

static void test_pool__the_first_failure_in_order_is_told(void **state)
{
	struct dsv_pool *pool DSV_AUTO(pool) = NULL;

	(void)state;
	dsv_pool_open(&pool, 3);
	for (int round = 0; round < 500; round++) {
		atomic_int second_failed = 0;

		assert_int_equal(
			dsv_pool_each(pool, 2, fail_backwards, &second_failed),
			DSV_EIO);
		assert_string_equal(dsv_error_message(), "item 0");
	}
}

struct nest {
	struct dsv_pool *pool;
	atomic_uint sum;
};

static int add_inner(void *ctx, size_t index)
{
	struct nest *nest = ctx;

	atomic_fetch_add(&nest->sum, (unsigned)index);
	return 0;
}

static int add_outer(void *ctx, size_t index)
{
	struct nest *nest = ctx;

	(void)index;
	return dsv_pool_each(nest->pool, 50, add_inner, nest);
}

static void test_pool__each_within_each_does_not_lock_up(void **state)
{
	(void)state;
	for (size_t c = 0; c < N_COUNTS; c++) {
		struct dsv_pool *pool DSV_AUTO(pool) = NULL;
		struct nest nest = {0};

		dsv_pool_open(&pool, thread_counts[c]);
		nest.pool = pool;
		assert_int_equal(dsv_pool_each(pool, 200, add_outer, &nest), 0);
		assert_int_equal(nest.sum, 200 * (49 * 50 / 2));
	}
}

struct item {
	size_t number;
	size_t result;
};

struct belt {
	struct dsv_pool *pool; /* used by the work itself, or NULL */
	size_t next;	       /* number that the sink expects */
	size_t n_good;
	size_t fail_at;	     /* work on this item fails */
	size_t sink_fail_at; /* sinking this item fails */
	atomic_int under_way;
	int most_under_way;
	int first_rc;
	char message[64];
	struct nest nest;
};

static int work(void *ctx, void *itemp)
{
	struct belt *belt = ctx;
	struct item *item = itemp;

	if (belt->pool) {
		int rc = dsv_pool_each(belt->pool, 5, add_inner, &belt->nest);

		if (rc < 0)
			return rc;
	}
	item->result = item->number * 3;
	if (item->number == belt->fail_at)
		return dsv_fail(DSV_ECORRUPT, "work %zu", item->number);
	return 0;
}

static int sink(void *ctx, void *itemp, int rc)
{
	struct belt *belt = ctx;
	struct item *item = itemp;
	int most = atomic_fetch_sub(&belt->under_way, 1);

	assert_int_equal(item->number, belt->next++);
	if (most > belt->most_under_way)
		belt->most_under_way = most;
	if (rc == 0) {
		assert_int_equal(item->result, item->number * 3);
		belt->n_good++;
	} else if (belt->first_rc == 0) {
		belt->first_rc = rc;
		snprintf(belt->message, sizeof(belt->message), "%s",
			 dsv_error_message());
	}
	if (rc == 0 && item->number == belt->sink_fail_at)
		rc = dsv_fail(DSV_EIO, "sink %zu", item->number);
	else if (rc < 0)
		dsv_fail(DSV_EUSAGE, "noise of letting go");
	free(item);
	return rc < 0 ? rc : 0;
}

static struct belt belt_new(void)
{
	return (struct belt){.fail_at = SIZE_MAX, .sink_fail_at = SIZE_MAX};
}

/* All numbers below n, or until a push fails; counts what was pushed. */
static int push_all(struct dsv_line *line, struct belt *belt, size_t n,
		    size_t *out_pushed)
{
	*out_pushed = 0;
	while (*out_pushed < n) {
		struct item *item = calloc(1, sizeof(*item));
		int rc;

		assert_non_null(item);
		item->number = (*out_pushed)++;
		atomic_fetch_add(&belt->under_way, 1);
		rc = dsv_line_push(line, item);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static void test_line__results_come_in_the_order_of_arrival(void **state)
{
	(void)state;
	for (size_t c = 0; c < N_COUNTS; c++) {
		for (size_t depth = 1; depth < 20; depth += 6) {
			struct dsv_pool *pool DSV_AUTO(pool) = NULL;
			struct dsv_line *line DSV_AUTO(line) = NULL;
			struct belt belt = belt_new();
			size_t pushed;

			dsv_pool_open(&pool, thread_counts[c]);
			dsv_line_open(&line, pool, depth, work, sink, &belt);
			assert_int_equal(push_all(line, &belt, MANY, &pushed),
					 0);
			assert_int_equal(dsv_line_finish(line), 0);
			assert_int_equal(belt.n_good, MANY);
			assert_in_range(belt.most_under_way, 1, depth + 1);
		}
	}
}

static void test_line__empty_line_finishes(void **state)
{
	struct dsv_pool *pool DSV_AUTO(pool) = NULL;
	struct dsv_line *line DSV_AUTO(line) = NULL;
	struct belt belt = belt_new();

	(void)state;
	dsv_pool_open(&pool, 3);
	dsv_line_open(&line, pool, 4, work, sink, &belt);
	assert_int_equal(dsv_line_finish(line), 0);
	assert_int_equal(belt.next, 0);
}

static void test_line__failed_work_is_told_in_order(void **state)
{
	(void)state;
	for (size_t c = 0; c < ROUNDS * N_COUNTS; c++) {
		struct dsv_pool *pool DSV_AUTO(pool) = NULL;
		struct dsv_line *line DSV_AUTO(line) = NULL;
		struct belt belt = belt_new();
		size_t pushed;
		int rc;

		dsv_error_clear();
		belt.fail_at = 100;
		dsv_pool_open(&pool, thread_counts[c % N_COUNTS]);
		dsv_line_open(&line, pool, 8, work, sink, &belt);
		rc = push_all(line, &belt, 500, &pushed);
		assert_int_equal(rc, DSV_ECORRUPT);
		dsv_error_clear();
		assert_int_equal(dsv_line_finish(line), DSV_ECORRUPT);
		assert_string_equal(dsv_error_message(), "work 100");
		/* everything before it is good, everything pushed came back */
		assert_int_equal(belt.n_good, 100);
		assert_int_equal(belt.next, pushed);
		assert_int_equal(belt.first_rc, DSV_ECORRUPT);
		assert_string_equal(belt.message, "work 100");
	}
}

static void test_line__push_after_failure_gives_the_item_back(void **state)
{
	struct dsv_pool *pool DSV_AUTO(pool) = NULL;
	struct dsv_line *line DSV_AUTO(line) = NULL;
	struct belt belt = belt_new();
	size_t pushed;

	(void)state;
	belt.fail_at = 0;
	dsv_pool_open(&pool, 2);
	dsv_line_open(&line, pool, 4, work, sink, &belt);
	push_all(line, &belt, 1, &pushed);
	assert_int_equal(dsv_line_finish(line), DSV_ECORRUPT);
	for (size_t i = 1; i < 20; i++) {
		struct item *item = calloc(1, sizeof(*item));

		assert_non_null(item);
		item->number = i;
		assert_int_equal(dsv_line_push(line, item), DSV_ECORRUPT);
	}
	assert_int_equal(dsv_line_finish(line), DSV_ECORRUPT);
	assert_int_equal(belt.next, 20);
}

static void test_line__failed_sink_stops_the_line(void **state)
{
	(void)state;
	for (size_t c = 0; c < N_COUNTS; c++) {
		struct dsv_pool *pool DSV_AUTO(pool) = NULL;
		struct dsv_line *line DSV_AUTO(line) = NULL;
		struct belt belt = belt_new();
		size_t pushed;

		belt.sink_fail_at = 50;
		dsv_pool_open(&pool, thread_counts[c % N_COUNTS]);
		dsv_line_open(&line, pool, 8, work, sink, &belt);
		push_all(line, &belt, 500, &pushed);
		assert_int_equal(dsv_line_finish(line), DSV_EIO);
		assert_string_equal(dsv_error_message(), "sink 50");
		assert_int_equal(belt.n_good, 51);
		assert_int_equal(belt.next, pushed);
	}
}

static void test_line__work_may_use_the_same_pool(void **state)
{
	(void)state;
	for (size_t c = 0; c < N_COUNTS; c++) {
		struct dsv_pool *pool DSV_AUTO(pool) = NULL;
		struct dsv_line *line DSV_AUTO(line) = NULL;
		struct belt belt = belt_new();
		size_t pushed;

		dsv_pool_open(&pool, thread_counts[c % N_COUNTS]);
		belt.pool = pool;
		dsv_line_open(&line, pool, 4, work, sink, &belt);
		assert_int_equal(push_all(line, &belt, 500, &pushed), 0);
		assert_int_equal(dsv_line_finish(line), 0);
		assert_int_equal(belt.nest.sum, 500 * 10);
	}
}

static void
test_line__freed_early_gives_all_back_and_keeps_the_error(void **state)
{
	(void)state;
	for (size_t c = 0; c < N_COUNTS; c++) {
		struct dsv_pool *pool DSV_AUTO(pool) = NULL;
		struct dsv_line *line = NULL;
		struct belt belt = belt_new();
		size_t pushed;

		dsv_pool_open(&pool, thread_counts[c % N_COUNTS]);
		dsv_line_open(&line, pool, 16, work, sink, &belt);
		assert_int_equal(push_all(line, &belt, 40, &pushed), 0);
		dsv_fail(DSV_EUSAGE, "why we leave");
		dsv_line_free(&line);
		assert_null(line);
		assert_int_equal(belt.next, 40);
		assert_string_equal(dsv_error_message(), "why we leave");
	}
}

static void *use_pool(void *ctx)
{
	struct nest *nest = ctx;

	for (int i = 0; i < 20; i++) {
		if (add_outer(nest, 0) < 0)
			return NULL;
	}
	return ctx;
}

static void test_pool__serves_several_threads_at_once(void **state)
{
	struct dsv_pool *pool DSV_AUTO(pool) = NULL;
	struct nest nest = {0};
	pthread_t threads[4];

	(void)state;
	dsv_pool_open(&pool, 3);
	nest.pool = pool;
	for (int i = 0; i < 4; i++)
		assert_int_equal(
			pthread_create(&threads[i], NULL, use_pool, &nest), 0);
	for (int i = 0; i < 4; i++) {
		void *result;

		pthread_join(threads[i], &result);
		assert_ptr_equal(result, &nest);
	}
	assert_int_equal(nest.sum, 80 * (49 * 50 / 2));
}

static void test_pool__size_comes_from_the_environment(void **state)
{
	struct dsv_pool *pool DSV_AUTO(pool) = NULL;

	(void)state;
	setenv("DSV_THREADS", "5", 1);
	dsv_pool_open(&pool, 0);
	assert_int_equal(dsv_pool_threads(pool), 5);
	dsv_pool_free(&pool);
	setenv("DSV_THREADS", "many", 1);
	dsv_pool_open(&pool, 0);
	assert_true(dsv_pool_threads(pool) >= 1);
	unsetenv("DSV_THREADS");
}

/* The flag stays for the life of the process, so this one comes last. */
static void test_pool__cancel_stops_what_is_queued(void **state)
{
	(void)state;
	dsv_cancel();
	for (size_t c = 0; c < ROUNDS * N_COUNTS; c++) {
		struct dsv_pool *pool DSV_AUTO(pool) = NULL;
		struct dsv_line *line DSV_AUTO(line) = NULL;
		struct belt belt = belt_new();
		struct tally *tally = tally_new(SIZE_MAX);
		size_t pushed;

		dsv_pool_open(&pool, thread_counts[c % N_COUNTS]);
		assert_int_equal(dsv_pool_each(pool, MANY, see, tally),
				 DSV_ECANCELLED);
		dsv_line_open(&line, pool, 4, work, sink, &belt);
		push_all(line, &belt, 100, &pushed);
		assert_int_equal(dsv_line_finish(line), DSV_ECANCELLED);
		assert_int_equal(belt.n_good, 0);
		assert_int_equal(belt.next, pushed);
		free(tally);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pool__each_runs_every_index_once),
		cmocka_unit_test(test_pool__without_pool_the_caller_does_it),
		cmocka_unit_test(
			test_pool__failure_moves_to_the_caller_and_stops),
		cmocka_unit_test(test_pool__the_first_failure_in_order_is_told),
		cmocka_unit_test(test_pool__each_within_each_does_not_lock_up),
		cmocka_unit_test(
			test_line__results_come_in_the_order_of_arrival),
		cmocka_unit_test(test_line__empty_line_finishes),
		cmocka_unit_test(test_line__failed_work_is_told_in_order),
		cmocka_unit_test(
			test_line__push_after_failure_gives_the_item_back),
		cmocka_unit_test(test_line__failed_sink_stops_the_line),
		cmocka_unit_test(test_line__work_may_use_the_same_pool),
		cmocka_unit_test(
			test_line__freed_early_gives_all_back_and_keeps_the_error),
		cmocka_unit_test(test_pool__serves_several_threads_at_once),
		cmocka_unit_test(test_pool__size_comes_from_the_environment),
		cmocka_unit_test(test_pool__cancel_stops_what_is_queued),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
