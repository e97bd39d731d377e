#include "history/counting.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "history/extents.h"

/* Of one task: so much stays in the cache of a core between the steps. */
#define TASK_BYTES (256u * 1024u)

/* A longer task, that is a group that a huge record keeps together, is read as
 * a stream; the reader holds no more of a record than DSV_RECORD_MAX. */
#define TASK_MAX (4u * 1024u * 1024u)

struct task {
	size_t first; /* group */
	size_t n;
	size_t len; /* bytes */
	struct dsv_tally tally;
};

struct counting {
	struct dsv_source *source;
	const struct dsv_compare_opts *opts;
	const struct dsv_groups *groups;
	const struct dsv_counted *known;
	struct dsv_strlist columns; /* of the header, where there is one */
	struct task *tasks;
	size_t n_tasks;
	/* buffers go from task to task, since new memory costs as much as
	 * what is done with it */
	pthread_mutex_t lock;
	struct dsv_buf *idle;
	size_t n_idle;
};

static struct dsv_buf take_buffer(struct counting *c)
{
	struct dsv_buf buf = DSV_BUF_INIT;

	pthread_mutex_lock(&c->lock);
	if (c->n_idle > 0)
		buf = c->idle[--c->n_idle];
	pthread_mutex_unlock(&c->lock);
	return buf;
}

static void give_buffer(struct counting *c, struct dsv_buf buf)
{
	pthread_mutex_lock(&c->lock);
	c->idle[c->n_idle++] = buf;
	pthread_mutex_unlock(&c->lock);
}

static int count_in_memory(struct counting *c, size_t first, size_t n,
			   struct dsv_tally *tally, struct dsv_tally_run *run)
{
	struct dsv_buf bytes = take_buffer(c);
	int rc;

	dsv_buf_reset(&bytes);
	run->data = dsv_buf_reserve(&bytes, run->len);
	rc = dsv_extents_read(c->source, c->opts->store, first, n, bytes.data);
	if (rc == 0)
		rc = dsv_tally_add(tally, run);
	give_buffer(c, bytes);
	return rc;
}

static int count_stream(struct counting *c, size_t first, size_t n,
			struct dsv_tally *tally, struct dsv_tally_run *run)
{
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	int rc = dsv_extents_stream(&in, c->source, c->opts->store, first, n);

	run->in = in;
	return rc < 0 ? rc : dsv_tally_add(tally, run);
}

static int count_groups(struct counting *c, size_t first, size_t n,
			const struct dsv_strlist *columns,
			struct dsv_tally *tally)
{
	const struct dsv_group *from = &c->groups->items[first];
	const struct dsv_group *last = from + n - 1;
	size_t n_extents = last->first + last->n - from->first;
	struct dsv_tally_run run = {
		.len = (size_t)(last->offset + last->len - from->offset),
		.offset = from->offset,
		.line = from->line,
		.columns = columns,
		.progress = c->opts->progress,
	};
	int rc = dsv_cancelled();

	if (rc < 0)
		return rc;
	return run.len > TASK_MAX
		       ? count_stream(c, from->first, n_extents, tally, &run)
		       : count_in_memory(c, from->first, n_extents, tally,
					 &run);
}

static bool is_known(const struct counting *c, size_t group)
{
	return c->known && !c->known->groups->items[group].twin;
}

static int count_task(void *ctx, size_t index)
{
	struct counting *c = ctx;
	struct task *task = &c->tasks[index];
	bool header = c->opts->reading->format->has_header;
	size_t end = task->first + task->n;
	size_t first = task->first;
	int rc = 0;

	dsv_tally_expect(&task->tally, task->len);
	while (first < end && rc == 0) {
		size_t n = 0;

		while (first + n < end && !is_known(c, first + n))
			n++;
		if (n > 0)
			rc = count_groups(c, first, n,
					  header ? &c->columns : NULL,
					  &task->tally);
		first += n > 0 ? n : 1;
	}
	return rc;
}

