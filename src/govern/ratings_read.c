#include <dsv/ratings.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <dsv/address.h>
#include <dsv/error.h>
#include <dsv/text.h>

#include "base/alloc.h"
#include "base/map.h"
#include "dataset/place.h"
#include "dataset/source.h"
#include "govern/rated.h"
#include "govern/ratings_order.h"

#define POLL_RECORDS 4096u

struct load {
	const struct dsv_ratings_opts *opts;
	const char *path; /* for messages */
	struct dsv_reading reading;
	struct dsv_ratings ratings;
	struct dsv_ratings_shape shape;
	/* numbers by name */
	struct dsv_map items, raters, labels;
	struct dsv_place *item_at; /* shape.item.n */
	struct dsv_place *at;	   /* wide: one a rater; long: rater, label */
	size_t n_at;
	struct dsv_buf key; /* of the item at hand */
};

static void places_free(struct dsv_place *places, size_t n)
{
	size_t i;

	for (i = 0; i < n && places; i++)
		dsv_place_release(&places[i]);
	free(places);
}

static void load_release(struct load *load)
{
	places_free(load->item_at, load->shape.item.n);
	places_free(load->at, load->n_at);
	dsv_reading_release(&load->reading);
	dsv_ratings_release(&load->ratings);
	dsv_ratings_shape_release(&load->shape);
	dsv_map_release(&load->items);
	dsv_map_release(&load->raters);
	dsv_map_release(&load->labels);
	dsv_buf_release(&load->key);
}

static bool is_given(const struct dsv_strlist *list)
{
	return list && list->n;
}

static int one_or_the_other(const struct dsv_ratings_opts *opts)
{
	if (!is_given(opts->item) || !opts->rater || !opts->label) {
		dsv_fail(DSV_EUSAGE,
			 "a table with a row a rating needs the columns of "
			 "item, rater and label");
		return dsv_hint(DSV_EUSAGE, "--item COL,.. --rater COL "
					    "--label COL");
	}
	if (is_given(opts->raters) || is_given(opts->key)) {
		dsv_fail(DSV_EUSAGE, "--raters and --key are about a table "
				     "with a column a rater");
		return dsv_hint(DSV_EUSAGE, "--item, --rater and --label are "
					    "about one with a row a rating");
	}
	return 0;
}

/* A key with the annotator in it: the rest names what he annotated. */
static bool long_by_definition(struct load *load)
{
	const struct dsv_dataset *set = load->reading.dataset;
	const struct dsv_ratings_opts *opts = load->opts;
	size_t i;

	if (!set || !set->annotator || !set->labels.n || set->key.n < 2 ||
	    is_given(opts->raters) || is_given(opts->key) ||
	    dsv_strlist_find(&set->key, set->annotator) < 0)
		return false;
	for (i = 0; i < set->key.n; i++)
		if (strcmp(set->key.items[i], set->annotator) != 0)
			dsv_strlist_add(&load->shape.item, set->key.items[i]);
	load->shape.rater = dsv_strdup(set->annotator);
	load->shape.label = dsv_strdup(set->labels.items[0]);
	return true;
}

static int choose_shape(struct load *load)
{
	const struct dsv_ratings_opts *opts = load->opts;
	int rc;

	if (!is_given(opts->item) && !opts->rater && !opts->label) {
		load->shape.is_long = long_by_definition(load);
		return 0;
	}
	rc = one_or_the_other(opts);
	if (rc < 0)
		return rc;
	load->shape.is_long = true;
	dsv_strlist_copy(&load->shape.item, opts->item);
	load->shape.rater = dsv_strdup(opts->rater);
	load->shape.label = dsv_strdup(opts->label);
	return 0;
}

static int ask_for_raters(const struct load *load)
{
	dsv_fail(DSV_EUSAGE, "which columns of '%s' hold ratings is not known",
		 load->path);
	return dsv_hint(DSV_EUSAGE,
			"--raters COL,..; or --key COL,.. where all other "
			"columns do; or --item, --rater and --label for a "
			"row a rating");
}

