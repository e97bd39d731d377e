#include "history/merge.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <dsv/dataset.h>
#include <dsv/error.h>

#include "base/alloc.h"
#include "format/rewrite.h"
#include "history/chunks.h"
#include "history/entry.h"
#include "history/mergework.h"
#include "repo/blobs.h"
#include "repo/clean.h"
#include "repo/pointer.h"
#include "repo/repo.h"

/* A file's three versions, as they are known before records are looked at. */
struct stages {
	struct dsv_repo *repo;
	const char *path;
	const struct dsv_oid *blobs;
	struct dsv_entry entries[DSV_STAGES];
	struct dsv_identity ids[DSV_STAGES];
	bool pointer[DSV_STAGES];
	struct dsv_content contents[DSV_STAGES];
	struct dsv_source *sources[DSV_STAGES];
	uint8_t scan_kind; /* of the format that merges it; 0: none does */
};

static void stages_release(struct stages *stages)
{
	for (size_t i = 0; i < DSV_STAGES; i++)
		dsv_source_free(&stages->sources[i]);
}

static int open_stage(struct stages *stages, size_t i)
{
	int rc;

	if (!dsv_oid_is_zero(&stages->blobs[i]))
		stages->entries[i] =
			(struct dsv_entry){stages->blobs[i], S_IFREG | 0644};
	rc = dsv_entry_identify(stages->repo, &stages->entries[i],
				&stages->ids[i], &stages->pointer[i]);
	if (rc == 0)
		rc = dsv_entry_open(&stages->sources[i], stages->repo,
				    stages->path, &stages->entries[i]);
	return rc < 0 ? rc
		      : dsv_source_content(stages->sources[i],
					   &stages->contents[i]);
}

static bool same(const struct stages *stages, size_t a, size_t b)
{
	const struct dsv_content *x = &stages->contents[a];
	const struct dsv_content *y = &stages->contents[b];

	return !stages->entries[a].mode == !stages->entries[b].mode &&
	       x->size == y->size && dsv_id_equal(&x->id, &y->id);
}

/* The stage that a merge without a look at records takes, or -1. */
static int winner_of(const struct stages *stages)
{
	if (same(stages, DSV_SIDE_OURS, DSV_SIDE_THEIRS) ||
	    same(stages, DSV_SIDE_BASE, DSV_SIDE_THEIRS))
		return DSV_SIDE_OURS;
	return same(stages, DSV_SIDE_BASE, DSV_SIDE_OURS) ? DSV_SIDE_THEIRS
							  : -1;
}

static int put_content(struct stages *stages, const struct dsv_oid *ours,
		       struct dsv_stream *in, dsv_known_fn known,
		       struct dsv_content *out)
{
	struct dsv_repo *repo = stages->repo;
	struct dsv_writer_opts opts = {.progress = dsv_repo_progress(repo)};
	struct dsv_writer *writer DSV_AUTO(writer) = NULL;
	struct dsv_content previous;
	struct dsv_store *store;
	int rc;

	rc = dsv_clean_opts_blob(repo, stages->path, ours, &opts, &previous);
	if (opts.cutting.scan.step &&
	    opts.cutting.scan.kind == stages->scan_kind)
		opts.known = known;
	if (rc == 0)
		rc = dsv_repo_store(repo, &store);
	if (rc == 0)
		rc = dsv_writer_open(&writer, store);
	if (rc == 0)
		rc = dsv_writer_add(writer, in, &opts, out);
	return rc < 0 ? rc : dsv_writer_commit(writer);
}

/* Plain bytes that win are put into the store: the result is a pointer. */
static int take_stage(struct stages *stages, size_t i,
		      struct dsv_buf *out_pointer)
{
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	struct dsv_content content = stages->contents[i];
	int rc = 0;

	if (!stages->pointer[i]) {
		rc = dsv_source_stream(stages->sources[i], &in);
		if (rc == 0)
			rc = put_content(stages, &stages->blobs[i], in, NULL,
					 &content);
	}
	if (rc < 0)
		return rc;
	dsv_buf_reset(out_pointer);
	dsv_pointer_format(&content, out_pointer);
	return 0;
}

/* 1: the version has a dataset for path. */
static int try_version(struct dsv_repo *repo, const char *path,
		       const struct dsv_version *version,
		       struct dsv_datasets *sets)
{
	dsv_datasets_release(sets);
	if (version->at == DSV_AT_NOTHING)
		return 0;
	return dsv_datasets_read(sets, repo, version) == 0 &&
	       dsv_datasets_of_path(sets, path);
}

/* The definition of the work tree, else of HEAD, else of what is merged. */
static void find_datasets(struct dsv_repo *repo, const char *path,
			  struct dsv_datasets *sets)
{
	static const char *const revs[] = {"HEAD", "MERGE_HEAD",
					   "CHERRY_PICK_HEAD", "REBASE_HEAD"};
	struct dsv_version version = {.at = DSV_AT_WORKTREE};

