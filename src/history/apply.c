#include <dsv/apply.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <dsv/error.h>
#include <dsv/text.h>

#include "base/alloc.h"
#include "base/atomic.h"
#include "base/fs.h"
#include "dataset/patch.h"
#include "format/rewrite.h"
#include "history/apply_edit.h"
#include "history/apply_rows.h"

/* Bytes. Below a quarter of it the calls begin to show, above four times it
 * the disk begins too late. */
#define WRITE_AT_ONCE (4u * 1024u * 1024u)

struct dsv_apply {
	const struct dsv_apply_opts *opts;
	struct dsv_repo *repo;
	struct dsv_datasets sets;
	struct dsv_reading reading; /* of the data file */
	struct dsv_apply_rows rows;
	struct dsv_apply_key key; /* in the data file */
	struct dsv_apply_edits edits;
	struct dsv_strlist only; /* columns that have to be read */
	struct dsv_buf scratch;
	struct dsv_buf record;
	struct dsv_source *source;
	char *path; /* of the system */
	struct stat stat;
	struct dsv_atomic file;
	struct dsv_apply_result result;
};

void dsv_apply_free(struct dsv_apply **apply)
{
	struct dsv_apply *old = *apply;

	if (!old)
		return;
	dsv_apply_edits_release(&old->edits);
	dsv_strlist_release(&old->only);
	dsv_buf_release(&old->scratch);
	dsv_buf_release(&old->record);
	dsv_apply_key_release(&old->key);
	dsv_apply_rows_release(&old->rows);
	dsv_reading_release(&old->reading);
	dsv_datasets_release(&old->sets);
	dsv_source_free(&old->source);
	dsv_atomic_release(&old->file);
	free(old->path);
	free(old);
	*apply = NULL;
}

/* --- both files */

static int check_reading(struct dsv_apply *apply)
{
	const char *path = apply->opts->path;

	if (!dsv_rewrite_can(apply->reading.format))
		return dsv_fail(DSV_EUSAGE,
				"'%s' is %s: only csv, tsv and jsonl are "
				"written by record",
				path, apply->reading.format->name);
	if (apply->reading.key.n == 0) {
		dsv_fail(DSV_EUSAGE, "'%s' has no key", path);
		return dsv_hint(DSV_EUSAGE, "name it: --key COL,...");
	}
	return 0;
}

static int open_target(struct dsv_apply *apply)
{
	static const struct dsv_version worktree = {.at = DSV_AT_WORKTREE};
	const char *top = dsv_repo_workdir(apply->repo);
	const char *path = apply->opts->path;

	if (!top)
		return dsv_fail(DSV_EUSAGE, "a bare repository has no work "
					    "tree");
	apply->path = dsv_fs_join(top, path);
	if (lstat(apply->path, &apply->stat) < 0)
		return dsv_fail_errno(DSV_ENOTFOUND, "'%s'", path);
	if (!S_ISREG(apply->stat.st_mode))
		return dsv_fail(DSV_EUNSUPPORTED, "'%s' is no regular file",
				path);
	return dsv_source_open(&apply->source, apply->repo, &worktree, path);
}

/* Which columns of the data file have to be read. */
static void set_only(struct dsv_apply *apply)
{
	const struct dsv_apply_edits *edits = &apply->edits;

	dsv_strlist_copy(&apply->only, &apply->reading.key);
	for (size_t i = 0; i < edits->n_targets; i++)
		if (!edits->targets[i].is_key && !apply->opts->remove)
			dsv_strlist_add(&apply->only, edits->targets[i].name);
}

static void bind(struct dsv_apply *apply, const struct dsv_strlist *columns)
{
	dsv_apply_key_bind(&apply->key, columns);
	dsv_apply_edits_bind(&apply->edits, columns);
}

/* --- one record */

static void cannot_rewrite(struct dsv_apply *apply, struct dsv_apply_row *row,
			   unsigned issues)
{
	struct dsv_arena *arena = &apply->rows.arena;
	const char *why = dsv_error_message();
	struct dsv_apply_fault *fault;

	fault = dsv_apply_rows_fault(&apply->rows, DSV_APPLY_BROKEN_TARGET,
				     row->line);
	fault->key = row->key;
	fault->other_line = row->first;
	if (issues)
		fault->issue = (enum dsv_issue)(issues & -issues);
	else
		fault->value = dsv_arena_copy(arena, why, strlen(why));
	row->bad = true;
}

