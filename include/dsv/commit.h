#ifndef DSV_COMMIT_H
#define DSV_COMMIT_H

#include <dsv/message.h>
#include <dsv/repo.h>

/*
 * Commit the index.
 *
 *	struct dsv_commit_opts opts = { .message = "First labels" };
 *	rc = dsv_commit(repo, &opts, &oid);
 *
 * Runs the repository's hooks as git does; where a hook is dsv's own, the
 * callback does its work in this process. Ends a merge, cherry-pick or revert
 * that waits for its commit.
 */
struct dsv_commit_opts {
	const char *message; /* NULL: MERGE_MSG, the amended message, or "" */
	bool amend;
	bool allow_empty;
	bool allow_empty_message;
	bool no_verify;	    /* neither pre-commit nor commit-msg */
	bool reset_author;  /* --amend keeps the author otherwise */
	const char *author; /* "Name <email>"; NULL: as git finds it */
	const char *date;   /* of the author, as git reads it */
	int cleanup;	    /* enum dsv_cleanup; -1: strip after an edit, else
			     * whitespace */
	/** What is asked besides dsv_check_index(), as by dsv's pre-commit hook
	 * (dsv_precommit_refuse will do). NULL: nothing. */
	int (*pre_commit)(void *ctx, struct dsv_repo *repo);
	/** Append the Dsv-* lines, each ended by LF, for committing the index
	 * onto parents (dsv_trailers_compose). NULL: the message is left
	 * alone. */
	int (*trailers)(void *ctx, struct dsv_repo *repo,
			const struct dsv_version *parents, size_t n_parents,
			struct dsv_buf *out);
	/** Let a person edit the file (dsv_commit_editor will do). NULL: the
	 * message is taken as it is. */
	int (*edit)(void *ctx, struct dsv_repo *repo, const char *path);
	/** Sign the commit where commit.gpgSign asks for it and gpg.format is
	 * ssh (dsv_sign_commit of signer.h will do). NULL: refused then. */
	int (*sign)(void *ctx, struct dsv_repo *repo,
		    const struct dsv_buf *payload, struct dsv_buf *out_armour);
	void *ctx;
};

#define DSV_COMMIT_OPTS_INIT  \
	{                     \
		.cleanup = -1 \
	}

/**
 * @error  DSV_EREFUSED     nothing to commit; an empty message; unmerged
 *                          paths, named; a hook that said no
 *         DSV_EUSAGE       no identity is configured; a date that is none
 *         DSV_EUNSUPPORTED commit.gpgSign in another format than ssh (hint:
 *                          git commit)
 */
int dsv_commit(struct dsv_repo *repo, const struct dsv_commit_opts *opts,
	       struct dsv_oid *out);

/** Run the person's editor (GIT_EDITOR, core.editor, VISUAL, EDITOR, vi). */
int dsv_commit_editor(void *ctx, struct dsv_repo *repo, const char *path);

#define DSV_PARENTS_MAX 64u /* of one commit */

/** The parents that a commit of the index has: HEAD and what is being merged,
 * or those of HEAD with amend. Returns how many, 0 for a first commit. */
int dsv_commit_parents(struct dsv_repo *repo, bool amend,
		       struct dsv_version out[DSV_PARENTS_MAX]);

/** The character that begins a comment (core.commentChar). */
char dsv_commit_comment(struct dsv_repo *repo);

#endif