	if (dsv_repo_workdir(repo) && try_version(repo, path, &version, sets))
		return;
	for (size_t i = 0; i < sizeof(revs) / sizeof(*revs); i++)
		if (dsv_repo_resolve(repo, revs[i], &version) == 0 &&
		    try_version(repo, path, &version, sets))
			return;
}

static int find_reading(struct dsv_repo *repo, const char *path,
			struct dsv_datasets *sets, struct dsv_reading *out)
{
	int rc;

	find_datasets(repo, path, sets);
	dsv_error_clear();
	rc = dsv_reading_of_path(out, sets, path, NULL);
	if (rc < 0)
		return rc;
	if (!out->dataset)
		return dsv_fail(DSV_ECONFLICT,
				"both sides changed it, and no dataset has it");
	if (!dsv_rewrite_can(out->format))
		return dsv_fail(DSV_ECONFLICT,
				"both sides changed it, and files of format "
				"'%s' are not merged by record",
				out->format->name);
	return 0;
}

static int compare(struct stages *stages, const struct dsv_cache *cache,
		   size_t side, struct dsv_mergework *work)
{
	struct dsv_compare *out =
		side == DSV_SIDE_OURS ? &work->ours : &work->theirs;
	struct dsv_compare_opts opts = {
		.reading = work->reading,
		.from = stages->sources[DSV_SIDE_BASE],
		.to = stages->sources[side],
		.pool = dsv_repo_pool(stages->repo),
		.progress = dsv_repo_progress(stages->repo),
	};
	struct dsv_census_name names[2] = {
		{.cache = cache, .content = stages->ids[DSV_SIDE_BASE]},
		{.cache = cache, .content = stages->ids[side]},
	};
	int rc;

	dsv_reading_id(work->reading, &names[0].reading);
	names[1].reading = names[0].reading;
	rc = dsv_repo_store(stages->repo, &opts.store);
	if (rc == 0 && stages->pointer[DSV_SIDE_BASE] && stages->pointer[side])
		rc = dsv_compare_chunks(out, &opts, names);
	work->by_chunks &= rc > 0;
	if (rc == 0)
		rc = dsv_compare_full(out, &opts);
	return rc < 0 ? rc : 0;
}

static void work_release(struct dsv_mergework *work)
{
	dsv_fetch_release(&work->base_fetch);
	dsv_fetch_release(&work->theirs_fetch);
	dsv_compare_release(&work->ours);
	dsv_compare_release(&work->theirs);
	dsv_merge_members_release(work);
	dsv_map_release(&work->units);
	dsv_map_release(&work->deltas);
	dsv_map_release(&work->anchors);
	dsv_map_release(&work->seen);
	dsv_map_release(&work->contents);
	dsv_layout_release(&work->layout);
	dsv_strlist_release(&work->result);
	for (size_t i = 0; i < work->n_columns; i++)
		free(work->columns[i].text);
	free(work->columns);
	free(work->unit_items);
	free(work->delta_items);
	free(work->chains);
	free(work->inserts);
	free(work->anchor_chunks);
	free(work->hashes);
	free(work->filter);
	dsv_buf_release(&work->pending.bytes);
	dsv_buf_release(&work->text);
	dsv_buf_release(&work->scratch);
}

static int merge_records(struct stages *stages, struct dsv_mergework *work,
			 struct dsv_content *out)
{
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	struct dsv_cache cache DSV_AUTO(cache) = DSV_CACHE_INIT;
	dsv_known_fn known = NULL;
	int rc;

	work->by_chunks = true;
	dsv_cache_init(&cache, stages->repo);
	rc = compare(stages, &cache, DSV_SIDE_OURS, work);
	if (rc == 0)
		rc = compare(stages, &cache, DSV_SIDE_THEIRS, work);
	if (rc == 0)
		rc = dsv_merge_columns(work);
	if (rc == 0)
		rc = dsv_merge_plan(work);
	if (rc == 0)
		rc = dsv_merge_place(work);
	if (rc == 0)
		rc = dsv_merge_stream(work, &in, &known);
	if (rc == 0)
		rc = put_content(stages, &stages->blobs[DSV_SIDE_OURS], in,
				 known, out);
	return rc < 0 ? rc : dsv_merge_removed(work);
}

static void set_reading(struct dsv_conflict_record *record,
			const struct dsv_reading *reading)
{
	record->format = dsv_strdup(reading->format->name);
	dsv_strlist_copy(&record->key, &reading->key);
	dsv_strlist_copy(&record->labels, &reading->labels);
}

static int by_record(struct stages *stages, struct dsv_conflict_record *record,
		     struct dsv_buf *out_pointer)
{
	struct dsv_datasets sets DSV_AUTO(datasets) = DSV_DATASETS_INIT;
	struct dsv_reading reading DSV_AUTO(reading) = DSV_READING_INIT;
	struct dsv_mergework work = {.repo = stages->repo,
				     .path = stages->path,
				     .reading = &reading,
				     .record = record};
	struct dsv_content content;
	int rc = find_reading(stages->repo, stages->path, &sets, &reading);

