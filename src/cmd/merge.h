#ifndef CMD_MERGE_H
#define CMD_MERGE_H

#include <dsv/merge.h>

#include "cli/cmd.h"

/** Merge by record, commit, and tell what came of it, as `dsv merge` does;
 * opts without settle. Returns the exit status. */
int dsv_merge_and_tell(struct dsv_ctx *ctx, struct dsv_merge_opts *opts);

#endif
