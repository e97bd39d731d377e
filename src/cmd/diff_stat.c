#include <string.h>

#include <dsv/text.h>

#include "cli/table.h"
#include "cmd/diff_show.h"
#include "cmd/words.h"

struct stat_counts {
	uint64_t added, removed, changed, relabelled;
};

/* What is shown, where something narrows it down; else what is known. */
static int count_file(struct dsv_diff_show *show, struct dsv_file_diff *file,
		      struct stat_counts *out)
{
	const struct dsv_diff_summary *summary = dsv_file_diff_summary(file);
	struct dsv_change change;
	int rc;

	if (!dsv_diff_show_narrows(show)) {
		out->added = summary->added;
		out->removed = summary->removed;
		out->changed = summary->changed;
		out->relabelled = summary->relabelled;
		return 0;
	}
	while ((rc = dsv_diff_show_next(show, file, &change)) > 0) {
		out->added += change.op == DSV_ADDED;
		out->removed += change.op == DSV_REMOVED;
		out->changed += change.op == DSV_CHANGED;
		out->relabelled += change.relabelled;
	}
	return rc;
}

static void add_signed(struct dsv_table *table, char sign, uint64_t n,
		       enum dsv_style style)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	if (n) {
		dsv_buf_addch(&text, sign);
		dsv_add_count(&text, n);
	}
	dsv_table_text(table, dsv_buf_str(&text), style);
}

static void add_row(struct dsv_table *table, const char *path,
		    const struct stat_counts *counts, const char *note)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	if (path)
		dsv_add_quoted_path(&text, path, strlen(path));
	dsv_table_text(table, dsv_buf_str(&text), DSV_PLAIN);
	add_signed(table, '+', counts->added, DSV_GREEN);
	add_signed(table, '-', counts->removed, DSV_RED);
	add_signed(table, '~', counts->changed, DSV_YELLOW);
	dsv_buf_reset(&text);
	if (counts->relabelled) {
		dsv_buf_addstr(&text, "relabelled ");
		dsv_add_count(&text, counts->relabelled);
	}
	dsv_table_text(table, note ? note : dsv_buf_str(&text), DSV_PLAIN);
}

static int add_file(struct dsv_table *table, struct dsv_diff_show *show,
		    struct dsv_file_diff *file, struct stat_counts *total)
{
	const struct dsv_file_info *info = dsv_file_diff_info(file);
	struct stat_counts counts = {0};
	struct dsv_buf note DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc;

	if (!info->has_records) {
		dsv_add_size(&note, info->size_from);
		dsv_buf_addstr(&note, " -> ");
		dsv_add_size(&note, info->size_to);
		add_row(table, info->path, &counts, dsv_buf_str(&note));
		return 0;
	}
	rc = count_file(show, file, &counts);
	if (rc < 0)
		return rc;
	add_row(table, info->path, &counts, NULL);
	total->added += counts.added;
	total->removed += counts.removed;
	total->changed += counts.changed;
	total->relabelled += counts.relabelled;
	return 0;
}

int dsv_diff_stat(struct dsv_out *out, struct dsv_diff_show *show)
{
	struct dsv_table table DSV_AUTO(table) = DSV_TABLE_INIT("srrrl");
	struct stat_counts total = {0};
	struct dsv_buf name DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_file_diff *file;
	int rc;

	while ((rc = dsv_diff_next(show->diff, &file)) > 0) {
		dsv_diff_show_bind(show, file);
		rc = add_file(&table, show, file, &total);
		if (rc < 0)
			return rc;
		show->files++;
	}
	if (rc < 0 || !show->files)
		return rc;
	if (show->files > 1) {
		dsv_buf_addf(&name, "%llu files",
			     (unsigned long long)show->files);
		add_row(&table, dsv_buf_str(&name), &total, NULL);
	}
	return dsv_table_print(&table, out);
}
