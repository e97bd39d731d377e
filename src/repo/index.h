#ifndef REPO_INDEX_H
#define REPO_INDEX_H

#include <git2.h>
#include <sys/stat.h>

#include <dsv/repo.h>

#include "base/atomic.h"

/*
 * A change of git's index: read, edited and written while index.lock is held,
 * so that no other program's change is lost.
 *
 *	struct dsv_index_edit edit DSV_AUTO(index_edit) = DSV_INDEX_EDIT_INIT;
 *	rc = dsv_index_edit_open(&edit, repo);
 *	git_index_add(edit.index, &entry);
 *	rc = dsv_index_edit_commit(&edit);
 *
 * The index here belongs to no git_repository: libgit2 would hash filtered
 * files by its own lights. What does the work of its owner stands below.
 */
struct dsv_index_edit {
	git_index *index;
	struct dsv_repo *repo;
	struct dsv_atomic lock;
	char *copy;	    /* where libgit2 writes it */
	struct timespec at; /* when the index was last written */
	bool existed;
};

#define DSV_INDEX_EDIT_INIT             \
	{                               \
		.lock = DSV_ATOMIC_INIT \
	}

/** DSV_EGIT with a hint where another program holds the lock. */
int dsv_index_edit_open(struct dsv_index_edit *out, struct dsv_repo *repo);
/** Write it in place of the old one. */
int dsv_index_edit_commit(struct dsv_index_edit *edit);
/** The same without fsync, as git writes it: for what can be made again from
 * commits. Waiting for the disk would wait for all work files too. */
int dsv_index_edit_commit_fast(struct dsv_index_edit *edit);
void dsv_index_edit_release(struct dsv_index_edit *edit);

/** The stat fields of an entry, and the mode that git gives such a file (the
 * entry's own executable bit where core.fileMode is off). */
void dsv_index_entry_stat(git_index_entry *entry, const struct stat *st);
/** True where the entry says that the file has not changed since: by stat,
 * and not written so late that this cannot be told. */
bool dsv_index_entry_fresh(const git_index_entry *entry, const struct stat *st,
			   const struct timespec *index_at);
/** The entry of a path at a stage, or NULL. */
const git_index_entry *dsv_index_entry(const struct dsv_index_edit *edit,
				       const char *path, int stage);

DSV_AUTO_RELEASE(index_edit)

#endif
