#include "repo/unmerged.h"

#include <dsv/error.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/atomic.h"
#include "base/digest.h"
#include "base/fs.h"
#include "repo/indexview.h"
#include "repo/pathspec.h"
#include "repo/private.h"

/* A record holds conflicting records of one file, as text. */
#define RECORD_LIMIT ((size_t)1 << 30)

void dsv_unmerged_list_release(struct dsv_unmerged_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->items[i].path);
	free(list->items);
	*list = (struct dsv_unmerged_list)DSV_UNMERGED_LIST_INIT;
}

static struct dsv_unmerged *item_of(struct dsv_unmerged_list *list,
				    const char *path)
{
	struct dsv_unmerged *item;

	if (list->n && strcmp(list->items[list->n - 1].path, path) == 0)
		return &list->items[list->n - 1];
	DSV_GROW(list->items, list->cap, list->n + 1);
	item = &list->items[list->n++];
	*item = (struct dsv_unmerged){.path = dsv_strdup(path)};
	return item;
}

static void take_entry(struct dsv_entry *out, const git_index_entry *entry)
{
	out->mode = entry->mode;
	dsv_oid_of_git(&out->blob, &entry->id);
}

int dsv_unmerged_list(struct dsv_repo *repo,
		      const struct dsv_strlist *pathspecs,
		      struct dsv_unmerged_list *out)
{
	struct dsv_index_view view DSV_AUTO(index_view) = DSV_INDEX_VIEW_INIT;
	const git_index_entry *entry;
	struct dsv_unmerged *item;
	int stage;
	int rc;

	rc = dsv_index_view_open(&view, repo);
	if (rc < 0)
		return rc;
	dsv_unmerged_list_release(out);
	for (size_t i = 0; i < view.n; i++) {
		entry = &view.items[i];
		stage = GIT_INDEX_ENTRY_STAGE(entry);
		if (!stage || !dsv_pathspec_match(pathspecs, entry->path))
			continue;
		item = item_of(out, entry->path);
		take_entry(&item->stages[stage - 1], entry);
	}
	return 0;
}

int dsv_unmerged_stages(struct dsv_repo *repo, const char *path,
			struct dsv_entry out[DSV_STAGES])
{
	struct dsv_index_view view DSV_AUTO(index_view) = DSV_INDEX_VIEW_INIT;
	int found = 0;
	int stage;
	int rc;

	rc = dsv_index_view_open(&view, repo);
	if (rc < 0)
		return rc;
	memset(out, 0, DSV_STAGES * sizeof(*out));
	for (size_t i = dsv_index_view_find(&view, path);
	     i < view.n && strcmp(view.items[i].path, path) == 0; i++) {
		stage = GIT_INDEX_ENTRY_STAGE(&view.items[i]);
		if (!stage)
			continue;
		take_entry(&out[stage - 1], &view.items[i]);
		found = 1;
	}
	return found;
}

char *dsv_conflict_file(const struct dsv_repo *repo, const char *path)
{
	char hex[DSV_ID_HEX];
	struct dsv_id id;

	dsv_id_of(path, strlen(path), &id);
	return dsv_strf("%s/dsv/conflicts/%s", repo->git_dir,
			dsv_id_hex(&id, hex));
}

int dsv_conflict_put(struct dsv_repo *repo,
		     const struct dsv_conflict_head *head, const void *rest,
		     size_t rest_len)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	char *dir DSV_AUTO(str) = dsv_strf("%s/dsv/conflicts", repo->git_dir);
	char *file DSV_AUTO(str) = dsv_conflict_file(repo, head->path);
	int rc;

	rc = dsv_fs_mkdirs(dir);
	if (rc < 0)
		return rc;
	dsv_conflict_head_format(head, &text);
	dsv_buf_add(&text, rest, rest_len);
	return dsv_atomic_put(file, text.data, text.len, 0666);
}

int dsv_conflict_get(struct dsv_repo *repo, const char *path,
		     struct dsv_conflict_head *out, struct dsv_buf *rest)
{
	struct dsv_conflict_head head DSV_AUTO(conflict_head) =
		DSV_CONFLICT_HEAD_INIT;
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	char *file DSV_AUTO(str) = dsv_conflict_file(repo, path);
	struct dsv_conflict_head old;
	int rc;

	if (!dsv_fs_exists(file))
		return 0;
	rc = dsv_fs_read(file, RECORD_LIMIT, &text);
	if (rc == 0)
		rc = dsv_conflict_head_parse(dsv_buf_str(&text), text.len,
					     &head);
	if (rc >= 0 && strcmp(head.path, path) != 0)
		rc = dsv_fail(DSV_ECORRUPT, "it is of another path");
	if (rc < 0)
		return dsv_fail_prefix(rc, "conflict record '%s'", file);
	if (rest) {
		dsv_buf_reset(rest);
		dsv_buf_add(rest, text.data + rc, text.len - (size_t)rc);
	}
	old = *out;
	*out = head;
	head = old;
	return 1;
}

int dsv_conflict_drop(struct dsv_repo *repo, const char *path)
{
	char *file DSV_AUTO(str) = dsv_conflict_file(repo, path);

	return dsv_fs_exists(file) ? dsv_fs_unlink(file) : 0;
}

static bool has_stages(const struct dsv_conflict_head *head,
		       const struct dsv_entry stages[DSV_STAGES])
{
	for (size_t i = 0; i < DSV_STAGES; i++)
		if (!dsv_oid_equal(&head->blobs[i], &stages[i].blob))
			return false;
	return true;
}

/* The live record's stages: 1, or 0 where there is none. */
static int live_stages(struct dsv_repo *repo, const char *path,
		       struct dsv_entry stages[DSV_STAGES])
{
	struct dsv_conflict_head head DSV_AUTO(conflict_head) =
		DSV_CONFLICT_HEAD_INIT;
	int rc;

	rc = dsv_unmerged_stages(repo, path, stages);
	if (rc <= 0)
		return rc;
	rc = dsv_conflict_get(repo, path, &head, NULL);
	if (rc == DSV_ECORRUPT || rc == DSV_EUNSUPPORTED)
		return 1;
	if (rc == 1 && strcmp(head.kind, DSV_CONFLICT_SETTLED) == 0)
		return 0;
	return rc == 1 ? has_stages(&head, stages) : rc;
}

int dsv_conflict_is_live(struct dsv_repo *repo, const char *path)
{
	struct dsv_entry stages[DSV_STAGES];

	return live_stages(repo, path, stages);
}

int dsv_conflict_refuses(struct dsv_repo *repo, const char *path,
			 const struct dsv_oid *blob)
{
	struct dsv_entry stages[DSV_STAGES];
	char *lock DSV_AUTO(str) = dsv_strf("%s.lock", repo->index_path);
	int rc;

	if (!dsv_fs_exists(lock))
		return 0;
	rc = live_stages(repo, path, stages);
	if (rc <= 0)
		return rc;
	for (size_t i = 1; i < DSV_STAGES; i++)
		if (stages[i].mode && dsv_oid_equal(&stages[i].blob, blob))
			return 0;
	return 1;
}
