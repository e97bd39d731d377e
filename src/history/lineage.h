#ifndef HISTORY_LINEAGE_H
#define HISTORY_LINEAGE_H

#include <dsv/dataset.h>

#include "repo/tree.h"

/*
 * Under which path a file stands in the neighbouring version, where the two
 * disagree. Of the files that only the other version has: the one with the
 * same blob, else the one of the same dataset (without definition: with the
 * same extension) that shares most bytes, at least half of the newer content.
 *
 * Small contents are compared by their lines, large ones by their chunks:
 * those of the store are listed, plain blobs are cut on the fly.
 */
struct dsv_lineage {
	struct dsv_repo *repo;
	const struct dsv_datasets *sets;
	struct dsv_version from; /* the older version */
	struct dsv_version to;
};

/**
 * back: path stands in `to`, its name in `from` is asked for; else the other
 * way round.
 *
 * @return  1 with both results (the caller's), 0: no such file, negative
 */
int dsv_lineage_find(const struct dsv_lineage *lineage, const char *path,
		     bool back, char **out_path, struct dsv_entry *out);

#endif
