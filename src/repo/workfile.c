#include "repo/workfile.h"

#include <dsv/error.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/atomic.h"
#include "base/fs.h"
#include "base/stream.h"
#include "repo/config.h"
#include "repo/pointer.h"
#include "repo/private.h"
#include "store/cutter.h"
#include "store/filemap.h"

char *dsv_work_path(const struct dsv_repo *repo, const char *path)
{
	return dsv_fs_join(repo->workdir, path);
}

int dsv_work_stat(struct dsv_repo *repo, const char *path, struct stat *out)
{
	char *full DSV_AUTO(str) = dsv_work_path(repo, path);

	if (lstat(full, out) == 0)
		return 1;
	if (errno == ENOENT || errno == ENOTDIR)
		return 0;
	return dsv_fail_errno(DSV_EIO, "cannot read '%s'", path);
}

bool dsv_work_is_unreadable(const struct dsv_repo *repo, const char *path)
{
	char *full DSV_AUTO(str) = dsv_work_path(repo, path);

	return faccessat(AT_FDCWD, full, R_OK, AT_SYMLINK_NOFOLLOW) < 0 &&
	       errno == EACCES;
}

uint32_t dsv_work_mode(struct dsv_repo *repo, const struct stat *st,
		       uint32_t known)
{
	if (S_ISDIR(st->st_mode))
		return GIT_FILEMODE_TREE;
	if (S_ISLNK(st->st_mode))
		return GIT_FILEMODE_LINK;
	if (!S_ISREG(st->st_mode))
		return 0;
	if (!dsv_config_bool(repo, "core.filemode", true))
		return known == GIT_FILEMODE_BLOB_EXECUTABLE
			       ? known
			       : GIT_FILEMODE_BLOB;
	return st->st_mode & S_IXUSR ? GIT_FILEMODE_BLOB_EXECUTABLE
				     : GIT_FILEMODE_BLOB;
}

int dsv_work_pointer(struct dsv_repo *repo, const char *path,
		     const struct stat *st, struct dsv_content *out)
{
	char *full DSV_AUTO(str) = NULL;
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc;

	if (!S_ISREG(st->st_mode) || !st->st_size ||
	    st->st_size > (off_t)DSV_POINTER_LIMIT)
		return 0;
	full = dsv_work_path(repo, path);
	rc = dsv_fs_read(full, DSV_POINTER_LIMIT, &text);
	if (rc == DSV_ERANGE)
		return 0;
	if (rc < 0)
		return rc;
	switch (dsv_pointer_parse(text.data, text.len, out)) {
	case DSV_POINTER_EXACT:
		return 1;
	case DSV_POINTER_DAMAGED:
		dsv_fail(DSV_ECORRUPT, "damaged pointer");
		return dsv_fail_prefix(DSV_ECORRUPT, "%s", path);
	case DSV_POINTER_NOT:
	default:
		return 0;
	}
}

static int make_folder(const char *full, const char *path)
{
	struct stat st;

	if (lstat(full, &st) == 0) {
		if (S_ISDIR(st.st_mode))
			return 0;
		return dsv_fail(DSV_EREFUSED,
				"'%s' is in the way: not a folder", path);
	}
	if (errno == ENOENT && (mkdir(full, 0777) == 0 || errno == EEXIST))
		return 0;
	return dsv_fail_errno(DSV_EIO, "cannot create '%s'", path);
}

int dsv_work_mkdirs(struct dsv_repo *repo, const char *path)
{
	char *full DSV_AUTO(str) = dsv_work_path(repo, path);
	const size_t top = strlen(repo->workdir) + 1;
	char *slash = strchr(full + top, '/');
	int rc;

	for (; slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		rc = make_folder(full, full + top);
		*slash = '/';
		if (rc < 0)
			return rc;
	}
	return 0;
}

/*
 * The temporary file stands under .git where that is on the same disk, so
 * that nothing half-written ever shows in the work tree.
 */
static int open_beside(struct dsv_repo *repo, struct dsv_atomic *file,
		       const char *full, mode_t mode)
{
	char *tmp DSV_AUTO(str) = dsv_repo_own(repo, "tmp");
	char *folder DSV_AUTO(str) = dsv_strdup(full);
	struct stat a;
	struct stat b;
	int rc;

	*strrchr(folder, '/') = '\0';
	if (lstat(tmp, &a) < 0) {
		rc = dsv_fs_mkdirs(tmp);
		if (rc < 0)
			return rc;
		if (lstat(tmp, &a) < 0)
			return dsv_fail_errno(DSV_EIO, "'%s'", tmp);
	}
	if (lstat(*folder ? folder : "/", &b) < 0)
		return dsv_fail_errno(DSV_EIO, "'%s'", folder);
	return dsv_atomic_open(file, full, a.st_dev == b.st_dev ? tmp : NULL,
			       mode);
}

