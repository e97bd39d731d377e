#ifndef BASE_ATOMIC_H
#define BASE_ATOMIC_H

#include <stddef.h>
#include <sys/types.h>

#include <dsv/auto.h>

/*
 * A file that appears whole or not at all: temporary file in the folder
 * of tmp_dir (or beside the target), fsync, rename, fsync of the folder.
 * Undone on release without commit, and by dsv_undo_all(), which a
 * signal handler may call.
 */
struct dsv_atomic {
	int fd;
	char *path; /* the target; NULL: named at commit */
	char *tmp_path;
	int slot;
};

#define DSV_ATOMIC_INIT              \
	{                            \
		.fd = -1, .slot = -1 \
	}

/** tmp_dir NULL: the target's folder; else it is made where it is not there,
 * on the target's file system. mode as in open(2), less umask. */
int dsv_atomic_open(struct dsv_atomic *out, const char *path,
		    const char *tmp_dir, mode_t mode);
/** As git locks a file that it will rewrite: the temporary file is
 * "<path>.lock", and DSV_EEXISTS says that another holds it. */
int dsv_atomic_lock(struct dsv_atomic *out, const char *path, mode_t mode);
int dsv_atomic_write(struct dsv_atomic *file, const void *data, size_t len);
/** path NULL: as opened. */
int dsv_atomic_commit(struct dsv_atomic *file, const char *path);
/** For what may be lost and is checked on read (caches, work files): no
 * fsync. */
int dsv_atomic_commit_fast(struct dsv_atomic *file, const char *path);
void dsv_atomic_release(struct dsv_atomic *file);

/** One shot. */
int dsv_atomic_put(const char *path, const void *data, size_t len, mode_t mode);

DSV_AUTO_RELEASE(atomic)

#endif
