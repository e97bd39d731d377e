#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <dsv/error.h>
#include <dsv/interval.h>

#define NEAR 1e-9
/* Upper 2.5 %, 5 % and 0.5 % points of the standard normal: Abramowitz and
 * Stegun 1964, table 26.5, with more digits from the R project's qnorm. */
#define Z_975 1.959963984540054
#define Z_950 1.644853626951473
#define Z_995 2.575829303548901

static void assert_near(double actual, double expected, double by)
{
	if (!(fabs(actual - expected) <= by))
		fail_msg("%.12f is not %.12f", actual, expected);
}

static long double choose_log(uint64_t n, uint64_t k)
{
	return lgammal((long double)n + 1) - lgammal((long double)k + 1) -
	       lgammal((long double)(n - k) + 1);
}

/* P(X >= k) of n tries of chance p, term by term. */
static long double tail_by_terms(uint64_t k, uint64_t n, long double p)
{
	long double sum = 0;
	uint64_t i;

	for (i = k; i <= n; i++)
		sum += expl(choose_log(n, i) + (long double)i * logl(p) +
			    (long double)(n - i) * log1pl(-p));
	return sum;
}

/* The same of a draw from a population without putting back. */
static long double draw_by_terms(uint64_t k, uint64_t n, uint64_t all,
				 uint64_t right)
{
	long double sum = 0;
	uint64_t i;

	for (i = k; i <= n && i <= right; i++)
		if (n - i <= all - right)
			sum += expl(choose_log(right, i) +
				    choose_log(all - right, n - i) -
				    choose_log(all, n));
	return sum;
}

/* Published to four digits: Newcombe 1998, Statistics in Medicine 17, table I,
 * methods 3 (score) and 5 (exact). The first line to ten digits: R 4,
 * binom::binom.confint(18, 20). */
static const struct {
	uint64_t k, n;
	double wilson[2], exact[2], by;
} published[] = {
	{18, 20, {.6989663548, .9721335188}, {.6830172860, .9876514728}, 1e-10},
	{81, 263, {.2553, .3662}, {.2527, .3676}, 5e-5},
	{15, 148, {.0624, .1605}, {.0578, .1617}, 5e-5},
	{0, 20, {0, .1611}, {0, .1684}, 5e-5},
	{1, 29, {.0061, .1718}, {.0009, .1776}, 5e-5},
};

static void test_interval__published_tables(void **s)
{
	struct dsv_interval got;
	size_t i;

	(void)s;
	for (i = 0; i < sizeof(published) / sizeof(*published); i++) {
		uint64_t k = published[i].k, n = published[i].n;

		assert_int_equal(dsv_wilson(k, n, .95, &got), 0);
		assert_near(got.low, published[i].wilson[0], published[i].by);
		assert_near(got.high, published[i].wilson[1], published[i].by);
		assert_int_equal(dsv_clopper_pearson(k, n, .95, &got), 0);
		assert_near(got.low, published[i].exact[0], published[i].by);
		assert_near(got.high, published[i].exact[1], published[i].by);
	}
}

static const struct {
	uint64_t k, n;
} samples[] = {
	{18, 20},   {4, 200},	{0, 30},       {30, 30},      {81, 263},
	{15, 148},  {0, 1},	{1, 1},	       {1, 2},	      {292, 300},
	{1, 10000}, {500, 999}, {9999, 10000}, {5000, 10000}, {3, 100000},
};

static const struct {
	double confidence, z;
} levels[] = {{.95, Z_975}, {.9, Z_950}, {.99, Z_995}};

/* An end p of the score interval is where |k/n - p| = z sqrt(p (1 - p) / n). */
static void assert_score(double p, double share, double n, double z)
{
	assert_near(fabs(share - p), z * sqrt(p * (1 - p) / n), NEAR);
}

