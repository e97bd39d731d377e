#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "govern/sample.h"

#define NONCE                              \
	"00000000000000000000000000000000" \
	"00000000000000000000000000000000"

/* The snapshot 1111...: sha256sum of the parts as docs/formats/audit.md has
 * them. */
static void ones(struct dsv_id *out)
{
	memset(out->bytes, 0x11, sizeof(out->bytes));
}

static char nonce[] = NONCE;
static char no_name[] = "";

static struct dsv_statement_plan plan_of(struct dsv_stratum *strata, size_t n)
{
	return (struct dsv_statement_plan){
		.nonce = nonce, .strata = strata, .n_strata = n};
}

static void test_sample__ranks_are_those_of_the_documentation(void **state)
{
	struct dsv_stratum stratum = {no_name, 2, 1};
	struct dsv_statement_plan plan = plan_of(&stratum, 1);
	struct dsv_sample sample DSV_AUTO(sample) = DSV_SAMPLE_INIT;
	struct dsv_id snapshot, rank;
	char hex[DSV_ID_HEX];

	(void)state;
	ones(&snapshot);
	dsv_sample_init(&sample, &plan, &snapshot);
	dsv_sample_rank(&sample, "animals.csv:1", 13, &rank);
	assert_string_equal(dsv_id_hex(&rank, hex),
			    "92a2522d88dbce08adcfd6904f49abb8"
			    "8b5acc208b58cb8dc18a71c215a8e2e2");
	dsv_sample_rank(&sample, "animals.csv:2", 13, &rank);
	assert_string_equal(dsv_id_hex(&rank, hex),
			    "c4bf64e93bc230d627996eb60032d53d"
			    "378016dc343eb800c91d671188396550");
}

#define RECORDS 499u /* a prime: any step walks all of them */

struct ranked {
	struct dsv_id rank;
	size_t number;
};

static int by_rank(const void *a, const void *b)
{
	return dsv_id_cmp(&((const struct ranked *)a)->rank,
			  &((const struct ranked *)b)->rank);
}

/* drawn[i]: record i is in the sample. step walks all records. */
static void draw(struct dsv_sample *sample, size_t step, bool *drawn)
{
	static size_t numbers[RECORDS];
	char key[32];

	for (size_t k = 0; k < RECORDS; k++) {
		const size_t i = k * step % RECORDS;
		const int len = snprintf(key, sizeof(key), "a.csv:%zu", i);
		void **slot = dsv_sample_offer(sample, 0, key, (size_t)len);

		numbers[i] = i;
		if (slot)
			*slot = &numbers[i];
	}
	memset(drawn, 0, RECORDS * sizeof(*drawn));
	for (size_t i = 0; i < sample->strata[0].n; i++)
		drawn[*(size_t *)sample->strata[0].entries[i].item] = true;
}

static void test_sample__is_the_records_with_the_smallest_ranks(void **state)
{
	struct dsv_stratum stratum = {no_name, RECORDS, 60};
	struct dsv_statement_plan plan = plan_of(&stratum, 1);
	struct dsv_sample sample DSV_AUTO(sample) = DSV_SAMPLE_INIT;
	static struct ranked all[RECORDS];
	static bool drawn[RECORDS];
	struct dsv_id snapshot;

	(void)state;
	ones(&snapshot);
	dsv_sample_init(&sample, &plan, &snapshot);
	for (size_t i = 0; i < RECORDS; i++) {
		char key[32];
		const int len = snprintf(key, sizeof(key), "a.csv:%zu", i);

		all[i].number = i;
		dsv_sample_rank(&sample, key, (size_t)len, &all[i].rank);
	}
	qsort(all, RECORDS, sizeof(*all), by_rank);
	draw(&sample, 1, drawn);
	assert_int_equal(sample.strata[0].n, 60);
	for (size_t i = 0; i < RECORDS; i++)
		assert_int_equal(drawn[all[i].number], i < 60);
}

static void test_sample__does_not_depend_on_the_order_of_records(void **state)
{
	struct dsv_stratum stratum = {no_name, RECORDS, 33};
	struct dsv_statement_plan plan = plan_of(&stratum, 1);
	struct dsv_id snapshot;
	static bool first[RECORDS], again[RECORDS];

	(void)state;
	ones(&snapshot);
	for (size_t step = 1; step < 50; step += 6) {
		struct dsv_sample sample DSV_AUTO(sample) = DSV_SAMPLE_INIT;

		dsv_sample_init(&sample, &plan, &snapshot);
		draw(&sample, step, step == 1 ? first : again);
		if (step > 1)
			assert_memory_equal(first, again, sizeof(first));
	}
}

static void test_sample__takes_all_where_all_are_asked_for(void **state)
{
	struct dsv_stratum stratum = {no_name, RECORDS, RECORDS + 7};
	struct dsv_statement_plan plan = plan_of(&stratum, 1);
	struct dsv_sample sample DSV_AUTO(sample) = DSV_SAMPLE_INIT;
	struct dsv_id snapshot;
	static bool drawn[RECORDS];

	(void)state;
	ones(&snapshot);
	dsv_sample_init(&sample, &plan, &snapshot);
	draw(&sample, 1, drawn);
	assert_int_equal(sample.strata[0].n, RECORDS);
	assert_int_equal(sample.strata[0].seen, RECORDS);
}

