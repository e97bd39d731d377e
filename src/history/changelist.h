#ifndef HISTORY_CHANGELIST_H
#define HISTORY_CHANGELIST_H

#include "history/cache.h"
#include "history/emit.h"

/*
 * A comparison as it is kept: the summary and every change with all the fields
 * of its records, so that whoever filters by a field that did not change finds
 * it. docs/formats/change-list.md has the bytes.
 *
 * Reading one costs what changed. What a list says was computed from the
 * records; it is a cache and never the truth.
 */
/* A comparison whose list would be longer is not kept. */
#define DSV_CHANGELIST_MAX (64u * 1024u * 1024u)

struct dsv_changelist;

/**
 * Write the list of a finished comparison, reading its changes once.
 *
 * @return  1 written into out, 0 longer than DSV_CHANGELIST_MAX, negative
 */
int dsv_changelist_write(struct dsv_buf *out, struct dsv_compare *compare);

/** Take over a file of the cache whose checksum has been verified.
 * DSV_ECORRUPT where it does not agree with itself. */
int dsv_changelist_open(struct dsv_changelist **out,
			const struct dsv_reading *reading,
			struct dsv_cached *cached);
void dsv_changelist_free(struct dsv_changelist **list);
const struct dsv_diff_summary *
dsv_changelist_summary(const struct dsv_changelist *list);
/** 1 with a change, lent until the next call; 0 at the end; DSV_ECORRUPT. */
int dsv_changelist_next(struct dsv_changelist *list, struct dsv_change *out);

DSV_AUTO_FREE(changelist)

#endif
