#include <string.h>

#include <dsv/text.h>

#include "cli/table.h"
#include "cmd/changelog_view.h"
#include "cmd/words.h"

#define VALUE_WIDTH  10u
#define COUNT_WIDTH  7u
#define VALUES_SHOWN 30u
#define MOVES_SHOWN  3u
#define AUTHOR_WIDTH 11u /* columns; longer names move the subject */
#define BODY_INDENT  9	 /* under the date: 7 digits and 2 blanks */

static void add_indented(struct dsv_out *out, const struct dsv_strlist *lines,
			 int indent)
{
	size_t i;

	for (i = 0; i < lines->n; i++) {
		dsv_buf_addf(&out->buf, "%*s", indent, "");
		dsv_out_shown(out, lines->items[i]);
		dsv_buf_addch(&out->buf, '\n');
	}
}

static void add_head_row(struct dsv_table *table, const char *name,
			 bool no_counts)
{
	dsv_table_text(table, name, DSV_BOLD);
	if (!no_counts)
		dsv_table_text(table, "before", DSV_DIM);
	dsv_table_text(table, "added", DSV_DIM);
	dsv_table_text(table, "removed", DSV_DIM);
	dsv_table_text(table, "in", DSV_DIM);
	dsv_table_text(table, "out", DSV_DIM);
	if (no_counts)
		return;
	dsv_table_text(table, "after", DSV_DIM);
	dsv_table_text(table, "share", DSV_DIM);
}

static void add_value_row(struct dsv_table *table,
			  const struct dsv_changelog_value *value,
			  uint64_t whole, bool no_counts)
{
	struct dsv_buf share DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_table_text(table, dsv_words_label(value->value), DSV_PLAIN);
	if (!no_counts)
		dsv_table_count(table, value->before);
	dsv_table_count(table, value->added);
	dsv_table_count(table, value->removed);
	dsv_table_count(table, value->in);
	dsv_table_count(table, value->out);
	if (no_counts)
		return;
	dsv_table_count(table, value->after);
	if (value->after)
		dsv_add_share(&share, value->after, whole);
	else
		dsv_buf_addch(&share, '-');
	dsv_table_text(table, dsv_buf_str(&share), DSV_PLAIN);
}

static int view_label(struct dsv_out *out,
		      const struct dsv_changelog_label *label, uint64_t whole,
		      bool no_counts)
{
	struct dsv_table table DSV_AUTO(table) =
		DSV_TABLE_INIT(no_counts ? "srrrr" : "srRRRRrR");
	size_t i;
	int rc;

	if (!label->n_values)
		return 0;
	table.min[0] = VALUE_WIDTH;
	for (i = 1; i < 7; i++)
		table.min[i] = COUNT_WIDTH;
	table.min[7] = COUNT_WIDTH - 1;
	dsv_buf_addch(&out->buf, '\n');
	add_head_row(&table, label->name, no_counts);
	for (i = 0; i < label->n_values && i < VALUES_SHOWN; i++)
		add_value_row(&table, &label->values[i], whole, no_counts);
	rc = dsv_table_print(&table, out);
	if (label->n_values > VALUES_SHOWN)
		dsv_buf_addf(&out->buf, "and %zu more values\n",
			     label->n_values - VALUES_SHOWN);
	return rc;
}

static void add_range(struct dsv_out *out,
		      const struct dsv_changelog_show *show)
{
	dsv_buf_addstr(&out->buf, "  ");
	if (show->from_name) {
		dsv_out_shown(out, show->from_name);
		dsv_buf_addstr(&out->buf, "..");
	}
	dsv_out_shown(out, show->to_name);
}

static void add_amount(struct dsv_out *out, uint64_t n, const char *what)
{
	if (!n)
		return;
	dsv_buf_addstr(&out->buf, "    ");
	dsv_add_count(&out->buf, n);
	dsv_buf_addf(&out->buf, " %s", what);
}

static void view_counts(struct dsv_out *out,
			const struct dsv_changelog_group *group, bool no_counts)
{
	dsv_buf_addstr(&out->buf, "records    ");
	if (!group->touched) {
		dsv_buf_addstr(&out->buf, "none changed\n");
		return;
	}
	if (!no_counts) {
		dsv_add_count(&out->buf, group->before);
		dsv_buf_addstr(&out->buf, " -> ");
		dsv_add_count(&out->buf, group->after);
	}
	add_amount(out, group->added, "added");
	add_amount(out, group->removed, "removed");
	add_amount(out, group->changed, "changed");
	add_amount(out, group->relabelled, "relabelled");
	dsv_buf_addch(&out->buf, '\n');
}

