#include <dsv/blame.h>

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>
#include <dsv/text.h>

#include "base/alloc.h"
#include "history/blame_private.h"

static void free_reading(struct dsv_blame *blame)
{
	dsv_reader_free(&blame->reader);
	dsv_stream_free(&blame->stream);
	dsv_source_free(&blame->source);
}

static void free_walk(struct dsv_blame *blame)
{
	dsv_blame_forget(blame);
	free(blame->states);
	free(blame->edges);
	free(blame->events);
	free(blame->units);
	free(blame->stops);
	free(blame->chain_ends);
	free(blame->onward_oids);
	dsv_map_release(&blame->range);
	dsv_map_release(&blame->onward);
}

static void free_answers(struct dsv_blame *blame)
{
	for (size_t i = 0; i < blame->n_origins; i++) {
		struct dsv_blame_origin *origin = blame->origins[i];

		dsv_commit_info_release(&origin->commit);
		free(origin->path);
		free(origin->guideline);
		free(origin);
	}
	for (size_t i = 0; i < blame->n_problems; i++) {
		free(blame->problems[i].path);
		free(blame->problems[i].message);
		free(blame->problems[i].hint);
	}
	for (size_t i = 0; i < blame->n_unreadable; i++) {
		free(blame->unreadable[i].message);
		free(blame->unreadable[i].hint);
	}
	free(blame->origins);
	free(blame->problems);
	free(blame->unreadable);
	dsv_map_release(&blame->noted);
}

void dsv_blame_free(struct dsv_blame **out)
{
	struct dsv_blame *blame = *out;

	if (!blame)
		return;
	free_reading(blame);
	free_walk(blame);
	free_answers(blame);
	for (size_t i = 0; i < blame->n_places; i++)
		dsv_place_release(&blame->places[i]);
	free(blame->places);
	free(blame->cells);
	free(blame->issues);
	dsv_layout_release(&blame->layout);
	dsv_strlist_release(&blame->only);
	dsv_where_release(&blame->where);
	dsv_map_release(&blame->wanted);
	dsv_step_release(&blame->step);
	dsv_reading_release(&blame->reading);
	dsv_datasets_release(&blame->sets);
	dsv_buf_release(&blame->key_text);
	dsv_buf_release(&blame->scratch);
	free(blame->path);
	free(blame->field);
	free(blame);
	*out = NULL;
}

static int no_column(const char *role, const char *name,
		     const struct dsv_strlist *columns)
{
	const char *near = dsv_nearest(name, columns);

	dsv_fail(DSV_EUSAGE, "there is no %s '%s'", role, name);
	return near ? dsv_hint(DSV_EUSAGE, "did you mean '%s'?", near)
		    : DSV_EUSAGE;
}

/* All columns are known: those that were asked for are among them. */
static int check_columns(struct dsv_blame *blame)
{
	const struct dsv_strlist *columns = dsv_reader_columns(blame->reader);
	size_t n_key = blame->reading.key.n;

	if (columns->n == 0)
		return 0;
	for (size_t i = 0; i < blame->n_places; i++) {
		const struct dsv_place *place = &blame->places[i];
		bool label = i >= n_key && i < n_key + blame->reading.labels.n;

		if (place->column < 0 && (!label || blame->strict_labels))
			return no_column(i < n_key ? "key column"
					 : label   ? "label column"
						   : "field",
					 place->name, columns);
	}
	for (size_t i = 0; i < blame->where.n; i++)
		if (blame->where.items[i].column < 0)
			return no_column("field", blame->where.items[i].field,
					 columns);
	return 0;
}

static void bind(struct dsv_blame *blame)
{
	const struct dsv_strlist *columns = dsv_reader_columns(blame->reader);

	if (blame->n_bound == columns->n)
		return;
	blame->n_bound = columns->n;
	for (size_t i = 0; i < blame->n_places; i++)
		dsv_place_bind(&blame->places[i], columns);
	dsv_where_bind(&blame->where, columns);
	if (blame->any_shared && !blame->field)
		dsv_layout_set(&blame->layout, &blame->reading, columns);
}

