#include "repo/index.h"

#include <dsv/error.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/fs.h"
#include "repo/private.h"

#define INDEX_LIMIT ((size_t)4 << 30) /* bytes; git's offsets are 32 bits */

static int lock_index(struct dsv_index_edit *edit)
{
	int rc;

	rc = dsv_atomic_lock(&edit->lock, edit->repo->index_path, 0666);
	if (rc == DSV_EEXISTS) {
		dsv_fail(DSV_EGIT, "the index is locked: '%s.lock' exists",
			 edit->repo->index_path);
		return dsv_hint(DSV_EGIT,
				"another git process seems to be at work; if "
				"none is, remove that file");
	}
	return rc;
}

/* libgit2 edits a copy, which takes the lock's place in the end. */
static int copy_index(struct dsv_index_edit *edit)
{
	struct dsv_buf bytes DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_atomic file DSV_AUTO(atomic) = DSV_ATOMIC_INIT;
	char *tmp DSV_AUTO(str) = dsv_repo_own(edit->repo, "tmp");
	struct stat st;
	int rc;

	edit->copy =
		dsv_strf("%s/index-%d-%p", tmp, (int)getpid(), (void *)edit);
	rc = dsv_fs_mkdirs(tmp);
	if (rc < 0)
		return rc;
	unlink(edit->copy);
	if (stat(edit->repo->index_path, &st) < 0) {
		if (errno == ENOENT)
			return 0;
		return dsv_fail_errno(DSV_EIO, "cannot read '%s'",
				      edit->repo->index_path);
	}
	edit->existed = true;
	edit->at = st.st_mtim;

	rc = dsv_fs_read(edit->repo->index_path, INDEX_LIMIT, &bytes);
	if (rc == 0)
		rc = dsv_atomic_open(&file, edit->copy, NULL, 0666);
	if (rc == 0)
		rc = dsv_atomic_write(&file, bytes.data, bytes.len);
	if (rc == 0)
		rc = dsv_atomic_commit_fast(&file, NULL);
	return rc;
}

int dsv_index_edit_open(struct dsv_index_edit *out, struct dsv_repo *repo)
{
	struct dsv_index_edit edit DSV_AUTO(index_edit) = DSV_INDEX_EDIT_INIT;
	int rc;

	if (!repo->workdir)
		return dsv_fail(DSV_EUSAGE, "a bare repository has no index");
	edit.repo = repo;
	rc = lock_index(&edit);
	if (rc == 0)
		rc = copy_index(&edit);
	if (rc < 0)
		return rc;
	rc = git_index_open(&edit.index, edit.copy);
	if (rc < 0)
		return dsv_git_fail(rc, "cannot read the index");

	*out = edit;
	edit = (struct dsv_index_edit)DSV_INDEX_EDIT_INIT;
	return 0;
}

static int cmp_time(int32_t s, uint32_t ns, const struct timespec *at)
{
	if (s != (int32_t)at->tv_sec)
		return s < (int32_t)at->tv_sec ? -1 : 1;
	if (ns != (uint32_t)at->tv_nsec)
		return ns < (uint32_t)at->tv_nsec ? -1 : 1;
	return 0;
}

static bool is_racy(const git_index_entry *entry, const struct timespec *at)
{
	return cmp_time(entry->mtime.seconds, entry->mtime.nanoseconds, at) >=
	       0;
}

/* git compares whole seconds: to it a change in the second of the index is one
 * of the same tick. Where only git would miss it, the file is looked at. */
static bool hides_change(const struct dsv_index_edit *edit,
			 const git_index_entry *entry)
{
	char *path DSV_AUTO(str) = NULL;
	struct stat st;

	if (is_racy(entry, &edit->at))
		return true;
	if (entry->mtime.seconds < (int32_t)edit->at.tv_sec)
		return false;
	path = dsv_fs_join(edit->repo->workdir, entry->path);
	return lstat(path, &st) == 0 &&
	       !dsv_index_entry_fresh(entry, &st, &edit->at);
}

