#ifndef GOVERN_SCAN_KNOWN_H
#define GOVERN_SCAN_KNOWN_H

#include "govern/scanned.h"
#include "history/cache.h"

/*
 * What is known of a file from scans before: the findings of its very content,
 * or those of contents that stood at its path last, of which it shares most.
 * Which ones these were is a hint and no more: a wrong one costs time.
 */
struct dsv_scan_name {
	const struct dsv_cache *cache; /* NULL: nothing is kept */
	struct dsv_identity content;   /* NONE: not known */
	struct dsv_id reading;	       /* and dataset, and rules */
	const char *path;
};

/** Of a reading: what else decides what is found, and under which names. */
void dsv_scan_name_set(struct dsv_scan_name *name,
		       const struct dsv_reading *reading, const char *dataset);
/** 1 and the answer, or 0. */
int dsv_scan_known_get(struct dsv_scanned *out,
		       const struct dsv_scan_name *name);
void dsv_scan_known_put(const struct dsv_scanned *scanned,
			const struct dsv_scan_name *name);
/** Of the contents that stood at the path last, the newest that is kept: 1,
 * or 0. */
int dsv_scan_known_last(struct dsv_scanned *out,
			const struct dsv_scan_name *name);

#endif
