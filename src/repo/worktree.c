#include "repo/worktree.h"

#include <dsv/error.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "repo/config.h"
#include "repo/index.h"
#include "repo/indexview.h"
#include "repo/pathspec.h"
#include "repo/private.h"
#include "repo/treewalk.h"
#include "repo/workfile.h"

/* Files looked at by a worker in one go: about 0.3 ms of lstat. */
#define SLICE 256u

/* A file this young may be written again in the same tick of the disk's clock
 * (10 ms at HZ=100) without its stat telling. */
#define YOUNG_NS 20000000

struct compare {
	struct dsv_repo *repo;
	struct dsv_worktree *out;
	struct dsv_index_view view;
	struct timespec now;
	bool file_modes;
	const struct dsv_strlist *pathspecs;
	struct dsv_strlist *untracked; /* NULL: not asked for */
	unsigned flags;
	bool *unknown; /* of each item: stat does not tell */
	size_t *asked; /* the items that are unknown */
	size_t n_asked;
};

static bool is_kept_aside(const git_index_entry *entry)
{
	return entry->flags & GIT_INDEX_ENTRY_VALID ||
	       entry->flags_extended & GIT_INDEX_ENTRY_SKIP_WORKTREE;
}

static void list_items(struct compare *it)
{
	size_t n = it->view.n;
	struct dsv_index_path at;
	size_t next;

	DSV_GROW(it->out->items, it->out->cap, n + 1);
	for (size_t i = 0; i < n; i = next) {
		next = dsv_index_path_at(&it->view, i, &at);
		if (!dsv_pathspec_match(it->pathspecs, at.path))
			continue;
		it->out->items[it->out->n++] = (struct dsv_work_file){
			.path = dsv_arena_copy(&it->out->paths, at.path,
					       strlen(at.path)),
			.index = at.entry,
			.state = at.unmerged ? DSV_WORK_UNMERGED
					     : DSV_WORK_UNCHANGED,
			.index_size = it->view.items[i].file_size,
			.at = i,
		};
	}
}

/* The folder that was looked at last, kept open, for a name in it is found
 * sooner than a path. A file behind a link is not in the work tree, so each
 * folder on the way must be one. */
struct folder {
	struct dsv_buf full;
	size_t top; /* bytes of full up to and with the '/' behind the top */
	size_t len; /* of the folder's path; SIZE_MAX: none yet */
	int fd;	    /* -1: there is no such folder */
};

static bool is_real_folder(struct folder *folder)
{
	char *full = folder->full.data;
	struct stat st;
	bool real = true;

	for (size_t i = folder->top; real && i < folder->full.len; i++) {
		if (full[i] != '/')
			continue;
		full[i] = '\0';
		real = lstat(full, &st) == 0 && S_ISDIR(st.st_mode);
		full[i] = '/';
	}
	return real;
}

static void close_folder(struct folder *folder)
{
	if (folder->fd >= 0)
		close(folder->fd);
	folder->fd = -1;
}

static int open_folder(struct folder *folder, const char *path, size_t len)
{
	close_folder(folder);
	folder->len = len;
	dsv_buf_truncate(&folder->full, folder->top);
	dsv_buf_add(&folder->full, path, len);
	if (!is_real_folder(folder))
		return 0;
	folder->fd = open(folder->full.data,
			  O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (folder->fd < 0 && errno != ENOENT && errno != ENOTDIR &&
	    errno != ELOOP)
		return dsv_fail_errno(DSV_EIO, "cannot read '%s'", path);
	return 0;
}

/* 1 there, 0 not there, negative. */
static int stat_item(struct folder *folder, const char *path, struct stat *st)
{
	const char *slash = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) : 0;
	int rc = 0;

	if (folder->len != len ||
	    memcmp(folder->full.data + folder->top, path, len) != 0)
		rc = open_folder(folder, path, len);
	if (rc < 0 || folder->fd < 0)
		return rc;
	if (fstatat(folder->fd, slash ? slash + 1 : path, st,
		    AT_SYMLINK_NOFOLLOW) == 0)
		return 1;
	if (errno == ENOENT || errno == ENOTDIR)
		return 0;
	return dsv_fail_errno(DSV_EIO, "cannot read '%s'", path);
}