static int update(struct dsv_apply *apply, struct dsv_apply_row *row,
		  const struct dsv_record *record,
		  const struct dsv_strlist *columns, struct dsv_patched *out)
{
	struct dsv_apply_edits *edits = &apply->edits;
	int rc;

	/* it cannot be written anew with some fields changed */
	if (record->issues & DSV_ISSUES_FORM) {
		cannot_rewrite(apply, row, record->issues & DSV_ISSUES_FORM);
		return 0;
	}
	dsv_apply_edits_make(edits, row, record);
	if (edits->n == 0) {
		apply->result.unchanged++;
		return 0;
	}
	dsv_buf_reset(&apply->record);
	rc = dsv_rewrite(apply->reading.format, columns, record, edits->items,
			 edits->n, &apply->record);
	if (rc == DSV_EUSAGE || rc == DSV_ECORRUPT) {
		cannot_rewrite(apply, row, 0);
		return 0;
	}
	if (rc < 0)
		return rc;
	out->fate = DSV_FATE_REPLACE;
	dsv_put_in_add(&out->instead, apply->record.data, apply->record.len);
	apply->result.updated++;
	apply->result.relabelled += edits->relabelled;
	return 0;
}

static int decide(void *ctx, const struct dsv_record *record,
		  const struct dsv_strlist *columns, struct dsv_patched *out)
{
	struct dsv_apply *apply = ctx;
	const struct dsv_map_entry *entry;
	struct dsv_apply_row *row;

	apply->result.records++;
	bind(apply, columns);
	if (apply->reading.format->nested && !apply->opts->remove)
		dsv_apply_edits_see(&apply->edits, record);
	if (!dsv_apply_key_of(&apply->key, record, &apply->scratch))
		return 0;
	entry = dsv_map_get(&apply->rows.by_key, apply->scratch.data,
			    apply->scratch.len);
	if (!entry)
		return 0;
	row = &apply->rows.items[entry->value - 1];
	row->last = record->line;
	if (row->matches++ > 0)
		return 0;
	row->first = record->line;
	if (row->bad)
		return 0;
	if (!apply->opts->remove)
		return update(apply, row, record, columns, out);
	out->fate = DSV_FATE_DROP;
	apply->result.deleted++;
	return 0;
}

/* --- behind the last record */

static int insert(struct dsv_apply *apply, struct dsv_apply_row *row,
		  const struct dsv_strlist *columns, struct dsv_put_in *out)
{
	struct dsv_apply_edits *edits = &apply->edits;
	int rc;

	dsv_apply_edits_make(edits, row, NULL);
	dsv_buf_reset(&apply->record);
	rc = dsv_rewrite_new(apply->reading.format, columns, edits->items,
			     edits->n, &apply->record);
	if (rc == DSV_EUSAGE || rc == DSV_ECORRUPT) {
		cannot_rewrite(apply, row, 0);
		return 0;
	}
	if (rc < 0)
		return rc;
	dsv_put_in_add(out, apply->record.data, apply->record.len);
	apply->result.inserted++;
	return 0;
}

static void check_matches(struct dsv_apply *apply)
{
	struct dsv_apply_rows *rows = &apply->rows;
	struct dsv_apply_fault *fault;

	for (size_t i = 0; i < rows->n; i++) {
		struct dsv_apply_row *row = &rows->items[i];

		if (row->matches == 1 ||
		    (row->matches == 0 && apply->opts->insert))
			continue;
		fault = dsv_apply_rows_fault(rows,
					     row->matches
						     ? DSV_APPLY_DOUBLED_TARGET
						     : DSV_APPLY_UNKNOWN_KEY,
					     row->line);
		fault->key = row->key;
		fault->other_line = row->first;
		fault->last_line = row->last;
	}
}

/* A JSON file without records has no columns that could be unknown. */
static void check_columns(struct dsv_apply *apply,
			  const struct dsv_strlist *columns)
{
	struct dsv_apply_rows *rows = &apply->rows;
	struct dsv_apply_fault *fault;

	if (apply->opts->remove ||
	    (apply->reading.format->nested && apply->result.records == 0))
		return;
	for (size_t i = 0; i < apply->edits.n_targets; i++) {
		if (apply->edits.targets[i].place.column >= 0)
			continue;
		fault = dsv_apply_rows_fault(rows, DSV_APPLY_UNKNOWN_COLUMN,
					     rows->first_lines[i]);
		fault->column = rows->columns.items[i];
		fault->near = dsv_nearest(fault->column, columns);
		if (fault->near)
			fault->near = dsv_arena_copy(&rows->arena, fault->near,
						     strlen(fault->near));
	}
}

static int end(void *ctx, const struct dsv_strlist *columns,
	       struct dsv_put_in *out)
{
	struct dsv_apply *apply = ctx;
	struct dsv_apply_rows *rows = &apply->rows;
	int rc = 0;

	bind(apply, columns);
	check_columns(apply, columns);
	check_matches(apply);
	if (!apply->opts->insert)
		return 0;
	for (size_t i = 0; rc == 0 && !rows->n_faults && i < rows->n; i++)
		if (rows->items[i].matches == 0)
			rc = insert(apply, &rows->items[i], columns, out);
	return rc;
}

/* --- the whole */

