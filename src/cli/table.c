#include "cli/table.h"

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <dsv/text.h>

/* Columns that a cut cell keeps: as long as others can go, and at last. */
#define CELL_GOOD 10u
#define CELL_MIN  4u

void dsv_table_release(struct dsv_table *table)
{
	dsv_strlist_release(&table->cells);
	free(table->styles);
	table->styles = NULL;
}

static void add_cell(struct dsv_table *table, const char *shown,
		     enum dsv_style style)
{
	if (table->cells.n == table->cap) {
		table->cap = table->cap ? table->cap * 2 : 64;
		table->styles = realloc(table->styles, table->cap);
		if (!table->styles)
			abort();
	}
	table->styles[table->cells.n] = (unsigned char)style;
	dsv_strlist_add(&table->cells, shown);
}

void dsv_table_text(struct dsv_table *table, const char *text,
		    enum dsv_style style)
{
	struct dsv_buf shown DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_add_shown(&shown, text, strlen(text));
	add_cell(table, dsv_buf_str(&shown), style);
}

void dsv_table_count(struct dsv_table *table, uint64_t n)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	if (n)
		dsv_add_count(&text, n);
	else
		dsv_buf_addch(&text, '-');
	add_cell(table, dsv_buf_str(&text), DSV_PLAIN);
}

static size_t cell_width(const char *cell)
{
	return dsv_shown_width(cell, strlen(cell));
}

static void measure(const struct dsv_table *table, size_t *widths, size_t n,
		    bool roomy)
{
	size_t i, width;

	for (i = 0; i < n; i++)
		widths[i] = roomy ? table->min[i] : 0;
	for (i = 0; i < table->cells.n; i++) {
		width = cell_width(table->cells.items[i]);
		if (width > widths[i % n])
			widths[i % n] = width;
	}
}

static size_t total_width(const struct dsv_table *table, const size_t *widths,
			  const bool *gone, size_t n)
{
	size_t i, total = table->indent;

	for (i = 0; i < n; i++)
		if (!gone[i])
			total += widths[i] + (i ? table->gap : 0);
	return total;
}

/* The widest column that may be cut and is wider than least, or n. */
static size_t widest_to_cut(const struct dsv_table *table, const size_t *widths,
			    const bool *gone, size_t n, size_t least)
{
	size_t i, widest = n;

	for (i = 0; i < n; i++)
		if (tolower(table->columns[i]) == 's' && !gone[i] &&
		    widths[i] > least &&
		    (widest == n || widths[i] > widths[widest]))
			widest = i;
	return widest;
}

/* The last column that may be left out, or n. */
static size_t last_to_drop(const struct dsv_table *table, const bool *gone,
			   size_t n)
{
	size_t i;

	for (i = n; i > 0; i--)
		if (isupper(table->columns[i - 1]) && !gone[i - 1])
			return i - 1;
	return n;
}

/* Cut what may be cut, then leave columns out, then cut to the bone. */
static void shrink(const struct dsv_table *table, size_t *widths, bool *gone,
		   size_t n, size_t limit)
{
	size_t at;

	while (total_width(table, widths, gone, n) > limit) {
		at = widest_to_cut(table, widths, gone, n, CELL_GOOD);
		if (at < n) {
			widths[at]--;
			continue;
		}
		at = last_to_drop(table, gone, n);
		if (at < n) {
			gone[at] = true;
			continue;
		}
		at = widest_to_cut(table, widths, gone, n, CELL_MIN);
		if (at == n)
			return;
		widths[at]--;
	}
}

static size_t prefix_of_width(const char *text, size_t width)
{
	size_t len = 0, next;

	while (text[len]) {
		next = len + 1;
		while (((unsigned char)text[next] & 0xc0) == 0x80)
			next++;
		if (dsv_shown_width(text, next) > width)
			break;
		len = next;
	}
	return len;
}

void dsv_out_cut(struct dsv_out *out, const char *shown, size_t width)
{
	const char *sign = out->utf8 ? "\u2026" : "..";
	size_t sign_width = out->utf8 ? 1 : 2;

	if (cell_width(shown) <= width) {
		dsv_buf_addstr(&out->buf, shown);
		return;
	}
	if (width <= sign_width) {
		dsv_buf_add(&out->buf, shown, prefix_of_width(shown, width));
		return;
	}
	dsv_buf_add(&out->buf, shown,
		    prefix_of_width(shown, width - sign_width));
	dsv_buf_addstr(&out->buf, sign);
}

static void add_blanks(struct dsv_buf *out, size_t n)
{
	dsv_buf_addf(out, "%*s", (int)n, "");
}

static void print_cell(struct dsv_out *out, const char *cell,
		       enum dsv_style style, size_t width)
{
	if (style != DSV_PLAIN)
		dsv_out_style(out, style);
	dsv_out_cut(out, cell, width);
	if (style != DSV_PLAIN)
		dsv_out_style(out, DSV_PLAIN);
}

static void print_row(const struct dsv_table *table, struct dsv_out *out,
		      size_t row, const size_t *widths, const bool *gone)
{
	size_t n = strlen(table->columns), i, width, due = table->indent;
	const char *cell;

	for (i = 0; i < n; i++) {
		if (gone[i])
			continue;
		cell = table->cells.items[row * n + i];
		width = cell_width(cell);
		if (width > widths[i])
			width = widths[i];
		if (i)
			due += table->gap;
		if (tolower(table->columns[i]) == 'r')
			due += widths[i] - width;
		if (*cell) {
			add_blanks(&out->buf, due);
			due = 0;
			print_cell(out, cell, table->styles[row * n + i],
				   width);
		}
		if (tolower(table->columns[i]) != 'r')
			due += widths[i] - width;
	}
	dsv_buf_addch(&out->buf, '\n');
}

int dsv_table_print(const struct dsv_table *table, struct dsv_out *out)
{
	size_t n = strlen(table->columns), row;
	size_t widths[DSV_TABLE_COLUMNS];
	bool gone[DSV_TABLE_COLUMNS] = {false};
	int rc = 0;

	assert(n <= DSV_TABLE_COLUMNS && table->cells.n % n == 0);
	measure(table, widths, n, true);
	if (out->tty && total_width(table, widths, gone, n) > out->width) {
		measure(table, widths, n, false);
		shrink(table, widths, gone, n, out->width);
	}
	for (row = 0; rc == 0 && row < table->cells.n / n; row++) {
		print_row(table, out, row, widths, gone);
		rc = dsv_out_line(out);
	}
	return rc;
}

void dsv_bar(struct dsv_buf *bar, const struct dsv_out *out, uint64_t part,
	     uint64_t whole, unsigned width)
{
	unsigned i, n;

	if (!out->tty || !whole)
		return;
	n = (unsigned)((double)part / (double)whole * width + 0.5);
	for (i = 0; i < n; i++)
		dsv_buf_addstr(bar, out->utf8 ? "\u2588" : "#");
}
