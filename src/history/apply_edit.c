#include "history/apply_edit.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "history/layout.h"

static const struct dsv_field missing = {"", 0, DSV_FIELD_MISSING};

static const char *today(const struct dsv_reading *reading, const char *name)
{
	for (size_t i = 0; i < reading->n_renamed; i++)
		if (dsv_strlist_find(&reading->renamed[i].older, name) >= 0)
			return reading->renamed[i].name;
	return name;
}

void dsv_apply_edits_init(struct dsv_apply_edits *edits,
			  const struct dsv_reading *reading,
			  const struct dsv_apply_rows *rows)
{
	size_t n = rows->columns.n;

	edits->reading = reading;
	edits->given_json = rows->reading.format->nested;
	edits->targets = dsv_alloc_zero(n + 1, sizeof(*edits->targets));
	edits->texts = dsv_alloc_zero(n + 1, sizeof(*edits->texts));
	edits->items = dsv_alloc_zero(n + 1, sizeof(*edits->items));
	edits->n_targets = n;
	for (size_t i = 0; i < n; i++) {
		struct dsv_apply_target *target = &edits->targets[i];
		const char *name = today(reading, rows->columns.items[i]);

		target->name = dsv_strdup(name);
		target->is_key = dsv_strlist_find(&reading->key, name) >= 0;
		target->is_label =
			dsv_strlist_find(&reading->labels, name) >= 0;
		dsv_place_init(&target->place, reading, target->name);
	}
}

void dsv_apply_edits_release(struct dsv_apply_edits *edits)
{
	for (size_t i = 0; i < edits->n_targets; i++) {
		dsv_place_release(&edits->targets[i].place);
		dsv_buf_release(&edits->texts[i]);
		free(edits->targets[i].name);
	}
	free(edits->targets);
	free(edits->texts);
	free(edits->items);
	*edits = (struct dsv_apply_edits)DSV_APPLY_EDITS_INIT;
}

void dsv_apply_edits_bind(struct dsv_apply_edits *edits,
			  const struct dsv_strlist *columns)
{
	if (edits->n_columns == columns->n)
		return;
	edits->n_columns = columns->n;
	for (size_t i = 0; i < edits->n_targets; i++)
		dsv_place_bind(&edits->targets[i].place, columns);
}

void dsv_apply_edits_see(struct dsv_apply_edits *edits,
			 const struct dsv_record *record)
{
	for (size_t i = 0; i < edits->n_targets; i++) {
		struct dsv_apply_target *target = &edits->targets[i];

		if (!target->seen.text)
			dsv_apply_see(&target->seen,
				      dsv_place_field(&target->place, record));
	}
}

static bool same_value(const struct dsv_field *a, const struct dsv_field *b)
{
	return a->kind == b->kind && a->len == b->len &&
	       memcmp(a->text, b->text, a->len) == 0;
}

/* A cell as the data file has it. False: the row does not give it, or it
 * stands there already. A cell cannot say that a JSON field is missing, so an
 * empty one leaves such a field so. */
static bool make_one(struct dsv_apply_edits *edits, size_t column,
		     const struct dsv_field *given,
		     const struct dsv_field *stands, bool is_new)
{
	const struct dsv_apply_target *target = &edits->targets[column];
	bool json = edits->reading->format->nested;
	struct dsv_field value;

	if (given->kind == DSV_FIELD_MISSING)
		return false;
	if (!is_new && stands->kind == DSV_FIELD_MISSING && json &&
	    !edits->given_json && given->len == 0)
		return false;
	dsv_apply_value(given, edits->given_json, stands, json, &target->seen,
			&edits->texts[column], &value);
	if (same_value(&value, stands))
		return false;
	edits->items[edits->n++] = (struct dsv_edit){
		.column = target->place.column,
		.name = target->name,
		.inside = target->place.rest,
		.kind = value.kind == DSV_FIELD_JSON ? DSV_EDIT_VALUE
						     : DSV_EDIT_TEXT,
		.text = value.text,
		.len = value.len,
	};
	return true;
}

void dsv_apply_edits_make(struct dsv_apply_edits *edits,
			  const struct dsv_apply_row *row,
			  const struct dsv_record *record)
{
	edits->n = 0;
	edits->relabelled = false;
	for (size_t i = 0; i < edits->n_targets; i++) {
		struct dsv_apply_target *target = &edits->targets[i];
		const struct dsv_field *given =
			i < row->n_fields ? &row->fields[i] : &missing;
		const struct dsv_field *stands = &missing;

		if (record && target->is_key)
			continue;
		if (record)
			stands = dsv_place_field(&target->place, record);
		if (make_one(edits, i, given, stands, !record) &&
		    target->is_label && !dsv_field_is_empty(stands) &&
		    !dsv_field_is_empty(given) &&
		    !dsv_field_same_text(given, stands))
			edits->relabelled = true;
	}
}
