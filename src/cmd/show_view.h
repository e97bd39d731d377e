#ifndef CMD_SHOW_VIEW_H
#define CMD_SHOW_VIEW_H

#include <dsv/walk.h>

#include "cli/cmd.h"

/** A commit: who, when, why, and the snapshots of its datasets. */
int dsv_show_head(struct dsv_ctx *ctx, const struct dsv_commit_info *info,
		  const struct dsv_version *version);

#endif
