#include <dsv/integrity.h>

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>
#include <dsv/status.h>
#include <dsv/walk.h>

#include "base/alloc.h"
#include "base/map.h"
#include "repo/blobs.h"
#include "repo/refs.h"
#include "repo/repo.h"
#include "repo/tree.h"
#include "store/filemap.h"
#include "store/fsck.h"

/* A content that something refers to, and the first file that does. */
struct referred {
	struct dsv_content content;
	char *path;
	struct dsv_version at;
};

struct check {
	struct dsv_repo *repo;
	struct dsv_store *store;
	dsv_integrity_fn found;
	void *ctx;
	struct dsv_integrity result;
	struct dsv_map blobs; /* by name: seen */
	struct referred *contents;
	size_t n;
	size_t cap;
	struct dsv_map by_content;
	struct dsv_map damaged; /* names of objects that are not sound */
};

static void check_release(struct check *check)
{
	size_t i;

	for (i = 0; i < check->n; i++)
		free(check->contents[i].path);
	free(check->contents);
	dsv_map_release(&check->blobs);
	dsv_map_release(&check->by_content);
	dsv_map_release(&check->damaged);
}

static int tell(struct check *check, const struct dsv_integrity_fault *fault)
{
	check->result.faults++;
	return check->found(check->ctx, fault);
}

static void refer(struct check *check, const struct dsv_content *content,
		  const char *path, const struct dsv_version *at)
{
	struct dsv_map_entry *entry =
		dsv_map_put(&check->by_content, content, sizeof(*content));
	struct referred *item;

	if (entry->value)
		return;
	DSV_GROW(check->contents, check->cap, check->n + 1);
	item = &check->contents[check->n++];
	item->content = *content;
	item->path = dsv_strdup(path);
	item->at = *at;
	entry->value = check->n;
	check->result.pointers++;
}

/* Each blob once, whatever its path. */
static int look_at(struct check *check, const char *path,
		   const struct dsv_entry *entry, const struct dsv_version *at)
{
	struct dsv_content content;
	struct dsv_map_entry *seen;
	int rc;

	if ((entry->mode & 0170000) != 0100000 || dsv_oid_is_zero(&entry->blob))
		return 0;
	seen = dsv_map_put(&check->blobs, &entry->blob, sizeof(entry->blob));
	if (seen->value)
		return 0;
	seen->value = 1;
	memset(&content, 0, sizeof(content));
	rc = dsv_blob_pointer(check->repo, &entry->blob, &content);
	if (rc == DSV_ECORRUPT) {
		struct dsv_integrity_fault fault = {
			.kind = DSV_FAULT_POINTER,
			.fault = "damaged pointer",
			.path = path,
			.at = *at,
		};

		return tell(check, &fault);
	}
	if (rc > 0)
		refer(check, &content, path, at);
	return rc < 0 ? rc : 0;
}

/* What a commit has that its first parent has not: so every blob of a history
 * is met where it first came in. */
static int check_commit(struct check *check, const struct dsv_commit_info *info)
{
	struct dsv_deltas deltas DSV_AUTO(deltas) = DSV_DELTAS_INIT;
	struct dsv_version from = {0};
	struct dsv_version to = {.at = DSV_AT_COMMIT, .commit = info->oid};
	size_t i;
	int rc;

	if (info->n_parents) {
		from.at = DSV_AT_COMMIT;
		from.commit = info->parents[0];
	}
	rc = dsv_tree_diff(check->repo, &from, &to, NULL, &deltas);
	for (i = 0; rc == 0 && i < deltas.n; i++)
		rc = look_at(check, deltas.items[i].path, &deltas.items[i].to,
			     &to);
	check->result.commits++;
	return rc;
}

static int check_history(struct check *check)
{
	struct dsv_strlist tips DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_walk *walk DSV_AUTO(walk) = NULL;
	struct dsv_walk_opts opts = {.revs = &tips};
	const struct dsv_commit_info *info;
	int rc;

	rc = dsv_refs_tips(check->repo, &tips);
	if (rc < 0 || !tips.n)
		return rc;
	rc = dsv_walk_open(&walk, check->repo, &opts);
	if (rc < 0)
		return rc;
	while ((rc = dsv_walk_next(walk, &info)) > 0) {
		rc = check_commit(check, info);
		if (rc < 0)
			return rc;
	}
	return rc;
}

