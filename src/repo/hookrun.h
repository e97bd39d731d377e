#ifndef REPO_HOOKRUN_H
#define REPO_HOOKRUN_H

#include <dsv/hooks.h>
#include <dsv/repo.h>

/*
 * Programs that git would call: hooks, with their output on stderr, and the
 * editor. They run at the top of the work tree.
 */
struct dsv_hook_call {
	const char *name;	       /* "commit-msg" */
	const char *args[3];	       /* NULL after the last */
	const struct dsv_strlist *env; /* more "NAME=value"; may be NULL */
};

/** 1 ran and passed, 0 there is none, DSV_EREFUSED it said no. */
int dsv_hook_run(struct dsv_repo *repo, const struct dsv_hook_call *call);

/** A shell command with one more argument; its output is the terminal's.
 * DSV_EREFUSED where it ends with another status than 0. */
int dsv_shell_run(struct dsv_repo *repo, const char *command, const char *arg);

#endif
