#include "govern/rated.h"

#include <stdlib.h>

#include "base/alloc.h"

void dsv_ratings_add(struct dsv_ratings *ratings, uint32_t item, uint32_t rater,
		     uint32_t label)
{
	DSV_GROW(ratings->items, ratings->cap, ratings->n + 1);
	ratings->items[ratings->n++] = (struct dsv_rating){item, rater, label};
	if (item >= ratings->n_items)
		ratings->n_items = item + 1;
	if (rater >= ratings->n_raters)
		ratings->n_raters = rater + 1;
	if (label >= ratings->n_labels)
		ratings->n_labels = label + 1;
}

void dsv_ratings_release(struct dsv_ratings *ratings)
{
	free(ratings->items);
	free(ratings->values);
	dsv_strlist_release(&ratings->raters);
	dsv_strlist_release(&ratings->labels);
	*ratings = (struct dsv_ratings)DSV_RATINGS_INIT;
}

static int by_rater(const void *left, const void *right)
{
	const struct dsv_rated_cell *a = left, *b = right;

	return (a->rater > b->rater) - (a->rater < b->rater);
}

/* Most files name the raters of each item in one order. */
static bool is_sorted(const struct dsv_rated_cell *cells, size_t n)
{
	size_t i;

	for (i = 1; i < n; i++)
		if (cells[i - 1].rater >= cells[i].rater)
			return false;
	return true;
}

static int sort_items(struct dsv_rated *rated, struct dsv_rating *out_twice)
{
	uint32_t item;
	size_t i;

	for (item = 0; item < rated->n_items; item++) {
		struct dsv_rated_cell *cells =
			rated->cells + rated->start[item];
		size_t n = rated->start[item + 1] - rated->start[item];

		if (is_sorted(cells, n))
			continue;
		qsort(cells, n, sizeof(*cells), by_rater);
		for (i = 1; i < n; i++) {
			if (cells[i - 1].rater != cells[i].rater)
				continue;
			*out_twice = (struct dsv_rating){item, cells[i].rater,
							 cells[i].label};
			return 1;
		}
	}
	return 0;
}

int dsv_rated_build(struct dsv_rated *out, const struct dsv_ratings *ratings,
		    struct dsv_rating *out_twice)
{
	size_t i, *start;

	out->n_items = ratings->n_items;
	out->n_raters = ratings->n_raters;
	out->n_labels = ratings->n_labels;
	/* start[item + 1] counts, then says where the next rating goes, and so
	 * is the end of the item when all are in place */
	start = dsv_alloc_zero((size_t)ratings->n_items + 2, sizeof(*start));
	out->start = start;
	for (i = 0; i < ratings->n; i++)
		start[ratings->items[i].item + 2]++;
	for (i = 2; i < (size_t)ratings->n_items + 2; i++)
		start[i] += start[i - 1];
	out->cells = dsv_alloc_zero(ratings->n + 1, sizeof(*out->cells));
	for (i = 0; i < ratings->n; i++) {
		const struct dsv_rating *rating = &ratings->items[i];

		out->cells[start[rating->item + 1]++] =
			(struct dsv_rated_cell){rating->rater, rating->label};
	}
	return sort_items(out, out_twice);
}

void dsv_rated_release(struct dsv_rated *rated)
{
	free(rated->start);
	free(rated->cells);
	*rated = (struct dsv_rated)DSV_RATED_INIT;
}
