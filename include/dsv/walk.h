#ifndef DSV_WALK_H
#define DSV_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dsv/auto.h>
#include <dsv/repo.h>

/*
 * The commits of a history, the younger first, as git does. Of a range, in
 * reverse, and with DSV_WALK_TOPO children always stand before their parents
 * (behind them in reverse), whatever the clocks said; otherwise the first
 * commits are given without reading the rest.
 *
 *	struct dsv_walk_opts opts = { .revs = &revs, .limit = 10 };
 *	rc = dsv_walk_open(&walk, repo, &opts);
 *	while ((rc = dsv_walk_next(walk, &commit)) > 0)
 *		use(commit);
 */
struct dsv_person {
	char *name;
	char *email;
	int64_t at_s;	/* seconds since 1970, UTC */
	int offset_min; /* from UTC, of the person's clock */
};

struct dsv_commit_info {
	struct dsv_oid oid;
	struct dsv_oid tree;
	struct dsv_oid *parents;
	size_t n_parents;
	struct dsv_person author;
	struct dsv_person committer;
	char *subject; /* the first paragraph as one line */
	char *body;    /* what follows, "" where nothing does */
	char *message; /* all of it */
};

#define DSV_COMMIT_INFO_INIT \
	{                    \
		0            \
	}

void dsv_commit_info_release(struct dsv_commit_info *info);
/** One commit. Text in another encoding is given as UTF-8. */
int dsv_commit_info_read(struct dsv_repo *repo, const struct dsv_oid *oid,
			 struct dsv_commit_info *out);

enum dsv_walk_flags {
	DSV_WALK_FIRST_PARENT = 1u << 0, /* of a merge, the first side alone */
	DSV_WALK_REVERSE = 1u << 1,	 /* parents before children */
	DSV_WALK_NO_MERGES = 1u << 2,
	DSV_WALK_TOPO = 1u << 3,
};

struct dsv_walk_opts {
	/* "A", "A..B", "A...B" (what one of both has), "^A"; NULL or empty:
	 * HEAD */
	const struct dsv_strlist *revs;
	/* only commits in which a matching path differs from the first parent;
	 * of a merge, from every parent. NULL or empty: all commits */
	const struct dsv_strlist *pathspecs;
	size_t limit; /* commits; 0: no limit */
	size_t skip;
	unsigned flags;
};

struct dsv_walk;

/** On a branch without commits the walk is empty. */
int dsv_walk_open(struct dsv_walk **out, struct dsv_repo *repo,
		  const struct dsv_walk_opts *opts);
/** 1 with a commit, lent until the following call; 0 at the end. */
int dsv_walk_next(struct dsv_walk *walk, const struct dsv_commit_info **out);
void dsv_walk_free(struct dsv_walk **walk);

/** 1 when a matching path differs between two commits (parent NULL: from
 * nothing), 0 when none does. Stops at the first. */
int dsv_commit_touches(struct dsv_repo *repo, const struct dsv_oid *parent,
		       const struct dsv_oid *commit,
		       const struct dsv_strlist *pathspecs);

DSV_AUTO_RELEASE(commit_info)
DSV_AUTO_FREE(walk)

#endif
