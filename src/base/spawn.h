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

/**
 * The same with our own standard error, so that the program can ask and tell
 * as it does by hand; its output is added to out (at most 16 MiB, the rest is
 * dropped), or goes to our standard error where out is NULL.
 */
int dsv_spawn_shown(char *const argv[], struct dsv_buf *out, int *out_status);

#endif
