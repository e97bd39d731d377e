#include "repo/branch.h"

#include <dsv/error.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "repo/private.h"

#define HEADS "refs/heads/"

static const char *short_name(const char *ref)
{
	static const char *const prefixes[] = {HEADS, "refs/remotes/", "refs/"};

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++)
		if (strncmp(ref, prefixes[i], strlen(prefixes[i])) == 0)
			return ref + strlen(prefixes[i]);
	return ref;
}

static int read_head(struct dsv_branch *out, struct dsv_repo *repo,
		     char **out_ref)
{
	git_reference *head DSV_AUTO(git_reference) = NULL;
	struct dsv_version version;
	int rc;

	rc = git_reference_lookup(&head, repo->git, "HEAD");
	if (rc < 0)
		return dsv_git_fail(rc, "cannot read HEAD");
	if (git_reference_type(head) == GIT_REFERENCE_SYMBOLIC) {
		*out_ref = dsv_strdup(git_reference_symbolic_target(head));
		out->name = dsv_strdup(short_name(*out_ref));
	}
	rc = dsv_repo_head(repo, &version);
	if (rc < 0)
		return rc;
	out->unborn = version.at == DSV_AT_NOTHING;
	if (!out->unborn)
		out->head = version.commit;
	return 0;
}

static int read_upstream(struct dsv_branch *out, struct dsv_repo *repo,
			 const char *ref)
{
	git_buf name = {0};
	git_oid ours;
	git_oid theirs;
	int rc;

	rc = git_branch_upstream_name(&name, repo->git, ref);
	if (rc == GIT_ENOTFOUND)
		return 0;
	if (rc < 0)
		return dsv_git_fail(rc, "cannot read the upstream of '%s'",
				    out->name);
	out->upstream = dsv_strdup(short_name(name.ptr));
	rc = git_reference_name_to_id(&theirs, repo->git, name.ptr);
	git_buf_dispose(&name);
	out->gone = rc < 0;
	if (out->gone || out->unborn)
		return 0;
	dsv_oid_to_git(&ours, &out->head);
	rc = git_graph_ahead_behind(&out->ahead, &out->behind, repo->git, &ours,
				    &theirs);
	if (rc < 0)
		return dsv_git_fail(rc, "cannot compare with '%s'",
				    out->upstream);
	return 0;
}

int dsv_branch_read(struct dsv_branch *out, struct dsv_repo *repo)
{
	struct dsv_branch branch DSV_AUTO(branch) = DSV_BRANCH_INIT;
	struct dsv_branch old;
	char *ref DSV_AUTO(str) = NULL;
	int rc;

	rc = read_head(&branch, repo, &ref);
	if (rc == 0 && ref && strncmp(ref, HEADS, strlen(HEADS)) == 0)
		rc = read_upstream(&branch, repo, ref);
	if (rc < 0)
		return rc;
	old = *out;
	*out = branch;
	branch = old;
	return 0;
}

void dsv_branch_release(struct dsv_branch *branch)
{
	free(branch->name);
	free(branch->upstream);
	*branch = (struct dsv_branch)DSV_BRANCH_INIT;
}
