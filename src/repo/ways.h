#ifndef REPO_WAYS_H
#define REPO_WAYS_H

#include <dsv/strlist.h>

#include "repo/materialize.h"

/** What stands in the way of the files that come, by its kind: a file where a
 * folder is needed, a folder that holds more than what goes. The paths that
 * would be lost are added to blocked. */
int dsv_ways_check(struct dsv_repo *repo, const struct dsv_targets *targets,
		   struct dsv_strlist *blocked);

#endif
