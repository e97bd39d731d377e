#ifndef HISTORY_RUNS_H
#define HISTORY_RUNS_H

#include "base/pool.h"
#include "dataset/source.h"
#include "history/groups.h"
#include "history/side.h"

/* The groups of chunks that the other side lacks, read as rows of a side. */
struct dsv_runs_opts {
	struct dsv_source *source;
	struct dsv_store *store;
	const struct dsv_groups *groups;
	/* of the header; NULL where the format has none */
	const struct dsv_strlist *columns;
	struct dsv_pool *pool;
};

/** Read groups without twin. The side's layout is not set. */
int dsv_runs_read(struct dsv_side *side, const struct dsv_runs_opts *opts);

/** The columns that the first group says. */
int dsv_runs_header(struct dsv_source *source, struct dsv_store *store,
		    const struct dsv_reading *reading,
		    const struct dsv_group *first, struct dsv_strlist *out);

#endif
