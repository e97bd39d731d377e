#include <string.h>

#include <dsv/text.h>

#include "cmd/diff_show.h"
#include "cmd/markdown.h"
#include "cmd/words.h"

/* Of a comment that people read: more is a number. */
#define VALUES_SHOWN  30u
#define MOVES_SHOWN   10u
#define RECORDS_SHOWN 20u

static void add_text(struct dsv_buf *out, const char *text)
{
	dsv_md_text(out, text, strlen(text));
}

static void add_count_cell(struct dsv_buf *out, uint64_t n)
{
	dsv_buf_addstr(out, " | ");
	if (n)
		dsv_add_count(out, n);
	else
		dsv_buf_addch(out, '-');
}

static void md_head(struct dsv_out *out, const struct dsv_file_info *info,
		    const struct dsv_diff_summary *summary)
{
	dsv_buf_addstr(&out->buf, "## ");
	add_text(&out->buf, info->dataset ? info->dataset : info->path);
	dsv_buf_addstr(&out->buf, ": ");
	dsv_add_count(&out->buf, summary->records_from);
	dsv_buf_addstr(&out->buf, " to ");
	dsv_add_count(&out->buf, summary->records_to);
	dsv_buf_addstr(&out->buf, " records\n\n");
	if (info->dataset) {
		add_text(&out->buf, info->path);
		dsv_buf_addstr(&out->buf, "\n\n");
	}
}

static void add_amount(struct dsv_buf *out, bool *any, uint64_t n,
		       const char *what)
{
	if (!n)
		return;
	dsv_buf_addstr(out, *any ? ", " : "");
	dsv_add_count(out, n);
	dsv_buf_addf(out, " %s", what);
	*any = true;
}

static void md_counts(struct dsv_out *out,
		      const struct dsv_diff_summary *summary)
{
	bool any = false;

	add_amount(&out->buf, &any, summary->added, "added");
	add_amount(&out->buf, &any, summary->removed, "removed");
	add_amount(&out->buf, &any, summary->changed, "changed");
	add_amount(&out->buf, &any, summary->relabelled, "relabelled");
	add_amount(&out->buf, &any, summary->rekeyed, "rekeyed");
	add_amount(&out->buf, &any, summary->moved, "moved");
	dsv_buf_addstr(&out->buf, any ? ".\n" : "No record changed.\n");
}

static void md_columns(struct dsv_out *out, const char *what,
		       const struct dsv_strlist *columns)
{
	size_t i;

	if (!columns || !columns->n)
		return;
	dsv_buf_addf(&out->buf, "\nColumns %s: ", what);
	for (i = 0; i < columns->n; i++) {
		dsv_buf_addstr(&out->buf, i ? ", " : "");
		add_text(&out->buf, columns->items[i]);
	}
	dsv_buf_addstr(&out->buf, ".\n");
}

static void md_label(struct dsv_out *out, const struct dsv_label_diff *label)
{
	struct dsv_buf *buf = &out->buf;
	size_t i;

	dsv_buf_addstr(buf, "\n| ");
	add_text(buf, label->name);
	dsv_buf_addstr(buf, " | before | added | removed | in | out | after |\n"
			    "|:--|--:|--:|--:|--:|--:|--:|\n");
	for (i = 0; i < label->n_values && i < VALUES_SHOWN; i++) {
		const struct dsv_label_count *value = &label->values[i];

		dsv_buf_addstr(buf, "| ");
		add_text(buf, dsv_words_label(value->value));
		add_count_cell(buf, value->before);
		add_count_cell(buf, value->added);
		add_count_cell(buf, value->removed);
		add_count_cell(buf, value->in);
		add_count_cell(buf, value->out);
		add_count_cell(buf, value->after);
		dsv_buf_addstr(buf, " |\n");
	}
	if (label->n_values > VALUES_SHOWN)
		dsv_buf_addf(buf, "\nand %zu more values\n",
			     label->n_values - VALUES_SHOWN);
}

