#ifndef DSV_HOOK_MESSAGE_H
#define DSV_HOOK_MESSAGE_H

#include <dsv/repo.h>

/**
 * What the prepare-commit-msg hook does: replace the Dsv-* trailers in the
 * file of a commit message by those of the index. A message empty of text
 * stays untouched, and so does every message where dsv has nothing to say.
 *
 * amend: the commit replaces HEAD
 */
int dsv_hook_message(struct dsv_repo *repo, const char *path, bool amend);

#endif
