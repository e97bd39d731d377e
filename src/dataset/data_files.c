#include "dataset/data_files.h"

#include <dsv/error.h>

#include "base/alloc.h"
#include "dataset/work_files.h"

/* What is asked for, or else every pattern of every dataset. */
static void wanted_paths(const struct dsv_datasets *sets,
			 const struct dsv_strlist *paths,
			 struct dsv_strlist *out)
{
	if (paths && paths->n > 0) {
		dsv_strlist_copy(out, paths);
		return;
	}
	for (size_t i = 0; i < sets->n; i++) {
		const struct dsv_strlist *files = &sets->items[i].files;

		for (size_t k = 0; k < files->n; k++)
			dsv_strlist_add(out, files->items[k]);
	}
}

static int list_work_files(struct dsv_files *out, struct dsv_repo *repo,
			   const struct dsv_strlist *paths)
{
	struct dsv_strlist found DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	int rc = dsv_work_files(repo, paths, &found);

	for (size_t i = 0; rc == 0 && i < found.n; i++) {
		DSV_GROW(out->items, out->cap, out->n + 1);
		out->items[out->n++] = (struct dsv_file){
			.path = dsv_strdup(found.items[i]),
			.entry = {.mode = 0100644},
		};
	}
	return rc;
}

int dsv_data_files(struct dsv_files *out, struct dsv_repo *repo,
		   const struct dsv_version *version,
		   const struct dsv_datasets *sets,
		   const struct dsv_strlist *paths)
{
	struct dsv_strlist wanted DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	int rc;

	wanted_paths(sets, paths, &wanted);
	if (wanted.n == 0)
		return dsv_hint(
			dsv_fail(DSV_ENOTFOUND, "no dataset is defined"),
			"name a file, or dsv track it");
	if (version->at == DSV_AT_WORKTREE)
		rc = list_work_files(out, repo, &wanted);
	else
		rc = dsv_tree_list(repo, version, &wanted, out);
	if (rc < 0)
		return rc;
	if (out->n == 0)
		return dsv_fail(DSV_ENOTFOUND, "no data file matches '%s'",
				wanted.items[0]);
	return 0;
}
