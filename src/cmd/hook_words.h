#ifndef CMD_HOOK_WORDS_H
#define CMD_HOOK_WORDS_H

#include <dsv/hooks.h>

/* What init and hook install share. */

/** The absolute path of the running program: git calls it from anywhere. */
int dsv_hook_words_program(struct dsv_buf *out);
/** Where a hook could not be installed: the line to add, for people. */
void dsv_hook_words_line(const struct dsv_hook_result *hook);

#endif
