#include <dsv/progress.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "base/alloc.h"

#define INTERVAL_NS (100 * 1000 * 1000) /* ten times a second */

struct dsv_progress {
	dsv_progress_fn show;
	void *ctx;
	pthread_mutex_t lock; /* title, total, unit, and the call of show */
	char *title;
	char *unit;
	uint64_t total;
	_Atomic uint64_t done;
	_Atomic int64_t shown_ns;
};

static int64_t monotonic_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void dsv_progress_open(struct dsv_progress **out, dsv_progress_fn show,
		       void *ctx)
{
	struct dsv_progress *progress = dsv_alloc_zero(1, sizeof(*progress));

	progress->show = show;
	progress->ctx = ctx;
	progress->title = dsv_strdup("");
	progress->unit = dsv_strdup("");
	progress->shown_ns = monotonic_ns() - INTERVAL_NS;
	pthread_mutex_init(&progress->lock, NULL);
	*out = progress;
}

void dsv_progress_free(struct dsv_progress **progressp)
{
	struct dsv_progress *progress = dsv_take(progressp);

	if (!progress)
		return;
	pthread_mutex_destroy(&progress->lock);
	free(progress->title);
	free(progress->unit);
	free(progress);
}

void dsv_progress_start(struct dsv_progress *progress, const char *title,
			uint64_t total, const char *unit)
{
	if (!progress)
		return;
	pthread_mutex_lock(&progress->lock);
	free(progress->title);
	free(progress->unit);
	progress->title = dsv_strdup(title);
	progress->unit = dsv_strdup(unit);
	progress->total = total;
	atomic_store(&progress->done, 0);
	pthread_mutex_unlock(&progress->lock);
}

/* Of several threads that find the interval over, one shows. */
void dsv_progress_add(struct dsv_progress *progress, uint64_t more)
{
	int64_t now_ns;
	int64_t shown_ns;

	if (!progress)
		return;
	atomic_fetch_add(&progress->done, more);
	now_ns = monotonic_ns();
	shown_ns = atomic_load(&progress->shown_ns);
	if (now_ns - shown_ns < INTERVAL_NS ||
	    !atomic_compare_exchange_strong(&progress->shown_ns, &shown_ns,
					    now_ns))
		return;
	pthread_mutex_lock(&progress->lock);
	progress->show(progress->ctx, progress->title,
		       atomic_load(&progress->done), progress->total,
		       progress->unit);
	pthread_mutex_unlock(&progress->lock);
}
