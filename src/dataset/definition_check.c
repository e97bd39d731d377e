#include <dsv/dataset.h>

#include <dsv/error.h>
#include <dsv/guideline.h>

#include "base/alloc.h"
#include "repo/tree.h"

static void add_message(struct dsv_strlist *out)
{
	if (dsv_strlist_find(out, dsv_error_message()) < 0)
		dsv_strlist_add(out, dsv_error_message());
	dsv_error_clear();
}

static int check_guidelines(const struct dsv_datasets *sets,
			    struct dsv_repo *repo,
			    const struct dsv_version *version,
			    struct dsv_strlist *out)
{
	for (size_t i = 0; i < sets->n; i++) {
		struct dsv_guideline found DSV_AUTO(guideline) =
			DSV_GUIDELINE_INIT;
		int rc = 0;

		if (sets->items[i].guideline)
			rc = dsv_guideline_read(repo, version,
						sets->items[i].guideline,
						&found);
		if (rc == DSV_ENOTFOUND || rc == DSV_ESYNTAX)
			add_message(out);
		else if (rc < 0)
			return rc;
	}
	return 0;
}

/* Every file is looked for in every dataset, so one dataset costs nothing. */
static int check_owners(const struct dsv_datasets *sets, struct dsv_repo *repo,
			const struct dsv_version *version,
			struct dsv_strlist *out)
{
	struct dsv_strlist patterns DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_files files DSV_AUTO(files) = DSV_FILES_INIT;
	int rc;

	if (sets->n < 2)
		return 0;
	for (size_t i = 0; i < sets->n; i++)
		for (size_t k = 0; k < sets->items[i].files.n; k++)
			dsv_strlist_add(&patterns,
					sets->items[i].files.items[k]);
	rc = dsv_tree_list(repo, version, &patterns, &files);
	for (size_t i = 0; rc == 0 && i < files.n; i++) {
		const struct dsv_dataset *owner;

		rc = dsv_datasets_owner(sets, files.items[i].path, &owner);
		if (rc == DSV_ESYNTAX) {
			add_message(out);
			return 0;
		}
	}
	return rc;
}

int dsv_datasets_owner(const struct dsv_datasets *sets, const char *path,
		       const struct dsv_dataset **out)
{
	const struct dsv_dataset *owner = NULL;

	for (size_t i = 0; i < sets->n; i++) {
		const struct dsv_dataset *set = &sets->items[i];

		if (!dsv_dataset_matches(set, path))
			continue;
		if (owner) {
			dsv_fail(DSV_ESYNTAX,
				 "'%s' is in two datasets, '%s' and '%s'", path,
				 owner->name, set->name);
			return dsv_hint(DSV_ESYNTAX,
					"let 'files' of one of them "
					"in " DSV_DATASETS_PATH
					" leave it out");
		}
		owner = set;
	}
	*out = owner;
	return 0;
}

int dsv_datasets_check(const struct dsv_datasets *sets, struct dsv_repo *repo,
		       const struct dsv_version *version,
		       struct dsv_strlist *out)
{
	int rc;

	rc = check_guidelines(sets, repo, version, out);
	if (rc < 0)
		return rc;
	return check_owners(sets, repo, version, out);
}
