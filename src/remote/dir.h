#ifndef REMOTE_DIR_H
#define REMOTE_DIR_H

#include "remote/remote.h"

/*
 * A folder of this machine or of one that is mounted. Files are written under
 * tmp/ and renamed, so several may write at once and a reader sees whole files
 * alone. No symbolic link below the folder is followed: whoever else may write
 * there decides neither what is read nor where something is written.
 */
#define DSV_DIR_MARKER "dsv-store"
#define DSV_DIR_MARK   "dsv-store 1\n"

struct dsv_dir {
	struct dsv_remote remote;
	char *path;
	bool marked; /* it is a store of a version that we know */
};

static inline struct dsv_dir *dsv_dir_of(struct dsv_remote *remote)
{
	return (struct dsv_dir *)remote;
}

/** A folder that is there and has another marker is not ours. */
int dsv_dir_check(struct dsv_dir *dir);
int dsv_dir_stat(struct dsv_remote *remote, const char *name,
		 uint64_t *out_size);
int dsv_dir_put(struct dsv_remote *remote, const char *name,
		const struct dsv_remote_source *source,
		struct dsv_progress *progress);

#endif
