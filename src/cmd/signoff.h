#ifndef CMD_SIGNOFF_H
#define CMD_SIGNOFF_H

#include "cli/cmd.h"

/** Push what was signed, where a remote is, and say so. */
int dsv_push_statements(struct dsv_ctx *ctx);

#endif
