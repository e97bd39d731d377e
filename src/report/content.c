#include <dsv/content.h>

#include "base/stream.h"
#include "dataset/source.h"

int dsv_content_read(struct dsv_repo *repo, const struct dsv_version *version,
		     const char *path, dsv_bytes_fn take, void *ctx)
{
	struct dsv_source *source DSV_AUTO(source) = NULL;
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	const char *piece;
	size_t len;
	int rc;

	rc = dsv_source_open(&source, repo, version, path);
	if (rc == 0)
		rc = dsv_source_stream(source, &in);
	if (rc < 0)
		return rc;
	while ((rc = dsv_stream_next(in, &piece, &len)) > 0) {
		rc = take(ctx, piece, len);
		if (rc < 0)
			return rc;
	}
	return rc;
}
