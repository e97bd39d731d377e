#ifndef HISTORY_COMPARE_H
#define HISTORY_COMPARE_H

#include "history/align.h"
#include "history/census.h"
#include "history/summary.h"

/*
 * The comparison of two contents under one reading, as it is worked out from
 * their records: rows and matches stay here, for the changes to be told one by
 * one.
 */
struct dsv_compare {
	const struct dsv_reading *reading;
	struct dsv_side from;
	struct dsv_side to;
	struct dsv_align align;
	struct dsv_census from_census;
	struct dsv_census to_census;
	struct dsv_summary summary;
};

#define DSV_COMPARE_INIT \
	{                \
		0        \
	}

struct dsv_compare_opts {
	const struct dsv_reading *reading;
	struct dsv_source *from; /* borrowed for as long as the comparison */
	struct dsv_source *to;
	struct dsv_store *store; /* NULL: chunks are not looked at */
	struct dsv_pool *pool;	 /* may be NULL */
	struct dsv_progress *progress;
	bool strict_labels; /* a label that neither side has is a fault */
};

/**
 * Read and join all records of both.
 *
 * @error  DSV_EUSAGE  a key column that neither side has
 */
int dsv_compare_full(struct dsv_compare *out,
		     const struct dsv_compare_opts *opts);
void dsv_compare_release(struct dsv_compare *compare);

/** Columns and counts are there, the summary is not. */
void dsv_compare_summarise(struct dsv_compare *compare);
/** The columns that the reading names are on one side at least. */
int dsv_compare_check_columns(const struct dsv_reading *reading,
			      const struct dsv_strlist *from,
			      const struct dsv_strlist *to, bool strict_labels);

DSV_AUTO_RELEASE(compare)

#endif
