#include "govern/population.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/address.h>
#include <dsv/diff.h>
#include <dsv/error.h>
#include <dsv/text.h>

#include "base/alloc.h"
#include "dataset/data_files.h"
#include "dataset/place.h"
#include "dataset/source.h"
#include "history/layout.h"
#include "repo/repo.h"

struct walk {
	const struct dsv_population_opts *opts;
	dsv_population_fn take;
	void *ctx;
	struct dsv_datasets sets;
	const struct dsv_dataset *set;
	/* of the file at hand */
	const char *path;
	struct dsv_reading reading;
	struct dsv_place label, by, annotator;
	struct dsv_layout layout;
	struct dsv_buf address, label_text, stratum;
	struct dsv_inner inner;
	uint64_t n;
};

static void end_file(struct walk *walk)
{
	dsv_place_release(&walk->label);
	dsv_place_release(&walk->by);
	dsv_place_release(&walk->annotator);
	dsv_layout_release(&walk->layout);
	dsv_reading_release(&walk->reading);
	walk->layout = (struct dsv_layout)DSV_LAYOUT_INIT;
	walk->reading = (struct dsv_reading)DSV_READING_INIT;
}

static void walk_release(struct walk *walk)
{
	end_file(walk);
	dsv_datasets_release(&walk->sets);
	dsv_buf_release(&walk->address);
	dsv_buf_release(&walk->label_text);
	dsv_buf_release(&walk->stratum);
	dsv_inner_release(&walk->inner);
}

void dsv_population_text(struct dsv_buf *out, const struct dsv_field *field)
{
	if (memchr(field->text, 0, field->len) ||
	    dsv_utf8_valid(field->text, field->len) < field->len)
		dsv_add_shown(out, field->text, field->len);
	else
		dsv_buf_add(out, field->text, field->len);
}

static int begin_file(struct walk *walk, const char *path)
{
	const struct dsv_statement_plan *plan = walk->opts->plan;
	int rc;

	end_file(walk);
	walk->path = path;
	rc = dsv_reading_of_path(&walk->reading, &walk->sets, path, NULL);
	if (rc < 0)
		return rc;
	if (!walk->reading.format->has_fields)
		return dsv_fail(DSV_EREFUSED, "'%s' has no records to judge",
				path);
	dsv_place_init(&walk->label, &walk->reading, plan->field);
	if (plan->by)
		dsv_place_init(&walk->by, &walk->reading, plan->by);
	if (walk->set->annotator)
		dsv_place_init(&walk->annotator, &walk->reading,
			       walk->set->annotator);
	return 0;
}

static void set_text(struct dsv_buf *out, const struct dsv_field *field)
{
	dsv_buf_reset(out);
	if (dsv_field_is_empty(field))
		dsv_buf_addstr(out, DSV_POPULATION_NULL);
	else
		dsv_population_text(out, field);
}

static int unfit(const struct walk *walk, uint64_t line, const char *what)
{
	return dsv_fail(DSV_EREFUSED, "%s:%llu: %s", walk->path,
			(unsigned long long)line, what);
}

/* walk->address is set. */
static int give(struct walk *walk, const struct dsv_record *record,
		const struct dsv_strlist *columns)
{
	const struct dsv_statement_plan *plan = walk->opts->plan;
	struct dsv_population_item item = {
		.path = walk->path,
		.line = record->line,
		.address = &walk->address,
		.record = record,
		.columns = columns,
		.stratum = "",
	};

	if (memchr(walk->address.data, 0, walk->address.len) ||
	    dsv_utf8_valid(walk->address.data, walk->address.len) <
		    walk->address.len)
		return unfit(walk, record->line, "a key that is no UTF-8 text");
	dsv_place_bind(&walk->label, columns);
	set_text(&walk->label_text, dsv_place_field(&walk->label, record));
	item.label = dsv_buf_str(&walk->label_text);
	if (plan->label && strcmp(plan->label, item.label) != 0)
		return 0;
	if (plan->by) {
		dsv_place_bind(&walk->by, columns);
		set_text(&walk->stratum, dsv_place_field(&walk->by, record));
		item.stratum = dsv_buf_str(&walk->stratum);
	}
	if (walk->set->annotator) {
		dsv_place_bind(&walk->annotator, columns);
		item.annotator = dsv_place_field(&walk->annotator, record);
	}
	return walk->take(walk->ctx, &item);
}

