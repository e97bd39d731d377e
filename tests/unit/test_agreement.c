#include "agreement_check.h"

#include <dsv/error.h>

#define NEAR 1e-6

static void assert_figure(struct dsv_figure figure, double expected)
{
	assert_true(figure.defined);
	assert_near(figure.value, expected, NEAR);
}

/* Two raters from their table. */
static void add_table(struct dsv_ratings *ratings, const uint64_t *table,
		      uint32_t n)
{
	uint32_t row, column, item = ratings->n_items;
	uint64_t i;

	for (row = 0; row < n; row++)
		for (column = 0; column < n; column++)
			for (i = 0; i < table[row * n + column]; i++) {
				dsv_ratings_add(ratings, item, 0, row);
				dsv_ratings_add(ratings, item++, 1, column);
			}
}

static void compute_table(struct dsv_agreement *out, const uint64_t *table,
			  uint32_t n, enum dsv_level level)
{
	struct dsv_ratings ratings DSV_AUTO(ratings) = DSV_RATINGS_INIT;

	add_table(&ratings, table, n);
	assert_int_equal(dsv_agreement_compute(out, &ratings, level), 0);
}

/* Fleiss 1971's kind of table, the example of 10 items by 14 raters that text
 * books and packages use; kappa .2099307. Krippendorff's alpha of the same
 * (nominal, 1 - (N - 1) Do / De) is .2155743. */
static const unsigned fleiss_counts[10][5] = {
	{0, 0, 0, 0, 14}, {0, 2, 6, 4, 2}, {0, 0, 3, 5, 6}, {0, 3, 9, 2, 0},
	{2, 2, 8, 1, 1},  {7, 7, 0, 0, 0}, {3, 2, 6, 3, 0}, {2, 5, 3, 2, 2},
	{6, 5, 2, 1, 0},  {0, 2, 2, 3, 7},
};

static void add_fleiss(struct dsv_ratings *ratings)
{
	uint32_t item, label, rater, i;

	for (item = 0; item < 10; item++) {
		rater = 0;
		for (label = 0; label < 5; label++)
			for (i = 0; i < fleiss_counts[item][label]; i++)
				dsv_ratings_add(ratings, item, rater++, label);
	}
}

/* Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", section C:
 * 12 units, observers A to D, values 1 to 5, 0 where one is missing. */
static const uint32_t krippendorff[4][12] = {
	{1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0},
	{1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3},
	{0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0},
	{1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0},
};

static void add_krippendorff(struct dsv_ratings *ratings)
{
	uint32_t item, rater;

	for (rater = 0; rater < 4; rater++)
		for (item = 0; item < 12; item++)
			if (krippendorff[rater][item])
				dsv_ratings_add(ratings, item, rater,
						krippendorff[rater][item] - 1);
}

static void test_fleiss__10_items_by_14_raters(void **s)
{
	struct dsv_ratings ratings DSV_AUTO(ratings) = DSV_RATINGS_INIT;
	struct dsv_agreement got DSV_AUTO(agreement) = DSV_AGREEMENT_INIT;

	(void)s;
	add_fleiss(&ratings);
	assert_int_equal(
		dsv_agreement_compute(&got, &ratings, DSV_LEVEL_NOMINAL), 0);
	assert_figure(got.fleiss, .2099307);
	assert_figure(got.observed, .3780220);
	assert_figure(got.alpha_nominal, .2155743);
	assert_int_equal(got.items, 10);
	assert_int_equal(got.least, 14);
	assert_int_equal(got.same_all, 1);
}

