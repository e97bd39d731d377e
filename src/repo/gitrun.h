#ifndef REPO_GITRUN_H
#define REPO_GITRUN_H

#include <stdbool.h>

#include <dsv/repo.h>

/*
 * Git's own program, as a person would run it at the top of the work tree: it
 * asks for passwords, shows its progress and says in its own words what it
 * refuses.
 */

/** Run "git <args>"; out (NULL: shown) gets its output. Returns its exit
 * status, or negative. repo NULL: in the current folder. */
int dsv_git_run(struct dsv_repo *repo, const struct dsv_strlist *args,
		struct dsv_buf *out);

/** The same, and nothing that it says is shown. */
int dsv_git_run_quiet(struct dsv_repo *repo, const struct dsv_strlist *args,
		      struct dsv_buf *out);

/** The address of a remote as git would use it ("insteadOf" and "pushurl" in
 * mind), or the name itself where no such remote is set. */
int dsv_git_remote_url(struct dsv_repo *repo, const char *remote, bool push,
		       char **out);

#endif
