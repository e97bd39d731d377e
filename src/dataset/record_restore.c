#include <dsv/address.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "base/atomic.h"
#include "base/fs.h"
#include "dataset/find.h"
#include "dataset/patch.h"

struct work {
	struct dsv_strlist records; /* as they were */
	struct dsv_strlist columns; /* of the version; none seen: empty */
	struct dsv_reading reading; /* of the work tree */
	struct dsv_finder finder;
	size_t seen;
};

static int take(void *ctx, const struct dsv_found *found)
{
	struct work *work = ctx;
	const struct dsv_record *record = found->record;

	if (record->issues & (DSV_ISSUE_TOO_LONG | DSV_ISSUE_NUL))
		return dsv_fail(DSV_EUNSUPPORTED,
				"line %llu cannot be put back by itself",
				(unsigned long long)record->line);
	if (!work->columns.n)
		dsv_strlist_copy(&work->columns, found->columns);
	dsv_strlist_addn(&work->records, record->source, record->source_len);
	return 0;
}

/* The records of the version; none where it does not have the key. */
static int collect(struct work *work, struct dsv_repo *repo,
		   const struct dsv_address *address)
{
	struct dsv_entry entry;
	int rc;

	rc = dsv_tree_entry(repo, &address->version, address->path, &entry);
	if (rc == 0 && !entry.mode)
		rc = dsv_fail(DSV_ENOTFOUND, "there is no file '%s' there",
			      address->path);
	if (rc < 0)
		return rc;
	rc = dsv_record_find(repo, address, take, work);
	if (rc != DSV_ENOTFOUND)
		return rc;
	dsv_error_clear();
	return 0;
}

static int check_columns(const struct work *work,
			 const struct dsv_strlist *columns)
{
	if (!work->reading.format->has_header || !work->columns.n ||
	    dsv_strlist_equal(&work->columns, columns))
		return 0;
	dsv_fail(DSV_EUNSUPPORTED, "the columns were others there");
	return dsv_hint(DSV_EUNSUPPORTED, "restore the file as a whole");
}

static void put_in(struct dsv_put_in *out, const char *record)
{
	dsv_put_in_add(out, record, strlen(record));
}

static int decide(void *ctx, const struct dsv_record *record,
		  const struct dsv_strlist *columns, struct dsv_patched *out)
{
	struct work *work = ctx;
	int rc;

	if (!dsv_finder_match(&work->finder, record, columns))
		return 0;
	rc = check_columns(work, columns);
	if (rc < 0)
		return rc;
	out->fate = DSV_FATE_DROP;
	if (work->seen < work->records.n) {
		out->fate = DSV_FATE_REPLACE;
		put_in(&out->instead, work->records.items[work->seen]);
	}
	work->seen++;
	return 0;
}

static int put_end(void *ctx, const struct dsv_strlist *columns,
		   struct dsv_put_in *out)
{
	struct work *work = ctx;
	int rc = 0;

	if (work->seen < work->records.n)
		rc = check_columns(work, columns);
	if (rc < 0)
		return rc;
	for (; work->seen < work->records.n; work->seen++)
		put_in(out, work->records.items[work->seen]);
	return 0;
}

static int write_file(struct work *work, const char *path)
{
	struct dsv_source *source DSV_AUTO(source) = NULL;
	struct dsv_atomic file DSV_AUTO(atomic) = DSV_ATOMIC_INIT;
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	struct dsv_patch_opts opts = {
		.reading = &work->reading,
		.decide = decide,
		.end = put_end,
		.ctx = work,
	};
	const char *piece;
	struct stat st;
	size_t len;
	int rc;

	if (stat(path, &st) < 0)
		return dsv_fail_errno(DSV_ENOTFOUND, "'%s'", path);
	rc = dsv_source_of_file(&source, path);
	if (rc < 0)
		return rc;
	opts.source = source;
	rc = dsv_atomic_open(&file, path, NULL, st.st_mode & 0777);
	if (rc == 0)
		rc = dsv_patch_stream(&in, &opts);
	while (rc >= 0 && (rc = dsv_stream_next(in, &piece, &len)) > 0)
		rc = dsv_atomic_write(&file, piece, len);
	return rc < 0 ? rc : dsv_atomic_commit(&file, path);
}

int dsv_record_restore(struct dsv_repo *repo, const struct dsv_address *address)
{
	static const struct dsv_version worktree = {.at = DSV_AT_WORKTREE};
	struct dsv_datasets sets DSV_AUTO(datasets) = DSV_DATASETS_INIT;
	char *path DSV_AUTO(str) =
		dsv_fs_join(dsv_repo_workdir(repo), address->path);
	struct work work = {.seen = 0};
	int rc = collect(&work, repo, address);

	if (rc == 0)
		rc = dsv_datasets_read(&sets, repo, &worktree);
	if (rc == 0)
		rc = dsv_reading_of_path(&work.reading, &sets, address->path,
					 NULL);
	if (rc == 0 && work.reading.key.n != address->key.n)
		rc = dsv_fail(DSV_EUSAGE, "'%s' has another key now",
			      address->path);
	if (rc == 0) {
		dsv_finder_init(&work.finder, address, &work.reading);
		rc = write_file(&work, path);
	}
	dsv_finder_release(&work.finder);
	dsv_reading_release(&work.reading);
	dsv_strlist_release(&work.records);
	dsv_strlist_release(&work.columns);
	return rc;
}
