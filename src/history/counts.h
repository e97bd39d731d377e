#ifndef HISTORY_COUNTS_H
#define HISTORY_COUNTS_H

#include <dsv/diff.h>

#include "base/map.h"
#include "history/layout.h"

/*
 * What a comparison counts. Each thread has its own; they are put together
 * in the order of the rows, so the result does not depend on the threads.
 */
enum dsv_move { DSV_MOVE_ADDED, DSV_MOVE_REMOVED, DSV_MOVE_IN, DSV_MOVE_OUT };
#define DSV_MOVES 4u

struct dsv_label_moves {
	struct dsv_map moves[DSV_MOVES]; /* text to count */
	struct dsv_map transitions; /* length of from (u32), from, to: count */
};

struct dsv_counts {
	uint64_t added, removed, changed, changed_common;
	uint64_t relabelled, label_changed, unchanged;
	struct dsv_label_moves *labels;
	size_t n_labels;
	uint64_t *fields; /* by column of `to` */
	size_t n_fields;
};

#define DSV_COUNTS_INIT \
	{               \
		0       \
	}

void dsv_counts_init(struct dsv_counts *counts,
		     const struct dsv_bridge *bridge);
void dsv_counts_release(struct dsv_counts *counts);
/** A record of one side only. */
void dsv_counts_one(struct dsv_counts *counts, const struct dsv_layout *layout,
		    const struct dsv_record *record, enum dsv_move move);
/** A changed record: differs is not empty. */
void dsv_counts_pair(struct dsv_counts *counts, const struct dsv_bridge *bridge,
		     const struct dsv_record *from, const struct dsv_record *to,
		     const struct dsv_differs *differs);
/** Add `other` to counts and release it. */
void dsv_counts_merge(struct dsv_counts *counts, struct dsv_counts *other);

/* How the labels of a record on both sides differ. */
struct dsv_relabel {
	bool changed;	 /* in any label */
	bool relabelled; /* in one that is neither null nor empty */
};
struct dsv_relabel dsv_relabel_of(const struct dsv_bridge *bridge,
				  const struct dsv_record *from,
				  const struct dsv_record *to);

DSV_AUTO_RELEASE(counts)

#endif
