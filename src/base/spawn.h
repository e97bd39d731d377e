#ifndef BASE_SPAWN_H
#define BASE_SPAWN_H

#include <dsv/buf.h>

/**
 * Run a program of the PATH with the terminal as its input (/dev/null where
 * there is none) and nothing of its output. What it says on standard error is
 * kept in words; lines that begin with show (NULL: none) also go to ours at
 * once, for they ask somebody to do something.
 *
 * @error  DSV_ENOTFOUND  there is no such program
 */
int dsv_spawn(char *const argv[], const char *show, struct dsv_buf *words,
	      int *out_status);

#endif
