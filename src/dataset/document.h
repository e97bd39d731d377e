#ifndef DATASET_DOCUMENT_H
#define DATASET_DOCUMENT_H

#include <dsv/buf.h>
#include <dsv/repo.h>

/* A small tracked file of ours (definitions, guidelines) at any version. */

/**
 * 1 with its bytes, 0 where the version has no such file.
 *
 * @owner   out is overwritten
 * @error   DSV_ERANGE        longer than limit bytes
 *          DSV_EUNSUPPORTED  not a regular file
 */
int dsv_document_read(struct dsv_repo *repo, const struct dsv_version *version,
		      const char *path, size_t limit, struct dsv_buf *out);

/** How messages name it: the path, and of a commit "1234abcd:path". */
void dsv_document_name(const struct dsv_version *version, const char *path,
		       struct dsv_buf *out);

#endif
