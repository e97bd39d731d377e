#include <dsv/agreement.h>

#include <stdlib.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "govern/rated.h"

/*
 * One pass over the items counts what all figures of nominal labels are made
 * of; a second one, once the frequency of labels is known, sums the distances
 * of ordinal or interval ones. The sum of the squared distances of all pairs
 * of m numbers is m times that of their distances from the mean, so no pass
 * looks at pairs.
 */
struct sums {
	struct dsv_agreement *out;
	uint64_t *counts;     /* of the item at hand, by label; else 0 */
	uint64_t *same;	      /* ordered pairs of one label in an item */
	uint64_t *open;	      /* ordered pairs whose first is the label */
	double *shares;	      /* by label: sum over items of its share */
	uint64_t pairable;    /* ratings of items with at least two */
	long double agreed;   /* sum over items of the share of equal pairs */
	long double observed; /* nominal disagreement of alpha */
};

static void count_labels(struct sums *sums, const struct dsv_rated_cell *cells,
			 size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		sums->counts[cells[i].label]++;
}

/* Take what was counted of one label of an item, once. */
static uint64_t take_count(struct sums *sums, uint32_t label)
{
	uint64_t count = sums->counts[label];

	sums->counts[label] = 0;
	return count;
}

static void note_size(struct sums *sums, size_t n)
{
	struct dsv_agreement *out = sums->out;

	if (!out->items || n < out->least)
		out->least = (uint32_t)n;
	if (n > out->most)
		out->most = (uint32_t)n;
	out->items++;
	sums->pairable += n;
}

static void sum_item(struct sums *sums, const struct dsv_rated_cell *cells,
		     size_t n)
{
	uint64_t pairs = (uint64_t)n * (n - 1), same = 0, count;
	uint32_t label;
	size_t i;

	note_size(sums, n);
	count_labels(sums, cells, n);
	for (i = 0; i < n; i++) {
		label = cells[i].label;
		count = take_count(sums, label);
		same += count * (count ? count - 1 : 0);
		sums->same[label] += count * (count ? count - 1 : 0);
		sums->open[label] += count * (n - 1);
		sums->out->labels[label].ratings += count;
		sums->shares[label] += (double)count / (double)n;
	}
	sums->out->same_all += same == pairs;
	sums->agreed += (long double)same / (long double)pairs;
	sums->observed += (long double)(pairs - same) / (long double)(n - 1);
}

static void sum_items(struct sums *sums, const struct dsv_rated *rated)
{
	struct dsv_agreement *out = sums->out;
	uint32_t item;

	for (item = 0; item < rated->n_items; item++) {
		const struct dsv_rated_cell *cells =
			rated->cells + rated->start[item];
		size_t n = rated->start[item + 1] - rated->start[item];

		out->ratings += n;
		if (n > 1) {
			sum_item(sums, cells, n);
			continue;
		}
		out->unrated += n == 0;
		out->single += n == 1;
		if (n)
			sums->shares[cells->label] += 1;
	}
}

static void set(struct dsv_figure *figure, long double value)
{
	figure->defined = true;
	figure->value = (double)value;
}

/* (P - Pe) / (1 - Pe) of Fleiss; one minus Pe comes as ordered pairs of
 * ratings that differ, out of all. */
static void set_fleiss(struct sums *sums, uint64_t differing)
{
	struct dsv_agreement *out = sums->out;
	long double n = (long double)sums->pairable;
	long double expected = (long double)differing / (n * n);

	if (out->least != out->most || out->single || out->unrated ||
	    !differing)
		return;
	set(&out->fleiss,
	    1 - (1 - sums->agreed / (long double)out->items) / expected);
}

static void set_ac1(struct sums *sums)
{
	struct dsv_agreement *out = sums->out;
	long double items = (long double)(out->items + out->single);
	long double by_chance = 0, share;
	uint32_t label;

	if (out->n_labels < 2)
		return;
	for (label = 0; label < out->n_labels; label++) {
		share = sums->shares[label] / items;
		by_chance += share * (1 - share);
	}
	by_chance /= out->n_labels - 1;
	set(&out->ac1, (sums->agreed / (long double)out->items - by_chance) /
			       (1 - by_chance));
}

static void set_nominal(struct sums *sums)
{
	struct dsv_agreement *out = sums->out;
	uint64_t n = sums->pairable, differing = 0;
	uint32_t label;

	for (label = 0; label < out->n_labels; label++) {
		struct dsv_agreement_label *of = &out->labels[label];

		differing += of->ratings * (n - of->ratings);
		if (sums->open[label])
			set(&of->agreement,
			    (long double)sums->same[label] /
				    (long double)sums->open[label]);
	}
	set(&out->observed, sums->agreed / (long double)out->items);
	if (differing)
		set(&out->alpha_nominal,
		    1 - (long double)(n - 1) * sums->observed /
				    (long double)differing);
	set_fleiss(sums, differing);
	set_ac1(sums);
}

/* Sum over items of m / (m - 1) times the squared distances from the mean. */
static long double distances(const struct dsv_rated *rated, const double *x)
{
	long double sum = 0;
	uint32_t item;
	size_t i;

	for (item = 0; item < rated->n_items; item++) {
		const struct dsv_rated_cell *cells =
			rated->cells + rated->start[item];
		size_t n = rated->start[item + 1] - rated->start[item];
		double mean = 0, squares = 0;

		if (n < 2)
			continue;
		for (i = 0; i < n; i++)
			mean += x[cells[i].label] / (double)n;
		for (i = 0; i < n; i++)
			squares += (x[cells[i].label] - mean) *
				   (x[cells[i].label] - mean);
		sum += squares * (double)n / (double)(n - 1);
	}
	return sum;
}

