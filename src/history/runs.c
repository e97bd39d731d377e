#include "history/runs.h"

#include <stdlib.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "history/extents.h"

/* Of one task; more would leave cores idle. */
#define TASK_BYTES (128u * 1024u)

/* Neighbouring groups [first, first + n) of which the other side has none. */
struct part {
	size_t first;
	size_t n;
	size_t at; /* in the bytes of the side */
	size_t len;
};

/* Parts that one thread reads. */
struct task {
	size_t first;
	size_t n;
	size_t len;
	struct dsv_tally tally;
};

struct reading {
	struct dsv_side *side;
	const struct dsv_runs_opts *opts;
	struct part *parts;
	size_t n_parts;
	size_t parts_cap;
	struct task *tasks;
	size_t n_tasks;
	size_t tasks_cap;
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
		if (!part || part->first == 0 || part->len >= TASK_BYTES) {
			DSV_GROW(r->parts, r->parts_cap, r->n_parts + 1);
			part = &r->parts[r->n_parts++];
			*part = (struct part){.first = i, .at = at};
		}
		part->n++;
		part->len += (size_t)group->len;
		at += (size_t)group->len;
	}
	r->side->len = at;
}

static void cut_tasks(struct reading *r)
{
	struct task *task = NULL;

	for (size_t i = 0; i < r->n_parts; i++) {
		if (!task || task->len >= TASK_BYTES) {
			DSV_GROW(r->tasks, r->tasks_cap, r->n_tasks + 1);
			task = &r->tasks[r->n_tasks++];
			*task = (struct task){.first = i};
			dsv_tally_init(&task->tally, r->side->reading,
				       r->side->tally.flags);
		}
		task->n++;
		task->len += r->parts[i].len;
	}
}

static void place_parts(struct reading *r)
{
	struct dsv_side *side = r->side;

	side->buf.data = dsv_alloc_large(side->len + 1);
	side->buf.data[side->len] = '\0';
	side->buf.cap = side->len + 1;
	side->buf.len = side->len;
	side->data = dsv_buf_str(&side->buf);
	side->n_runs = r->n_parts;
	side->run_at = dsv_alloc(r->n_parts * sizeof(*side->run_at) + 1);
	side->run_offset =
		dsv_alloc(r->n_parts * sizeof(*side->run_offset) + 1);
	for (size_t i = 0; i < r->n_parts; i++) {
		const struct part *part = &r->parts[i];

		side->run_at[i] = part->at;
		side->run_offset[i] =
			r->opts->groups->items[part->first].offset;
	}
}

static int read_part(struct reading *r, const struct part *part,
		     struct dsv_tally *tally)
{
	const struct dsv_group *first = &r->opts->groups->items[part->first];
	const struct dsv_group *last = first + part->n - 1;
	struct dsv_tally_run run = {
		.data = r->side->data + part->at,
		.len = part->len,
		.base = part->at,
		.offset = first->offset,
		.line = first->line,
		.columns = part->first == 0 ? NULL : r->opts->columns,
	};
	int rc = dsv_extents_read(r->opts->source, r->opts->store, first->first,
				  last->first + last->n - first->first,
				  r->side->buf.data + part->at);

	return rc < 0 ? rc : dsv_tally_add(tally, &run);
}

static int read_task(void *ctx, size_t index)
{
	struct reading *r = ctx;
	struct task *task = &r->tasks[index];
	int rc = dsv_cancelled();

	dsv_tally_expect(&task->tally, task->len);
	for (size_t i = 0; i < task->n && rc == 0; i++)
		rc = read_part(r, &r->parts[task->first + i], &task->tally);
	return rc;
}

static void merge_tasks(struct reading *r)
{
	struct dsv_tally *tally = &r->side->tally;
	size_t n_rows = 0;
	size_t n_keys = 0;

	for (size_t i = 0; i < r->n_tasks; i++) {
		n_rows += r->tasks[i].tally.n_rows;
		n_keys += r->tasks[i].tally.n_keys;
	}
	dsv_tally_reserve(tally, n_rows, n_keys);
	for (size_t i = 0; i < r->n_tasks; i++)
		dsv_tally_merge(tally, &r->tasks[i].tally);
}

int dsv_runs_read(struct dsv_side *side, const struct dsv_runs_opts *opts)
{
	struct reading r = {.side = side, .opts = opts};
	int rc;

	cut_parts(&r);
	cut_tasks(&r);
	place_parts(&r);
	rc = dsv_extents_tell(opts->source, opts->store, opts->groups,
			      opts->groups, false);
	if (rc == 0)
		rc = dsv_pool_each(opts->pool, r.n_tasks, read_task, &r);
	merge_tasks(&r);
	free(r.parts);
	free(r.tasks);
	return rc;
}

int dsv_runs_header(struct dsv_source *source, struct dsv_store *store,
		    const struct dsv_reading *reading,
		    const struct dsv_group *first, struct dsv_strlist *out)
{
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	struct dsv_reader *reader DSV_AUTO(reader) = NULL;
	struct dsv_reader_opts opts = {0};
	int rc = dsv_extents_stream(&in, source, store, first->first, first->n);

	if (rc == 0)
		rc = dsv_reader_open(&reader, reading->format, in, &opts);
	if (rc < 0)
		return rc;
	dsv_strlist_copy(out, dsv_reader_columns(reader));
	return 0;
}
