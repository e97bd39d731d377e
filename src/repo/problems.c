#include "repo/problems.h"

#include <dsv/attrfile.h>
#include <dsv/error.h>
#include <dsv/hooks.h>
#include <dsv/setup.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/digest.h"
#include "base/fs.h"
#include "repo/attributes.h"
#include "repo/blobs.h"
#include "repo/config.h"
#include "repo/indexview.h"
#include "repo/private.h"
#include "repo/tree.h"
#include "repo/unmerged.h"
#include "repo/workfile.h"

/* An exact pointer has no other length: its lines with 1 to 20 digits. */
#define POINTER_MIN 93u
#define POINTER_MAX 112u

void dsv_problems_add(struct dsv_problems *problems, enum dsv_problem_kind kind,
		      const char *path, const char *detail)
{
	DSV_GROW(problems->items, problems->cap, problems->n + 1);
	problems->items[problems->n++] = (struct dsv_problem){
		.kind = kind,
		.path = path ? dsv_strdup(path) : NULL,
		.detail = detail ? dsv_strdup(detail) : NULL,
	};
}

static int by_path(const void *a, const void *b)
{
	const struct dsv_problem *x = a;
	const struct dsv_problem *y = b;
	const int order =
		strcmp(x->path ? x->path : "", y->path ? y->path : "");

	return order ? order : (int)x->kind - (int)y->kind;
}

void dsv_problems_sort(struct dsv_problems *problems)
{
	if (problems->n)
		qsort(problems->items, problems->n, sizeof(*problems->items),
		      by_path);
}

void dsv_problems_release(struct dsv_problems *problems)
{
	size_t i;

	for (i = 0; i < problems->n; i++) {
		free(problems->items[i].path);
		free(problems->items[i].detail);
	}
	free(problems->items);
	*problems = (struct dsv_problems)DSV_PROBLEMS_INIT;
}

static bool is_plain_entry(const git_index_entry *entry)
{
	return !GIT_INDEX_ENTRY_STAGE(entry) && S_ISREG(entry->mode) &&
	       !(entry->flags_extended & GIT_INDEX_ENTRY_INTENT_TO_ADD);
}

static int check_blob(struct dsv_repo *repo, const char *path,
		      const struct dsv_oid *blob, struct dsv_problems *out)
{
	struct dsv_content content;
	int rc;

	rc = dsv_blob_pointer(repo, blob, &content);
	if (rc == DSV_ECORRUPT)
		dsv_problems_add(out, DSV_PROBLEM_DAMAGED, path, NULL);
	else if (rc == 0)
		dsv_problems_add(out, DSV_PROBLEM_RAW, path, NULL);
	return rc == DSV_ECORRUPT || rc > 0 ? 0 : rc;
}

static int check_entry(struct dsv_repo *repo, const git_index_entry *entry,
		       const struct dsv_strlist *datasets,
		       struct dsv_problems *out)
{
	const bool filtered = dsv_path_is_filtered(repo, entry->path);
	struct dsv_buf detail DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_oid blob;
	int rc;

	if (!filtered && (!datasets || !datasets->n ||
			  !dsv_pathspec_match(datasets, entry->path)))
		return 0;
	rc = dsv_attributes_fault(repo, entry->path, &detail);
	if (rc < 0)
		return rc;
	if (rc > 0 || !filtered)
		dsv_problems_add(out,
				 filtered ? DSV_PROBLEM_OVERRIDDEN
					  : DSV_PROBLEM_NO_FILTER,
				 entry->path,
				 detail.len ? dsv_buf_str(&detail) : NULL);
	if (!filtered)
		return 0;
	dsv_oid_of_git(&blob, &entry->id);
	return check_blob(repo, entry->path, &blob, out);
}

static void digest_stat(struct dsv_digest *digest, const char *path)
{
	struct stat st;
	uint64_t parts[4] = {0};

	if (path && lstat(path, &st) == 0) {
		parts[0] = (uint64_t)st.st_size;
		parts[1] = (uint64_t)st.st_mtim.tv_sec;
		parts[2] = (uint64_t)st.st_mtim.tv_nsec;
		parts[3] = (uint64_t)st.st_ino;
	}
	dsv_digest_update(digest, parts, sizeof(parts));
}

/* Attribute files beside the path that the folder of `before` had not. */
static void digest_folders(struct dsv_digest *digest, struct dsv_repo *repo,
			   const char *path, const char *before)
{
	const char *slash = strchr(path, '/');

	for (; slash; slash = strchr(slash + 1, '/')) {
		const size_t len = (size_t)(slash - path) + 1;
		char *file DSV_AUTO(str) = NULL;

		if (before && !strncmp(path, before, len))
			continue;
		file = dsv_strf("%s/%.*s.gitattributes", repo->workdir,
				(int)len, path);
		digest_stat(digest, file);
	}
}

