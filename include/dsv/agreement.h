#ifndef DSV_AGREEMENT_H
#define DSV_AGREEMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dsv/auto.h>
#include <dsv/strlist.h>

/*
 * How far raters agree who labelled the same items.
 *
 *	struct dsv_ratings ratings DSV_AUTO(ratings) = DSV_RATINGS_INIT;
 *	struct dsv_agreement got DSV_AUTO(agreement) = DSV_AGREEMENT_INIT;
 *
 *	dsv_ratings_add(&ratings, item, rater, label);
 *	...
 *	rc = dsv_agreement_compute(&got, &ratings, DSV_LEVEL_NOMINAL);
 *	if (rc == 0 && got.alpha_nominal.defined)
 *		use(got.alpha_nominal.value);
 *
 * Time and memory grow with the number of ratings (and, for Cohen's kappa,
 * with the pairs of them on one item), never with pairs of items. A figure
 * that the data cannot give is undefined, not a number that is none.
 */
struct dsv_rating {
	uint32_t item; /* each from 0 */
	uint32_t rater;
	uint32_t label;
};

struct dsv_ratings {
	struct dsv_rating *items; /* in any order */
	size_t n;
	size_t cap;
	/* one more than the largest number; may be set higher: items without a
	 * rating, labels that nobody gave */
	uint32_t n_items, n_raters, n_labels;
	/* names by number; empty where there are none. For levels above
	 * nominal the labels are numbered in rising order. */
	struct dsv_strlist raters, labels;
	double *values; /* of each label, for DSV_LEVEL_INTERVAL; rising */
};

#define DSV_RATINGS_INIT \
	{                \
		0        \
	}

void dsv_ratings_add(struct dsv_ratings *ratings, uint32_t item, uint32_t rater,
		     uint32_t label);
void dsv_ratings_release(struct dsv_ratings *ratings);

/* What labels say beyond being the same or not: that one is above the other,
 * or by how much. */
enum dsv_level { DSV_LEVEL_NOMINAL, DSV_LEVEL_ORDINAL, DSV_LEVEL_INTERVAL };

struct dsv_figure {
	bool defined;
	double value;
};

/* Two raters, over the items that both labelled. */
struct dsv_agreement_pair {
	uint32_t a, b; /* a < b */
	uint64_t items;
	uint64_t same; /* of them with one label */
	struct dsv_figure kappa;
	struct dsv_figure kappa_se;  /* standard error; needs two items */
	struct dsv_figure linear;    /* weighted; above nominal only */
	struct dsv_figure quadratic; /* the same */
};

struct dsv_agreement_label {
	uint64_t ratings; /* on items with at least two */
	/* chance that a second rating of an item is this label too, where one
	 * is */
	struct dsv_figure agreement;
};

/* Pairs of raters times labels that are told apart. Beyond, Cohen's kappa is
 * left out: a table of pairs that large is read by nobody. */
#define DSV_AGREEMENT_CELLS 4000000u
/* Labels up to which the table of two raters is kept. */
#define DSV_CONFUSION_LABELS 256u

struct dsv_agreement {
	enum dsv_level level;
	uint64_t ratings;
	uint64_t items;	   /* with at least two ratings: what is compared */
	uint64_t single;   /* items with one rating; they count nowhere but in
			    * what AC1 takes for the frequency of labels */
	uint64_t unrated;  /* items with none */
	uint64_t same_all; /* of `items`: all ratings are one label */
	uint32_t least, most; /* ratings of one of `items` */

	struct dsv_figure observed; /* pairs of ratings of an item that are one
				     * label, mean over `items` */
	struct dsv_figure fleiss;
	struct dsv_figure alpha_nominal;
	struct dsv_figure alpha_ordinal;  /* above nominal only */
	struct dsv_figure alpha_interval; /* interval only */
	struct dsv_figure ac1;
	struct dsv_figure cohen_mean; /* of the pairs that have one */

	struct dsv_agreement_pair *pairs; /* that share items, by a, then b */
	size_t n_pairs;
	bool pairs_left_out;		    /* there are too many */
	struct dsv_agreement_label *labels; /* by number */
	uint32_t n_labels, n_raters;
	/* of two raters: items by label of the first (row) and the second,
	 * [row * n_labels + column]; NULL where more raters or labels */
	uint64_t *table;
};

#define DSV_AGREEMENT_INIT \
	{                  \
		0          \
	}

/**
 * All figures at once.
 *
 * observed        Mean of the share of equal pairs of ratings in an item.
 * fleiss          Fleiss 1971, "Measuring nominal scale agreement among many
 *                 raters": (P - Pe) / (1 - Pe). Undefined where items have
 *                 different numbers of ratings, or all ratings are one label.
 * alpha_*         Krippendorff 2011, "Computing Krippendorff's Alpha-
 *                 Reliability": 1 - Do / De with the nominal, ordinal or
 *                 interval metric; ratings may be missing. Undefined where all
 *                 ratings are one label.
 * ac1             Gwet 2008, "Computing inter-rater reliability and its
 *                 variance in the presence of high agreement"; with missing
 *                 ratings as in Gwet 2014, "Handbook of inter-rater
 *                 reliability", 4th edition, chapter 5. Undefined for one
 *                 label.
 * pairs.kappa     Cohen 1960, "A coefficient of agreement for nominal scales".
 *                 Undefined where both gave one and the same label throughout.
 * pairs.kappa_se  Fleiss, Cohen and Everitt 1969, "Large sample standard
 *                 errors of kappa and weighted kappa", formula 13.
 * pairs.linear, pairs.quadratic
 *                 Cohen 1968, "Weighted kappa"; disagreement grows with the
 *                 distance of the labels, or with its square. The distance is
 *                 in ranks (ordinal) or values (interval).
 * labels.agreement
 *                 Fleiss, Levin and Paik 2003, "Statistical methods for rates
 *                 and proportions", section 18.1 (specific agreement); for
 *                 more than two raters pooled over their pairs.
 *
 * @unit    figures have no unit: 1 is full agreement, 0 (but for shares) what
 *          chance would give; below 0 is worse than chance
 * @error   DSV_ERANGE   no item has two ratings, so nothing can be compared
 *          DSV_EEXISTS  a rater gave one item two labels
 *          DSV_EUSAGE   DSV_LEVEL_INTERVAL without values
 */
int dsv_agreement_compute(struct dsv_agreement *out,
			  const struct dsv_ratings *ratings,
			  enum dsv_level level);
void dsv_agreement_release(struct dsv_agreement *agreement);

/** Cohen's kappa of a pair at a confidence, +-z standard errors and never
 * beyond -1 and 1; false where it is undefined. */
bool dsv_agreement_kappa_range(const struct dsv_agreement_pair *pair,
			       double confidence, double *out_low,
			       double *out_high);

DSV_AUTO_RELEASE(ratings)
DSV_AUTO_RELEASE(agreement)

#endif
