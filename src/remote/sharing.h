#ifndef REMOTE_SHARING_H
#define REMOTE_SHARING_H

#include <dsv/sharing.h>

#include "remote/wanted.h"

/* What pushing and fetching share. */

/** "refs/remotes/<remote>/x" and where they stand. */
int dsv_sharing_tracked(struct dsv_repo *repo, const char *remote,
			struct dsv_ref_updates *out);
/** "<path> at <commit>" of a content, before the message. */
int dsv_sharing_fail_content(int rc, const struct dsv_wanted *wanted, size_t i);

#endif
