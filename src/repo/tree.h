#ifndef REPO_TREE_H
#define REPO_TREE_H

#include <dsv/repo.h>

/* The files of a version, and what differs between two. */
struct dsv_entry {
	struct dsv_oid blob; /* zero: a work tree file that is not hashed */
	uint32_t mode;	     /* as in git: 0100644, 0120000, 0160000...; 0: no
			      * such file */
};

struct dsv_file {
	char *path;
	struct dsv_entry entry;
};

struct dsv_files {
	struct dsv_file *items; /* sorted by raw path bytes */
	size_t n;
	size_t cap;
};

#define DSV_FILES_INIT \
	{              \
		0      \
	}

/** All files that match any of the pathspecs (git's rules; NULL or empty: all
 * files). Of the work tree: the files that the index has. */
int dsv_tree_list(struct dsv_repo *repo, const struct dsv_version *version,
		  const struct dsv_strlist *pathspecs, struct dsv_files *out);
void dsv_files_release(struct dsv_files *files);

/** One file; entry.mode 0 where there is none. */
int dsv_tree_entry(struct dsv_repo *repo, const struct dsv_version *version,
		   const char *path, struct dsv_entry *out);

/* A path whose file differs. */
struct dsv_delta {
	char *path;	/* in the newer version */
	char *old_path; /* another path where a rename was found, else NULL */
	struct dsv_entry from;
	struct dsv_entry to;
};

struct dsv_deltas {
	struct dsv_delta *items; /* sorted by path */
	size_t n;
	size_t cap;
};

#define DSV_DELTAS_INIT \
	{               \
		0       \
	}

/** What differs. Renames are found by equal blobs only. Two commits share
 * sub-trees, so the cost follows the change. A work tree side lists files
 * whose stat or content differs from the index. */
int dsv_tree_diff(struct dsv_repo *repo, const struct dsv_version *from,
		  const struct dsv_version *to,
		  const struct dsv_strlist *pathspecs, struct dsv_deltas *out);
void dsv_deltas_release(struct dsv_deltas *deltas);

/** True when path matches one of git's pathspecs. */
bool dsv_pathspec_match(const struct dsv_strlist *pathspecs, const char *path);

DSV_AUTO_RELEASE(files)
DSV_AUTO_RELEASE(deltas)

#endif
