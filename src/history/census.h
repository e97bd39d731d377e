#ifndef HISTORY_CENSUS_H
#define HISTORY_CENSUS_H

#include <dsv/auto.h>
#include <dsv/diff.h>

#include "dataset/reading.h"
#include "dataset/source.h"

/*
 * What is true of all records of one content under one reading: how many, under
 * which columns, how often each label, what is wrong with them, and (as hashes)
 * which keys there are. A diff of two contents reads only the chunks that
 * differ; the census is what lets it still say how many records there are and
 * that an added key is not one that an unread chunk has.
 *
 * A census is read from the cache, or derived from a neighbour's census and the
 * change list between them, or counted by one pass over all records.
 */
struct dsv_census {
	uint64_t records;
	struct dsv_strlist columns;
	uint64_t duplicate_keys, extra_rows, rows_without_key, ragged_rows;
	struct dsv_issue_line *issues;
	size_t n_issues;
	bool clean; /* unique keys everywhere, no issue that blurs a count */
	struct dsv_label_census *labels; /* per label column: value, count */
	size_t n_labels;
	struct dsv_keyset *keys; /* NULL unless asked for */
};

int dsv_census_of_source(struct dsv_census *out, struct dsv_repo *repo,
			 struct dsv_source *source,
			 const struct dsv_reading *reading, unsigned flags);
void dsv_census_release(struct dsv_census *census);

DSV_AUTO_RELEASE(census)

#endif
