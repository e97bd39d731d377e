#ifndef GOVERN_SCAN_FILES_H
#define GOVERN_SCAN_FILES_H

#include "govern/scanned.h"

/* The files of a version, scanned, by dataset: before anything is judged. */
struct dsv_scan_group {
	char *name; /* of the dataset, or the path */
	bool is_dataset;
	struct dsv_strlist files;
	struct dsv_strlist unread;
	struct dsv_scanned *contents; /* of the files */
	size_t cap;
};

struct dsv_scan_groups {
	struct dsv_scan_group *items;
	size_t n;
	size_t cap;
};

#define DSV_SCAN_GROUPS_INIT \
	{                    \
		0            \
	}

/**
 * Scan what the options name. What is in earlier, the same of another
 * version, is not scanned again where it is the same; may be NULL.
 */
int dsv_scan_groups_read(struct dsv_scan_groups *out, struct dsv_repo *repo,
			 const struct dsv_version *version,
			 const struct dsv_scan_options *options,
			 const struct dsv_scan_groups *earlier);
void dsv_scan_groups_release(struct dsv_scan_groups *groups);

DSV_AUTO_RELEASE(scan_groups)

#endif
