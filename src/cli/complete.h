#ifndef CLI_COMPLETE_H
#define CLI_COMPLETE_H

#include <dsv/buf.h>

/* Completions from the command tables. */
enum dsv_shell { DSV_SHELL_BASH = 1, DSV_SHELL_ZSH, DSV_SHELL_FISH };

void dsv_complete_script(enum dsv_shell shell, struct dsv_buf *out);

#endif
