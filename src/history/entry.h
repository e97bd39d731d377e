#ifndef HISTORY_ENTRY_H
#define HISTORY_ENTRY_H

#include "dataset/source.h"
#include "history/cache.h"

/* A file as a tree names it, as one side of a comparison. Mode 0, or what is
 * no regular file: nothing there. */

/**
 * Which content an entry stands for, without reading it. *out_pointer (may be
 * NULL) becomes true where its blob is a pointer.
 *
 * @error  DSV_ECORRUPT  a damaged pointer
 */
int dsv_entry_identify(struct dsv_repo *repo, const struct dsv_entry *entry,
		       struct dsv_identity *out, bool *out_pointer);
/** Its bytes; of nothing, none. */
int dsv_entry_open(struct dsv_source **out, struct dsv_repo *repo,
		   const char *path, const struct dsv_entry *entry);

/** The error of this thread with its next step, of the caller's, for a fault
 * that is told where the rest goes on. */
char *dsv_entry_fault(void);

#endif
