#include "history/compare.h"

#include <string.h>

#include <dsv/error.h>
#include <dsv/text.h>

static int column_unknown(const char *role, const char *name,
			  const struct dsv_strlist *columns)
{
	const char *near = dsv_nearest(name, columns);

	dsv_fail(DSV_EUSAGE, "there is no %s column '%s'", role, name);
	if (near)
		return dsv_hint(DSV_EUSAGE, "did you mean '%s'?", near);
	return DSV_EUSAGE;
}

static int check_list(const struct dsv_reading *reading,
		      const struct dsv_strlist *wanted, const char *role,
		      const struct dsv_strlist *from,
		      const struct dsv_strlist *to)
{
	for (size_t i = 0; i < wanted->n; i++) {
		const char *name = wanted->items[i];
		const char *rest;

		if (dsv_column_of(reading, from, name, &rest) < 0 &&
		    dsv_column_of(reading, to, name, &rest) < 0)
			return column_unknown(role, name, to->n ? to : from);
	}
	return 0;
}

int dsv_compare_check_columns(const struct dsv_reading *reading,
			      const struct dsv_strlist *from,
			      const struct dsv_strlist *to, bool strict_labels)
{
	int rc;

	if (from->n == 0 && to->n == 0)
		return 0;
	rc = check_list(reading, &reading->key, "key", from, to);
	if (rc == 0 && strict_labels)
		rc = check_list(reading, &reading->labels, "label", from, to);
	return rc;
}

/* Both sides at once. */
struct job {
	struct dsv_compare *compare;
	const struct dsv_compare_opts *opts;
};

static int read_side(void *ctx, size_t index)
{
	const struct job *job = ctx;
	struct dsv_side *side =
		index == 0 ? &job->compare->from : &job->compare->to;
	struct dsv_source *source =
		index == 0 ? job->opts->from : job->opts->to;

	dsv_side_init(side, job->compare->reading, DSV_TALLY_ROWS);
	return dsv_side_read_all(side, source, job->opts->progress);
}

void dsv_compare_summarise(struct dsv_compare *compare)
{
	struct dsv_summary_parts parts = {
		.reading = compare->reading,
		.from = &compare->from_census,
		.to = &compare->to_census,
		.counts = &compare->align.counts,
		.moved = compare->align.moved,
		.rekeyed = compare->align.rekeyed,
	};

	dsv_summary_build(&compare->summary, &parts);
}

/* A cat-file child or a libgit2 object database serves one reader at a time,
 * so plain blobs are brought in before the threads start. */
static int bring_blobs(const struct dsv_compare_opts *opts)
{
	struct dsv_source *sources[] = {opts->from, opts->to};

	for (size_t i = 0; i < 2; i++) {
		const struct dsv_filemap *map;
		const char *data;
		size_t len;
		int rc = dsv_source_filemap(sources[i], &map);

		if (rc == 0 && !map)
			rc = dsv_source_map(sources[i], &data, &len);
		if (rc < 0)
			return rc;
	}
	return 0;
}

int dsv_compare_full(struct dsv_compare *out,
		     const struct dsv_compare_opts *opts)
{
	struct job job = {.compare = out, .opts = opts};
	int rc;

	out->reading = opts->reading;
	dsv_progress_start(opts->progress, "comparing",
			   dsv_source_size(opts->from) +
				   dsv_source_size(opts->to),
			   "bytes");
	rc = bring_blobs(opts);
	if (rc == 0)
		rc = dsv_pool_each(opts->pool, 2, read_side, &job);
	if (rc < 0)
		return rc;
	rc = dsv_compare_check_columns(opts->reading, &out->from.tally.columns,
				       &out->to.tally.columns,
				       opts->strict_labels);
	if (rc < 0)
		return rc;
	rc = dsv_align_run(&out->align, &out->from, &out->to, opts->pool);
	if (rc < 0)
		return rc;
	dsv_census_copy(&out->from_census, &out->from.tally,
			out->from.duplicate_keys);
	dsv_census_copy(&out->to_census, &out->to.tally,
			out->to.duplicate_keys);
	dsv_compare_summarise(out);
	return 0;
}

void dsv_compare_release(struct dsv_compare *compare)
{
	dsv_summary_release(&compare->summary);
	dsv_census_release(&compare->from_census);
	dsv_census_release(&compare->to_census);
	dsv_align_release(&compare->align);
	dsv_side_release(&compare->from);
	dsv_side_release(&compare->to);
	memset(compare, 0, sizeof(*compare));
}
