#ifndef DSV_STAGE_H
#define DSV_STAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dsv/auto.h>
#include <dsv/repo.h>
#include <dsv/strlist.h>

/*
 * Files of the work tree into the index.
 *
 *	struct dsv_staged staged DSV_AUTO(staged) = DSV_STAGED_INIT;
 *	struct dsv_stage_opts opts = { .paths = &paths };
 *	rc = dsv_stage(repo, &opts, &staged);
 *
 * What stands behind filter=dsv goes into the store, all files of one call in
 * one pack, and the index gets its pointer; other files go to git as they are.
 * The pack is durable before the git objects, these before the index, and the
 * index changes as a whole or not at all: a failed call stages nothing.
 */
enum dsv_path_change {
	DSV_PATH_ADDED = 'A',
	DSV_PATH_MODIFIED = 'M',
	DSV_PATH_DELETED = 'D',
	DSV_PATH_RENAMED = 'R',
	DSV_PATH_TYPE = 'T', /* file, link, submodule */
};

/* One side of a change. */
struct dsv_path_side {
	struct dsv_oid blob; /* zero: not there, or not hashed */
	uint32_t mode;	     /* as in git; 0: not there */
	bool is_pointer;     /* content is set */
	struct dsv_content content;
};

struct dsv_staged_file {
	char *path;
	enum dsv_path_change change;
	struct dsv_path_side from; /* the index, before */
	struct dsv_path_side to;
};

struct dsv_staged {
	struct dsv_staged_file *items; /* what changed, sorted by path */
	size_t n;
	size_t cap;
	uint64_t bytes; /* of data files that were read */
};

#define DSV_STAGED_INIT \
	{               \
		0       \
	}

struct dsv_stage_opts {
	const struct dsv_strlist *paths; /* pathspecs of the repository */
	bool all;	  /* -A: new, changed and removed files, everywhere when
			   * there are no paths */
	bool update;	  /* -u: only files that the index has */
	bool renormalize; /* clean tracked files anew; implies update */
	bool force;	  /* ignored files too */
};

/**
 * @error  DSV_ENOTFOUND  a pathspec that no file matches
 *         DSV_EREFUSED   an ignored file (hint: --force), a file behind
 *                        another program's filter (hint: git add)
 *         DSV_ECORRUPT   a damaged pointer
 *         DSV_EIO        a file that changed while it was read
 */
int dsv_stage(struct dsv_repo *repo, const struct dsv_stage_opts *opts,
	      struct dsv_staged *out);
void dsv_staged_release(struct dsv_staged *staged);

DSV_AUTO_RELEASE(staged)

#endif
