#include "history/lone.h"

#include <string.h>

#include <dsv/error.h>

#include "history/chunks.h"
#include "history/counting.h"

/* 1: the census is known and clean. */
static int find_census(struct dsv_census *census, struct dsv_source *source,
		       const struct dsv_compare_opts *opts,
		       const struct dsv_census_name *name)
{
	struct dsv_keyset keys DSV_AUTO(keyset) = DSV_KEYSET_INIT;
	int rc;

	if (dsv_census_load(census, &keys, name))
		return census->clean;
	rc = dsv_census_count(census, &keys, name, source, opts, NULL);
	if (rc > 0)
		dsv_census_keep(census, census->clean ? &keys : NULL, name);
	return rc > 0 ? census->clean : rc;
}

static void count_all(struct dsv_compare *out, const struct dsv_census *census,
		      enum dsv_move move)
{
	struct dsv_counts *counts = &out->align.counts;

	if (move == DSV_MOVE_ADDED)
		counts->added = census->records;
	else
		counts->removed = census->records;
	for (size_t i = 0; i < census->n_labels; i++) {
		const struct dsv_map *map = &census->labels[i];

		for (size_t j = 0; j < map->n; j++)
			dsv_map_put(&counts->labels[i].moves[move],
				    map->entries[j].key,
				    map->entries[j].key_len)
				->value = map->entries[j].value;
	}
}

static int summarise(struct dsv_compare *out,
		     const struct dsv_compare_opts *opts, bool added)
{
	const struct dsv_census *full =
		added ? &out->to_census : &out->from_census;
	struct dsv_side *sides[] = {&out->from, &out->to};
	struct dsv_census *censuses[] = {&out->from_census, &out->to_census};
	int rc;

	rc = dsv_compare_check_columns(opts->reading, &full->columns,
				       &full->columns, opts->strict_labels);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < 2; i++) {
		dsv_side_init(sides[i], opts->reading, 0);
		if (censuses[i] != full)
			dsv_census_copy(censuses[i], &sides[i]->tally, 0);
		dsv_layout_set(&sides[i]->layout, opts->reading,
			       &censuses[i]->columns);
	}
	dsv_bridge_set(&out->align.bridge, &out->from.layout, &out->to.layout);
	dsv_counts_init(&out->align.counts, &out->align.bridge);
	count_all(out, full, added ? DSV_MOVE_ADDED : DSV_MOVE_REMOVED);
	dsv_compare_summarise(out);
	return 1;
}

int dsv_compare_lone(struct dsv_compare *out,
		     const struct dsv_compare_opts *opts,
		     const struct dsv_census_name names[2])
{
	bool added = names[0].content.kind == DSV_IDENTITY_NOTHING;
	struct dsv_source *source = added ? opts->to : opts->from;
	int rc;

	if (added == (names[1].content.kind == DSV_IDENTITY_NOTHING) ||
	    !opts->store || dsv_source_size(source) < DSV_CHUNKS_MIN_BYTES)
		return 0;
	out->reading = opts->reading;
	rc = find_census(added ? &out->to_census : &out->from_census, source,
			 opts, &names[added]);
	if (rc > 0)
		rc = summarise(out, opts, added);
	if (rc <= 0)
		dsv_compare_release(out);
	return rc;
}
