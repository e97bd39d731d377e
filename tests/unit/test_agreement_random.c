#include "agreement_check.h"

/* Two ways to compute the same. */
#define EXACT 1e-9
#define CLOSE 1e-6 /* behind a square root */

/*
 * Slow references: the formulas as they are published, over pairs of ratings
 * and cells of tables.
 */
#define ITEMS  40u
#define RATERS 4u
#define LABELS 5u
#define NONE   LABELS

struct slow {
	unsigned n_labels;
	unsigned label[ITEMS][RATERS];
	double value[LABELS];
	double table[LABELS][LABELS]; /* coincidences, or of two raters */
	double n_of[LABELS];
	double n;
};

static unsigned ratings_of(const struct slow *slow, unsigned item)
{
	unsigned rater, n = 0;

	for (rater = 0; rater < RATERS; rater++)
		n += slow->label[item][rater] != NONE;
	return n;
}

static void slow_coincidences(struct slow *slow)
{
	unsigned item, a, b, m;

	for (item = 0; item < ITEMS; item++) {
		m = ratings_of(slow, item);
		for (a = 0; a < RATERS; a++)
			for (b = 0; b < RATERS; b++) {
				unsigned c = slow->label[item][a];
				unsigned k = slow->label[item][b];

				if (a == b || c == NONE || k == NONE)
					continue;
				slow->table[c][k] += 1. / (m - 1);
				slow->n_of[c] += 1. / (m - 1);
				slow->n += 1. / (m - 1);
			}
	}
}

static double slow_metric(const struct slow *slow, unsigned c, unsigned k,
			  enum dsv_level level)
{
	double sum = 0;
	unsigned g;

	if (level == DSV_LEVEL_NOMINAL)
		return c != k;
	if (level == DSV_LEVEL_INTERVAL)
		return pow(slow->value[c] - slow->value[k], 2);
	for (g = c < k ? c : k; g <= (c < k ? k : c); g++)
		sum += slow->n_of[g];
	return pow(sum - (slow->n_of[c] + slow->n_of[k]) / 2, 2);
}

/* Krippendorff 2011, section E. */
static double slow_alpha(const struct slow *slow, enum dsv_level level)
{
	double observed = 0, expected = 0;
	unsigned c, k;

	for (c = 0; c < slow->n_labels; c++)
		for (k = 0; k < slow->n_labels; k++) {
			double apart = slow_metric(slow, c, k, level);

			observed += slow->table[c][k] * apart;
			expected += slow->n_of[c] * slow->n_of[k] * apart;
		}
	return expected > 0 ? 1 - (slow->n - 1) * observed / expected : NAN;
}

/* Gwet 2014: mean share of equal pairs; chance from mean shares of labels. */
static double slow_ac1(const struct slow *slow)
{
	double share[LABELS] = {0}, agreed = 0, chance = 0, pairs = 0, some = 0;
	unsigned item, a, b, c;

	for (item = 0; item < ITEMS; item++) {
		double m = ratings_of(slow, item), same = 0;

		for (a = 0; a < RATERS; a++) {
			if (slow->label[item][a] == NONE)
				continue;
			share[slow->label[item][a]] += 1 / m;
			for (b = 0; b < RATERS; b++)
				same += a != b && slow->label[item][a] ==
							  slow->label[item][b];
		}
		some += m > 0;
		pairs += m > 1;
		agreed += m > 1 ? same / (m * (m - 1)) : 0;
	}
	for (c = 0; c < slow->n_labels; c++)
		chance += share[c] / some * (1 - share[c] / some);
	chance /= slow->n_labels - 1;
	return (agreed / pairs - chance) / (1 - chance);
}

static void slow_table(struct slow *slow, unsigned a, unsigned b)
{
	unsigned item;

	memset(slow->table, 0, sizeof(slow->table));
	slow->n = 0;
	for (item = 0; item < ITEMS; item++) {
		if (slow->label[item][a] == NONE ||
		    slow->label[item][b] == NONE)
			continue;
		slow->table[slow->label[item][a]][slow->label[item][b]]++;
		slow->n++;
	}
}

static double margin(const struct slow *slow, unsigned label, bool row)
{
	double sum = 0;
	unsigned i;

	for (i = 0; i < slow->n_labels; i++)
		sum += row ? slow->table[label][i] : slow->table[i][label];
	return sum / slow->n;
}

/* Cohen 1968: disagreements weighted by |x - y| to a power; power 0 is the
 * plain kappa. */
static double slow_kappa(const struct slow *slow, const double *x, double power)
{
	double observed = 0, expected = 0, weight;
	unsigned a, b;

	for (a = 0; a < slow->n_labels; a++)
		for (b = 0; b < slow->n_labels; b++) {
			weight = a == b ? 0 : pow(fabs(x[a] - x[b]), power);
			observed += weight * slow->table[a][b] / slow->n;
			expected += weight * margin(slow, a, true) *
				    margin(slow, b, false);
		}
	return expected > 1e-12 ? 1 - observed / expected : NAN;
}

