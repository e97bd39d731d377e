#ifndef REPO_TREEWALK_H
#define REPO_TREEWALK_H

#include <dsv/repo.h>

#include "repo/tree.h"

/* Trees of git, entry by entry: what tree.c and walk.c are made of. */

/** from or to is NULL on the side that has no such file. Not 0 ends the walk
 * and is its result. */
typedef int (*dsv_treewalk_fn)(void *ctx, const char *path,
			       const struct dsv_entry *from,
			       const struct dsv_entry *to);

/** The files that differ between the trees of two commits, in order of their
 * paths; folders that are equal or cannot match are not read. NULL: a commit
 * without files. */
int dsv_treewalk(struct dsv_repo *repo, const struct dsv_oid *from,
		 const struct dsv_oid *to, const struct dsv_strlist *pathspecs,
		 dsv_treewalk_fn fn, void *ctx);

int dsv_tree_of_commit(struct dsv_repo *repo, const struct dsv_oid *commit,
		       struct dsv_oid *out);

/** mode 0 where the commit has no such file. */
int dsv_tree_entry_at(struct dsv_repo *repo, const struct dsv_oid *commit,
		      const char *path, struct dsv_entry *out);

/** The same of the index: its stage 0, else ours, else theirs. */
int dsv_index_entry_at(struct dsv_repo *repo, const char *path,
		       struct dsv_entry *out);

#endif