/* Copies are told apart by all they hold. */
static const struct dsv_strlist *wanted_columns(struct dsv_blame *blame)
{
	struct dsv_strlist *only = &blame->only;

	if (blame->any_shared && !blame->field)
		return NULL;
	if (only->n > 0)
		return only;
	for (size_t i = 0; i < blame->n_places; i++) {
		const struct dsv_place *place = &blame->places[i];

		dsv_strlist_add(only, place->name);
		for (size_t k = 0; k < blame->reading.n_renamed; k++) {
			const struct dsv_renamed *renamed =
				&blame->reading.renamed[k];

			if (strcmp(renamed->name, place->name) != 0)
				continue;
			for (size_t m = 0; m < renamed->older.n; m++)
				dsv_strlist_add(only, renamed->older.items[m]);
		}
	}
	for (size_t i = 0; i < blame->where.n; i++)
		dsv_strlist_add(only, blame->where.items[i].field);
	return only;
}

static int open_records(struct dsv_blame *blame)
{
	struct dsv_reader_opts opts = {.only = wanted_columns(blame)};
	int rc = 0;

	dsv_reader_free(&blame->reader);
	dsv_stream_free(&blame->stream);
	blame->n_bound = 0;
	if (!blame->source)
		rc = dsv_source_open(&blame->source, blame->repo, &blame->rev,
				     blame->path);
	if (rc == 0)
		rc = dsv_source_stream(blame->source, &blame->stream);
	if (rc == 0)
		rc = dsv_reader_open(&blame->reader, blame->reading.format,
				     blame->stream, &opts);
	if (rc < 0)
		return rc;
	bind(blame);
	return 0;
}

static void read_cells(struct dsv_blame *blame, const struct dsv_record *record)
{
	bind(blame);
	for (size_t i = 0; i < blame->n_places; i++)
		blame->cells[i] = *dsv_place_field(&blame->places[i], record);
}

static const struct dsv_field *field_of(const struct dsv_blame *blame)
{
	return blame->field ? &blame->cells[blame->n_places - 1] : NULL;
}

/* How many copies the blamed version has of what is not told by its key. */
static int count_copies(struct dsv_blame *blame)
{
	struct dsv_record record;
	int rc;

	while ((rc = dsv_reader_next(blame->reader, &record)) > 0) {
		const struct dsv_blame_unit *key;

		read_cells(blame, &record);
		dsv_blame_key(&blame->key_text, blame->cells,
			      blame->reading.key.n);
		key = dsv_blame_find(blame, &blame->keys, false);
		if (!key || !key->shared)
			continue;
		dsv_blame_add_value(blame, &blame->layout, field_of(blame),
				    &record);
		dsv_blame_find(blame, &blame->values, true)->copies++;
	}
	return rc < 0 ? rc : open_records(blame);
}

int dsv_blame_open(struct dsv_blame **out, struct dsv_repo *repo,
		   const struct dsv_blame_opts *opts)
{
	struct dsv_blame *blame DSV_AUTO(blame) = NULL;
	int rc = dsv_blame_prepare(&blame, repo, opts);

	if (rc == 0)
		rc = open_records(blame);
	if (rc == 0 && blame->reading.format->has_header)
		rc = check_columns(blame);
	if (rc == 0)
		rc = dsv_blame_explore(blame);
	if (rc == 0 && blame->any_shared) {
		rc = open_records(blame);
		if (rc == 0)
			rc = count_copies(blame);
	}
	if (rc < 0)
		return rc;
	blame->plain_end = dsv_blame_replay(blame, NULL);
	*out = dsv_take(&blame);
	return 0;
}