	if (rc < 0)
		return rc;
	memcpy(work.sources, stages->sources, sizeof(work.sources));
	set_reading(record, &reading);
	stages->scan_kind = reading.format->scan_kind;
	rc = merge_records(stages, &work, &content);
	work_release(&work);
	if (rc < 0)
		return rc;
	dsv_buf_reset(out_pointer);
	dsv_pointer_format(&content, out_pointer);
	return 0;
}

static int merge_stages(struct stages *stages,
			struct dsv_conflict_record *record,
			struct dsv_buf *out_pointer)
{
	int rc = 0;
	int winner;

	for (size_t i = 0; i < DSV_STAGES && rc == 0; i++)
		rc = open_stage(stages, i);
	if (rc < 0)
		return rc;
	winner = winner_of(stages);
	/* of two equal sides the one that is a pointer already */
	if (winner == DSV_SIDE_OURS && !stages->pointer[DSV_SIDE_OURS] &&
	    stages->pointer[DSV_SIDE_THEIRS] &&
	    same(stages, DSV_SIDE_OURS, DSV_SIDE_THEIRS))
		winner = DSV_SIDE_THEIRS;
	if (winner >= 0)
		return take_stage(stages, (size_t)winner, out_pointer);
	return by_record(stages, record, out_pointer);
}

static bool same_key(const struct dsv_conflict_item *a,
		     const struct dsv_conflict_item *b)
{
	return a->key.n && dsv_strlist_equal(&a->key, &b->key);
}

static size_t count_records(const struct dsv_conflict_record *record)
{
	size_t n = 0;

	for (size_t i = 0; i < record->n; i++)
		n += !i || !same_key(&record->items[i], &record->items[i - 1]);
	return n;
}

/* A record that is live belongs to a merge that is still open; what is tried
 * beside it (`git merge-tree`) leaves it alone. */
static int keep_record(struct stages *stages,
		       struct dsv_conflict_record *record, const char *kind)
{
	const int live = dsv_conflict_is_live(stages->repo, stages->path);

	if (live != 0)
		return live < 0 ? live : 0;
	free(record->head.kind);
	free(record->head.path);
	record->head.kind = dsv_strdup(kind);
	record->head.path = dsv_strdup(stages->path);
	memcpy(record->head.blobs, stages->blobs, sizeof(record->head.blobs));
	return dsv_conflict_record_write(stages->repo, record);
}

/* What went wrong is the reason; ours stays, as a pointer where it can be. */
static int give_up(struct stages *stages, struct dsv_buf *out_pointer)
{
	struct dsv_conflict_record record DSV_AUTO(conflict_record) =
		DSV_CONFLICT_RECORD_INIT;
	char *hint DSV_AUTO(str) =
		dsv_error_hint() ? dsv_strdup(dsv_error_hint()) : NULL;
	int rc;

	record.reason = dsv_entry_fault();
	dsv_buf_reset(out_pointer);
	if (!stages->sources[DSV_SIDE_OURS] ||
	    take_stage(stages, DSV_SIDE_OURS, out_pointer) < 0)
		dsv_buf_reset(out_pointer);
	rc = keep_record(stages, &record, DSV_CONFLICT_WHOLE);
	if (rc < 0)
		return rc;
	dsv_fail(DSV_ECONFLICT, "%s: %s", stages->path, record.reason);
	dsv_hint(DSV_ECONFLICT, "%s",
		 hint ? hint
		      : "take one: git checkout --ours or --theirs, then "
			"'dsv add'");
	return 0;
}

int dsv_merge_stages(struct dsv_repo *repo, const char *path,
		     const struct dsv_oid stages[3],
		     struct dsv_buf *out_pointer)
{
	struct dsv_conflict_record record DSV_AUTO(conflict_record) =
		DSV_CONFLICT_RECORD_INIT;
	struct stages all = {.repo = repo, .path = path, .blobs = stages};
	size_t n;
	int rc;

	rc = merge_stages(&all, &record, out_pointer);
	n = count_records(&record);
	if (rc == 0 && n)
		rc = keep_record(&all, &record, DSV_CONFLICT_RECORDS);
	if (rc < 0 && rc != DSV_ECANCELLED)
		rc = give_up(&all, out_pointer);
	else if (rc == 0 && n)
		dsv_fail(DSV_ECONFLICT,
			 "%s: %zu record%s in conflict: dsv conflicts", path, n,
			 n == 1 ? "" : "s");
	else if (rc == 0)
		rc = 1;
	stages_release(&all);
	return rc;
}

int dsv_merge_by_record(void *ctx, struct dsv_repo *repo, const char *path,
			const struct dsv_oid stages[3],
			struct dsv_oid *out_blob)
{
	struct dsv_buf pointer DSV_AUTO(buf) = DSV_BUF_INIT;
	int written;
	int rc;

	(void)ctx;
	rc = dsv_merge_stages(repo, path, stages, &pointer);
	if (rc < 0)
		return rc;
	*out_blob = stages[DSV_SIDE_OURS];
	if (!pointer.len)
		return rc;
	written = dsv_blob_write(repo, pointer.data, pointer.len, out_blob);
	return written < 0 ? written : rc;
}
