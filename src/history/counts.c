#include "history/counts.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "history/tally.h"

void dsv_counts_init(struct dsv_counts *counts, const struct dsv_bridge *bridge)
{
	*counts = (struct dsv_counts){.n_labels = bridge->to->n_labels,
				      .n_fields = bridge->to->names.n};
	counts->labels =
		dsv_alloc_zero(counts->n_labels + 1, sizeof(*counts->labels));
	counts->fields =
		dsv_alloc_zero(counts->n_fields + 1, sizeof(*counts->fields));
}

void dsv_counts_release(struct dsv_counts *counts)
{
	for (size_t i = 0; i < counts->n_labels; i++) {
		for (unsigned j = 0; j < DSV_MOVES; j++)
			dsv_map_release(&counts->labels[i].moves[j]);
		dsv_map_release(&counts->labels[i].transitions);
	}
	free(counts->labels);
	free(counts->fields);
	memset(counts, 0, sizeof(*counts));
}

static void count_label(struct dsv_label_moves *label, enum dsv_move move,
			const struct dsv_field *field)
{
	size_t len;
	const char *text = dsv_label_text(field, &len);

	dsv_map_put(&label->moves[move], text, len)->value++;
}

void dsv_counts_one(struct dsv_counts *counts, const struct dsv_layout *layout,
		    const struct dsv_record *record, enum dsv_move move)
{
	struct dsv_inner inner DSV_AUTO(inner) = DSV_INNER_INIT;

	if (move == DSV_MOVE_ADDED)
		counts->added++;
	else
		counts->removed++;
	for (size_t i = 0; i < counts->n_labels; i++)
		count_label(&counts->labels[i], move,
			    dsv_layout_label(layout, i, record, &inner));
}

static void count_transition(struct dsv_label_moves *label,
			     const struct dsv_field *from,
			     const struct dsv_field *to)
{
	struct dsv_buf key DSV_AUTO(buf) = DSV_BUF_INIT;
	size_t from_len;
	size_t to_len;
	const char *from_text = dsv_label_text(from, &from_len);
	const char *to_text = dsv_label_text(to, &to_len);
	uint32_t len = (uint32_t)from_len;

	dsv_buf_add(&key, &len, sizeof(len));
	dsv_buf_add(&key, from_text, from_len);
	dsv_buf_add(&key, to_text, to_len);
	dsv_map_put(&label->transitions, key.data, key.len)->value++;
}

struct dsv_relabel dsv_relabel_of(const struct dsv_bridge *bridge,
				  const struct dsv_record *from,
				  const struct dsv_record *to)
{
	struct dsv_inner inner_from DSV_AUTO(inner) = DSV_INNER_INIT;
	struct dsv_inner inner_to DSV_AUTO(inner) = DSV_INNER_INIT;
	struct dsv_relabel out = {0};

	for (size_t i = 0; i < bridge->to->n_labels; i++) {
		const struct dsv_field *f =
			dsv_layout_label(bridge->from, i, from, &inner_from);
		const struct dsv_field *t =
			dsv_layout_label(bridge->to, i, to, &inner_to);

		if (dsv_field_same_text(f, t))
			continue;
		out.changed = true;
		if (!dsv_field_is_empty(f) && !dsv_field_is_empty(t))
			out.relabelled = true;
	}
	return out;
}

static void count_relabels(struct dsv_counts *counts,
			   const struct dsv_bridge *bridge,
			   const struct dsv_record *from,
			   const struct dsv_record *to)
{
	struct dsv_inner inner_from DSV_AUTO(inner) = DSV_INNER_INIT;
	struct dsv_inner inner_to DSV_AUTO(inner) = DSV_INNER_INIT;

	for (size_t i = 0; i < counts->n_labels; i++) {
		const struct dsv_field *f =
			dsv_layout_label(bridge->from, i, from, &inner_from);
		const struct dsv_field *t =
			dsv_layout_label(bridge->to, i, to, &inner_to);

		if (dsv_field_same_text(f, t))
			continue;
		count_label(&counts->labels[i], DSV_MOVE_OUT, f);
		count_label(&counts->labels[i], DSV_MOVE_IN, t);
		count_transition(&counts->labels[i], f, t);
	}
}

void dsv_counts_pair(struct dsv_counts *counts, const struct dsv_bridge *bridge,
		     const struct dsv_record *from, const struct dsv_record *to,
		     const struct dsv_differs *differs)
{
	struct dsv_relabel relabel = dsv_relabel_of(bridge, from, to);

	counts->changed++;
	counts->changed_common += differs->common;
	counts->label_changed += relabel.changed;
	counts->relabelled += relabel.relabelled;
	if (relabel.changed)
		count_relabels(counts, bridge, from, to);
	for (size_t i = 0; i < differs->n; i++) {
		long f = differs->items[i].from;
		long t = differs->items[i].to;

		if (f < 0 || t < 0 || (size_t)t >= counts->n_fields ||
		    (dsv_field_is_absent(dsv_record_field(from, f)) &&
		     dsv_field_is_absent(dsv_record_field(to, t))))
			continue;
		counts->fields[t]++;
	}
}

static void merge_map(struct dsv_map *into, const struct dsv_map *from)
{
	for (size_t i = 0; i < from->n; i++)
		dsv_map_put(into, from->entries[i].key,
			    from->entries[i].key_len)
			->value += from->entries[i].value;
}

void dsv_counts_merge(struct dsv_counts *counts, struct dsv_counts *other)
{
	counts->added += other->added;
	counts->removed += other->removed;
	counts->changed += other->changed;
	counts->changed_common += other->changed_common;
	counts->relabelled += other->relabelled;
	counts->label_changed += other->label_changed;
	counts->unchanged += other->unchanged;
	for (size_t i = 0; i < other->n_labels; i++) {
		for (unsigned j = 0; j < DSV_MOVES; j++)
			merge_map(&counts->labels[i].moves[j],
				  &other->labels[i].moves[j]);
		merge_map(&counts->labels[i].transitions,
			  &other->labels[i].transitions);
	}
	for (size_t i = 0; i < other->n_fields; i++)
		counts->fields[i] += other->fields[i];
	dsv_counts_release(other);
}
