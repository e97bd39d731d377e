#include "history/census.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

void dsv_census_release(struct dsv_census *census)
{
	for (size_t i = 0; i < census->n_labels; i++)
		dsv_map_release(&census->labels[i]);
	free(census->labels);
	dsv_strlist_release(&census->columns);
	memset(census, 0, sizeof(*census));
}

static void set_figures(struct dsv_census *out, const struct dsv_tally *tally,
			uint64_t duplicate_keys)
{
	*out = (struct dsv_census){
		.records = tally->records,
		.duplicate_keys = duplicate_keys,
		.keyless = tally->keyless,
		.clean = duplicate_keys == 0 && dsv_tally_is_sound(tally),
		.columns_line = tally->columns_line,
		.n_labels = tally->reading->labels.n,
	};
	memcpy(out->issues, tally->issues, sizeof(out->issues));
}

void dsv_census_take(struct dsv_census *out, struct dsv_tally *tally,
		     uint64_t duplicate_keys)
{
	set_figures(out, tally, duplicate_keys);
	out->labels = dsv_take(&tally->labels);
	out->columns = tally->columns;
	tally->columns = (struct dsv_strlist)DSV_STRLIST_INIT;
}

static void copy_map(struct dsv_map *out, const struct dsv_map *map)
{
	for (size_t i = 0; i < map->n; i++)
		dsv_map_put(out, map->entries[i].key, map->entries[i].key_len)
			->value = map->entries[i].value;
}

void dsv_census_copy(struct dsv_census *out, const struct dsv_tally *tally,
		     uint64_t duplicate_keys)
{
	set_figures(out, tally, duplicate_keys);
	out->labels = dsv_alloc_zero(out->n_labels + 1, sizeof(*out->labels));
	for (size_t i = 0; i < out->n_labels; i++)
		copy_map(&out->labels[i], &tally->labels[i]);
	dsv_strlist_copy(&out->columns, &tally->columns);
}
