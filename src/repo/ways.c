#include "repo/ways.h"

#include <git2.h>
#include <string.h>

#include "base/alloc.h"
#include "base/fs.h"
#include "base/map.h"
#include "repo/workfile.h"

struct ways {
	struct dsv_repo *repo;
	struct dsv_map going; /* paths that are removed */
	struct dsv_strlist *blocked;
};

static bool is_going(const struct ways *it, const char *path)
{
	return dsv_map_get(&it->going, path, strlen(path)) != NULL;
}

static void block(struct ways *it, const char *path)
{
	if (dsv_strlist_find(it->blocked, path) < 0)
		dsv_strlist_add(it->blocked, path);
}

/* Everything in a folder that must give way to a file is to be removed. */
static int check_folder(struct ways *it, const char *path)
{
	char *full DSV_AUTO(str) = dsv_work_path(it->repo, path);
	struct dsv_strlist names DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	size_t i;
	int rc;

	if (!dsv_fs_is_dir(full)) {
		if (!is_going(it, path))
			block(it, path);
		return 0;
	}
	rc = dsv_fs_list(full, &names);
	for (i = 0; rc >= 0 && i < names.n; i++) {
		char *below DSV_AUTO(str) = dsv_fs_join(path, names.items[i]);

		rc = check_folder(it, below);
	}
	return rc < 0 ? rc : 0;
}

/* A file that stands where a folder is needed. */
static int check_above(struct ways *it, const char *path)
{
	char *above DSV_AUTO(str) = dsv_strdup(path);
	char *slash = strchr(above, '/');
	struct stat st;
	int rc;

	for (; slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		rc = dsv_work_stat(it->repo, above, &st);
		if (rc <= 0)
			return rc;
		if (!S_ISDIR(st.st_mode) && !is_going(it, above)) {
			block(it, above);
			return 0;
		}
		*slash = '/';
	}
	return 0;
}

static int check(struct ways *it, const struct dsv_target *target)
{
	struct stat st;
	int rc;

	rc = check_above(it, target->path);
	if (rc == 0)
		rc = dsv_work_stat(it->repo, target->path, &st);
	if (rc > 0 && S_ISDIR(st.st_mode) &&
	    target->entry.mode != GIT_FILEMODE_COMMIT)
		rc = check_folder(it, target->path);
	return rc < 0 ? rc : 0;
}

int dsv_ways_check(struct dsv_repo *repo, const struct dsv_targets *targets,
		   struct dsv_strlist *blocked)
{
	struct ways it = {
		.repo = repo, .going = DSV_MAP_INIT, .blocked = blocked};
	size_t i;
	int rc = 0;

	for (i = 0; i < targets->n; i++) {
		const struct dsv_target *target = &targets->items[i];

		if (!target->entry.mode)
			dsv_map_put(&it.going, target->path,
				    strlen(target->path));
	}
	for (i = 0; rc == 0 && i < targets->n; i++) {
		if (targets->items[i].entry.mode)
			rc = check(&it, &targets->items[i]);
	}
	dsv_map_release(&it.going);
	return rc;
}
