#include "dataset/document.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "base/fs.h"
#include "repo/blobs.h"
#include "repo/tree.h"

static int read_work_file(struct dsv_repo *repo, const char *path, size_t limit,
			  struct dsv_buf *out)
{
	char *full DSV_AUTO(str) = NULL;
	struct stat st;
	int rc;

	if (!dsv_repo_workdir(repo))
		return 0;
	full = dsv_fs_join(dsv_repo_workdir(repo), path);
	if (stat(full, &st) < 0) {
		if (errno == ENOENT || errno == ENOTDIR)
			return 0;
		return dsv_fail_errno(DSV_EIO, "cannot read '%s'", path);
	}
	if (!S_ISREG(st.st_mode))
		return dsv_fail(DSV_EUNSUPPORTED, "'%s' is not a file", path);
	rc = dsv_fs_read(full, limit, out);
	return rc < 0 ? rc : 1;
}

int dsv_document_read(struct dsv_repo *repo, const struct dsv_version *version,
		      const char *path, size_t limit, struct dsv_buf *out)
{
	struct dsv_entry entry;
	int rc;

	dsv_buf_reset(out);
	if (version->at == DSV_AT_NOTHING)
		return 0;
	if (version->at == DSV_AT_WORKTREE)
		return read_work_file(repo, path, limit, out);
	rc = dsv_tree_entry(repo, version, path, &entry);
	if (rc < 0)
		return rc;
	if (entry.mode == 0)
		return 0;
	if (!S_ISREG(entry.mode))
		return dsv_fail(DSV_EUNSUPPORTED, "'%s' is not a file", path);
	rc = dsv_blob_read(repo, &entry.blob, limit, out);
	return rc < 0 ? dsv_fail_prefix(rc, "%s", path) : 1;
}

void dsv_document_name(const struct dsv_version *version, const char *path,
		       struct dsv_buf *out)
{
	char hex[DSV_OID_HEX];

	if (version->at == DSV_AT_COMMIT)
		dsv_buf_addf(out, "%.8s:", dsv_oid_hex(&version->commit, hex));
	dsv_buf_addstr(out, path);
}
