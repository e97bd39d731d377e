#include "dataset/work_files.h"

#include <string.h>
#include <sys/stat.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "base/fs.h"
#include "repo/tree.h"
#include "repo/worktree.h"

struct search {
	struct dsv_repo *repo;
	const struct dsv_strlist *patterns;
	struct dsv_strlist *out;
};

static int stat_path(const struct search *search, const char *path,
		     struct stat *st)
{
	char *full DSV_AUTO(str) = NULL;

	full = dsv_fs_join(dsv_repo_workdir(search->repo), path);
	return lstat(full, st);
}

static void add_file(const struct search *search, const char *path)
{
	struct stat st;

	if (dsv_pathspec_match(search->patterns, path) &&
	    stat_path(search, path, &st) == 0 && S_ISREG(st.st_mode))
		dsv_strlist_add(search->out, path);
}

/* A folder of which the index has nothing. Other repositories inside are left
 * to themselves. */
static int add_folder(const struct search *search, const char *folder)
{
	struct dsv_strlist names DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	char *full DSV_AUTO(str) = NULL;
	int rc;

	full = dsv_fs_join(dsv_repo_workdir(search->repo), folder);
	rc = dsv_fs_list(full, &names);
	if (rc < 0 || dsv_strlist_find(&names, ".git") >= 0)
		return rc;
	for (size_t i = 0; i < names.n; i++) {
		char *path DSV_AUTO(str) = NULL;
		struct stat st;

		path = dsv_fs_join(folder, names.items[i]);
		if (stat_path(search, path, &st) == 0 && S_ISDIR(st.st_mode)) {
			rc = add_folder(search, path);
			if (rc < 0)
				return rc;
		} else {
			add_file(search, path);
		}
	}
	return dsv_cancelled();
}

static int add_indexed(const struct search *search)
{
	const struct dsv_version version = {.at = DSV_AT_INDEX};
	struct dsv_files files DSV_AUTO(files) = DSV_FILES_INIT;
	int rc;

	rc = dsv_tree_list(search->repo, &version, search->patterns, &files);
	for (size_t i = 0; rc == 0 && i < files.n; i++)
		add_file(search, files.items[i].path);
	return rc;
}

static int add_untracked(const struct search *search)
{
	struct dsv_strlist found DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	int rc;

	rc = dsv_worktree_untracked(search->repo, search->patterns, &found);
	for (size_t i = 0; rc == 0 && i < found.n; i++) {
		char *path = found.items[i];
		size_t len = strlen(path);

		if (len > 0 && path[len - 1] == '/') {
			path[len - 1] = '\0';
			rc = add_folder(search, path);
		} else {
			add_file(search, path);
		}
	}
	return rc;
}

static void drop_repeated(struct dsv_strlist *list)
{
	struct dsv_strlist once DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_strlist swap;

	dsv_strlist_sort(list);
	for (size_t i = 0; i < list->n; i++) {
		if (i == 0 || strcmp(list->items[i - 1], list->items[i]) != 0)
			dsv_strlist_add(&once, list->items[i]);
	}
	swap = *list;
	*list = once;
	once = swap;
}

int dsv_work_files(struct dsv_repo *repo, const struct dsv_strlist *patterns,
		   struct dsv_strlist *out)
{
	struct search search = {repo, patterns, out};
	int rc = add_indexed(&search);

	if (rc == 0)
		rc = add_untracked(&search);
	if (rc == 0)
		drop_repeated(out);
	return rc;
}
