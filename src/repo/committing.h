#ifndef REPO_COMMITTING_H
#define REPO_COMMITTING_H

#include <git2.h>

#include <dsv/commit.h>
#include <dsv/hooks.h>

#include "repo/hookrun.h"

/* A commit in the making: what its steps share. */
struct dsv_committing {
	struct dsv_repo *repo;
	const struct dsv_commit_opts *opts;
	struct dsv_version head; /* before */
	struct dsv_version parents[DSV_PARENTS_MAX];
	size_t n_parents;
	git_oid tree;
	git_signature *author;
	git_signature *committer;
	struct dsv_hook_result hooks[DSV_N_HOOKS];
	struct dsv_strlist env;
	struct dsv_buf message;
	char *file; /* COMMIT_EDITMSG */
	char comment;
	const char *source; /* second argument of prepare-commit-msg */
	char source_hex[DSV_OID_HEX]; /* third, "" for none */
};

/** Run a hook that is not dsv's own; 0 also where there is none. */
int dsv_committing_hook(struct dsv_committing *commit,
			struct dsv_hook_call *call);
/** Settle the message: hooks, trailers, editor. */
int dsv_committing_message(struct dsv_committing *commit);
/** Does git's configuration ask for a signature? */
bool dsv_committing_is_signed(const struct dsv_committing *commit);
/** The object of the commit, signed where that is asked for. */
int dsv_committing_write(struct dsv_committing *commit, git_oid *out);

#endif