static int open_file(struct dsv_apply *apply)
{
	mode_t mode = apply->stat.st_mode & 0777;
	char *tmp = NULL;
	int rc;

	if (apply->opts->preview)
		tmp = dsv_fs_join(dsv_repo_git_dir(apply->repo), "dsv/tmp");
	rc = dsv_atomic_open(&apply->file, apply->path, tmp, mode);
	free(tmp);
	if (rc == 0 && fchmod(apply->file.fd, mode) < 0)
		rc = dsv_fail_errno(DSV_EIO, "mode of '%s'",
				    apply->file.tmp_path);
	return rc;
}

/* Write what has come together, and have the system begin to bring it to the
 * disk: the fsync at the end then waits for the last of it only. */
static int write_out(struct dsv_apply *apply, struct dsv_buf *bytes)
{
	int rc = dsv_atomic_write(&apply->file, bytes->data, bytes->len);

#ifdef __linux__
	if (rc == 0 && !apply->opts->preview)
		sync_file_range(apply->file.fd, 0, 0, SYNC_FILE_RANGE_WRITE);
#endif
	dsv_buf_reset(bytes);
	return rc < 0 ? rc : dsv_cancelled();
}

static int write_file(struct dsv_apply *apply)
{
	struct dsv_patch_opts opts = {
		.reading = &apply->reading,
		.source = apply->source,
		.only = &apply->only,
		.decide = decide,
		.end = end,
		.ctx = apply,
	};
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	struct dsv_buf bytes DSV_AUTO(buf) = DSV_BUF_INIT;
	const char *piece;
	size_t len;
	int rc;

	rc = dsv_patch_stream(&in, &opts);
	if (rc < 0)
		return rc;
	while ((rc = dsv_stream_next(in, &piece, &len)) > 0) {
		dsv_buf_add(&bytes, piece, len);
		if (bytes.len >= WRITE_AT_ONCE)
			rc = write_out(apply, &bytes);
		if (rc < 0)
			return rc;
	}
	return rc < 0 || !bytes.len ? rc : write_out(apply, &bytes);
}

static int run(struct dsv_apply *apply)
{
	static const struct dsv_version worktree = {.at = DSV_AT_WORKTREE};
	const struct dsv_reading_opts words = {.key = apply->opts->key};
	int rc;

	rc = dsv_datasets_read(&apply->sets, apply->repo, &worktree);
	if (rc == 0)
		rc = dsv_reading_of_path(&apply->reading, &apply->sets,
					 apply->opts->path, &words);
	if (rc == 0)
		rc = open_target(apply);
	if (rc == 0)
		rc = check_reading(apply);
	if (rc == 0)
		rc = dsv_apply_rows_read(&apply->rows, &apply->reading,
					 apply->opts);
	if (rc == 0)
		rc = open_file(apply);
	if (rc < 0)
		return rc;
	dsv_apply_edits_init(&apply->edits, &apply->reading, &apply->rows);
	dsv_apply_key_init(&apply->key, &apply->reading);
	set_only(apply);
	return write_file(apply);
}

static void set_result(struct dsv_apply *apply)
{
	struct dsv_apply_result *result = &apply->result;

	dsv_apply_rows_sort(&apply->rows);
	result->path = apply->opts->path;
	result->faults = apply->rows.faults;
	result->n_faults = apply->rows.n_faults;
	result->key = &apply->reading.key;
	result->labels = &apply->reading.labels;
	result->format = apply->reading.format->name;
}

int dsv_apply_open(struct dsv_apply **out, struct dsv_repo *repo,
		   const struct dsv_apply_opts *opts)
{
	struct dsv_apply *apply DSV_AUTO(apply) = NULL;
	int rc;

	if (opts->insert && opts->remove)
		return dsv_fail(DSV_EUSAGE, "a delivery is inserted or a list "
					    "of deletions, not both");
	apply = dsv_alloc_zero(1, sizeof(*apply));
	apply->file = (struct dsv_atomic)DSV_ATOMIC_INIT;
	apply->opts = opts;
	apply->repo = repo;
	rc = run(apply);
	if (rc < 0)
		return rc;
	set_result(apply);
	*out = dsv_take(&apply);
	return 0;
}

const struct dsv_apply_result *dsv_apply_result(const struct dsv_apply *apply)
{
	return &apply->result;
}

const char *dsv_apply_preview(const struct dsv_apply *apply)
{
	return apply->file.tmp_path;
}

int dsv_apply_commit(struct dsv_apply *apply)
{
	const struct dsv_apply_result *result = &apply->result;
	const struct stat *old = &apply->stat;
	struct stat now;

	if (result->n_faults)
		return dsv_fail(DSV_EREFUSED, "the delivery has faults");
	if (!result->inserted && !result->updated && !result->deleted)
		return 0;
	if (lstat(apply->path, &now) < 0 || now.st_ino != old->st_ino ||
	    now.st_size != old->st_size ||
	    now.st_mtim.tv_sec != old->st_mtim.tv_sec ||
	    now.st_mtim.tv_nsec != old->st_mtim.tv_nsec)
		return dsv_fail(DSV_EIO, "'%s' was changed meanwhile",
				result->path);
	return dsv_atomic_commit(&apply->file, NULL);
}
