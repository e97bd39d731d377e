#ifndef CMD_SCAN_VIEW_H
#define CMD_SCAN_VIEW_H

#include <dsv/scan.h>

#include "cli/out.h"

/* What dsv scan shows. */
struct dsv_scan_shown {
	const struct dsv_scan *scan;
	const char *version;
	const char *base; /* NULL: none, all findings are told */
	bool show;	  /* each finding */
	bool all;	  /* those that are decided too */
	bool summary;	  /* a line for each dataset */
};

extern const struct dsv_view dsv_scan_view;

/** Of the findings that are told. */
uint64_t dsv_scan_shown_undecided(const struct dsv_scan_shown *shown);

#endif
