#ifndef REPO_PRIVATE_H
#define REPO_PRIVATE_H

#include <git2.h>
#include <pthread.h>

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
	char *index_path;
	git_config *config; /* a snapshot, on first use: config.c */
	struct dsv_pool *pool;
	struct dsv_store *store; /* opened on first use */
	struct dsv_progress *progress;
	struct dsv_batch *batch; /* the cat-file child, on first use */
	bool no_batch;		 /* it could not be started */
	pthread_mutex_t lock;	 /* around batch */
	struct dsv_attributes *attributes; /* on first use */
	struct dsv_oid attributes_at;	   /* zero: the work tree's */
	pthread_mutex_t attributes_lock;
	struct dsv_buf shallow; /* git's list of them: revlist.c */
	bool shallow_known;
	dsv_cutting_fn cutting;
	void *cutting_ctx;
};

/** The last error of libgit2 as ours: DSV_EGIT "<what>: <why>". */
int dsv_git_fail(int rc, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/** The index, read anew when the file has changed; lent. DSV_EUSAGE in a bare
 * repository. */
int dsv_repo_index(struct dsv_repo *repo, git_index **out);

static inline void dsv_oid_of_git(struct dsv_oid *out, const git_oid *oid)
{
	__builtin_memcpy(out->bytes, oid->id, DSV_OID_SIZE);
}

static inline void dsv_oid_to_git(git_oid *out, const struct dsv_oid *oid)
{
	__builtin_memcpy(out->id, oid->bytes, DSV_OID_SIZE);
}

/* DSV_AUTO(git_x) for the objects of libgit2. */
#define DSV_GIT_AUTO(name, type)                           \
	static inline void dsv_##name##_auto(type **value) \
	{                                                  \
		type##_free(*value);                       \
	}

DSV_GIT_AUTO(git_object, git_object)
DSV_GIT_AUTO(git_commit, git_commit)
DSV_GIT_AUTO(git_tree, git_tree)
DSV_GIT_AUTO(git_blob, git_blob)
DSV_GIT_AUTO(git_odb, git_odb)
DSV_GIT_AUTO(git_odb_object, git_odb_object)
DSV_GIT_AUTO(git_index, git_index)
DSV_GIT_AUTO(git_config, git_config)
DSV_GIT_AUTO(git_reference, git_reference)
DSV_GIT_AUTO(git_repository, git_repository)
DSV_GIT_AUTO(git_revwalk, git_revwalk)

#endif
