#ifndef DSV_SETUP_H
#define DSV_SETUP_H

#include <dsv/hooks.h>
#include <dsv/repo.h>

/*
 * Make a repository know dsv: filter, diff and merge drivers in .git/config,
 * hooks, and work files instead of pointers. Each step is skipped where it is
 * done already.
 */
struct dsv_setup {
	bool created;	 /* the git repository itself */
	bool configured; /* .git/config was written */
	struct dsv_hook_result hooks[DSV_N_HOOKS];
	struct dsv_strlist written; /* pointers that became files */
	uint64_t missing;	    /* pointers whose content is not here */
};

#define DSV_SETUP_INIT \
	{              \
		0      \
	}

/** Create a git repository at path (made with its parents) as `git init`. */
int dsv_repo_create(const char *path);
/** True where a repository stands at path itself. */
bool dsv_repo_exists(const char *path);

/** program: the absolute path of the dsv that git shall call. */
int dsv_setup(struct dsv_repo *repo, const char *program,
	      struct dsv_setup *out);
void dsv_setup_release(struct dsv_setup *setup);
/** True where .git/config has the drivers. */
bool dsv_is_set_up(struct dsv_repo *repo);

DSV_AUTO_RELEASE(setup)

#endif