static void view_fields(struct dsv_out *out,
			const struct dsv_changelog_group *group)
{
	size_t i;

	for (i = 0; i < group->n_fields; i++) {
		dsv_buf_addstr(&out->buf, i ? "    " : "fields     ");
		dsv_out_shown(out, group->fields[i].name);
		dsv_buf_addch(&out->buf, ' ');
		dsv_add_count(&out->buf, group->fields[i].n);
	}
	if (group->n_fields)
		dsv_buf_addch(&out->buf, '\n');
}

/* One dataset over a section of the range that ends with a commit; over all of
 * it where that is NULL. */
static int view_whole(struct dsv_out *out,
		      const struct dsv_changelog_show *show,
		      const struct dsv_changelog_group *group,
		      const struct dsv_oid *end)
{
	struct dsv_strlist lines DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	bool no_counts = show->log->no_counts;
	size_t i;
	int rc = 0;

	dsv_out_style(out, DSV_BOLD);
	dsv_words_path(&out->buf, group->name);
	dsv_out_style(out, DSV_PLAIN);
	if (!end)
		add_range(out, show);
	dsv_buf_addstr(&out->buf, "\n\n");
	view_counts(out, group, no_counts);
	view_fields(out, group);
	for (i = 0; rc == 0 && i < group->n_labels; i++)
		rc = view_label(out, &group->labels[i], group->after,
				no_counts);
	dsv_changelog_lines(show, group, &lines);
	dsv_changelog_twins(group, &lines);
	if (rc == 0)
		rc = dsv_changelog_signed(show, group, end ? end : &show->to,
					  NULL, &lines);
	if (lines.n)
		dsv_buf_addch(&out->buf, '\n');
	add_indented(out, &lines, 0);
	dsv_buf_addch(&out->buf, '\n');
	return rc;
}

static void add_moves(struct dsv_out *out,
		      const struct dsv_changelog_group *group)
{
	const struct dsv_changelog_moves *moves;
	size_t i, n = 0;

	if (!group->relabelled || !group->n_labels)
		return;
	dsv_buf_addstr(&out->buf, "  relabelled ");
	dsv_add_count(&out->buf, group->relabelled);
	moves = &group->labels[0].moves;
	for (i = 0; i < moves->n; i++) {
		const struct dsv_changelog_move *move = &moves->items[i];

		if (!dsv_words_is_label(move->from) ||
		    !dsv_words_is_label(move->to) || n++ >= MOVES_SHOWN)
			continue;
		dsv_buf_addstr(&out->buf, n > 1 ? ", " : " (");
		dsv_out_shown(out, move->from);
		dsv_buf_addstr(&out->buf, " -> ");
		dsv_out_shown(out, move->to);
		dsv_buf_addch(&out->buf, ' ');
		dsv_add_count(&out->buf, move->n);
	}
	if (n > MOVES_SHOWN)
		dsv_buf_addf(&out->buf, ", %zu more kinds", n - MOVES_SHOWN);
	if (n)
		dsv_buf_addch(&out->buf, ')');
}

static int view_group(struct dsv_out *out,
		      const struct dsv_changelog_show *show,
		      const struct dsv_changelog_group *group,
		      const struct dsv_oid *at)
{
	struct dsv_strlist lines DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_buf counts DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc;

	dsv_buf_addf(&out->buf, "%*s", BODY_INDENT, "");
	dsv_words_path(&out->buf, group->name);
	dsv_words_counts(&counts, group->added, group->removed, group->changed);
	dsv_buf_addf(&out->buf, "  %s",
		     counts.len ? dsv_buf_str(&counts) : "no record changed");
	add_moves(out, group);
	dsv_buf_addch(&out->buf, '\n');
	dsv_changelog_lines(show, group, &lines);
	rc = dsv_changelog_signed(show, group, at, NULL, &lines);
	add_indented(out, &lines, BODY_INDENT + 2);
	return rc;
}

