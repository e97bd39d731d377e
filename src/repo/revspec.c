#include <dsv/error.h>
#include <dsv/text.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "repo/private.h"

static int short_names(git_repository *git, struct dsv_strlist *out)
{
	static const char *const prefixes[] = {"refs/heads/", "refs/tags/",
					       "refs/remotes/"};
	git_strarray refs = {0};
	int rc;

	rc = git_reference_list(&refs, git);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < refs.count; i++)
		for (size_t k = 0; k < sizeof(prefixes) / sizeof(*prefixes);
		     k++)
			if (strncmp(refs.strings[i], prefixes[k],
				    strlen(prefixes[k])) == 0)
				dsv_strlist_add(out,
						refs.strings[i] +
							strlen(prefixes[k]));
	git_strarray_dispose(&refs);
	return 0;
}

/* "main~2" is looked for as "main". */
static int not_found(struct dsv_repo *repo, const char *rev)
{
	struct dsv_strlist names DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	size_t len = strcspn(rev, "~^@:");
	char *name DSV_AUTO(str) = dsv_strndup(rev, len);
	const char *nearest;

	dsv_fail(DSV_ENOTFOUND, "revision '%s' not found", rev);
	if (git_repository_head_unborn(repo->git) == 1 &&
	    (strcmp(name, "HEAD") == 0 || !*name))
		return dsv_hint(DSV_ENOTFOUND, "there is no commit yet");
	if (short_names(repo->git, &names) < 0)
		return DSV_ENOTFOUND;
	nearest = dsv_nearest(name, &names);
	if (nearest && strcmp(nearest, name) != 0)
		dsv_hint(DSV_ENOTFOUND, "did you mean '%s%s'?", nearest,
			 rev + len);
	else if (nearest)
		dsv_hint(DSV_ENOTFOUND, "'%s' has no such ancestor", nearest);
	return DSV_ENOTFOUND;
}

int dsv_repo_resolve(struct dsv_repo *repo, const char *rev,
		     struct dsv_version *out)
{
	git_object *object DSV_AUTO(git_object) = NULL;
	git_object *commit DSV_AUTO(git_object) = NULL;
	int rc;

	rc = git_revparse_single(&object, repo->git, rev);
	if (rc == GIT_EAMBIGUOUS)
		return dsv_fail(DSV_EUSAGE, "revision '%s' is ambiguous", rev);
	if (rc < 0)
		return not_found(repo, rev);
	rc = git_object_peel(&commit, object, GIT_OBJECT_COMMIT);
	if (rc < 0)
		return dsv_fail(DSV_EUSAGE, "'%s' is not a commit", rev);

	out->at = DSV_AT_COMMIT;
	dsv_oid_of_git(&out->commit, git_object_id(commit));
	return 0;
}

int dsv_repo_head(struct dsv_repo *repo, struct dsv_version *out)
{
	git_oid oid;
	int rc;

	rc = git_reference_name_to_id(&oid, repo->git, "HEAD");
	if (rc == GIT_ENOTFOUND) {
		*out = (struct dsv_version){.at = DSV_AT_NOTHING};
		return 0;
	}
	if (rc < 0)
		return dsv_git_fail(rc, "cannot read HEAD");
	out->at = DSV_AT_COMMIT;
	dsv_oid_of_git(&out->commit, &oid);
	return 0;
}

/* Where the two dots stand; braces, as in "HEAD^{/fix ..}", hold none. */
static const char *find_dots(const char *text)
{
	int depth = 0;

	for (; *text; text++) {
		depth += *text == '{';
		depth -= *text == '}' && depth;
		if (!depth && text[0] == '.' && text[1] == '.')
			return text;
	}
	return NULL;
}

/* As in git, a side that is left out of a range is HEAD. */
static int resolve_side(struct dsv_repo *repo, const char *text, size_t len,
			struct dsv_version *out)
{
	char *rev DSV_AUTO(str) =
		len ? dsv_strndup(text, len) : dsv_strdup("HEAD");

	return dsv_repo_resolve(repo, rev, out);
}

static int merge_base(struct dsv_repo *repo, const char *text,
		      struct dsv_version *from, const struct dsv_version *to)
{
	git_oid a;
	git_oid b;
	git_oid base;
	int rc;

	dsv_oid_to_git(&a, &from->commit);
	dsv_oid_to_git(&b, &to->commit);
	rc = git_merge_base(&base, repo->git, &a, &b);
	if (rc == GIT_ENOTFOUND)
		return dsv_fail(DSV_EUSAGE,
				"the two sides of '%s' have no common commit",
				text);
	if (rc < 0)
		return dsv_git_fail(rc, "'%s'", text);
	dsv_oid_of_git(&from->commit, &base);
	return 0;
}

int dsv_repo_range(struct dsv_repo *repo, const char *text,
		   struct dsv_version *from, struct dsv_version *to)
{
	const char *dots = find_dots(text);
	struct dsv_version left = {0};
	struct dsv_version right = {0};
	bool symmetric;
	int rc;

	if (!dots) {
		rc = dsv_repo_resolve(repo, text, from);
		return rc < 0 ? rc : 1;
	}
	symmetric = dots[2] == '.';
	rc = resolve_side(repo, text, (size_t)(dots - text), &left);
	if (rc == 0)
		rc = resolve_side(repo, dots + 2 + symmetric,
				  strlen(dots + 2 + symmetric), &right);
	if (rc == 0 && symmetric)
		rc = merge_base(repo, text, &left, &right);
	if (rc < 0)
		return rc;
	*from = left;
	*to = right;
	return 2;
}
