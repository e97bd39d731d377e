#ifndef DSV_CONTENT_H
#define DSV_CONTENT_H

#include <dsv/repo.h>

/** Takes bytes in order; a negative code stops. */
typedef int (*dsv_bytes_fn)(void *ctx, const char *data, size_t len);

/**
 * All bytes of one file of a version, out of the store or as git has them,
 * verified.
 *
 * @error  DSV_ENOTFOUND  no such file in that version
 *         DSV_EMISSING   its content is not here
 */
int dsv_content_read(struct dsv_repo *repo, const struct dsv_version *version,
		     const char *path, dsv_bytes_fn take, void *ctx);

#endif
