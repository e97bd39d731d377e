#ifndef GOVERN_RATED_H
#define GOVERN_RATED_H

#include <dsv/agreement.h>

/* Ratings by item, and within an item by rater. */
struct dsv_rated_cell {
	uint32_t rater;
	uint32_t label;
};

struct dsv_rated {
	uint32_t n_items, n_raters, n_labels;
	size_t *start; /* of each item in cells; n_items + 1 */
	struct dsv_rated_cell *cells;
};

#define DSV_RATED_INIT \
	{              \
		0      \
	}

/** By counting, so the cost is that of two passes. 1: a rater gave an item two
 * labels; then *out_twice is the second of them. */
int dsv_rated_build(struct dsv_rated *out, const struct dsv_ratings *ratings,
		    struct dsv_rating *out_twice);
void dsv_rated_release(struct dsv_rated *rated);

/* What a distance between labels is: x[label], rising; NULL: there is none. */
void dsv_agreement_pairs(struct dsv_agreement *out,
			 const struct dsv_rated *rated, const double *x);
void dsv_agreement_table(struct dsv_agreement *out,
			 const struct dsv_rated *rated);

DSV_AUTO_RELEASE(rated)

#endif
