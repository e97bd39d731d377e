#ifndef HISTORY_FILE_H
#define HISTORY_FILE_H

#include <dsv/diff.h>

#include "dataset/source.h"
#include "history/cache.h"
#include "history/changelist.h"
#include "history/compare.h"
#include "history/emit.h"

/*
 * One file of a diff: what is known of it, and its changes, from a change list
 * of the cache or from the records themselves.
 */
struct dsv_file_diff {
	struct dsv_file_info info;
	char *path;
	char *old_path;
	struct dsv_reading reading;
	struct dsv_source *from;
	struct dsv_source *to;
	const struct dsv_diff_summary *summary; /* NULL: no records */
	struct dsv_changelist *list; /* the changes, where not NULL */
	struct dsv_compare lone;     /* summary of a content against nothing */
	struct dsv_compare compare;
	bool has_rows; /* compare can tell its changes; emit is set */
	struct dsv_compare_opts how; /* to compare, also when asked for later */
	struct dsv_emit emit;
};

struct dsv_file_opts {
	struct dsv_repo *repo; /* may be NULL */
	/* NULL: nothing is read from the cache or written to it */
	struct dsv_cache *cache;
	struct dsv_identity from_id;
	struct dsv_identity to_id;
	bool strict_labels;
};

/** A file whose path, reading, sources and change are set: compare it. */
int dsv_file_diff_run(struct dsv_file_diff *file,
		      const struct dsv_file_opts *opts);
void dsv_file_diff_reset(struct dsv_file_diff *file);
/** Of the file that dsv_diff_next() came to last, also when that failed. */
const char *dsv_diff_dataset(const struct dsv_diff *diff);

#endif
