#ifndef CMD_WORDS_H
#define CMD_WORDS_H

#include <dsv/diff.h>
#include <dsv/status.h>
#include <dsv/stage.h>

#include "cli/out.h"

/* The same things said in the same words by all commands. */

/** "+412 -12 ~338", parts that are nothing left out; "" for no change. */
void dsv_words_counts(struct dsv_buf *out, uint64_t added, uint64_t removed,
		      uint64_t changed);
/** "4711" or "a,b", with '%', ',' and ':' of the fields escaped. */
void dsv_words_key(struct dsv_buf *out, const struct dsv_field *key, size_t n);
/** "data/x.csv", quoted where it must be, safe to show. */
void dsv_words_path(struct dsv_buf *out, const char *path);
/** A text as it is typed to a shell: quoted where it must be, what a terminal
 * must not see as \n, \x1b... within $''. */
void dsv_words_typed(struct dsv_buf *out, const char *text);
/** "key shared by 2 records", "3 records with broken quoting". */
void dsv_words_issue(struct dsv_buf *out, enum dsv_issue issue, uint64_t count);
/** "broken quoting": of one record. */
const char *dsv_words_fault(enum dsv_issue issue);
/** "added", "removed", ... */
const char *dsv_words_path_change(enum dsv_path_change change);
const char *dsv_words_file_change(enum dsv_file_change change);
/** "what is wrong: what to do" of a problem of the repository. */
void dsv_words_problem(struct dsv_buf *out, const struct dsv_problem *problem);
/** A path as a pathspec that means just this path. */
void dsv_words_literal(struct dsv_strlist *out, const char *path);
/** A label's value as people read it: "(null)" for none. */
const char *dsv_words_label(const char *value);
/** False for what stands for no label. */
bool dsv_words_is_label(const char *value);
/** The first seven digits. */
void dsv_words_short(struct dsv_buf *out, const struct dsv_oid *oid);

#endif
