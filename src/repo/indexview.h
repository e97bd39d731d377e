#ifndef REPO_INDEXVIEW_H
#define REPO_INDEXVIEW_H

#include <git2.h>
#include <time.h>

#include <dsv/repo.h>

#include "base/arena.h"
#include "base/fs.h"
#include "repo/tree.h"

/*
 * Git's index for reading: one state of the file, mapped. Several times
 * quicker than libgit2, which copies every entry and verifies the checksum of
 * the whole (git does neither); what is out of the ordinary is left to it.
 */
struct dsv_index_view {
	git_index_entry *items; /* sorted by path, then stage */
	size_t n;
	struct timespec at; /* when the file was last written */
	bool has_tree;	    /* the tree that the entries make, if known */
	struct dsv_oid tree;
	struct dsv_mapped file;
	struct dsv_arena paths;
};

#define DSV_INDEX_VIEW_INIT \
	{                   \
		0           \
	}

/** No index is an empty one; in a bare repository DSV_EUSAGE. */
int dsv_index_view_open(struct dsv_index_view *out, struct dsv_repo *repo);
/** The bytes of an index file, borrowed. False: not one that is read here. */
bool dsv_index_view_parse(struct dsv_index_view *out, const char *data,
			  size_t len);
void dsv_index_view_release(struct dsv_index_view *view);

/* One path with all its stages. */
struct dsv_index_path {
	const char *path;
	struct dsv_entry entry; /* stage 0, else 2, else 3; else mode 0 */
	bool unmerged;
};

/** The path whose first entry is number i; returns the number behind its
 * last. An intent to add has entry.mode 0. */
size_t dsv_index_path_at(const struct dsv_index_view *view, size_t i,
			 struct dsv_index_path *out);
/** Number of the first entry whose path is not less than path. */
size_t dsv_index_view_find(const struct dsv_index_view *view, const char *path);

DSV_AUTO_RELEASE(index_view)

#endif
