#include "repo/worktree.h"

#include <dirent.h>
#include <dsv/error.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/fs.h"
#include "repo/indexview.h"
#include "repo/pathspec.h"
#include "repo/private.h"

/*
 * Folders are read in order of their names beside the part of the index that
 * lies below them, so that what is tracked costs one comparison and only the
 * rest is put to git's ignore rules.
 */
struct hunt {
	struct dsv_repo *repo;
	struct dsv_index_view index;
	const struct dsv_strlist *pathspecs;
	struct dsv_strlist *out;
	struct dsv_buf full; /* "/top/a/b" */
	size_t top;	     /* bytes of "/top/" */
	bool each;	     /* every file, also of new folders */
};

/* Entries [at, end) of the index. */
struct range {
	size_t at;
	size_t end;
};

struct name {
	char *text;
	size_t len;
	bool dir;
};

struct names {
	struct name *items;
	size_t n;
	size_t cap;
};

static void names_release(struct names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->items[i].text);
	free(names->items);
}

/* As the index has them: a folder counts as if its name ended in '/'. */
static int compare_names(const void *a, const void *b)
{
	const struct name *x = a;
	const struct name *y = b;
	int order = memcmp(x->text, y->text, x->len < y->len ? x->len : y->len);
	int c;
	int d;

	if (order != 0)
		return order;
	c = x->len > y->len ? (unsigned char)x->text[y->len] : x->dir * '/';
	d = y->len > x->len ? (unsigned char)y->text[x->len] : y->dir * '/';
	return c - d;
}

static bool is_dir(int fd, const struct dirent *entry)
{
	struct stat st;

	if (entry->d_type != DT_UNKNOWN)
		return entry->d_type == DT_DIR;
	return fstatat(fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISDIR(st.st_mode);
}

static bool is_left_out(const struct dirent *entry)
{
	const char *name = entry->d_name;

	if (name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]) ||
			       strcmp(name, ".git") == 0))
		return true;
	return entry->d_type == DT_FIFO || entry->d_type == DT_SOCK ||
	       entry->d_type == DT_CHR || entry->d_type == DT_BLK;
}

/* A folder that has gone or may not be read has nothing to tell, as in git. */
static int read_names(const struct hunt *hunt, struct names *out)
{
	DIR *dir = opendir(hunt->full.data);
	struct dirent *entry;

	if (!dir && errno != ENOENT && errno != EACCES && errno != ENOTDIR)
		return dsv_fail_errno(DSV_EIO, "cannot read '%s'",
				      hunt->full.data);
	while (dir && (entry = readdir(dir))) {
		if (is_left_out(entry))
			continue;
		DSV_GROW(out->items, out->cap, out->n + 1);
		out->items[out->n++] = (struct name){
			.text = dsv_strdup(entry->d_name),
			.len = strlen(entry->d_name),
			.dir = is_dir(dirfd(dir), entry),
		};
	}
	if (dir)
		closedir(dir);
	if (out->n)
		qsort(out->items, out->n, sizeof(*out->items), compare_names);
	return 0;
}

static const char *path_of(const struct hunt *hunt)
{
	return hunt->full.len < hunt->top ? "" : hunt->full.data + hunt->top;
}

static const char *entry_path(const struct hunt *hunt, size_t i)
{
	return hunt->index.items[i].path;
}

