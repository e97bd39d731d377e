#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "cli/cmd.h"

/* Help from the tables. */

/**
 * By the words in argv, *used of them, or NULL. A command that is made of
 * commands is what is found only where none of them is named.
 */
const struct dsv_cmd *dsv_help_find(int argc, char **argv, int *used);
/** "no command 'x'", with what is near or with git's command. */
int dsv_help_unknown(const char *name);
/** That `word`, or nothing (NULL), stands where one of cmd->subs must. */
int dsv_help_unknown_sub(const struct dsv_cmd *cmd, const char *word);
/** The last word of a name. */
const char *dsv_help_word(const struct dsv_cmd *cmd);

/** All commands by group. */
void dsv_help_overview(struct dsv_buf *out);
/** Usage, what it does, options. */
void dsv_help_command(const struct dsv_cmd *cmd, struct dsv_buf *out);
/** The synopsis alone, 80 columns wide, as the man page has it; of a command
 * that is made of commands, theirs. */
void dsv_help_synopsis(const struct dsv_cmd *cmd, struct dsv_buf *out);
/** One option a line: "-n, --max N<TAB>help". */
void dsv_help_options(const struct dsv_cmd *cmd, struct dsv_buf *out);

#endif