static int check_index(struct check *check)
{
	const struct dsv_version index = {.at = DSV_AT_INDEX};
	struct dsv_files files DSV_AUTO(files) = DSV_FILES_INIT;
	size_t i;
	int rc;

	if (!dsv_repo_workdir(check->repo))
		return 0;
	rc = dsv_tree_list(check->repo, &index, NULL, &files);
	for (i = 0; rc == 0 && i < files.n; i++)
		rc = look_at(check, files.items[i].path, &files.items[i].entry,
			     &index);
	return rc;
}

static int check_worktree(struct check *check)
{
	struct dsv_status status DSV_AUTO(status) = DSV_STATUS_INIT;
	struct dsv_status_opts opts = {.no_untracked = true};
	struct dsv_integrity_fault fault = {
		.kind = DSV_FAULT_POINTER,
		.fault = "damaged pointer",
		.at = {.at = DSV_AT_WORKTREE},
	};
	size_t i;
	int rc;

	if (!dsv_repo_workdir(check->repo))
		return 0;
	rc = dsv_status(check->repo, &opts, &status);
	for (i = 0; rc == 0 && i < status.problems.n; i++) {
		if (status.problems.items[i].kind != DSV_PROBLEM_DAMAGED_WORK)
			continue;
		fault.path = status.problems.items[i].path;
		rc = tell(check, &fault);
	}
	return rc;
}

static int on_store_damage(void *ctx, const struct dsv_store_damage *damage)
{
	struct check *check = ctx;
	struct dsv_integrity_fault fault = {
		.kind = DSV_FAULT_STORE,
		.fault = damage->fault,
		.pack = damage->pack,
		.id = damage->id,
	};

	if (damage->id)
		dsv_map_put(&check->damaged, damage->id, sizeof(*damage->id))
			->value = 1;
	return tell(check, &fault);
}

static bool is_damaged(const struct check *check, const struct dsv_id *id)
{
	return dsv_map_get(&check->damaged, id, sizeof(*id)) != NULL;
}

/* NULL where it is sound. Only a damaged store makes its chunks worth a look:
 * it has told which of them are not. */
static int judge(struct check *check, const struct referred *item,
		 const char **out)
{
	struct dsv_filemap map DSV_AUTO(filemap) = DSV_FILEMAP_INIT;
	size_t i;
	int rc;

	*out = NULL;
	rc = dsv_store_has_content(check->store, &item->content);
	if (rc == 0)
		*out = "content is not here";
	if (rc < 0 && rc != DSV_ECORRUPT)
		return rc;
	if (rc == DSV_ECORRUPT)
		*out = "content is damaged";
	if (*out || !check->damaged.n)
		return 0;
	if (dsv_filemap_load(&map, check->store, &item->content) < 0)
		*out = "content is damaged";
	for (i = 0; !*out && i < map.n; i++)
		if (is_damaged(check, &map.extents[i].id))
			*out = "content is damaged";
	return 0;
}

static int check_contents(struct check *check)
{
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < check->n; i++) {
		const struct referred *item = &check->contents[i];
		struct dsv_integrity_fault fault = {
			.kind = DSV_FAULT_CONTENT,
			.id = &item->content.id,
			.path = item->path,
			.at = item->at,
		};

		rc = judge(check, item, &fault.fault);
		if (rc == 0 && fault.fault)
			rc = tell(check, &fault);
		if (rc == 0)
			rc = dsv_cancelled();
	}
	return rc;
}

static int check_store(struct check *check)
{
	struct dsv_store_stats stats = {0};
	int rc;

	rc = dsv_store_stats(check->store, &stats);
	if (rc < 0)
		return rc;
	check->result.packs = stats.packs;
	check->result.objects = stats.objects;
	check->result.bytes = stats.bytes;
	rc = dsv_store_fsck(check->store, on_store_damage, check,
			    dsv_repo_progress(check->repo));
	return rc < 0 ? rc : 0;
}

int dsv_integrity_check(struct dsv_repo *repo, dsv_integrity_fn found,
			void *ctx, struct dsv_integrity *out)
{
	struct check check = {.repo = repo, .found = found, .ctx = ctx};
	int rc;

	rc = dsv_repo_store(repo, &check.store);
	if (rc == 0)
		rc = check_history(&check);
	if (rc == 0)
		rc = check_index(&check);
	if (rc == 0)
		rc = check_worktree(&check);
	if (rc == 0)
		rc = check_store(&check);
	if (rc == 0)
		rc = check_contents(&check);
	if (rc == 0)
		*out = check.result;
	check_release(&check);
	return rc;
}
