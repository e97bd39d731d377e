#ifndef CMD_CHECKOUT_VIEW_H
#define CMD_CHECKOUT_VIEW_H

#include <dsv/checkout.h>

/** ", 3 files written, 1 removed, 2 left as pointers ..." */
void dsv_checkout_view_counts(struct dsv_buf *out,
			      const struct dsv_checkout *done);
/** Name the paths whose changes would be lost, on standard error. */
void dsv_checkout_view_blocked(const struct dsv_checkout *done);

#endif
