#include <string.h>

#include <dsv/text.h>

#include "cmd/changelog_view.h"
#include "cmd/markdown.h"
#include "cmd/words.h"

#define VALUES_SHOWN 30u
#define COLUMNS	     7u

static void add_text(struct dsv_buf *out, const char *text)
{
	dsv_md_text(out, text, strlen(text));
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

/* "412 added, 12 removed, 301 relabelled"; edits are told where there is more
 * to them than labels. */
static void add_amounts(struct dsv_buf *out,
			const struct dsv_changelog_group *group)
{
	bool any = false;

	add_amount(out, &any, group->added, "added");
	add_amount(out, &any, group->removed, "removed");
	if (group->changed != group->relabelled)
		add_amount(out, &any, group->changed, "changed");
	add_amount(out, &any, group->relabelled, "relabelled");
	if (!any)
		dsv_buf_addstr(out, "no record changed");
}

static void count_cell(struct dsv_strlist *cells, uint64_t n)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	if (n)
		dsv_add_count(&text, n);
	else
		dsv_buf_addch(&text, '-');
	dsv_strlist_add(cells, dsv_buf_str(&text));
}

static void text_cell(struct dsv_strlist *cells, const char *value)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	add_text(&text, value);
	dsv_strlist_add(cells, dsv_buf_str(&text));
}

static void add_row(struct dsv_strlist *cells,
		    const struct dsv_changelog_value *value, bool no_counts)
{
	text_cell(cells, dsv_words_label(value->value));
	if (!no_counts)
		count_cell(cells, value->before);
	count_cell(cells, value->added);
	count_cell(cells, value->removed);
	count_cell(cells, value->in);
	count_cell(cells, value->out);
	if (!no_counts)
		count_cell(cells, value->after);
}

static void add_head(struct dsv_strlist *cells, const char *name,
		     bool no_counts)
{
	static const char *const heads[] = {"before", "added", "removed",
					    "in",     "out",   "after"};
	size_t i;

	text_cell(cells, name);
	for (i = 0; i < COLUMNS - 1; i++)
		if (!no_counts || (i > 0 && i < COLUMNS - 2))
			dsv_strlist_add(cells, heads[i]);
}

static size_t shown(const char *text)
{
	return dsv_shown_width(text, strlen(text));
}

static void add_rule(struct dsv_buf *out, const size_t *widths, size_t columns)
{
	size_t i, k;

	for (i = 0; i < columns; i++) {
		dsv_buf_addstr(out, i ? "|" : "|:");
		for (k = 0; k < widths[i] + 1; k++)
			dsv_buf_addch(out, '-');
		if (i)
			dsv_buf_addch(out, ':');
	}
	dsv_buf_addstr(out, "|\n");
}

/* Columns are as wide as their widest cell, so that the source reads well. */
static void add_table(struct dsv_buf *out, const struct dsv_strlist *cells,
		      size_t columns)
{
	size_t widths[COLUMNS] = {0};
	size_t i;

	for (i = 0; i < cells->n; i++)
		if (shown(cells->items[i]) > widths[i % columns])
			widths[i % columns] = shown(cells->items[i]);
	for (i = 0; i < cells->n; i++) {
		size_t at = i % columns;
		int pad = (int)(widths[at] - shown(cells->items[i]));

		dsv_buf_addf(out, "| %*s%s%*s ", at ? pad : 0, "",
			     cells->items[i], at ? 0 : pad, "");
		if (at == columns - 1)
			dsv_buf_addstr(out, "|\n");
		if (i == columns - 1)
			add_rule(out, widths, columns);
	}
}

static void md_label(struct dsv_buf *out,
		     const struct dsv_changelog_label *label, bool no_counts)
{
	struct dsv_strlist cells DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	size_t i;

	if (!label->n_values)
		return;
	dsv_buf_addch(out, '\n');
	add_head(&cells, label->name, no_counts);
	for (i = 0; i < label->n_values && i < VALUES_SHOWN; i++)
		add_row(&cells, &label->values[i], no_counts);
	add_table(out, &cells, no_counts ? COLUMNS - 2 : COLUMNS);
	if (label->n_values > VALUES_SHOWN)
		dsv_buf_addf(out, "\nand %zu more values\n",
			     label->n_values - VALUES_SHOWN);
}

