#ifndef REPO_SIDES_H
#define REPO_SIDES_H

#include <dsv/auto.h>
#include <dsv/repo.h>
#include <dsv/status.h>

/*
 * The two commits that were being joined when conflicts were left: of a merge,
 * rebase, cherry-pick or revert, by the files that git keeps for it; of
 * a stash, since git keeps none, by what stands in the index.
 */
struct dsv_joined {
	char *name; /* branch, "stash@{0}", "parent of"; NULL: none known */
	struct dsv_oid commit;
	bool known;
};

struct dsv_sides {
	enum dsv_operation operation;
	bool stash; /* the stash that was applied is still there */
	/* In a rebase ours is what is rebased onto. */
	struct dsv_joined ours;
	struct dsv_joined theirs;
};

#define DSV_SIDES_INIT \
	{              \
		0      \
	}

/** What cannot be read is not known. path and theirs: a path in conflict and
 * the blob of its stage 3, by which a stash is found out; NULL: none. */
void dsv_sides_read(struct dsv_sides *out, struct dsv_repo *repo,
		    const char *path, const struct dsv_oid *theirs);
void dsv_sides_release(struct dsv_sides *sides);
/** The command that goes on when all conflicts are settled. */
const char *dsv_sides_next(const struct dsv_sides *sides);

DSV_AUTO_RELEASE(sides)

#endif
