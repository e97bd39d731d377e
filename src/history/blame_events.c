#include "history/blame_private.h"

#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "base/hash.h"

void dsv_blame_key(struct dsv_buf *out, const struct dsv_field *key, size_t n)
{
	dsv_buf_reset(out);
	for (size_t i = 0; i < n; i++) {
		uint32_t len = (uint32_t)key[i].len;

		if (dsv_field_is_absent(&key[i])) {
			dsv_buf_addch(out, 0);
			continue;
		}
		dsv_buf_addch(out, 1);
		dsv_buf_add(out, &len, sizeof(len));
		dsv_buf_add(out, key[i].text, len);
	}
}

struct dsv_blame_unit *dsv_blame_find(struct dsv_blame *blame,
				      struct dsv_map *map, bool make)
{
	const struct dsv_buf *text = &blame->words.key;
	struct dsv_map_entry *entry;

	if (!make) {
		entry = dsv_map_get(map, dsv_buf_str(text), text->len);
		return entry ? &blame->units[entry->value - 1] : NULL;
	}
	entry = dsv_map_put(map, dsv_buf_str(text), text->len);
	if (!entry->value) {
		DSV_GROW(blame->units, blame->units_cap, blame->n_units + 1);
		blame->units[blame->n_units++] = (struct dsv_blame_unit){0};
		entry->value = blame->n_units;
	}
	return &blame->units[entry->value - 1];
}

bool dsv_blame_same(const struct dsv_blame *blame, const struct dsv_field *a,
		    const struct dsv_field *b)
{
	return blame->field_is_label ? dsv_field_same_text(a, b)
				     : dsv_field_equal(a, b);
}

void dsv_blame_add_value(const struct dsv_blame *blame,
			 struct dsv_blame_words *words,
			 const struct dsv_layout *layout,
			 const struct dsv_field *field,
			 const struct dsv_record *record)
{
	struct dsv_hash128 hash = {0};

	if (blame->field) {
		bool absent = blame->field_is_label
				      ? dsv_field_is_absent(field)
				      : field->kind == DSV_FIELD_MISSING;

		dsv_buf_addch(&words->key, blame->field_is_label
						   ? absent
						   : (char)field->kind);
		if (!absent)
			hash = dsv_hash128(field->text, field->len);
	} else if (blame->until.at == DSV_AT_NOTHING) {
		hash = dsv_layout_content(layout, record, false,
					  &words->scratch);
	}
	dsv_buf_add(&words->key, &hash, sizeof(hash));
}

/* The changes of one edge as they are taken. */
struct taking {
	struct dsv_blame *blame;
	uint32_t edge;
	uint32_t state;
	bool first; /* later parents matter only to what was stopped before */
	struct dsv_layout layouts[2]; /* here, there */
	struct dsv_place places[2];
	uint64_t stopped;
	uint64_t shared;
};

static void add_event(struct taking *taking, struct dsv_blame_unit *unit,
		      int excess)
{
	struct dsv_blame *blame = taking->blame;
	struct dsv_blame_event *last =
		unit->events ? &blame->events[unit->events - 1] : NULL;

	if (last && last->edge == taking->edge) {
		last->excess += excess;
		return;
	}
	DSV_GROW(blame->events, blame->events_cap, blame->n_events + 1);
	blame->events[blame->n_events++] = (struct dsv_blame_event){
		.edge = taking->edge,
		.next = unit->events,
		.excess = excess,
	};
	unit->events = (uint32_t)blame->n_events;
}

/* The unit of a change's key where that is to be kept. */
static struct dsv_blame_unit *key_unit(struct taking *taking,
				       const struct dsv_change *change)
{
	struct dsv_blame *blame = taking->blame;
	const struct dsv_buf *text = &blame->words.key;
	struct dsv_blame_unit *unit;

	dsv_blame_key(&blame->words.key, change->key, change->n_key);
	if (blame->choosy &&
	    !dsv_map_get(&blame->wanted, dsv_buf_str(text), text->len))
		return NULL;
	unit = dsv_blame_find(blame, &blame->keys, taking->first);
	if (unit && taking->first)
		unit->last = taking->state + 1;
	return unit && unit->last == taking->state + 1 ? unit : NULL;
}

static const struct dsv_field *value_of(struct taking *taking, bool there,
					const struct dsv_record *record)
{
	return taking->blame->field
		       ? dsv_place_field(&taking->places[there], record)
		       : NULL;
}