static void test_sample__another_nonce_is_another_sample(void **state)
{
	static char other[] = NONCE;
	struct dsv_stratum stratum = {no_name, RECORDS, 20};
	struct dsv_statement_plan plans[2] = {plan_of(&stratum, 1),
					      plan_of(&stratum, 1)};
	static bool drawn[2][RECORDS];
	struct dsv_id snapshot;

	(void)state;
	ones(&snapshot);
	other[63] = '1';
	plans[1].nonce = other;
	for (size_t i = 0; i < 2; i++) {
		struct dsv_sample sample DSV_AUTO(sample) = DSV_SAMPLE_INIT;

		dsv_sample_init(&sample, &plans[i], &snapshot);
		draw(&sample, 1, drawn[i]);
	}
	assert_memory_not_equal(drawn[0], drawn[1], sizeof(drawn[0]));
}

static void test_sample__every_record_has_the_same_chance(void **state)
{
	struct dsv_stratum stratum = {no_name, RECORDS, 50};
	struct dsv_statement_plan plan = plan_of(&stratum, 1);
	struct dsv_id snapshot = {{0}};
	static unsigned count[RECORDS];
	static bool drawn[RECORDS];
	double chi = 0;

	(void)state;
	memset(count, 0, sizeof(count));
	for (unsigned k = 0; k < 200; k++) {
		struct dsv_sample sample DSV_AUTO(sample) = DSV_SAMPLE_INIT;

		snapshot.bytes[0] = (uint8_t)k;
		dsv_sample_init(&sample, &plan, &snapshot);
		draw(&sample, 1, drawn);
		for (size_t i = 0; i < RECORDS; i++)
			count[i] += drawn[i];
	}
	/* 200 draws of about a tenth: 20 each, variance 18 */
	for (size_t i = 0; i < RECORDS; i++)
		chi += (count[i] - 20.0) * (count[i] - 20.0) / 18.0;
	/* mean 499, standard deviation about 31.6 */
	assert_true(chi > 350 && chi < 650);
}

static uint64_t allocate(const uint64_t *sizes, size_t n_strata, uint64_t n,
			 uint64_t *out)
{
	struct dsv_stratum strata[16] = {{0}};
	uint64_t sum, check = 0;

	for (size_t i = 0; i < n_strata; i++)
		strata[i].size = sizes[i];
	sum = dsv_sample_allocate(strata, n_strata, n);
	for (size_t i = 0; i < n_strata; i++) {
		out[i] = strata[i].n;
		check += strata[i].n;
		assert_true(strata[i].n <= strata[i].size);
	}
	assert_int_equal(check, sum);
	return sum;
}

static void test_allocate__goes_by_the_largest_remainder(void **state)
{
	/* 10 seats to 43, 33, 24 of 100: 4.3, 3.3, 2.4 */
	static const uint64_t sizes[] = {43, 33, 24};
	uint64_t n[16];

	(void)state;
	assert_int_equal(allocate(sizes, 3, 10, n), 10);
	assert_int_equal(n[0], 4);
	assert_int_equal(n[1], 3);
	assert_int_equal(n[2], 3);
}

static void test_allocate__gives_each_stratum_one(void **state)
{
	static const uint64_t sizes[] = {1, 1000000, 2, 3};
	uint64_t n[16];

	(void)state;
	assert_int_equal(allocate(sizes, 4, 10, n), 10);
	assert_int_equal(n[0], 1);
	assert_int_equal(n[1], 7);
	assert_int_equal(n[2], 1);
	assert_int_equal(n[3], 1);
	assert_int_equal(allocate(sizes, 4, 2, n), 4);
	assert_int_equal(n[1], 1);
}

static void test_allocate__takes_all_where_more_is_asked_for(void **state)
{
	static const uint64_t sizes[] = {5, 2};
	uint64_t n[16];

	(void)state;
	assert_int_equal(allocate(sizes, 2, 100, n), 7);
	assert_int_equal(n[0], 5);
	assert_int_equal(n[1], 2);
	assert_int_equal(allocate(sizes, 0, 100, n), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_sample__ranks_are_those_of_the_documentation),
		cmocka_unit_test(
			test_sample__is_the_records_with_the_smallest_ranks),
		cmocka_unit_test(
			test_sample__does_not_depend_on_the_order_of_records),
		cmocka_unit_test(
			test_sample__takes_all_where_all_are_asked_for),
		cmocka_unit_test(test_sample__another_nonce_is_another_sample),
		cmocka_unit_test(test_sample__every_record_has_the_same_chance),
		cmocka_unit_test(test_allocate__goes_by_the_largest_remainder),
		cmocka_unit_test(test_allocate__gives_each_stratum_one),
		cmocka_unit_test(
			test_allocate__takes_all_where_more_is_asked_for),
	};

	return cmocka_run_group_tests_name("sample", tests, NULL, NULL);
}
