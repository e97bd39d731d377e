#ifndef HISTORY_COUNTING_H
#define HISTORY_COUNTING_H

#include "history/compare.h"
#include "history/groups.h"

/* What of a content is counted already: the groups without twin. */
struct dsv_counted {
	const struct dsv_groups *groups;
	const struct dsv_tally *tally; /* of them, with its keys */
};

/**
 * Count a stored content by one pass over its chunks, spread over the pool.
 *
 * known: NULL, or what is not to be read again; only of a format whose header
 * tells all columns.
 *
 * @return  1 with both; keys stays empty where the census is not clean.
 *          0: two keys have one hash, so only a look at the records tells
 *          whether they are the same; nothing is set then. Negative
 */
int dsv_census_count(struct dsv_census *out, struct dsv_keyset *keys,
		     const struct dsv_census_name *name,
		     struct dsv_source *source,
		     const struct dsv_compare_opts *opts,
		     const struct dsv_counted *known);

#endif
