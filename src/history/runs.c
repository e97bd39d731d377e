#include "history/runs.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"

/* Of one run; more would leave cores idle. */
#define RUN_BYTES (128u * 1024u)

/* Groups [first, first + n), of which the other side has none. */
struct part {
	size_t first;
	size_t n;
	size_t at; /* in the bytes of the side */
	size_t len;
	struct dsv_tally tally;
};

struct reading {
	struct dsv_side *side;
	const struct dsv_runs_opts *opts;
	struct part *parts;
	size_t n;
	size_t cap;
};

/* The group with the header stands alone. */
static void cut_parts(struct reading *r)
{
	const struct dsv_groups *groups = r->opts->groups;
	struct part *part = NULL;
	size_t at = 0;

	for (size_t i = 0; i < groups->n; i++) {
		const struct dsv_group *group = &groups->items[i];

		if (group->twin) {
			part = NULL;
			continue;
		}
		if (!part || part->first == 0 || part->len >= RUN_BYTES) {
			DSV_GROW(r->parts, r->cap, r->n + 1);
			part = &r->parts[r->n++];
			*part = (struct part){.first = i, .at = at};
			dsv_tally_init(&part->tally, r->side->reading,
				       r->side->tally.flags);
		}
		part->n++;
		part->len += (size_t)group->len;
		at += (size_t)group->len;
	}
	r->side->len = at;
}

static void place_parts(struct reading *r)
{
	struct dsv_side *side = r->side;

	dsv_buf_reserve(&side->buf, side->len);
	side->buf.len = side->len;
	side->data = dsv_buf_str(&side->buf);
	side->n_runs = r->n;
	side->run_at = dsv_alloc(r->n * sizeof(*side->run_at) + 1);
	side->run_offset = dsv_alloc(r->n * sizeof(*side->run_offset) + 1);
	for (size_t i = 0; i < r->n; i++) {
		const struct part *part = &r->parts[i];

		side->run_at[i] = part->at;
		side->run_offset[i] =
			r->opts->groups->items[part->first].offset;
	}
}

static int read_part(void *ctx, size_t index)
{
	struct reading *r = ctx;
	struct part *part = &r->parts[index];
	const struct dsv_group *first = &r->opts->groups->items[part->first];
	const struct dsv_group *last = first + part->n - 1;
	struct dsv_buf bytes DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_tally_run run = {
		.data = r->side->data + part->at,
		.len = part->len,
		.base = part->at,
		.offset = first->offset,
		.line = first->line,
		.columns = part->first == 0 ? NULL : r->opts->columns,
	};
	int rc = dsv_cancelled();

	if (rc == 0)
		rc = dsv_source_read(r->opts->source, first->first,
				     last->first + last->n - first->first,
				     &bytes);
	if (rc < 0)
		return rc;
	if (bytes.len != part->len)
		return dsv_fail(DSV_ECORRUPT, "%s: chunks of another length",
				dsv_source_name(r->opts->source));
	memcpy(r->side->buf.data + part->at, bytes.data, bytes.len);
	return dsv_tally_add(&part->tally, &run);
}

int dsv_runs_read(struct dsv_side *side, const struct dsv_runs_opts *opts)
{
	struct reading r = {.side = side, .opts = opts};
	int rc;

	cut_parts(&r);
	place_parts(&r);
	rc = dsv_pool_each(opts->pool, r.n, read_part, &r);
	for (size_t i = 0; i < r.n; i++)
		dsv_tally_merge(&side->tally, &r.parts[i].tally);
	free(r.parts);
	return rc;
}

int dsv_runs_header(struct dsv_source *source,
		    const struct dsv_reading *reading,
		    const struct dsv_group *first, struct dsv_strlist *out)
{
	struct dsv_buf bytes DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	struct dsv_reader *reader DSV_AUTO(reader) = NULL;
	struct dsv_reader_opts opts = {0};
	int rc = dsv_source_read(source, first->first, first->n, &bytes);

	if (rc < 0)
		return rc;
	dsv_stream_of_memory(&in, dsv_buf_str(&bytes), bytes.len);
	rc = dsv_reader_open(&reader, reading->format, in, &opts);
	if (rc < 0)
		return rc;
	dsv_strlist_copy(out, dsv_reader_columns(reader));
	return 0;
}
