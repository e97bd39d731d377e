#include "base/pool.h"

#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "base/job.h"

struct dsv_line {
	struct dsv_job job;
	struct dsv_pool *pool; /* NULL: all is done in push */
	size_t depth;
	void **items; /* task i at [i % depth] */
	size_t sunk;  /* tasks below this one went to the sink */
	dsv_work_fn work;
	dsv_sink_fn sink;
	void *ctx;
};

static int line_run(struct dsv_job *job, size_t task)
{
	struct dsv_line *line = (struct dsv_line *)job;

	return line->work(line->ctx, line->items[task % line->depth]);
}

int dsv_line_open(struct dsv_line **out, struct dsv_pool *pool, size_t depth,
		  dsv_work_fn work, dsv_sink_fn sink, void *ctx)
{
	struct dsv_line *line = dsv_alloc_zero(1, sizeof(*line));

	assert(depth > 0);
	dsv_job_init(&line->job, line_run);
	line->job.results =
		dsv_alloc_zero(depth, sizeof(struct dsv_job_result));
	line->job.n_results = depth;
	line->pool = dsv_pool_threads(pool) > 1 ? pool : NULL;
	line->depth = depth;
	line->items = dsv_alloc_zero(depth, sizeof(*line->items));
	line->work = work;
	line->sink = sink;
	line->ctx = ctx;
	*out = line;
	return 0;
}

/* Done, or dropped because another failed before it was taken. */
static bool next_is_ready(const struct dsv_line *line)
{
	const struct dsv_job *job = &line->job;

	if (line->sunk == job->end)
		return false;
	if (line->sunk >= job->handed)
		return job->fault.rc < 0;
	return job->results[line->sunk % line->depth].done;
}

/* Everything before the next item is done, so whether it comes after the first
 * failure is settled. The lock is held before and after. */
static void sink_next(struct dsv_line *line)
{
	size_t task = line->sunk++;
	void *item = line->items[task % line->depth];
	int failed = task >= line->job.failed_at ? line->job.fault.rc : 0;
	bool is_first = task == line->job.failed_at;
	int rc;

	pthread_mutex_unlock(&line->pool->lock);
	if (is_first)
		dsv_fault_raise(&line->job.fault);
	rc = line->sink(line->ctx, item, failed);
	pthread_mutex_lock(&line->pool->lock);
	if (rc < 0 && failed == 0) {
		dsv_job_note(&line->job, task, rc);
		dsv_job_unlist(line->pool, &line->job);
	}
}

/* Bring the oldest item forward: sink it, work on the line, or wait. */
static void advance(struct dsv_line *line)
{
	if (next_is_ready(line))
		sink_next(line);
	else if (dsv_job_has_task(&line->job))
		dsv_job_run_one(line->pool, &line->job);
	else
		dsv_job_wait(line->pool, &line->job);
}

static int push_alone(struct dsv_line *line, void *item)
{
	struct dsv_job *job = &line->job;
	size_t task = line->sunk++;
	int rc = job->fault.rc;

	if (rc == 0) {
		rc = dsv_cancelled();
		if (rc == 0)
			rc = line->work(line->ctx, item);
		if (rc < 0)
			dsv_job_note(job, task, rc);
	}
	rc = line->sink(line->ctx, item, rc < 0 ? rc : 0);
	if (rc < 0)
		dsv_job_note(job, task, rc);
	return dsv_fault_raise(&job->fault);
}

static int push_shared(struct dsv_line *line, void *item)
{
	struct dsv_job *job = &line->job;
	int rc;

	pthread_mutex_lock(&line->pool->lock);
	while (job->end - line->sunk == line->depth)
		advance(line);
	line->items[job->end % line->depth] = item;
	job->results[job->end % line->depth] = (struct dsv_job_result){0};
	job->end++;
	dsv_job_offer(line->pool, job);
	pthread_cond_signal(&line->pool->wanted);
	while (next_is_ready(line))
		sink_next(line);
	rc = dsv_fault_raise(&job->fault);
	pthread_mutex_unlock(&line->pool->lock);
	return rc;
}

int dsv_line_push(struct dsv_line *line, void *item)
{
	return line->pool ? push_shared(line, item) : push_alone(line, item);
}

static void drain(struct dsv_line *line)
{
	if (!line->pool)
		return;
	pthread_mutex_lock(&line->pool->lock);
	while (line->sunk < line->job.end)
		advance(line);
	dsv_job_unlist(line->pool, &line->job);
	pthread_mutex_unlock(&line->pool->lock);
}

int dsv_line_finish(struct dsv_line *line)
{
	drain(line);
	return dsv_fault_raise(&line->job.fault);
}

/* What has not reached the sink is dropped; the caller's error stays. */
void dsv_line_free(struct dsv_line **linep)
{
	struct dsv_line *line = dsv_take(linep);
	struct dsv_fault kept = {0};

	if (!line)
		return;
	dsv_fault_keep(&kept, DSV_ECANCELLED);
	if (line->pool) {
		pthread_mutex_lock(&line->pool->lock);
		dsv_job_note(&line->job, line->sunk, DSV_ECANCELLED);
		dsv_job_unlist(line->pool, &line->job);
		pthread_mutex_unlock(&line->pool->lock);
		drain(line);
	}
	dsv_fault_raise(&kept);
	dsv_fault_release(&kept);
	dsv_job_release(&line->job);
	free(line->job.results);
	free(line->items);
	free(line);
}
