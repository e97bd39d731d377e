#ifndef DSV_TRACK_H
#define DSV_TRACK_H

#include <stdbool.h>

#include <dsv/auto.h>
#include <dsv/dataset.h>
#include <dsv/propose.h>
#include <dsv/repo.h>
#include <dsv/strlist.h>

/*
 * Put files under a dataset: look, ask, write.
 *
 *	rc = dsv_track_plan(&plan, repo, &opts);
 *	... show plan.proposal, ask when plan.asks ...
 *	rc = dsv_track_write(repo, &plan, &touched);
 *
 * Planning changes nothing. Writing edits .dsv/datasets.yaml as text, so that
 * comments and order stay, reads the result again before it replaces the file,
 * and puts one line for each pattern last into .gitattributes.
 */
enum dsv_track_state {
	DSV_TRACK_NEW,	   /* a new dataset */
	DSV_TRACK_MORE,	   /* more files of a dataset that exists */
	DSV_TRACK_CHANGED, /* tracked; key, labels or such become others */
	DSV_TRACK_SAME,	   /* tracked already, just so */
};

struct dsv_track_opts {
	/* What a person typed: files, globs or folders. They form one
	 * dataset; without a name, call once for each. */
	const struct dsv_strlist *paths;
	const char *name;		  /* NULL: from the first path */
	const char *format;		  /* NULL: by extension */
	const char *annotator;		  /* NULL: none */
	const char *guideline;		  /* NULL: none */
	const struct dsv_strlist *key;	  /* NULL or empty: proposed */
	const struct dsv_strlist *labels; /* NULL or empty: proposed, unless
					   * key is given */
};

struct dsv_track_plan {
	enum dsv_track_state state;
	bool asks;		     /* key or labels are proposed, not given */
	struct dsv_strlist patterns; /* `files` lines to add */
	struct dsv_strlist attributes; /* .gitattributes patterns to add */
	struct dsv_strlist files;      /* work tree files that match, by path */
	struct dsv_proposal proposal;  /* of the first of them */
	/* As it will stand in datasets.yaml; the caller may edit key and
	 * labels before it writes. */
	struct dsv_dataset dataset;
};

#define DSV_TRACK_PLAN_INIT \
	{                   \
		0           \
	}

/**
 * @error   DSV_EUSAGE     a column that does not exist, with the nearest; a
 *                         name of another form; a path outside the repository;
 *                         a path of another dataset
 *          DSV_ENOTFOUND  a path or glob that no file of the work tree
 *                         matches, with the nearest
 */
int dsv_track_plan(struct dsv_track_plan *out, struct dsv_repo *repo,
		   const struct dsv_track_opts *opts);
void dsv_track_plan_release(struct dsv_track_plan *plan);

/** Write it; touched gets the repository paths that changed, to be staged. */
int dsv_track_write(struct dsv_repo *repo, const struct dsv_track_plan *plan,
		    struct dsv_strlist *touched);

struct dsv_untracked {
	struct dsv_strlist patterns; /* gone from `files` */
	struct dsv_strlist datasets; /* gone with their last pattern */
	struct dsv_strlist files;    /* index files that were matched */
	struct dsv_strlist touched;  /* repository paths that changed */
};

#define DSV_UNTRACKED_INIT \
	{                  \
		0          \
	}

/**
 * Take patterns out of their dataset and out of .gitattributes. A path is a
 * pattern as it was tracked.
 *
 * @error   DSV_ENOTFOUND  a path that no pattern names; where a pattern
 *                         matches it, the hint says which
 */
int dsv_untrack(struct dsv_untracked *out, struct dsv_repo *repo,
		const struct dsv_strlist *paths);
void dsv_untracked_release(struct dsv_untracked *untracked);

DSV_AUTO_RELEASE(track_plan)
DSV_AUTO_RELEASE(untracked)

#endif
