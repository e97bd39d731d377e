#include <dsv/diff.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "history/entry.h"
#include "history/file.h"
#include "repo/tree.h"

/*
 * A diff of two versions goes through the files that differ; one of two files
 * or blobs has its only file ready from the start.
 */
struct dsv_diff {
	struct dsv_repo *repo; /* may be NULL */
	struct dsv_cache cache;
	bool use_cache;
	struct dsv_version versions[2];
	struct dsv_datasets sets[2]; /* of from, to */
	struct dsv_deltas deltas;
	size_t at;
	bool single; /* file is the only one, and set up */
	struct dsv_strlist key;
	struct dsv_strlist labels;
	char *format;
	bool named; /* paths or a key were given: format tells a data file */
	struct dsv_file_diff file;
	struct dsv_file_opts file_opts;
};

static struct dsv_diff *diff_new(struct dsv_repo *repo,
				 const struct dsv_diff_opts *opts)
{
	struct dsv_diff *diff = dsv_alloc_zero(1, sizeof(*diff));

	diff->repo = repo;
	diff->versions[0] = opts->from;
	diff->versions[1] = opts->to;
	if (opts->key)
		dsv_strlist_copy(&diff->key, opts->key);
	if (opts->labels)
		dsv_strlist_copy(&diff->labels, opts->labels);
	diff->format = opts->format ? dsv_strdup(opts->format) : NULL;
	diff->named = diff->key.n > 0 || diff->format ||
		      (opts->paths && opts->paths->n > 0);
	diff->use_cache = repo && !opts->no_cache;
	if (diff->use_cache)
		dsv_cache_init(&diff->cache, repo);
	diff->file_opts.repo = repo;
	diff->file_opts.cache = diff->use_cache ? &diff->cache : NULL;
	diff->file_opts.strict_labels = diff->labels.n > 0;
	return diff;
}

void dsv_diff_free(struct dsv_diff **diff)
{
	struct dsv_diff *old = *diff;

	if (!old)
		return;
	dsv_file_diff_reset(&old->file);
	dsv_deltas_release(&old->deltas);
	dsv_datasets_release(&old->sets[0]);
	dsv_datasets_release(&old->sets[1]);
	dsv_strlist_release(&old->key);
	dsv_strlist_release(&old->labels);
	free(old->format);
	if (old->use_cache)
		dsv_cache_release(&old->cache);
	free(old);
	*diff = NULL;
}

/* .json alone says too little: without a definition, and not named, it is a
 * file like any other. */
static int read_reading(struct dsv_diff *diff, const struct dsv_datasets *sets,
			const char *path)
{
	struct dsv_reading *reading = &diff->file.reading;
	struct dsv_reading_opts opts = {
		.key = &diff->key,
		.labels = &diff->labels,
		.format = diff->format,
	};
	int rc = dsv_reading_of_path(reading, sets, path, &opts);

	if (rc == 0 && !reading->dataset && !diff->named &&
	    !reading->format->by_line)
		reading->format = dsv_format_named("bytes");
	return rc;
}

int dsv_diff_open(struct dsv_diff **out, struct dsv_repo *repo,
		  const struct dsv_diff_opts *opts)
{
	struct dsv_diff *diff DSV_AUTO(diff) = diff_new(repo, opts);
	int rc;

	for (size_t i = 0; i < 2; i++) {
		if (diff->versions[i].at == DSV_AT_NOTHING)
			continue;
		rc = dsv_datasets_read(&diff->sets[i], repo,
				       &diff->versions[i]);
		if (rc < 0)
			return rc;
	}
	rc = dsv_tree_diff(repo, &diff->versions[0], &diff->versions[1],
			   opts->paths, &diff->deltas);
	if (rc < 0)
		return rc;
	*out = dsv_take(&diff);
	return 0;
}

/* The definition of the newer side, or of the older one where the newer has
 * none for the file. */
static const struct dsv_datasets *sets_of(const struct dsv_diff *diff,
					  const struct dsv_delta *delta)
{
	const char *old_path = delta->old_path ? delta->old_path : delta->path;

	if (dsv_datasets_of_path(&diff->sets[1], delta->path) ||
	    !dsv_datasets_of_path(&diff->sets[0], old_path))
		return &diff->sets[1];
	return &diff->sets[0];
}

static enum dsv_file_change change_of(const struct dsv_delta *delta)
{
	if (!S_ISREG(delta->from.mode))
		return DSV_FILE_ADDED;
	if (!S_ISREG(delta->to.mode))
		return DSV_FILE_REMOVED;
	return delta->old_path ? DSV_FILE_RENAMED : DSV_FILE_MODIFIED;
}

static int open_delta(struct dsv_diff *diff, const struct dsv_delta *delta)
{
	struct dsv_file_diff *file = &diff->file;
	const char *old_path = delta->old_path ? delta->old_path : delta->path;
	int rc;

	rc = dsv_entry_open(&file->from, diff->repo, old_path, &delta->from);
	if (rc == 0)
		rc = dsv_entry_open(&file->to, diff->repo, delta->path,
				    &delta->to);
	if (rc < 0)
		return rc;
	file->path = dsv_strdup(delta->path);
	file->old_path = delta->old_path ? dsv_strdup(delta->old_path) : NULL;
	file->info.change = change_of(delta);
	rc = dsv_file_diff_run(file, &diff->file_opts);
	return rc < 0 ? rc : 1;
}