/* All columns but the key's. */
static int rest_of_columns(struct load *load, const struct dsv_strlist *columns)
{
	size_t i;

	if (!load->shape.item.n || !load->reading.format->has_header)
		return ask_for_raters(load);
	for (i = 0; i < columns->n; i++)
		if (dsv_strlist_find(&load->shape.item, columns->items[i]) < 0)
			dsv_strlist_add(&load->ratings.raters,
					columns->items[i]);
	return 0;
}

static int check_raters(const struct dsv_strlist *raters)
{
	size_t i;

	for (i = 0; i < raters->n; i++)
		if (dsv_strlist_find(raters, raters->items[i]) != (long)i)
			return dsv_fail(DSV_EUSAGE, "rater '%s' is named twice",
					raters->items[i]);
	if (raters->n < 2)
		return dsv_fail(DSV_EUSAGE, "agreement needs at least two "
					    "raters");
	return 0;
}

static struct dsv_place *places_of(const struct load *load,
				   const struct dsv_strlist *names)
{
	struct dsv_place *places =
		dsv_alloc_zero(names->n + 1, sizeof(*places));
	size_t i;

	for (i = 0; i < names->n; i++)
		dsv_place_init(&places[i], &load->reading, names->items[i]);
	return places;
}

static int set_wide(struct load *load, const struct dsv_strlist *columns)
{
	int rc = 0;

	dsv_strlist_copy(&load->shape.item, is_given(load->opts->key)
						    ? load->opts->key
						    : &load->reading.key);
	if (is_given(load->opts->raters))
		dsv_strlist_copy(&load->ratings.raters, load->opts->raters);
	else
		rc = rest_of_columns(load, columns);
	if (rc == 0)
		rc = check_raters(&load->ratings.raters);
	if (rc < 0)
		return rc;
	load->n_at = load->ratings.raters.n;
	load->at = places_of(load, &load->ratings.raters);
	load->ratings.n_raters = (uint32_t)load->n_at;
	return 0;
}

static void set_long(struct load *load)
{
	struct dsv_strlist names DSV_AUTO(strlist) = DSV_STRLIST_INIT;

	dsv_strlist_add(&names, load->shape.rater);
	dsv_strlist_add(&names, load->shape.label);
	load->n_at = 2;
	load->at = places_of(load, &names);
	load->at[0].name = load->shape.rater;
	load->at[1].name = load->shape.label;
}

static void bind(struct load *load, const struct dsv_strlist *columns)
{
	size_t i;

	for (i = 0; i < load->shape.item.n; i++)
		dsv_place_bind(&load->item_at[i], columns);
	for (i = 0; i < load->n_at; i++)
		dsv_place_bind(&load->at[i], columns);
}

static int check_places(const struct dsv_place *places, size_t n,
			const struct dsv_strlist *columns)
{
	const char *near;
	size_t i;

	for (i = 0; i < n; i++) {
		if (places[i].column >= 0)
			continue;
		dsv_fail(DSV_EUSAGE, "there is no column '%s'", places[i].name);
		near = dsv_nearest(places[i].name, columns);
		return near ? dsv_hint(DSV_EUSAGE, "did you mean '%s'?", near)
			    : DSV_EUSAGE;
	}
	return 0;
}

static int check_columns(const struct load *load,
			 const struct dsv_strlist *columns)
{
	int rc = check_places(load->item_at, load->shape.item.n, columns);

	return rc < 0 ? rc : check_places(load->at, load->n_at, columns);
}

static int fault(const struct load *load, uint64_t line, const char *what)
{
	return dsv_fail(DSV_ESYNTAX, "%s:%" PRIu64 ": %s", load->path, line,
			what);
}

static int check_record(const struct load *load, unsigned issues, uint64_t line)
{
	unsigned bit;

	for (bit = 0; issues >> bit; bit++) {
		if (!(issues >> bit & 1))
			continue;
		fault(load, line, dsv_issue_word(1u << bit));
		return dsv_hint(DSV_ESYNTAX, "mend the row, then ask again: "
					     "figures of a part would look "
					     "like those of the whole");
	}
	return 0;
}

