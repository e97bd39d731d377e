#ifndef CMD_SHARING_VIEW_H
#define CMD_SHARING_VIEW_H

#include <dsv/sharing.h>

#include "cli/cmd.h"

/* What the commands that share have in common. */

/** `typed`, or the remote that is meant; of the caller's. DSV_EUSAGE where
 * there is none. */
int dsv_sharing_choose(struct dsv_ctx *ctx, const char *typed, char **out);

/** "data      2.1 MB sent in 3 packs" */
void dsv_sharing_words(struct dsv_out *out, const struct dsv_sharing_stats *st,
		       const char *done);
void dsv_sharing_json(struct dsv_out *out, const struct dsv_sharing_stats *st);

/** Evidence of the remote united with what is here. 1 when it moved. */
int dsv_sharing_unite(struct dsv_ctx *ctx);

/** Drivers, hooks, and work files in place of pointers; says what is left.
 * written: how many files became data. */
int dsv_sharing_set_up(struct dsv_ctx *ctx, uint64_t *written,
		       uint64_t *missing);

#endif
