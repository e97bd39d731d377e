#ifndef DATASET_TRACK_NAME_H
#define DATASET_TRACK_NAME_H

#include <dsv/dataset.h>

/**
 * A name for a new dataset from its first pattern: the file without extension,
 * or the folder of a glob. Where that is taken, with the folder before it,
 * then with a number. Of the caller's.
 */
char *dsv_track_name(const struct dsv_datasets *sets, const char *pattern);

#endif
