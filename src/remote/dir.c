#include "remote/dir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "base/fs.h"

#define PIECE_LEN (1024u * 1024u)

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The path of "file://[localhost]/a%20b". */
static char *path_of_url(const char *url)
{
	static const char head[] = "file://";
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;

	if (strncmp(url, head, sizeof(head) - 1) != 0)
		return dsv_strdup(url);
	url += sizeof(head) - 1;
	if (strncmp(url, "localhost/", 10) == 0)
		url += 9;
	for (; *url; url++) {
		int high = *url == '%' ? hex_digit(url[1]) : -1;
		int low = high >= 0 ? hex_digit(url[2]) : -1;

		if (low < 0) {
			dsv_buf_addch(&out, *url);
			continue;
		}
		dsv_buf_addch(&out, (char)(high * 16 + low));
		url += 2;
	}
	return dsv_strdup(dsv_buf_str(&out));
}

/* As git does: relative to the top of the work tree. */
static char *absolute(struct dsv_repo *repo, char *path)
{
	const char *top = repo ? dsv_repo_workdir(repo) : NULL;
	char *joined;

	if (path[0] == '/')
		return path;
	if (!top && repo)
		top = dsv_repo_git_dir(repo);
	joined = dsv_fs_join(top ? top : ".", path);
	free(path);
	return joined;
}

static int dir_open(struct dsv_remote **out, struct dsv_repo *repo,
		    const char *url)
{
	struct dsv_dir *dir;
	char *path = path_of_url(url);

	if (!*path) {
		free(path);
		return dsv_fail(DSV_EUSAGE, "'%s' names no folder", url);
	}
	dir = dsv_alloc_zero(1, sizeof(*dir));
	dir->remote.ops = &dsv_remote_dir;
	dir->remote.url = dsv_strdup(url);
	dir->path = absolute(repo, path);
	*out = &dir->remote;
	return 0;
}

static void dir_free(struct dsv_remote **remotep)
{
	struct dsv_dir *dir = dsv_dir_of(dsv_take(remotep));

	free(dir->remote.url);
	free(dir->path);
	free(dir);
}

static int fail_open(const char *name)
{
	if (errno == ENOENT)
		return dsv_fail(DSV_ENOTFOUND, "'%s' is not there", name);
	if (errno == ELOOP || errno == ENOTDIR)
		return dsv_fail(DSV_EIO, "'%s' is a symbolic link or no folder",
				name);
	return dsv_fail_errno(DSV_EIO, "cannot open '%s'", name);
}

/* The folder below that holds the file, *base is its name there; or negative.
 * Only the folder itself may be a symbolic link. */
