#ifndef REPO_REFS_H
#define REPO_REFS_H

#include <dsv/repo.h>

/** The commits that references lead to, HEAD of this work tree included, as
 * hex, in order of the references' names; each once. */
int dsv_refs_tips(struct dsv_repo *repo, struct dsv_strlist *out);

struct dsv_ref {
	char *name;  /* "refs/heads/x" or "refs/remotes/origin/x" */
	char *brief; /* "x" or "origin/x" */
	struct dsv_oid commit;
};

struct dsv_ref_list {
	struct dsv_ref *items; /* local ones first, each sorted by name */
	size_t n, cap;
};

#define DSV_REF_LIST_INIT \
	{                 \
		0         \
	}

/** All branches, local and fetched; what only leads to another one (HEAD of a
 * remote) is left out. */
int dsv_refs_branches(struct dsv_repo *repo, struct dsv_ref_list *out);
void dsv_ref_list_release(struct dsv_ref_list *list);

DSV_AUTO_RELEASE(ref_list)

#endif