/* 1: a data file that is now in diff->file, 0: another file. */
static int take_delta(struct dsv_diff *diff, const struct dsv_delta *delta)
{
	struct dsv_file_opts *opts = &diff->file_opts;
	bool pointer = false;
	int rc;

	if (!S_ISREG(delta->from.mode) && !S_ISREG(delta->to.mode))
		return 0;
	rc = read_reading(diff, sets_of(diff, delta), delta->path);
	if (rc == 0)
		rc = dsv_entry_identify(diff->repo, &delta->from,
					&opts->from_id, &pointer);
	if (rc == 0)
		rc = dsv_entry_identify(diff->repo, &delta->to, &opts->to_id,
					&pointer);
	if (rc < 0)
		return dsv_fail_prefix(rc, "%s", delta->path);
	if (!diff->file.reading.dataset && !pointer &&
	    !(diff->named && diff->file.reading.format->has_fields))
		return 0;
	return open_delta(diff, delta);
}

static int next_delta(struct dsv_diff *diff)
{
	int rc = 0;

	while (rc == 0 && diff->at < diff->deltas.n) {
		dsv_file_diff_reset(&diff->file);
		rc = take_delta(diff, &diff->deltas.items[diff->at++]);
	}
	return rc;
}

static int next_single(struct dsv_diff *diff)
{
	int rc;

	if (diff->at++ > 0)
		return 0;
	rc = dsv_file_diff_run(&diff->file, &diff->file_opts);
	return rc < 0 ? rc : 1;
}

int dsv_diff_next(struct dsv_diff *diff, struct dsv_file_diff **out)
{
	int rc = dsv_cancelled();

	if (rc < 0)
		return rc;
	rc = diff->single ? next_single(diff) : next_delta(diff);
	if (rc > 0)
		*out = &diff->file;
	return rc;
}

const char *dsv_diff_dataset(const struct dsv_diff *diff)
{
	const struct dsv_dataset *set = diff->file.reading.dataset;

	return set ? set->name : NULL;
}

/* A name without a known extension is read as the other one is. */
static const char *telling_name(const char *from, const char *to)
{
	return dsv_format_of_path(to)->has_fields ? to : from;
}

int dsv_diff_open_files(struct dsv_diff **out, struct dsv_repo *repo,
			const char *from, const char *to,
			const struct dsv_diff_opts *opts)
{
	struct dsv_diff *diff DSV_AUTO(diff) = diff_new(repo, opts);
	struct dsv_file_diff *file = &diff->file;
	int rc;

	diff->single = true;
	rc = read_reading(diff, NULL, telling_name(from, to));
	if (rc == 0)
		rc = dsv_source_of_file(&file->from, from);
	if (rc == 0)
		rc = dsv_source_of_file(&file->to, to);
	if (rc < 0)
		return rc;
	file->path = dsv_strdup(to);
	if (strcmp(from, to) != 0)
		file->old_path = dsv_strdup(from);
	file->info.change = DSV_FILE_MODIFIED;
	*out = dsv_take(&diff);
	return 0;
}

static int open_blob_side(struct dsv_diff *diff, struct dsv_source **out,
			  struct dsv_identity *id, const char *path,
			  const struct dsv_oid *oid, const char *file)
{
	struct dsv_entry entry = {.mode = S_IFREG | 0644};
	bool pointer;
	int rc;

	if (!oid && file)
		return dsv_source_of_file(out, file);
	if (!oid) {
		id->kind = DSV_IDENTITY_NOTHING;
		return dsv_source_of_nothing(out);
	}
	entry.blob = *oid;
	rc = dsv_entry_identify(diff->repo, &entry, id, &pointer);
	return rc < 0 ? rc : dsv_source_of_entry(out, diff->repo, path, &entry);
}

int dsv_diff_open_pair(struct dsv_diff **out, struct dsv_repo *repo,
		       const struct dsv_blob_pair *pair,
		       const struct dsv_diff_opts *opts)
{
	struct dsv_diff *diff DSV_AUTO(diff) = diff_new(repo, opts);
	struct dsv_file_diff *file = &diff->file;
	struct dsv_file_opts *how = &diff->file_opts;
	struct dsv_version here = {
		.at = dsv_repo_workdir(repo) ? DSV_AT_WORKTREE : DSV_AT_INDEX};
	int rc;

	diff->single = true;
	rc = dsv_datasets_read(&diff->sets[1], repo, &here);
	if (rc == 0)
		rc = read_reading(diff, &diff->sets[1], pair->path);
	if (rc == 0)
		rc = open_blob_side(diff, &file->from, &how->from_id,
				    pair->path, pair->from, pair->file_from);
	if (rc == 0)
		rc = open_blob_side(diff, &file->to, &how->to_id, pair->path,
				    pair->to, pair->file_to);
	if (rc < 0)
		return rc;
	file->path = dsv_strdup(pair->path);
	file->info.change = !pair->from && !pair->file_from ? DSV_FILE_ADDED
			    : !pair->to && !pair->file_to   ? DSV_FILE_REMOVED
							    : DSV_FILE_MODIFIED;
	*out = dsv_take(&diff);
	return 0;
}
