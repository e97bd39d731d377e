#include "history/mergework.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "format/rewrite.h"

/* One name that any of the three records may have. */
struct name {
	const char *name;
	long base, ours, theirs;
};

struct fields {
	struct dsv_mergework *work;
	const struct dsv_merge_trio *trio;
	struct dsv_edit *edits;
	size_t n, cap;
	size_t first_item; /* of the conflicts that this record adds */
};

static const struct dsv_layout *base_layout(const struct dsv_mergework *work)
{
	return &work->theirs.from.layout;
}

static const struct dsv_layout *theirs_layout(const struct dsv_mergework *work)
{
	return &work->theirs.to.layout;
}

static const struct dsv_field *field_of(const struct dsv_record *record,
					long column)
{
	static const struct dsv_field missing = {"", 0, DSV_FIELD_MISSING};

	return record && column >= 0 ? dsv_record_field(record, column)
				     : &missing;
}

/* With an odd number of quotes a record may have swallowed others. */
static bool is_unclosed(const struct dsv_record *record)
{
	bool odd = false;

	if (!(record->issues & DSV_ISSUE_BAD_QUOTING))
		return false;
	for (size_t i = 0; i < record->source_len; i++)
		odd ^= record->source[i] == '"';
	return odd;
}

static int refuse(const struct dsv_record *record, enum dsv_issue issue)
{
	return dsv_fail(DSV_ECONFLICT, "line %llu cannot be merged (%s)",
			(unsigned long long)record->line,
			dsv_issue_word(issue));
}

/* What hides content cannot be merged, not even as a whole record. */
static int check_hidden(const struct dsv_record *record)
{
	if (!record)
		return 0;
	if (is_unclosed(record))
		return refuse(record, DSV_ISSUE_BAD_QUOTING);
	if (record->issues & DSV_ISSUE_TOO_LONG)
		return refuse(record, DSV_ISSUE_TOO_LONG);
	return record->issues & DSV_ISSUE_NOT_JSON
		       ? refuse(record, DSV_ISSUE_NOT_JSON)
		       : 0;
}

/* ...and what has no sure fields, not by field. */
static int check_whole(const struct dsv_record *record)
{
	const int rc = check_hidden(record);

	if (rc < 0 || !record)
		return rc;
	if (record->issues & DSV_ISSUE_RAGGED)
		return refuse(record, DSV_ISSUE_RAGGED);
	return record->issues & DSV_ISSUE_BAD_QUOTING
		       ? refuse(record, DSV_ISSUE_BAD_QUOTING)
		       : 0;
}

/* The source of a field into bytes; none where it is missing. */
static int take_value(struct dsv_mergework *work,
		      const struct dsv_layout *layout,
		      const struct dsv_record *record, long column,
		      struct dsv_conflict_bytes *out)
{
	const char *text;
	size_t len;
	int rc;

	if (field_of(record, column)->kind == DSV_FIELD_MISSING)
		return 0;
	rc = dsv_rewrite_source(work->reading->format, &layout->columns, record,
				column, &text, &len);
	if (rc == 0)
		dsv_conflict_bytes_set(out, text, len);
	return rc;
}

static void take_key(struct dsv_mergework *work,
		     const struct dsv_merge_trio *trio, struct dsv_strlist *out)
{
	struct dsv_inner inner DSV_AUTO(inner) = DSV_INNER_INIT;
	const struct dsv_layout *layout = trio->ours	 ? &work->layout
					  : trio->theirs ? theirs_layout(work)
							 : base_layout(work);
	const struct dsv_record *record = trio->ours	 ? trio->ours
					  : trio->theirs ? trio->theirs
							 : trio->base;

	for (size_t i = 0; i < layout->n_key; i++) {
		const struct dsv_field *field =
			dsv_layout_key(layout, i, record, &inner);

		dsv_strlist_addn(out, field->text, field->len);
	}
}

/* The records of all sides, as they would stand in the merged file. */
static int take_records(struct dsv_mergework *work,
			const struct dsv_merge_trio *trio, const char *ours,
			size_t ours_len, struct dsv_conflict_item *item)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc = 0;

	if (trio->base)
		rc = dsv_merge_theirs(work, base_layout(work), trio->base,
				      &text);
	if (rc == 0 && trio->base)
		dsv_conflict_side_add(&item->sides[DSV_SIDE_BASE],
				      dsv_buf_str(&text), text.len);
	if (ours)
		dsv_conflict_side_add(&item->sides[DSV_SIDE_OURS], ours,
				      ours_len);
	dsv_buf_reset(&text);
	if (rc == 0 && trio->theirs)
		rc = dsv_merge_theirs(work, theirs_layout(work), trio->theirs,
				      &text);
	if (rc == 0 && trio->theirs)
		dsv_conflict_side_add(&item->sides[DSV_SIDE_THEIRS],
				      dsv_buf_str(&text), text.len);
	return rc;
}

