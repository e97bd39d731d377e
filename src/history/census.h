#ifndef HISTORY_CENSUS_H
#define HISTORY_CENSUS_H

#include "history/side.h"

/*
 * What is true of all records of one content under one reading: how many, under
 * which columns, how often each label, what is wrong with them. A diff of two
 * contents reads only the chunks that one of them lacks; the census is what
 * lets it still say how many records there are. With the set of keys it can
 * also tell that an added key is not one that an unread chunk has.
 */
struct dsv_census {
	uint64_t records;
	uint64_t duplicate_keys;
	uint64_t keyless;
	bool clean; /* unique keys, no issue that blurs a count */
	struct dsv_strlist columns;
	uint64_t columns_line; /* all columns are known from this line on */
	struct dsv_issue_tally issues[DSV_ISSUE_KINDS];
	struct dsv_map *labels; /* for each label column: text to count */
	size_t n_labels;
};

#define DSV_CENSUS_INIT \
	{               \
		0       \
	}

/** Take over what a tally counted; duplicate_keys as the index found them. */
void dsv_census_take(struct dsv_census *out, struct dsv_tally *tally,
		     uint64_t duplicate_keys);
/** The same, leaving the tally as it is. */
void dsv_census_copy(struct dsv_census *out, const struct dsv_tally *tally,
		     uint64_t duplicate_keys);
void dsv_census_release(struct dsv_census *census);

DSV_AUTO_RELEASE(census)

#endif
