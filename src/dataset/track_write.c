#include <dsv/track.h>

#include <stdlib.h>
#include <string.h>

#include <dsv/attrfile.h>
#include <dsv/error.h>
#include <dsv/text.h>

#include "base/alloc.h"
#include "base/atomic.h"
#include "base/fs.h"
#include "dataset/definition_edit.h"
#include "dataset/document.h"
#include "dataset/pattern.h"
#include "repo/tree.h"

#define DATASETS_MAX (4u * 1024u * 1024u)

static const struct dsv_version worktree = {.at = DSV_AT_WORKTREE};

static void touch(struct dsv_strlist *touched, const char *path)
{
	if (dsv_strlist_find(touched, path) < 0)
		dsv_strlist_add(touched, path);
}

static int put_datasets(struct dsv_repo *repo, const struct dsv_buf *text,
			struct dsv_strlist *touched)
{
	char *folder DSV_AUTO(str) = NULL;
	char *path DSV_AUTO(str) = NULL;
	int rc;

	folder = dsv_fs_join(dsv_repo_workdir(repo), ".dsv");
	path = dsv_fs_join(dsv_repo_workdir(repo), DSV_DATASETS_PATH);
	rc = dsv_fs_mkdirs(folder);
	if (rc == 0)
		rc = dsv_atomic_put(path, dsv_buf_str(text), text->len, 0666);
	if (rc == 0)
		touch(touched, DSV_DATASETS_PATH);
	return rc;
}

static int put_attributes(struct dsv_repo *repo,
			  const struct dsv_strlist *patterns,
			  struct dsv_strlist *touched)
{
	for (size_t i = 0; i < patterns->n; i++) {
		int rc = dsv_attrfile_add(repo, patterns->items[i]);

		if (rc < 0)
			return rc;
		if (rc > 0)
			touch(touched, DSV_ATTRFILE_PATH);
	}
	return 0;
}

static bool same_bytes(const struct dsv_buf *a, const struct dsv_buf *b)
{
	return a->len == b->len &&
	       memcmp(dsv_buf_str(a), dsv_buf_str(b), a->len) == 0;
}

int dsv_track_write(struct dsv_repo *repo, const struct dsv_track_plan *plan,
		    struct dsv_strlist *touched)
{
	struct dsv_buf before DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf after DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc;

	rc = dsv_document_read(repo, &worktree, DSV_DATASETS_PATH, DATASETS_MAX,
			       &before);
	if (rc < 0)
		return rc;
	dsv_buf_add(&after, dsv_buf_str(&before), before.len);
	rc = dsv_definition_put(&after, &plan->dataset);
	if (rc < 0)
		return rc;
	if (!same_bytes(&before, &after)) {
		rc = put_datasets(repo, &after, touched);
		if (rc < 0)
			return rc;
	}
	return put_attributes(repo, &plan->attributes, touched);
}

/* Takes patterns out of datasets, one after the other. */
struct taking {
	struct dsv_repo *repo;
	struct dsv_datasets sets; /* as they will be */
	struct dsv_buf text;
	struct dsv_untracked *out;
};

static void taking_release(struct taking *taking)
{
	dsv_datasets_release(&taking->sets);
	dsv_buf_release(&taking->text);
}

/* What a path may have been tracked as: itself, a file, a folder. */
static void spellings(const char *path, struct dsv_strlist *out)
{
	struct dsv_buf file DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_strlist_add(out, path);
	dsv_pattern_of_path(path, &file);
	dsv_strlist_add(out, dsv_buf_str(&file));
	dsv_buf_addstr(&file, "/**");
	dsv_strlist_add(out, file.data);
}

static struct dsv_dataset *find_pattern(struct taking *taking, const char *path,
					size_t *out_at)
{
	struct dsv_strlist names DSV_AUTO(strlist) = DSV_STRLIST_INIT;

	spellings(path, &names);
	for (size_t i = 0; i < taking->sets.n; i++) {
		struct dsv_dataset *set = &taking->sets.items[i];

		for (size_t k = 0; k < names.n; k++) {
			long at = dsv_strlist_find(&set->files, names.items[k]);

			if (at < 0)
				continue;
			*out_at = (size_t)at;
			return set;
		}
	}
	return NULL;
}

/* The pattern of any dataset that matches a path, or NULL. */
static const char *pattern_over(const struct dsv_datasets *sets,
				const char *path)
{
	const struct dsv_dataset *set = dsv_datasets_of_path(sets, path);

	for (size_t i = 0; set && i < set->files.n; i++) {
		const struct dsv_strlist one = {&set->files.items[i], 1, 1};

		if (dsv_pathspec_match(&one, path))
			return set->files.items[i];
	}
	return NULL;
}