static void take_copy(struct taking *taking, const struct dsv_change *change,
		      const struct dsv_record *record, bool there)
{
	struct dsv_blame *blame = taking->blame;
	struct dsv_blame_unit *unit = key_unit(taking, change);

	taking->shared += !there;
	if (!unit)
		return;
	unit->shared = true;
	blame->any_shared = true;
	dsv_blame_add_value(blame, &blame->words, &taking->layouts[there],
			    value_of(taking, there, record), record);
	unit = dsv_blame_find(blame, &blame->values, true);
	add_event(taking, unit, there ? -1 : 1);
}

/* What has a key of its own and is here: does it stay here? */
static bool stays(struct taking *taking, const struct dsv_record *here,
		  const struct dsv_record *there)
{
	struct dsv_blame *blame = taking->blame;

	if (!there)
		return true;
	if (blame->field)
		return !dsv_blame_same(blame, value_of(taking, false, here),
				       value_of(taking, true, there));
	return blame->until.at == DSV_AT_NOTHING;
}

static void take_change(struct taking *taking, const struct dsv_change *change)
{
	bool back = taking->blame->until.at == DSV_AT_NOTHING;
	const struct dsv_record *here = back ? change->to : change->from;
	const struct dsv_record *there = back ? change->from : change->to;
	struct dsv_blame_unit *unit;

	if (change->shared_key) {
		take_copy(taking, change, here ? here : there, !here);
		return;
	}
	if (!here || !stays(taking, here, there))
		return;
	taking->stopped++;
	unit = key_unit(taking, change);
	if (unit)
		add_event(taking, unit, 0);
}

/* An earlier edge of the same state let something pass. */
static bool is_first(const struct dsv_blame *blame, uint32_t edge)
{
	uint32_t from = blame->edges[edge].from;
	uint32_t i = blame->states[from].first_edge;

	while (i < edge && blame->edges[i].kind == DSV_EDGE_NONE)
		i++;
	return i == edge;
}

static bool has_key(const struct dsv_blame *blame,
		    const struct dsv_strlist *columns, const char **out_lacks)
{
	const struct dsv_strlist *key = &blame->reading.key;
	const char *rest;

	for (size_t i = 0; i < key->n; i++) {
		*out_lacks = key->items[i];
		if (dsv_column_of(&blame->reading, columns, key->items[i],
				  &rest) < 0)
			return false;
	}
	return true;
}

static void note_key(struct dsv_blame *blame, uint32_t edge,
		     const struct dsv_strlist *here,
		     const struct dsv_strlist *there)
{
	const char *lacks;

	if (blame->info.key_name || blame->until.at != DSV_AT_NOTHING ||
	    there->n == 0 || has_key(blame, there, &lacks))
		return;
	blame->info.key_name = lacks;
	if (has_key(blame, here, &lacks))
		blame->info.key_since =
			blame->states[blame->edges[edge].from].commit;
}

static void set_up(struct taking *taking, const struct dsv_strlist *here,
		   const struct dsv_strlist *there)
{
	const struct dsv_strlist *columns[2] = {here, there};
	struct dsv_blame *blame = taking->blame;

	for (size_t i = 0; i < 2; i++) {
		dsv_layout_set(&taking->layouts[i], &blame->reading,
			       columns[i]);
		if (!blame->field)
			continue;
		dsv_place_init(&taking->places[i], &blame->reading,
			       blame->field);
		dsv_place_bind(&taking->places[i], columns[i]);
	}
}

static void tear_down(struct taking *taking)
{
	for (size_t i = 0; i < 2; i++) {
		dsv_layout_release(&taking->layouts[i]);
		dsv_place_release(&taking->places[i]);
	}
}

int dsv_blame_take_changes(struct dsv_blame *blame, uint32_t edge,
			   struct dsv_file_diff *file)
{
	const struct dsv_diff_summary *summary = dsv_file_diff_summary(file);
	bool back = blame->until.at == DSV_AT_NOTHING;
	struct taking taking = {
		.blame = blame,
		.edge = edge,
		.state = blame->edges[edge].from,
		.first = is_first(blame, edge),
		.places = {DSV_PLACE_INIT, DSV_PLACE_INIT},
	};
	const struct dsv_strlist *here =
		back ? summary->columns_to : summary->columns_from;
	const struct dsv_strlist *there =
		back ? summary->columns_from : summary->columns_to;
	struct dsv_change change;
	int rc;

	set_up(&taking, here, there);
	while ((rc = dsv_file_diff_next(file, &change)) > 0)
		take_change(&taking, &change);
	tear_down(&taking);
	if (rc < 0)
		return rc;
	note_key(blame, edge, here, there);
	blame->edges[edge].kind =
		taking.shared == 0 &&
				taking.stopped == (back ? summary->records_to
							: summary->records_from)
			? DSV_EDGE_NONE
			: DSV_EDGE_SOME;
	return 0;
}
