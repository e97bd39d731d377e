#include <dsv/labels.h>

#include <stdlib.h>
#include <string.h>

#include <dsv/dataset.h>
#include <dsv/error.h>
#include <dsv/text.h>
#include <dsv/where.h>

#include "base/alloc.h"
#include "dataset/data_files.h"
#include "dataset/place.h"
#include "dataset/reading.h"
#include "dataset/source.h"
#include "repo/tree.h"
#include "report/tally_group.h"

/* What one call counts. */
struct counting {
	struct dsv_repo *repo;
	const struct dsv_labels_opts *opts;
	struct dsv_datasets sets;
	struct dsv_files files;
	struct dsv_where where;
	struct dsv_strlist seen; /* columns of all files that were read */
	struct dsv_labels *out;
};

static void counting_release(struct counting *counting)
{
	dsv_datasets_release(&counting->sets);
	dsv_files_release(&counting->files);
	dsv_where_release(&counting->where);
	dsv_strlist_release(&counting->seen);
}

static bool is_given(const struct dsv_strlist *list)
{
	return list && list->n > 0;
}

/* Only what is counted need be read. */
static void wanted_columns(const struct counting *counting,
			   const struct dsv_reading *reading,
			   struct dsv_strlist *out)
{
	for (size_t i = 0; i < reading->labels.n; i++)
		dsv_strlist_add(out, reading->labels.items[i]);
	for (size_t i = 0; i < reading->n_renamed; i++)
		for (size_t k = 0; k < reading->renamed[i].older.n; k++)
			dsv_strlist_add(out,
					reading->renamed[i].older.items[k]);
	for (size_t i = 0; i < counting->where.n; i++)
		dsv_strlist_add(out, counting->where.items[i].field);
	if (counting->opts->by)
		dsv_strlist_add(out, counting->opts->by);
}

static void remember_columns(struct counting *counting,
			     const struct dsv_strlist *columns)
{
	for (size_t i = 0; i < columns->n; i++) {
		if (dsv_strlist_find(&counting->seen, columns->items[i]) < 0)
			dsv_strlist_add(&counting->seen, columns->items[i]);
	}
}

static int count_records(struct counting *counting, struct dsv_tally_group *to,
			 struct dsv_reader *reader)
{
	const struct dsv_strlist *columns = dsv_reader_columns(reader);
	size_t n_bound = SIZE_MAX;
	struct dsv_record record;
	int rc;

	while ((rc = dsv_reader_next(reader, &record)) > 0) {
		if (columns->n != n_bound) {
			dsv_where_bind(&counting->where, columns);
			dsv_tally_group_bind(to, columns);
			n_bound = columns->n;
		}
		to->records_all++;
		if (dsv_where_match(&counting->where, &record))
			dsv_tally_group_add(to, &record);
		rc = dsv_cancelled();
		if (rc < 0)
			return rc;
	}
	remember_columns(counting, columns);
	return rc;
}

static int count_file(struct counting *counting, struct dsv_tally_group *to,
		      const struct dsv_file *file,
		      const struct dsv_reading *reading)
{
	struct dsv_source *source DSV_AUTO(source) = NULL;
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	struct dsv_reader *reader DSV_AUTO(reader) = NULL;
	struct dsv_strlist only DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_reader_opts opts = {.only = &only};
	int rc;

	wanted_columns(counting, reading, &only);
	rc = dsv_source_of_entry(&source, counting->repo, file->path,
				 &file->entry);
	if (rc == 0)
		rc = dsv_source_stream(source, &in);
	if (rc == 0)
		rc = dsv_reader_open(&reader, reading->format, in, &opts);
	if (rc < 0)
		return rc;
	dsv_tally_group_begin(to, reading);
	rc = count_records(counting, to, reader);
	dsv_tally_group_end(to);
	return rc < 0 ? dsv_fail_prefix(rc, "%s", file->path) : 0;
}

static int read_reading(struct counting *counting, const char *path,
			struct dsv_reading *out)
{
	struct dsv_reading_opts opts = {
		.labels = counting->opts->labels,
		.format = counting->opts->format,
	};

	return dsv_reading_of_path(out, &counting->sets, path, &opts);
}

static int add_file(struct counting *counting, struct dsv_tally_group *to,
		    const struct dsv_file *file)
{
	struct dsv_reading reading DSV_AUTO(reading) = DSV_READING_INIT;
	int rc = read_reading(counting, file->path, &reading);

	if (rc < 0)
		return rc;
	if (!reading.format->has_fields) {
		dsv_strlist_add(&to->unread, file->path);
		return 0;
	}
	dsv_strlist_add(&to->files, file->path);
	return count_file(counting, to, file, &reading);
}

static void give_group(struct counting *counting, struct dsv_tally_group *from)
{
	struct dsv_labels *out = counting->out;
	size_t cap = out->n;

	DSV_GROW(out->groups, cap, out->n + 1);
	dsv_tally_group_finish(from, &out->groups[out->n++]);
}

static int count_dataset(struct counting *counting,
			 const struct dsv_dataset *set)
{
	struct dsv_tally_group group DSV_AUTO(tally_group) = {0};
	const struct dsv_strlist *labels = &set->labels;

	if (is_given(counting->opts->labels))
		labels = counting->opts->labels;
	dsv_tally_group_init(&group, set->name, &set->key, labels,
			     counting->opts->by);
	for (size_t i = 0; i < counting->files.n; i++) {
		const struct dsv_file *file = &counting->files.items[i];
		int rc;

		if (dsv_datasets_of_path(&counting->sets, file->path) != set)
			continue;
		rc = add_file(counting, &group, file);
		if (rc < 0)
			return rc;
	}
	if (group.files.n + group.unread.n > 0)
		give_group(counting, &group);
	return 0;
}

