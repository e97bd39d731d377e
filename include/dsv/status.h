#ifndef DSV_STATUS_H
#define DSV_STATUS_H

#include <dsv/stage.h>

/*
 * The state of the work tree: what would be committed, what is not added, and
 * what is wrong. Nothing is written but refreshed stat data of the index.
 */
struct dsv_status_file {
	char *path;
	char *old_path; /* DSV_PATH_RENAMED, else NULL */
	enum dsv_path_change change;
	bool is_data; /* behind filter=dsv, or a pointer on either side */
	struct dsv_path_side from;
	struct dsv_path_side to; /* of the work tree: only the mode */
};

struct dsv_status_files {
	struct dsv_status_file *items; /* sorted by path */
	size_t n;
	size_t cap;
};

/* Bits of the stages that an unmerged path has. */
#define DSV_STAGE_BASE	 1u
#define DSV_STAGE_OURS	 2u
#define DSV_STAGE_THEIRS 4u

struct dsv_status_conflict {
	char *path;
	unsigned stages;
	bool is_data;
};

enum dsv_problem_kind {
	DSV_PROBLEM_RAW,	  /* plain bytes in git at a filtered path */
	DSV_PROBLEM_DAMAGED,	  /* a damaged pointer in the index */
	DSV_PROBLEM_DAMAGED_WORK, /* and in the work tree */
	DSV_PROBLEM_MISSING,	  /* a pointer whose content is not here */
	DSV_PROBLEM_POINTER_WORK, /* content is here, not checked out */
	DSV_PROBLEM_OVERRIDDEN, /* detail: the attributes that override ours */
	DSV_PROBLEM_NO_FILTER,	/* a dataset path that the filter misses */
	DSV_PROBLEM_CONFLICT,	/* unmerged (only from dsv_check_index) */
	DSV_PROBLEM_NO_SETUP,	/* .git/config lacks the drivers */
	DSV_PROBLEM_NO_HOOKS,	/* detail: the hooks that do not call dsv */
};

struct dsv_problem {
	enum dsv_problem_kind kind;
	char *path;   /* NULL: the repository */
	char *detail; /* NULL unless the kind says more */
};

struct dsv_problems {
	struct dsv_problem *items; /* by path, then kind */
	size_t n;
	size_t cap;
};

#define DSV_PROBLEMS_INIT \
	{                 \
		0         \
	}

/* What was begun and waits for its end. */
enum dsv_operation {
	DSV_OPERATION_NONE,
	DSV_OPERATION_MERGE,
	DSV_OPERATION_REBASE,
	DSV_OPERATION_CHERRY_PICK,
	DSV_OPERATION_REVERT,
	DSV_OPERATION_BISECT,
	DSV_OPERATION_AM,
};

struct dsv_status {
	char *branch;	/* NULL: detached */
	char *commit;	/* full name, NULL: no commit yet */
	char *upstream; /* "origin/main" or NULL */
	bool upstream_gone;
	size_t ahead, behind;
	enum dsv_operation operation;
	struct dsv_status_files staged;	  /* HEAD to index */
	struct dsv_status_files unstaged; /* index to work tree */
	struct dsv_strlist untracked;	  /* a whole folder as "folder/" */
	struct dsv_status_conflict *conflicts;
	size_t n_conflicts;
	struct dsv_problems problems;
};

#define DSV_STATUS_INIT \
	{               \
		0       \
	}

struct dsv_status_opts {
	const struct dsv_strlist *paths; /* pathspecs; NULL: all */
	/* pathspecs of all datasets: what must stand behind the filter */
	const struct dsv_strlist *datasets;
	bool no_untracked;
};

int dsv_status(struct dsv_repo *repo, const struct dsv_status_opts *opts,
	       struct dsv_status *out);
void dsv_status_release(struct dsv_status *status);

/** What keeps the index from being committed: unmerged paths, and raw data or
 * damaged pointers among the paths that differ from HEAD. The work of the
 * pre-commit hook. */
int dsv_check_index(struct dsv_repo *repo, struct dsv_problems *out);
/** "raw", "damaged_pointer", ...: the words of the JSON output. */
const char *dsv_problem_word(enum dsv_problem_kind kind);
const char *dsv_operation_word(enum dsv_operation operation);
void dsv_problems_release(struct dsv_problems *problems);

DSV_AUTO_RELEASE(status)
DSV_AUTO_RELEASE(problems)

#endif
