#include "cmd/propose_view.h"

#include <string.h>

#include <dsv/text.h>

#include "cli/table.h"
#include "cmd/words.h"

#define ISSUE_LINES  3u /* of each kind; the rest is a number */
#define VALUES_SHOWN 6u

static void add_list(struct dsv_buf *out, const struct dsv_strlist *list)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		dsv_buf_addf(out, "%s%s", i ? ", " : "", list->items[i]);
}

static void add_counted(struct dsv_buf *out, uint64_t n, const char *one,
			const char *many)
{
	dsv_add_count(out, n);
	dsv_buf_addf(out, " %s", n == 1 ? one : many);
}

static void view_head(struct dsv_out *out, const struct dsv_proposal *look)
{
	dsv_words_path(&out->buf, look->path);
	dsv_buf_addf(&out->buf, "   %s, ", look->format);
	if (!look->has_records) {
		dsv_add_size(&out->buf, look->size);
		dsv_buf_addstr(&out->buf, ", kept and compared as bytes\n");
		return;
	}
	add_counted(&out->buf, look->records, "record", "records");
	dsv_buf_addstr(&out->buf, ", ");
	add_counted(&out->buf, look->n_columns, "column", "columns");
	dsv_buf_addch(&out->buf, '\n');
}

static void say_key(struct dsv_buf *out, const struct dsv_proposal *look)
{
	uint64_t shared = 0, without = 0;
	size_t i;

	for (i = 0; i < look->n_totals; i++) {
		if (look->totals[i].issue == DSV_ISSUE_DUPLICATE_KEY)
			shared = look->totals[i].count;
		if (look->totals[i].issue == DSV_ISSUE_NO_KEY)
			without = look->totals[i].count;
	}
	if (!shared && !without) {
		dsv_buf_addstr(out,
			       look->key_proved || look->records <=
							   DSV_PROPOSE_PROVED
				       ? "unique, never empty"
				       : "unique as far as was looked");
		return;
	}
	if (shared)
		add_counted(out, shared, "record shares it",
			    "records share it");
	if (shared && without)
		dsv_buf_addstr(out, ", ");
	if (without)
		add_counted(out, without, "is empty", "are empty");
}

static void say_values(struct dsv_buf *out, const struct dsv_column *column)
{
	size_t i;

	if (!column)
		return;
	if (!column->distinct_exact)
		dsv_buf_addstr(out, "about ");
	add_counted(out, column->distinct, "value", "values");
	for (i = 0; i < column->n_values && i < VALUES_SHOWN; i++)
		dsv_buf_addf(out, "%s%s", i ? " " : ": ",
			     column->values[i].value);
	if (column->n_values > VALUES_SHOWN)
		dsv_buf_addstr(out, " ...");
	if (column->empty) {
		dsv_buf_addstr(out, " (");
		dsv_add_count(out, column->empty);
		dsv_buf_addstr(out, " empty)");
	}
}

static void add_row(struct dsv_table *table, const char *what, const char *name,
		    struct dsv_buf *text)
{
	dsv_table_text(table, what, DSV_PLAIN);
	dsv_table_text(table, name, DSV_PLAIN);
	dsv_table_text(table, dsv_buf_str(text), DSV_PLAIN);
	dsv_buf_reset(text);
}

static int view_roles(struct dsv_out *out, const struct dsv_proposal *look)
{
	struct dsv_table table DSV_AUTO(table) = DSV_TABLE_INIT("lss");
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf name DSV_AUTO(buf) = DSV_BUF_INIT;
	size_t i;

	table.indent = 2;
	table.min[0] = sizeof("others") - 1;
	if (look->key.n) {
		add_list(&name, &look->key);
		say_key(&text, look);
		add_row(&table, "key", dsv_buf_str(&name), &text);
	} else {
		dsv_buf_addstr(&text, "none: records are matched as a whole");
		add_row(&table, "key", "-", &text);
	}
	for (i = 0; i < look->labels.n; i++) {
		say_values(&text,
			   dsv_proposal_column(look, look->labels.items[i]));
		add_row(&table, "label", look->labels.items[i], &text);
	}
	if (look->annotator) {
		say_values(&text, dsv_proposal_column(look, look->annotator));
		add_row(&table, "annotator", look->annotator, &text);
	}
	return dsv_table_print(&table, out);
}

static int view_others(struct dsv_out *out, const struct dsv_proposal *look)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf shown DSV_AUTO(buf) = DSV_BUF_INIT;
	size_t i, lead = look->annotator ? sizeof("  annotator  ") - 1
					 : sizeof("  others  ") - 1;

	for (i = 0; i < look->others.n; i++)
		if (!look->annotator ||
		    strcmp(look->annotator, look->others.items[i]))
			dsv_buf_addf(&text, "%s%s", text.len ? ", " : "",
				     look->others.items[i]);
	if (!text.len)
		return 0;
	dsv_add_shown(&shown, dsv_buf_str(&text), text.len);
	dsv_buf_addf(&out->buf, "%-*s", (int)lead, "  others");
	if (out->tty && out->width > lead)
		dsv_out_cut(out, dsv_buf_str(&shown), out->width - lead);
	else
		dsv_buf_addstr(&out->buf, dsv_buf_str(&shown));
	dsv_buf_addch(&out->buf, '\n');
	return dsv_out_line(out);
}

int dsv_propose_view(struct dsv_out *out, const struct dsv_proposal *look)
{
	int rc;

	view_head(out, look);
	rc = look->has_records ? view_roles(out, look) : 0;
	if (rc == 0)
		rc = view_others(out, look);
	if (rc == 0)
		dsv_propose_view_issues(&out->buf, look, "  ");
	return rc;
}

static void view_issue(struct dsv_buf *out, const struct dsv_proposal *look,
		       const struct dsv_data_issue *issue)
{
	dsv_words_path(out, look->path);
	dsv_buf_addf(out, ":%llu  ", (unsigned long long)issue->line);
	if (issue->issue == DSV_ISSUE_DUPLICATE_KEY && issue->key) {
		dsv_buf_addstr(out, "key '");
		dsv_add_shown(out, issue->key, strlen(issue->key));
		dsv_buf_addf(out, "' stands on line %llu too\n",
			     (unsigned long long)issue->other_line);
		return;
	}
	dsv_buf_addf(out, "%s\n", dsv_words_fault(issue->issue));
}

void dsv_propose_view_issues(struct dsv_buf *out,
			     const struct dsv_proposal *look,
			     const char *indent)
{
	size_t i, k, shown;

	for (k = 0; k < look->n_totals; k++) {
		shown = 0;
		for (i = 0; i < look->n_issues && shown < ISSUE_LINES; i++) {
			if (look->issues[i].issue != look->totals[k].issue)
				continue;
			dsv_buf_addstr(out, indent);
			view_issue(out, look, &look->issues[i]);
			shown++;
		}
		if (look->totals[k].count <= ISSUE_LINES)
			continue;
		dsv_buf_addf(out, "%s... in all ", indent);
		dsv_words_issue(out, look->totals[k].issue,
				look->totals[k].count);
		dsv_buf_addch(out, '\n');
	}
}
