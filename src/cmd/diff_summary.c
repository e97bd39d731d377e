#include <string.h>

#include <dsv/text.h>

#include "cli/table.h"
#include "cmd/diff_show.h"
#include "cmd/words.h"

#define HEAD_WIDTH	13 /* where the text behind "records" begins */
#define VALUE_WIDTH	10u
#define COUNT_WIDTH	7u
#define VALUES_SHOWN	30u
#define MOVES_SHOWN	12u
#define TWO_MOVES_WIDTH 64u /* columns for two pairs a line */
#define ONE_MOVE_WIDTH	40u /* and for one beside the total */

static void view_head(struct dsv_out *out, const struct dsv_diff_show *show,
		      const struct dsv_file_info *info)
{
	dsv_out_style(out, DSV_BOLD);
	if (info->dataset)
		dsv_buf_addf(&out->buf, "%s  ", info->dataset);
	dsv_words_path(&out->buf, info->path);
	dsv_out_style(out, DSV_PLAIN);
	dsv_buf_addstr(&out->buf, "  ");
	dsv_diff_show_range(&out->buf, show);
	dsv_buf_addstr(&out->buf, "\n\n");
}

static void add_amount(struct dsv_buf *out, uint64_t n, const char *what)
{
	if (!n)
		return;
	dsv_buf_addstr(out, "    ");
	dsv_add_count(out, n);
	dsv_buf_addf(out, " %s", what);
}

static void view_records(struct dsv_out *out,
			 const struct dsv_diff_summary *summary)
{
	dsv_buf_addf(&out->buf, "%-*s", HEAD_WIDTH, "records");
	dsv_add_count(&out->buf, summary->records_from);
	dsv_buf_addstr(&out->buf, " -> ");
	dsv_add_count(&out->buf, summary->records_to);
	add_amount(&out->buf, summary->added, "added");
	add_amount(&out->buf, summary->removed, "removed");
	add_amount(&out->buf, summary->changed, "changed");
	add_amount(&out->buf, summary->rekeyed, "rekeyed");
	add_amount(&out->buf, summary->moved, "moved");
	dsv_buf_addch(&out->buf, '\n');
}

static void view_fields(struct dsv_out *out,
			const struct dsv_diff_summary *summary)
{
	size_t i;

	if (!summary->n_fields)
		return;
	dsv_buf_addf(&out->buf, "%-*s", HEAD_WIDTH, "fields");
	for (i = 0; i < summary->n_fields; i++) {
		dsv_buf_addstr(&out->buf, i ? "    " : "");
		dsv_out_shown(out, summary->fields[i].name);
		dsv_buf_addch(&out->buf, ' ');
		dsv_add_count(&out->buf, summary->fields[i].n);
	}
	dsv_buf_addch(&out->buf, '\n');
}

static void view_columns(struct dsv_out *out, const char *what,
			 const struct dsv_strlist *columns)
{
	size_t i;

	if (!columns || !columns->n)
		return;
	dsv_buf_addf(&out->buf, "%-*s", HEAD_WIDTH, what);
	for (i = 0; i < columns->n; i++) {
		dsv_buf_addstr(&out->buf, i ? ", " : "");
		dsv_out_shown(out, columns->items[i]);
	}
	dsv_buf_addch(&out->buf, '\n');
}

static uint64_t labelled_after(const struct dsv_label_diff *label)
{
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < label->n_values; i++)
		n += label->values[i].after;
	return n;
}

static void add_value_row(struct dsv_table *table,
			  const struct dsv_label_count *value, uint64_t whole)
{
	struct dsv_buf share DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_table_text(table, dsv_words_label(value->value), DSV_PLAIN);
	dsv_table_count(table, value->before);
	dsv_table_count(table, value->added);
	dsv_table_count(table, value->removed);
	dsv_table_count(table, value->in);
	dsv_table_count(table, value->out);
	dsv_table_count(table, value->after);
	if (value->after)
		dsv_add_share(&share, value->after, whole);
	else
		dsv_buf_addch(&share, '-');
	dsv_table_text(table, dsv_buf_str(&share), DSV_PLAIN);
}

static void add_head_row(struct dsv_table *table, const char *name)
{
	static const char *const heads[] = {"before", "added", "removed", "in",
					    "out",    "after", "share"};
	size_t i;

	dsv_table_text(table, name, DSV_BOLD);
	for (i = 0; i < sizeof(heads) / sizeof(*heads); i++)
		dsv_table_text(table, heads[i], DSV_DIM);
}

static int view_label(struct dsv_out *out, const struct dsv_label_diff *label)
{
	struct dsv_table table DSV_AUTO(table) = DSV_TABLE_INIT("srRRRRrR");
	uint64_t whole = labelled_after(label);
	size_t i;
	int rc;

	table.min[0] = VALUE_WIDTH;
	for (i = 1; i < 7; i++)
		table.min[i] = COUNT_WIDTH;
	table.min[7] = COUNT_WIDTH - 1;
	add_head_row(&table, label->name);
	for (i = 0; i < label->n_values && i < VALUES_SHOWN; i++)
		add_value_row(&table, &label->values[i], whole);
	rc = dsv_table_print(&table, out);
	if (label->n_values > VALUES_SHOWN)
		dsv_buf_addf(&out->buf, "and %zu more values\n",
			     label->n_values - VALUES_SHOWN);
	dsv_buf_addch(&out->buf, '\n');
	return rc;
}

