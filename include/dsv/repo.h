#ifndef DSV_REPO_H
#define DSV_REPO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dsv/auto.h>
#include <dsv/buf.h>
#include <dsv/id.h>
#include <dsv/progress.h>
#include <dsv/strlist.h>

/*
 * A git repository as dsv sees it. Paths are relative to the top of the work
 * tree, with '/', raw bytes; dsv_repo_path() makes one from what a person
 * typed.
 */
struct dsv_repo;

/** Find the repository at or above start (GIT_DIR and friends are honoured).
 * DSV_ENOTFOUND with a hint where there is none. */
int dsv_repo_open(struct dsv_repo **out, const char *start);
void dsv_repo_free(struct dsv_repo **repo);

/** Absolute, without a '/' at the end. NULL for a bare repository. */
const char *dsv_repo_workdir(const struct dsv_repo *repo);
const char *dsv_repo_git_dir(const struct dsv_repo *repo);    /* this tree's */
const char *dsv_repo_common_dir(const struct dsv_repo *repo); /* shared */

/** What a person typed in the current folder, as a path of the repository.
 * DSV_EUSAGE where it lies outside. The file need not exist. */
int dsv_repo_path(struct dsv_repo *repo, const char *typed,
		  struct dsv_buf *out);
/** The same for many; patterns of git's pathspec stay as they are. */
int dsv_repo_paths(struct dsv_repo *repo, const struct dsv_strlist *typed,
		   struct dsv_strlist *out);

/** Where progress is reported; borrowed; may be NULL. */
void dsv_repo_set_progress(struct dsv_repo *repo,
			   struct dsv_progress *progress);
struct dsv_progress *dsv_repo_progress(struct dsv_repo *repo);

/* A git object name (SHA-1). */
#define DSV_OID_SIZE 20u
#define DSV_OID_HEX  41u
struct dsv_oid {
	uint8_t bytes[DSV_OID_SIZE];
};
const char *dsv_oid_hex(const struct dsv_oid *oid, char hex[DSV_OID_HEX]);
bool dsv_oid_equal(const struct dsv_oid *a, const struct dsv_oid *b);
bool dsv_oid_is_zero(const struct dsv_oid *oid);

/* One state of all files: a commit, the index, the work tree, or nothing. */
enum dsv_at { DSV_AT_NOTHING, DSV_AT_COMMIT, DSV_AT_INDEX, DSV_AT_WORKTREE };
struct dsv_version {
	enum dsv_at at;
	struct dsv_oid commit; /* DSV_AT_COMMIT */
};

/** A commit by any revision that git understands. DSV_ENOTFOUND names the
 * nearest branch or tag. */
int dsv_repo_resolve(struct dsv_repo *repo, const char *rev,
		     struct dsv_version *out);
/** HEAD, or DSV_AT_NOTHING on a branch without commits. */
int dsv_repo_head(struct dsv_repo *repo, struct dsv_version *out);
/** "A..B" (a side that is left out is HEAD, as in git), "A...B" (from the merge
 * base to B), or "A", which sets from and leaves to as it was. Returns 2 for a
 * range, 1 for one rev. */
int dsv_repo_range(struct dsv_repo *repo, const char *text,
		   struct dsv_version *from, struct dsv_version *to);

DSV_AUTO_FREE(repo)

#endif