/* The number of a name in a map, which is its place there. */
static uint32_t number_of(struct dsv_map *map, const char *text, size_t len)
{
	size_t before = map->n;
	struct dsv_map_entry *entry = dsv_map_put(map, text, len);

	if (map->n > before)
		entry->value = before;
	return (uint32_t)entry->value;
}

/* False where all fields that name it are empty. */
static bool read_key(struct load *load, const struct dsv_record *record)
{
	bool named = false;
	size_t i;

	dsv_buf_reset(&load->key);
	for (i = 0; i < load->shape.item.n; i++) {
		const struct dsv_field *field =
			dsv_place_field(&load->item_at[i], record);

		if (i)
			dsv_buf_addch(&load->key, ',');
		dsv_address_add_part(&load->key, field->text, field->len);
		named = named || !dsv_field_is_empty(field);
	}
	return named;
}

static int add_rating(struct load *load, uint32_t item, uint32_t rater,
		      const struct dsv_field *label)
{
	if (load->ratings.n == DSV_RATINGS_MAX)
		return dsv_fail(DSV_ERANGE, "'%s' holds more than %u ratings",
				load->path, DSV_RATINGS_MAX);
	dsv_ratings_add(&load->ratings, item, rater,
			number_of(&load->labels, label->text, label->len));
	return 0;
}

static int fail_item(const struct load *load, uint64_t line, const char *what)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_buf_addf(&text, "item '%s' %s", dsv_buf_str(&load->key), what);
	return fault(load, line, dsv_buf_str(&text));
}

static int take_wide(struct load *load, const struct dsv_record *record)
{
	uint32_t item = load->ratings.n_items, rater;
	int rc = 0;

	if (load->shape.item.n) {
		if (!read_key(load, record))
			return fault(load, record->line, "no key");
		if (number_of(&load->items, load->key.data, load->key.len) !=
		    item)
			return fail_item(load, record->line, "stands twice");
	}
	load->ratings.n_items++;
	for (rater = 0; rc == 0 && rater < load->n_at; rater++) {
		const struct dsv_field *label =
			dsv_place_field(&load->at[rater], record);

		if (!dsv_field_is_empty(label))
			rc = add_rating(load, item, rater, label);
	}
	return rc;
}

static int take_long(struct load *load, const struct dsv_record *record)
{
	const struct dsv_field *rater, *label;
	uint32_t item, by;

	if (!read_key(load, record))
		return fault(load, record->line, "no item");
	item = number_of(&load->items, load->key.data, load->key.len);
	if (item >= load->ratings.n_items)
		load->ratings.n_items = item + 1;
	rater = dsv_place_field(&load->at[0], record);
	label = dsv_place_field(&load->at[1], record);
	if (dsv_field_is_empty(rater))
		return fault(load, record->line, "no rater");
	by = number_of(&load->raters, rater->text, rater->len);
	return dsv_field_is_empty(label) ? 0
					 : add_rating(load, item, by, label);
}

static int take_records(struct load *load, struct dsv_reader *reader)
{
	struct dsv_record record;
	int rc;

	while ((rc = dsv_reader_next(reader, &record)) > 0) {
		bind(load, dsv_reader_columns(reader));
		rc = check_record(load, record.issues, record.line);
		if (rc == 0)
			rc = load->shape.is_long ? take_long(load, &record)
						 : take_wide(load, &record);
		if (rc == 0 && ++load->shape.rows % POLL_RECORDS == 0)
			rc = dsv_cancelled();
		if (rc < 0)
			return rc;
	}
	return rc;
}

static int read_records(struct load *load, struct dsv_stream *in)
{
	struct dsv_reader *reader DSV_AUTO(reader) = NULL;
	const struct dsv_strlist *columns;
	int rc;

	rc = dsv_reader_open(&reader, load->reading.format, in, NULL);
	if (rc < 0)
		return rc;
	columns = dsv_reader_columns(reader);
	rc = check_record(load, reader->issues, 1);
	if (rc == 0 && load->shape.is_long)
		set_long(load);
	else if (rc == 0)
		rc = set_wide(load, columns);
	if (rc < 0)
		return rc;
	load->item_at = places_of(load, &load->shape.item);
	bind(load, columns);
	if (load->reading.format->has_header)
		rc = check_columns(load, columns);
	if (rc == 0)
		rc = take_records(load, reader);
	/* names of JSON are known when all was read */
	if (rc == 0 && load->shape.rows)
		rc = check_columns(load, dsv_reader_columns(reader));
	return rc;
}

