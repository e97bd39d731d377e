#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "cli/cmd.h"

/* Help from the tables. */

/** By name (of one or two words in argv, *used of them), or NULL. */
const struct dsv_cmd *dsv_help_find(int argc, char **argv, int *used);
/** "no command 'x'", with what is near or with git's command. */
int dsv_help_unknown(const char *name);

/** All commands by group. */
void dsv_help_overview(struct dsv_buf *out);
/** Usage, what it does, options. */
void dsv_help_command(const struct dsv_cmd *cmd, struct dsv_buf *out);
/** The synopsis alone, 80 columns wide, as the man page has it. */
void dsv_help_synopsis(const struct dsv_cmd *cmd, struct dsv_buf *out);
/** One option a line: "-n, --max N<TAB>help". */
void dsv_help_options(const struct dsv_cmd *cmd, struct dsv_buf *out);

#endif
