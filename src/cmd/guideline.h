#ifndef CMD_GUIDELINE_H
#define CMD_GUIDELINE_H

#include <dsv/guideline_diff.h>

#include "cli/cmd.h"

/* What the commands of `dsv guideline` share. */

/** A version by the revision that was typed; NULL: the work tree, or HEAD
 * where there is none. *name is how answers call it. */
int dsv_guideline_at(struct dsv_ctx *ctx, const char *rev,
		     struct dsv_version *out, const char **name);
/** The ids of all guidelines there; DSV_ENOTFOUND with the next step where
 * there are none. */
int dsv_guideline_all(struct dsv_ctx *ctx, const struct dsv_version *version,
		      struct dsv_strlist *out);
/** The datasets that name a guideline. */
int dsv_guideline_datasets(struct dsv_ctx *ctx,
			   const struct dsv_version *version, const char *id,
			   struct dsv_strlist *out);
/** "a, b"; "-" for none. */
void dsv_guideline_join(struct dsv_buf *out, const struct dsv_strlist *list);

#endif