/*
 * An entry as young as the index it was read from may hide a change of the
 * same size in the same tick. The index that is written now is younger, and
 * would hide it for good: size 0 makes git look again, as git itself does.
 */
static int smudge_racy(struct dsv_index_edit *edit)
{
	const size_t n = git_index_entrycount(edit->index);
	size_t i;
	int rc;

	if (!edit->existed)
		return 0;
	for (i = 0; i < n; i++) {
		const git_index_entry *at =
			git_index_get_byindex(edit->index, i);
		git_index_entry entry;

		if (!at->file_size || GIT_INDEX_ENTRY_STAGE(at) ||
		    (at->flags_extended & GIT_INDEX_ENTRY_UPTODATE) ||
		    !hides_change(edit, at))
			continue;
		entry = *at;
		entry.file_size = 0;
		rc = git_index_add(edit->index, &entry);
		if (rc < 0)
			return dsv_git_fail(rc, "cannot edit the index");
	}
	return 0;
}

/* The new index into the lock file. */
static int fill_lock(struct dsv_index_edit *edit)
{
	struct dsv_buf bytes DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc;

	rc = smudge_racy(edit);
	if (rc < 0)
		return rc;
	/* a copy that lives for a moment */
	git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 0);
	rc = git_index_write(edit->index);
	git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
	if (rc < 0)
		return dsv_git_fail(rc, "cannot write the index");
	rc = dsv_fs_read(edit->copy, INDEX_LIMIT, &bytes);
	if (rc == 0)
		rc = dsv_atomic_write(&edit->lock, bytes.data, bytes.len);
	return rc;
}

int dsv_index_edit_commit(struct dsv_index_edit *edit)
{
	const int rc = fill_lock(edit);

	return rc < 0 ? rc : dsv_atomic_commit(&edit->lock, NULL);
}

int dsv_index_edit_commit_fast(struct dsv_index_edit *edit)
{
	const int rc = fill_lock(edit);

	return rc < 0 ? rc : dsv_atomic_commit_fast(&edit->lock, NULL);
}

void dsv_index_edit_release(struct dsv_index_edit *edit)
{
	git_index_free(edit->index);
	dsv_atomic_release(&edit->lock);
	if (edit->copy)
		unlink(edit->copy);
	free(edit->copy);
	*edit = (struct dsv_index_edit)DSV_INDEX_EDIT_INIT;
}

void dsv_index_entry_stat(git_index_entry *entry, const struct stat *st)
{
	entry->ctime.seconds = (int32_t)st->st_ctim.tv_sec;
	entry->ctime.nanoseconds = (uint32_t)st->st_ctim.tv_nsec;
	entry->mtime.seconds = (int32_t)st->st_mtim.tv_sec;
	entry->mtime.nanoseconds = (uint32_t)st->st_mtim.tv_nsec;
	entry->dev = (uint32_t)st->st_dev;
	entry->ino = (uint32_t)st->st_ino;
	entry->uid = st->st_uid;
	entry->gid = st->st_gid;
	entry->file_size = (uint32_t)st->st_size;
}

bool dsv_index_entry_fresh(const git_index_entry *entry, const struct stat *st,
			   const struct timespec *index_at)
{
	return cmp_time(entry->mtime.seconds, entry->mtime.nanoseconds,
			&st->st_mtim) == 0 &&
	       cmp_time(entry->ctime.seconds, entry->ctime.nanoseconds,
			&st->st_ctim) == 0 &&
	       entry->file_size == (uint32_t)st->st_size &&
	       entry->ino == (uint32_t)st->st_ino && entry->uid == st->st_uid &&
	       entry->gid == st->st_gid && !is_racy(entry, index_at);
}

const git_index_entry *dsv_index_entry(const struct dsv_index_edit *edit,
				       const char *path, int stage)
{
	return git_index_get_bypath(edit->index, path, stage);
}
