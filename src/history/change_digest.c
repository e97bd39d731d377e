#include <dsv/change_digest.h>

#include <stdlib.h>
#include <string.h>

#include <dsv/address.h>
#include <dsv/dataset.h>
#include <dsv/error.h>
#include <dsv/snapshot.h>
#include <dsv/text.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/digest.h"
#include "dataset/reading.h"
#include "history/step.h"
#include "repo/tree.h"

/*
 * The files of both snapshots are walked side by side. Only a file that both
 * have and whose content differs is read, and where its change list is known,
 * nothing but that. Lines are kept until all are there, since they are sorted:
 * about 200 bytes for each record that changed.
 */
struct lines {
	struct dsv_arena text;
	const char **items;
	size_t n, cap;
};

/* The numbers of a side's columns in the order of their names. */
struct order {
	size_t *items;
	size_t n;
};

struct work {
	struct dsv_repo *repo;
	const struct dsv_version *from, *to;
	struct dsv_datasets sets; /* of `to` */
	struct lines lines;
	struct dsv_buf key;
	struct dsv_buf line;
	struct dsv_buf record;
	const struct dsv_file_diff *file; /* in hand */
	struct order orders[2];		  /* of its columns */
};

static void work_release(struct work *work)
{
	dsv_datasets_release(&work->sets);
	dsv_arena_release(&work->lines.text);
	free(work->lines.items);
	dsv_buf_release(&work->key);
	dsv_buf_release(&work->line);
	dsv_buf_release(&work->record);
	free(work->orders[0].items);
	free(work->orders[1].items);
}

/* "OP KEY OLD NEW"; an address that has odd bytes is quoted as a path is. */
static void add_line(struct work *work, const char *op,
		     const struct dsv_buf *key, const struct dsv_id *from,
		     const struct dsv_id *to)
{
	struct lines *lines = &work->lines;
	char old_hex[DSV_ID_HEX] = "-";
	char new_hex[DSV_ID_HEX] = "-";

	if (from)
		dsv_id_hex(from, old_hex);
	if (to)
		dsv_id_hex(to, new_hex);
	dsv_buf_reset(&work->line);
	dsv_buf_addf(&work->line, "%s ", op);
	dsv_add_quoted_path(&work->line, key->data, key->len);
	dsv_buf_addf(&work->line, " %s %s\n", old_hex, new_hex);
	DSV_GROW(lines->items, lines->cap, lines->n + 1);
	lines->items[lines->n++] =
		dsv_arena_copy(&lines->text, work->line.data, work->line.len);
}

static void add_file(struct work *work, const struct dsv_snapshot_file *from,
		     const struct dsv_snapshot_file *to)
{
	const char *op = !from ? "added" : to ? "changed" : "removed";

	dsv_buf_reset(&work->key);
	dsv_buf_addstr(&work->key, (to ? to : from)->path);
	add_line(work, op, &work->key, from ? &from->content.id : NULL,
		 to ? &to->content.id : NULL);
}

static int compare_columns(const void *a, const void *b, void *ctx)
{
	const struct dsv_strlist *names = ctx;
	const size_t x = *(const size_t *)a;
	const size_t y = *(const size_t *)b;
	const int cmp = strcmp(names->items[x], names->items[y]);

	return cmp ? cmp : (x > y) - (x < y);
}

static void sort_columns(struct order *order, const struct dsv_strlist *names)
{
	order->n = names ? names->n : 0;
	order->items =
		dsv_realloc(order->items, order->n + 1, sizeof(*order->items));
	for (size_t i = 0; i < order->n; i++)
		order->items[i] = i;
	if (order->n > 1)
		qsort_r(order->items, order->n, sizeof(*order->items),
			compare_columns, (void *)names);
}

static void add_field(struct dsv_buf *out, const char *name,
		      const struct dsv_field *field)
{
	if (field->kind == DSV_FIELD_MISSING)
		return;
	dsv_buf_addf(out, "%zu %s %c %zu ", strlen(name), name,
		     field->kind == DSV_FIELD_TEXT ? 't' : 'j', field->len);
	dsv_buf_add(out, field->text, field->len);
	dsv_buf_addch(out, '\n');
}

/* The SHA-256 of a record: its fields in the order of their names, each as
 * "<length> <name> <t or j> <length> <value>" and LF; then the cells that have
 * no column, their names empty. */
static void digest_record(struct work *work, const struct dsv_record *record,
			  bool is_to, struct dsv_id *out)
{
	const struct dsv_diff_summary *summary = work->file->summary;
	const struct dsv_strlist *names =
		is_to ? summary->columns_to : summary->columns_from;
	const struct order *order = &work->orders[is_to];

	dsv_buf_reset(&work->record);
	for (size_t i = 0; i < order->n; i++) {
		const size_t at = order->items[i];

		add_field(&work->record, names->items[at],
			  dsv_record_field(record, (long)at));
	}
	for (size_t i = order->n; i < record->n_fields; i++)
		add_field(&work->record, "", &record->fields[i]);
	dsv_id_of(work->record.data, work->record.len, out);
}

static void make_key(struct work *work, const struct dsv_change *change)
{
	dsv_buf_reset(&work->key);
	dsv_buf_addf(&work->key, "%s:", work->file->path);
	for (size_t i = 0; i < change->n_key; i++) {
		if (i > 0)
			dsv_buf_addch(&work->key, ',');
		dsv_address_add_part(&work->key, change->key[i].text,
				     change->key[i].len);
	}
}

