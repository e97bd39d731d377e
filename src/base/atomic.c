#include "base/atomic.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "base/fs.h"

#define SLOTS                                                       \
	64u /* temporary files open at once; more are not undone on \
	     * a signal, only on release */
#define PATH_CAP                                                         \
	4096u	  /* bytes, as Linux's PATH_MAX; longer cannot be opened \
		   */
#define TRIES 16u /* random names that may be taken */

enum slot_state { SLOT_FREE, SLOT_FILLING, SLOT_READY };

/*
 * What a signal handler must remove. It stands in static storage, because a
 * handler may neither lock nor touch memory that another thread may free.
 */
static struct slot {
	atomic_int state;
	pid_t owner; /* a forked child leaves its parent's files alone */
	char path[PATH_CAP];
} slots[SLOTS];

static int register_path(const char *path)
{
	size_t len = strlen(path);

	if (len >= PATH_CAP)
		return -1;
	for (unsigned i = 0; i < SLOTS; i++) {
		int expected = SLOT_FREE;

		if (!atomic_compare_exchange_strong(&slots[i].state, &expected,
						    SLOT_FILLING))
			continue;
		memcpy(slots[i].path, path, len + 1);
		slots[i].owner = getpid();
		atomic_store(&slots[i].state, SLOT_READY);
		return (int)i;
	}
	return -1;
}

static void forget_path(struct dsv_atomic *file)
{
	if (file->slot >= 0)
		atomic_store(&slots[file->slot].state, SLOT_FREE);
	file->slot = -1;
}

void dsv_undo_all(void)
{
	pid_t self = getpid();

	for (unsigned i = 0; i < SLOTS; i++) {
		if (atomic_load(&slots[i].state) == SLOT_READY &&
		    slots[i].owner == self)
			unlink(slots[i].path);
	}
}

/* The folder part of path, "." where there is none. */
static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return dsv_strdup(".");
	if (slash == path)
		return dsv_strdup("/");
	return dsv_strndup(path, (size_t)(slash - path));
}

static char *random_name(const char *folder)
{
	unsigned long long bits = 0;

	if (getrandom(&bits, sizeof(bits), 0) != sizeof(bits))
		bits = (unsigned long long)getpid();
	return dsv_strf("%s/.dsv-tmp-%d-%016llx", folder, (int)getpid(), bits);
}

/* Registered before it exists, so that no instant leaves a file behind. */
static int create_in(struct dsv_atomic *file, const char *folder, mode_t mode)
{
	for (unsigned i = 0; i < TRIES; i++) {
		char *path DSV_AUTO(str) = random_name(folder);

		file->slot = register_path(path);
		file->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
				mode);
		if (file->fd >= 0) {
			file->tmp_path = dsv_take(&path);
			return 0;
		}
		forget_path(file);
		if (errno != EEXIST)
			break;
	}
	return dsv_fail_errno(DSV_EIO, "cannot create a file in '%s'", folder);
}

int dsv_atomic_open(struct dsv_atomic *out, const char *path,
		    const char *tmp_dir, mode_t mode)
{
	struct dsv_atomic file DSV_AUTO(atomic) = DSV_ATOMIC_INIT;
	char *folder DSV_AUTO(str) = NULL;
	int rc;

	folder = tmp_dir ? dsv_strdup(tmp_dir) : folder_of(path);
	if (tmp_dir) {
		rc = dsv_fs_mkdirs(folder);
		if (rc < 0)
			return rc;
	}
	rc = create_in(&file, folder, mode);
	if (rc < 0)
		return rc;
	file.path = path ? dsv_strdup(path) : NULL;
	*out = file;
	file = (struct dsv_atomic)DSV_ATOMIC_INIT;
	return 0;
}

int dsv_atomic_lock(struct dsv_atomic *out, const char *path, mode_t mode)
{
	struct dsv_atomic file DSV_AUTO(atomic) = DSV_ATOMIC_INIT;
	char *lock DSV_AUTO(str) = dsv_strf("%s.lock", path);

	file.fd = open(lock, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (file.fd < 0 && errno == EEXIST)
		return dsv_fail(DSV_EEXISTS,
				"'%s' is locked by another "
				"program",
				path);
	if (file.fd < 0)
		return dsv_fail_errno(DSV_EIO, "cannot lock '%s'", path);
	file.slot = register_path(lock);
	file.tmp_path = dsv_take(&lock);
	file.path = dsv_strdup(path);
	*out = file;
	file = (struct dsv_atomic)DSV_ATOMIC_INIT;
	return 0;
}

int dsv_atomic_write(struct dsv_atomic *file, const void *data, size_t len)
{
	return dsv_fs_write_all(file->fd, data, len,
				file->path ? file->path : file->tmp_path);
}

/* Some systems report a full disk only here. */
static int close_file(struct dsv_atomic *file, const char *path)
{
	int fd = file->fd;

	file->fd = -1;
	if (close(fd) != 0 && errno != EINTR)
		return dsv_fail_errno(DSV_EIO, "cannot write '%s'", path);
	return 0;
}

static int put_in_place(struct dsv_atomic *file, const char *path)
{
	int rc;

	rc = close_file(file, path);
	if (rc < 0)
		return rc;
	if (rename(file->tmp_path, path) != 0)
		return dsv_fail_errno(DSV_EIO, "cannot write '%s'", path);
	forget_path(file);
	free(file->tmp_path);
	file->tmp_path = NULL;
	return 0;
}

int dsv_atomic_commit(struct dsv_atomic *file, const char *path)
{
	const char *target = path ? path : file->path;
	char *folder DSV_AUTO(str) = folder_of(target);
	int rc;

	if (fsync(file->fd) != 0)
		return dsv_fail_errno(DSV_EIO, "cannot write '%s'", target);
	rc = put_in_place(file, target);
	if (rc < 0)
		return rc;
	return dsv_fs_sync_dir(folder);
}

int dsv_atomic_commit_fast(struct dsv_atomic *file, const char *path)
{
	return put_in_place(file, path ? path : file->path);
}

void dsv_atomic_release(struct dsv_atomic *file)
{
	if (file->fd >= 0)
		close(file->fd);
	if (file->tmp_path)
		unlink(file->tmp_path);
	forget_path(file);
	free(file->tmp_path);
	free(file->path);
	*file = (struct dsv_atomic)DSV_ATOMIC_INIT;
}

int dsv_atomic_put(const char *path, const void *data, size_t len, mode_t mode)
{
	struct dsv_atomic file DSV_AUTO(atomic) = DSV_ATOMIC_INIT;
	int rc;

	rc = dsv_atomic_open(&file, path, NULL, mode);
	if (rc < 0)
		return rc;
	rc = dsv_atomic_write(&file, data, len);
	if (rc < 0)
		return rc;
	return dsv_atomic_commit(&file, NULL);
}