static void test_alpha__12_units_by_4_observers(void **s)
{
	static const double values[] = {1, 2, 3, 4, 5};
	struct dsv_ratings ratings DSV_AUTO(ratings) = DSV_RATINGS_INIT;
	struct dsv_agreement got DSV_AUTO(agreement) = DSV_AGREEMENT_INIT;

	(void)s;
	add_krippendorff(&ratings);
	set_values(&ratings, values);
	assert_int_equal(
		dsv_agreement_compute(&got, &ratings, DSV_LEVEL_INTERVAL), 0);
	assert_figure(got.alpha_nominal, .7434211);
	assert_figure(got.alpha_ordinal, .8153875);
	assert_figure(got.alpha_interval, .8491071);
	assert_int_equal(got.items, 11);
	assert_int_equal(got.single, 1);
	assert_int_equal(got.least, 2);
	assert_int_equal(got.most, 4);
	/* items with different numbers of ratings */
	assert_false(got.fleiss.defined);
	assert_int_equal(got.n_pairs, 6);
	assert_figure(got.pairs[0].kappa, .844828);
	assert_figure(got.cohen_mean, .700163);
}

/* The example of the English Wikipedia, "Cohen's kappa": 50 proposals, twice
 * over; .4 of [[20,5],[10,15]]. */
static void test_cohen__of_two_by_two(void **s)
{
	static const uint64_t first[] = {20, 20, 10, 50};
	static const uint64_t second[] = {20, 5, 10, 15};
	struct dsv_agreement got DSV_AUTO(agreement) = DSV_AGREEMENT_INIT;

	(void)s;
	compute_table(&got, first, 2, DSV_LEVEL_NOMINAL);
	assert_int_equal(got.n_pairs, 1);
	assert_figure(got.pairs[0].kappa, .3478261);
	assert_int_equal(got.pairs[0].items, 100);
	assert_int_equal(got.pairs[0].same, 70);
	assert_memory_equal(got.table, first, sizeof(first));
	assert_false(got.pairs[0].linear.defined);
	dsv_agreement_release(&got);
	compute_table(&got, second, 2, DSV_LEVEL_NOMINAL);
	assert_figure(got.pairs[0].kappa, .4);
}

/* Raters who nearly always agree on a frequent label: kappa says nothing is
 * left of it, AC1 does (the paradox of Feinstein and Cicchetti 1990; table as
 * in Gwet 2008). */
static void test_ac1__keeps_its_sense_where_kappa_loses_it(void **s)
{
	static const uint64_t table[] = {118, 5, 2, 0};
	struct dsv_agreement got DSV_AUTO(agreement) = DSV_AGREEMENT_INIT;

	(void)s;
	compute_table(&got, table, 2, DSV_LEVEL_NOMINAL);
	assert_figure(got.pairs[0].kappa, -.0233918);
	assert_figure(got.ac1, .9407763);
}

/* Diagnoses of 100 patients, kappa .68: Fleiss, Levin and Paik 2003, table
 * 18.1. */
static void test_cohen__range_is_as_wide_as_the_error_says(void **s)
{
	static const uint64_t table[] = {75, 1, 4, 5, 4, 1, 0, 0, 10};
	struct dsv_agreement got DSV_AUTO(agreement) = DSV_AGREEMENT_INIT;
	double low, high;

	(void)s;
	compute_table(&got, table, 3, DSV_LEVEL_NOMINAL);
	assert_near(got.pairs[0].kappa.value, .68, .005);
	assert_true(dsv_agreement_kappa_range(&got.pairs[0], .95, &low, &high));
	assert_near(high - low, 2 * 1.959964 * got.pairs[0].kappa_se.value,
		    NEAR);
	assert_near((high + low) / 2, got.pairs[0].kappa.value, NEAR);
	assert_false(dsv_agreement_kappa_range(&got.pairs[0], 1, &low, &high));
}

/* Hout, Duncan and Sobel 1987, answers of 91 couples, as the R package vcd has
 * them (Kappa(SexualFun)): .1293 with error .0686, weighted .2374. */