/* Attribute files that stand outside the work tree, or at its top. */
static void digest_outside(struct dsv_digest *digest, struct dsv_repo *repo)
{
	char *top DSV_AUTO(str) = dsv_work_path(repo, ".gitattributes");
	char *info DSV_AUTO(str) =
		dsv_fs_join(repo->common_dir, "info/attributes");
	char *set DSV_AUTO(str) = dsv_config_str(repo, "core.attributesFile");
	const char *home = getenv("HOME");
	const char *xdg = getenv("XDG_CONFIG_HOME");
	char *user DSV_AUTO(str) =
		xdg && *xdg ? dsv_strf("%s/git/attributes", xdg)
			    : dsv_strf("%s/.config/git/attributes",
				       home ? home : "");
	char *expanded DSV_AUTO(str) =
		set && !strncmp(set, "~/", 2)
			? dsv_strf("%s/%s", home ? home : "", set + 2)
			: NULL;

	digest_stat(digest, top);
	digest_stat(digest, info);
	digest_stat(digest, user);
	digest_stat(digest, expanded ? expanded : set);
	digest_stat(digest, "/etc/gitattributes");
}

/* All that the answer depends on. */
static void name_question(struct dsv_repo *repo,
			  const struct dsv_index_view *index,
			  const struct dsv_strlist *datasets,
			  struct dsv_id *out)
{
	struct dsv_digest digest DSV_AUTO(digest) = {NULL};
	const char *before = NULL;
	size_t i;

	dsv_digest_init(&digest);
	digest_outside(&digest, repo);
	for (i = 0; datasets && i < datasets->n; i++)
		dsv_digest_update(&digest, datasets->items[i],
				  strlen(datasets->items[i]) + 1);
	for (i = 0; i < index->n; i++) {
		const git_index_entry *at = &index->items[i];
		const uint32_t flags[2] = {at->mode,
					   is_plain_entry(at) ? 1 : 0};

		dsv_digest_update(&digest, at->path, strlen(at->path) + 1);
		dsv_digest_update(&digest, flags, sizeof(flags));
		dsv_digest_update(&digest, at->id.id, GIT_OID_RAWSZ);
		digest_folders(&digest, repo, at->path, before);
		before = at->path;
	}
	dsv_digest_final(&digest, out);
}

int dsv_problems_of_index(struct dsv_repo *repo,
			  const struct dsv_strlist *datasets,
			  struct dsv_problems *out)
{
	struct dsv_index_view index DSV_AUTO(index_view) = DSV_INDEX_VIEW_INIT;
	struct dsv_id key;
	size_t i;
	int rc;

	rc = dsv_index_view_open(&index, repo);
	if (rc < 0)
		return rc;
	name_question(repo, &index, datasets, &key);
	if (dsv_problems_load(repo, &key, out) > 0)
		return 0;
	for (i = 0; rc == 0 && i < index.n; i++) {
		if (is_plain_entry(&index.items[i]))
			rc = check_entry(repo, &index.items[i], datasets, out);
	}
	if (rc == 0)
		dsv_problems_keep(repo, &key, out);
	return rc;
}

/* A pointer in the work tree: its content is here, or it is not. */
static int check_pointer(struct dsv_repo *repo, const char *path,
			 struct dsv_problems *out)
{
	struct dsv_content content;
	struct dsv_store *store;
	struct stat st;
	int rc;

	rc = dsv_work_stat(repo, path, &st);
	if (rc > 0)
		rc = dsv_work_pointer(repo, path, &st, &content);
	if (rc < 0 && dsv_work_is_unreadable(repo, path))
		return 0;
	if ((rc > 0 || rc == DSV_ECORRUPT) && !dsv_path_is_filtered(repo, path))
		return 0;
	if (rc == DSV_ECORRUPT)
		dsv_problems_add(out, DSV_PROBLEM_DAMAGED_WORK, path, NULL);
	if (rc <= 0)
		return rc == DSV_ECORRUPT ? 0 : rc;
	rc = dsv_repo_store(repo, &store);
	if (rc == 0)
		rc = dsv_store_has_content(store, &content);
	if (rc < 0)
		return rc;
	dsv_problems_add(out,
			 rc ? DSV_PROBLEM_POINTER_WORK : DSV_PROBLEM_MISSING,
			 path, NULL);
	return 0;
}

int dsv_problems_of_work(struct dsv_repo *repo, const struct dsv_worktree *work,
			 struct dsv_problems *out)
{
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < work->n; i++) {
		const struct dsv_work_file *file = &work->items[i];

		if (!S_ISREG(file->mode))
			continue;
		if (file->state == DSV_WORK_UNCHANGED && !file->stale &&
		    (file->index_size < POINTER_MIN ||
		     file->index_size > POINTER_MAX))
			continue;
		rc = check_pointer(repo, file->path, out);
	}
	return rc;
}

