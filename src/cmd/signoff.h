#ifndef CMD_SIGNOFF_H
#define CMD_SIGNOFF_H

#include "cli/cmd.h"

extern const struct dsv_cmd dsv_cmd_signoff_checklist;

/** Shows a struct dsv_signoff that was signed. */
extern const struct dsv_view dsv_signoff_view;

/** Push what was signed, where a remote is, and say so. */
int dsv_push_statements(struct dsv_ctx *ctx);

#endif
