#ifndef HISTORY_RESOLVE_PATCH_H
#define HISTORY_RESOLVE_PATCH_H

#include "history/conflict.h"

/**
 * Put what was chosen into the work file of a conflict record: the items
 * that are marked, in place of what stands there; all other bytes stay. A
 * record that the file does not have is put at its end. The file is replaced
 * as a whole or not at all.
 *
 * @shape  chosen[record->n]
 * @error  DSV_ENOTFOUND  a field of a record that the file does not have
 */
int dsv_resolve_patch(struct dsv_repo *repo,
		      const struct dsv_conflict_record *record,
		      const bool *chosen, const struct dsv_resolve_opts *how);

#endif
