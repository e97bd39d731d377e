#ifndef REPO_WORKTREE_H
#define REPO_WORKTREE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include <dsv/repo.h>

#include "base/arena.h"
#include "repo/tree.h"

/*
 * The work tree against the index. Files are told apart by stat, over the
 * pool; only where that says nothing (touched, or written in the instant in
 * which the index was) by content: what stands behind a pointer by its
 * SHA-256, anything else by git's hash with git's conversions.
 */
enum dsv_work_state {
	DSV_WORK_UNCHANGED,
	DSV_WORK_MODIFIED, /* content or executable bit */
	DSV_WORK_DELETED,
	DSV_WORK_TYPE_CHANGED, /* a link for a file, ... */
	DSV_WORK_UNMERGED,     /* the index has stages 1 to 3 only */
};

struct dsv_work_file {
	const char *path;
	struct dsv_entry index; /* of an unmerged path: ours, else theirs.
				 * mode 0: only the intent to add (add -N) */
	enum dsv_work_state state;
	uint32_t mode; /* of the work file, 0: there is none */
	bool stale;    /* unchanged, but the stat of the index entry is not */
	uint32_t index_size; /* of the work file, as the index has it */
	size_t at;	 /* the entry's place in the index, as it was read */
	struct stat *st; /* of a stale one; lent by the tree */
};

struct dsv_worktree {
	struct dsv_work_file *items; /* all that match, sorted by path */
	size_t n;
	size_t cap;
	size_t n_stale;
	struct stat *stats; /* of those whose content was read */
	struct dsv_arena paths;
};

#define DSV_WORKTREE_INIT \
	{                 \
		0         \
	}

enum dsv_worktree_flags {
	/* what stat cannot tell is taken for modified, nothing is read */
	DSV_WORKTREE_STAT_ONLY = 1u << 0,
};

/** DSV_EUSAGE in a bare repository. */
int dsv_worktree_compare(struct dsv_repo *repo,
			 const struct dsv_strlist *pathspecs, unsigned flags,
			 struct dsv_worktree *out);
/** The same and dsv_worktree_untracked() at once, which takes less time than
 * one after the other. untracked may be NULL. */
int dsv_worktree_scan(struct dsv_repo *repo,
		      const struct dsv_strlist *pathspecs, unsigned flags,
		      struct dsv_worktree *out, struct dsv_strlist *untracked);
void dsv_worktree_release(struct dsv_worktree *tree);

/** Write the stat of stale entries to the index, so that the next comparison
 * need not read them. Does nothing when another process holds the index. */
int dsv_worktree_refresh(struct dsv_repo *repo,
			 const struct dsv_worktree *tree);

/** 1 when adding the file at path would give this entry (or, behind a
 * pointer, this content); 0 when not, or when there is no such file. */
int dsv_worktree_same(struct dsv_repo *repo, const char *path,
		      const struct dsv_entry *entry);

/** Files that the index does not have and git does not ignore, sorted; "dir/"
 * where it has nothing below, and for other repositories inside. */
int dsv_worktree_untracked(struct dsv_repo *repo,
			   const struct dsv_strlist *pathspecs,
			   struct dsv_strlist *out);
/** The same, each file by itself; "dir/" for other repositories alone. */
int dsv_worktree_new_files(struct dsv_repo *repo,
			   const struct dsv_strlist *pathspecs,
			   struct dsv_strlist *out);

DSV_AUTO_RELEASE(worktree)

#endif
