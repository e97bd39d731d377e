#ifndef BASE_POOL_H
#define BASE_POOL_H

#include <stddef.h>

#include <dsv/auto.h>

/*
 * Worker threads. Two ways to use them:
 *
 * dsv_pool_each() runs fn for every index, on all workers and the caller.
 *
 * A line does the same work on items that arrive one by one and hands the
 * results on in the order of arrival, with at most `depth` items under way, so
 * memory is bounded: push() runs `sink` in the caller for whatever is done and
 * next in order, and waits where the line is full.
 *
 * The first failure in order wins, its message moves to the caller's thread,
 * what is queued is dropped; dsv_cancel() counts as a failure of whatever is
 * next. Whoever waits lends a hand, so work may use the same pool again. With
 * one core the work is done in push(). A line belongs to one thread; a pool may
 * serve several.
 */
struct dsv_pool;

/** n_threads 0: as many as there are cores (DSV_THREADS overrides). */
int dsv_pool_open(struct dsv_pool **out, unsigned n_threads);
void dsv_pool_free(struct dsv_pool **pool);
unsigned dsv_pool_threads(const struct dsv_pool *pool);

typedef int (*dsv_each_fn)(void *ctx, size_t index);
/** pool may be NULL: done by the caller alone. */
int dsv_pool_each(struct dsv_pool *pool, size_t n, dsv_each_fn fn, void *ctx);

struct dsv_line;
typedef int (*dsv_work_fn)(void *ctx, void *item);
/** Takes item back; called for every item pushed, in order, also after a
 * failure (rc < 0) so that it can be released. */
typedef int (*dsv_sink_fn)(void *ctx, void *item, int rc);

int dsv_line_open(struct dsv_line **out, struct dsv_pool *pool, size_t depth,
		  dsv_work_fn work, dsv_sink_fn sink, void *ctx);
int dsv_line_push(struct dsv_line *line, void *item);
/** Wait for all that was pushed. */
int dsv_line_finish(struct dsv_line *line);
/** Finishes what is under way, dropping failures. */
void dsv_line_free(struct dsv_line **line);

DSV_AUTO_FREE(pool)
DSV_AUTO_FREE(line)

#endif
