#ifndef DATASET_DATA_FILES_H
#define DATASET_DATA_FILES_H

#include <dsv/dataset.h>

#include "repo/tree.h"

/**
 * The files of a version that a command reads: those that paths match, or,
 * where none are given, those of every dataset. Of the work tree also what is
 * not added yet (their blobs are zero).
 *
 * @error  DSV_ENOTFOUND  nothing matches, or nothing is defined and named
 */
int dsv_data_files(struct dsv_files *out, struct dsv_repo *repo,
		   const struct dsv_version *version,
		   const struct dsv_datasets *sets,
		   const struct dsv_strlist *paths);

#endif
