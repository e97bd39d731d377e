#include "history/groups.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"

void dsv_groups_release(struct dsv_groups *groups)
{
	free(groups->items);
	memset(groups, 0, sizeof(*groups));
}

bool dsv_groups_of_map(struct dsv_groups *out, const struct dsv_filemap *map,
		       const struct dsv_format *format)
{
	struct dsv_group *group = NULL;
	uint64_t offset = 0;
	uint64_t line = 1;

	if (!format->by_line || format->scan_kind == 0 ||
	    map->scan_kind != format->scan_kind || map->n == 0 ||
	    map->n >= UINT32_MAX || map->extents[0].state != DSV_STATE_RECORD)
		return false;
	for (size_t i = 0; i < map->n; i++) {
		const struct dsv_extent *extent = &map->extents[i];

		if (extent->state == DSV_STATE_RECORD) {
			DSV_GROW(out->items, out->cap, out->n + 1);
			group = &out->items[out->n++];
			*group = (struct dsv_group){.first = (uint32_t)i,
						    .offset = offset,
						    .line = line};
		}
		group->n++;
		group->len += extent->len;
		offset += extent->len;
		line += extent->lines;
	}
	return true;
}

/* Groups of one side by their first chunk. */
struct table {
	const struct dsv_filemap *map;
	struct dsv_groups *groups;
	uint32_t *slots; /* group + 1 */
	size_t n_slots;
};

static size_t slot_of(const struct table *table, const struct dsv_id *id)
{
	return (size_t)dsv_hash64(id, sizeof(*id)) & (table->n_slots - 1);
}

static void table_fill(struct table *table)
{
	size_t n = table->groups->n;

	for (table->n_slots = 16; table->n_slots < n * 2;)
		table->n_slots *= 2;
	table->slots = dsv_alloc_zero(table->n_slots, sizeof(*table->slots));
	for (size_t i = 0; i < n; i++) {
		const struct dsv_group *group = &table->groups->items[i];
		size_t slot =
			slot_of(table, &table->map->extents[group->first].id);

		while (table->slots[slot])
			slot = (slot + 1) & (table->n_slots - 1);
		table->slots[slot] = (uint32_t)i + 1;
	}
}

static bool same_chunks(const struct dsv_filemap *a, const struct dsv_group *g,
			const struct dsv_filemap *b, const struct dsv_group *h)
{
	if (g->n != h->n || g->len != h->len)
		return false;
	for (size_t i = 0; i < g->n; i++)
		if (!dsv_id_equal(&a->extents[g->first + i].id,
				  &b->extents[h->first + i].id))
			return false;
	return true;
}

/* A free twin in the table; the slots keep the order of the groups. */
static void find_twin(struct table *table, const struct dsv_filemap *to_map,
		      struct dsv_group *group, size_t number)
{
	size_t slot = slot_of(table, &to_map->extents[group->first].id);

	for (; table->slots[slot]; slot = (slot + 1) & (table->n_slots - 1)) {
		uint32_t i = table->slots[slot];
		struct dsv_group *other = &table->groups->items[i - 1];

		if (other->twin ||
		    !same_chunks(table->map, other, to_map, group))
			continue;
		other->twin = (uint32_t)number + 1;
		group->twin = i;
		return;
	}
}

uint64_t dsv_groups_match(struct dsv_groups *from,
			  const struct dsv_filemap *from_map,
			  struct dsv_groups *to,
			  const struct dsv_filemap *to_map)
{
	struct table table = {.map = from_map, .groups = from};
	uint64_t shared = 0;

	table_fill(&table);
	for (size_t i = 0; i < to->n; i++) {
		find_twin(&table, to_map, &to->items[i], i);
		if (to->items[i].twin)
			shared += to->items[i].len;
	}
	free(table.slots);
	return shared;
}
