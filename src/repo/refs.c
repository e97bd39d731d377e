#include "repo/refs.h"

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

int dsv_refs_tips(struct dsv_repo *repo, struct dsv_strlist *out)
{
	struct dsv_strlist names DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	git_strarray all = {0};
	int rc;

	rc = git_reference_list(&all, repo->git);
	if (rc < 0)
		return dsv_git_fail(rc, "cannot list the references");
	for (size_t i = 0; i < all.count; i++)
		dsv_strlist_add(&names, all.strings[i]);
	git_strarray_dispose(&all);
	dsv_strlist_sort(&names);
	for (size_t i = 0; i < names.n; i++) {
		git_reference *ref DSV_AUTO(git_reference) = NULL;

		if (git_reference_lookup(&ref, repo->git, names.items[i]) == 0)
			add_tip(out, ref);
	}
	return add_head(repo, out);
}
