#include "history/file.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "history/chunks.h"
#include "history/lone.h"
#include "repo/repo.h"

const struct dsv_file_info *dsv_file_diff_info(const struct dsv_file_diff *file)
{
	return &file->info;
}

const struct dsv_diff_summary *
dsv_file_diff_summary(const struct dsv_file_diff *file)
{
	return file->summary;
}

static int read_rows(struct dsv_file_diff *file)
{
	int rc;

	rc = dsv_compare_full(&file->compare, &file->how);
	if (rc < 0)
		return rc;
	file->has_rows = true;
	dsv_emit_init(&file->emit, &file->compare);
	return 0;
}

int dsv_file_diff_next(struct dsv_file_diff *file, struct dsv_change *out)
{
	int rc;

	if (!file->summary)
		return 0;
	if (file->list)
		return dsv_changelist_next(file->list, out);
	if (!file->has_rows) {
		rc = read_rows(file);
		if (rc < 0)
			return rc;
	}
	return dsv_emit_next(&file->emit, out);
}

void dsv_file_diff_reset(struct dsv_file_diff *file)
{
	dsv_emit_release(&file->emit);
	dsv_compare_release(&file->compare);
	dsv_compare_release(&file->lone);
	dsv_changelist_free(&file->list);
	dsv_source_free(&file->from);
	dsv_source_free(&file->to);
	dsv_reading_release(&file->reading);
	free(file->path);
	free(file->old_path);
	memset(file, 0, sizeof(*file));
}

static void set_info(struct dsv_file_diff *file)
{
	struct dsv_file_info *info = &file->info;

	info->path = file->path;
	info->old_path = file->old_path;
	info->dataset =
		file->reading.dataset ? file->reading.dataset->name : NULL;
	info->format = file->reading.format->name;
	info->has_records = file->reading.format->has_fields;
	info->size_from = dsv_source_size(file->from);
	info->size_to = dsv_source_size(file->to);
	info->key = &file->reading.key;
	info->labels = &file->reading.labels;
}

/* Where the answer about this file is kept; false where it cannot be. */
static bool list_name(const struct dsv_file_diff *file,
		      const struct dsv_file_opts *opts, struct dsv_id *out)
{
	struct dsv_id reading;

	if (!opts->cache || opts->from_id.kind == DSV_IDENTITY_NONE ||
	    opts->to_id.kind == DSV_IDENTITY_NONE)
		return false;
	dsv_reading_id(&file->reading, &reading);
	dsv_cache_name(DSV_CACHE_CHANGES, &opts->from_id, &opts->to_id,
		       &reading, out);
	return true;
}

/* 1: the change list is there and sound. */
static int open_list(struct dsv_file_diff *file,
		     const struct dsv_file_opts *opts,
		     const struct dsv_id *name)
{
	struct dsv_cached cached DSV_AUTO(cached) = DSV_CACHED_INIT;
	const struct dsv_diff_summary *summary;

	if (!dsv_cache_get(opts->cache, DSV_CACHE_CHANGES, name, &cached))
		return 0;
	if (dsv_changelist_open(&file->list, &file->reading, &cached) < 0) {
		dsv_error_clear();
		return 0;
	}
	summary = dsv_changelist_summary(file->list);
	if (dsv_compare_check_columns(&file->reading, summary->columns_from,
				      summary->columns_to,
				      opts->strict_labels) < 0) {
		dsv_changelist_free(&file->list);
		return 0;
	}
	file->summary = summary;
	return 1;
}

static int keep_list(struct dsv_file_diff *file,
		     const struct dsv_file_opts *opts,
		     const struct dsv_id *name)
{
	struct dsv_buf body DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc = dsv_changelist_write(&body, &file->compare);

	if (rc > 0)
		dsv_cache_put(opts->cache, DSV_CACHE_CHANGES, name, body.data,
			      body.len);
	return rc < 0 ? rc : 0;
}

/* From what costs least to what always works. */
static int compare(struct dsv_file_diff *file, const struct dsv_file_opts *opts)
{
	struct dsv_census_name names[2] = {
		{.cache = opts->cache, .content = opts->from_id},
		{.cache = opts->cache, .content = opts->to_id},
	};
	int rc;

	dsv_reading_id(&file->reading, &names[0].reading);
	names[1].reading = names[0].reading;
	rc = dsv_compare_lone(&file->lone, &file->how, names);
	if (rc != 0) {
		file->summary = &file->lone.summary.view;
		return rc < 0 ? rc : 0;
	}
	rc = dsv_compare_chunks(&file->compare, &file->how, names);
	if (rc == 0)
		rc = dsv_compare_full(&file->compare, &file->how);
	if (rc < 0)
		return rc;
	file->has_rows = true;
	dsv_emit_init(&file->emit, &file->compare);
	file->summary = &file->compare.summary.view;
	return 0;
}

static int set_how(struct dsv_file_diff *file, const struct dsv_file_opts *opts)
{
	int rc = 0;

	file->how = (struct dsv_compare_opts){
		.reading = &file->reading,
		.from = file->from,
		.to = file->to,
		.strict_labels = opts->strict_labels,
	};
	if (!opts->repo)
		return 0;
	file->how.pool = dsv_repo_pool(opts->repo);
	file->how.progress = dsv_repo_progress(opts->repo);
	if (opts->from_id.kind == DSV_IDENTITY_CONTENT ||
	    opts->to_id.kind == DSV_IDENTITY_CONTENT)
		rc = dsv_repo_store(opts->repo, &file->how.store);
	return rc;
}

int dsv_file_diff_run(struct dsv_file_diff *file,
		      const struct dsv_file_opts *opts)
{
	struct dsv_id name;
	bool kept;
	int rc;

	set_info(file);
	if (!file->info.has_records)
		return 0;
	rc = set_how(file, opts);
	if (rc < 0)
		return rc;
	kept = list_name(file, opts, &name);
	if (kept && open_list(file, opts, &name))
		return 0;
	rc = compare(file, opts);
	if (rc == 0 && kept && file->has_rows)
		rc = keep_list(file, opts, &name);
	return rc;
}
