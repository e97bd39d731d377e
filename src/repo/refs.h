#ifndef REPO_REFS_H
#define REPO_REFS_H

#include <dsv/repo.h>

/** The commits that references lead to, HEAD of this work tree included, as
 * hex, in order of the references' names; each once. */
int dsv_refs_tips(struct dsv_repo *repo, struct dsv_strlist *out);

#endif
