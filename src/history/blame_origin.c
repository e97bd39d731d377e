#include "history/blame_private.h"

#include <stdlib.h>

#include <dsv/error.h>
#include <dsv/guideline.h>

#include "base/alloc.h"

/* "sentiment@2.1.0": the guideline of the file's dataset as it stood there.
 * One that cannot be read is none; check names it. */
static int find_guideline(struct dsv_repo *repo, const struct dsv_oid *commit,
			  const char *path, char **out)
{
	struct dsv_version at = {.at = DSV_AT_COMMIT, .commit = *commit};
	struct dsv_datasets sets DSV_AUTO(datasets) = DSV_DATASETS_INIT;
	struct dsv_guideline guideline DSV_AUTO(guideline) = DSV_GUIDELINE_INIT;
	const struct dsv_dataset *set = NULL;
	int rc = dsv_datasets_read(&sets, repo, &at);

	if (rc == 0)
		set = dsv_datasets_of_path(&sets, path);
	if (set && set->guideline)
		rc = dsv_guideline_read(repo, &at, set->guideline, &guideline);
	if (rc == 0 && guideline.id)
		*out = dsv_strf("%s@%s", guideline.id, guideline.version);
	if (rc == DSV_ECANCELLED)
		return rc;
	dsv_error_clear();
	return 0;
}

int dsv_blame_origin_at(struct dsv_blame *blame, const struct dsv_oid *commit,
			const char *path, enum dsv_blame_end end,
			struct dsv_blame_origin **out)
{
	struct dsv_blame_origin *origin = dsv_alloc_zero(1, sizeof(*origin));
	int rc;

	DSV_GROW(blame->origins, blame->origins_cap, blame->n_origins + 1);
	origin->number = blame->n_origins;
	origin->end = end;
	origin->path = dsv_strdup(path);
	blame->origins[blame->n_origins++] = origin;
	if (end == DSV_BLAME_SHALLOW)
		blame->info.shallow = true;
	rc = dsv_commit_info_read(blame->repo, commit, &origin->commit);
	if (rc == 0)
		rc = find_guideline(blame->repo, commit, path,
				    &origin->guideline);
	*out = origin;
	return rc;
}

int dsv_blame_origin_of(struct dsv_blame *blame, uint32_t state,
			struct dsv_blame_origin **out)
{
	struct dsv_blame_state *at = &blame->states[state];
	bool back = blame->until.at == DSV_AT_NOTHING;
	int rc;

	*out = NULL;
	if (!back && !at->has_next)
		return 0;
	if (at->origin) {
		*out = blame->origins[at->origin - 1];
		return 0;
	}
	rc = dsv_blame_origin_at(blame, back ? &at->commit : &at->next,
				 at->path, at->end, out);
	if (rc == 0)
		at->origin = (uint32_t)(*out)->number + 1;
	return rc;
}
