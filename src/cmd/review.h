#ifndef CMD_REVIEW_H
#define CMD_REVIEW_H

#include <dsv/review.h>
#include <dsv/signoff.h>

#include "cli/cmd.h"

/* What dsv review shows and asks. */

extern const struct dsv_view dsv_reviews_view; /* of struct dsv_reviews */

/* One branch under review. */
struct dsv_review_case {
	const char *branch; /* as it was named */
	struct dsv_version head;
	const struct dsv_signoff *signoff;
};

/** What the branch brings: commits, records, findings of the scan. */
int dsv_review_show(struct dsv_ctx *ctx, const struct dsv_review_case *it);
/** Ask the questions of the checklist one by one. DSV_ECANCELLED at the end of
 * the input. The answers are the caller's (dsv_answers_free). */
int dsv_review_ask(const struct dsv_checklist *list, struct dsv_answer **out);

#endif