static void test_interval__wilson_ends_are_where_the_score_is_z(void **s)
{
	struct dsv_interval got;
	size_t i, j;

	(void)s;
	for (i = 0; i < sizeof(samples) / sizeof(*samples); i++) {
		double n = (double)samples[i].n;
		double share = (double)samples[i].k / n;

		for (j = 0; j < sizeof(levels) / sizeof(*levels); j++) {
			dsv_wilson(samples[i].k, samples[i].n,
				   levels[j].confidence, &got);
			assert_true(got.low >= 0 && got.high <= 1);
			assert_true(got.low <= share && share <= got.high);
			assert_score(got.low, share, n, levels[j].z);
			assert_score(got.high, share, n, levels[j].z);
		}
	}
}

/* The tail sums at p - 1e-9 and p + 1e-9 stand on either side of what is
 * asked for. */
static void assert_tail(uint64_t k, uint64_t n, double p, double tail)
{
	assert_true(tail_by_terms(k, n, (long double)p - NEAR) < tail);
	assert_true(tail_by_terms(k, n, (long double)p + NEAR) > tail);
}

static void test_interval__exact_ends_are_where_the_tail_sums_are(void **s)
{
	struct dsv_interval got;
	size_t i, j;

	(void)s;
	for (i = 0; i < sizeof(samples) / sizeof(*samples); i++) {
		uint64_t k = samples[i].k, n = samples[i].n;

		for (j = 0; j < sizeof(levels) / sizeof(*levels); j++) {
			double tail = (1 - levels[j].confidence) / 2;

			dsv_clopper_pearson(k, n, levels[j].confidence, &got);
			if (k)
				assert_tail(k, n, got.low, tail);
			else
				assert_true(got.low == 0);
			if (k < n)
				assert_tail(n - k, n, 1 - got.high, tail);
			else
				assert_true(got.high == 1);
		}
	}
}

static void test_interval__nothing_and_all_right(void **s)
{
	struct dsv_interval got;

	(void)s;
	/* the other end of 0 of n is 1 - (a / 2)^(1 / n) */
	dsv_clopper_pearson(0, 30, .95, &got);
	assert_near(got.high, 1 - pow(.025, 1. / 30), NEAR);
	dsv_clopper_pearson(30, 30, .95, &got);
	assert_near(got.low, pow(.025, 1. / 30), NEAR);
	/* ...and of Wilson's z^2 / (n + z^2) */
	dsv_wilson(0, 30, .95, &got);
	assert_near(got.high, Z_975 * Z_975 / (30 + Z_975 * Z_975), NEAR);
	assert_true(got.low == 0);
	dsv_wilson(30, 30, .95, &got);
	assert_true(got.high == 1);
}

static void test_interval__of_large_samples(void **s)
{
	struct dsv_interval exact, score;

	(void)s;
	assert_int_equal(
		dsv_clopper_pearson(990000000, 1000000000, .95, &exact), 0);
	dsv_wilson(990000000, 1000000000, .95, &score);
	assert_near(exact.low, score.low, 1e-8);
	assert_near(exact.high, score.high, 1e-8);
}

static void test_interval__refuses_what_is_no_sample(void **s)
{
	struct dsv_interval got = {7, 7};
	double lower = 7;

	(void)s;
	assert_int_equal(dsv_wilson(0, 0, .95, &got), DSV_ERANGE);
	assert_int_equal(dsv_wilson(3, 2, .95, &got), DSV_ERANGE);
	assert_int_equal(dsv_wilson(1, 2, 0, &got), DSV_ERANGE);
	assert_int_equal(dsv_clopper_pearson(1, 2, 1, &got), DSV_ERANGE);
	assert_int_equal(dsv_clopper_pearson(1, 2, NAN, &got), DSV_ERANGE);
	assert_int_equal(dsv_accuracy_lower(1, 2, 1, .95, &lower), DSV_ERANGE);
	assert_int_equal(
		dsv_accuracy_lower(1, DSV_SAMPLE_MAX + 1, 0, .95, &lower),
		DSV_ERANGE);
	assert_true(got.low == 7 && got.high == 7 && lower == 7);
}

/* Samples without fault that show 95 and 99 % at 95 % confidence: 59 and 299
 * (Wilks 1941, "Determination of sample sizes for setting tolerance limits");
 * with one fault 95 % takes 93. */
