#ifndef DSV_PROGRESS_H
#define DSV_PROGRESS_H

#include <stdint.h>

#include <dsv/auto.h>

/*
 * How far long work has come. The library counts, the program shows. Every
 * call takes NULL and then does nothing; dsv_progress_add may be called by any
 * thread.
 */
struct dsv_progress;

/** Called at most ten times a second, by whichever thread counts. */
typedef void (*dsv_progress_fn)(void *ctx, const char *title, uint64_t done,
				uint64_t total, const char *unit);

void dsv_progress_open(struct dsv_progress **out, dsv_progress_fn show,
		       void *ctx);
void dsv_progress_free(struct dsv_progress **progress);
/** A new stretch of work. total 0: not known. unit: "bytes", "files"... */
void dsv_progress_start(struct dsv_progress *progress, const char *title,
			uint64_t total, const char *unit);
void dsv_progress_add(struct dsv_progress *progress, uint64_t more);

DSV_AUTO_FREE(progress)

#endif