static int open_folder(const struct dsv_dir *dir, const char *name,
		       const char **base)
{
	const char *slash = strchr(name, '/');
	char *part DSV_AUTO(str) = NULL;
	int top = open(dir->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int below;

	*base = slash ? slash + 1 : name;
	if (top < 0)
		return fail_open(dir->path);
	if (!slash)
		return top;
	part = dsv_strndup(name, (size_t)(slash - name));
	below = openat(top, part,
		       O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (below < 0)
		below = fail_open(part);
	close(top);
	return below;
}

/* An ordinary file, open for reading. */
static int open_file(const struct dsv_dir *dir, const char *name,
		     struct stat *st)
{
	const char *base;
	int folder = open_folder(dir, name, &base);
	int fd;

	if (folder < 0)
		return folder;
	fd = openat(folder, base,
		    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		fd = fail_open(name);
	close(folder);
	if (fd < 0 || (fstat(fd, st) == 0 && S_ISREG(st->st_mode)))
		return fd;
	close(fd);
	return dsv_fail(DSV_EIO, "'%s' is no ordinary file", name);
}

/* A folder that is there and has another marker is not ours to read. */
int dsv_dir_check(struct dsv_dir *dir)
{
	char text[sizeof(DSV_DIR_MARK)] = "";
	struct stat st;
	ssize_t n;
	int fd;

	if (dir->marked)
		return 0;
	fd = open_file(dir, DSV_DIR_MARKER, &st);
	if (fd == DSV_ENOTFOUND) {
		dsv_error_clear();
		return 0;
	}
	if (fd < 0)
		return fd;
	n = read(fd, text, sizeof(text));
	close(fd);
	if (n != (ssize_t)sizeof(DSV_DIR_MARK) - 1 ||
	    memcmp(text, DSV_DIR_MARK, sizeof(DSV_DIR_MARK) - 1) != 0)
		return dsv_fail(DSV_EUNSUPPORTED,
				"a store of a version that this dsv does not "
				"know");
	dir->marked = true;
	return 0;
}

static int list_folder(const struct dsv_dir *dir, const char *folder,
		       dsv_remote_found_fn found, void *ctx)
{
	char *path DSV_AUTO(str) =
		folder ? dsv_fs_join(dir->path, folder) : dsv_strdup(dir->path);
	struct dsv_strlist names DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct stat st;
	int rc;

	/* the store's own folder may be a link, what is below may not */
	if (folder && (lstat(path, &st) != 0 || !S_ISDIR(st.st_mode)))
		return 0;
	rc = dsv_fs_list(path, &names);
	for (size_t i = 0; rc == 0 && i < names.n; i++) {
		char *file DSV_AUTO(str) = dsv_fs_join(path, names.items[i]);
		char *name DSV_AUTO(str) =
			folder ? dsv_fs_join(folder, names.items[i])
			       : dsv_strdup(names.items[i]);

		if (lstat(file, &st) == 0 && S_ISREG(st.st_mode))
			rc = found(ctx, name, (uint64_t)st.st_size);
	}
	return rc;
}

/* A prefix says the folder, and perhaps how names in it begin, which the
 * caller looks at. */
static int dir_list(struct dsv_remote *remote, const char *prefix,
		    dsv_remote_found_fn found, void *ctx)
{
	static const char *const folders[] = {NULL, "packs", "tombstones"};
	struct dsv_dir *dir = dsv_dir_of(remote);
	int rc = dsv_dir_check(dir);

	for (size_t i = 0; rc == 0 && i < sizeof(folders) / sizeof(*folders);
	     i++) {
		char *head DSV_AUTO(str) =
			folders[i] ? dsv_strf("%s/", folders[i]) : NULL;
		size_t len = head ? strlen(head) : 0;
		size_t n = strlen(prefix) < len ? strlen(prefix) : len;

		if ((head && memcmp(head, prefix, n) != 0) ||
		    (!head && strchr(prefix, '/')))
			continue;
		rc = list_folder(dir, folders[i], found, ctx);
	}
	return rc;
}

int dsv_dir_stat(struct dsv_remote *remote, const char *name,
		 uint64_t *out_size)
{
	struct stat st;
	int fd = open_file(dsv_dir_of(remote), name, &st);

	if (fd == DSV_ENOTFOUND) {
		dsv_error_clear();
		return 0;
	}
	if (fd < 0)
		return fd;
	close(fd);
	*out_size = (uint64_t)st.st_size;
	return 1;
}

static int read_some(int fd, char *to, size_t len, uint64_t at)
{
	for (;;) {
		ssize_t n = pread(fd, to, len, (off_t)at);

		if (n >= 0)
			return (int)n;
		if (errno != EINTR)
			return dsv_fail_errno(DSV_EIO, "cannot read");
		if (dsv_cancelled() < 0)
			return DSV_ECANCELLED;
	}
}

static int fail_short(const char *name)
{
	return dsv_fail(DSV_EIO, "'%s' ends too early", name);
}

static int get_from(int fd, const char *name,
		    const struct dsv_remote_range *range, uint64_t len,
		    struct dsv_buf *out)
{
	uint64_t at = range->from;
	uint64_t end = range->from + len;

	while (at < end) {
		size_t want = end - at < PIECE_LEN ? end - at : PIECE_LEN;
		char *to = dsv_buf_reserve(out, want);
		int n = read_some(fd, to, want, at);

		if (n <= 0)
			return n < 0 ? n : fail_short(name);
		out->len += (size_t)n;
		dsv_buf_truncate(out, out->len);
		at += (uint64_t)n;
	}
	return 0;
}

static int dir_get(struct dsv_remote *remote, const char *name,
		   const struct dsv_remote_range *range, struct dsv_buf *out)
{
	uint64_t len = range->len;
	struct stat st;
	uint64_t size;
	int fd = open_file(dsv_dir_of(remote), name, &st);
	int rc;

	if (fd < 0)
		return fd;
	size = (uint64_t)st.st_size;
	if (len == DSV_REMOTE_ALL && range->from <= size)
		len = size - range->from;
	/* told before it is read, so that no length can be made up */
	if (range->from > size || len > size - range->from)
		rc = fail_short(name);
	else
		rc = get_from(fd, name, range, len, out);
	close(fd);
	return rc;
}

static int copy_to(int from_fd, uint64_t at, int fd,
		   struct dsv_progress *progress)
{
	char *piece DSV_AUTO(str) = dsv_alloc(PIECE_LEN);
	int n;
	int rc;

	while ((n = read_some(from_fd, piece, PIECE_LEN, at)) > 0) {
		rc = dsv_cancelled();
		if (rc == 0)
			rc = dsv_fs_write_all(fd, piece, (size_t)n,
					      "what was fetched");
		if (rc < 0)
			return rc;
		at += (uint64_t)n;
		dsv_progress_add(progress, (uint64_t)n);
	}
	return n;
}

static int dir_get_file(struct dsv_remote *remote, const char *name,
			uint64_t from, int fd, struct dsv_progress *progress)
{
	struct stat st;
	int in = open_file(dsv_dir_of(remote), name, &st);
	int rc;

	if (in < 0)
		return in;
	if (lseek(fd, 0, SEEK_END) < 0)
		rc = dsv_fail_errno(DSV_EIO, "cannot write");
	else if (from > (uint64_t)st.st_size)
		rc = fail_short(name);
	else
		rc = copy_to(in, from, fd, progress);
	close(in);
	return rc;
}

static int dir_drop(struct dsv_remote *remote, const char *name)
{
	const char *base;
	int folder = open_folder(dsv_dir_of(remote), name, &base);
	int rc = 0;

	if (folder == DSV_ENOTFOUND) {
		dsv_error_clear();
		return 0;
	}
	if (folder < 0)
		return folder;
	if (unlinkat(folder, base, 0) != 0 && errno != ENOENT)
		rc = dsv_fail_errno(DSV_EIO, "cannot remove '%s'", name);
	else if (fsync(folder) != 0)
		rc = dsv_fail_errno(DSV_EIO, "cannot remove '%s'", name);
	close(folder);
	return rc;
}

const struct dsv_remote_ops dsv_remote_dir = {
	.scheme = "file",
	.open = dir_open,
	.free = dir_free,
	.list = dir_list,
	.stat = dsv_dir_stat,
	.get = dir_get,
	.get_file = dir_get_file,
	.put = dsv_dir_put,
	.drop = dir_drop,
};
