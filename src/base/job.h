#ifndef BASE_JOB_H
#define BASE_JOB_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/pool.h"

/*
 * All state lies under one mutex; work runs outside of it. This is the
 * inside of base/pool.h, for pool.c and line.c alone.
 *
 * A job is a run of numbered tasks, handed out in order. dsv_pool_each makes
 * one of fixed length, a line one that grows at its end. Idle workers take
 * from any job; whoever waits for a job takes from that job alone. So a waiting
 * thread waits only for tasks that stand above its own, and work that uses the
 * pool itself cannot lock up.
 */
#define DSV_THREADS_MAX 64u /* more cores than this are left idle */

/* A failure on its way from one thread to another. */
struct dsv_fault {
	int rc;
	char *message;
	char *hint;
};

struct dsv_job_result {
	bool done;
	int rc;
};

struct dsv_job {
	struct dsv_job *prev;
	struct dsv_job *next;
	bool listed;	/* workers look at it */
	size_t handed;	/* tasks below this one are taken */
	size_t end;	/* tasks below this one exist */
	size_t running; /* taken and not done */
	bool waited;	/* its owner sleeps on done */
	pthread_cond_t done;
	int (*run)(struct dsv_job *job, size_t task);
	/* of task i at [i % n_results]; NULL where nobody asks */
	struct dsv_job_result *results;
	size_t n_results;
	/* that of the failed task with the lowest number */
	struct dsv_fault fault;
	size_t failed_at;
};

struct dsv_pool {
	pthread_mutex_t lock;
	pthread_cond_t wanted;
	struct dsv_job *jobs;
	unsigned n_threads; /* the caller counts */
	unsigned n_workers;
	bool started;
	bool closing;
	pthread_t workers[DSV_THREADS_MAX];
};

void dsv_fault_keep(struct dsv_fault *fault, int rc);
int dsv_fault_raise(const struct dsv_fault *fault);
void dsv_fault_release(struct dsv_fault *fault);

void dsv_job_init(struct dsv_job *job,
		  int (*run)(struct dsv_job *job, size_t task));
void dsv_job_release(struct dsv_job *job);

/* The rest wants the lock of the pool to be held. */

/** Let the workers see the job, starting them where this is the first. */
void dsv_job_offer(struct dsv_pool *pool, struct dsv_job *job);
void dsv_job_unlist(struct dsv_pool *pool, struct dsv_job *job);
/** This thread's error is the failure of task, unless an earlier one failed. */
void dsv_job_note(struct dsv_job *job, size_t task, int rc);
/** There is a task to take: none after a failure. */
bool dsv_job_has_task(const struct dsv_job *job);
/** Take one task and do it, without the lock meanwhile. */
void dsv_job_run_one(struct dsv_pool *pool, struct dsv_job *job);
/** Sleep until a task of the job is done. */
void dsv_job_wait(struct dsv_pool *pool, struct dsv_job *job);

#endif