static uint32_t mode_of(const struct compare *it, const struct stat *st,
			uint32_t known)
{
	if (S_ISREG(st->st_mode) && !it->file_modes)
		return known == GIT_FILEMODE_BLOB_EXECUTABLE
			       ? known
			       : GIT_FILEMODE_BLOB;
	if (S_ISREG(st->st_mode))
		return st->st_mode & S_IXUSR ? GIT_FILEMODE_BLOB_EXECUTABLE
					     : GIT_FILEMODE_BLOB;
	if (S_ISLNK(st->st_mode))
		return GIT_FILEMODE_LINK;
	/* a folder is a file of git's only where it has a repository */
	return S_ISDIR(st->st_mode) && known == GIT_FILEMODE_COMMIT ? known : 0;
}

/* True: content has to tell. */
static bool judge_stat(const struct compare *it, struct dsv_work_file *file,
		       const git_index_entry *entry, const struct stat *st)
{
	file->mode = mode_of(it, st, file->index.mode);
	if (file->state == DSV_WORK_UNMERGED)
		return false;
	if (!file->mode)
		file->state = DSV_WORK_DELETED;
	else if (!file->index.mode)
		file->state = DSV_WORK_MODIFIED;
	else if ((file->mode & S_IFMT) != (file->index.mode & S_IFMT))
		file->state = DSV_WORK_TYPE_CHANGED;
	else if (file->mode != file->index.mode)
		file->state = DSV_WORK_MODIFIED;
	else
		return file->mode == GIT_FILEMODE_COMMIT ||
		       !dsv_index_entry_fresh(entry, st, &it->view.at);
	return false;
}

static int look_at(struct compare *it, struct folder *folder, size_t i)
{
	struct dsv_work_file *file = &it->out->items[i];
	const git_index_entry *entry = &it->view.items[file->at];
	struct stat st;
	int rc;

	if (file->state != DSV_WORK_UNMERGED && is_kept_aside(entry)) {
		file->mode = file->index.mode;
		return 0;
	}
	rc = stat_item(folder, file->path, &st);
	if (rc < 0)
		return rc;
	if (rc == 0) {
		if (file->state != DSV_WORK_UNMERGED)
			file->state = DSV_WORK_DELETED;
		return 0;
	}
	it->unknown[i] = judge_stat(it, file, entry, &st);
	return 0;
}

static int look_at_slice(void *ctx, size_t slice)
{
	struct compare *it = ctx;
	struct folder folder = {
		.full = DSV_BUF_INIT, .len = SIZE_MAX, .fd = -1};
	size_t i = slice * SLICE;
	size_t end = i + SLICE < it->out->n ? i + SLICE : it->out->n;
	int rc;

	dsv_buf_addf(&folder.full, "%s/", it->repo->workdir);
	folder.top = folder.full.len;
	rc = dsv_cancelled();
	for (; rc == 0 && i < end; i++)
		rc = look_at(it, &folder, i);
	close_folder(&folder);
	dsv_buf_release(&folder.full);
	return rc;
}

/* The hunt for new files is one long piece of work, so it begins first. */
static int do_piece(void *ctx, size_t number)
{
	struct compare *it = ctx;

	if (!it->untracked)
		return look_at_slice(it, number);
	if (number)
		return look_at_slice(it, number - 1);
	return dsv_worktree_untracked(it->repo, it->pathspecs, it->untracked);
}

static bool is_young(const struct compare *it, const struct stat *st)
{
	int64_t age_s = (int64_t)it->now.tv_sec - (int64_t)st->st_mtim.tv_sec;
	int64_t age_ns =
		age_s * 1000000000 + it->now.tv_nsec - st->st_mtim.tv_nsec;

	return age_ns < YOUNG_NS;
}

/* The stat is taken before the content is read, so that a change meanwhile
 * does not pass for the content that was read. */
static int read_item(void *ctx, size_t number)
{
	struct compare *it = ctx;
	struct dsv_work_file *file = &it->out->items[it->asked[number]];
	int rc;

	file->st = &it->out->stats[number];
	rc = dsv_work_stat(it->repo, file->path, file->st);
	if (rc > 0)
		rc = dsv_worktree_same(it->repo, file->path, &file->index);
	/* that it is not as it was is all that can be known */
	if (rc < 0 && dsv_work_is_unreadable(it->repo, file->path))
		rc = 0;
	if (rc < 0)
		return rc;
	if (rc == 0)
		file->state = DSV_WORK_MODIFIED;
	file->stale = rc == 1 && file->mode != GIT_FILEMODE_COMMIT &&
		      !is_young(it, file->st);
	return 0;
}

