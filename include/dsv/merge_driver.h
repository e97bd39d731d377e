#ifndef DSV_MERGE_DRIVER_H
#define DSV_MERGE_DRIVER_H

#include <dsv/repo.h>

/*
 * What git calls to merge a data file: merge-driver %O %A %B %L %P. A side that
 * did not change yields to the other; two changed sides are merged by record,
 * then by field, into the store, and %A takes the pointer. Never a text merge.
 * A plain blob and a pointer to the same bytes are equal.
 *
 * Records that theirs added come behind the nearest record before them in
 * theirs that the result has, and behind what ours added there.
 */
struct dsv_merge_driver_opts {
	const char *base;   /* %O; empty file: no base */
	const char *ours;   /* %A; takes the result */
	const char *theirs; /* %B */
	const char *path;   /* %P, in the repository */
};

/** 0 merged; DSV_ECONFLICT, also for every failure: ours stands in the places
 * that wait (or in the whole file), and a conflict record in the work tree's
 * git directory names them. The message says how many. */
int dsv_merge_driver(struct dsv_repo *repo,
		     const struct dsv_merge_driver_opts *opts);

#endif
