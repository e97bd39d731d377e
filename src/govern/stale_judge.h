#ifndef GOVERN_STALE_JUDGE_H
#define GOVERN_STALE_JUDGE_H

#include <dsv/guideline_diff.h>
#include <dsv/stale.h>

#include "base/map.h"

/* What the guideline of a commit says of labels that it gave, seen from the
 * guideline of now. */
struct dsv_stale_verdict {
	char *guideline;	      /* "sentiment@2.0.0"; NULL: none */
	enum dsv_stale_reason reason; /* for all its labels, or NOT */
	struct dsv_strlist labels;    /* of these the meaning changed... */
	struct dsv_strlist why;	      /* ...for this reason */
};

struct dsv_stale_judge {
	struct dsv_repo *repo;
	const struct dsv_guideline_text *now;
	struct dsv_stale_verdict **items;
	size_t n;
	size_t cap;
	struct dsv_map known; /* by guideline and blob: place + 1 */
};

/** The place in items of the verdict on what a commit labelled. */
int dsv_stale_judge_origin(struct dsv_stale_judge *judge,
			   const struct dsv_blame_origin *origin, size_t *out);
/** Of one label of it; *why is lent, NULL where there is nothing to say. */
enum dsv_stale_reason dsv_stale_judge_label(const struct dsv_stale_judge *judge,
					    size_t verdict, const char *label,
					    const char **why);
void dsv_stale_judge_release(struct dsv_stale_judge *judge);

#endif
