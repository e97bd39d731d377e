#ifndef DATASET_WORK_FILES_H
#define DATASET_WORK_FILES_H

#include <dsv/repo.h>

/** Files of the work tree that a pattern matches, sorted: those that the index
 * has, and others unless git ignores them. Symlinks are none. */
int dsv_work_files(struct dsv_repo *repo, const struct dsv_strlist *patterns,
		   struct dsv_strlist *out);

#endif