static void cut_tasks(struct counting *c)
{
	struct task *task = NULL;

	c->tasks = dsv_alloc_zero(c->groups->n + 1, sizeof(*c->tasks));
	for (size_t i = 1; i < c->groups->n; i++) {
		size_t len = (size_t)c->groups->items[i].len;

		if (is_known(c, i))
			len = 0;
		if (!task || (len > 0 && task->len >= TASK_BYTES) ||
		    len > TASK_MAX) {
			task = &c->tasks[c->n_tasks++];
			task->first = i;
			dsv_tally_init(&task->tally, c->opts->reading,
				       DSV_TALLY_KEYS);
		}
		task->n++;
		task->len += len;
	}
}

/* The first group has the header; it is read before all others. */
static int count_first(struct counting *c, struct dsv_tally *tally)
{
	int rc = 0;

	if (!is_known(c, 0)) {
		rc = count_groups(c, 0, 1, NULL, tally);
	} else {
		dsv_strlist_copy(&tally->columns, &c->known->tally->columns);
		tally->columns_line = c->known->tally->columns_line;
	}
	dsv_strlist_copy(&c->columns, &tally->columns);
	return rc;
}

static void merge_tasks(struct counting *c, struct dsv_tally *tally)
{
	size_t n_keys = c->known ? c->known->tally->n_keys : 0;

	for (size_t i = 0; i < c->n_tasks; i++)
		n_keys += c->tasks[i].tally.n_keys;
	DSV_GROW(tally->keys, tally->keys_cap, tally->n_keys + n_keys);
	for (size_t i = 0; i < c->n_tasks; i++)
		dsv_tally_merge(tally, &c->tasks[i].tally);
	if (c->known)
		dsv_tally_include(tally, c->known->tally);
}

static int count_all(struct counting *c, struct dsv_tally *tally)
{
	int rc;

	c->idle = dsv_alloc_zero(c->groups->n + 1, sizeof(*c->idle));
	rc = dsv_extents_tell(c->source, c->opts->store, c->groups,
			      c->known ? c->known->groups : NULL, true);
	if (rc == 0)
		rc = count_first(c, tally);
	if (rc == 0) {
		cut_tasks(c);
		rc = dsv_pool_each(c->opts->pool, c->n_tasks, count_task, c);
	}
	merge_tasks(c, tally);
	for (size_t i = 0; i < c->n_idle; i++)
		dsv_buf_release(&c->idle[i]);
	free(c->idle);
	free(c->tasks);
	dsv_strlist_release(&c->columns);
	return rc;
}

static int take(struct dsv_census *out, struct dsv_keyset *keys,
		struct dsv_tally *tally, const struct dsv_census_name *name)
{
	struct dsv_id id;

	if (tally->reading->key.n == 0)
		tally->n_keys = 0;
	if (!dsv_keys_sort(tally->keys, tally->n_keys))
		return 0;
	dsv_census_take(out, tally, 0);
	if (!out->clean)
		return 1;
	dsv_cache_name(DSV_CACHE_KEYS, &name->content, NULL, &name->reading,
		       &id);
	dsv_keyset_of_array(keys, dsv_take(&tally->keys), tally->n_keys, &id);
	return 1;
}

int dsv_census_count(struct dsv_census *out, struct dsv_keyset *keys,
		     const struct dsv_census_name *name,
		     struct dsv_source *source,
		     const struct dsv_compare_opts *opts,
		     const struct dsv_counted *known)
{
	struct dsv_groups groups DSV_AUTO(groups) = DSV_GROUPS_INIT;
	struct dsv_tally tally DSV_AUTO(tally) = {0};
	struct counting c = {
		.source = source,
		.opts = opts,
		.groups = &groups,
		.known = known,
		.lock = PTHREAD_MUTEX_INITIALIZER,
	};
	const struct dsv_filemap *map;
	int rc = dsv_source_filemap(source, &map);

	if (rc < 0)
		return rc;
	if (!map || !dsv_groups_of_map(&groups, map, opts->reading->format))
		return 0;
	dsv_progress_start(opts->progress, "counting", dsv_source_size(source),
			   "bytes");
	dsv_tally_init(&tally, opts->reading, DSV_TALLY_KEYS);
	rc = count_all(&c, &tally);
	return rc < 0 ? rc : take(out, keys, &tally, name);
}