/* Fleiss, Cohen and Everitt 1969, formula 13. */
static double slow_error(const struct slow *slow, double kappa)
{
	double chance = 0, sum = 0, cell;
	unsigned a, b;

	for (a = 0; a < slow->n_labels; a++)
		chance += margin(slow, a, true) * margin(slow, a, false);
	for (a = 0; a < slow->n_labels; a++)
		for (b = 0; b < slow->n_labels; b++) {
			cell = slow->table[a][b] / slow->n;
			if (a == b)
				sum += cell * pow(1 - (margin(slow, a, true) +
						       margin(slow, a, false)) *
								  (1 - kappa),
						  2);
			else
				sum += cell * pow((margin(slow, a, false) +
						   margin(slow, b, true)) *
							  (1 - kappa),
						  2);
		}
	sum -= pow(kappa - chance * (1 - kappa), 2);
	return sqrt(fmax(sum, 0) / slow->n) / (1 - chance);
}

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 16;
}

static void draw(struct slow *slow, struct dsv_ratings *ratings, uint32_t seed)
{
	unsigned item, rater, base, missing = seed % 5;
	double value = -3;

	memset(slow, 0, sizeof(*slow));
	slow->n_labels = 2 + seed % (LABELS - 1);
	for (item = 0; item < slow->n_labels; item++) {
		value += .25 + next_random(&seed) % 100 / 10.;
		slow->value[item] = value;
	}
	for (item = 0; item < ITEMS; item++) {
		base = next_random(&seed) % slow->n_labels;
		for (rater = 0; rater < RATERS; rater++) {
			slow->label[item][rater] = NONE;
			if (next_random(&seed) % 10 < missing)
				continue;
			if (next_random(&seed) % 3 == 0)
				base = next_random(&seed) % slow->n_labels;
			slow->label[item][rater] = base;
		}
		/* numbers of raters need not come in order */
		for (rater = RATERS; rater-- > 0;)
			if (slow->label[item][rater] != NONE)
				dsv_ratings_add(ratings, item, rater,
						slow->label[item][rater]);
	}
	ratings->n_items = ITEMS;
	ratings->n_labels = slow->n_labels;
	set_values(ratings, slow->value);
}

static void assert_same(struct dsv_figure figure, double slow)
{
	assert_int_equal(figure.defined, !isnan(slow));
	if (figure.defined)
		assert_near(figure.value, slow, EXACT);
}

static void assert_pairs(const struct dsv_agreement *got, struct slow *slow,
			 const double *x)
{
	size_t i;

	for (i = 0; i < got->n_pairs; i++) {
		const struct dsv_agreement_pair *pair = &got->pairs[i];

		slow_table(slow, pair->a, pair->b);
		assert_int_equal(pair->items, (uint64_t)slow->n);
		assert_same(pair->kappa, slow_kappa(slow, x, 0));
		assert_same(pair->linear, slow_kappa(slow, x, 1));
		assert_same(pair->quadratic, slow_kappa(slow, x, 2));
		if (pair->kappa_se.defined)
			assert_near(pair->kappa_se.value,
				    slow_error(slow, pair->kappa.value), CLOSE);
	}
}

static void compare(uint32_t seed, enum dsv_level level)
{
	static const double places[LABELS] = {0, 1, 2, 3, 4};
	struct dsv_ratings ratings DSV_AUTO(ratings) = DSV_RATINGS_INIT;
	struct dsv_agreement got DSV_AUTO(agreement) = DSV_AGREEMENT_INIT;
	struct slow slow;

	draw(&slow, &ratings, seed);
	assert_int_equal(dsv_agreement_compute(&got, &ratings, level), 0);
	slow_coincidences(&slow);
	assert_same(got.alpha_nominal, slow_alpha(&slow, DSV_LEVEL_NOMINAL));
	assert_same(got.alpha_ordinal, slow_alpha(&slow, DSV_LEVEL_ORDINAL));
	if (level == DSV_LEVEL_INTERVAL)
		assert_same(got.alpha_interval,
			    slow_alpha(&slow, DSV_LEVEL_INTERVAL));
	assert_same(got.ac1, slow_ac1(&slow));
	assert_int_equal(got.items + got.single + got.unrated, ITEMS);
	assert_pairs(&got, &slow,
		     level == DSV_LEVEL_ORDINAL ? places : slow.value);
}

static void test_agreement__random_tables_against_the_formulas(void **s)
{
	uint32_t seed;

	(void)s;
	for (seed = 1; seed <= 300; seed++) {
		compare(seed, DSV_LEVEL_ORDINAL);
		compare(seed, DSV_LEVEL_INTERVAL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_agreement__random_tables_against_the_formulas),
	};

	return cmocka_run_group_tests_name("agreement random", tests, NULL,
					   NULL);
}