static void begin_address(struct walk *walk)
{
	dsv_buf_reset(&walk->address);
	dsv_buf_addstr(&walk->address, walk->path);
	dsv_buf_addch(&walk->address, ':');
}

static void add_key_field(struct walk *walk, size_t i,
			  const struct dsv_field *field)
{
	if (i > 0)
		dsv_buf_addch(&walk->address, ',');
	dsv_address_add_part(&walk->address, field->text, field->len);
}

static int give_read(struct walk *walk, const struct dsv_record *record,
		     const struct dsv_strlist *columns)
{
	if (columns->n != walk->layout.columns.n || walk->layout.n_key == 0) {
		dsv_layout_release(&walk->layout);
		walk->layout = (struct dsv_layout)DSV_LAYOUT_INIT;
		dsv_layout_set(&walk->layout, &walk->reading, columns);
	}
	if (record->issues & DSV_ISSUES_FORM)
		return unfit(walk, record->line,
			     "a record that is not well formed");
	if (dsv_layout_keyless(&walk->layout, record))
		return unfit(walk, record->line, "a record without key");
	begin_address(walk);
	for (size_t i = 0; i < walk->layout.n_key; i++)
		add_key_field(
			walk, i,
			dsv_layout_key(&walk->layout, i, record, &walk->inner));
	return give(walk, record, columns);
}

static int read_records(struct walk *walk, struct dsv_stream *in)
{
	struct dsv_reader *reader DSV_AUTO(reader) = NULL;
	struct dsv_record record;
	int rc = dsv_reader_open(&reader, walk->reading.format, in, NULL);

	if (rc < 0)
		return rc;
	while ((rc = dsv_reader_next(reader, &record)) > 0) {
		rc = give_read(walk, &record, dsv_reader_columns(reader));
		if (rc == 0 && ++walk->n % 1024 == 0)
			rc = dsv_cancelled();
		if (rc < 0)
			return rc;
	}
	return rc;
}

static int read_file(struct walk *walk, const struct dsv_file *file)
{
	struct dsv_source *source DSV_AUTO(source) = NULL;
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	int rc = begin_file(walk, file->path);

	if (rc == 0)
		rc = dsv_source_of_entry(&source, walk->opts->repo, file->path,
					 &file->entry);
	if (rc == 0)
		rc = dsv_source_stream(source, &in);
	return rc < 0 ? rc : read_records(walk, in);
}

static int walk_all(struct walk *walk)
{
	struct dsv_files files DSV_AUTO(files) = {0};
	int rc = dsv_data_files(&files, walk->opts->repo, &walk->opts->head,
				&walk->sets, NULL);

	for (size_t i = 0; rc == 0 && i < files.n; i++)
		if (dsv_datasets_of_path(&walk->sets, files.items[i].path) ==
		    walk->set)
			rc = read_file(walk, &files.items[i]);
	return rc;
}

/* A file whose records have no single reading gives no population. */
static int check_issues(const struct walk *walk,
			const struct dsv_diff_summary *summary)
{
	for (size_t i = 0; i < summary->n_issues; i++) {
		const struct dsv_issue_line *it = &summary->issues[i];

		if (!it->to ||
		    !(it->issue & (DSV_ISSUES_KEY | DSV_ISSUES_FORM)))
			continue;
		return unfit(walk, it->line,
			     it->issue == DSV_ISSUE_DUPLICATE_KEY
				     ? "a key that other records have too"
			     : it->issue == DSV_ISSUE_NO_KEY
				     ? "a record without key"
				     : "a record that is not well formed");
	}
	return 0;
}

