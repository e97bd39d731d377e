#ifndef DSV_FSCK_H
#define DSV_FSCK_H

#include <dsv/id.h>
#include <dsv/repo.h>

/*
 * Is everything here that is referred to, and is it sound? Reads every object
 * of the store, and every pointer that a commit of any reference, the index or
 * the work tree has.
 */
enum dsv_fsck_kind {
	DSV_FSCK_STORE,	  /* a pack, an index or an object in it */
	DSV_FSCK_CONTENT, /* a content that is missing or damaged */
	DSV_FSCK_POINTER, /* a damaged pointer */
};

struct dsv_fsck_fault {
	enum dsv_fsck_kind kind;
	const char *fault;
	const char *pack;	 /* STORE, else NULL */
	const struct dsv_id *id; /* of the object or content, else NULL */
	const char *path;	 /* CONTENT and POINTER */
	/* where path has it: a commit, or DSV_AT_INDEX, DSV_AT_WORKTREE */
	struct dsv_version at;
};

/** Lent for the call; not 0 stops and is the result. */
typedef int (*dsv_fsck_fn)(void *ctx, const struct dsv_fsck_fault *fault);

struct dsv_fsck_result {
	uint64_t commits;
	uint64_t pointers; /* different ones */
	uint64_t packs;
	uint64_t objects;
	uint64_t bytes; /* of the packs on disk */
	uint64_t faults;
};

int dsv_fsck(struct dsv_repo *repo, dsv_fsck_fn found, void *ctx,
	     struct dsv_fsck_result *out);

#endif