int dsv_problems_of_setup(struct dsv_repo *repo, struct dsv_problems *out)
{
	struct dsv_strlist patterns DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_hook_result hooks[DSV_N_HOOKS];
	struct dsv_buf names DSV_AUTO(buf) = DSV_BUF_INIT;
	size_t i;
	int rc;

	rc = dsv_attrfile_list(repo, &patterns);
	if (rc < 0 || !patterns.n)
		return rc;
	if (!dsv_is_set_up(repo)) {
		dsv_problems_add(out, DSV_PROBLEM_NO_SETUP, NULL, NULL);
		return 0;
	}
	rc = dsv_hooks_check(repo, hooks);
	for (i = 0; i < DSV_N_HOOKS; i++) {
		if (rc == 0 && (hooks[i].state == DSV_HOOK_MISSING ||
				hooks[i].state == DSV_HOOK_FOREIGN))
			dsv_buf_addf(&names, "%s%s", names.len ? ", " : "",
				     hooks[i].name);
		dsv_hook_result_release(&hooks[i]);
	}
	if (names.len)
		dsv_problems_add(out, DSV_PROBLEM_NO_HOOKS, NULL,
				 dsv_buf_str(&names));
	return rc;
}

static const git_index_entry *merged_entry(const struct dsv_index_view *index,
					   const char *path)
{
	const size_t i = dsv_index_view_find(index, path);

	return i < index->n && !strcmp(index->items[i].path, path) &&
			       !GIT_INDEX_ENTRY_STAGE(&index->items[i])
		       ? &index->items[i]
		       : NULL;
}

/* The repository's own index where another one is to be committed; empty where
 * it is the same or cannot be read. */
static void own_index(struct dsv_repo *repo, struct dsv_index_view *out)
{
	char *path DSV_AUTO(str) = dsv_strf("%s/index", repo->git_dir);
	struct stat own;
	struct stat given;

	if (stat(path, &own) < 0 || stat(repo->index_path, &given) < 0 ||
	    (own.st_dev == given.st_dev && own.st_ino == given.st_ino))
		return;
	if (dsv_mapped_open(&out->file, path) < 0 ||
	    !dsv_index_view_parse(out, out->file.data, out->file.len))
		dsv_index_view_release(out);
	dsv_error_clear();
}

/* A content that no side has, while the record of this conflict is there. */
static bool is_unsettled(struct dsv_repo *repo, const git_index_entry *ours,
			 const git_index_entry *staged)
{
	struct dsv_conflict_head head DSV_AUTO(conflict_head) =
		DSV_CONFLICT_HEAD_INIT;
	struct dsv_oid stage;
	struct dsv_oid blob;
	int rc = dsv_conflict_get(repo, ours->path, &head, NULL);

	if (rc <= 0) {
		dsv_error_clear();
		return rc < 0;
	}
	dsv_oid_of_git(&stage, &ours->id);
	dsv_oid_of_git(&blob, &staged->id);
	return dsv_oid_equal(&head.blobs[1], &stage) &&
	       !dsv_oid_equal(&head.blobs[2], &blob);
}

/*
 * `git commit -a` stages into an index of its own whatever the work tree holds.
 * After a conflict that is ours, which nobody chose: theirs would be lost in
 * silence.
 */
static void check_unchosen(struct dsv_repo *repo,
			   const struct dsv_index_view *index,
			   struct dsv_problems *out)
{
	struct dsv_index_view own DSV_AUTO(index_view) = DSV_INDEX_VIEW_INIT;

	own_index(repo, &own);
	for (size_t i = 0; i < own.n; i++) {
		const git_index_entry *ours = &own.items[i];
		const git_index_entry *staged;

		if (GIT_INDEX_ENTRY_STAGE(ours) != 2 ||
		    !dsv_path_is_filtered(repo, ours->path))
			continue;
		staged = merged_entry(index, ours->path);
		if (staged && (git_oid_equal(&staged->id, &ours->id) ||
			       is_unsettled(repo, ours, staged)))
			dsv_problems_add(out, DSV_PROBLEM_CONFLICT, ours->path,
					 NULL);
	}
}

int dsv_check_index(struct dsv_repo *repo, struct dsv_problems *out)
{
	const struct dsv_version staged = {.at = DSV_AT_INDEX};
	struct dsv_index_view index DSV_AUTO(index_view) = DSV_INDEX_VIEW_INIT;
	struct dsv_deltas deltas DSV_AUTO(deltas) = DSV_DELTAS_INIT;
	struct dsv_version head;
	size_t i;
	int rc;

	rc = dsv_repo_head(repo, &head);
	if (rc == 0)
		rc = dsv_index_view_open(&index, repo);
	if (rc == 0)
		rc = dsv_tree_diff(repo, &head, &staged, NULL, &deltas);
	if (rc < 0)
		return rc;
	for (i = 0; i < index.n; i++) {
		const git_index_entry *at = &index.items[i];

		if (GIT_INDEX_ENTRY_STAGE(at) &&
		    (!out->n || strcmp(out->items[out->n - 1].path, at->path)))
			dsv_problems_add(out, DSV_PROBLEM_CONFLICT, at->path,
					 NULL);
	}
	check_unchosen(repo, &index, out);
	for (i = 0; rc == 0 && i < deltas.n; i++) {
		const struct dsv_delta *delta = &deltas.items[i];

		if (S_ISREG(delta->to.mode) &&
		    dsv_path_is_filtered(repo, delta->path) &&
		    merged_entry(&index, delta->path))
			rc = check_blob(repo, delta->path, &delta->to.blob,
					out);
	}
	dsv_problems_sort(out);
	return rc;
}
