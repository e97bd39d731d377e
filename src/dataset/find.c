#include "dataset/find.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "dataset/source.h"

void dsv_finder_init(struct dsv_finder *finder,
		     const struct dsv_address *address,
		     const struct dsv_reading *reading)
{
	finder->address = address;
	finder->places =
		dsv_alloc_zero(address->key.n + 1, sizeof(*finder->places));
	for (size_t i = 0; i < address->key.n; i++)
		dsv_place_init(&finder->places[i], reading,
			       reading->key.items[i]);
}

void dsv_finder_release(struct dsv_finder *finder)
{
	if (!finder->places)
		return;
	for (size_t i = 0; i < finder->address->key.n; i++)
		dsv_place_release(&finder->places[i]);
	free(finder->places);
	finder->places = NULL;
}

bool dsv_finder_match(struct dsv_finder *finder,
		      const struct dsv_record *record,
		      const struct dsv_strlist *columns)
{
	for (size_t i = 0; i < finder->address->key.n; i++) {
		const char *want = finder->address->key.items[i];
		const struct dsv_field *field;

		dsv_place_bind(&finder->places[i], columns);
		field = dsv_place_field(&finder->places[i], record);
		if (dsv_field_is_empty(field)
			    ? *want != 0
			    : field->len != strlen(want) ||
				      memcmp(field->text, want, field->len) !=
					      0)
			return false;
	}
	return true;
}

static int not_found(const struct dsv_address *address)
{
	struct dsv_buf key DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_address_add_key(&key, &address->key);
	return dsv_fail(DSV_ENOTFOUND, "there is no record '%s' in '%s'",
			dsv_buf_str(&key), address->path);
}

/* How the definition of one version reads the file, and where the field of the
 * address stands by it. */
struct view {
	struct dsv_datasets sets;
	struct dsv_reading reading;
	struct dsv_place field;
	bool has_field;
};

static void view_auto(struct view *view)
{
	dsv_place_release(&view->field);
	dsv_reading_release(&view->reading);
	dsv_datasets_release(&view->sets);
}

static int view_read(struct view *view, struct dsv_repo *repo,
		     const struct dsv_version *version,
		     const struct dsv_address *address)
{
	int rc = dsv_datasets_read(&view->sets, repo, version);

	if (rc == 0)
		rc = dsv_reading_of_path(&view->reading, &view->sets,
					 address->path, NULL);
	if (rc < 0)
		return rc;
	view->has_field = address->field != NULL;
	if (view->has_field)
		dsv_place_init(&view->field, &view->reading, address->field);
	return 0;
}

/* The definition of today knows what a column was called once. With a fault it
 * knows nothing. */
static void view_read_now(struct view *view, struct dsv_repo *repo,
			  const struct dsv_address *address)
{
	struct dsv_version now = {.at = DSV_AT_WORKTREE};
	int rc = 0;

	if (!address->field || address->version.at == DSV_AT_WORKTREE)
		return;
	if (!dsv_repo_workdir(repo))
		rc = dsv_repo_head(repo, &now);
	if (rc == 0)
		rc = view_read(view, repo, &now, address);
	if (rc < 0)
		dsv_error_clear();
}

struct scan {
	struct view then;
	struct view now;
	struct dsv_finder finder;
	dsv_record_fn take;
	void *ctx;
};

static void scan_auto(struct scan *scan)
{
	dsv_finder_release(&scan->finder);
	view_auto(&scan->then);
	view_auto(&scan->now);
}

static const struct dsv_field *field_of(struct view *view,
					const struct dsv_found *found)
{
	dsv_place_bind(&view->field, found->columns);
	return dsv_place_field(&view->field, found->record);
}

static const struct dsv_field *find_field(struct scan *scan,
					  const struct dsv_found *found)
{
	const struct dsv_field *field;

	if (!scan->then.has_field)
		return NULL;
	field = field_of(&scan->then, found);
	return field->kind == DSV_FIELD_MISSING && scan->now.has_field
		       ? field_of(&scan->now, found)
		       : field;
}

static int scan_all(struct scan *scan, struct dsv_reader *reader)
{
	struct dsv_record record;
	struct dsv_found found = {.record = &record};
	bool any = false;
	int rc;

	while ((rc = dsv_reader_next(reader, &record)) > 0) {
		found.columns = dsv_reader_columns(reader);
		if (!dsv_finder_match(&scan->finder, &record, found.columns))
			continue;
		any = true;
		found.field = find_field(scan, &found);
		rc = scan->take(scan->ctx, &found);
		if (rc < 0)
			return rc;
	}
	return rc < 0 || any ? rc : not_found(scan->finder.address);
}

int dsv_record_find(struct dsv_repo *repo, const struct dsv_address *address,
		    dsv_record_fn take, void *ctx)
{
	struct dsv_source *source DSV_AUTO(source) = NULL;
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	struct dsv_reader *reader DSV_AUTO(reader) = NULL;
	struct scan scan __attribute__((cleanup(scan_auto))) = {
		.then.field = DSV_PLACE_INIT,
		.now.field = DSV_PLACE_INIT,
		.take = take,
		.ctx = ctx,
	};
	int rc = view_read(&scan.then, repo, &address->version, address);

	if (rc == 0)
		rc = dsv_source_open(&source, repo, &address->version,
				     address->path);
	if (rc == 0)
		rc = dsv_source_stream(source, &in);
	if (rc == 0)
		rc = dsv_reader_open(&reader, scan.then.reading.format, in,
				     NULL);
	if (rc < 0)
		return rc;
	view_read_now(&scan.now, repo, address);
	dsv_finder_init(&scan.finder, address, &scan.then.reading);
	return scan_all(&scan, reader);
}
