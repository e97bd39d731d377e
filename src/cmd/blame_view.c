#include "cmd/blame_view.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>
#include <dsv/text.h>

#include "cli/term.h"
#include "cmd/words.h"

/* So many records are held back to see how wide their columns are. */
#define LOOK_AHEAD 1000u
#define COLUMNS	   24u

/* The table as it grows: key, values, and what stands behind them. */
struct table {
	struct dsv_out *out;
	struct dsv_blame_show *show;
	size_t n; /* columns before the commit */
	size_t widths[COLUMNS];
	size_t author_width;
	size_t guideline_width;	  /* 0: no commit has one */
	bool marked;		  /* some commits have a '^' before them */
	struct dsv_strlist cells; /* of the records held back */
	size_t *origins;	  /* of each of them: number + 1 */
	size_t n_held;
	struct dsv_buf cell;
};

static void add_value(struct dsv_buf *out, const struct dsv_field *field)
{
	if (field->kind == DSV_FIELD_MISSING ||
	    (field->kind == DSV_FIELD_JSON && field->len == 4 &&
	     !memcmp(field->text, "null", 4)))
		dsv_buf_addstr(out, "(null)");
	else
		dsv_add_shown(out, field->text, field->len);
}

static void add_cell(struct dsv_buf *out, const struct dsv_blame_line *line,
		     size_t column)
{
	if (column == 0)
		dsv_words_key(out, line->key, line->n_key);
	else if (line->field)
		add_value(out, line->field);
	else
		add_value(out, &line->labels[column - 1]);
}

static void pad(struct dsv_buf *out, size_t from, size_t width)
{
	size_t shown = dsv_shown_width(out->data + from, out->len - from);
	size_t n = (shown < width ? width - shown : 0) + 2;

	memset(dsv_buf_reserve(out, n), ' ', n);
	out->len += n;
}

/* "  subject  signed by privacy" of one record. */
static void add_subject(struct table *table, struct dsv_buf *out,
			const struct dsv_blame_origin *origin)
{
	struct dsv_buf roles DSV_AUTO(buf) = DSV_BUF_INIT;
	const char *subject = origin->commit.subject;

	dsv_buf_addstr(out, "  ");
	dsv_add_shown(out, subject, strlen(subject));
	if (dsv_blame_add_roles(&table->show->signs, origin, &roles))
		dsv_buf_addf(out, "  signed by %s", dsv_buf_str(&roles));
}

/* "  guideline  signed"; from: where the author begins. */
static void add_columns(struct table *table, struct dsv_buf *out, size_t from,
			const struct dsv_blame_origin *origin)
{
	bool is_signed = dsv_signed_exists(table->show->signs.said);
	const char *guideline = origin->guideline;

	if (!guideline && is_signed && table->guideline_width)
		guideline = "-";
	if (guideline || is_signed)
		pad(out, from, table->author_width);
	from = out->len;
	if (guideline)
		dsv_add_shown(out, guideline, strlen(guideline));
	if (!is_signed)
		return;
	if (guideline)
		pad(out, from, table->guideline_width);
	if (!dsv_blame_add_roles(&table->show->signs, origin, out))
		dsv_buf_addch(out, '-');
}

static void make_tail(struct table *table, struct dsv_buf *out,
		      const struct dsv_blame_origin *origin)
{
	const struct dsv_commit_info *commit = &origin->commit;
	size_t from;

	if (origin->end != DSV_BLAME_CHANGED)
		dsv_buf_addch(out, '^');
	dsv_words_short(out, &commit->oid);
	if (origin->end == DSV_BLAME_CHANGED && table->marked &&
	    !table->show->one)
		dsv_buf_addch(out, ' ');
	dsv_buf_addstr(out, "  ");
	dsv_add_date(out, commit->author.at_s, commit->author.offset_min);
	dsv_buf_addstr(out, "  ");
	from = out->len;
	dsv_add_shown(out, commit->author.name, strlen(commit->author.name));
	if (table->show->one)
		add_subject(table, out, origin);
	else
		add_columns(table, out, from, origin);
	dsv_buf_addch(out, '\n');
}

/* What stands behind the values of a record. */
static void add_tail(struct table *table, size_t number)
{
	struct dsv_blame_tails *tails = &table->show->tails;
	const struct dsv_blame_info *info = dsv_blame_info(table->show->blame);

	while (tails->n < number) {
		make_tail(table, &tails->text, info->origins[tails->n]);
		dsv_blame_end_tail(tails);
	}
	if (number)
		dsv_blame_add_tail(tails, number - 1, &table->out->buf);
	else
		dsv_buf_addstr(&table->out->buf, "-\n");
}

static int print_row(struct table *table, const char *const *cells,
		     size_t number)
{
	struct dsv_buf *out = &table->out->buf;

	for (size_t i = 0; i < table->n; i++) {
		size_t from = out->len;

		dsv_buf_addstr(out, cells[i]);
		pad(out, from, table->show->one ? 0 : table->widths[i]);
	}
	add_tail(table, number);
	return dsv_out_line(table->out);
}

static size_t origin_number(const struct dsv_blame_line *line)
{
	return line->origin ? line->origin->number + 1 : 0;
}

static void hold(struct table *table, const struct dsv_blame_line *line)
{
	for (size_t i = 0; i < table->n; i++) {
		size_t width;

		dsv_buf_reset(&table->cell);
		add_cell(&table->cell, line, i);
		width = dsv_shown_width(dsv_buf_str(&table->cell),
					table->cell.len);
		if (width > table->widths[i])
			table->widths[i] = width;
		dsv_strlist_add(&table->cells, dsv_buf_str(&table->cell));
	}
	table->origins[table->n_held++] = origin_number(line);
}

