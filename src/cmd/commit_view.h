#ifndef CMD_COMMIT_VIEW_H
#define CMD_COMMIT_VIEW_H

#include <dsv/repo.h>

#include "cli/cmd.h"

/* What commands that commit share. */

/** The trailers of a commit of the index, for struct dsv_commit_opts. */
int dsv_commit_view_trailers(void *unused, struct dsv_repo *repo,
			     const struct dsv_version *parents,
			     size_t n_parents, struct dsv_buf *out);

/** "7c1d0ab  reviews  +12": a line a dataset, against the parent. The commit is
 * made: what cannot be compared does not fail it. */
int dsv_commit_view(struct dsv_ctx *ctx, const struct dsv_version *parent,
		    const struct dsv_oid *commit);

#endif
