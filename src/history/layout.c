#include "history/layout.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "format/json_pointer.h"

#define ABSENT_HASH 0x9e3779b97f4a7c15u

void dsv_layout_release(struct dsv_layout *layout)
{
	dsv_strlist_release(&layout->columns);
	dsv_strlist_release(&layout->names);
	free(layout->order);
	free(layout->key);
	free(layout->labels);
	free(layout->key_rest);
	free(layout->labels_rest);
	memset(layout, 0, sizeof(*layout));
}

static void set_names(struct dsv_layout *layout,
		      const struct dsv_reading *reading)
{
	dsv_strlist_copy(&layout->names, &layout->columns);
	for (size_t i = 0; i < reading->n_renamed; i++) {
		const char *today = reading->renamed[i].name;
		long at = dsv_reading_column(reading, &layout->columns, today);

		if (at < 0)
			continue;
		free(layout->names.items[at]);
		layout->names.items[at] = dsv_strdup(today);
	}
}

static int by_name(const void *ap, const void *bp, void *ctx)
{
	const struct dsv_strlist *names = ctx;
	size_t a = *(const size_t *)ap;
	size_t b = *(const size_t *)bp;

	return strcmp(names->items[a], names->items[b]);
}

static void set_order(struct dsv_layout *layout)
{
	size_t n = layout->names.n;

	layout->order = dsv_alloc(n * sizeof(*layout->order) + 1);
	for (size_t i = 0; i < n; i++)
		layout->order[i] = i;
	qsort_r(layout->order, n, sizeof(*layout->order), by_name,
		&layout->names);
}

long dsv_column_of(const struct dsv_reading *reading,
		   const struct dsv_strlist *columns, const char *name,
		   const char **out_rest)
{
	struct dsv_buf head DSV_AUTO(buf) = DSV_BUF_INIT;
	long column = dsv_reading_column(reading, columns, name);
	const char *rest;

	*out_rest = NULL;
	if (column >= 0 || !reading->format->nested)
		return column;
	rest = dsv_json_pointer_head(name, &head);
	if (!rest)
		return -1;
	if (*rest)
		*out_rest = rest;
	return dsv_reading_column(reading, columns, dsv_buf_str(&head));
}

static void find_columns(const struct dsv_reading *reading,
			 const struct dsv_strlist *columns,
			 const struct dsv_strlist *wanted, long **out,
			 const char ***out_rest)
{
	*out = dsv_alloc((wanted->n + 1) * sizeof(**out));
	*out_rest = dsv_alloc((wanted->n + 1) * sizeof(**out_rest));
	for (size_t i = 0; i < wanted->n; i++)
		(*out)[i] = dsv_column_of(reading, columns, wanted->items[i],
					  &(*out_rest)[i]);
}

void dsv_layout_set(struct dsv_layout *layout,
		    const struct dsv_reading *reading,
		    const struct dsv_strlist *columns)
{
	struct dsv_strlist copy = DSV_STRLIST_INIT;

	dsv_strlist_copy(&copy, columns);
	dsv_layout_release(layout);
	layout->columns = copy;
	set_names(layout, reading);
	set_order(layout);
	layout->n_key = reading->key.n;
	layout->n_labels = reading->labels.n;
	find_columns(reading, columns, &reading->key, &layout->key,
		     &layout->key_rest);
	find_columns(reading, columns, &reading->labels, &layout->labels,
		     &layout->labels_rest);
}

void dsv_inner_release(struct dsv_inner *inner)
{
	/* nearly always empty, and released for every record */
	if (inner->text.cap > 0)
		dsv_buf_release(&inner->text);
}

static const struct dsv_field *field_at(long column, const char *rest,
					const struct dsv_record *record,
					struct dsv_inner *inner)
{
	const struct dsv_field *field = dsv_record_field(record, column);

	if (!rest)
		return field;
	dsv_buf_reset(&inner->text);
	dsv_json_pointer(field, rest, &inner->text, &inner->field);
	return &inner->field;
}

