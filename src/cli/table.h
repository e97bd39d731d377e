#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include <dsv/strlist.h>

#include "cli/out.h"

/*
 * Text in columns.
 *
 *	struct dsv_table table DSV_AUTO(table) = DSV_TABLE_INIT("srrR");
 *	dsv_table_text(&table, "pos", DSV_PLAIN);
 *	dsv_table_count(&table, 5400);
 *	...
 *	rc = dsv_table_print(&table, out);
 *
 * A letter a column: l left, r right, s left and may be cut short. A capital
 * letter may be left out, from the right, where the terminal is too narrow.
 * Away from a terminal nothing is cut or left out.
 */
#define DSV_TABLE_COLUMNS 24u

struct dsv_table {
	const char *columns;
	unsigned min[DSV_TABLE_COLUMNS]; /* widths */
	unsigned indent;
	unsigned gap;		  /* blanks between columns */
	struct dsv_strlist cells; /* row by row, shown text */
	unsigned char *styles;
	size_t cap;
};

#define DSV_TABLE_INIT(columns_)                \
	{                                       \
		.columns = (columns_), .gap = 2 \
	}

void dsv_table_release(struct dsv_table *table);
/** The next cell; text is made safe to show. */
void dsv_table_text(struct dsv_table *table, const char *text,
		    enum dsv_style style);
/** "12,400"; "-" for nothing. */
void dsv_table_count(struct dsv_table *table, uint64_t n);
int dsv_table_print(const struct dsv_table *table, struct dsv_out *out);

/** Text cut to width columns, with a sign that it was. */
void dsv_out_cut(struct dsv_out *out, const char *shown, size_t width);
/** A bar of part/whole of width columns; nothing away from a terminal. */
void dsv_bar(struct dsv_buf *bar, const struct dsv_out *out, uint64_t part,
	     uint64_t whole, unsigned width);

DSV_AUTO_RELEASE(table)

#endif
