#ifndef DSV_HOOKS_H
#define DSV_HOOKS_H

#include <stdbool.h>

#include <dsv/buf.h>
#include <dsv/repo.h>

/*
 * The hooks of dsv in a repository: small scripts that call the program. A
 * person's repository has pre-commit, prepare-commit-msg, pre-merge-commit and
 * pre-push; one on a server pre-receive.
 */
#define DSV_N_HOOKS 4u /* of a person's repository */

enum dsv_hook_state {
	DSV_HOOK_MISSING,
	DSV_HOOK_OURS,	  /* exactly what this version installs */
	DSV_HOOK_CALLS,	  /* another's, and calls `dsv hook run` */
	DSV_HOOK_FOREIGN, /* another's, does not call dsv */
};

struct dsv_hook_result {
	const char *name; /* "pre-commit" */
	enum dsv_hook_state state;
	bool installed; /* by this call */
	char *path;	/* absolute */
	char *line;	/* what to add to a foreign hook, or to one in a
			 * folder outside the repository; else NULL */
};

void dsv_hook_result_release(struct dsv_hook_result *result);

/** The folder that git takes hooks from (core.hooksPath), absolute. */
int dsv_hooks_dir(struct dsv_repo *repo, struct dsv_buf *out);
/** How the hooks stand. */
int dsv_hooks_check(struct dsv_repo *repo,
		    struct dsv_hook_result out[DSV_N_HOOKS]);
/** Install what is missing or ours of an earlier version; never another's. */
int dsv_hooks_install(struct dsv_repo *repo,
		      struct dsv_hook_result out[DSV_N_HOOKS]);
/** The same for the one of a server. */
int dsv_hooks_install_server(struct dsv_repo *repo,
			     struct dsv_hook_result *out);
/** Where the hooks find the program: dsv.program of the repository. */
int dsv_hooks_set_program(struct dsv_repo *repo, const char *program);

#endif
