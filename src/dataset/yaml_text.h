#ifndef DATASET_YAML_TEXT_H
#define DATASET_YAML_TEXT_H

#include <stdbool.h>

#include <dsv/buf.h>
#include <dsv/strlist.h>

/* Writing YAML by hand, so that what a person wrote around it stays. */

/** A scalar on one line, plain where every reader takes it as text, else in
 * double quotes. False: not UTF-8, so YAML cannot hold it. */
bool dsv_yaml_add_scalar(struct dsv_buf *out, const char *text, bool quote);
/** "[a, b]" */
bool dsv_yaml_add_list(struct dsv_buf *out, const struct dsv_strlist *list,
		       bool quote);

/* Lines are counted from 1, as in struct dsv_yaml. */
size_t dsv_text_lines(const struct dsv_buf *text);
/** Where a line begins; the end of the text for the one behind the last. */
size_t dsv_text_line(const struct dsv_buf *text, size_t line);
void dsv_text_splice(struct dsv_buf *text, size_t from, size_t to,
		     const char *with, size_t len);
/** Nothing but blanks, or a comment (in the first column, if so asked). */
bool dsv_text_is_idle(const struct dsv_buf *text, size_t line, bool column0);
/** Where the comment of a line begins, with the blanks before it; the end of
 * the line (before its line feed) where there is none. */
size_t dsv_text_tail(const struct dsv_buf *text, size_t from);

#endif