static int place(struct dsv_atomic *file, const char *full, struct stat *out)
{
	struct stat st;
	int rc;

	/* a folder may give way to a file when it is empty */
	if (lstat(full, &st) == 0 && S_ISDIR(st.st_mode))
		rmdir(full);
	rc = dsv_atomic_commit_fast(file, NULL);
	if (rc < 0)
		return rc;
	if (lstat(full, out) < 0)
		return dsv_fail_errno(DSV_EIO, "cannot read '%s'", full);
	return 0;
}

static mode_t create_mode(uint32_t mode)
{
	return mode == GIT_FILEMODE_BLOB_EXECUTABLE ? 0777 : 0666;
}

int dsv_work_write_bytes(struct dsv_repo *repo, const char *path, uint32_t mode,
			 const void *data, size_t len, struct stat *out)
{
	struct dsv_atomic file DSV_AUTO(atomic) = DSV_ATOMIC_INIT;
	char *full DSV_AUTO(str) = dsv_work_path(repo, path);
	int rc;

	rc = dsv_work_mkdirs(repo, path);
	if (rc == 0)
		rc = open_beside(repo, &file, full, create_mode(mode));
	if (rc == 0)
		rc = dsv_atomic_write(&file, data, len);
	if (rc == 0)
		rc = place(&file, full, out);
	return rc;
}

static int copy_stream(struct dsv_atomic *file, struct dsv_stream *in,
		       struct dsv_progress *progress)
{
	const char *piece;
	size_t len;
	int rc;

	while ((rc = dsv_stream_next(in, &piece, &len)) > 0) {
		rc = dsv_cancelled();
		if (rc == 0)
			rc = dsv_atomic_write(file, piece, len);
		if (rc < 0)
			return rc;
		dsv_progress_add(progress, len);
	}
	return rc;
}

/* A content of one chunk bears its name: no map, no threads. */
static int write_chunk(struct dsv_repo *repo, struct dsv_store *store,
		       const char *path, uint32_t mode,
		       const struct dsv_content *content, struct stat *out)
{
	struct dsv_buf bytes DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc;

	rc = dsv_store_has(store, DSV_OBJECT_CHUNK, &content->id);
	if (rc <= 0)
		return rc;
	rc = dsv_store_get(store, DSV_OBJECT_CHUNK, &content->id, &bytes);
	if (rc < 0)
		return rc;
	if (bytes.len != content->size)
		return dsv_fail(DSV_ECORRUPT,
				"content has %zu bytes, not "
				"the %llu its pointer says",
				bytes.len, (unsigned long long)content->size);
	rc = dsv_work_write_bytes(repo, path, mode, bytes.data, bytes.len, out);
	if (rc < 0)
		return rc;
	dsv_progress_add(repo->progress, bytes.len);
	return 1;
}

int dsv_work_write_content(struct dsv_repo *repo, const char *path,
			   uint32_t mode, const struct dsv_content *content,
			   struct stat *out)
{
	struct dsv_atomic file DSV_AUTO(atomic) = DSV_ATOMIC_INIT;
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	char *full DSV_AUTO(str) = dsv_work_path(repo, path);
	struct dsv_store *store;
	int rc;

	rc = dsv_repo_store(repo, &store);
	if (rc < 0)
		return rc;
	if (content->size <= DSV_CHUNK_MAX) {
		rc = write_chunk(repo, store, path, mode, content, out);
		if (rc != 0)
			return rc < 0 ? rc : 0;
	}
	rc = dsv_content_stream(&in, store, content);
	if (rc == 0)
		rc = dsv_work_mkdirs(repo, path);
	if (rc == 0)
		rc = open_beside(repo, &file, full, create_mode(mode));
	if (rc == 0)
		rc = copy_stream(&file, in, repo->progress);
	if (rc == 0)
		rc = place(&file, full, out);
	return rc;
}

/* False where a link stands among the folders above: what is behind it is no
 * part of the work tree. */
static bool has_real_folders(struct dsv_repo *repo, const char *path)
{
	char *full DSV_AUTO(str) = dsv_work_path(repo, path);
	char *slash = strchr(full + strlen(repo->workdir) + 1, '/');
	struct stat st;

	for (; slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (lstat(full, &st) < 0 || !S_ISDIR(st.st_mode))
			return false;
		*slash = '/';
	}
	return true;
}

int dsv_work_remove(struct dsv_repo *repo, const char *path)
{
	char *full DSV_AUTO(str) = dsv_work_path(repo, path);
	const size_t top = strlen(repo->workdir);
	char *slash;

	if (!has_real_folders(repo, path))
		return 0;
	if (unlink(full) < 0 && errno != ENOENT && errno != ENOTDIR)
		return dsv_fail_errno(DSV_EIO, "cannot remove '%s'", path);
	while ((slash = strrchr(full + top + 1, '/'))) {
		*slash = '\0';
		if (rmdir(full) < 0)
			break;
	}
	return 0;
}
