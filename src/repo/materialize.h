#ifndef REPO_MATERIALIZE_H
#define REPO_MATERIALIZE_H

#include <sys/stat.h>

#include <dsv/repo.h>

#include "repo/tree.h"

/* Files of a version into the work tree, whatever stands there now. */
struct dsv_target {
	char *path;
	struct dsv_entry entry; /* mode 0: to be removed */
	/* set by dsv_materialize: */
	struct stat st;
	bool missing; /* left as a pointer: its content is not here */
	bool is_pointer;
	struct dsv_content content;
};

struct dsv_targets {
	struct dsv_target *items;
	size_t n;
	size_t cap;
};

#define DSV_TARGETS_INIT \
	{                \
		0        \
	}

void dsv_targets_add(struct dsv_targets *targets, const char *path,
		     const struct dsv_entry *entry);
void dsv_targets_release(struct dsv_targets *targets);

/**
 * Remove, then write: .gitattributes first, since they say what is filtered,
 * then plain files with git's own conversions, then data files, several at
 * once where they are small.
 *
 * @error  DSV_EREFUSED  a path that git must not write (".git", "..")
 */
int dsv_materialize(struct dsv_repo *repo, struct dsv_targets *targets);

DSV_AUTO_RELEASE(targets)

#endif
