#include <dsv/interval.h>

#include <ctype.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include <dsv/error.h>

#define FRACTION_DIGITS 15u /* of which a double holds each */
#define HALF_LOG_2PI	0.91893853320467274178
/* Halvings that reach every double between 0 and 1. */
#define STEPS_MAX 1100u
/* A step of Newton's method so small, in parts of the value, leaves an error
 * of about its square. */
#define STEP_DONE 1e-11
/* Wrong records in a sample up to which each number is tried. */
#define WRONG_SCANNED 1000u

bool dsv_fraction_parse(const char *text, double *out)
{
	const char *point = strchr(text, '.');
	size_t whole = point ? (size_t)(point - text) : strlen(text);
	size_t len = strlen(text), i;
	double number = 0, scale = 1;

	if (whole > 1 || len - whole > FRACTION_DIGITS + 1 ||
	    len == (point ? 1 : 0))
		return false;
	for (i = 0; i < len; i++) {
		if (i == whole)
			continue;
		if (!isdigit((unsigned char)text[i]))
			return false;
		number = number * 10 + (text[i] - '0');
		scale *= i > whole ? 10 : 1;
	}
	if (number > scale)
		return false;
	*out = number / scale;
	return true;
}

static int check_confidence(double confidence)
{
	if (confidence > 0 && confidence < 1)
		return 0;
	return dsv_fail(DSV_ERANGE, "a confidence is between 0 and 1");
}

static int check_sample(uint64_t k, uint64_t n, double confidence)
{
	if (!n)
		return dsv_fail(DSV_ERANGE, "a sample of no records says "
					    "nothing");
	if (n > DSV_SAMPLE_MAX)
		return dsv_fail(DSV_ERANGE, "a sample is too large");
	if (k > n)
		return dsv_fail(DSV_ERANGE,
				"more records are right than were judged");
	return check_confidence(confidence);
}

/* By Newton's method on erfc. The function is convex above 0, so the steps
 * from 0 come from one side and stop when nothing more is gained. */
double dsv_normal_quantile(double tail)
{
	double z = 0, next = 0;

	do {
		z = next;
		next = z + (erfc(z / sqrt(2)) / 2 - tail) /
				   exp(-z * z / 2 - HALF_LOG_2PI);
	} while (next > z);
	return z;
}

/*
 * 1 / (1 + d1 / (1 + d2 / (1 + ...))) of the incomplete beta function, from
 * the front (modified Lentz method). Takes about sqrt(a + b) terms.
 * Source: DLMF 8.17.22; Thompson and Barnett 1986, "Coulomb and Bessel
 * functions of complex arguments and order", section 3.
 */
static double beta_fraction(double a, double b, double x)
{
	double c = 1, d = 0, value = 1, step, term, m, i = 1;

	do {
		m = floor(i / 2);
		term = fmod(i, 2) == 0 ? m * (b - m) : -(a + m) * (a + b + m);
		term *= x / ((a + i - 1) * (a + i));
		d = 1 + term * d;
		d = 1 / (fabs(d) < DBL_MIN ? DBL_MIN : d);
		c = 1 + term / c;
		c = fabs(c) < DBL_MIN ? DBL_MIN : c;
		step = c * d;
		value *= step;
		i++;
	} while (fabs(step - 1) > 4 * DBL_EPSILON);
	return 1 / value;
}

/* lgamma without its global sign. */
static double log_gamma(double x)
{
	int sign;

	return lgamma_r(x, &sign);
}

/* Log of x^a (1 - x)^b / B(a, b). */
static double log_beta_term(double a, double b, double x)
{
	return log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * log(x) +
	       b * log1p(-x);
}

/* I_x(a, b), the chance that a beta value is at most x. */
static double beta_cdf(double a, double b, double x)
{
	if (x <= 0)
		return 0;
	if (x >= 1)
		return 1;
	/* where the fraction converges fast */
	if (x < (a + 1) / (a + b + 2))
		return exp(log_beta_term(a, b, x)) * beta_fraction(a, b, x) / a;
	return 1 -
	       exp(log_beta_term(b, a, 1 - x)) * beta_fraction(b, a, 1 - x) / b;
}