static int give_change(struct walk *walk, const struct dsv_change *change,
		       const struct dsv_strlist *columns)
{
	if (change->op == DSV_REMOVED)
		return 0;
	begin_address(walk);
	for (size_t i = 0; i < change->n_key; i++)
		add_key_field(walk, i, &change->key[i]);
	return give(walk, change->to, columns);
}

static int walk_file_diff(struct walk *walk, struct dsv_file_diff *file)
{
	const struct dsv_file_info *info = dsv_file_diff_info(file);
	const struct dsv_diff_summary *summary;
	struct dsv_change change;
	int rc;

	if (!info->dataset || strcmp(info->dataset, walk->set->name) != 0 ||
	    info->change == DSV_FILE_REMOVED)
		return 0;
	rc = begin_file(walk, info->path);
	if (rc < 0)
		return rc;
	summary = dsv_file_diff_summary(file);
	if (!summary)
		return dsv_fail(DSV_EREFUSED, "'%s' has no records to judge",
				info->path);
	rc = check_issues(walk, summary);
	while (rc == 0 && (rc = dsv_file_diff_next(file, &change)) > 0) {
		rc = give_change(walk, &change, summary->columns_to);
		if (rc == 0 && ++walk->n % 1024 == 0)
			rc = dsv_cancelled();
	}
	return rc;
}

/* The same files as those of the dataset: nothing else is compared. */
static int list_paths(const struct walk *walk, struct dsv_strlist *out)
{
	struct dsv_files files DSV_AUTO(files) = {0};
	int rc = dsv_data_files(&files, walk->opts->repo, &walk->opts->head,
				&walk->sets, NULL);

	for (size_t i = 0; rc == 0 && i < files.n; i++)
		if (dsv_datasets_of_path(&walk->sets, files.items[i].path) ==
		    walk->set)
			dsv_strlist_take(out, dsv_strf(":(literal,top)%s",
						       files.items[i].path));
	return rc;
}

static int walk_changed(struct walk *walk)
{
	struct dsv_strlist paths DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_diff *diff DSV_AUTO(diff) = NULL;
	struct dsv_diff_opts opts = {.from = walk->opts->base,
				     .to = walk->opts->head,
				     .paths = &paths};
	struct dsv_file_diff *file;
	int rc = list_paths(walk, &paths);

	if (rc < 0 || paths.n == 0)
		return rc;
	rc = dsv_diff_open(&diff, walk->opts->repo, &opts);
	if (rc < 0)
		return rc;
	while ((rc = dsv_diff_next(diff, &file)) > 0) {
		rc = walk_file_diff(walk, file);
		if (rc < 0)
			return rc;
	}
	return rc;
}

static int find_set(struct walk *walk)
{
	const struct dsv_population_opts *opts = walk->opts;
	int rc = dsv_datasets_read(&walk->sets, opts->repo, &opts->head);

	if (rc < 0)
		return rc;
	walk->set = dsv_datasets_named(&walk->sets, opts->dataset);
	if (!walk->set)
		return dsv_fail(DSV_ENOTFOUND, "no dataset '%s'",
				opts->dataset);
	if (walk->set->key.n > 0)
		return 0;
	dsv_fail(DSV_EREFUSED, "dataset '%s' names no key", opts->dataset);
	return dsv_hint(DSV_EREFUSED, "records are drawn by their key: key: "
				      "[COLUMN] in " DSV_DATASETS_PATH);
}

int dsv_population_walk(const struct dsv_population_opts *opts,
			dsv_population_fn take, void *ctx)
{
	struct walk walk = {.opts = opts,
			    .take = take,
			    .ctx = ctx,
			    .label = DSV_PLACE_INIT,
			    .by = DSV_PLACE_INIT,
			    .annotator = DSV_PLACE_INIT};
	int rc = find_set(&walk);

	if (rc == 0)
		rc = strcmp(opts->plan->of, "changed") == 0
			     ? walk_changed(&walk)
			     : walk_all(&walk);
	walk_release(&walk);
	return rc;
}
