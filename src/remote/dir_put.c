#include "remote/dir.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "base/atomic.h"
#include "base/digest.h"
#include "base/fs.h"
#include "base/stream.h"

#define MODE 0444 /* nobody changes what has a name */

/* A folder of this path that is no symbolic link, made where there is none;
 * what stands above it must be there, for else a disk is not mounted. */
static int make_folder(const char *path, bool below)
{
	struct stat st;

	if (mkdir(path, 0777) != 0 && errno != EEXIST)
		return dsv_fail_errno(errno == ENOENT ? DSV_ENOTFOUND : DSV_EIO,
				      "cannot make the folder '%s'", path);
	if ((below ? lstat(path, &st) : stat(path, &st)) == 0 &&
	    S_ISDIR(st.st_mode))
		return 0;
	return dsv_fail(DSV_EIO, "'%s' is no folder", path);
}

static int write_marker(struct dsv_dir *dir)
{
	char *path DSV_AUTO(str) = dsv_fs_join(dir->path, DSV_DIR_MARKER);
	int rc = dsv_dir_check(dir);

	if (rc == 0 && !dir->marked)
		rc = dsv_atomic_put(path, DSV_DIR_MARK,
				    sizeof(DSV_DIR_MARK) - 1, MODE);
	if (rc == 0)
		dir->marked = true;
	return rc;
}

/* The folders that a file needs, and the marker. */
static int make_place(struct dsv_dir *dir, const char *name)
{
	char *folder DSV_AUTO(str) = NULL;
	char *tmp DSV_AUTO(str) = dsv_fs_join(dir->path, "tmp");
	const char *slash = strchr(name, '/');
	int rc;

	rc = make_folder(dir->path, false);
	if (rc == 0)
		rc = make_folder(tmp, true);
	if (rc == 0)
		rc = write_marker(dir);
	if (rc < 0 || !slash)
		return rc;
	folder = dsv_strf("%s/%.*s", dir->path, (int)(slash - name), name);
	rc = make_folder(folder, true);
	return rc < 0 ? rc : dsv_fs_sync_dir(dir->path);
}

/* The bytes must be those that were announced: a file that changed under the
 * hands would get a name that it does not deserve. */
static int write_source(struct dsv_atomic *file,
			const struct dsv_remote_source *source,
			struct dsv_stream *in, struct dsv_progress *progress)
{
	struct dsv_digest digest DSV_AUTO(digest);
	struct dsv_id actual;
	const char *piece;
	size_t len;
	int rc;

	dsv_digest_init(&digest);
	while ((rc = dsv_stream_next(in, &piece, &len)) > 0) {
		dsv_digest_update(&digest, piece, len);
		rc = dsv_cancelled();
		if (rc == 0)
			rc = dsv_atomic_write(file, piece, len);
		if (rc < 0)
			return rc;
		dsv_progress_add(progress, len);
	}
	if (rc < 0)
		return rc;
	dsv_digest_final(&digest, &actual);
	if (!dsv_id_equal(&actual, source->sha256))
		return dsv_fail(DSV_ECORRUPT, "'%s' is damaged here",
				source->path ? source->path : "what is put");
	return 0;
}

static int write_file(struct dsv_atomic *file,
		      const struct dsv_remote_source *source,
		      struct dsv_progress *progress)
{
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	int fd = -1;
	int rc;

	if (source->path) {
		fd = open(source->path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			return dsv_fail_errno(DSV_EIO, "cannot read '%s'",
					      source->path);
		dsv_stream_of_fd(&in, fd, source->path);
	} else {
		dsv_stream_of_memory(&in, source->data->data,
				     source->data->len);
	}
	rc = write_source(file, source, in, progress);
	if (fd >= 0)
		close(fd);
	return rc;
}

int dsv_dir_put(struct dsv_remote *remote, const char *name,
		const struct dsv_remote_source *source,
		struct dsv_progress *progress)
{
	struct dsv_dir *dir = dsv_dir_of(remote);
	struct dsv_atomic file DSV_AUTO(atomic) = DSV_ATOMIC_INIT;
	char *path DSV_AUTO(str) = dsv_fs_join(dir->path, name);
	char *tmp DSV_AUTO(str) = dsv_fs_join(dir->path, "tmp");
	uint64_t size;
	int rc;

	rc = make_place(dir, name);
	if (rc == 0)
		rc = dsv_dir_stat(remote, name, &size);
	if (rc != 0)
		return rc < 0 ? rc : 0;
	rc = dsv_atomic_open(&file, path, tmp, MODE);
	if (rc == 0)
		rc = write_file(&file, source, progress);
	if (rc == 0)
		rc = dsv_atomic_commit(&file, NULL);
	return rc < 0 ? rc : 1;
}
