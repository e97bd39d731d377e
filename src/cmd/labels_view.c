#include "cmd/labels_view.h"

#include <string.h>

#include <dsv/text.h>

#include "cli/table.h"
#include "cmd/words.h"

#define VALUES_SHOWN 50u /* of a label, for people */
#define BY_SHOWN     12u
#define BAR_WIDTH    24u

static void view_head(struct dsv_out *out, const struct dsv_label_group *group)
{
	size_t i;

	dsv_out_style(out, DSV_BOLD);
	if (group->dataset)
		dsv_buf_addf(&out->buf, "%s  ", group->dataset);
	for (i = 0; i < group->files.n && i < 3; i++) {
		dsv_buf_addstr(&out->buf, i ? ", " : "");
		dsv_words_path(&out->buf, group->files.items[i]);
	}
	if (group->files.n > 3)
		dsv_buf_addf(&out->buf, " and %zu more", group->files.n - 3);
	dsv_out_style(out, DSV_PLAIN);
	dsv_buf_addstr(&out->buf, "  ");
	dsv_add_count(&out->buf, group->records);
	if (group->records != group->records_all) {
		dsv_buf_addstr(&out->buf, " of ");
		dsv_add_count(&out->buf, group->records_all);
	}
	dsv_buf_addstr(&out->buf, group->records == 1 ? " record" : " records");
	if (group->faulty) {
		dsv_buf_addstr(&out->buf, ", ");
		dsv_add_count(&out->buf, group->faulty);
		dsv_buf_addstr(&out->buf, " of them faulty");
	}
	dsv_buf_addch(&out->buf, '\n');
}

static void add_value(struct dsv_table *table, const struct dsv_out *out,
		      const char *name, uint64_t n, uint64_t whole,
		      uint64_t largest)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_table_text(table, name, DSV_PLAIN);
	dsv_table_count(table, n);
	dsv_add_share(&text, n, whole);
	dsv_table_text(table, dsv_buf_str(&text), DSV_PLAIN);
	dsv_buf_reset(&text);
	dsv_bar(&text, out, n, largest, BAR_WIDTH);
	dsv_table_text(table, dsv_buf_str(&text), DSV_CYAN);
}

static int view_plain(struct dsv_out *out, const struct dsv_label_group *group,
		      const struct dsv_label_table *label, size_t shown)
{
	struct dsv_table table DSV_AUTO(table) = DSV_TABLE_INIT("srrL");
	uint64_t largest = label->n_values ? label->values[0].n : 0;
	size_t i;

	dsv_table_text(&table, label->name, DSV_BOLD);
	dsv_table_text(&table, "records", DSV_DIM);
	dsv_table_text(&table, "share", DSV_DIM);
	dsv_table_text(&table, "", DSV_PLAIN);
	for (i = 0; i < shown; i++)
		add_value(&table, out, label->values[i].value,
			  label->values[i].n, group->records, largest);
	if (label->others)
		add_value(&table, out, "(others)", label->others,
			  group->records, largest);
	return dsv_table_print(&table, out);
}

static void add_by_row(struct dsv_table *table, const char *name, uint64_t n,
		       const uint64_t *by, size_t n_by)
{
	size_t i;

	dsv_table_text(table, name, DSV_PLAIN);
	dsv_table_count(table, n);
	for (i = 0; i < n_by; i++)
		dsv_table_count(table, by[i]);
}

static int view_by(struct dsv_out *out, const struct dsv_label_group *group,
		   const struct dsv_label_table *label, size_t shown)
{
	char columns[] = "srRRRRRRRRRRRR"; /* BY_SHOWN times R */
	struct dsv_table table DSV_AUTO(table) = DSV_TABLE_INIT(columns);
	size_t i, n = group->by.n < BY_SHOWN ? group->by.n : BY_SHOWN;

	columns[2 + n] = '\0';
	dsv_table_text(&table, label->name, DSV_BOLD);
	dsv_table_text(&table, "records", DSV_DIM);
	for (i = 0; i < n; i++)
		dsv_table_text(&table, group->by.items[i], DSV_DIM);
	for (i = 0; i < shown; i++)
		add_by_row(&table, label->values[i].value, label->values[i].n,
			   label->values[i].by, n);
	if (label->others)
		add_by_row(&table, "(others)", label->others, label->others_by,
			   n);
	return dsv_table_print(&table, out);
}