/* The part of range with paths below the current folder's path + '/'. */
static struct range range_below(const struct hunt *hunt, struct range range,
				const char *path, size_t len)
{
	struct range found;
	size_t low = range.at;
	size_t high = range.end;
	size_t middle;

	while (low < high && strncmp(entry_path(hunt, low), path, len) < 0)
		low++;
	found.at = low;
	while (low < high) {
		middle = low + (high - low) / 2;
		if (strncmp(entry_path(hunt, middle), path, len) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	found.end = low;
	return found;
}

static int is_ignored(const struct hunt *hunt, const char *path)
{
	int ignored = 0;
	int rc = git_ignore_path_is_ignored(&ignored, hunt->repo->git, path);

	if (rc < 0)
		return dsv_git_fail(rc, "cannot read the ignore rules");
	return ignored;
}

static bool is_submodule(const struct hunt *hunt, const char *path)
{
	size_t i = dsv_index_view_find(&hunt->index, path);

	return i < hunt->index.n && strcmp(entry_path(hunt, i), path) == 0 &&
	       hunt->index.items[i].mode == GIT_FILEMODE_COMMIT;
}

static bool has_git(struct hunt *hunt)
{
	size_t len = hunt->full.len;
	struct stat st;
	bool has;

	dsv_buf_addstr(&hunt->full, "/.git");
	has = lstat(hunt->full.data, &st) == 0;
	dsv_buf_truncate(&hunt->full, len);
	return has;
}

static int hunt_folder(struct hunt *hunt, struct range range);

/* 1 when a folder without tracked files holds one that is not ignored. */
static int holds_any(struct hunt *hunt)
{
	struct names names = {0};
	size_t len = hunt->full.len;
	int rc;

	if (has_git(hunt))
		return 1;
	rc = dsv_cancelled();
	if (rc == 0)
		rc = read_names(hunt, &names);
	for (size_t i = 0; rc == 0 && i < names.n; i++) {
		dsv_buf_addf(&hunt->full, "/%s%s", names.items[i].text,
			     names.items[i].dir ? "/" : "");
		rc = is_ignored(hunt, path_of(hunt));
		if (rc == 0 && names.items[i].dir) {
			dsv_buf_truncate(&hunt->full, hunt->full.len - 1);
			rc = holds_any(hunt);
		} else if (rc >= 0) {
			rc = !rc;
		}
		dsv_buf_truncate(&hunt->full, len);
	}
	names_release(&names);
	return rc;
}

static bool is_wanted(const struct hunt *hunt, const char *path)
{
	return dsv_pathspec_match(hunt->pathspecs, path);
}

/* The current path is a folder without tracked files. Pathspecs that name
 * something inside it have it entered. */
static int hunt_new_folder(struct hunt *hunt)
{
	static const struct range none = {0, 0};
	size_t len = hunt->full.len;
	int rc;

	if (!dsv_pathspec_below(hunt->pathspecs, path_of(hunt)))
		return 0;
	dsv_buf_addch(&hunt->full, '/');
	rc = is_ignored(hunt, path_of(hunt));
	dsv_buf_truncate(&hunt->full, len);
	if (rc != 0)
		return rc < 0 ? rc : 0;
	if ((hunt->each || !is_wanted(hunt, path_of(hunt))) && !has_git(hunt))
		return hunt_folder(hunt, none);

	rc = holds_any(hunt);
	if (rc <= 0 || !is_wanted(hunt, path_of(hunt)))
		return rc < 0 ? rc : 0;
	dsv_strlist_take(hunt->out, dsv_strf("%s/", path_of(hunt)));
	return 0;
}

static int hunt_new_file(struct hunt *hunt)
{
	int rc;

	if (!is_wanted(hunt, path_of(hunt)))
		return 0;
	rc = is_ignored(hunt, path_of(hunt));
	if (rc == 0)
		dsv_strlist_add(hunt->out, path_of(hunt));
	return rc < 0 ? rc : 0;
}

/* One name in the current folder; range moves on behind what is below it. */
static int hunt_name(struct hunt *hunt, const struct name *name,
		     struct range *range)
{
	size_t len = hunt->full.len;
	struct range below;
	const char *path;
	int rc = 0;

	dsv_buf_addch(&hunt->full, '/');
	dsv_buf_add(&hunt->full, name->text, name->len);
	if (name->dir)
		dsv_buf_addch(&hunt->full, '/');
	path = path_of(hunt);
	if (name->dir) {
		below = range_below(hunt, *range, path, strlen(path));
		dsv_buf_truncate(&hunt->full, hunt->full.len - 1);
		range->at = below.end;
		if (below.at < below.end)
			rc = hunt_folder(hunt, below);
		else if (is_submodule(hunt, path_of(hunt)))
			rc = 0;
		else
			rc = hunt_new_folder(hunt);
	} else {
		while (range->at < range->end &&
		       strcmp(entry_path(hunt, range->at), path) < 0)
			range->at++;
		if (range->at == range->end ||
		    strcmp(entry_path(hunt, range->at), path) != 0)
			rc = hunt_new_file(hunt);
	}
	dsv_buf_truncate(&hunt->full, len);
	return rc;
}

static int hunt_folder(struct hunt *hunt, struct range range)
{
	struct names names = {0};
	int rc;

	if (*path_of(hunt) &&
	    !dsv_pathspec_below(hunt->pathspecs, path_of(hunt)))
		return 0;
	rc = dsv_cancelled();
	if (rc == 0)
		rc = read_names(hunt, &names);
	for (size_t i = 0; rc == 0 && i < names.n; i++)
		rc = hunt_name(hunt, &names.items[i], &range);
	names_release(&names);
	return rc;
}

static int hunt_all(struct hunt *hunt)
{
	struct range all = {0, 0};
	int rc;

	if (!hunt->repo->workdir)
		return dsv_fail(DSV_EUSAGE,
				"a bare repository has no work tree");
	rc = dsv_index_view_open(&hunt->index, hunt->repo);
	if (rc < 0)
		return rc;
	all.end = hunt->index.n;
	dsv_buf_addstr(&hunt->full, hunt->repo->workdir);
	hunt->top = hunt->full.len + 1;
	rc = hunt_folder(hunt, all);
	dsv_buf_release(&hunt->full);
	dsv_index_view_release(&hunt->index);
	return rc;
}

int dsv_worktree_untracked(struct dsv_repo *repo,
			   const struct dsv_strlist *pathspecs,
			   struct dsv_strlist *out)
{
	struct hunt hunt = {.repo = repo,
			    .pathspecs = pathspecs,
			    .out = out,
			    .full = DSV_BUF_INIT};

	return hunt_all(&hunt);
}

int dsv_worktree_new_files(struct dsv_repo *repo,
			   const struct dsv_strlist *pathspecs,
			   struct dsv_strlist *out)
{
	struct hunt hunt = {.repo = repo,
			    .pathspecs = pathspecs,
			    .out = out,
			    .full = DSV_BUF_INIT,
			    .each = true};

	return hunt_all(&hunt);
}