static void test_lower__of_samples_without_fault(void **s)
{
	double lower;

	(void)s;
	dsv_accuracy_lower(59, 59, 0, .95, &lower);
	assert_true(lower >= .95);
	dsv_accuracy_lower(58, 58, 0, .95, &lower);
	assert_true(lower < .95);
	dsv_accuracy_lower(299, 299, 0, .95, &lower);
	assert_true(lower >= .99);
	dsv_accuracy_lower(298, 298, 0, .95, &lower);
	assert_true(lower < .99);
	dsv_accuracy_lower(92, 93, 0, .95, &lower);
	assert_true(lower >= .95);
	dsv_accuracy_lower(91, 92, 0, .95, &lower);
	assert_true(lower < .95);
}

static void test_lower__is_an_end_of_the_wider_interval(void **s)
{
	struct dsv_interval both;
	double lower;

	(void)s;
	dsv_accuracy_lower(292, 300, 0, .95, &lower);
	dsv_clopper_pearson(292, 300, .9, &both);
	assert_near(lower, both.low, NEAR);
}

static double lower_by_search(uint64_t k, uint64_t n, uint64_t all, double tail)
{
	uint64_t right = k;

	while (draw_by_terms(k, n, all, right) <= tail)
		right++;
	return (double)right / (double)all;
}

static void test_lower__of_a_known_population_by_search(void **s)
{
	uint64_t all, n, k;
	double lower;

	(void)s;
	for (all = 1; all <= 40; all += 3)
		for (n = 1; n <= all; n += 2)
			for (k = 0; k <= n; k++) {
				assert_int_equal(dsv_accuracy_lower(k, n, all,
								    .95,
								    &lower),
						 0);
				assert_near(lower,
					    lower_by_search(k, n, all, .05),
					    NEAR);
			}
	dsv_accuracy_lower(292, 300, 1000, .95, &lower);
	assert_near(lower, lower_by_search(292, 300, 1000, .05), NEAR);
}

static void test_lower__is_the_share_where_all_were_judged(void **s)
{
	double lower;

	(void)s;
	dsv_accuracy_lower(9, 10, 10, .95, &lower);
	assert_near(lower, .9, NEAR);
	dsv_accuracy_lower(0, 10, 10, .95, &lower);
	assert_near(lower, 0, NEAR);
}

static void test_lower__of_a_vast_population_is_the_binomial_one(void **s)
{
	double finite, endless;

	(void)s;
	dsv_accuracy_lower(292, 300, UINT64_C(10000000000), .95, &finite);
	dsv_accuracy_lower(292, 300, 0, .95, &endless);
	assert_near(finite, endless, 1e-6);
	/* the chance of so few right ones is below the smallest double */
	dsv_accuracy_lower(100, 3000, 1000000, .95, &finite);
	dsv_accuracy_lower(100, 3000, 0, .95, &endless);
	assert_near(finite, endless, 1e-4);
}

/* Krejcie and Morgan 1970, "Determining sample size for research activities",
 * table 1. */
static void test_margin__published_table(void **s)
{
	uint64_t n;

	(void)s;
	assert_int_equal(dsv_sample_for_margin(.05, .5, .95, 0, &n), 0);
	assert_int_equal(n, 385);
	dsv_sample_for_margin(.05, .5, .95, 100, &n);
	assert_int_equal(n, 80);
	dsv_sample_for_margin(.05, .5, .95, 1000, &n);
	assert_int_equal(n, 278);
	dsv_sample_for_margin(.05, .5, .95, 10000, &n);
	assert_int_equal(n, 370);
}

static void test_margin__never_asks_for_more_than_there_are(void **s)
{
	uint64_t n;

	(void)s;
	dsv_sample_for_margin(.0001, .5, .99, 12, &n);
	assert_int_equal(n, 12);
	dsv_sample_for_margin(.05, 1, .95, 12, &n);
	assert_int_equal(n, 1);
	assert_int_equal(dsv_sample_for_margin(0, .5, .95, 0, &n), DSV_ERANGE);
	assert_int_equal(dsv_sample_for_margin(.1, 1.5, .95, 0, &n),
			 DSV_ERANGE);
	assert_int_equal(dsv_sample_for_margin(1e-9, .5, .95, 0, &n),
			 DSV_ERANGE);
}

