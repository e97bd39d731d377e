#ifndef HISTORY_STEP_H
#define HISTORY_STEP_H

#include "history/file.h"

/*
 * One data file from one version to another under a reading that the caller
 * chooses: what blame and the changelog are made of. A diff of two commits
 * reads by their own definitions; a history keeps one reading throughout.
 *
 *	rc = dsv_step_compare(&step, path, &from, &to, &file);
 *	while ((rc = dsv_file_diff_next(&file, &change)) > 0)
 *		...
 *	dsv_file_diff_reset(&file);
 *
 * Change lists are read where they are, and kept where they were not.
 */
struct dsv_step {
	struct dsv_repo *repo;
	struct dsv_cache cache;
	bool use_cache;
	const struct dsv_reading *reading; /* borrowed */
};

#define DSV_STEP_INIT \
	{             \
		0     \
	}

void dsv_step_init(struct dsv_step *step, struct dsv_repo *repo,
		   const struct dsv_reading *reading, bool no_cache);
/** Keeps the cache below its limit. */
void dsv_step_release(struct dsv_step *step);

/**
 * Compare two entries; mode 0: nothing there. out is set up anew.
 *
 * @error  DSV_EUSAGE    neither side has a key column
 *         DSV_EMISSING, DSV_ECORRUPT  a side cannot be read
 */
int dsv_step_compare(struct dsv_step *step, const char *path,
		     const struct dsv_entry *from, const struct dsv_entry *to,
		     struct dsv_file_diff *out);

DSV_AUTO_RELEASE(step)

#endif