static void test_cohen__weighted_by_distance(void **s)
{
	static const uint64_t table[] = {7, 7, 2, 3, 2, 8, 3, 7,
					 1, 5, 4, 9, 2, 8, 9, 14};
	struct dsv_agreement got DSV_AUTO(agreement) = DSV_AGREEMENT_INIT;

	(void)s;
	compute_table(&got, table, 4, DSV_LEVEL_ORDINAL);
	assert_near(got.pairs[0].kappa.value, .1293, 5e-5);
	assert_near(got.pairs[0].kappa_se.value, .0686, 5e-5);
	assert_near(got.pairs[0].linear.value, .2374, 5e-5);
}

static void test_agreement__specific_of_two_labels(void **s)
{
	static const uint64_t table[] = {20, 20, 10, 50};
	struct dsv_agreement got DSV_AUTO(agreement) = DSV_AGREEMENT_INIT;

	(void)s;
	/* 2a / (2a + b + c), 2d / (2d + b + c) */
	compute_table(&got, table, 2, DSV_LEVEL_NOMINAL);
	assert_figure(got.labels[0].agreement, 40. / 70);
	assert_figure(got.labels[1].agreement, 100. / 130);
	assert_int_equal(got.labels[0].ratings, 70);
}

static void test_agreement__of_one_label_is_undefined(void **s)
{
	static const uint64_t table[] = {9};
	struct dsv_agreement got DSV_AUTO(agreement) = DSV_AGREEMENT_INIT;

	(void)s;
	compute_table(&got, table, 1, DSV_LEVEL_ORDINAL);
	assert_figure(got.observed, 1);
	assert_false(got.fleiss.defined);
	assert_false(got.alpha_nominal.defined);
	assert_false(got.alpha_ordinal.defined);
	assert_false(got.ac1.defined);
	assert_false(got.cohen_mean.defined);
	assert_int_equal(got.n_pairs, 1);
	assert_false(got.pairs[0].kappa.defined);
	assert_false(got.pairs[0].kappa_se.defined);
	assert_false(got.pairs[0].linear.defined);
	assert_false(got.pairs[0].quadratic.defined);
}

/* A label that could have been given changes what AC1 calls chance. */
static void test_ac1__counts_labels_that_nobody_gave(void **s)
{
	struct dsv_ratings ratings DSV_AUTO(ratings) = DSV_RATINGS_INIT;
	struct dsv_agreement got DSV_AUTO(agreement) = DSV_AGREEMENT_INIT;
	static const uint64_t table[] = {9};

	(void)s;
	add_table(&ratings, table, 1);
	ratings.n_labels = 3;
	assert_int_equal(
		dsv_agreement_compute(&got, &ratings, DSV_LEVEL_NOMINAL), 0);
	assert_figure(got.ac1, 1);
	assert_false(got.labels[2].agreement.defined);
}

static void test_agreement__refuses_what_cannot_be_compared(void **s)
{
	struct dsv_ratings ratings DSV_AUTO(ratings) = DSV_RATINGS_INIT;
	struct dsv_agreement got DSV_AUTO(agreement) = DSV_AGREEMENT_INIT;

	(void)s;
	assert_int_equal(dsv_agreement_compute(&got, &ratings, 0), DSV_ERANGE);
	dsv_ratings_add(&ratings, 0, 0, 0);
	dsv_ratings_add(&ratings, 1, 1, 0);
	assert_int_equal(dsv_agreement_compute(&got, &ratings, 0), DSV_ERANGE);
	dsv_ratings_add(&ratings, 2, 0, 0);
	dsv_ratings_add(&ratings, 2, 1, 0);
	assert_int_equal(
		dsv_agreement_compute(&got, &ratings, DSV_LEVEL_INTERVAL),
		DSV_EUSAGE);
	dsv_ratings_add(&ratings, 2, 0, 1);
	assert_int_equal(dsv_agreement_compute(&got, &ratings, 0), DSV_EEXISTS);
	ratings.n--;
	ratings.items[ratings.n - 1].rater = 0; /* one behind the other */
	assert_int_equal(dsv_agreement_compute(&got, &ratings, 0), DSV_EEXISTS);
	assert_null(got.pairs);
}

