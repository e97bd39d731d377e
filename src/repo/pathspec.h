#ifndef REPO_PATHSPEC_H
#define REPO_PATHSPEC_H

#include <stdbool.h>

#include <dsv/repo.h>

/*
 * Which paths are meant. A path names itself and all that is below it. In a
 * plain pattern, as datasets.yaml and track have them, * stops at '/' and **
 * does not (git's "glob" magic). A pattern with git's magic before it,
 * ":(...)x" or ":/x" or ":!x", means what it means in git, where * does pass
 * '/'; dsv_repo_paths() gives what a person typed this form. "" and "." mean
 * all.
 */

/** DSV_EUSAGE for magic that git or we do not know. */
int dsv_pathspec_check(const char *pathspec);

/** False: nothing below the folder dir ("a/b") can match. */
bool dsv_pathspec_below(const struct dsv_strlist *pathspecs, const char *dir);

/** What was typed in the folder prefix ("" or "a/b/") of the work tree. */
int dsv_pathspec_typed(const char *typed, const char *prefix,
		       struct dsv_buf *out);

/** True when path matches one of them and is not excluded; see tree.h. */
bool dsv_pathspec_match(const struct dsv_strlist *pathspecs, const char *path);

#endif
