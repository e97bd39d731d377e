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

static int scan(struct dsv_reader *reader, struct dsv_finder *finder,
		dsv_record_fn take, void *ctx)
{
	struct dsv_record record;
	bool found = false;
	int rc;

	while ((rc = dsv_reader_next(reader, &record)) > 0) {
		const struct dsv_strlist *columns = dsv_reader_columns(reader);

		if (!dsv_finder_match(finder, &record, columns))
			continue;
		found = true;
		rc = take(ctx, &record, columns);
		if (rc < 0)
			return rc;
	}
	return rc < 0 || found ? rc : not_found(finder->address);
}

int dsv_record_find(struct dsv_repo *repo, const struct dsv_address *address,
		    dsv_record_fn take, void *ctx)
{
	struct dsv_datasets sets DSV_AUTO(datasets) = DSV_DATASETS_INIT;
	struct dsv_reading reading DSV_AUTO(reading) = DSV_READING_INIT;
	struct dsv_source *source DSV_AUTO(source) = NULL;
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	struct dsv_reader *reader DSV_AUTO(reader) = NULL;
	struct dsv_finder finder DSV_AUTO(finder) = {NULL, NULL};
	int rc = dsv_datasets_read(&sets, repo, &address->version);

	if (rc == 0)
		rc = dsv_reading_of_path(&reading, &sets, address->path, NULL);
	if (rc == 0)
		rc = dsv_source_open(&source, repo, &address->version,
				     address->path);
	if (rc == 0)
		rc = dsv_source_stream(source, &in);
	if (rc == 0)
		rc = dsv_reader_open(&reader, reading.format, in, NULL);
	if (rc < 0)
		return rc;
	dsv_finder_init(&finder, address, &reading);
	return scan(reader, &finder, take, ctx);
}
