#ifndef DSV_INTEGRITY_H
#define DSV_INTEGRITY_H

#include <dsv/id.h>
#include <dsv/repo.h>

/*
 * Is everything here that is referred to, and is it sound? Reads every object
 * of the store, and every pointer that a commit of any reference, the index or
 * the work tree has.
 */
enum dsv_integrity_kind {
	DSV_FAULT_STORE,   /* a pack, an index or an object in it */
	DSV_FAULT_CONTENT, /* a content that is missing or damaged */
	DSV_FAULT_POINTER, /* a damaged pointer */
};

struct dsv_integrity_fault {
	enum dsv_integrity_kind kind;
	const char *fault;
	const char *pack;	 /* STORE, else NULL */
	const struct dsv_id *id; /* of the object or content, else NULL */
	const char *path;	 /* CONTENT and POINTER */
	/* where path has it: a commit, or DSV_AT_INDEX, DSV_AT_WORKTREE */
	struct dsv_version at;
};

/** Lent for the call; not 0 stops and is the result. */
typedef int (*dsv_integrity_fn)(void *ctx,
				const struct dsv_integrity_fault *fault);

struct dsv_integrity {
	uint64_t commits;
	uint64_t pointers; /* different ones */
	uint64_t packs;
	uint64_t objects;
	uint64_t bytes; /* of the packs on disk */
	uint64_t faults;
};

int dsv_integrity_check(struct dsv_repo *repo, dsv_integrity_fn found,
			void *ctx, struct dsv_integrity *out);

#endif
