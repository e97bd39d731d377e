#ifndef DSV_CHECKOUT_H
#define DSV_CHECKOUT_H

#include <dsv/repo.h>
#include <dsv/strlist.h>

/*
 * Versions of files into the work tree. Data files are written from the store,
 * verified, beside their place and renamed; a content that is not here leaves
 * its pointer, and is counted.
 */
struct dsv_checkout {
	struct dsv_strlist updated; /* paths written */
	struct dsv_strlist removed;
	struct dsv_strlist kept;    /* carried along with local changes */
	struct dsv_strlist blocked; /* would lose local changes: all refused */
	uint64_t missing; /* files left as pointers: content is not here */
	char *from;	  /* branch or commit that HEAD was at, or NULL */
	char *to;
	bool detached;
	bool created;
};

#define DSV_CHECKOUT_INIT \
	{                 \
		0         \
	}

struct dsv_switch_opts {
	const char *branch; /* or a revision, with detach or create */
	const char *create; /* -c: make this branch at `branch` (NULL: HEAD) */
	bool detach;
	bool discard_changes;
};

/**
 * Make HEAD, the index and the work tree another version.
 *
 * A branch that only one remote has is made to follow it, as git does. Local
 * changes to paths that do not differ are carried along.
 *
 * @error  DSV_EREFUSED   local changes would be lost: out->blocked lists
 *                        them, nothing changed
 *         DSV_ENOTFOUND  no such branch, with the nearest
 */
int dsv_switch(struct dsv_repo *repo, const struct dsv_switch_opts *opts,
	       struct dsv_checkout *out);

struct dsv_restore_opts {
	const struct dsv_strlist *paths; /* pathspecs */
	const char *source; /* NULL: the index, or HEAD with staged */
	bool staged;
	bool worktree; /* neither: the work tree */
};

/** @error  DSV_ENOTFOUND  a pathspec that matches nothing */
int dsv_restore(struct dsv_repo *repo, const struct dsv_restore_opts *opts,
		struct dsv_checkout *out);
void dsv_checkout_release(struct dsv_checkout *checkout);

DSV_AUTO_RELEASE(checkout)

#endif
