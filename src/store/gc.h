#ifndef STORE_GC_H
#define STORE_GC_H

#include <dsv/auto.h>
#include <dsv/progress.h>

#include "store/store.h"

/*
 * Packs without what nobody needs.
 *
 *	rc = dsv_gc_open(&gc, store, &opts);
 *	rc = dsv_gc_need(gc, &content);		(all that are needed)
 *	rc = dsv_gc_plan(gc);
 *	rc = dsv_gc_pack(gc);			a new pack of what is needed
 *	rc = dsv_store_hold_alone(store, wait_ms);
 *	rc = dsv_gc_need(gc, &content);		(what has come since)
 *	rc = dsv_gc_drop(gc);			the packs that it replaces go
 *
 * Others read and write beside it; only dsv_gc_drop() needs the store for
 * itself. What is needed is durable in the new pack before anything goes. A
 * pack whose digest is wrong is neither read nor taken away.
 */
struct dsv_gc;

struct dsv_gc_store_opts {
	/* packs that were written later, in seconds since 1970, keep all they
	 * have */
	int64_t young_s;
	struct dsv_progress *progress;
};

/** Takes dsv_store_hold(); nothing is fetched from now on. */
int dsv_gc_open(struct dsv_gc **out, struct dsv_store *store,
		const struct dsv_gc_store_opts *opts);
void dsv_gc_free(struct dsv_gc **gc);
/** Each content once. What of it is not here is no error. */
int dsv_gc_need(struct dsv_gc *gc, const struct dsv_content *content);
/** Which packs are to be replaced: all small ones where there are several or
 * one that holds what nobody needs; a large one where a tenth of it is such. */
int dsv_gc_plan(struct dsv_gc *gc);
int dsv_gc_pack(struct dsv_gc *gc);
int dsv_gc_drop(struct dsv_gc *gc);

/** Bytes that go with this content, and with none that was asked for before;
 * after dsv_gc_plan(). */
int dsv_gc_frees(struct dsv_gc *gc, const struct dsv_content *content,
		 uint64_t *out);

struct dsv_gc_figures {
	uint64_t packs;	  /* that are there */
	uint64_t bytes;	  /* of them and their indexes */
	uint64_t damaged; /* of them, left as they are */
	uint64_t replaced;
	uint64_t dropped_objects; /* that nobody needs */
	uint64_t dropped_bytes;
};
/** What dsv_gc_plan() has found. */
void dsv_gc_figures(const struct dsv_gc *gc, struct dsv_gc_figures *out);

DSV_AUTO_FREE(gc)

#endif