static int field_conflict(struct fields *fields, const struct name *name)
{
	struct dsv_mergework *work = fields->work;
	const struct dsv_merge_trio *trio = fields->trio;
	struct dsv_conflict_item *item = dsv_conflict_record_add(work->record);
	int rc;

	item->word = trio->base ? DSV_CONFLICT_BOTH_CHANGED
				: DSV_CONFLICT_BOTH_ADDED;
	item->field = dsv_strdup(name->name);
	take_key(work, trio, &item->key);
	rc = take_value(work, base_layout(work), trio->base, name->base,
			&item->sides[DSV_SIDE_BASE].value);
	if (rc == 0)
		rc = take_value(work, &work->layout, trio->ours, name->ours,
				&item->sides[DSV_SIDE_OURS].value);
	if (rc == 0)
		rc = take_value(work, theirs_layout(work), trio->theirs,
				name->theirs,
				&item->sides[DSV_SIDE_THEIRS].value);
	return rc;
}

static struct dsv_edit *add_edit(struct fields *fields, const struct name *name)
{
	struct dsv_edit *edit;

	DSV_GROW(fields->edits, fields->cap, fields->n + 1);
	edit = &fields->edits[fields->n++];
	*edit = (struct dsv_edit){.column = name->ours, .name = name->name};
	return edit;
}

/* Put the field of theirs into ours. */
static int take_theirs(struct fields *fields, const struct name *name)
{
	struct dsv_mergework *work = fields->work;
	const struct dsv_record *theirs = fields->trio->theirs;
	struct dsv_edit *edit = add_edit(fields, name);

	if (field_of(theirs, name->theirs)->kind == DSV_FIELD_MISSING) {
		edit->kind = DSV_EDIT_REMOVE;
		return 0;
	}
	edit->kind = DSV_EDIT_SOURCE;
	return dsv_rewrite_source(work->reading->format,
				  &theirs_layout(work)->columns, theirs,
				  name->theirs, &edit->text, &edit->len);
}

static int merge_field(struct fields *fields, const struct name *name)
{
	const struct dsv_merge_trio *trio = fields->trio;
	const struct dsv_field *base = field_of(trio->base, name->base);
	const struct dsv_field *ours = field_of(trio->ours, name->ours);
	const struct dsv_field *theirs = field_of(trio->theirs, name->theirs);

	if (dsv_field_equal(ours, theirs) || dsv_field_equal(base, theirs))
		return 0;
	if (dsv_field_equal(base, ours))
		return take_theirs(fields, name);
	return field_conflict(fields, name);
}

/* Formats without header: every name of ours, then those of theirs alone. */
static int merge_names(struct fields *fields)
{
	const struct dsv_strlist *base = &base_layout(fields->work)->names;
	const struct dsv_strlist *ours = &fields->work->layout.names;
	const struct dsv_strlist *theirs = &theirs_layout(fields->work)->names;
	int rc = 0;

	for (size_t i = 0; i < ours->n && rc == 0; i++) {
		const struct name name = {
			ours->items[i], dsv_strlist_find(base, ours->items[i]),
			(long)i, dsv_strlist_find(theirs, ours->items[i])};

		rc = merge_field(fields, &name);
	}
	for (size_t i = 0; i < theirs->n && rc == 0; i++) {
		const struct name name = {
			theirs->items[i],
			dsv_strlist_find(base, theirs->items[i]), -1, (long)i};

		if (dsv_strlist_find(ours, name.name) < 0)
			rc = merge_field(fields, &name);
	}
	return rc;
}

/* A cell that ours has not: that of theirs, or an empty one. */
static int new_cell(struct fields *fields, const struct name *name)
{
	struct dsv_edit *edit;

	if (fields->trio->theirs)
		return take_theirs(fields, name);
	edit = add_edit(fields, name);
	edit->kind = DSV_EDIT_TEXT;
	edit->text = "";
	return 0;
}

/* Formats with a header: the columns of the merged file, and those of ours
 * that it has no more. */
static int merge_columns(struct fields *fields)
{
	struct dsv_mergework *work = fields->work;
	int rc = 0;

	for (size_t i = 0; i < work->n_columns && rc == 0; i++) {
		const struct dsv_merge_column *column = &work->columns[i];
		const struct name name = {column->text, column->base,
					  column->ours, column->theirs};

		if (column->dropped)
			add_edit(fields, &name)->kind = DSV_EDIT_REMOVE;
		else if (column->ours < 0)
			rc = new_cell(fields, &name);
		else if (fields->trio->theirs && column->theirs >= 0)
			rc = merge_field(fields, &name);
	}
	return rc;
}

int dsv_merge_whole(struct dsv_mergework *work, enum dsv_conflict_word word,
		    const struct dsv_merge_trio *trio)
{
	struct dsv_buf ours DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_conflict_item *item;
	int rc = 0;

	if (trio->ours)
		rc = dsv_merge_theirs(work, &work->layout, trio->ours, &ours);
	if (rc < 0)
		return rc;
	item = dsv_conflict_record_add(work->record);
	item->word = word;
	take_key(work, trio, &item->key);
	return take_records(work, trio, trio->ours ? dsv_buf_str(&ours) : NULL,
			    ours.len, item);
}

