#ifndef CMD_APPLY_VIEW_H
#define CMD_APPLY_VIEW_H

#include <dsv/apply.h>

#include "cli/out.h"

/* What dsv apply says. */
struct dsv_apply_view {
	const char *file;
	const char *guideline; /* NULL: labels were not looked at */
	bool dry_run;
	const struct dsv_apply_result *result;
};

int dsv_apply_view_header(struct dsv_out *out,
			  const struct dsv_apply_view *view);
/** All faults, one line each, and how many. */
int dsv_apply_view_faults(struct dsv_out *out,
			  const struct dsv_apply_view *view);
/** What was done, or would be. */
int dsv_apply_view_done(struct dsv_out *out, const struct dsv_apply_view *view);

#endif
