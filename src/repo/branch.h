#ifndef REPO_BRANCH_H
#define REPO_BRANCH_H

#include <stdbool.h>
#include <stddef.h>

#include <dsv/repo.h>

/* Where HEAD is, and how it stands to its upstream. */
struct dsv_branch {
	char *name;	     /* "main"; NULL: HEAD is detached */
	bool unborn;	     /* the branch has no commit yet */
	struct dsv_oid head; /* zero where unborn */
	char *upstream;	     /* "origin/main"; NULL: none is set */
	bool gone;	     /* the upstream is set but does not exist */
	size_t ahead;	     /* commits that the upstream lacks */
	size_t behind;
};

#define DSV_BRANCH_INIT \
	{               \
		0       \
	}

int dsv_branch_read(struct dsv_branch *out, struct dsv_repo *repo);
void dsv_branch_release(struct dsv_branch *branch);

DSV_AUTO_RELEASE(branch)

#endif
