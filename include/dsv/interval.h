#ifndef DSV_INTERVAL_H
#define DSV_INTERVAL_H

#include <stdbool.h>
#include <stdint.h>

/*
 * What a sample says about a share: of n records judged, k were right.
 *
 *	struct dsv_interval exact;
 *	double confidence, lower;
 *
 *	if (!dsv_fraction_parse("0.95", &confidence))
 *		...
 *	rc = dsv_clopper_pearson(292, 300, confidence, &exact);
 *	rc = dsv_accuracy_lower(292, 300, 5000, confidence, &lower);
 *
 * Shares and confidences are numbers from 0 to 1. Results are exact to 1e-9.
 */
struct dsv_interval {
	double low;
	double high;
};

/* Records that a sample or a population may have. */
#define DSV_SAMPLE_MAX (UINT64_C(1) << 40)

/** "0.95", "1", ".5": a decimal from 0 to 1 of at most 15 digits behind the
 * point, and nothing around it. */
bool dsv_fraction_parse(const char *text, double *out);

/**
 * The z that a standard normal value exceeds with probability `tail`, which is
 * above 0 and at most 1/2: 1.95996 for 0.025.
 */
double dsv_normal_quantile(double tail);

/**
 * Two-sided interval from the score test; right on average, also near 0 and 1.
 *
 * @unit    shares
 * @error   DSV_ERANGE  n is 0 or above DSV_SAMPLE_MAX, k is above n, or
 *                      confidence is not between 0 and 1
 * @source  Wilson 1927, "Probable inference, the law of succession, and
 *          statistical inference"; without continuity correction, method 3 of
 *          Newcombe 1998, "Two-sided confidence intervals for the single
 *          proportion"
 */
int dsv_wilson(uint64_t k, uint64_t n, double confidence,
	       struct dsv_interval *out);

/**
 * Two-sided "exact" interval: never right less often than confidence says.
 *
 * @unit    shares
 * @error   DSV_ERANGE  as above
 * @source  Clopper and Pearson 1934, "The use of confidence or fiducial limits
 *          illustrated in the case of the binomial"; by beta quantiles as in
 *          Brown, Cai and DasGupta 2001, "Interval estimation for a binomial
 *          proportion", section 4.2.1
 */
int dsv_clopper_pearson(uint64_t k, uint64_t n, double confidence,
			struct dsv_interval *out);

/**
 * What the share of right records is at least, at one-sided confidence: the
 * number that a policy's accuracy_lower is compared with.
 *
 * Of a population that is known the bound is exact for a draw without
 * putting back (hypergeometric), so it becomes k / n where all were judged;
 * of one that is not (0) it is Clopper and Pearson's (binomial).
 *
 * @unit    a share
 * @error   DSV_ERANGE  as above, or the population is smaller than n
 * @source  Clopper and Pearson 1934; Buonaccorsi 1987, "A note on confidence
 *          intervals for proportions in finite populations"
 */
int dsv_accuracy_lower(uint64_t k, uint64_t n, uint64_t population,
		       double confidence, double *out);

/**
 * Records to judge so that the share is known to +-margin, where about
 * `expected` of them are right (0.5 is the most careful guess).
 *
 * @unit    margin: half the width of the interval, a share; population and
 *          result: records; population 0 stands for one without end
 * @error   DSV_ERANGE  a share that is out of range, or a result above
 *                      DSV_SAMPLE_MAX
 * @source  Cochran 1977, "Sampling techniques", section 4.4: n0 = z^2 p (1 - p)
 *          / d^2, with the correction n = n0 / (1 + (n0 - 1) / N)
 */
int dsv_sample_for_margin(double margin, double expected, double confidence,
			  uint64_t population, uint64_t *out_n);

/**
 * The smallest sample in which `expected` of the records being right, rounded
 * down to whole records, puts the lower bound at `lower` or above; all of the
 * population where it has not so many.
 *
 * @unit    lower, expected: shares; population as above
 * @error   DSV_ERANGE  expected is not above lower, a share is out of range,
 *                      or the result is above DSV_SAMPLE_MAX
 * @source  the bound is Clopper and Pearson's, one-sided
 */
int dsv_sample_for_lower(double lower, double expected, double confidence,
			 uint64_t population, uint64_t *out_n);

#endif
