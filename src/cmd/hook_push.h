#ifndef CMD_HOOK_PUSH_H
#define CMD_HOOK_PUSH_H

#include "cli/cmd.h"

/* The hooks of a push, of `dsv hook run`; args is what git hands them. */

/* Set for a `git push`: the commits whose data is there already, in hex, blanks
 * between. A branch may move until git looks at it. */
#define DSV_DATA_IS_PUSHED "DSV_DATA_PUSHED"

/** Sends the data, which refuses the push where it fails; then advice on
 * standard error, which does not. */
int dsv_hook_pre_push(struct dsv_ctx *ctx, const struct dsv_strlist *args);
/** The gate; DSV_EXIT_NO refuses the whole push. */
int dsv_hook_pre_receive(struct dsv_ctx *ctx, const struct dsv_strlist *args);

#endif