static int ask_content(struct compare *it)
{
	int rc;

	it->asked = dsv_alloc_zero(it->out->n + 1, sizeof(*it->asked));
	for (size_t i = 0; i < it->out->n; i++) {
		if (!it->unknown[i])
			continue;
		if (it->flags & DSV_WORKTREE_STAT_ONLY &&
		    it->out->items[i].mode != GIT_FILEMODE_COMMIT)
			it->out->items[i].state = DSV_WORK_MODIFIED;
		else
			it->asked[it->n_asked++] = i;
	}
	if (!it->n_asked)
		return 0;
	it->out->stats = dsv_alloc_zero(it->n_asked, sizeof(struct stat));
	rc = dsv_pool_each(dsv_repo_pool(it->repo), it->n_asked, read_item, it);
	for (size_t i = 0; i < it->n_asked; i++)
		it->out->n_stale += it->out->items[it->asked[i]].stale;
	return rc;
}

static int compare_all(struct compare *it)
{
	size_t slices = (it->out->n + SLICE - 1) / SLICE;
	struct dsv_pool *pool = slices > 2 ? dsv_repo_pool(it->repo) : NULL;
	size_t pieces = slices + (it->untracked ? 1 : 0);
	int rc;

	it->unknown = dsv_alloc_zero(it->out->n + 1, sizeof(*it->unknown));
	rc = dsv_pool_each(pool, pieces, do_piece, it);
	if (rc == 0)
		rc = ask_content(it);
	free(it->unknown);
	free(it->asked);
	return rc;
}

int dsv_worktree_scan(struct dsv_repo *repo,
		      const struct dsv_strlist *pathspecs, unsigned flags,
		      struct dsv_worktree *out, struct dsv_strlist *untracked)
{
	struct dsv_worktree tree DSV_AUTO(worktree) = DSV_WORKTREE_INIT;
	struct compare it = {.repo = repo,
			     .out = &tree,
			     .flags = flags,
			     .pathspecs = pathspecs,
			     .untracked = untracked};
	struct dsv_worktree old;
	int rc;

	if (!repo->workdir)
		return dsv_fail(DSV_EUSAGE,
				"a bare repository has no work tree");
	clock_gettime(CLOCK_REALTIME_COARSE, &it.now);
	it.file_modes = dsv_config_bool(repo, "core.filemode", true);
	rc = dsv_index_view_open(&it.view, repo);
	if (rc < 0)
		return rc;
	list_items(&it);
	rc = compare_all(&it);
	dsv_index_view_release(&it.view);
	if (rc < 0)
		return rc;

	old = *out;
	*out = tree;
	tree = old;
	return 0;
}

int dsv_worktree_compare(struct dsv_repo *repo,
			 const struct dsv_strlist *pathspecs, unsigned flags,
			 struct dsv_worktree *out)
{
	return dsv_worktree_scan(repo, pathspecs, flags, out, NULL);
}

void dsv_worktree_release(struct dsv_worktree *tree)
{
	free(tree->items);
	free(tree->stats);
	dsv_arena_release(&tree->paths);
	*tree = (struct dsv_worktree)DSV_WORKTREE_INIT;
}

/* Not where the index has another blob by now. */
static int refresh_item(struct dsv_index_edit *edit,
			const struct dsv_work_file *file)
{
	const git_index_entry *found = dsv_index_entry(edit, file->path, 0);
	git_index_entry entry;
	struct dsv_oid name;
	int rc;

	if (!found)
		return 0;
	dsv_oid_of_git(&name, &found->id);
	if (!dsv_oid_equal(&name, &file->index.blob) ||
	    found->mode != file->index.mode)
		return 0;
	entry = *found;
	dsv_index_entry_stat(&entry, file->st);
	rc = git_index_add(edit->index, &entry);
	if (rc < 0)
		return dsv_git_fail(rc, "cannot refresh '%s'", file->path);
	return 1;
}

int dsv_worktree_refresh(struct dsv_repo *repo, const struct dsv_worktree *tree)
{
	struct dsv_index_edit edit DSV_AUTO(index_edit) = DSV_INDEX_EDIT_INIT;
	int rc;

	if (!tree->n_stale)
		return 0;
	rc = dsv_index_edit_open(&edit, repo);
	for (size_t i = 0; rc >= 0 && i < tree->n; i++)
		if (tree->items[i].stale)
			rc = refresh_item(&edit, &tree->items[i]);
	if (rc >= 0)
		rc = dsv_index_edit_commit(&edit);
	/* a courtesy: whoever holds the index, or may not write it, is served
	 * as well without */
	if (rc < 0 && rc != DSV_ECANCELLED) {
		dsv_error_clear();
		return 0;
	}
	return rc;
}
