#ifndef REPO_GITHASH_H
#define REPO_GITHASH_H

#include <dsv/repo.h>

/**
 * The blob that the git program would make of the work file at path, with
 * the filter programs of others, which libgit2 does not run.
 *
 * @return  1, or 0 where there is no git program or it does not say
 */
int dsv_git_hash(struct dsv_repo *repo, const char *path, struct dsv_oid *out);

#endif