static void keep_names(struct dsv_strlist *out, const struct dsv_map *map)
{
	size_t i;

	for (i = 0; i < map->n; i++)
		dsv_strlist_addn(out, map->entries[i].key,
				 map->entries[i].key_len);
}

/* Nobody labels an item twice; said here, where items have names. */
static int check_twice(struct load *load)
{
	struct dsv_rated rated DSV_AUTO(rated) = DSV_RATED_INIT;
	struct dsv_rating twice;

	if (!dsv_rated_build(&rated, &load->ratings, &twice))
		return 0;
	return dsv_fail(DSV_ESYNTAX, "%s: rater '%s' gave item '%s' two labels",
			load->path, load->raters.entries[twice.rater].key,
			load->items.entries[twice.item].key);
}

static int finish(struct load *load)
{
	int rc = 0;

	keep_names(&load->ratings.labels, &load->labels);
	if (load->shape.is_long) {
		keep_names(&load->ratings.raters, &load->raters);
		load->ratings.n_raters = (uint32_t)load->raters.n;
		rc = check_twice(load);
		dsv_ratings_order_raters(&load->ratings);
	}
	if (rc < 0)
		return rc;
	return dsv_ratings_order_labels(&load->ratings, load->opts->level,
					load->opts->order);
}

static int read_path(struct load *load, struct dsv_repo *repo,
		     const struct dsv_version *version,
		     const struct dsv_datasets *sets)
{
	const struct dsv_reading_opts how = {.format = load->opts->format};
	struct dsv_source *source DSV_AUTO(source) = NULL;
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	int rc;

	rc = dsv_reading_of_path(&load->reading, version ? sets : NULL,
				 load->path, &how);
	if (rc < 0)
		return rc;
	if (!load->reading.format->has_fields) {
		dsv_fail(DSV_EUSAGE, "'%s' is no table", load->path);
		return dsv_hint(DSV_EUSAGE, "say how to read it: --format csv, "
					    "tsv, jsonl or json");
	}
	rc = choose_shape(load);
	if (rc == 0)
		rc = version ? dsv_source_open(&source, repo, version,
					       load->path)
			     : dsv_source_of_file(&source, load->path);
	if (rc == 0)
		rc = dsv_source_stream(source, &in);
	if (rc == 0)
		rc = read_records(load, in);
	return rc < 0 ? rc : finish(load);
}

int dsv_ratings_read(struct dsv_ratings *out, struct dsv_ratings_shape *shape,
		     struct dsv_repo *repo, const struct dsv_version *version,
		     const char *path, const struct dsv_ratings_opts *opts)
{
	struct dsv_datasets sets DSV_AUTO(datasets) = DSV_DATASETS_INIT;
	struct load load = {.opts = opts, .path = path};
	int rc = 0;

	if (version)
		rc = dsv_datasets_read(&sets, repo, version);
	if (rc == 0)
		rc = read_path(&load, repo, version, &sets);
	if (rc == 0) {
		*out = load.ratings;
		*shape = load.shape;
		places_free(load.item_at, load.shape.item.n);
		load.item_at = NULL;
		load.ratings = (struct dsv_ratings)DSV_RATINGS_INIT;
		load.shape = (struct dsv_ratings_shape)DSV_RATINGS_SHAPE_INIT;
	}
	load_release(&load);
	return rc;
}

void dsv_ratings_shape_release(struct dsv_ratings_shape *shape)
{
	dsv_strlist_release(&shape->item);
	free(shape->rater);
	free(shape->label);
	*shape = (struct dsv_ratings_shape)DSV_RATINGS_SHAPE_INIT;
}