static void add_lines(struct dsv_buf *out, const struct dsv_strlist *lines)
{
	size_t i;

	for (i = 0; i < lines->n; i++) {
		add_text(out, lines->items[i]);
		dsv_buf_addstr(out, ".\n");
	}
}

static void md_whole(struct dsv_buf *out, const struct dsv_changelog_show *show,
		     const struct dsv_changelog_group *group, const char *marks)
{
	struct dsv_strlist lines DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	bool no_counts = show->log->no_counts;
	size_t i;

	dsv_buf_addf(out, "%s ", marks);
	add_text(out, group->name);
	if (!no_counts && group->touched) {
		dsv_buf_addstr(out, ": ");
		dsv_add_count(out, group->before);
		dsv_buf_addstr(out, " to ");
		dsv_add_count(out, group->after);
		dsv_buf_addstr(out, " records");
	}
	dsv_buf_addstr(out, "\n\n");
	add_amounts(out, group);
	dsv_buf_addstr(out, ".\n");
	dsv_changelog_lines(show, group, &lines);
	dsv_changelog_twins(group, &lines);
	add_lines(out, &lines);
	for (i = 0; i < group->n_labels; i++)
		md_label(out, &group->labels[i], no_counts);
	dsv_buf_addch(out, '\n');
}

/* ", 142 of them neutral to pos" */
static void add_main_move(struct dsv_buf *out,
			  const struct dsv_changelog_group *group)
{
	const struct dsv_changelog_moves *moves;
	size_t i;

	if (!group->relabelled || !group->n_labels)
		return;
	moves = &group->labels[0].moves;
	for (i = 0; i < moves->n; i++) {
		const struct dsv_changelog_move *move = &moves->items[i];

		if (!dsv_words_is_label(move->from) ||
		    !dsv_words_is_label(move->to))
			continue;
		dsv_buf_addstr(out, ", ");
		if (move->n < group->relabelled) {
			dsv_add_count(out, move->n);
			dsv_buf_addstr(out, " of them ");
		}
		add_text(out, move->from);
		dsv_buf_addstr(out, " to ");
		add_text(out, move->to);
		return;
	}
}

static void add_commit(struct dsv_buf *out,
		       const struct dsv_changelog_step *step)
{
	char *brought = dsv_changelog_brought(step);
	struct dsv_strlist held DSV_AUTO(strlist) = DSV_STRLIST_INIT;

	dsv_buf_addstr(out, "- `");
	dsv_words_short(out, &step->commit.oid);
	dsv_buf_addstr(out, "` ");
	add_text(out, step->commit.author.name);
	if (brought) {
		dsv_strlist_take(&held, brought);
		dsv_buf_addstr(out, " (");
		add_text(out, brought);
		dsv_buf_addch(out, ')');
	}
	dsv_buf_addstr(out, ": ");
}

static int md_bullet(struct dsv_buf *out, const struct dsv_changelog_show *show,
		     const struct dsv_changelog_step *step,
		     const struct dsv_changelog_group *group,
		     const struct dsv_oid *end)
{
	struct dsv_strlist lines DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	size_t i;
	int rc;

	add_commit(out, step);
	add_amounts(out, group);
	add_main_move(out, group);
	dsv_changelog_lines(show, group, &lines);
	rc = dsv_changelog_signed(show, group, &step->commit.oid, end, &lines);
	for (i = 0; i < lines.n; i++) {
		dsv_buf_addstr(out, "; ");
		add_text(out, lines.items[i]);
	}
	dsv_buf_addch(out, '\n');
	return rc;
}

