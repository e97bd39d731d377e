#ifndef HISTORY_MERGE_H
#define HISTORY_MERGE_H

#include <dsv/merge.h>

/**
 * Merge three versions of a data file by record, as dsv_merge_by_record() does,
 * with the reason of a conflict left as the error of this thread:
 * "a.csv: 2 records in conflict: dsv conflicts".
 *
 * out_pointer is the text of the blob to go on with; ours where it failed.
 *
 * @return  1 merged, 0 in conflict or failed (a record is written), negative
 *          where not even that could be done
 */
int dsv_merge_stages(struct dsv_repo *repo, const char *path,
		     const struct dsv_oid stages[3],
		     struct dsv_buf *out_pointer);

#endif
