#ifndef AGREEMENT_CHECK_H
#define AGREEMENT_CHECK_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <dsv/agreement.h>

static inline void assert_near(double actual, double expected, double by)
{
	if (!(fabs(actual - expected) <= by))
		fail_msg("%.10f is not %.10f", actual, expected);
}

/* What the labels stand for, in their order. */
static inline void set_values(struct dsv_ratings *ratings, const double *values)
{
	size_t size = ratings->n_labels * sizeof(*values);

	free(ratings->values);
	ratings->values = malloc(size);
	assert_non_null(ratings->values);
	memcpy(ratings->values, values, size);
}

#endif
