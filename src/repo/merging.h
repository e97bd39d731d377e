#ifndef REPO_MERGING_H
#define REPO_MERGING_H

#include <git2.h>

#include <dsv/merge.h>

#include "base/map.h"
#include "repo/index.h"
#include "repo/materialize.h"
#include "repo/unmerged.h"
#include "repo/worktree.h"

/*
 * The merge is made in an index in memory, and compared with HEAD; only paths
 * that differ are touched. All of them are judged before anything is written.
 */
struct by_record {
	char *path;
	struct dsv_entry stages[DSV_STAGES];
};

struct merging {
	struct dsv_repo *repo;
	const struct dsv_merge_opts *opts;
	struct dsv_merge *out;
	struct dsv_index_edit *edit;
	struct dsv_oid base;
	git_index *merged;
	struct dsv_worktree work; /* all files of the index */
	struct dsv_map by_path;	  /* number in work + 1 */
	struct by_record *records;
	size_t n_records;
	size_t cap;
	struct dsv_targets targets;
};

/** Merge the trees of both sides, and find the paths to merge by record. */
int dsv_merging_trees(struct merging *it, bool forward);
/** All paths that change; DSV_EREFUSED where one would lose local changes. */
int dsv_merging_plan(struct merging *it, bool forward);
/** True for a path that is merged by record. */
bool dsv_merging_is_record(const struct merging *it, const char *path);

#endif