static uint64_t lower_n_by_search(double lower, double expected)
{
	uint64_t n;

	for (n = 1;; n++) {
		uint64_t k = (uint64_t)floor(expected * (double)n + 1e-9);

		if (k && tail_by_terms(k, n, lower) <= .05)
			return n;
	}
}

static void test_for_lower__is_the_first_that_a_search_finds(void **s)
{
	static const double pairs[][2] = {
		{.95, 1}, {.99, 1}, {.95, .98}, {.9, .95}, {.8, .9}, {.5, .75},
	};
	uint64_t n;
	size_t i;

	(void)s;
	for (i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		assert_int_equal(dsv_sample_for_lower(pairs[i][0], pairs[i][1],
						      .95, 0, &n),
				 0);
		assert_int_equal(n,
				 lower_n_by_search(pairs[i][0], pairs[i][1]));
	}
}

static void test_for_lower__near_bounds_take_large_samples(void **s)
{
	uint64_t n;
	double lower;

	(void)s;
	assert_int_equal(dsv_sample_for_lower(.95, .951, .95, 0, &n), 0);
	assert_in_range(n, 100000, 150000);
	dsv_accuracy_lower((uint64_t)floor(.951 * (double)n), n, 0, .95,
			   &lower);
	assert_near(lower, .95, 1e-5);
	dsv_sample_for_lower(.95, .951, .95, 5000, &n);
	assert_int_equal(n, 5000);
	assert_int_equal(dsv_sample_for_lower(.95, .95, .95, 0, &n),
			 DSV_ERANGE);
	assert_int_equal(dsv_sample_for_lower(.95, .950000001, .95, 0, &n),
			 DSV_ERANGE);
}

static void test_fraction__is_a_decimal_and_nothing_else(void **s)
{
	static const char *const bad[] = {
		"",	".",	"1.1",	"-0",
		"0.5 ", " 0.5", "0,5",	"1e-1",
		"nan",	"inf",	"0x.8", "00.5",
		"2",	"95%",	"0..5", "0.1234567890123456",
	};
	double got = 7;
	size_t i;

	(void)s;
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (dsv_fraction_parse(bad[i], &got))
			fail_msg("'%s' was taken", bad[i]);
	assert_true(got == 7);
	assert_true(dsv_fraction_parse("0.95", &got) && got == .95);
	assert_true(dsv_fraction_parse(".5", &got) && got == .5);
	assert_true(dsv_fraction_parse("1", &got) && got == 1);
	assert_true(dsv_fraction_parse("0", &got) && got == 0);
	assert_true(dsv_fraction_parse("0.999999999", &got) &&
		    got == .999999999);
	assert_true(dsv_fraction_parse("1.000", &got) && got == 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_interval__published_tables),
		cmocka_unit_test(
			test_interval__wilson_ends_are_where_the_score_is_z),
		cmocka_unit_test(
			test_interval__exact_ends_are_where_the_tail_sums_are),
		cmocka_unit_test(test_interval__nothing_and_all_right),
		cmocka_unit_test(test_interval__of_large_samples),
		cmocka_unit_test(test_interval__refuses_what_is_no_sample),
		cmocka_unit_test(test_lower__of_samples_without_fault),
		cmocka_unit_test(test_lower__is_an_end_of_the_wider_interval),
		cmocka_unit_test(test_lower__of_a_known_population_by_search),
		cmocka_unit_test(
			test_lower__is_the_share_where_all_were_judged),
		cmocka_unit_test(
			test_lower__of_a_vast_population_is_the_binomial_one),
		cmocka_unit_test(test_margin__published_table),
		cmocka_unit_test(
			test_margin__never_asks_for_more_than_there_are),
		cmocka_unit_test(
			test_for_lower__is_the_first_that_a_search_finds),
		cmocka_unit_test(
			test_for_lower__near_bounds_take_large_samples),
		cmocka_unit_test(test_fraction__is_a_decimal_and_nothing_else),
	};

	return cmocka_run_group_tests_name("interval", tests, NULL, NULL);
}
