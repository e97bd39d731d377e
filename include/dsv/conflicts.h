#ifndef DSV_CONFLICTS_H
#define DSV_CONFLICTS_H

#include <stdbool.h>
#include <stdint.h>

#include <dsv/record.h>
#include <dsv/repo.h>
#include <dsv/status.h>
#include <dsv/strlist.h>

/*
 * What a merge left to a person, by path and record.
 *
 *	rc = dsv_conflicts_read(&all, repo, &paths);
 *	rc = dsv_resolve(repo, &opts, &done);
 *
 * A conflict is one field that both sides changed differently, or one record
 * that one side changed and the other removed, that both added differently, or
 * whose key is doubled on a side. A path whose file could not be merged by
 * record at all has one conflict without key, with the reason.
 */
enum dsv_conflict_word {
	DSV_CONFLICT_BOTH_CHANGED,    /* one field, two values */
	DSV_CONFLICT_CHANGED_REMOVED, /* ours changed it, theirs removed it */
	DSV_CONFLICT_REMOVED_CHANGED,
	DSV_CONFLICT_BOTH_ADDED,    /* one key, one field, two values */
	DSV_CONFLICT_DUPLICATE_KEY, /* doubled on a side: never by guess */
	DSV_CONFLICT_NO_KEY,
	DSV_CONFLICT_FILE, /* the file as a whole */
	DSV_CONFLICT_GIT,  /* a file that is git's: stages only */
};

/* "both_changed", "changed_removed", ...: the words of the JSON output. */
const char *dsv_conflict_word_name(enum dsv_conflict_word word);

enum dsv_side_of_merge { DSV_SIDE_BASE, DSV_SIDE_OURS, DSV_SIDE_THEIRS };

struct dsv_conflict {
	enum dsv_conflict_word word;
	/* what dsv_resolve() takes: PATH, PATH:KEY or PATH:KEY:FIELD;
	 * PATH:#2 for the second conflict of a file whose records have no key,
	 * PATH: for all records without key of one that has a key */
	char *address;
	struct dsv_strlist key; /* empty: the file */
	char *field;		/* NULL: the record as a whole */
	/* what each side has; NULL: no such record or field */
	char *values[3];
	char *reason; /* of FILE, else NULL */
	bool resolved;
};

struct dsv_path_conflicts {
	char *path;
	struct dsv_conflict *items; /* in the order of the file */
	size_t n;
	size_t n_open;
};

struct dsv_conflicts {
	struct dsv_path_conflicts *items; /* sorted by path */
	size_t n;
	/* the commits behind the sides, "main 7c1d0ab Subject" (the branch
	 * where one stands there); NULL: not known. In a rebase ours is what
	 * is rebased onto. */
	char *ours;
	char *theirs;
	const char *next; /* the command that goes on when all is settled */
	enum dsv_operation operation;
};

#define DSV_CONFLICTS_INIT \
	{                  \
		0          \
	}

/** All open ones of the index, those of paths that git merges as well. */
int dsv_conflicts_read(struct dsv_conflicts *out, struct dsv_repo *repo,
		       const struct dsv_strlist *paths);
void dsv_conflicts_release(struct dsv_conflicts *conflicts);

enum dsv_resolution {
	DSV_RESOLVE_OURS,
	DSV_RESOLVE_THEIRS,
	DSV_RESOLVE_BASE,
	DSV_RESOLVE_SET,  /* a field gets a text */
	DSV_RESOLVE_WORK, /* what the work file has by now */
};

struct dsv_resolve_opts {
	/* addresses as in struct dsv_conflict, the path from the current folder
	 * or from the top; NULL or empty: all that is open */
	const struct dsv_strlist *addresses;
	enum dsv_resolution how;
	const char *value; /* of SET */
};

struct dsv_resolved {
	uint64_t resolved;	    /* by this call */
	uint64_t open;		    /* in all paths */
	struct dsv_strlist settled; /* paths without any more: staged */
	/* nothing is open any more: the command that goes on; else NULL */
	const char *next;
};

#define DSV_RESOLVED_INIT \
	{                 \
		0         \
	}

/**
 * Settle conflicts: the work file gets what was chosen, other bytes stay. A
 * path that has none left is staged.
 *
 * @error  DSV_ENOTFOUND  no open conflict has this address; the hint names
 *                        the nearest that one has
 *         DSV_EUSAGE     SET for anything but one field
 */
int dsv_resolve(struct dsv_repo *repo, const struct dsv_resolve_opts *opts,
		struct dsv_resolved *out);
void dsv_resolved_release(struct dsv_resolved *resolved);

DSV_AUTO_RELEASE(conflicts)
DSV_AUTO_RELEASE(resolved)

#endif
