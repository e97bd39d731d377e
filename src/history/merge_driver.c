#include <dsv/merge_driver.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <dsv/error.h>

#include "base/fs.h"
#include "history/merge.h"
#include "repo/blobs.h"
#include "repo/unmerged.h"

static int write_result(const char *file, const struct dsv_buf *text)
{
	int fd = open(file, O_WRONLY | O_TRUNC | O_CLOEXEC);
	int rc;

	if (fd < 0)
		return dsv_fail_errno(DSV_EIO, "cannot write '%s'", file);
	rc = dsv_fs_write_all(fd, text->data, text->len, file);
	if (close(fd) < 0 && rc == 0)
		rc = dsv_fail_errno(DSV_EIO, "cannot write '%s'", file);
	return rc;
}

/* An empty base: there was no such file. */
static int name_stages(struct dsv_repo *repo,
		       const struct dsv_merge_driver_opts *opts,
		       struct dsv_oid out[DSV_STAGES])
{
	const char *files[DSV_STAGES] = {opts->base, opts->ours, opts->theirs};
	struct stat st;
	int rc = 0;

	for (size_t i = 0; i < DSV_STAGES && rc == 0; i++) {
		out[i] = (struct dsv_oid){{0}};
		if (stat(files[i], &st) < 0)
			rc = dsv_fail_errno(DSV_EIO, "cannot read '%s'",
					    files[i]);
		else if (i > 0 || st.st_size > 0)
			rc = dsv_blob_of_file(repo, files[i], &out[i]);
	}
	return rc;
}

int dsv_merge_driver(struct dsv_repo *repo,
		     const struct dsv_merge_driver_opts *opts)
{
	struct dsv_buf pointer DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_oid stages[DSV_STAGES];
	int rc;

	rc = name_stages(repo, opts, stages);
	if (rc == 0)
		rc = dsv_merge_stages(repo, opts->path, stages, &pointer);
	if (rc < 0)
		return rc;
	if (pointer.len && write_result(opts->ours, &pointer) < 0)
		return DSV_ECONFLICT;
	return rc ? 0 : DSV_ECONFLICT;
}
