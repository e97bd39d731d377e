#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "history/census.h"
#include "history/groups.h"

/* Chunks of one task; more only cost memory. */
#define TASK_BYTES (1024u * 1024u)

struct task {
	size_t first; /* group */
	size_t n;
	struct dsv_tally tally;
};

struct counting {
	struct dsv_source *source;
	const struct dsv_reading *reading;
	const struct dsv_groups *groups;
	struct dsv_strlist columns; /* of the header, where there is one */
	struct task *tasks;
	size_t n_tasks;
	struct dsv_progress *progress;
};

static int count_groups(struct counting *c, size_t first, size_t n,
			const struct dsv_strlist *columns,
			struct dsv_tally *tally)
{
	const struct dsv_group *from = &c->groups->items[first];
	const struct dsv_group *last = &c->groups->items[first + n - 1];
	struct dsv_buf bytes DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_tally_run run = {
		.offset = from->offset,
		.line = from->line,
		.columns = columns,
		.progress = c->progress,
	};
	int rc = dsv_cancelled();

	if (rc == 0)
		rc = dsv_source_read(c->source, from->first,
				     last->first + last->n - from->first,
				     &bytes);
	if (rc < 0)
		return rc;
	run.data = dsv_buf_str(&bytes);
	run.len = bytes.len;
	return dsv_tally_add(tally, &run);
}

static int count_task(void *ctx, size_t index)
{
	struct counting *c = ctx;
	struct task *task = &c->tasks[index];
	bool header = c->reading->format->has_header;

	return count_groups(c, task->first, task->n,
			    header ? &c->columns : NULL, &task->tally);
}

static void cut_tasks(struct counting *c)
{
	uint64_t len = TASK_BYTES;

	c->tasks = dsv_alloc_zero(c->groups->n + 1, sizeof(*c->tasks));
	for (size_t i = 1; i < c->groups->n; i++) {
		if (len >= TASK_BYTES) {
			c->tasks[c->n_tasks].first = i;
			dsv_tally_init(&c->tasks[c->n_tasks++].tally,
				       c->reading, DSV_TALLY_KEYS);
			len = 0;
		}
		c->tasks[c->n_tasks - 1].n++;
		len += c->groups->items[i].len;
	}
}

/* The first group has the header; it is read before all others. */
static int count_all(struct counting *c, struct dsv_tally *tally,
		     struct dsv_pool *pool)
{
	int rc = count_groups(c, 0, 1, NULL, tally);

	if (rc < 0)
		return rc;
	dsv_strlist_copy(&c->columns, &tally->columns);
	cut_tasks(c);
	rc = dsv_pool_each(pool, c->n_tasks, count_task, c);
	for (size_t i = 0; i < c->n_tasks; i++)
		dsv_tally_merge(tally, &c->tasks[i].tally);
	free(c->tasks);
	dsv_strlist_release(&c->columns);
	return rc;
}

static int take(struct dsv_census *out, struct dsv_keyset *keys,
		struct dsv_tally *tally, const struct dsv_census_name *name)
{
	struct dsv_id id;
	bool unique = true;

	if (tally->reading->key.n > 0)
		unique = dsv_keys_sort(tally->keys, tally->n_keys);
	if (!unique)
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
		     struct dsv_source *source,
		     const struct dsv_reading *reading,
		     const struct dsv_census_name *name, struct dsv_pool *pool,
		     struct dsv_progress *progress)
{
	struct dsv_groups groups DSV_AUTO(groups) = DSV_GROUPS_INIT;
	struct dsv_tally tally DSV_AUTO(tally) = {0};
	struct counting c = {.source = source,
			     .reading = reading,
			     .groups = &groups,
			     .progress = progress};
	const struct dsv_filemap *map;
	int rc = dsv_source_filemap(source, &map);

	if (rc < 0)
		return rc;
	if (!map || !dsv_groups_of_map(&groups, map, reading->format))
		return 0;
	dsv_progress_start(progress, "counting", dsv_source_size(source),
			   "bytes");
	dsv_tally_init(&tally, reading, DSV_TALLY_KEYS);
	rc = count_all(&c, &tally, pool);
	return rc < 0 ? rc : take(out, keys, &tally, name);
}
