#include "history/emit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"

void dsv_changer_init(struct dsv_changer *changer,
		      const struct dsv_bridge *bridge)
{
	*changer = (struct dsv_changer){.bridge = bridge};
	changer->key =
		dsv_alloc_zero(bridge->to->n_key + 1, sizeof(*changer->key));
}

void dsv_changer_release(struct dsv_changer *changer)
{
	free(changer->fields);
	free(changer->key);
	dsv_arena_release(&changer->names);
	memset(changer, 0, sizeof(*changer));
}

static const char *field_name(struct dsv_changer *changer,
			      const struct dsv_layout *layout, size_t column)
{
	char text[32];
	int len;

	if (column < layout->names.n)
		return layout->names.items[column];
	len = snprintf(text, sizeof(text), "extra#%zu",
		       column - layout->names.n + 1);
	return dsv_arena_copy(&changer->names, text, (size_t)len);
}

static struct dsv_field_change *add_change(struct dsv_changer *changer,
					   struct dsv_change *out)
{
	DSV_GROW(changer->fields, changer->fields_cap, out->n_fields + 1);
	return &changer->fields[out->n_fields++];
}

static void add_differ(struct dsv_changer *changer,
		       const struct dsv_differ *differ, struct dsv_change *out)
{
	const struct dsv_layout *from = changer->bridge->from;
	const struct dsv_layout *to = changer->bridge->to;
	bool in_to = differ->to >= 0;
	const struct dsv_layout *layout = in_to ? to : from;
	size_t column = (size_t)(in_to ? differ->to : differ->from);
	struct dsv_field_change *change = add_change(changer, out);

	change->name = field_name(changer, layout, column);
	change->is_label = dsv_layout_is_label(layout, column);
	change->from = dsv_record_field(out->from, differ->from);
	change->to = dsv_record_field(out->to, differ->to);
}

static const struct dsv_field nothing = {"", 0, DSV_FIELD_MISSING};

/* All that the one record has. */
static void add_all(struct dsv_changer *changer, struct dsv_change *out)
{
	const struct dsv_layout *layout =
		out->to ? changer->bridge->to : changer->bridge->from;
	const struct dsv_record *record = out->to ? out->to : out->from;

	for (size_t i = 0; i < record->n_fields; i++) {
		struct dsv_field_change *change;

		if (record->fields[i].kind == DSV_FIELD_MISSING)
			continue;
		change = add_change(changer, out);
		change->name = field_name(changer, layout, i);
		change->is_label = dsv_layout_is_label(layout, i);
		change->from = out->from ? &record->fields[i] : &nothing;
		change->to = out->to ? &record->fields[i] : &nothing;
	}
}

static void set_key(struct dsv_changer *changer, struct dsv_change *out)
{
	struct dsv_inner inner DSV_AUTO(inner) = DSV_INNER_INIT;
	const struct dsv_layout *layout =
		out->to ? changer->bridge->to : changer->bridge->from;
	const struct dsv_record *record = out->to ? out->to : out->from;

	for (size_t i = 0; i < layout->n_key; i++) {
		changer->key[i] = *dsv_layout_key(layout, i, record, &inner);
		if (layout->key_rest[i])
			changer->key[i].text = dsv_arena_copy(
				&changer->names, changer->key[i].text,
				changer->key[i].len);
	}
	out->key = changer->key;
	out->n_key = layout->n_key;
}

void dsv_changer_make(struct dsv_changer *changer,
		      const struct dsv_record *from,
		      const struct dsv_record *to,
		      const struct dsv_differs *differs, bool shared,
		      struct dsv_change *out)
{
	*out = (struct dsv_change){
		.op = !from ? DSV_ADDED
		      : !to ? DSV_REMOVED
			    : DSV_CHANGED,
		.shared_key = shared,
		.from = from,
		.to = to,
	};
	dsv_arena_reset(&changer->names);
	if (differs) {
		struct dsv_relabel relabel =
			dsv_relabel_of(changer->bridge, from, to);

		out->relabelled = relabel.relabelled;
		out->label_changed = relabel.changed;
		out->common = differs->common;
		for (size_t i = 0; i < differs->n; i++)
			add_differ(changer, &differs->items[i], out);
	} else {
		add_all(changer, out);
	}
	out->fields = changer->fields;
	set_key(changer, out);
}

void dsv_emit_init(struct dsv_emit *emit, struct dsv_compare *compare)
{
	*emit = (struct dsv_emit){.compare = compare};
	dsv_fetch_init(&emit->fetch_from, &compare->from);
	dsv_fetch_init(&emit->fetch_to, &compare->to);
	dsv_changer_init(&emit->changer, &compare->align.bridge);
}

void dsv_emit_release(struct dsv_emit *emit)
{
	dsv_fetch_release(&emit->fetch_from);
	dsv_fetch_release(&emit->fetch_to);
	dsv_differs_release(&emit->differs);
	dsv_changer_release(&emit->changer);
	memset(emit, 0, sizeof(*emit));
}

static int emit_new(struct dsv_emit *emit, size_t t, struct dsv_change *out)
{
	struct dsv_compare *compare = emit->compare;
	const struct dsv_row *row = &compare->to.tally.rows[t];
	bool paired = row->flags & DSV_ROW_PAIRED;
	int rc = dsv_fetch_row(&emit->fetch_to, t, &emit->to);

	if (rc == 0 && paired)
		rc = dsv_fetch_row(&emit->fetch_from,
				   compare->align.match[t] - 1, &emit->from);
	if (rc < 0)
		return rc;
	if (paired)
		dsv_bridge_compare(&compare->align.bridge, &emit->from,
				   &emit->to, &emit->differs);
	dsv_changer_make(&emit->changer, paired ? &emit->from : NULL, &emit->to,
			 paired ? &emit->differs : NULL,
			 row->flags & DSV_ROW_SHARED, out);
	return 1;
}

static int emit_removed(struct dsv_emit *emit, size_t f, struct dsv_change *out)
{
	const struct dsv_row *row = &emit->compare->from.tally.rows[f];
	int rc = dsv_fetch_row(&emit->fetch_from, f, &emit->from);

	if (rc < 0)
		return rc;
	dsv_changer_make(&emit->changer, &emit->from, NULL, NULL,
			 row->flags & DSV_ROW_SHARED, out);
	return 1;
}

int dsv_emit_next(struct dsv_emit *emit, struct dsv_change *out)
{
	const struct dsv_tally *from = &emit->compare->from.tally;
	const struct dsv_tally *to = &emit->compare->to.tally;

	while (emit->at < to->n_rows) {
		size_t t = emit->at++;

		if (!(to->rows[t].flags & DSV_ROW_DONE))
			return emit_new(emit, t, out);
	}
	while (emit->at < to->n_rows + from->n_rows) {
		size_t f = emit->at++ - to->n_rows;

		if (!(from->rows[f].flags & DSV_ROW_PAIRED))
			return emit_removed(emit, f, out);
	}
	return 0;
}
