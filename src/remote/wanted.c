#include "remote/wanted.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <dsv/error.h>
#include <dsv/walk.h>

#include "base/alloc.h"
#include "repo/blobs.h"
#include "repo/revlist.h"
#include "repo/treewalk.h"

void dsv_oids_add(struct dsv_oids *oids, const struct dsv_oid *oid)
{
	DSV_GROW(oids->items, oids->cap, oids->n + 1);
	oids->items[oids->n++] = *oid;
}

void dsv_oids_release(struct dsv_oids *oids)
{
	free(oids->items);
	*oids = (struct dsv_oids)DSV_OIDS_INIT;
}

struct collect {
	struct dsv_wanted *wanted;
	struct dsv_repo *repo;
	const struct dsv_oid *commit;
};

static void add_content(struct collect *collect,
			const struct dsv_content *content, const char *path)
{
	struct dsv_wanted *wanted = collect->wanted;

	if (dsv_map_put(&wanted->ids, content->id.bytes, DSV_ID_SIZE)->value++)
		return;
	DSV_GROW(wanted->items, wanted->cap, wanted->n + 1);
	DSV_GROW(wanted->at, wanted->at_cap, wanted->n + 1);
	wanted->items[wanted->n] = *content;
	wanted->at[wanted->n].path = dsv_strdup(path);
	wanted->at[wanted->n++].commit = *collect->commit;
}

static int collect_file(void *ctx, const char *path,
			const struct dsv_entry *from,
			const struct dsv_entry *to)
{
	struct collect *collect = ctx;
	struct dsv_content content;
	int rc = dsv_cancelled();

	(void)from;
	if (rc < 0 || !to || !S_ISREG(to->mode) ||
	    dsv_map_put(&collect->wanted->blobs, to->blob.bytes, DSV_OID_SIZE)
		    ->value++)
		return rc;
	rc = dsv_blob_pointer(collect->repo, &to->blob, &content);
	if (rc > 0)
		add_content(collect, &content, path);
	/* a damaged pointer names nothing that could travel */
	return rc < 0 && rc != DSV_ECORRUPT ? rc : 0;
}

int dsv_wanted_of_commit(struct dsv_wanted *wanted, struct dsv_repo *repo,
			 const struct dsv_oid *commit,
			 const struct dsv_strlist *pathspecs)
{
	struct collect collect = {
		.wanted = wanted, .repo = repo, .commit = commit};

	return dsv_treewalk(repo, NULL, commit, pathspecs, collect_file,
			    &collect);
}

/* Against the first parent: what the others bring stands in their own
 * commits. */
static int collect_commit(struct collect *collect,
			  const struct dsv_strlist *pathspecs)
{
	struct dsv_commit_info info DSV_AUTO(commit_info) =
		DSV_COMMIT_INFO_INIT;
	int rc = dsv_commit_info_read(collect->repo, collect->commit, &info);
	bool first;

	if (rc < 0)
		return rc;
	first = info.n_parents == 0 ||
		dsv_repo_is_shallow_at(collect->repo, collect->commit);
	return dsv_treewalk(collect->repo, first ? NULL : &info.parents[0],
			    collect->commit, pathspecs, collect_file, collect);
}

static bool is_here(struct dsv_repo *repo, const struct dsv_oid *commit)
{
	struct dsv_commit_info info DSV_AUTO(commit_info) =
		DSV_COMMIT_INFO_INIT;

	if (dsv_commit_info_read(repo, commit, &info) == 0)
		return true;
	dsv_error_clear();
	return false;
}

int dsv_wanted_of_history(struct dsv_wanted *wanted, struct dsv_repo *repo,
			  const struct dsv_oids *tips,
			  const struct dsv_oids *hidden,
			  const struct dsv_strlist *pathspecs)
{
	struct dsv_revlist *list DSV_AUTO(revlist) = NULL;
	struct dsv_oid oid;
	struct collect collect = {
		.wanted = wanted, .repo = repo, .commit = &oid};
	int rc = 0;

	dsv_revlist_open(&list, repo, 0);
	for (size_t i = 0; rc == 0 && i < hidden->n; i++)
		if (is_here(repo, &hidden->items[i]))
			rc = dsv_revlist_add(list, &hidden->items[i], true);
	for (size_t i = 0; rc == 0 && i < tips->n; i++)
		rc = dsv_revlist_add(list, &tips->items[i], false);
	if (rc < 0)
		return rc;
	while ((rc = dsv_revlist_next(list, &oid)) > 0) {
		rc = collect_commit(&collect, pathspecs);
		if (rc < 0)
			return rc;
	}
	return rc;
}

void dsv_wanted_release(struct dsv_wanted *wanted)
{
	for (size_t i = 0; i < wanted->n; i++)
		free(wanted->at[i].path);
	free(wanted->items);
	free(wanted->at);
	dsv_map_release(&wanted->ids);
	dsv_map_release(&wanted->blobs);
	*wanted = (struct dsv_wanted)DSV_WANTED_INIT;
}