/* A pair of cells: what became what, and how often. */
static void add_move(struct dsv_table *table, const struct dsv_transition *move)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	if (!move) {
		dsv_table_text(table, "", DSV_PLAIN);
		dsv_table_text(table, "", DSV_PLAIN);
		return;
	}
	dsv_buf_addf(&text, "%s -> %s", dsv_words_label(move->from),
		     dsv_words_label(move->to));
	dsv_table_text(table, dsv_buf_str(&text), DSV_PLAIN);
	dsv_table_count(table, move->n);
}

/* The rows of one label, `pairs` moves in each. */
static void add_moves(struct dsv_table *table,
		      const struct dsv_label_diff *label, size_t pairs)
{
	const struct dsv_transition *moves[MOVES_SHOWN];
	size_t i, k, n = 0;

	/* what came from or went to null is not relabelled */
	for (i = 0; i < label->n_transitions && n < MOVES_SHOWN; i++)
		if (dsv_words_is_label(label->transitions[i].from) &&
		    dsv_words_is_label(label->transitions[i].to))
			moves[n++] = &label->transitions[i];
	for (i = 0; i < n; i += pairs) {
		if (table->columns[2] &&
		    table->cells.n % strlen(table->columns) == 0) {
			dsv_table_text(table, "", DSV_PLAIN);
			dsv_table_text(table, "", DSV_PLAIN);
		}
		for (k = i; k < i + pairs; k++)
			add_move(table, k < n ? moves[k] : NULL);
	}
}

static int view_relabelled(struct dsv_out *out,
			   const struct dsv_diff_summary *summary)
{
	struct dsv_table table DSV_AUTO(table) = DSV_TABLE_INIT("lrsrsr");
	struct dsv_buf count DSV_AUTO(buf) = DSV_BUF_INIT;
	size_t i, pairs = 2;

	if (!summary->relabelled)
		return 0;
	if (out->width < ONE_MOVE_WIDTH) {
		table.columns = "sr";
		pairs = 1;
	} else if (out->width < TWO_MOVES_WIDTH) {
		table.columns = "lrsr";
		pairs = 1;
	}
	table.gap = 3;
	dsv_table_text(&table, "relabelled", DSV_PLAIN);
	dsv_add_count(&count, summary->relabelled);
	dsv_table_text(&table, dsv_buf_str(&count), DSV_PLAIN);
	for (i = 0; i < summary->n_labels; i++)
		add_moves(&table, &summary->labels[i], pairs);
	while (table.cells.n % strlen(table.columns))
		dsv_table_text(&table, "", DSV_PLAIN);
	return dsv_table_print(&table, out);
}

static int view_issues(struct dsv_out *out,
		       const struct dsv_diff_summary *summary)
{
	const char *lead = "issues";
	size_t i;

	if (!summary->n_issues)
		dsv_buf_addf(&out->buf, "%-*snone\n", HEAD_WIDTH, lead);
	for (i = 0; i < summary->n_issues; i++) {
		const struct dsv_issue_line *issue = &summary->issues[i];

		dsv_buf_addf(&out->buf, "%-*s", HEAD_WIDTH, lead);
		dsv_words_issue(&out->buf, issue->issue, issue->count);
		dsv_buf_addf(&out->buf, ", %sline %llu%s\n",
			     issue->count > 1 ? "first " : "",
			     (unsigned long long)issue->line,
			     issue->to ? "" : ", before");
		lead = "";
	}
	return dsv_out_line(out);
}

int dsv_diff_summary(struct dsv_out *out, struct dsv_diff_show *show,
		     struct dsv_file_diff *file)
{
	const struct dsv_file_info *info = dsv_file_diff_info(file);
	const struct dsv_diff_summary *summary = dsv_file_diff_summary(file);
	size_t i;
	int rc = 0;

	if (show->files)
		dsv_buf_addch(&out->buf, '\n');
	view_head(out, show, info);
	if (!summary) {
		dsv_buf_addf(&out->buf, "%-*s", HEAD_WIDTH, "bytes");
		dsv_add_size(&out->buf, info->size_from);
		dsv_buf_addstr(&out->buf, " -> ");
		dsv_add_size(&out->buf, info->size_to);
		dsv_buf_addch(&out->buf, '\n');
		return dsv_out_line(out);
	}
	view_records(out, summary);
	view_fields(out, summary);
	view_columns(out, "new columns", summary->columns_added);
	view_columns(out, "gone columns", summary->columns_removed);
	dsv_buf_addch(&out->buf, '\n');
	for (i = 0; rc == 0 && i < summary->n_labels; i++)
		rc = view_label(out, &summary->labels[i]);
	if (rc == 0)
		rc = view_relabelled(out, summary);
	return rc < 0 ? rc : view_issues(out, summary);
}