const struct dsv_field *dsv_layout_key(const struct dsv_layout *layout,
				       size_t i,
				       const struct dsv_record *record,
				       struct dsv_inner *inner)
{
	return field_at(layout->key[i], layout->key_rest[i], record, inner);
}

const struct dsv_field *dsv_layout_label(const struct dsv_layout *layout,
					 size_t i,
					 const struct dsv_record *record,
					 struct dsv_inner *inner)
{
	return field_at(layout->labels[i], layout->labels_rest[i], record,
			inner);
}

bool dsv_layout_is_key(const struct dsv_layout *layout, size_t column)
{
	for (size_t i = 0; i < layout->n_key; i++)
		if (layout->key[i] == (long)column && !layout->key_rest[i])
			return true;
	return false;
}

bool dsv_layout_is_label(const struct dsv_layout *layout, size_t column)
{
	for (size_t i = 0; i < layout->n_labels; i++)
		if (layout->labels[i] == (long)column)
			return true;
	return false;
}

bool dsv_field_is_absent(const struct dsv_field *field)
{
	return field->kind == DSV_FIELD_MISSING ||
	       (field->kind == DSV_FIELD_JSON && field->len == 4 &&
		memcmp(field->text, "null", 4) == 0);
}

bool dsv_field_same_text(const struct dsv_field *a, const struct dsv_field *b)
{
	bool absent = dsv_field_is_absent(a);

	if (absent || dsv_field_is_absent(b))
		return absent && dsv_field_is_absent(b);
	return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

bool dsv_layout_keyless(const struct dsv_layout *layout,
			const struct dsv_record *record)
{
	struct dsv_inner inner DSV_AUTO(inner) = DSV_INNER_INIT;

	for (size_t i = 0; i < layout->n_key; i++)
		if (!dsv_field_is_empty(
			    dsv_layout_key(layout, i, record, &inner)))
			return false;
	return layout->n_key > 0;
}

typedef uint64_t (*hash_fn)(const void *data, size_t len);

static uint64_t key_hash(const struct dsv_layout *layout,
			 const struct dsv_record *record, hash_fn hash)
{
	struct dsv_inner inner DSV_AUTO(inner) = DSV_INNER_INIT;
	uint64_t all = 0;

	for (size_t i = 0; i < layout->n_key; i++) {
		const struct dsv_field *field =
			dsv_layout_key(layout, i, record, &inner);
		uint64_t pair[2] = {all, ABSENT_HASH};

		if (!dsv_field_is_absent(field))
			pair[1] = hash(field->text, field->len);
		all = i == 0 ? pair[1] : hash(pair, sizeof(pair));
	}
	return all;
}

uint64_t dsv_layout_key_hash(const struct dsv_layout *layout,
			     const struct dsv_record *record)
{
	return key_hash(layout, record, dsv_hash64);
}

uint64_t dsv_layout_key_stable(const struct dsv_layout *layout,
			       const struct dsv_record *record)
{
	return key_hash(layout, record, dsv_hash_stable);
}

bool dsv_layout_same_key(const struct dsv_layout *a,
			 const struct dsv_record *a_record,
			 const struct dsv_layout *b,
			 const struct dsv_record *b_record)
{
	struct dsv_inner a_inner DSV_AUTO(inner) = DSV_INNER_INIT;
	struct dsv_inner b_inner DSV_AUTO(inner) = DSV_INNER_INIT;

	for (size_t i = 0; i < a->n_key; i++)
		if (!dsv_field_same_text(
			    dsv_layout_key(a, i, a_record, &a_inner),
			    dsv_layout_key(b, i, b_record, &b_inner)))
			return false;
	return true;
}

static void add_field(struct dsv_buf *out, const char *name,
		      const struct dsv_field *field)
{
	uint64_t head[2] = {field->len, field->kind};

	dsv_buf_add(out, name, strlen(name) + 1);
	dsv_buf_add(out, head, sizeof(head));
	dsv_buf_add(out, field->text, field->len);
}

struct dsv_hash128 dsv_layout_content(const struct dsv_layout *layout,
				      const struct dsv_record *record,
				      bool without_key, struct dsv_buf *scratch)
{
	dsv_buf_reset(scratch);
	if (record->issues & (DSV_ISSUE_NOT_JSON | DSV_ISSUE_TOO_LONG)) {
		dsv_buf_addch(scratch, '!');
		dsv_buf_add(scratch, record->source, record->source_len);
		return dsv_hash128(scratch->data, scratch->len);
	}
	for (size_t i = 0; i < layout->names.n; i++) {
		size_t column = layout->order[i];
		const struct dsv_field *field =
			dsv_record_field(record, (long)column);

		if (field->kind == DSV_FIELD_MISSING ||
		    (without_key && dsv_layout_is_key(layout, column)))
			continue;
		add_field(scratch, layout->names.items[column], field);
	}
	for (size_t i = layout->names.n; i < record->n_fields; i++)
		add_field(scratch, "", &record->fields[i]);
	return dsv_hash128(dsv_buf_str(scratch), scratch->len);
}

void dsv_bridge_release(struct dsv_bridge *bridge)
{
	free(bridge->to_from);
	free(bridge->from_to);
	memset(bridge, 0, sizeof(*bridge));
}

/* Both orders are sorted by name, so one walk along the two meets all. */
void dsv_bridge_set(struct dsv_bridge *bridge, const struct dsv_layout *from,
		    const struct dsv_layout *to)
{
	size_t f = 0;
	size_t t = 0;

	dsv_bridge_release(bridge);
	bridge->from = from;
	bridge->to = to;
	bridge->same = dsv_strlist_equal(&from->names, &to->names);
	bridge->to_from = dsv_alloc(to->names.n * sizeof(long) + 1);
	bridge->from_to = dsv_alloc(from->names.n * sizeof(long) + 1);
	for (size_t i = 0; i < to->names.n; i++)
		bridge->to_from[i] = -1;
	for (size_t i = 0; i < from->names.n; i++)
		bridge->from_to[i] = -1;
	while (f < from->names.n && t < to->names.n) {
		size_t fc = from->order[f];
		size_t tc = to->order[t];
		int cmp = strcmp(from->names.items[fc], to->names.items[tc]);

		if (cmp == 0) {
			bridge->to_from[tc] = (long)fc;
			bridge->from_to[fc] = (long)tc;
		}
		f += cmp <= 0;
		t += cmp >= 0;
	}
}

static void add_differ(struct dsv_differs *out, long from, long to)
{
	DSV_GROW(out->items, out->cap, out->n + 1);
	out->items[out->n].from = from;
	out->items[out->n].to = to;
	out->n++;
	if (from >= 0 && to >= 0)
		out->common = true;
}

/* Fields behind the last column: of ragged records only. */
static void compare_extra(const struct dsv_bridge *bridge,
			  const struct dsv_record *from,
			  const struct dsv_record *to, struct dsv_differs *out)
{
	size_t f = bridge->from->names.n;
	size_t t = bridge->to->names.n;

	for (; f < from->n_fields || t < to->n_fields; f++, t++)
		if (!dsv_field_equal(dsv_record_field(from, (long)f),
				     dsv_record_field(to, (long)t)))
			add_differ(out, (long)f, (long)t);
}

bool dsv_bridge_compare(const struct dsv_bridge *bridge,
			const struct dsv_record *from,
			const struct dsv_record *to, struct dsv_differs *out)
{
	out->n = 0;
	out->common = false;
	for (size_t i = 0; i < bridge->to->names.n; i++)
		if (!dsv_field_equal(dsv_record_field(from, bridge->to_from[i]),
				     dsv_record_field(to, (long)i)))
			add_differ(out, bridge->to_from[i], (long)i);
	for (size_t i = 0; i < bridge->from->names.n; i++)
		if (bridge->from_to[i] < 0 &&
		    dsv_record_field(from, (long)i)->kind != DSV_FIELD_MISSING)
			add_differ(out, (long)i, -1);
	compare_extra(bridge, from, to, out);
	return out->n > 0;
}

void dsv_differs_release(struct dsv_differs *differs)
{
	free(differs->items);
	memset(differs, 0, sizeof(*differs));
}
