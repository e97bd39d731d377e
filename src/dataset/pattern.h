#ifndef DATASET_PATTERN_H
#define DATASET_PATTERN_H

#include <stdbool.h>

#include <dsv/buf.h>

/* The patterns that stand in `files` and in .gitattributes. What they match is
 * decided by repo/pathspec; here they are made. */

/** True when text holds '*', '?', '[' or a backslash. */
bool dsv_pattern_is_glob(const char *text);

/** The folder that every match lies in, "" for the top. */
void dsv_pattern_folder(const char *pattern, struct dsv_buf *out);

/** A pattern that matches path and nothing else, as far as UTF-8 allows:
 * bytes that are not valid become '?', one each. */
void dsv_pattern_of_path(const char *path, struct dsv_buf *out);

/** The same pattern as .gitattributes needs it: anchored at the top, blanks as
 * [[:space:]], special bytes in brackets. git and libgit2 disagree about
 * quotes and escapes; both read this form. */
void dsv_pattern_attribute(const char *pattern, struct dsv_buf *out);

#endif
