#ifndef DATASET_LOOK_H
#define DATASET_LOOK_H

#include <dsv/propose.h>

#include "dataset/column_stats.h"
#include "dataset/key_proof.h"
#include "dataset/reading.h"
#include "dataset/source.h"

/* What the parts of dsv_propose() share: look at a file, then guess. */
struct dsv_look {
	struct dsv_source *source;
	struct dsv_reading reading;
	struct dsv_proposal *out;
	size_t cap_issues;
};

/** Columns, records and issues of the file, by one pass. */
int dsv_look_columns(struct dsv_look *look);
/** Count and keep one issue of a record. key may be NULL. */
void dsv_look_issue(struct dsv_look *look, enum dsv_issue issue, uint64_t line,
		    uint64_t other_line, const char *key);

/** The annotator, the key (when none is there yet), the labels (the same when
 * want_labels). */
int dsv_guess(struct dsv_look *look, bool want_labels);
/** Keys of two or three columns, from the first records; proved before they
 * are taken. 1 found. */
int dsv_guess_composite(struct dsv_look *look);

/* How much a name sounds like something; 0 is the most. */
unsigned dsv_name_rank_key(const char *name, size_t position);
bool dsv_name_is_label(const char *name);
bool dsv_name_is_annotator(const char *name);

#endif
