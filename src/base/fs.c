#include "base/fs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <dsv/error.h>

#include "base/alloc.h"

#define READ_STEP (64u * 1024u) /* bytes, where the size is not known */

static void close_auto(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

#define AUTO_CLOSE __attribute__((cleanup(close_auto)))

/* The code that tells absence from every other refusal. */
static int fail_path(const char *what, const char *path)
{
	int code = DSV_EIO;

	if (errno == ENOENT || errno == ENOTDIR)
		code = DSV_ENOTFOUND;
	return dsv_fail_errno(code, "cannot %s '%s'", what, path);
}

static int open_read(const char *path, int *out_fd, struct stat *out_stat)
{
	int fd AUTO_CLOSE = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, out_stat) != 0)
		return fail_path("read", path);
	if (S_ISDIR(out_stat->st_mode)) {
		errno = EISDIR;
		return fail_path("read", path);
	}
	*out_fd = fd;
	fd = -1;
	return 0;
}

static ssize_t read_some(int fd, char *to, size_t len)
{
	ssize_t n;

	do {
		n = read(fd, to, len);
	} while (n < 0 && errno == EINTR);
	return n;
}

/* One byte more than limit is asked for, to tell "at" from "above". */
static int read_to_end(int fd, size_t limit, size_t hint, const char *path,
		       struct dsv_buf *out)
{
	size_t step = hint < limit ? hint + 1 : READ_STEP;

	for (;;) {
		char *to = dsv_buf_reserve(out, step);
		ssize_t n = read_some(fd, to, step);

		if (n < 0)
			return fail_path("read", path);
		dsv_buf_reserve(out, (size_t)n);
		out->len += (size_t)n;
		if (out->len > limit)
			return dsv_fail(DSV_ERANGE,
					"'%s' is larger than %zu bytes", path,
					limit);
		if (n == 0)
			return 0;
		if (step < READ_STEP)
			step = READ_STEP;
	}
}

int dsv_fs_read(const char *path, size_t limit, struct dsv_buf *out)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	int fd AUTO_CLOSE = -1;
	struct stat st;
	int rc;

	rc = open_read(path, &fd, &st);
	if (rc < 0)
		return rc;
	rc = read_to_end(fd, limit, (size_t)st.st_size, path, &text);
	if (rc < 0)
		return rc;
	dsv_buf_truncate(&text, text.len);
	dsv_buf_swap(out, &text);
	return 0;
}

bool dsv_fs_exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

bool dsv_fs_is_dir(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* A folder that is there is fine, also where we may not make one. */
static int make_dir(const char *path)
{
	int err;

	if (mkdir(path, 0777) == 0)
		return 0;
	err = errno;
	if (dsv_fs_is_dir(path))
		return 0;
	errno = err == EEXIST ? ENOTDIR : err;
	return dsv_fail_errno(DSV_EIO, "cannot make folder '%s'", path);
}

int dsv_fs_mkdirs(const char *path)
{
	char *part DSV_AUTO(str) = NULL;

	if (dsv_fs_is_dir(path))
		return 0;
	part = dsv_strdup(path);
	for (char *at = part; (at = strchr(at, '/')); at++) {
		int rc;

		if (at == part || at[-1] == '/')
			continue;
		*at = '\0';
		rc = make_dir(part);
		*at = '/';
		if (rc < 0)
			return rc;
	}
	return make_dir(path);
}

int dsv_fs_unlink(const char *path)
{
	if (unlink(path) != 0 && errno != ENOENT)
		return dsv_fail_errno(DSV_EIO, "cannot remove '%s'", path);
	return 0;
}

static void closedir_auto(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

int dsv_fs_list(const char *path, struct dsv_strlist *out)
{
	DIR *dir __attribute__((cleanup(closedir_auto))) = opendir(path);
	struct dsv_strlist names DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dirent *entry;

	if (!dir && errno != ENOENT)
		return dsv_fail_errno(DSV_EIO, "cannot list '%s'", path);
	errno = 0;
	while (dir && (entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			dsv_strlist_add(&names, entry->d_name);
		errno = 0;
	}
	if (dir && errno != 0)
		return dsv_fail_errno(DSV_EIO, "cannot list '%s'", path);
	dsv_strlist_sort(&names);
	dsv_strlist_release(out);
	*out = names;
	names = (struct dsv_strlist)DSV_STRLIST_INIT;
	return 0;
}

int dsv_fs_write_all(int fd, const void *data, size_t len, const char *name)
{
	const char *at = data;

	while (len > 0) {
		ssize_t n = write(fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			errno = ENOSPC;
		if (n <= 0)
			return dsv_fail_errno(DSV_EIO, "cannot write '%s'",
					      name);
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

int dsv_fs_sync_dir(const char *path)
{
	int fd AUTO_CLOSE = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return fail_path("open folder", path);
	/* some file systems cannot sync a folder and say EINVAL */
	if (fsync(fd) != 0 && errno != EINVAL)
		return dsv_fail_errno(DSV_EIO, "cannot sync folder '%s'", path);
	return 0;
}

char *dsv_fs_join(const char *a, const char *b)
{
	size_t len = strlen(a);

	return dsv_strf("%s%s%s", a, len && a[len - 1] == '/' ? "" : "/", b);
}

int dsv_mapped_open(struct dsv_mapped *out, const char *path)
{
	int fd AUTO_CLOSE = -1;
	struct stat st;
	void *base;
	int rc;

	rc = open_read(path, &fd, &st);
	if (rc < 0)
		return rc;
	if (st.st_size == 0) {
		*out = (struct dsv_mapped){.data = ""};
		return 0;
	}
	base = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (base == MAP_FAILED)
		return dsv_fail_errno(DSV_EIO, "cannot map '%s'", path);
	*out = (struct dsv_mapped){
		.data = base, .len = (size_t)st.st_size, .base = base};
	return 0;
}

void dsv_mapped_release(struct dsv_mapped *mapped)
{
	if (mapped->base)
		munmap(mapped->base, mapped->len);
	*mapped = (struct dsv_mapped)DSV_MAPPED_INIT;
}
