#include "govern/rated.h"

#include <math.h>
#include <stdlib.h>

#include <dsv/interval.h>

#include "base/alloc.h"

/*
 * Cohen's kappa of each pair of raters. What it needs of the table of two
 * raters are its margins, and sums over its cells that are as well sums over
 * items, so no table is kept: a pass for kappa, and a second one for the
 * standard error, which needs the first one's margins.
 */
struct pair {
	uint64_t items;
	uint64_t same;
	long double apart; /* sum of distances */
	long double squares;
	uint64_t *a, *b; /* items by label of either */
	/* between the passes */
	bool defined;
	long double kappa;
	long double chance;
	long double spread; /* of the second pass */
};

struct pairs {
	const struct dsv_rated *rated;
	const double *x;
	struct pair *items;
	uint64_t *margins;
	uint32_t n_raters;
};

/* Place of the pair a < b, row by row of the upper triangle. */
static size_t place(const struct pairs *pairs, uint32_t a, uint32_t b)
{
	return (size_t)a * (2 * (size_t)pairs->n_raters - a - 1) / 2 + b - a -
	       1;
}

typedef void see_fn(struct pairs *pairs, struct pair *pair, uint32_t a,
		    uint32_t b);

static void for_each_pair(struct pairs *pairs, see_fn *see)
{
	const struct dsv_rated *rated = pairs->rated;
	uint32_t item;

	for (item = 0; item < rated->n_items; item++) {
		const struct dsv_rated_cell *cell, *other, *end;

		end = rated->cells + rated->start[item + 1];
		for (cell = rated->cells + rated->start[item]; cell < end;
		     cell++)
			for (other = cell + 1; other < end; other++)
				see(pairs,
				    &pairs->items[place(pairs, cell->rater,
							other->rater)],
				    cell->label, other->label);
	}
}

static void see_labels(struct pairs *pairs, struct pair *pair, uint32_t a,
		       uint32_t b)
{
	double apart;

	pair->items++;
	pair->same += a == b;
	pair->a[a]++;
	pair->b[b]++;
	if (pairs->x) {
		apart = pairs->x[a] - pairs->x[b];
		pair->apart += fabs(apart);
		pair->squares += apart * apart;
	}
}

/* Ordered pairs of one label of each rater that are the same. */
static long double by_chance(const struct pairs *pairs, const struct pair *pair)
{
	long double sum = 0;
	uint32_t i;

	for (i = 0; i < pairs->rated->n_labels; i++)
		sum += (long double)pair->a[i] * (long double)pair->b[i];
	return sum;
}

/* Undefined where both raters gave one label throughout. */
static void set_cohen(const struct pairs *pairs, struct pair *pair)
{
	long double n = (long double)pair->items;
	long double chance = by_chance(pairs, pair);

	pair->defined = chance < n * n;
	if (!pair->defined)
		return;
	pair->chance = chance / (n * n);
	pair->kappa = ((long double)pair->same / n - pair->chance) /
		      (1 - pair->chance);
}

/* What an item adds to the variance, but for a factor and a constant. */
static void see_spread(struct pairs *pairs, struct pair *pair, uint32_t a,
		       uint32_t b)
{
	long double n = (long double)pair->items;
	long double rest = 1 - pair->kappa, term;

	(void)pairs;
	if (a == b)
		term = 1 - (long double)(pair->a[a] + pair->b[a]) / n * rest;
	else
		term = (long double)(pair->b[a] + pair->a[b]) / n * rest;
	pair->spread += term * term / n;
}

static void set(struct dsv_figure *figure, long double value)
{
	figure->defined = true;
	figure->value = (double)value;
}

static void set_error(struct dsv_figure *figure, const struct pair *pair)
{
	long double less = pair->kappa - pair->chance * (1 - pair->kappa);
	long double rest = 1 - pair->chance;
	long double n = (long double)pair->items;
	long double variance = (pair->spread - less * less) / (n * rest * rest);

	if (pair->items < 2)
		return;
	set(figure, variance > 0 ? sqrtl(variance) : 0);
}

/* What sums of distances chance would give: every label of one rater beside
 * every label of the other. Both by running over the labels once. */
