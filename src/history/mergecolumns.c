#include "history/mergework.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "format/rewrite.h"

static struct dsv_merge_column *add_column(struct dsv_mergework *work,
					   const char *text)
{
	DSV_GROW(work->columns, work->cap_columns, work->n_columns + 1);
	work->columns[work->n_columns] = (struct dsv_merge_column){
		.text = dsv_strdup(text), .base = -1, .ours = -1, .theirs = -1};
	return &work->columns[work->n_columns++];
}

/* The header's text: that of the side that changed it. */
static const char *header_text(const struct dsv_layout *base,
			       const struct dsv_layout *ours,
			       const struct dsv_layout *theirs,
			       const struct dsv_merge_column *column)
{
	const char *own = ours->columns.items[column->ours];

	if (column->base < 0 || column->theirs < 0 ||
	    strcmp(own, base->columns.items[column->base]) != 0)
		return own;
	return theirs->columns.items[column->theirs];
}

/* 1: a record that both have differs in a column. */
static int is_changed(struct dsv_compare *compare, long from_column,
		      long to_column)
{
	const struct dsv_tally *to = &compare->to.tally;
	struct dsv_fetch from_fetch DSV_AUTO(fetch) = DSV_FETCH_INIT;
	struct dsv_fetch to_fetch DSV_AUTO(fetch) = DSV_FETCH_INIT;
	struct dsv_record a;
	struct dsv_record b;
	int rc = 0;

	dsv_fetch_init(&from_fetch, &compare->from);
	dsv_fetch_init(&to_fetch, &compare->to);
	for (size_t i = 0; i < to->n_rows && rc == 0; i++) {
		if (to->rows[i].flags & DSV_ROW_DONE ||
		    !compare->align.match[i])
			continue;
		rc = dsv_fetch_row(&from_fetch, compare->align.match[i] - 1,
				   &a);
		if (rc == 0)
			rc = dsv_fetch_row(&to_fetch, i, &b);
		if (rc == 0)
			rc = !dsv_field_equal(dsv_record_field(&a, from_column),
					      dsv_record_field(&b, to_column));
	}
	return rc;
}

static int check_dropped(struct dsv_compare *compare, long from, long to,
			 const char *name, const char *who)
{
	const int rc = is_changed(compare, from, to);

	if (rc <= 0)
		return rc;
	return dsv_fail(DSV_ECONFLICT,
			"column '%s' was removed by %s and "
			"changed by the other side",
			name, who);
}

static int columns_of_ours(struct dsv_mergework *work,
			   const struct dsv_layout *base,
			   const struct dsv_layout *ours,
			   const struct dsv_layout *theirs)
{
	int rc = 0;

	for (size_t i = 0; i < ours->names.n && rc == 0; i++) {
		const char *name = ours->names.items[i];
		struct dsv_merge_column *column = add_column(work, name);

		column->base = dsv_strlist_find(&base->names, name);
		column->ours = (long)i;
		column->theirs = dsv_strlist_find(&theirs->names, name);
		free(column->text);
		column->text =
			dsv_strdup(header_text(base, ours, theirs, column));
		column->dropped = column->base >= 0 && column->theirs < 0;
		if (column->dropped)
			rc = check_dropped(&work->ours, column->base,
					   column->ours, name, "theirs");
		else
			dsv_strlist_add(&work->result, column->text);
		work->columns_change |= column->dropped;
		work->both_added |= column->base < 0 && column->theirs >= 0;
	}
	return rc;
}

static int columns_of_theirs(struct dsv_mergework *work,
			     const struct dsv_layout *base,
			     const struct dsv_layout *ours,
			     const struct dsv_layout *theirs)
{
	int rc = 0;

	for (size_t i = 0; i < theirs->names.n && rc == 0; i++) {
		const char *name = theirs->names.items[i];
		const long was = dsv_strlist_find(&base->names, name);
		struct dsv_merge_column *column;

		if (dsv_strlist_find(&ours->names, name) >= 0)
			continue;
		if (was >= 0) {
			rc = check_dropped(&work->theirs, was, (long)i, name,
					   "ours");
			continue;
		}
		column = add_column(work, theirs->columns.items[i]);
		column->theirs = (long)i;
		dsv_strlist_add(&work->result, column->text);
		work->columns_change = true;
	}
	return rc;
}

int dsv_merge_columns(struct dsv_mergework *work)
{
	const struct dsv_layout *base = &work->theirs.from.layout;
	const struct dsv_layout *ours = &work->ours.to.layout;
	const struct dsv_layout *theirs = &work->theirs.to.layout;
	int rc;

	if (!work->reading->format->has_header)
		return 0;
	if (!ours->columns.n || !theirs->columns.n)
		return dsv_fail(DSV_ECONFLICT, "one side has no header");
	rc = columns_of_ours(work, base, ours, theirs);
	if (rc == 0)
		rc = columns_of_theirs(work, base, ours, theirs);
	work->convert_theirs =
		!dsv_strlist_equal(&theirs->columns, &work->result);
	return rc;
}

int dsv_merge_header(void *ctx, const struct dsv_record *first,
		     const struct dsv_strlist *columns, struct dsv_buf *out)
{
	struct dsv_mergework *work = ctx;
	struct dsv_edit *edits =
		dsv_alloc_zero(work->n_columns + 1, sizeof(*edits));
	size_t n = 0;
	int rc = 0;

	for (size_t i = 0; i < work->n_columns; i++) {
		const struct dsv_merge_column *column = &work->columns[i];

		if (column->ours >= 0 && !column->dropped &&
		    !strcmp(column->text, columns->items[column->ours]))
			continue;
		edits[n++] = (struct dsv_edit){
			.column = column->ours,
			.name = column->text,
			.kind = column->dropped ? DSV_EDIT_REMOVE
						: DSV_EDIT_TEXT,
			.text = column->text,
			.len = strlen(column->text),
		};
	}
	if (n)
		rc = dsv_rewrite(work->reading->format, columns, first, edits,
				 n, out);
	free(edits);
	return rc < 0 ? rc : n > 0;
}