/* What was said of the data at the end. */
static int md_signed(struct dsv_buf *out, const struct dsv_changelog_show *show,
		     const struct dsv_changelog_group *group,
		     const struct dsv_oid *end)
{
	struct dsv_strlist lines DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	int rc = dsv_changelog_signed(show, group, end, NULL, &lines);

	for (size_t i = 0; i < lines.n; i++) {
		dsv_buf_addstr(out, "- ");
		add_text(out, lines.items[i]);
		dsv_buf_addch(out, '\n');
	}
	return rc;
}

static void md_faults(struct dsv_buf *out,
		      const struct dsv_changelog_step *step)
{
	size_t i, k;

	for (i = 0; i < step->n_faults; i++) {
		struct dsv_strlist lines DSV_AUTO(strlist) = DSV_STRLIST_INIT;

		dsv_strlist_take(&lines, dsv_changelog_fault(&step->faults[i]));
		dsv_changelog_next(&step->faults[i], &lines);
		add_commit(out, step);
		for (k = 0; k < lines.n; k++) {
			dsv_buf_addstr(out, k ? "; " : "");
			add_text(out, lines.items[k]);
		}
		dsv_buf_addch(out, '\n');
	}
}

/* Steps next to each other, the youngest first. */
struct part {
	const struct dsv_changelog_groups *groups;
	const struct dsv_changelog_step *steps;
	size_t n;
	const struct dsv_oid *end;
};

static int md_group(struct dsv_buf *out, const struct dsv_changelog_show *show,
		    const struct part *part,
		    const struct dsv_changelog_group *group)
{
	const char *marks = show->log->n_sections ? "###" : "##";
	size_t i;
	int rc = 0;

	md_whole(out, show, group, marks);
	for (i = 0; rc == 0 && i < part->n; i++) {
		const struct dsv_changelog_group *own = dsv_changelog_group(
			&part->steps[i].groups, group->name, group->is_dataset);

		if (own)
			rc = md_bullet(out, show, &part->steps[i], own,
				       part->end);
	}
	if (rc == 0)
		rc = md_signed(out, show, group, part->end);
	dsv_buf_addch(out, '\n');
	return rc;
}

/* Groups with their steps; then what could not be read. */
static int md_part(struct dsv_out *out, const struct dsv_changelog_show *show,
		   const struct part *part)
{
	struct dsv_buf *buf = &out->buf;
	size_t before;
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < part->groups->n; i++)
		rc = md_group(buf, show, part, &part->groups->items[i]);
	before = buf->len;
	for (i = 0; i < part->n; i++)
		md_faults(buf, &part->steps[i]);
	if (buf->len > before)
		dsv_buf_addch(buf, '\n');
	return rc < 0 ? rc : dsv_out_line(out);
}

static bool has_faults(const struct dsv_changelog *log,
		       const struct dsv_changelog_section *section)
{
	size_t i;

	for (i = section->first; i < section->first + section->n; i++)
		if (log->steps[i].n_faults)
			return true;
	return false;
}

static int md_section(struct dsv_out *out,
		      const struct dsv_changelog_show *show,
		      const struct dsv_changelog_section *section)
{
	const struct dsv_changelog_step *steps =
		show->log->steps + section->first;
	const struct part part = {&section->groups, steps, section->n,
				  &steps->commit.oid};

	dsv_buf_addstr(&out->buf, "## ");
	add_text(&out->buf, section->title);
	dsv_buf_addstr(&out->buf, ", ");
	dsv_add_date(&out->buf, section->at_s, section->offset_min);
	dsv_buf_addstr(&out->buf, "\n\n");
	return md_part(out, show, &part);
}

int dsv_changelog_md(struct dsv_out *out, const struct dsv_changelog_show *show)
{
	const struct dsv_changelog *log = show->log;
	const struct part all = {&log->total, log->steps, log->n_steps,
				 &show->to};
	size_t i;
	int rc = 0;

	if (!log->n_sections)
		return md_part(out, show, &all);
	for (i = 0; rc == 0 && i < log->n_sections; i++) {
		const struct dsv_changelog_section *section = &log->sections[i];

		if (section->groups.n || has_faults(log, section))
			rc = md_section(out, show, section);
	}
	return rc;
}
