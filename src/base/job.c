#include "base/job.h"

#include <signal.h>
#include <stdint.h>
#include <stdlib.h>

#include <dsv/error.h>

#include "base/alloc.h"

static void job_list(struct dsv_pool *pool, struct dsv_job *job)
{
	if (job->listed)
		return;
	job->prev = NULL;
	job->next = pool->jobs;
	if (job->next)
		job->next->prev = job;
	pool->jobs = job;
	job->listed = true;
}

void dsv_job_unlist(struct dsv_pool *pool, struct dsv_job *job)
{
	if (!job->listed)
		return;
	if (job->prev)
		job->prev->next = job->next;
	else
		pool->jobs = job->next;
	if (job->next)
		job->next->prev = job->prev;
	job->listed = false;
}

/* Keep this thread's error. */
void dsv_fault_keep(struct dsv_fault *fault, int rc)
{
	const char *hint = dsv_error_hint();

	free(fault->message);
	free(fault->hint);
	fault->rc = rc;
	fault->message = dsv_strdup(dsv_error_message());
	fault->hint = hint ? dsv_strdup(hint) : NULL;
}

/* Make it the calling thread's. */
int dsv_fault_raise(const struct dsv_fault *fault)
{
	if (fault->rc == 0)
		return 0;
	dsv_fail(fault->rc, "%s", fault->message);
	if (fault->hint)
		dsv_hint(fault->rc, "%s", fault->hint);
	return fault->rc;
}

void dsv_fault_release(struct dsv_fault *fault)
{
	free(fault->message);
	free(fault->hint);
}

void dsv_job_init(struct dsv_job *job, int (*run)(struct dsv_job *, size_t))
{
	*job = (struct dsv_job){.run = run, .failed_at = SIZE_MAX};
	pthread_cond_init(&job->done, NULL);
}

void dsv_job_release(struct dsv_job *job)
{
	pthread_cond_destroy(&job->done);
	dsv_fault_release(&job->fault);
}

void dsv_job_note(struct dsv_job *job, size_t task, int rc)
{
	if (task >= job->failed_at)
		return;
	job->failed_at = task;
	dsv_fault_keep(&job->fault, rc);
}

bool dsv_job_has_task(const struct dsv_job *job)
{
	return job->fault.rc == 0 && job->handed < job->end;
}

static void finish_task(struct dsv_pool *pool, struct dsv_job *job, size_t task,
			int rc)
{
	job->running--;
	if (job->results)
		job->results[task % job->n_results] =
			(struct dsv_job_result){.done = true, .rc = rc};
	if (rc < 0) {
		dsv_job_note(job, task, rc);
		dsv_job_unlist(pool, job);
	}
	if (job->waited)
		pthread_cond_signal(&job->done);
}

/* Take one task and do it; the lock is held before and after. */
void dsv_job_run_one(struct dsv_pool *pool, struct dsv_job *job)
{
	size_t task = job->handed++;
	int rc;

	job->running++;
	if (!dsv_job_has_task(job))
		dsv_job_unlist(pool, job);
	pthread_mutex_unlock(&pool->lock);
	rc = dsv_cancelled();
	if (rc == 0)
		rc = job->run(job, task);
	pthread_mutex_lock(&pool->lock);
	finish_task(pool, job, task, rc);
}

static void *worker_main(void *arg)
{
	struct dsv_pool *pool = arg;

	pthread_mutex_lock(&pool->lock);
	while (!pool->closing) {
		if (pool->jobs)
			dsv_job_run_one(pool, pool->jobs);
		else
			pthread_cond_wait(&pool->wanted, &pool->lock);
	}
	pthread_mutex_unlock(&pool->lock);
	return NULL;
}

/* Signals go to the threads that the program itself made. */
static void start_workers(struct dsv_pool *pool)
{
	sigset_t all;
	sigset_t old;

	pool->started = true;
	sigfillset(&all);
	sigdelset(&all, SIGBUS); /* a lost page is met where it is read */
	pthread_sigmask(SIG_SETMASK, &all, &old);
	while (pool->n_workers + 1 < pool->n_threads) {
		pthread_t *worker = &pool->workers[pool->n_workers];

		/* fewer threads do the same work */
		if (pthread_create(worker, NULL, worker_main, pool) != 0)
			break;
		pool->n_workers++;
	}
	pthread_sigmask(SIG_SETMASK, &old, NULL);
}

void dsv_job_offer(struct dsv_pool *pool, struct dsv_job *job)
{
	if (!pool->started)
		start_workers(pool);
	if (dsv_job_has_task(job))
		job_list(pool, job);
}

void dsv_job_wait(struct dsv_pool *pool, struct dsv_job *job)
{
	job->waited = true;
	pthread_cond_wait(&job->done, &pool->lock);
	job->waited = false;
}