/*
 * The x with I_x(a, b) = p: Newton's method, kept between bounds that close
 * in; a step that leaves them halves the distance instead.
 */
static double beta_quantile(double a, double b, double p)
{
	double low = 0, high = 1, x = a / (a + b), next, miss;
	unsigned i;

	for (i = 0; i < STEPS_MAX; i++) {
		miss = beta_cdf(a, b, x) - p;
		if (miss == 0)
			break;
		if (miss > 0)
			high = x;
		else
			low = x;
		next = x - miss * x * (1 - x) / exp(log_beta_term(a, b, x));
		if (!(next > low && next < high))
			next = low + (high - low) / 2;
		if (fabs(next - x) <= x * STEP_DONE)
			return next;
		x = next;
	}
	return x;
}

int dsv_wilson(uint64_t k, uint64_t n, double confidence,
	       struct dsv_interval *out)
{
	double right = (double)k, all = (double)n, z, middle, half;
	int rc = check_sample(k, n, confidence);

	if (rc < 0)
		return rc;
	z = dsv_normal_quantile((1 - confidence) / 2);
	middle = (right + z * z / 2) / (all + z * z);
	half = z / (all + z * z) *
	       sqrt(right * (all - right) / all + z * z / 4);
	out->low = k == 0 ? 0 : middle - half;
	out->high = k == n ? 1 : middle + half;
	return 0;
}

static double exact_lower(uint64_t k, uint64_t n, double tail)
{
	if (!k)
		return 0;
	return beta_quantile((double)k, (double)(n - k) + 1, tail);
}

int dsv_clopper_pearson(uint64_t k, uint64_t n, double confidence,
			struct dsv_interval *out)
{
	double tail = (1 - confidence) / 2;
	int rc = check_sample(k, n, confidence);

	if (rc < 0)
		return rc;
	out->low = exact_lower(k, n, tail);
	out->high = 1 - exact_lower(n - k, n, tail);
	return 0;
}

static double log_choose(double n, double k)
{
	return log_gamma(n + 1) - log_gamma(k + 1) - log_gamma(n - k + 1);
}

/* A population, and a draw from it without putting back. */
struct draw {
	double all;
	double right; /* of all */
	double n;     /* drawn */
};

/* The chance that a draw holds exactly k right ones. */
static double draw_chance(const struct draw *draw, double k)
{
	if (k < 0 || k > draw->right || draw->n - k > draw->all - draw->right)
		return 0;
	return exp(log_choose(draw->right, k) +
		   log_choose(draw->all - draw->right, draw->n - k) -
		   log_choose(draw->all, draw->n));
}

/* The chance of k right ones or more, summed away from the mean, so that the
 * terms fall and the first is the largest. */
static double draw_tail(const struct draw *draw, double k)
{
	double wrong = draw->all - draw->right, sum = 0, term;
	bool up = k > draw->n * draw->right / draw->all;
	double i = up ? k : k - 1;

	for (term = draw_chance(draw, i); term > sum * DBL_EPSILON / 16;
	     i += up ? 1 : -1) {
		sum += term;
		if (up)
			term *= (draw->right - i) * (draw->n - i) /
				((i + 1) * (wrong - draw->n + i + 1));
		else
			term *= i * (wrong - draw->n + i) /
				((draw->right - i + 1) * (draw->n - i + 1));
	}
	return up ? sum : 1 - sum;
}

