#ifndef REPO_SWITCHTO_H
#define REPO_SWITCHTO_H

#include <dsv/checkout.h>

/* Where a switch leads: which commit, and what HEAD will be. */
struct dsv_switch_to {
	struct dsv_version from; /* DSV_AT_NOTHING: no commit yet */
	struct dsv_version to;
	char *branch;	 /* "refs/heads/x"; NULL: detached */
	char *upstream;	 /* "origin/x": the new branch follows it */
	bool creates;	 /* the branch is made */
	char *from_name; /* as the reflog names them */
	char *to_name;
};

#define DSV_SWITCH_TO_INIT \
	{                  \
		0          \
	}

int dsv_switch_to_find(struct dsv_switch_to *out, struct dsv_repo *repo,
		       const struct dsv_switch_opts *opts);
/** Make the branch, move HEAD. */
int dsv_switch_to_apply(const struct dsv_switch_to *to, struct dsv_repo *repo);
void dsv_switch_to_release(struct dsv_switch_to *to);

DSV_AUTO_RELEASE(switch_to)

#endif
