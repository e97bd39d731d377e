#include "base/pool.h"

#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>
#include <dsv/text.h>

#include "base/alloc.h"
#include "base/job.h"

static unsigned count_cores(void)
{
	cpu_set_t set;
	int n;

	if (sched_getaffinity(0, sizeof(set), &set) != 0)
		return 1;
	n = CPU_COUNT(&set);
	return n > 0 ? (unsigned)n : 1;
}

static unsigned wanted_threads(void)
{
	const char *text = getenv("DSV_THREADS");
	uint64_t n;

	if (!text || !dsv_parse_u64(text, strlen(text), &n) || n == 0)
		return count_cores();
	return n < DSV_THREADS_MAX ? (unsigned)n : DSV_THREADS_MAX;
}

int dsv_pool_open(struct dsv_pool **out, unsigned n_threads)
{
	struct dsv_pool *pool = dsv_alloc_zero(1, sizeof(*pool));

	if (n_threads == 0)
		n_threads = wanted_threads();
	pool->n_threads =
		n_threads < DSV_THREADS_MAX ? n_threads : DSV_THREADS_MAX;
	pthread_mutex_init(&pool->lock, NULL);
	pthread_cond_init(&pool->wanted, NULL);
	*out = pool;
	return 0;
}

void dsv_pool_free(struct dsv_pool **poolp)
{
	struct dsv_pool *pool = dsv_take(poolp);

	if (!pool)
		return;
	pthread_mutex_lock(&pool->lock);
	pool->closing = true;
	pthread_cond_broadcast(&pool->wanted);
	pthread_mutex_unlock(&pool->lock);
	for (unsigned i = 0; i < pool->n_workers; i++)
		pthread_join(pool->workers[i], NULL);
	pthread_cond_destroy(&pool->wanted);
	pthread_mutex_destroy(&pool->lock);
	free(pool);
}

unsigned dsv_pool_threads(const struct dsv_pool *pool)
{
	return pool ? pool->n_threads : 1;
}

struct each {
	struct dsv_job job;
	dsv_each_fn fn;
	void *ctx;
};

static int each_run(struct dsv_job *job, size_t task)
{
	struct each *each = (struct each *)job;

	return each->fn(each->ctx, task);
}

static int each_alone(size_t n, dsv_each_fn fn, void *ctx)
{
	for (size_t i = 0; i < n; i++) {
		int rc = dsv_cancelled();

		if (rc == 0)
			rc = fn(ctx, i);
		if (rc < 0)
			return rc;
	}
	return 0;
}

int dsv_pool_each(struct dsv_pool *pool, size_t n, dsv_each_fn fn, void *ctx)
{
	struct each each = {.fn = fn, .ctx = ctx};
	int rc;

	if (n < 2 || dsv_pool_threads(pool) < 2)
		return each_alone(n, fn, ctx);
	dsv_job_init(&each.job, each_run);
	each.job.end = n;
	pthread_mutex_lock(&pool->lock);
	dsv_job_offer(pool, &each.job);
	pthread_cond_broadcast(&pool->wanted);
	while (dsv_job_has_task(&each.job))
		dsv_job_run_one(pool, &each.job);
	while (each.job.running > 0)
		dsv_job_wait(pool, &each.job);
	dsv_job_unlist(pool, &each.job);
	pthread_mutex_unlock(&pool->lock);
	rc = dsv_fault_raise(&each.job.fault);
	dsv_job_release(&each.job);
	return rc;
}
