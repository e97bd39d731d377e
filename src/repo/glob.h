#ifndef REPO_GLOB_H
#define REPO_GLOB_H

#include <stdbool.h>

/* Patterns of shell and git over raw bytes: ? * [set] and \ before a byte. */
enum dsv_glob_flags {
	DSV_GLOB_PATH = 1u << 0,   /* ? * [set] stop at '/'; a part that is **
				    * stands for any parts, none too */
	DSV_GLOB_NOCASE = 1u << 1, /* ASCII letters match either way */
};

/** True when all of text matches. Time: length of both, multiplied. */
bool dsv_glob_match(const char *pattern, const char *text, unsigned flags);
/** Bytes before the first special one. */
unsigned long dsv_glob_literal(const char *pattern);

#endif
