#ifndef HISTORY_CHANGELOG_SUM_H
#define HISTORY_CHANGELOG_SUM_H

#include <dsv/changelog.h>

#include "base/map.h"

/*
 * Figures of a group while they are being added up: of one step, of several,
 * or what stands in the data at one time (`after` alone). Values, moves and
 * fields are found by their text, so that thousands of labels cost no search.
 */
struct dsv_clsum_label {
	char *name;
	struct dsv_map at; /* value -> place in values + 1 */
	struct dsv_changelog_value *values;
	size_t n;
	size_t cap;
	struct dsv_map moves_at; /* from NUL to -> place in moves + 1 */
	struct dsv_changelog_moves moves;
};

struct dsv_clsum {
	struct dsv_changelog_group group; /* labels and fields stay empty */
	struct dsv_clsum_label *labels;
	size_t n_labels;
	struct dsv_map fields; /* name -> records */
};

struct dsv_clsums {
	struct dsv_clsum *items;
	size_t n;
	size_t cap;
	struct dsv_map at; /* 'd' or 'p' and name -> place in items + 1 */
};

#define DSV_CLSUMS_INIT \
	{               \
		0       \
	}

void dsv_clsums_release(struct dsv_clsums *sums);
/** The group of that name, made where there was none; lent until the next
 * call. */
struct dsv_clsum *dsv_clsums_of(struct dsv_clsums *sums, const char *name,
				bool is_dataset);
struct dsv_clsum_label *dsv_clsum_label(struct dsv_clsum *sum,
					const char *name);
struct dsv_changelog_value *dsv_clsum_value(struct dsv_clsum_label *label,
					    const char *value);
void dsv_clsum_move(struct dsv_clsum_label *label, const char *from,
		    const char *to, uint64_t n);

/** Add what one comparison found; before and after are left. */
void dsv_clsum_take(struct dsv_clsum *sum, const char *path,
		    const struct dsv_diff_summary *summary);
void dsv_clsum_add_issues(struct dsv_clsum *sum, const char *path,
			  const struct dsv_diff_summary *summary);
/** Add what the older side of a comparison holds, to `after`. */
void dsv_clsum_hold(struct dsv_clsum *state,
		    const struct dsv_diff_summary *summary, bool newer);
/** Set before and after of a step from what stood there, and move on. */
void dsv_clsum_pass(struct dsv_clsum *step, struct dsv_clsum *state);
/** Begin with what stands there. */
void dsv_clsum_start(struct dsv_clsum *sum, const struct dsv_clsum *state);
/** Add a step to what has been started. */
void dsv_clsum_add(struct dsv_clsum *sum, const struct dsv_clsum *step);
/** Hand over as a result. no_counts: before and after are not known. */
void dsv_clsum_give(struct dsv_clsum *sum, bool no_counts,
		    struct dsv_changelog_group *out);
DSV_AUTO_RELEASE(clsums)

#endif
