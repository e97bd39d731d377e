#ifndef DSV_MERGE_DRIVER_H
#define DSV_MERGE_DRIVER_H

#include <dsv/repo.h>

/*
 * What git calls to merge a data file: merge-driver %O %A %B %L %P. Equal
 * sides, or one that did not change, are settled; two changed sides are a
 * conflict over the whole file, recorded, with ours left in place. Never a
 * text merge. A plain blob and a pointer to the same bytes are equal.
 */
struct dsv_merge_driver_opts {
	const char *base;   /* %O; empty file: no base */
	const char *ours;   /* %A; takes the result */
	const char *theirs; /* %B */
	const char *path;   /* %P, in the repository */
};

/** 0 merged; DSV_ECONFLICT, also for every failure: ours stands in the file,
 * and a conflict record in the work tree's git directory. */
int dsv_merge_driver(struct dsv_repo *repo,
		     const struct dsv_merge_driver_opts *opts);

#endif