/* A file that no dataset has is counted when its labels are named. */
static int count_single(struct counting *counting, const struct dsv_file *file)
{
	struct dsv_tally_group group DSV_AUTO(tally_group) = {0};
	struct dsv_reading reading DSV_AUTO(reading) = DSV_READING_INIT;
	int rc = read_reading(counting, file->path, &reading);

	if (rc < 0 || !reading.format->has_fields)
		return rc;
	dsv_tally_group_init(&group, NULL, &reading.key, &reading.labels,
			     counting->opts->by);
	dsv_strlist_add(&group.files, file->path);
	rc = count_file(counting, &group, file, &reading);
	if (rc == 0)
		give_group(counting, &group);
	return rc;
}

static int count_singles(struct counting *counting)
{
	for (size_t i = 0; i < counting->files.n; i++) {
		const struct dsv_file *file = &counting->files.items[i];
		int rc;

		if (dsv_datasets_of_path(&counting->sets, file->path))
			continue;
		if (!is_given(counting->opts->labels)) {
			if (counting->out->n > 0 || counting->files.n > 1)
				continue;
			dsv_fail(DSV_EUSAGE, "'%s' is in no dataset",
				 file->path);
			return dsv_hint(DSV_EUSAGE,
					"name its label with --label COL");
		}
		rc = count_single(counting, file);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int check_column(const struct counting *counting, const char *name,
			const char *what)
{
	const char *near;

	/* a JSON Pointer is no column's name; its count says enough */
	if (name[0] == '/' || counting->seen.n == 0 ||
	    dsv_strlist_find(&counting->seen, name) >= 0)
		return 0;
	for (size_t i = 0; i < counting->sets.n; i++) {
		const struct dsv_dataset *set = &counting->sets.items[i];

		for (size_t k = 0; k < set->n_renamed; k++)
			if (strcmp(set->renamed[k].name, name) == 0)
				return 0;
	}
	dsv_fail(DSV_EUSAGE, "%s column '%s' is in no record", what, name);
	near = dsv_nearest(name, &counting->seen);
	if (near)
		dsv_hint(DSV_EUSAGE, "did you mean '%s'?", near);
	return DSV_EUSAGE;
}

/* Names that a person gave; a definition may name what came later. */
static int check_columns(const struct counting *counting)
{
	const struct dsv_labels_opts *opts = counting->opts;
	int rc = 0;

	for (size_t i = 0; rc == 0 && opts->labels && i < opts->labels->n; i++)
		rc = check_column(counting, opts->labels->items[i], "label");
	if (rc == 0 && opts->by)
		rc = check_column(counting, opts->by, "--by");
	for (size_t i = 0; rc == 0 && i < counting->where.n; i++)
		rc = check_column(counting, counting->where.items[i].field,
				  "--where");
	return rc;
}

static int count_all(struct counting *counting)
{
	const struct dsv_labels_opts *opts = counting->opts;
	int rc;

	if ((rc = dsv_where_parse(&counting->where, opts->where)) < 0 ||
	    (rc = dsv_datasets_read(&counting->sets, counting->repo,
				    &opts->version)) < 0 ||
	    (rc = dsv_data_files(&counting->files, counting->repo,
				 &opts->version, &counting->sets,
				 opts->paths)) < 0)
		return rc;
	for (size_t i = 0; i < counting->sets.n; i++) {
		rc = count_dataset(counting, &counting->sets.items[i]);
		if (rc < 0)
			return rc;
	}
	rc = count_singles(counting);
	if (rc < 0)
		return rc;
	if (counting->out->n == 0)
		return dsv_fail(DSV_ENOTFOUND,
				"none of the files is in a dataset");
	return check_columns(counting);
}

int dsv_labels_read(struct dsv_labels *out, struct dsv_repo *repo,
		    const struct dsv_labels_opts *opts)
{
	struct dsv_labels labels DSV_AUTO(labels) = DSV_LABELS_INIT;
	struct counting counting = {
		.repo = repo,
		.opts = opts,
		.out = &labels,
	};
	int rc = count_all(&counting);

	counting_release(&counting);
	if (rc < 0)
		return rc;
	*out = labels;
	labels = (struct dsv_labels)DSV_LABELS_INIT;
	return 0;
}

static void table_release(struct dsv_label_table *table)
{
	free(table->name);
	for (size_t i = 0; i < table->n_values; i++) {
		free(table->values[i].value);
		free(table->values[i].by);
	}
	free(table->values);
	free(table->others_by);
}

static void group_release(struct dsv_label_group *group)
{
	free(group->dataset);
	dsv_strlist_release(&group->files);
	dsv_strlist_release(&group->unread);
	dsv_strlist_release(&group->key);
	dsv_strlist_release(&group->labels);
	for (size_t i = 0; i < group->n_tables; i++)
		table_release(&group->tables[i]);
	free(group->tables);
	dsv_strlist_release(&group->by);
	free(group->by_records);
}

void dsv_labels_release(struct dsv_labels *labels)
{
	for (size_t i = 0; i < labels->n; i++)
		group_release(&labels->groups[i]);
	free(labels->groups);
	*labels = (struct dsv_labels)DSV_LABELS_INIT;
}