static void view_head(struct dsv_out *out, const struct dsv_commit_info *info)
{
	struct dsv_buf author DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf oid DSV_AUTO(buf) = DSV_BUF_INIT;
	size_t width =
		dsv_shown_width(info->author.name, strlen(info->author.name));

	dsv_words_short(&oid, &info->oid);
	dsv_out_styled(out, DSV_YELLOW, "%s", dsv_buf_str(&oid));
	dsv_buf_addstr(&out->buf, "  ");
	dsv_add_date(&out->buf, info->author.at_s, info->author.offset_min);
	dsv_add_shown(&author, info->author.name, strlen(info->author.name));
	dsv_buf_addf(&out->buf, "  %s%*s", dsv_buf_str(&author),
		     (int)(width < AUTHOR_WIDTH ? AUTHOR_WIDTH - width : 0) + 2,
		     "");
	dsv_out_shown(out, info->subject);
	dsv_buf_addch(&out->buf, '\n');
}

static int view_step(struct dsv_out *out, const struct dsv_changelog_show *show,
		     const struct dsv_changelog_step *step)
{
	struct dsv_strlist lines DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	char *brought;
	size_t i;
	int rc = 0;

	if (!step->groups.n && !step->n_faults)
		return 0;
	view_head(out, &step->commit);
	brought = dsv_changelog_brought(step);
	if (brought)
		dsv_strlist_take(&lines, brought);
	for (i = 0; i < step->n_faults; i++) {
		dsv_strlist_take(&lines, dsv_changelog_fault(&step->faults[i]));
		dsv_changelog_next(&step->faults[i], &lines);
	}
	add_indented(out, &lines, BODY_INDENT);
	for (i = 0; rc == 0 && i < step->groups.n; i++)
		rc = view_group(out, show, &step->groups.items[i],
				&step->commit.oid);
	return rc < 0 ? rc : dsv_out_line(out);
}

static int view_steps(struct dsv_out *out,
		      const struct dsv_changelog_show *show, size_t first,
		      size_t n)
{
	size_t i;
	int rc = 0;

	for (i = first; rc == 0 && i < first + n; i++)
		rc = view_step(out, show, &show->log->steps[i]);
	return rc;
}

static bool has_news(const struct dsv_changelog *log,
		     const struct dsv_changelog_section *section)
{
	size_t i;

	for (i = section->first; i < section->first + section->n; i++)
		if (log->steps[i].groups.n || log->steps[i].n_faults)
			return true;
	return false;
}

static int view_section(struct dsv_out *out,
			const struct dsv_changelog_show *show,
			const struct dsv_changelog_section *section)
{
	size_t i;
	int rc = 0;

	dsv_out_style(out, DSV_CYAN);
	dsv_out_shown(out, section->title);
	dsv_out_style(out, DSV_PLAIN);
	dsv_buf_addstr(&out->buf, "  ");
	dsv_add_date(&out->buf, section->at_s, section->offset_min);
	dsv_buf_addstr(&out->buf, "\n\n");
	for (i = 0; rc == 0 && i < section->groups.n; i++)
		rc = view_whole(out, show, &section->groups.items[i],
				&show->log->steps[section->first].commit.oid);
	if (rc == 0)
		rc = view_steps(out, show, section->first, section->n);
	dsv_buf_addch(&out->buf, '\n');
	return rc < 0 ? rc : dsv_out_line(out);
}

static int view_twins(struct dsv_out *out, const struct dsv_changelog *log)
{
	size_t i;

	for (i = 0; i < log->total.n; i++) {
		struct dsv_strlist lines DSV_AUTO(strlist) = DSV_STRLIST_INIT;

		dsv_changelog_twins(&log->total.items[i], &lines);
		add_indented(out, &lines, 0);
	}
	return dsv_out_line(out);
}

int dsv_changelog_text(struct dsv_out *out,
		       const struct dsv_changelog_show *show)
{
	const struct dsv_changelog *log = show->log;
	size_t i;
	int rc = 0;

	if (show->by == DSV_BY_COMMIT) {
		for (i = 0; rc == 0 && i < log->total.n; i++)
			rc = view_whole(out, show, &log->total.items[i], NULL);
		return rc < 0 ? rc : view_steps(out, show, 0, log->n_steps);
	}
	for (i = 0; rc == 0 && i < log->n_sections; i++)
		if (has_news(log, &log->sections[i]))
			rc = view_section(out, show, &log->sections[i]);
	return rc < 0 ? rc : view_twins(out, log);
}