static void test_fleiss__needs_as_many_ratings_of_each_item(void **s)
{
	struct dsv_ratings ratings DSV_AUTO(ratings) = DSV_RATINGS_INIT;
	struct dsv_agreement got DSV_AUTO(agreement) = DSV_AGREEMENT_INIT;

	(void)s;
	add_fleiss(&ratings);
	ratings.n--;
	assert_int_equal(dsv_agreement_compute(&got, &ratings, 0), 0);
	assert_false(got.fleiss.defined);
	ratings.n++;
	ratings.n_items++; /* one that nobody rated */
	dsv_agreement_release(&got);
	assert_int_equal(dsv_agreement_compute(&got, &ratings, 0), 0);
	assert_false(got.fleiss.defined);
	assert_int_equal(got.unrated, 1);
}

static void test_agreement__leaves_out_pairs_of_a_crowd(void **s)
{
	struct dsv_ratings ratings DSV_AUTO(ratings) = DSV_RATINGS_INIT;
	struct dsv_agreement got DSV_AUTO(agreement) = DSV_AGREEMENT_INIT;
	uint32_t i;

	(void)s;
	for (i = 0; i < 3000; i++)
		dsv_ratings_add(&ratings, i / 2, i, i % 3);
	assert_int_equal(dsv_agreement_compute(&got, &ratings, 0), 0);
	assert_true(got.pairs_left_out);
	assert_int_equal(got.n_pairs, 0);
	assert_true(got.alpha_nominal.defined);
}

/* Sums must not lose small distances of large numbers. */
static void test_alpha__interval_of_numbers_far_from_zero(void **s)
{
	static const double near[] = {1, 2, 3, 4, 5};
	static const double far[] = {1e9 + 1, 1e9 + 2, 1e9 + 3, 1e9 + 4,
				     1e9 + 5};
	struct dsv_ratings ratings DSV_AUTO(ratings) = DSV_RATINGS_INIT;
	struct dsv_agreement got[2] = {DSV_AGREEMENT_INIT, DSV_AGREEMENT_INIT};
	size_t i;

	(void)s;
	add_krippendorff(&ratings);
	for (i = 0; i < 2; i++) {
		set_values(&ratings, i ? far : near);
		assert_int_equal(dsv_agreement_compute(&got[i], &ratings,
						       DSV_LEVEL_INTERVAL),
				 0);
	}
	assert_near(got[1].alpha_interval.value, got[0].alpha_interval.value,
		    NEAR);
	for (i = 0; i < got[0].n_pairs; i++)
		assert_near(got[1].pairs[i].quadratic.value,
			    got[0].pairs[i].quadratic.value, NEAR);
	dsv_agreement_release(&got[0]);
	dsv_agreement_release(&got[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fleiss__10_items_by_14_raters),
		cmocka_unit_test(test_alpha__12_units_by_4_observers),
		cmocka_unit_test(test_cohen__of_two_by_two),
		cmocka_unit_test(
			test_ac1__keeps_its_sense_where_kappa_loses_it),
		cmocka_unit_test(
			test_cohen__range_is_as_wide_as_the_error_says),
		cmocka_unit_test(test_cohen__weighted_by_distance),
		cmocka_unit_test(test_agreement__specific_of_two_labels),
		cmocka_unit_test(test_agreement__of_one_label_is_undefined),
		cmocka_unit_test(test_ac1__counts_labels_that_nobody_gave),
		cmocka_unit_test(
			test_agreement__refuses_what_cannot_be_compared),
		cmocka_unit_test(
			test_fleiss__needs_as_many_ratings_of_each_item),
		cmocka_unit_test(test_agreement__leaves_out_pairs_of_a_crowd),
		cmocka_unit_test(test_alpha__interval_of_numbers_far_from_zero),
	};

	return cmocka_run_group_tests_name("agreement", tests, NULL, NULL);
}