static int view_table(struct dsv_out *out, const struct dsv_label_group *group,
		      const struct dsv_label_table *label, bool all)
{
	size_t shown = label->n_values;
	int rc;

	if (!all && shown > VALUES_SHOWN)
		shown = VALUES_SHOWN;
	dsv_buf_addch(&out->buf, '\n');
	rc = group->by.n ? view_by(out, group, label, shown)
			 : view_plain(out, group, label, shown);
	if (label->n_values > shown)
		dsv_buf_addf(&out->buf, "and %zu more values: --all\n",
			     label->n_values - shown);
	if (group->by.n > BY_SHOWN)
		dsv_buf_addf(&out->buf, "and %zu more columns: --json\n",
			     group->by.n - BY_SHOWN);
	return rc;
}

static int labels_human(struct dsv_out *out, void *result)
{
	const struct dsv_labels_result *read = result;
	size_t i, k;
	int rc = 0;

	for (i = 0; i < read->labels.n; i++) {
		const struct dsv_label_group *group = &read->labels.groups[i];

		if (i)
			dsv_buf_addch(&out->buf, '\n');
		view_head(out, group);
		for (k = 0; rc == 0 && k < group->n_tables; k++)
			rc = view_table(out, group, &group->tables[k],
					read->all);
		if (rc < 0)
			return rc;
	}
	return dsv_out_line(out);
}

static void json_by(struct dsv_out *out, const struct dsv_label_group *group,
		    const uint64_t *by)
{
	size_t i;

	if (!group->by.n || !by)
		return;
	dsv_jline_object(out, "by");
	for (i = 0; i < group->by.n; i++)
		dsv_jline_count(out, group->by.items[i], by[i]);
	dsv_jline_end(out, '}');
}

static int json_group(struct dsv_out *out, const struct dsv_label_group *group)
{
	size_t i, k;
	int rc = 0;

	dsv_jline_open(out, "dataset");
	dsv_jline_text(out, "dataset", group->dataset);
	dsv_jline_list(out, "paths", &group->files);
	dsv_jline_count(out, "records", group->records);
	dsv_jline_count(out, "records_all", group->records_all);
	dsv_jline_count(out, "faulty", group->faulty);
	json_by(out, group, group->by_records);
	rc = dsv_jline_close(out);
	for (i = 0; rc == 0 && i < group->n_tables; i++) {
		const struct dsv_label_table *table = &group->tables[i];

		for (k = 0; rc == 0 && k < table->n_values; k++) {
			dsv_jline_open(out, "label");
			dsv_jline_text(out, "dataset", group->dataset);
			dsv_jline_text(out, "field", table->name);
			dsv_jline_text(out, "value",
				       table->values[k].is_null
					       ? NULL
					       : table->values[k].value);
			dsv_jline_count(out, "records", table->values[k].n);
			json_by(out, group, table->values[k].by);
			rc = dsv_jline_close(out);
		}
	}
	return rc;
}

static int labels_json(struct dsv_out *out, void *result)
{
	const struct dsv_labels_result *read = result;
	size_t i;
	int rc;

	dsv_jline_open(out, "header");
	dsv_jline_text(out, "schema", "dsv.labels/1");
	dsv_jline_text(out, "version", read->version);
	rc = dsv_jline_close(out);
	for (i = 0; rc == 0 && i < read->labels.n; i++)
		rc = json_group(out, &read->labels.groups[i]);
	return rc;
}

const struct dsv_view dsv_labels_view = {labels_human, labels_json};
