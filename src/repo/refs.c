#include "repo/refs.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "repo/private.h"

static void add_tip(struct dsv_strlist *out, git_reference *ref)
{
	git_object *object DSV_AUTO(git_object) = NULL;
	struct dsv_oid oid;
	char hex[DSV_OID_HEX];

	/* a tag of a tree or a broken reference is no history */
	if (git_reference_peel(&object, ref, GIT_OBJECT_COMMIT) < 0)
		return;
	dsv_oid_of_git(&oid, git_object_id(object));
	if (dsv_strlist_find(out, dsv_oid_hex(&oid, hex)) < 0)
		dsv_strlist_add(out, hex);
}

static int add_head(struct dsv_repo *repo, struct dsv_strlist *out)
{
	struct dsv_version head;
	char hex[DSV_OID_HEX];
	int rc = dsv_repo_head(repo, &head);

	if (rc < 0 || head.at != DSV_AT_COMMIT)
		return rc;
	if (dsv_strlist_find(out, dsv_oid_hex(&head.commit, hex)) < 0)
		dsv_strlist_add(out, hex);
	return 0;
}

static int list_names(struct dsv_repo *repo, struct dsv_strlist *out)
{
	git_strarray all = {0};
	int rc;

	rc = git_reference_list(&all, repo->git);
	if (rc < 0)
		return dsv_git_fail(rc, "cannot list the references");
	for (size_t i = 0; i < all.count; i++)
		dsv_strlist_add(out, all.strings[i]);
	git_strarray_dispose(&all);
	dsv_strlist_sort(out);
	return 0;
}

int dsv_refs_tips(struct dsv_repo *repo, struct dsv_strlist *out)
{
	struct dsv_strlist names DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	int rc = list_names(repo, &names);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < names.n; i++) {
		git_reference *ref DSV_AUTO(git_reference) = NULL;

		if (git_reference_lookup(&ref, repo->git, names.items[i]) == 0)
			add_tip(out, ref);
	}
	return add_head(repo, out);
}

static bool begins(const char *name, const char *with)
{
	return strncmp(name, with, strlen(with)) == 0;
}

static void add_branch(struct dsv_repo *repo, const char *name,
		       struct dsv_ref_list *out)
{
	git_reference *ref DSV_AUTO(git_reference) = NULL;
	struct dsv_ref *to;

	if (git_reference_lookup(&ref, repo->git, name) < 0 ||
	    git_reference_type(ref) != GIT_REFERENCE_DIRECT)
		return;
	DSV_GROW(out->items, out->cap, out->n + 1);
	to = &out->items[out->n++];
	to->name = dsv_strdup(name);
	to->brief = dsv_strdup(strchr(name + strlen("refs/"), '/') + 1);
	dsv_oid_of_git(&to->commit, git_reference_target(ref));
}

int dsv_refs_branches(struct dsv_repo *repo, struct dsv_ref_list *out)
{
	static const char *const folders[] = {"refs/heads/", "refs/remotes/"};
	struct dsv_strlist names DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	int rc = list_names(repo, &names);

	if (rc < 0)
		return rc;
	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < names.n; i++)
			if (begins(names.items[i], folders[k]))
				add_branch(repo, names.items[i], out);
	return 0;
}

void dsv_ref_list_release(struct dsv_ref_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free(list->items[i].name);
		free(list->items[i].brief);
	}
	free(list->items);
	*list = (struct dsv_ref_list)DSV_REF_LIST_INIT;
}
