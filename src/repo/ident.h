#ifndef REPO_IDENT_H
#define REPO_IDENT_H

#include <git2.h>

#include <dsv/repo.h>

/*
 * Who writes a commit: GIT_AUTHOR_* and GIT_COMMITTER_*, author.* and
 * committer.*, user.*, EMAIL, as git looks for them (git-commit(1)).
 */
enum dsv_ident { DSV_IDENT_AUTHOR, DSV_IDENT_COMMITTER };

/** DSV_EUSAGE with git's advice where nothing says who it is. Frees by
 * git_signature_free. */
int dsv_ident_signature(struct dsv_repo *repo, enum dsv_ident who,
			git_signature **out);

/** "Name <email>" of a person, with the time of now. */
int dsv_ident_parse(const char *text, git_signature **out);

/** A date as git writes or reads it: seconds with a zone, RFC 2822, ISO 8601,
 * "Mon Feb 3 10:11:12 2025 +0100", "now". DSV_EUSAGE for what is none. */
int dsv_date_parse(const char *text, git_time *out);

/** The time of now, in the zone of this machine. */
git_time dsv_ident_now(void);

#endif