static void set_alpha(struct dsv_figure *figure, const struct sums *sums,
		      const struct dsv_rated *rated, const double *x)
{
	const struct dsv_agreement *out = sums->out;
	long double n = (long double)sums->pairable, mean = 0, squares = 0;
	uint32_t i;

	for (i = 0; i < out->n_labels; i++)
		mean += (long double)out->labels[i].ratings * x[i] / n;
	for (i = 0; i < out->n_labels; i++)
		squares += (long double)out->labels[i].ratings * (x[i] - mean) *
			   (x[i] - mean);
	if (squares > 0)
		set(figure, 1 - (n - 1) * distances(rated, x) / (n * squares));
}

/* The ordinal metric is the distance of the middle ranks: what stands between
 * two labels, and half of each. */
static void middle_ranks(const struct dsv_agreement *out, double *x)
{
	double below = 0;
	uint32_t i;

	for (i = 0; i < out->n_labels; i++) {
		x[i] = below + (double)out->labels[i].ratings / 2;
		below += (double)out->labels[i].ratings;
	}
}

static void set_levels(struct sums *sums, const struct dsv_rated *rated,
		       const double *values)
{
	struct dsv_agreement *out = sums->out;
	double *x = dsv_alloc_zero((size_t)out->n_labels + 1, sizeof(*x));

	if (out->level >= DSV_LEVEL_ORDINAL) {
		middle_ranks(out, x);
		set_alpha(&out->alpha_ordinal, sums, rated, x);
	}
	if (out->level == DSV_LEVEL_INTERVAL)
		set_alpha(&out->alpha_interval, sums, rated, values);
	free(x);
}

static void sums_init(struct sums *sums, struct dsv_agreement *out)
{
	size_t n = (size_t)out->n_labels + 1;

	sums->out = out;
	sums->counts = dsv_alloc_zero(n, sizeof(*sums->counts));
	sums->same = dsv_alloc_zero(n, sizeof(*sums->same));
	sums->open = dsv_alloc_zero(n, sizeof(*sums->open));
	sums->shares = dsv_alloc_zero(n, sizeof(*sums->shares));
	out->labels = dsv_alloc_zero(n, sizeof(*out->labels));
}

static void sums_release(struct sums *sums)
{
	free(sums->counts);
	free(sums->same);
	free(sums->open);
	free(sums->shares);
}

/* Distances for weighted kappa: values, or places in the order. */
static void set_pairs(struct dsv_agreement *out, const struct dsv_rated *rated,
		      const double *values)
{
	double *places = NULL;
	uint32_t i;

	if (out->level == DSV_LEVEL_ORDINAL) {
		places = dsv_alloc_zero((size_t)out->n_labels + 1,
					sizeof(*places));
		for (i = 0; i < out->n_labels; i++)
			places[i] = i;
		values = places;
	} else if (out->level == DSV_LEVEL_NOMINAL) {
		values = NULL;
	}
	dsv_agreement_pairs(out, rated, values);
	free(places);
}

static int compute(struct dsv_agreement *out, const struct dsv_rated *rated,
		   const double *values)
{
	struct sums sums = {0};
	int rc = 0;

	sums_init(&sums, out);
	sum_items(&sums, rated);
	if (!out->items) {
		dsv_fail(DSV_ERANGE, "no item has labels of two raters");
		rc = dsv_hint(DSV_ERANGE,
			      "agreement needs items that several raters "
			      "labelled");
	} else {
		set_nominal(&sums);
		set_levels(&sums, rated, values);
		set_pairs(out, rated, values);
		dsv_agreement_table(out, rated);
	}
	sums_release(&sums);
	return rc;
}

static int fail_twice(const struct dsv_ratings *ratings,
		      const struct dsv_rating *twice)
{
	if (twice->rater < ratings->raters.n)
		return dsv_fail(
			DSV_EEXISTS, "rater '%s' gave item %u two labels",
			ratings->raters.items[twice->rater], twice->item);
	return dsv_fail(DSV_EEXISTS, "rater %u gave item %u two labels",
			twice->rater, twice->item);
}

int dsv_agreement_compute(struct dsv_agreement *out,
			  const struct dsv_ratings *ratings,
			  enum dsv_level level)
{
	struct dsv_agreement got DSV_AUTO(agreement) = DSV_AGREEMENT_INIT;
	struct dsv_rated rated DSV_AUTO(rated) = DSV_RATED_INIT;
	struct dsv_rating twice;
	int rc;

	if (level == DSV_LEVEL_INTERVAL && !ratings->values)
		return dsv_fail(DSV_EUSAGE, "labels without values are not "
					    "interval data");
	if (dsv_rated_build(&rated, ratings, &twice))
		return fail_twice(ratings, &twice);
	got.level = level;
	got.n_labels = ratings->n_labels;
	got.n_raters = ratings->n_raters;
	rc = compute(&got, &rated, ratings->values);
	if (rc < 0)
		return rc;
	*out = got;
	got = (struct dsv_agreement)DSV_AGREEMENT_INIT;
	return 0;
}

void dsv_agreement_release(struct dsv_agreement *agreement)
{
	free(agreement->pairs);
	free(agreement->labels);
	free(agreement->table);
	*agreement = (struct dsv_agreement)DSV_AGREEMENT_INIT;
}
