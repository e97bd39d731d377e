#ifndef REPO_PROBLEMS_H
#define REPO_PROBLEMS_H

#include <dsv/status.h>

#include "repo/worktree.h"

/* What is wrong, as status and the hooks tell it. */

void dsv_problems_add(struct dsv_problems *problems, enum dsv_problem_kind kind,
		      const char *path, const char *detail);
void dsv_problems_sort(struct dsv_problems *problems);

/** Raw data, damaged pointers and attributes, of all paths in the index. It
 * depends on the index, the attribute files and the datasets alone, so the
 * answer is kept: asking again costs one pass over the index. */
int dsv_problems_of_index(struct dsv_repo *repo,
			  const struct dsv_strlist *datasets,
			  struct dsv_problems *out);
/** Pointers that stand in the work tree. */
int dsv_problems_of_work(struct dsv_repo *repo, const struct dsv_worktree *work,
			 struct dsv_problems *out);
/** Drivers and hooks that are not there though files need them. */
int dsv_problems_of_setup(struct dsv_repo *repo, struct dsv_problems *out);

/** The list kept under this name: 1, or 0 where there is none. */
int dsv_problems_load(struct dsv_repo *repo, const struct dsv_id *key,
		      struct dsv_problems *out);
void dsv_problems_keep(struct dsv_repo *repo, const struct dsv_id *key,
		       const struct dsv_problems *problems);

#endif
