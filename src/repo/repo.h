#ifndef REPO_REPO_H
#define REPO_REPO_H

#include <dsv/repo.h>

#include "base/pool.h"
#include "store/cutter.h"
#include "store/store.h"

/* What the layers above share of a repository, beside <dsv/repo.h>. */

/** Opened on first use, in the common git directory; lent. */
int dsv_repo_store(struct dsv_repo *repo, struct dsv_store **out);
/** Worker threads, made on first use; lent. */
struct dsv_pool *dsv_repo_pool(struct dsv_repo *repo);

/** How the file at path is cut into chunks; asked for every path that is
 * added. Set by dataset/source, which knows formats; without it everything is
 * cut by lines where it is text. */
typedef int (*dsv_cutting_fn)(void *ctx, struct dsv_repo *repo,
			      const char *path, struct dsv_cutting *out);
void dsv_repo_set_cutting(struct dsv_repo *repo, dsv_cutting_fn fn, void *ctx);

/** A path under .git/dsv of the common directory ("cache/x"), of the
 * caller's. */
char *dsv_repo_own(const struct dsv_repo *repo, const char *name);

#endif