/* The state that a record comes from. */
static uint32_t look_up(struct dsv_blame *blame,
			const struct dsv_record *record)
{
	struct dsv_blame_unit *key =
		blame->n_units > 0 ? dsv_blame_find(blame, &blame->keys, false)
				   : NULL;
	struct dsv_blame_unit *value;

	if (!key)
		return blame->plain_end;
	if (!key->shared) {
		if (!key->settled)
			key->end = dsv_blame_replay(blame, key);
		key->settled = true;
		return key->end;
	}
	dsv_blame_add_value(blame, &blame->layout, field_of(blame), record);
	value = dsv_blame_find(blame, &blame->values, false);
	if (!value->ends)
		dsv_blame_replay_copies(blame, key, value);
	return value->ends[value->met++];
}

static int finish(struct dsv_blame *blame)
{
	struct dsv_entry entry;
	int rc = check_columns(blame);

	blame->done = true;
	if (rc == 0)
		rc = dsv_tree_entry(blame->repo, &blame->rev, blame->path,
				    &entry);
	for (unsigned bit = 0; rc == 0 && bit < DSV_ISSUE_KINDS; bit++)
		if (blame->issues[bit] > 0)
			dsv_blame_note_issue(blame, &blame->rev.commit,
					     blame->path, &entry,
					     (enum dsv_issue)(1u << bit),
					     blame->issues[bit]);
	return rc;
}

static bool is_wanted(const struct dsv_blame *blame)
{
	return !blame->choosy ||
	       dsv_map_get(&blame->wanted, dsv_buf_str(&blame->key_text),
			   blame->key_text.len);
}

static void count_issues(struct dsv_blame *blame, unsigned issues)
{
	for (unsigned bit = 0; bit < DSV_ISSUE_KINDS; bit++)
		blame->issues[bit] += issues >> bit & 1;
}

static int make_line(struct dsv_blame *blame, const struct dsv_record *record,
		     uint32_t state, struct dsv_blame_line *out)
{
	size_t n_key = blame->reading.key.n;
	struct dsv_blame_origin *origin;
	int rc = dsv_blame_origin_of(blame, state, &origin);

	if (rc < 0)
		return rc;
	blame->info.records++;
	if (origin)
		origin->records++;
	*out = (struct dsv_blame_line){
		.key = blame->cells,
		.n_key = n_key,
		.labels = blame->cells + n_key,
		.n_labels = blame->reading.labels.n,
		.field = field_of(blame),
		.line = record->line,
		.origin = origin,
	};
	return 1;
}

#define POLL_EVERY 4096u /* records */

int dsv_blame_next(struct dsv_blame *blame, struct dsv_blame_line *out)
{
	struct dsv_record record;
	unsigned n = 0;
	int rc = 0;

	if (blame->done)
		return 0;
	while ((rc = dsv_reader_next(blame->reader, &record)) > 0) {
		uint32_t state;

		if (record.issues)
			count_issues(blame, record.issues);
		read_cells(blame, &record);
		dsv_blame_key(&blame->key_text, blame->cells,
			      blame->reading.key.n);
		if (is_wanted(blame)) {
			state = look_up(blame, &record);
			if (dsv_where_match(&blame->where, &record))
				return make_line(blame, &record, state, out);
		}
		if (++n % POLL_EVERY == 0 && (rc = dsv_cancelled()) < 0)
			return rc;
	}
	return rc < 0 ? dsv_fail_prefix(rc, "%s", blame->path) : finish(blame);
}

const struct dsv_blame_info *dsv_blame_info(const struct dsv_blame *blame)
{
	struct dsv_blame_info *info = &((struct dsv_blame *)blame)->info;

	info->origins = (const struct dsv_blame_origin *const *)blame->origins;
	info->n_origins = blame->n_origins;
	info->problems = blame->problems;
	info->n_problems = blame->n_problems;
	info->complete = blame->n_problems == 0;
	return info;
}
