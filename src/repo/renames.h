#ifndef REPO_RENAMES_H
#define REPO_RENAMES_H

#include "repo/tree.h"

/** Join each added file with a removed one of the same blob, preferably of the
 * same name in another folder; the order stays. */
void dsv_deltas_find_renames(struct dsv_deltas *deltas);

#endif
