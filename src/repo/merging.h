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
 * A merge in the making. The trees are merged in an index in memory; only
 * paths that differ from what HEAD has are touched, and all of them are judged
 * before anything is written.
 */

/* A path that does not settle by itself. */
struct dsv_merge_open {
	char *path;
	struct dsv_entry stages[DSV_STAGES];
	/* where a side has it under another path, else NULL */
	char *names[DSV_STAGES];
	bool by_record;	     /* the settle callback decides */
	struct dsv_entry to; /* what the work file shall hold */
	bool is_settled;
};

/* Two trees merged. */
struct dsv_merge_trees {
	struct dsv_repo *repo;
	git_index *merged; /* what settles by itself */
	struct dsv_merge_open *open;
	size_t n_open;
	size_t cap;
	struct dsv_map open_at; /* path: number in open + 1 */
};

#define DSV_MERGE_TREES_INIT            \
	{                               \
		.open_at = DSV_MAP_INIT \
	}

/* What markers name, and how deep in the ancestors of ancestors this is. */
struct dsv_merge_labels {
	const char *base;
	const char *ours;
	const char *theirs;
	unsigned depth;
};

struct dsv_merging {
	struct dsv_repo *repo;
	const struct dsv_merge_opts *opts;
	struct dsv_merge *out;
	struct dsv_index_edit *edit;
	char *base_name; /* of the common ancestor, in markers */
	struct dsv_merge_trees trees;
	struct dsv_worktree work; /* all files of the index */
	struct dsv_map work_at;	  /* path: number in work + 1 */
	struct dsv_targets targets;
};

/* merge_tree.c */

/** base NULL: nothing. DSV_EUNSUPPORTED for what git would put under names
 * that it makes up. */
int dsv_merge_trees(struct dsv_merge_trees *out, struct dsv_repo *repo,
		    const git_tree *base, const git_tree *ours,
		    const git_tree *theirs);
void dsv_merge_trees_release(struct dsv_merge_trees *trees);

/* merge_base.c */

/** The tree that both sides come from. Of several common ancestors those are
 * merged first; name is for markers, of the caller's. */
int dsv_merge_base_tree(struct dsv_repo *repo, const git_oid *ours,
			const git_oid *theirs, git_tree **out, char **out_name);
int dsv_merge_tree_of(struct dsv_repo *repo, const git_oid *commit,
		      git_tree **out);

/* merge_text.c */

/** open->to as git would leave it: 1 the text with markers; 0 where one side
 * has no such file, or it is no text, the file that is there. */
int dsv_merge_text(struct dsv_repo *repo, struct dsv_merge_open *open,
		   const struct dsv_merge_labels *labels);
/** The mode that both sides make. */
uint32_t dsv_merge_mode(const struct dsv_entry stages[DSV_STAGES]);

/* merge_plan.c */

/** All paths that change; DSV_EREFUSED where one would lose local changes. */
int dsv_merging_plan(struct dsv_merging *it, bool forward);

/* merge_state.c: the files that git keeps of a merge that is open */

/** ORIG_HEAD, and where a commit will follow MERGE_MODE and MERGE_MSG: with it
 * dsv_merge_abort() knows a merge that was cut off before MERGE_HEAD. */
int dsv_merging_begin(struct dsv_merging *it, bool forward);
/** MERGE_HEAD: from here on git too knows that a merge is open. */
int dsv_merging_head(struct dsv_merging *it);
/** True where dsv_merging_begin() was the last that was done. */
bool dsv_merging_is_cut_off(struct dsv_repo *repo);

/* merge_write.c */

/** Decide each open path; what is then left is listed in out->conflicts. */
int dsv_merging_settle(struct dsv_merging *it);
/** The index, MERGE_HEAD, the work files. */
int dsv_merging_join(struct dsv_merging *it);
/** The work files, the index, HEAD. */
int dsv_merging_forward(struct dsv_merging *it);

DSV_AUTO_RELEASE(merge_trees)

#endif