static void md_moves(struct dsv_out *out, const struct dsv_label_diff *label)
{
	size_t i;

	for (i = 0; i < label->n_transitions && i < MOVES_SHOWN; i++) {
		dsv_buf_addstr(&out->buf, i ? "- " : "\n- ");
		add_text(&out->buf,
			 dsv_words_label(label->transitions[i].from));
		dsv_buf_addstr(&out->buf, " to ");
		add_text(&out->buf, dsv_words_label(label->transitions[i].to));
		dsv_buf_addstr(&out->buf, ": ");
		dsv_add_count(&out->buf, label->transitions[i].n);
		dsv_buf_addch(&out->buf, '\n');
	}
	if (label->n_transitions > MOVES_SHOWN)
		dsv_buf_addf(&out->buf, "- and %zu more kinds\n",
			     label->n_transitions - MOVES_SHOWN);
}

static void md_issues(struct dsv_out *out,
		      const struct dsv_diff_summary *summary)
{
	size_t i;

	for (i = 0; i < summary->n_issues; i++) {
		const struct dsv_issue_line *issue = &summary->issues[i];

		dsv_buf_addstr(&out->buf, i ? "- " : "\nIssues\n\n- ");
		dsv_words_issue(&out->buf, issue->issue, issue->count);
		dsv_buf_addf(&out->buf, " (line %llu%s)\n",
			     (unsigned long long)issue->line,
			     issue->to ? "" : ", before");
	}
}

static void add_side(struct dsv_buf *out, const struct dsv_field *field)
{
	dsv_buf_addstr(out, " | ");
	if (field && field->kind != DSV_FIELD_MISSING)
		dsv_md_text(out, field->text, field->len);
}

static void md_change(struct dsv_buf *out, const struct dsv_change *change)
{
	struct dsv_buf key DSV_AUTO(buf) = DSV_BUF_INIT;
	size_t i;

	dsv_words_key(&key, change->key, change->n_key);
	for (i = 0; i < change->n_fields; i++) {
		dsv_buf_addstr(out, "| ");
		dsv_md_text(out, dsv_buf_str(&key), key.len);
		dsv_buf_addstr(out, " | ");
		add_text(out, change->fields[i].name);
		add_side(out, change->fields[i].from);
		add_side(out, change->fields[i].to);
		dsv_buf_addstr(out, " |\n");
	}
}

/* The first changed records; what was added or removed is a number above. */
static int md_records(struct dsv_out *out, struct dsv_diff_show *show,
		      struct dsv_file_diff *file, uint64_t changed)
{
	struct dsv_change change;
	unsigned n = 0;
	int rc = 0;

	while (n < RECORDS_SHOWN &&
	       (rc = dsv_diff_show_next(show, file, &change)) > 0) {
		if (change.op != DSV_CHANGED)
			continue;
		if (!n)
			dsv_buf_addstr(&out->buf,
				       "\n<details><summary>changed "
				       "records</summary>\n\n"
				       "| key | field | before | after |\n"
				       "|:--|:--|:--|:--|\n");
		n++;
		md_change(&out->buf, &change);
	}
	if (n && changed > n) {
		dsv_buf_addstr(&out->buf, "\nand ");
		dsv_add_count(&out->buf, changed - n);
		dsv_buf_addstr(&out->buf, " more\n");
	}
	if (n)
		dsv_buf_addstr(&out->buf, "\n</details>\n");
	return rc < 0 ? rc : dsv_out_line(out);
}

int dsv_diff_md(struct dsv_out *out, struct dsv_diff_show *show,
		struct dsv_file_diff *file)
{
	const struct dsv_file_info *info = dsv_file_diff_info(file);
	const struct dsv_diff_summary *summary = dsv_file_diff_summary(file);
	size_t i;

	if (show->files)
		dsv_buf_addch(&out->buf, '\n');
	if (!summary) {
		dsv_buf_addstr(&out->buf, "## ");
		add_text(&out->buf, info->path);
		dsv_buf_addf(&out->buf, ": %s, ",
			     dsv_words_file_change(info->change));
		dsv_add_size(&out->buf, info->size_from);
		dsv_buf_addstr(&out->buf, " to ");
		dsv_add_size(&out->buf, info->size_to);
		dsv_buf_addch(&out->buf, '\n');
		return dsv_out_line(out);
	}
	md_head(out, info, summary);
	md_counts(out, summary);
	md_columns(out, "added", summary->columns_added);
	md_columns(out, "removed", summary->columns_removed);
	for (i = 0; i < summary->n_labels; i++) {
		md_label(out, &summary->labels[i]);
		md_moves(out, &summary->labels[i]);
	}
	md_issues(out, summary);
	return md_records(out, show, file, summary->changed);
}