static bool is_unsure(const struct dsv_merge_trio *trio)
{
	unsigned issues = trio->ours->issues;

	issues |= trio->base ? trio->base->issues : 0;
	issues |= trio->theirs ? trio->theirs->issues : 0;
	return issues & (DSV_ISSUE_RAGGED | DSV_ISSUE_BAD_QUOTING);
}

/* Cells of such a record have no sure column: it is one or the other. */
static int merge_unsure(struct dsv_mergework *work,
			const struct dsv_merge_trio *trio)
{
	int rc = check_hidden(trio->ours);

	if (rc == 0)
		rc = check_hidden(trio->theirs);
	if (rc < 0 || !trio->theirs ||
	    !dsv_merge_differs(work, &work->layout, trio->ours,
			       theirs_layout(work), trio->theirs) ||
	    (trio->base && !work->both_added &&
	     !dsv_merge_differs(work, base_layout(work), trio->base,
				theirs_layout(work), trio->theirs)))
		return rc;
	return dsv_merge_whole(work,
			       trio->base ? DSV_CONFLICT_BOTH_CHANGED
					  : DSV_CONFLICT_BOTH_ADDED,
			       trio);
}

int dsv_merge_fields(struct dsv_mergework *work,
		     const struct dsv_merge_trio *trio, struct dsv_buf *out)
{
	struct fields fields = {
		.work = work, .trio = trio, .first_item = work->record->n};
	int rc;

	if (!work->columns_change && !work->convert_theirs && is_unsure(trio))
		return merge_unsure(work, trio);
	rc = check_whole(trio->ours);
	if (rc == 0)
		rc = check_whole(trio->theirs);
	if (rc == 0)
		rc = check_whole(trio->base);
	if (rc == 0)
		rc = work->columns ? merge_columns(&fields)
				   : merge_names(&fields);
	if (rc == 0 && fields.n)
		rc = dsv_rewrite(work->reading->format, &work->layout.columns,
				 trio->ours, fields.edits, fields.n, out);
	for (size_t i = fields.first_item; i < work->record->n && rc == 0; i++)
		rc = take_records(work, trio,
				  fields.n ? dsv_buf_str(out)
					   : trio->ours->source,
				  fields.n ? out->len : trio->ours->source_len,
				  &work->record->items[i]);
	free(fields.edits);
	return rc < 0 ? rc : fields.n > 0;
}

static int add_ours(struct dsv_mergework *work, const struct dsv_record *record,
		    struct dsv_buf *out)
{
	const struct dsv_merge_trio trio = {.ours = record};
	const int rc =
		work->columns_change ? dsv_merge_fields(work, &trio, out) : 0;

	if (rc == 0)
		dsv_buf_add(out, record->source, record->source_len);
	return rc < 0 ? rc : 0;
}

int dsv_merge_theirs(struct dsv_mergework *work, const struct dsv_layout *from,
		     const struct dsv_record *record, struct dsv_buf *out)
{
	const bool base = from != theirs_layout(work);
	struct dsv_edit *edits;
	size_t n = 0;
	int rc;

	if (from == &work->layout || from == &work->ours.to.layout)
		return add_ours(work, record, out);
	if (!work->columns ||
	    dsv_strlist_equal(&from->columns, &work->result)) {
		if (check_hidden(record) < 0)
			return DSV_ECONFLICT;
		dsv_buf_add(out, record->source, record->source_len);
		return 0;
	}
	rc = check_whole(record);
	if (rc < 0)
		return rc;
	edits = dsv_alloc_zero(work->n_columns + 1, sizeof(*edits));
	for (size_t i = 0, at = 0; i < work->n_columns && rc == 0; i++) {
		const struct dsv_merge_column *column = &work->columns[i];
		const long source = base ? column->base : column->theirs;

		if (column->dropped)
			continue;
		edits[n].column = (long)at++;
		edits[n].kind = DSV_EDIT_SOURCE;
		if (source < 0)
			continue;
		rc = dsv_rewrite_source(work->reading->format, &from->columns,
					record, source, &edits[n].text,
					&edits[n].len);
		n++;
	}
	if (rc == 0)
		rc = dsv_rewrite_new(work->reading->format, &work->result,
				     edits, n, out);
	free(edits);
	return rc;
}

bool dsv_merge_differs(const struct dsv_mergework *work,
		       const struct dsv_layout *a, const struct dsv_record *x,
		       const struct dsv_layout *b, const struct dsv_record *y)
{
	struct dsv_bridge bridge DSV_AUTO(bridge) = DSV_BRIDGE_INIT;
	struct dsv_differs differs DSV_AUTO(differs) = DSV_DIFFERS_INIT;
	bool any;

	dsv_bridge_set(&bridge, a, b);
	any = dsv_bridge_compare(&bridge, x, y, &differs);
	return work->columns ? differs.common : any;
}