static void add_change(struct work *work, const struct dsv_change *change)
{
	static const char *const ops[] = {
		[DSV_ADDED] = "added",
		[DSV_REMOVED] = "removed",
		[DSV_CHANGED] = "changed",
	};
	struct dsv_id from;
	struct dsv_id to;

	if (change->from)
		digest_record(work, change->from, false, &from);
	if (change->to)
		digest_record(work, change->to, true, &to);
	make_key(work, change);
	add_line(work, ops[change->op], &work->key, change->from ? &from : NULL,
		 change->to ? &to : NULL);
}

static int add_records(struct work *work, struct dsv_file_diff *file)
{
	struct dsv_change change;
	int rc;

	work->file = file;
	sort_columns(&work->orders[0], file->summary->columns_from);
	sort_columns(&work->orders[1], file->summary->columns_to);
	while ((rc = dsv_file_diff_next(file, &change)) > 0)
		add_change(work, &change);
	return rc;
}

static int compare_entries(struct work *work, struct dsv_step *step,
			   const struct dsv_snapshot_file *from,
			   const struct dsv_snapshot_file *to)
{
	struct dsv_entry entries[2];
	struct dsv_file_diff file;
	int rc =
		dsv_tree_entry(work->repo, work->from, from->path, &entries[0]);

	if (rc == 0)
		rc = dsv_tree_entry(work->repo, work->to, to->path,
				    &entries[1]);
	if (rc == 0)
		rc = dsv_step_compare(step, to->path, &entries[0], &entries[1],
				      &file);
	if (rc < 0)
		return dsv_fail_prefix(rc, "%s", to->path);
	if (file.summary)
		rc = add_records(work, &file);
	else
		add_file(work, from, to);
	dsv_file_diff_reset(&file);
	return rc < 0 ? dsv_fail_prefix(rc, "%s", to->path) : 0;
}

/* One file that both have. */
static int compare_file(struct work *work, const struct dsv_snapshot_file *from,
			const struct dsv_snapshot_file *to)
{
	struct dsv_reading reading DSV_AUTO(reading) = DSV_READING_INIT;
	struct dsv_step step DSV_AUTO(step) = DSV_STEP_INIT;
	int rc;

	if (dsv_id_equal(&from->content.id, &to->content.id))
		return 0;
	rc = dsv_reading_of_path(&reading, &work->sets, to->path, NULL);
	if (rc < 0)
		return rc;
	dsv_step_init(&step, work->repo, &reading, false);
	return compare_entries(work, &step, from, to);
}

static int compare_snapshots(struct work *work, const struct dsv_snapshot *from,
			     const struct dsv_snapshot *to)
{
	size_t i = 0;
	size_t j = 0;

	while (i < from->n_files || j < to->n_files) {
		const struct dsv_snapshot_file *a =
			i < from->n_files ? &from->files[i] : NULL;
		const struct dsv_snapshot_file *b =
			j < to->n_files ? &to->files[j] : NULL;
		const int cmp = !a ? 1 : !b ? -1 : strcmp(a->path, b->path);
		int rc = 0;

		if (cmp == 0)
			rc = compare_file(work, a, b);
		else
			add_file(work, cmp < 0 ? a : NULL, cmp > 0 ? b : NULL);
		if (rc == 0)
			rc = dsv_cancelled();
		if (rc < 0)
			return rc;
		i += cmp <= 0;
		j += cmp >= 0;
	}
	return 0;
}

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void digest_lines(struct lines *lines, struct dsv_id *out)
{
	struct dsv_digest digest DSV_AUTO(digest) = {0};

	if (lines->n > 1)
		qsort(lines->items, lines->n, sizeof(*lines->items),
		      compare_lines);
	dsv_digest_init(&digest);
	for (size_t i = 0; i < lines->n; i++)
		dsv_digest_update(&digest, lines->items[i],
				  strlen(lines->items[i]));
	dsv_digest_final(&digest, out);
}

/* 1 where the version has the dataset; else out stays empty. */
static int read_side(struct work *work, const struct dsv_version *version,
		     const char *dataset, struct dsv_snapshot *out)
{
	struct dsv_datasets sets DSV_AUTO(datasets) = DSV_DATASETS_INIT;
	int rc = 0;

	if (version->at != DSV_AT_NOTHING)
		rc = dsv_datasets_read(&sets, work->repo, version);
	if (rc < 0 || !dsv_datasets_named(&sets, dataset))
		return rc;
	rc = dsv_snapshot_read(out, work->repo, version, dataset);
	return rc < 0 ? rc : 1;
}

static int run(struct work *work, const char *dataset)
{
	struct dsv_snapshot from DSV_AUTO(snapshot) = DSV_SNAPSHOT_INIT;
	struct dsv_snapshot to DSV_AUTO(snapshot) = DSV_SNAPSHOT_INIT;
	int has_from = read_side(work, work->from, dataset, &from);
	int has_to;
	int rc;

	if (has_from < 0)
		return has_from;
	has_to = read_side(work, work->to, dataset, &to);
	if (has_to < 0)
		return has_to;
	if (!has_from && !has_to)
		return dsv_fail(DSV_ENOTFOUND, "no dataset '%s' on either side",
				dataset);
	rc = has_to ? dsv_datasets_read(&work->sets, work->repo, work->to) : 0;
	return rc < 0 ? rc : compare_snapshots(work, &from, &to);
}

int dsv_change_digest(struct dsv_repo *repo, const struct dsv_version *from,
		      const struct dsv_version *to, const char *dataset,
		      struct dsv_id *out)
{
	struct work work = {.repo = repo, .from = from, .to = to};
	int rc = run(&work, dataset);

	if (rc == 0)
		digest_lines(&work.lines, out);
	work_release(&work);
	return rc;
}
