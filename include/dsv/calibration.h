#ifndef DSV_CALIBRATION_H
#define DSV_CALIBRATION_H

#include <dsv/agreement.h>
#include <dsv/guideline_text.h>
#include <dsv/interval.h>

/*
 * Raters' answers on the examples of a guideline: who has understood it, and
 * which rules are understood by nobody.
 *
 *	rc = dsv_calibration_read(&got, &text, "answers.csv", &raters);
 *	use(got.raters[0].right, got.rules[0].wrong);
 *
 * The file is a table (csv, tsv, jsonl or json) with a column "example", the
 * text of an example as the guideline has it (in any case and blanks) or its
 * number in the table from 1, and a column of answers for each rater. A row
 * asks for one example. An empty answer is a wrong one.
 */
struct dsv_calibration_rater {
	char *name;
	uint64_t right;
	uint64_t empty;
	struct dsv_interval range; /* of right / asked, Wilson, 95 % */
};

/* How an example, or the examples of a rule, were answered by all raters. */
struct dsv_calibration_count {
	const char *name;  /* the example, the rule; lent by the guideline */
	const char *label; /* of an example: its answer; else NULL */
	const char *rule;  /* of an example; else NULL */
	const char *when;  /* of a rule; else NULL */
	unsigned line;	   /* in the guideline */
	uint64_t answers;
	uint64_t wrong;
	/* the wrong ones, each with its rater: "ben: pos"; "(empty)" for
	 * none; of an example */
	struct dsv_strlist given;
};

struct dsv_calibration {
	uint64_t asked;	   /* examples, of... */
	uint64_t examples; /* ...so many that the guideline has */
	struct dsv_calibration_rater *raters;
	size_t n_raters;
	/* that were answered wrongly; by share of wrong answers falling */
	struct dsv_calibration_count *wrong_examples;
	size_t n_wrong_examples;
	struct dsv_calibration_count *rules; /* asked for; the same order */
	size_t n_rules;
	bool compared; /* there are two raters with an example in common */
	struct dsv_agreement agreement;
};

#define DSV_CALIBRATION_INIT \
	{                    \
		0            \
	}

/**
 * text is borrowed for as long as the result lives.
 *
 * @error  DSV_EUSAGE   no column "example" or of a rater, with the nearest; no
 *                      rater; a guideline without examples; no row
 *         DSV_ESYNTAX  "<file>:<line>: ...": an example that the guideline
 *                      does not have, one asked twice, an answer that is no
 *                      label of it, a broken row
 */
int dsv_calibration_read(struct dsv_calibration *out,
			 const struct dsv_guideline_text *text,
			 const char *file, const struct dsv_strlist *raters);
void dsv_calibration_release(struct dsv_calibration *calibration);

DSV_AUTO_RELEASE(calibration)

#endif
