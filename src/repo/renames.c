#include "repo/renames.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/map.h"

/* Of many files with one content (empty ones, say) only so many are tried for
 * the same name. */
#define TRIES 32u

#define NONE SIZE_MAX

static bool is_file(const struct dsv_entry *entry)
{
	return entry->mode && !dsv_oid_is_zero(&entry->blob);
}

static bool is_removed(const struct dsv_delta *delta)
{
	return is_file(&delta->from) && !delta->to.mode;
}

static bool is_added(const struct dsv_delta *delta)
{
	return is_file(&delta->to) && !delta->from.mode;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* The removed files of each blob, as lists through next[] in order of path;
 * the map holds the number of the first, plus 1. */
static void link_removed(const struct dsv_deltas *deltas, struct dsv_map *heads,
			 size_t *next)
{
	for (size_t i = deltas->n; i-- > 0;) {
		const struct dsv_delta *delta = &deltas->items[i];
		struct dsv_map_entry *head;

		if (!is_removed(delta))
			continue;
		head = dsv_map_put(heads, delta->from.blob.bytes, DSV_OID_SIZE);
		next[i] = head->value ? head->value - 1 : NONE;
		head->value = i + 1;
	}
}

/* Take one out of the list; NONE where there is none, or none of the same
 * name where that is asked for. */
static size_t take_partner(const struct dsv_deltas *deltas,
			   struct dsv_map_entry *head, size_t *next,
			   const struct dsv_delta *added, bool same_name)
{
	size_t before = NONE;
	size_t i = head->value ? head->value - 1 : NONE;

	for (unsigned tries = 0; same_name && i != NONE; tries++) {
		if (strcmp(base_name(deltas->items[i].path),
			   base_name(added->path)) == 0)
			break;
		before = i;
		i = tries < TRIES ? next[i] : NONE;
	}
	if (i == NONE)
		return NONE;
	if (before != NONE)
		next[before] = next[i];
	else
		head->value = next[i] == NONE ? 0 : next[i] + 1;
	return i;
}

static void join(struct dsv_deltas *deltas, struct dsv_map *heads, size_t *next,
		 bool same_name)
{
	struct dsv_map_entry *head;
	size_t old;

	for (size_t i = 0; i < deltas->n; i++) {
		struct dsv_delta *delta = &deltas->items[i];

		if (!delta->path || !is_added(delta))
			continue;
		head = dsv_map_get(heads, delta->to.blob.bytes, DSV_OID_SIZE);
		old = head ? take_partner(deltas, head, next, delta, same_name)
			   : NONE;
		if (old == NONE)
			continue;
		delta->old_path = dsv_take(&deltas->items[old].path);
		delta->from = deltas->items[old].from;
	}
}

static void drop_taken(struct dsv_deltas *deltas)
{
	size_t kept = 0;

	for (size_t i = 0; i < deltas->n; i++)
		if (deltas->items[i].path)
			deltas->items[kept++] = deltas->items[i];
	deltas->n = kept;
}

void dsv_deltas_find_renames(struct dsv_deltas *deltas)
{
	struct dsv_map heads DSV_AUTO(map) = DSV_MAP_INIT;
	size_t *next = dsv_alloc_zero(deltas->n + 1, sizeof(*next));

	link_removed(deltas, &heads, next);
	if (heads.n) {
		join(deltas, &heads, next, true);
		join(deltas, &heads, next, false);
	}
	free(next);
	drop_taken(deltas);
}