/* The fewest right ones of the population with which k of n is no surprise. */
static uint64_t fewest_right(uint64_t k, uint64_t n, uint64_t population,
			     double tail)
{
	uint64_t low = k, high = population - (n - k);
	struct draw draw = {.all = (double)population, .n = (double)n};

	while (low < high) {
		uint64_t middle = low + (high - low) / 2;

		draw.right = (double)middle;
		if (draw_tail(&draw, (double)k) > tail)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

int dsv_accuracy_lower(uint64_t k, uint64_t n, uint64_t population,
		       double confidence, double *out)
{
	int rc = check_sample(k, n, confidence);

	if (rc < 0)
		return rc;
	if (population && population < n)
		return dsv_fail(DSV_ERANGE,
				"more records were judged than there are");
	if (population > DSV_SAMPLE_MAX)
		return dsv_fail(DSV_ERANGE, "a population is too large");
	if (!population)
		*out = exact_lower(k, n, 1 - confidence);
	else
		*out = (double)fewest_right(k, n, population, 1 - confidence) /
		       (double)population;
	return 0;
}

static bool is_share(double value)
{
	return value >= 0 && value <= 1;
}

int dsv_sample_for_margin(double margin, double expected, double confidence,
			  uint64_t population, uint64_t *out_n)
{
	double z, n;
	int rc = check_confidence(confidence);

	if (rc < 0)
		return rc;
	if (!(margin > 0 && margin < 1) || !is_share(expected))
		return dsv_fail(DSV_ERANGE,
				"a margin is between 0 and 1, an expected "
				"share from 0 to 1");
	z = dsv_normal_quantile((1 - confidence) / 2);
	n = z * z * expected * (1 - expected) / (margin * margin);
	if (population && n > 1)
		n = n / (1 + (n - 1) / (double)population);
	if (n > (double)DSV_SAMPLE_MAX)
		return dsv_fail(DSV_ERANGE, "no sample is large enough for a "
					    "margin so small");
	n = ceil(n);
	*out_n = n < 1 ? 1 : (uint64_t)n;
	return 0;
}

/* A sample that is to prove `lower` where `expected` are right. */
struct proof {
	double lower;
	double expected;
	double tail;
};

/* The largest sample in which so many wrong ones are expected. */
static uint64_t largest_with(const struct proof *proof, uint64_t wrong)
{
	double n = floor((double)wrong / (1 - proof->expected) + 1e-9);

	/* not less, so that infinity and what is no number are taken too */
	return n < (double)DSV_SAMPLE_MAX ? (uint64_t)n : DSV_SAMPLE_MAX;
}

/* Would so many of n be a surprise if no more than `lower` were right? */
static bool proves(const struct proof *proof, uint64_t wrong, uint64_t n)
{
	return n > wrong && beta_cdf((double)(n - wrong), (double)wrong + 1,
				     proof->lower) <= proof->tail;
}

/* The fewest wrong ones in a sample that proves it, or would were it not
 * above the limit. Among samples with as many the largest proves most. */
static uint64_t fewest_wrong(const struct proof *proof, uint64_t limit)
{
	uint64_t low = 0, high, middle, n;

	for (high = 0;; high = high < WRONG_SCANNED ? high + 1 : 2 * high) {
		n = largest_with(proof, high);
		if (n >= limit || proves(proof, high, n))
			break;
		low = high;
	}
	while (high > WRONG_SCANNED && low + 1 < high) {
		middle = low + (high - low) / 2;
		if (proves(proof, middle, largest_with(proof, middle)))
			high = middle;
		else
			low = middle;
	}
	return high;
}

static uint64_t smallest_proof(const struct proof *proof, uint64_t limit)
{
	uint64_t wrong = fewest_wrong(proof, limit), low, high, middle;

	low = wrong ? largest_with(proof, wrong - 1) + 1 : 1;
	high = largest_with(proof, wrong);
	while (low < high) {
		middle = low + (high - low) / 2;
		if (proves(proof, wrong, middle))
			high = middle;
		else
			low = middle + 1;
	}
	return low < limit ? low : limit;
}

int dsv_sample_for_lower(double lower, double expected, double confidence,
			 uint64_t population, uint64_t *out_n)
{
	uint64_t limit = population && population < DSV_SAMPLE_MAX
				 ? population
				 : DSV_SAMPLE_MAX;
	struct proof proof = {lower, expected, 1 - confidence};
	uint64_t n;
	int rc = check_confidence(confidence);

	if (rc < 0)
		return rc;
	if (!is_share(lower) || !is_share(expected) || expected <= lower)
		return dsv_fail(DSV_ERANGE, "the expected accuracy must be "
					    "above the wanted lower bound");
	n = smallest_proof(&proof, limit);
	if (n == DSV_SAMPLE_MAX)
		return dsv_fail(DSV_ERANGE, "no sample is large enough for a "
					    "bound so near");
	*out_n = n;
	return 0;
}
