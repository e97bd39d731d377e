#ifndef REPO_WORKFILE_H
#define REPO_WORKFILE_H

#include <git2.h>
#include <stdbool.h>
#include <sys/stat.h>

#include <dsv/buf.h>
#include <dsv/repo.h>

/* Files of the work tree, read and written with care. */

/** Absolute path, of the caller's. */
char *dsv_work_path(const struct dsv_repo *repo, const char *path);

/** lstat; 1 there, 0 not there (or a folder is a file), negative. */
int dsv_work_stat(struct dsv_repo *repo, const char *path, struct stat *out);

/** The mode that git gives a file: 0100644, 0100755, 0120000, 0160000 or
 * 0040000 for a folder, 0 for what git cannot hold. known is the mode in the
 * index (0: none), which decides where core.fileMode is off. */
uint32_t dsv_work_mode(struct dsv_repo *repo, const struct stat *st,
		       uint32_t known);

/** True for a file that is there and may not be read: to status it is one that
 * differs, and whoever needs its content meets the reason. */
bool dsv_work_is_unreadable(const struct dsv_repo *repo, const char *path);

/** What a file holds: 1 an exact pointer, 0 data, DSV_ECORRUPT a damaged
 * pointer (named). Costs nothing where size alone says no. */
int dsv_work_pointer(struct dsv_repo *repo, const char *path,
		     const struct stat *st, struct dsv_content *out);

/** Make the folders above path. DSV_EREFUSED where a link or a file stands in
 * the way. */
int dsv_work_mkdirs(struct dsv_repo *repo, const char *path);

/**
 * Write a data file from the store, verified before it takes its place.
 *
 * @error  DSV_EMISSING  the content is not here: nothing is written
 */
int dsv_work_write_content(struct dsv_repo *repo, const char *path,
			   uint32_t mode, const struct dsv_content *content,
			   struct stat *out);
/** The same for bytes at hand. */
int dsv_work_write_bytes(struct dsv_repo *repo, const char *path, uint32_t mode,
			 const void *data, size_t len, struct stat *out);
/** Remove a file and the folders that become empty. 0 also where it is not
 * there. */
int dsv_work_remove(struct dsv_repo *repo, const char *path);

#endif
