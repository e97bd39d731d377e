#include "repo/tags.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "repo/private.h"

static void add_tag(struct dsv_repo *repo, const char *name,
		    struct dsv_tags *out)
{
	char *ref_name DSV_AUTO(str) = dsv_strf("refs/tags/%s", name);
	git_reference *ref DSV_AUTO(git_reference) = NULL;
	git_object *object DSV_AUTO(git_object) = NULL;
	struct dsv_tag *tag;

	/* a tag of a tree or a broken one is no place in the history */
	if (git_reference_lookup(&ref, repo->git, ref_name) < 0 ||
	    git_reference_peel(&object, ref, GIT_OBJECT_COMMIT) < 0)
		return;
	DSV_GROW(out->items, out->cap, out->n + 1);
	tag = &out->items[out->n++];
	tag->name = dsv_strdup(name);
	dsv_oid_of_git(&tag->commit, git_object_id(object));
}

int dsv_tags_read(struct dsv_repo *repo, struct dsv_tags *out)
{
	struct dsv_strlist names DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	git_strarray all = {0};
	int rc;

	rc = git_tag_list(&all, repo->git);
	if (rc < 0)
		return dsv_git_fail(rc, "cannot list the tags");
	for (size_t i = 0; i < all.count; i++)
		dsv_strlist_add(&names, all.strings[i]);
	git_strarray_dispose(&all);
	dsv_strlist_sort(&names);
	for (size_t i = 0; i < names.n; i++)
		add_tag(repo, names.items[i], out);
	return 0;
}

void dsv_tags_release(struct dsv_tags *tags)
{
	for (size_t i = 0; i < tags->n; i++)
		free(tags->items[i].name);
	free(tags->items);
	*tags = (struct dsv_tags)DSV_TAGS_INIT;
}
