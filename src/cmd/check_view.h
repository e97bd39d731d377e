#ifndef CMD_CHECK_VIEW_H
#define CMD_CHECK_VIEW_H

#include <dsv/check.h>

#include "cli/out.h"

/* A verdict: for people, for programs, as a comment of a pull request, and as
 * JUnit for the pages of CI servers. */
int dsv_check_view_text(struct dsv_out *out, void *verdict);
int dsv_check_view_json(struct dsv_out *out, void *verdict);
int dsv_check_view_md(struct dsv_out *out, void *verdict);
int dsv_check_view_junit(struct dsv_out *out, void *verdict);

/** "acme-07 into main" */
void dsv_check_view_title(struct dsv_buf *out,
			  const struct dsv_verdict *verdict);
/** "2 of 5 requirements missing" */
void dsv_check_view_count(struct dsv_buf *out,
			  const struct dsv_verdict *verdict);

#endif
