#ifndef HISTORY_SUMMARY_H
#define HISTORY_SUMMARY_H

#include <dsv/diff.h>

#include "base/arena.h"
#include "history/census.h"
#include "history/counts.h"

/* A dsv_diff_summary and the memory behind it. */
struct dsv_summary {
	struct dsv_diff_summary view;
	struct dsv_strlist columns[4]; /* from, to, added, removed */
	struct dsv_arena arena;
};

#define DSV_SUMMARY_INIT \
	{                \
		0        \
	}

struct dsv_summary_parts {
	const struct dsv_reading *reading;
	const struct dsv_census *from;
	const struct dsv_census *to;
	const struct dsv_counts *counts;
	uint64_t moved;
	uint64_t rekeyed;
};

/** The parts are not needed afterwards. out must stay where it is. */
void dsv_summary_build(struct dsv_summary *out,
		       const struct dsv_summary_parts *parts);
/** Point the view to the lists; what a decoder has filled in. */
void dsv_summary_link(struct dsv_summary *summary);
void dsv_summary_release(struct dsv_summary *summary);

DSV_AUTO_RELEASE(summary)

#endif
