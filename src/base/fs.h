#ifndef BASE_FS_H
#define BASE_FS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include <dsv/buf.h>
#include <dsv/strlist.h>

/* Files and folders. Every failure names the path and the reason; what does not
 * exist is DSV_ENOTFOUND, anything else DSV_EIO. */

/** Whole file, at most limit bytes (DSV_ERANGE above). */
int dsv_fs_read(const char *path, size_t limit, struct dsv_buf *out);
bool dsv_fs_exists(const char *path);
bool dsv_fs_is_dir(const char *path);
/** mkdir -p */
int dsv_fs_mkdirs(const char *path);
/** What is not there is removed already. */
int dsv_fs_unlink(const char *path);
/** Names in a folder without . and .., sorted by bytes, in place of what out
 * held; none where there is no folder. */
int dsv_fs_list(const char *path, struct dsv_strlist *out);
/** Write all of it or fail, also on short writes. name is for messages. */
int dsv_fs_write_all(int fd, const void *data, size_t len, const char *name);
int dsv_fs_sync_dir(const char *path);
/** a + "/" + b, of the caller's. */
char *dsv_fs_join(const char *a, const char *b);

/** A file mapped read-only; len 0 maps nothing and data is "". */
struct dsv_mapped {
	const char *data;
	size_t len;
	void *base;
};

#define DSV_MAPPED_INIT \
	{               \
		0       \
	}

int dsv_mapped_open(struct dsv_mapped *out, const char *path);
void dsv_mapped_release(struct dsv_mapped *mapped);

DSV_AUTO_RELEASE(mapped)

#endif
