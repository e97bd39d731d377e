#include "repo/clean.h"

#include <dsv/error.h>
#include <string.h>

#include "repo/blobs.h"
#include "repo/pointer.h"
#include "repo/private.h"
#include "repo/treewalk.h"
#include "repo/unmerged.h"

int dsv_clean_opts_blob(struct dsv_repo *repo, const char *path,
			const struct dsv_oid *blob,
			struct dsv_writer_opts *opts,
			struct dsv_content *previous)
{
	int rc = 0;

	opts->previous = NULL;
	if (!dsv_oid_is_zero(blob) &&
	    dsv_blob_pointer(repo, blob, previous) > 0)
		opts->previous = previous;
	if (repo->cutting)
		rc = repo->cutting(repo->cutting_ctx, repo, path,
				   &opts->cutting);
	return rc < 0 ? rc : 0;
}

int dsv_clean_opts(struct dsv_repo *repo, const char *path,
		   struct dsv_writer_opts *opts, struct dsv_content *previous)
{
	struct dsv_entry entry = {0};
	int rc;

	rc = dsv_index_entry_at(repo, path, &entry);
	if (rc < 0)
		return rc;
	return dsv_clean_opts_blob(repo, path, &entry.blob, opts, previous);
}

static int put(struct dsv_repo *repo, const char *path, struct dsv_stream *in,
	       struct dsv_content *out)
{
	struct dsv_writer_opts opts = {.progress = repo->progress};
	struct dsv_writer *writer DSV_AUTO(writer) = NULL;
	struct dsv_content previous;
	struct dsv_store *store;
	int rc;

	rc = dsv_clean_opts(repo, path, &opts, &previous);
	if (rc == 0)
		rc = dsv_repo_store(repo, &store);
	if (rc == 0)
		rc = dsv_writer_open(&writer, store);
	if (rc == 0)
		rc = dsv_writer_add(writer, in, &opts, out);
	return rc < 0 ? rc : dsv_writer_commit(writer);
}

int dsv_clean_check(struct dsv_repo *repo, const char *path,
		    const struct dsv_oid *blob)
{
	const int rc = dsv_conflict_refuses(repo, path, blob);

	if (rc <= 0)
		return rc;
	dsv_fail(DSV_ECONFLICT, "'%s' has open conflicts", path);
	return dsv_hint(DSV_ECONFLICT, "see 'dsv conflicts' and 'dsv resolve'");
}

int dsv_clean(struct dsv_repo *repo, const char *path,
	      const struct dsv_buf *head, struct dsv_stream *in,
	      struct dsv_buf *out)
{
	enum dsv_pointer_kind kind = DSV_POINTER_NOT;
	struct dsv_content content;
	struct dsv_oid blob;
	int rc;

	if (head->len <= DSV_POINTER_LIMIT)
		kind = dsv_pointer_parse(dsv_buf_str(head), head->len,
					 &content);
	if (kind == DSV_POINTER_DAMAGED)
		return dsv_fail(DSV_ECORRUPT, "damaged pointer");
	if (kind == DSV_POINTER_NOT) {
		rc = put(repo, path, in, &content);
		if (rc < 0)
			return rc;
	}
	dsv_pointer_format(&content, out);
	dsv_blob_name(out->data, out->len, &blob);
	return dsv_clean_check(repo, path, &blob);
}
