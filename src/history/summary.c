#include "history/summary.h"

#include <stdlib.h>
#include <string.h>

void dsv_summary_release(struct dsv_summary *summary)
{
	for (size_t i = 0; i < 4; i++)
		dsv_strlist_release(&summary->columns[i]);
	dsv_arena_release(&summary->arena);
	memset(summary, 0, sizeof(*summary));
}

void dsv_summary_link(struct dsv_summary *summary)
{
	summary->view.columns_from = &summary->columns[0];
	summary->view.columns_to = &summary->columns[1];
	summary->view.columns_added = &summary->columns[2];
	summary->view.columns_removed = &summary->columns[3];
}

static void add_missing(struct dsv_strlist *out, const struct dsv_strlist *of,
			const struct dsv_strlist *in)
{
	for (size_t i = 0; i < of->n; i++)
		if (dsv_strlist_find(in, of->items[i]) < 0)
			dsv_strlist_add(out, of->items[i]);
}

static void set_columns(struct dsv_summary *out,
			const struct dsv_summary_parts *parts)
{
	const struct dsv_strlist *from = &parts->from->columns;
	const struct dsv_strlist *to = &parts->to->columns;

	dsv_strlist_copy(&out->columns[0], from);
	dsv_strlist_copy(&out->columns[1], to);
	add_missing(&out->columns[2], to, from);
	add_missing(&out->columns[3], from, to);
}

static void set_side(struct dsv_diff_summary *view, unsigned side,
		     const struct dsv_census *census)
{
	view->duplicate_keys[side] = census->duplicate_keys;
	view->rows_without_key[side] = census->keyless;
	view->ragged_rows[side] =
		census->issues[__builtin_ctz(DSV_ISSUE_RAGGED)].count;
}

static void set_counts(struct dsv_diff_summary *view,
		       const struct dsv_summary_parts *parts)
{
	const struct dsv_counts *counts = parts->counts;

	view->records_from = parts->from->records;
	view->records_to = parts->to->records;
	view->added = counts->added;
	view->removed = counts->removed;
	view->changed = counts->changed;
	view->changed_common = counts->changed_common;
	view->relabelled = counts->relabelled;
	view->label_changed = counts->label_changed;
	view->unchanged = counts->unchanged;
	view->rekeyed = parts->rekeyed;
	view->moved = parts->moved;
	view->clean = parts->from->clean && parts->to->clean;
	set_side(view, 0, parts->from);
	set_side(view, 1, parts->to);
}

static void set_issues(struct dsv_summary *out,
		       const struct dsv_summary_parts *parts)
{
	const struct dsv_census *sides[] = {parts->from, parts->to};
	struct dsv_issue_line *lines = dsv_arena_alloc(
		&out->arena, 2 * DSV_ISSUE_KINDS * sizeof(*lines));
	size_t n = 0;

	for (unsigned side = 0; side < 2; side++) {
		for (unsigned bit = 0; bit < DSV_ISSUE_KINDS; bit++) {
			const struct dsv_issue_tally *tally =
				&sides[side]->issues[bit];

			if (tally->count == 0)
				continue;
			lines[n++] = (struct dsv_issue_line){
				.to = side == 1,
				.issue = 1u << bit,
				.line = tally->line,
				.count = tally->count,
			};
		}
	}
	out->view.issues = lines;
	out->view.n_issues = n;
}

static int by_field_count(const void *ap, const void *bp)
{
	const struct dsv_field_count *a = ap;
	const struct dsv_field_count *b = bp;

	if (a->n != b->n)
		return a->n > b->n ? -1 : 1;
	return strcmp(a->name, b->name);
}

static void set_fields(struct dsv_summary *out,
		       const struct dsv_summary_parts *parts)
{
	const struct dsv_counts *counts = parts->counts;
	const struct dsv_strlist *names = &parts->to->columns;
	struct dsv_field_count *fields = dsv_arena_alloc(
		&out->arena, (counts->n_fields + 1) * sizeof(*fields));
	size_t n = 0;

	for (size_t i = 0; i < counts->n_fields && i < names->n; i++) {
		if (counts->fields[i] == 0)
			continue;
		fields[n].name = dsv_arena_copy(&out->arena, names->items[i],
						strlen(names->items[i]));
		fields[n++].n = counts->fields[i];
	}
	qsort(fields, n, sizeof(*fields), by_field_count);
	out->view.fields = fields;
	out->view.n_fields = n;
}

