#ifndef REPO_PRIVATE_H
#define REPO_PRIVATE_H

#include <git2.h>

#include <dsv/repo.h>

#include "base/pool.h"
#include "repo/repo.h"
#include "store/store.h"

/* What the modules of repo share; libgit2 stays inside this folder. */
struct dsv_repo {
	git_repository *git;
	char *workdir;
	char *git_dir;
	char *common_dir;
	struct dsv_pool *pool;
	struct dsv_store *store; /* opened on first use */
	struct dsv_progress *progress;
	struct dsv_batch *batch; /* the cat-file child, on first use */
	dsv_cutting_fn cutting;
	void *cutting_ctx;
};

/** The last error of libgit2 as ours: DSV_EGIT "<what>: <why>". */
int dsv_git_fail(int rc, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
