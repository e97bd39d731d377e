#ifndef REPO_CLEAN_H
#define REPO_CLEAN_H

#include <dsv/repo.h>

#include "base/stream.h"
#include "store/writer.h"

/* A content becomes its pointer. */

/**
 * Put one content durably into the store and give its pointer; a pointer is
 * given back.
 *
 * @param  head  the first bytes of `in`, all of it where it has at most
 *               DSV_POINTER_LIMIT
 * @error  DSV_ECORRUPT   a damaged pointer
 *         DSV_ECONFLICT  an open conflict of the path
 */
int dsv_clean(struct dsv_repo *repo, const char *path,
	      const struct dsv_buf *head, struct dsv_stream *in,
	      struct dsv_buf *out);

#define DSV_CONFLICT_WHOLE "file" /* kind of a record about the whole file */

/** DSV_ECONFLICT where an open conflict of path forbids to stage the blob. */
int dsv_clean_check(struct dsv_repo *repo, const char *path,
		    const struct dsv_oid *blob);

/** How path is cut, and the content it replaces: that of its blob in the
 * index. previous is the storage that opts points to. */
int dsv_clean_opts(struct dsv_repo *repo, const char *path,
		   struct dsv_writer_opts *opts, struct dsv_content *previous);
/** The same where the blob is known; zero: there is none. */
int dsv_clean_opts_blob(struct dsv_repo *repo, const char *path,
			const struct dsv_oid *blob,
			struct dsv_writer_opts *opts,
			struct dsv_content *previous);

#endif