static int no_pattern(const struct taking *taking, const char *typed,
		      const char *path)
{
	struct dsv_strlist known DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	const char *over = pattern_over(&taking->sets, path);
	const char *near;

	if (over) {
		dsv_fail(DSV_ENOTFOUND, "'%s' is tracked through '%s'", typed,
			 over);
		return dsv_hint(DSV_ENOTFOUND, "dsv untrack '%s'", over);
	}
	for (size_t i = 0; i < taking->sets.n; i++) {
		const struct dsv_strlist *files = &taking->sets.items[i].files;

		for (size_t k = 0; k < files->n; k++)
			dsv_strlist_add(&known, files->items[k]);
	}
	dsv_fail(DSV_ENOTFOUND, "'%s' is not tracked", typed);
	near = dsv_nearest(path, &known);
	if (near)
		dsv_hint(DSV_ENOTFOUND, "did you mean '%s'?", near);
	return DSV_ENOTFOUND;
}

static int reread(struct taking *taking)
{
	dsv_datasets_release(&taking->sets);
	return dsv_datasets_parse(&taking->sets, dsv_buf_str(&taking->text),
				  taking->text.len, DSV_DATASETS_PATH);
}

static void drop_item(struct dsv_strlist *list, size_t at)
{
	free(list->items[at]);
	memmove(&list->items[at], &list->items[at + 1],
		(list->n - at - 1) * sizeof(*list->items));
	list->n--;
}

static int take_one(struct taking *taking, const char *typed)
{
	struct dsv_buf path DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_dataset *set;
	size_t at;
	int rc;

	rc = dsv_repo_path(taking->repo, typed, &path);
	if (rc < 0)
		return rc;
	set = find_pattern(taking, dsv_buf_str(&path), &at);
	if (!set)
		return no_pattern(taking, typed, dsv_buf_str(&path));
	dsv_strlist_add(&taking->out->patterns, set->files.items[at]);
	drop_item(&set->files, at);
	if (set->files.n > 0) {
		rc = dsv_definition_put(&taking->text, set);
	} else {
		dsv_strlist_add(&taking->out->datasets, set->name);
		rc = dsv_definition_drop(&taking->text, set->name);
	}
	return rc < 0 ? rc : reread(taking);
}

/* Files of the index that no dataset has any more. */
static int list_files(struct taking *taking)
{
	const struct dsv_version index = {.at = DSV_AT_INDEX};
	struct dsv_files files DSV_AUTO(files) = DSV_FILES_INIT;
	int rc;

	rc = dsv_tree_list(taking->repo, &index, &taking->out->patterns,
			   &files);
	for (size_t i = 0; rc == 0 && i < files.n; i++) {
		if (!dsv_datasets_of_path(&taking->sets, files.items[i].path))
			dsv_strlist_add(&taking->out->files,
					files.items[i].path);
	}
	return rc;
}

/* Also the line that a person may have written in the pattern's own words. */
static int drop_attributes(struct taking *taking)
{
	const struct dsv_strlist *patterns = &taking->out->patterns;

	for (size_t i = 0; i < patterns->n; i++) {
		struct dsv_buf attribute DSV_AUTO(buf) = DSV_BUF_INIT;
		int ours, theirs;

		dsv_pattern_attribute(patterns->items[i], &attribute);
		ours = dsv_attrfile_remove(taking->repo, attribute.data);
		if (ours < 0)
			return ours;
		theirs = dsv_attrfile_remove(taking->repo, patterns->items[i]);
		if (theirs < 0)
			return theirs;
		if (ours > 0 || theirs > 0)
			touch(&taking->out->touched, DSV_ATTRFILE_PATH);
	}
	return 0;
}

static int take_all(struct taking *taking, const struct dsv_strlist *paths)
{
	int rc;

	if (!dsv_repo_workdir(taking->repo))
		return dsv_fail(DSV_EUSAGE, "a bare repository has no files");
	rc = dsv_document_read(taking->repo, &worktree, DSV_DATASETS_PATH,
			       DATASETS_MAX, &taking->text);
	if (rc < 0)
		return rc;
	rc = reread(taking);
	for (size_t i = 0; rc == 0 && i < paths->n; i++)
		rc = take_one(taking, paths->items[i]);
	if (rc == 0)
		rc = list_files(taking);
	if (rc == 0)
		rc = put_datasets(taking->repo, &taking->text,
				  &taking->out->touched);
	return rc < 0 ? rc : drop_attributes(taking);
}

int dsv_untrack(struct dsv_untracked *out, struct dsv_repo *repo,
		const struct dsv_strlist *paths)
{
	struct dsv_untracked untracked DSV_AUTO(untracked) = DSV_UNTRACKED_INIT;
	struct taking taking = {.repo = repo, .out = &untracked};
	int rc = take_all(&taking, paths);

	taking_release(&taking);
	if (rc < 0)
		return rc;
	*out = untracked;
	untracked = (struct dsv_untracked)DSV_UNTRACKED_INIT;
	return 0;
}

void dsv_untracked_release(struct dsv_untracked *untracked)
{
	dsv_strlist_release(&untracked->patterns);
	dsv_strlist_release(&untracked->datasets);
	dsv_strlist_release(&untracked->files);
	dsv_strlist_release(&untracked->touched);
	*untracked = (struct dsv_untracked)DSV_UNTRACKED_INIT;
}