static void weighted_by_chance(const struct pairs *pairs,
			       const struct pair *pair, long double *out_apart,
			       long double *out_squares)
{
	long double n = (long double)pair->items, below_a = 0, below_b = 0;
	long double sum_a = 0, sum_b = 0, squares = 0, apart = 0, x;
	uint32_t i;

	for (i = 0; i < pairs->rated->n_labels; i++) {
		x = pairs->x[i] - pairs->x[0];
		if (i)
			apart += (pairs->x[i] - pairs->x[i - 1]) *
				 (below_a * (n - below_b) +
				  below_b * (n - below_a));
		below_a += (long double)pair->a[i];
		below_b += (long double)pair->b[i];
		sum_a += (long double)pair->a[i] * x;
		sum_b += (long double)pair->b[i] * x;
		squares += (long double)(pair->a[i] + pair->b[i]) * x * x;
	}
	*out_apart = apart / n;
	*out_squares = squares - 2 * sum_a * sum_b / n;
}

static void set_weighted(struct dsv_agreement_pair *out,
			 const struct pairs *pairs, const struct pair *pair)
{
	long double apart, squares;

	weighted_by_chance(pairs, pair, &apart, &squares);
	if (apart > 0)
		set(&out->linear, 1 - pair->apart / apart);
	if (apart > 0 && squares > 0)
		set(&out->quadratic, 1 - pair->squares / squares);
}

static void set_pair(struct dsv_agreement_pair *out, const struct pairs *pairs,
		     const struct pair *pair, bool linear)
{
	out->items = pair->items;
	out->same = pair->same;
	if (pair->defined) {
		set(&out->kappa, pair->kappa);
		set_error(&out->kappa_se, pair);
	}
	if (linear)
		set_weighted(out, pairs, pair);
}

static void hand_over(struct dsv_agreement *out, const struct pairs *pairs)
{
	const struct pair *pair = pairs->items;
	long double sum = 0;
	size_t n_kappas = 0;
	uint32_t a, b;

	for (a = 0; a < pairs->n_raters; a++)
		for (b = a + 1; b < pairs->n_raters; b++, pair++) {
			struct dsv_agreement_pair *to =
				&out->pairs[out->n_pairs];

			if (!pair->items)
				continue;
			to->a = a;
			to->b = b;
			set_pair(to, pairs, pair, pairs->x != NULL);
			sum += to->kappa.value;
			n_kappas += to->kappa.defined;
			out->n_pairs++;
		}
	if (n_kappas)
		set(&out->cohen_mean, sum / (long double)n_kappas);
}

static void tally(struct pairs *pairs, size_t n)
{
	uint64_t *margin = pairs->margins;
	size_t i;

	for (i = 0; i < n; i++) {
		pairs->items[i].a = margin;
		pairs->items[i].b = margin + pairs->rated->n_labels;
		margin += 2 * (size_t)pairs->rated->n_labels;
	}
	for_each_pair(pairs, see_labels);
	for (i = 0; i < n; i++)
		set_cohen(pairs, &pairs->items[i]);
	for_each_pair(pairs, see_spread);
}

void dsv_agreement_pairs(struct dsv_agreement *out,
			 const struct dsv_rated *rated, const double *x)
{
	struct pairs pairs = {
		.rated = rated, .x = x, .n_raters = rated->n_raters};
	size_t n = (size_t)rated->n_raters * (rated->n_raters - 1) / 2;

	if (n > DSV_AGREEMENT_CELLS / rated->n_labels) {
		out->pairs_left_out = true;
		return;
	}
	pairs.items = dsv_alloc_zero(n, sizeof(*pairs.items));
	pairs.margins =
		dsv_alloc_zero(2 * n * rated->n_labels, sizeof(*pairs.margins));
	out->pairs = dsv_alloc_zero(n, sizeof(*out->pairs));
	tally(&pairs, n);
	hand_over(out, &pairs);
	free(pairs.items);
	free(pairs.margins);
}

void dsv_agreement_table(struct dsv_agreement *out,
			 const struct dsv_rated *rated)
{
	size_t n = rated->n_labels;
	uint32_t item;

	if (rated->n_raters != 2 || n > DSV_CONFUSION_LABELS)
		return;
	out->table = dsv_alloc_zero(n * n, sizeof(*out->table));
	for (item = 0; item < rated->n_items; item++) {
		const struct dsv_rated_cell *cell =
			rated->cells + rated->start[item];

		if (rated->start[item + 1] - rated->start[item] == 2)
			out->table[cell[0].label * n + cell[1].label]++;
	}
}

bool dsv_agreement_kappa_range(const struct dsv_agreement_pair *pair,
			       double confidence, double *out_low,
			       double *out_high)
{
	double z;

	if (!pair->kappa.defined || !pair->kappa_se.defined ||
	    !(confidence > 0 && confidence < 1))
		return false;
	z = dsv_normal_quantile((1 - confidence) / 2);
	*out_low = fmax(-1, pair->kappa.value - z * pair->kappa_se.value);
	*out_high = fmin(1, pair->kappa.value + z * pair->kappa_se.value);
	return true;
}