static int by_label_count(const void *ap, const void *bp)
{
	const struct dsv_label_count *a = ap;
	const struct dsv_label_count *b = bp;
	uint64_t a_all = a->before + a->after;
	uint64_t b_all = b->before + b->after;

	if (a_all != b_all)
		return a_all > b_all ? -1 : 1;
	return strcmp(a->value, b->value);
}

/* All values that stand on either side; a value that comes and goes stands on
 * one of them. */
static void name_values(struct dsv_map *values, const struct dsv_map *from,
			const struct dsv_map *to)
{
	for (size_t i = 0; i < from->n; i++)
		dsv_map_put(values, from->entries[i].key,
			    from->entries[i].key_len);
	for (size_t i = 0; i < to->n; i++)
		dsv_map_put(values, to->entries[i].key, to->entries[i].key_len);
}

static uint64_t count_of(const struct dsv_map *map,
			 const struct dsv_map_entry *value)
{
	const struct dsv_map_entry *entry =
		dsv_map_get(map, value->key, value->key_len);

	return entry ? entry->value : 0;
}

static void set_values(struct dsv_summary *out, struct dsv_label_diff *label,
		       const struct dsv_summary_parts *parts, size_t i)
{
	const struct dsv_map *from = &parts->from->labels[i];
	const struct dsv_map *to = &parts->to->labels[i];
	const struct dsv_map *moves = parts->counts->labels[i].moves;
	struct dsv_map values DSV_AUTO(map) = DSV_MAP_INIT;
	struct dsv_label_count *counts;
	size_t n = 0;

	name_values(&values, from, to);
	counts = dsv_arena_alloc(&out->arena, (values.n + 1) * sizeof(*counts));
	for (size_t j = 0; j < values.n; j++) {
		const struct dsv_map_entry *value = &values.entries[j];
		struct dsv_label_count count = {
			.before = count_of(from, value),
			.after = count_of(to, value),
			.added = count_of(&moves[DSV_MOVE_ADDED], value),
			.removed = count_of(&moves[DSV_MOVE_REMOVED], value),
			.in = count_of(&moves[DSV_MOVE_IN], value),
			.out = count_of(&moves[DSV_MOVE_OUT], value),
		};

		if (count.before + count.after == 0)
			continue;
		count.value =
			dsv_arena_copy(&out->arena, value->key, value->key_len);
		counts[n++] = count;
	}
	qsort(counts, n, sizeof(*counts), by_label_count);
	label->values = counts;
	label->n_values = n;
}

static int by_transition(const void *ap, const void *bp)
{
	const struct dsv_transition *a = ap;
	const struct dsv_transition *b = bp;
	int cmp;

	if (a->n != b->n)
		return a->n > b->n ? -1 : 1;
	cmp = strcmp(a->from, b->from);
	return cmp ? cmp : strcmp(a->to, b->to);
}

static void set_transitions(struct dsv_summary *out,
			    struct dsv_label_diff *label,
			    const struct dsv_map *map)
{
	struct dsv_transition *all =
		dsv_arena_alloc(&out->arena, (map->n + 1) * sizeof(*all));

	for (size_t i = 0; i < map->n; i++) {
		const struct dsv_map_entry *entry = &map->entries[i];
		uint32_t len;

		memcpy(&len, entry->key, sizeof(len));
		all[i].from = dsv_arena_copy(&out->arena,
					     entry->key + sizeof(len), len);
		all[i].to = dsv_arena_copy(&out->arena,
					   entry->key + sizeof(len) + len,
					   entry->key_len - sizeof(len) - len);
		all[i].n = entry->value;
	}
	qsort(all, map->n, sizeof(*all), by_transition);
	label->transitions = all;
	label->n_transitions = map->n;
}

static void set_labels(struct dsv_summary *out,
		       const struct dsv_summary_parts *parts)
{
	const struct dsv_strlist *names = &parts->reading->labels;
	struct dsv_label_diff *labels =
		dsv_arena_alloc(&out->arena, (names->n + 1) * sizeof(*labels));

	for (size_t i = 0; i < names->n; i++) {
		labels[i].name = dsv_arena_copy(&out->arena, names->items[i],
						strlen(names->items[i]));
		set_values(out, &labels[i], parts, i);
		set_transitions(out, &labels[i],
				&parts->counts->labels[i].transitions);
	}
	out->view.labels = labels;
	out->view.n_labels = names->n;
}

void dsv_summary_build(struct dsv_summary *out,
		       const struct dsv_summary_parts *parts)
{
	set_columns(out, parts);
	set_counts(&out->view, parts);
	set_issues(out, parts);
	set_fields(out, parts);
	set_labels(out, parts);
	dsv_summary_link(out);
}