static const char *heading(const struct table *table, size_t column)
{
	const struct dsv_blame_info *info = dsv_blame_info(table->show->blame);

	if (column == 0)
		return "key";
	return table->show->field ? table->show->field
				  : info->labels->items[column - 1];
}

static void print_heading(struct table *table)
{
	struct dsv_buf *out = &table->out->buf;
	bool is_signed = dsv_signed_exists(table->show->signs.said);
	size_t from;

	for (size_t i = 0; i < table->n; i++) {
		from = out->len;
		dsv_out_shown(table->out, heading(table, i));
		pad(out, from, table->widths[i]);
	}
	dsv_buf_addf(out, "%-*s  %-10s  ", table->marked ? 8 : 7,
		     table->show->until ? "gone in" : "commit", "date");
	from = out->len;
	dsv_buf_addstr(out, "author");
	if (table->guideline_width || is_signed)
		pad(out, from, table->author_width);
	from = out->len;
	if (table->guideline_width)
		dsv_buf_addstr(out, "guideline");
	if (table->guideline_width && is_signed)
		pad(out, from, table->guideline_width);
	if (is_signed)
		dsv_buf_addstr(out, "signed");
	dsv_buf_addch(out, '\n');
}

static void widen(size_t *width, const char *text)
{
	size_t shown = dsv_shown_width(text, strlen(text));

	if (shown > *width)
		*width = shown;
}

static void measure(struct table *table)
{
	const struct dsv_blame_info *info = dsv_blame_info(table->show->blame);

	for (size_t i = 0; i < info->n_origins; i++) {
		const struct dsv_blame_origin *origin = info->origins[i];

		widen(&table->author_width, origin->commit.author.name);
		if (origin->guideline)
			widen(&table->guideline_width, origin->guideline);
		table->marked |= origin->end != DSV_BLAME_CHANGED;
	}
	if (table->guideline_width)
		widen(&table->guideline_width, "guideline");
	for (size_t i = 0; i < table->n; i++)
		widen(&table->widths[i], heading(table, i));
}

/* The columns are known well enough: print what was held back. */
static int flush(struct table *table)
{
	int rc = 0;

	measure(table);
	if (!table->show->one && table->n_held)
		print_heading(table);
	for (size_t i = 0; i < table->n_held && rc == 0; i++)
		rc = print_row(table,
			       (const char *const *)table->cells.items +
				       i * table->n,
			       table->origins[i]);
	dsv_strlist_release(&table->cells);
	return rc;
}

static int print_line(struct table *table, const struct dsv_blame_line *line)
{
	struct dsv_buf *out = &table->out->buf;

	for (size_t i = 0; i < table->n; i++) {
		size_t from = out->len;

		add_cell(out, line, i);
		pad(out, from, table->widths[i]);
	}
	add_tail(table, origin_number(line));
	return dsv_out_line(table->out);
}

static int run(struct table *table)
{
	struct dsv_blame_show *show = table->show;
	struct dsv_blame_line line;
	bool flushed = false;
	int rc;

	while ((rc = dsv_blame_next(show->blame, &line)) > 0) {
		show->still_there += !line.origin;
		if (table->n_held < LOOK_AHEAD) {
			hold(table, &line);
			continue;
		}
		rc = flushed ? 0 : flush(table);
		flushed = true;
		if (rc == 0)
			rc = print_line(table, &line);
		if (rc < 0)
			return rc;
	}
	return rc < 0 || flushed ? rc : flush(table);
}

int dsv_blame_human(struct dsv_out *out, struct dsv_blame_show *show)
{
	const struct dsv_blame_info *info = dsv_blame_info(show->blame);
	size_t n = 1 + (show->field ? 1 : info->labels->n);
	struct table table = {
		.out = out,
		.show = show,
		.n = n < COLUMNS ? n : COLUMNS,
		.author_width = strlen("author"),
	};
	int rc;

	table.origins = calloc(LOOK_AHEAD, sizeof(*table.origins));
	if (!table.origins)
		return dsv_fail(DSV_EIO, "no memory is left");
	rc = run(&table);
	free(table.origins);
	dsv_strlist_release(&table.cells);
	dsv_buf_release(&table.cell);
	return rc;
}

static void say_problem(const struct dsv_blame_problem *problem)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_words_short(&text, &problem->commit);
	dsv_buf_addch(&text, ' ');
	dsv_words_path(&text, problem->path);
	if (problem->message) {
		dsv_term_say("%s is passed over: %s", dsv_buf_str(&text),
			     problem->message);
		if (problem->hint)
			dsv_term_say("hint: %s", problem->hint);
		return;
	}
	dsv_buf_addstr(&text, ": ");
	dsv_words_issue(&text, problem->issue, problem->count);
	dsv_term_say("%s; read as it stands", dsv_buf_str(&text));
}

void dsv_blame_say(const struct dsv_blame_info *info)
{
	char hex[DSV_OID_HEX];

	for (size_t i = 0; i < info->n_problems; i++)
		say_problem(&info->problems[i]);
	if (info->key_name)
		dsv_term_say("before %.7s there is no key column '%s': nothing "
			     "is followed further back",
			     dsv_oid_hex(&info->key_since, hex),
			     info->key_name);
	for (size_t i = 0; i < info->n_origins; i++)
		if (info->origins[i]->end == DSV_BLAME_SHALLOW)
			dsv_term_say("this clone is shallow: what stands at "
				     "^%.7s may be older",
				     dsv_oid_hex(&info->origins[i]->commit.oid,
						 hex));
}
