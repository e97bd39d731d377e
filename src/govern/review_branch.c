#include <dsv/review.h>

#include <dsv/error.h>
#include <dsv/evidence.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "repo/ancestry.h"
#include "repo/refs.h"
#include "repo/transport.h"

/* "cats" of "origin/cats" or "refs/heads/cats". */
static const char *name_of(const char *branch, const char *remote)
{
	const size_t len = strlen(remote);

	if (!strncmp(branch, "refs/heads/", strlen("refs/heads/")))
		return branch + strlen("refs/heads/");
	if (!strncmp(branch, remote, len) && branch[len] == '/')
		return branch + len + 1;
	return branch;
}

static int fetch(struct dsv_repo *repo, const char *remote, const char *branch)
{
	char *ref DSV_AUTO(str) =
		dsv_strf("refs/heads/%s", name_of(branch, remote));

	return dsv_transport_fetch(repo, remote, ref);
}

int dsv_review_fetch(struct dsv_repo *repo, const char *branch,
		     const char *target, char **out_remote)
{
	char *remote DSV_AUTO(str) = NULL;
	int rc;

	rc = dsv_transport_remote(repo, &remote);
	if (rc <= 0)
		return rc;
	rc = dsv_evidence_fetch(repo);
	if (rc >= 0)
		rc = fetch(repo, remote, target);
	if (rc >= 0)
		rc = fetch(repo, remote, branch);
	if (rc < 0)
		return rc;
	*out_remote = dsv_take(&remote);
	return 1;
}

/* The local branch first, then those that were fetched under its name. */
static bool is_of_branch(const struct dsv_ref *ref, const char *branch)
{
	const char *slash;

	if (!strcmp(ref->brief, branch))
		return true;
	if (strncmp(ref->name, "refs/remotes/", strlen("refs/remotes/")) != 0)
		return false;
	slash = strchr(ref->brief, '/');
	return slash && !strcmp(slash + 1, branch);
}

static int parted(const struct dsv_ref *a, const struct dsv_ref *b,
		  const char *branch)
{
	dsv_fail(DSV_EREFUSED, "'%s' and '%s' have parted", a->brief, b->brief);
	return dsv_hint(DSV_EREFUSED,
			"bring them together, or say which: 'refs/heads/%s' or "
			"'%s'",
			branch, b->brief);
}

/* The further of two, where one is behind the other. */
static int choose(struct dsv_repo *repo, const struct dsv_ref **best,
		  const struct dsv_ref *other, const char *branch)
{
	int rc;

	rc = dsv_ancestry_holds(repo, &(*best)->commit, &other->commit);
	if (rc != 0)
		return rc < 0 ? rc : 0;
	rc = dsv_ancestry_holds(repo, &other->commit, &(*best)->commit);
	if (rc < 0)
		return rc;
	if (rc == 0)
		return parted(*best, other, branch);
	*best = other;
	return 0;
}

int dsv_review_find(struct dsv_repo *repo, const char *branch,
		    struct dsv_version *out)
{
	struct dsv_ref_list refs DSV_AUTO(ref_list) = DSV_REF_LIST_INIT;
	const struct dsv_ref *best = NULL;
	size_t i;
	int rc;

	rc = dsv_refs_branches(repo, &refs);
	for (i = 0; rc == 0 && i < refs.n; i++) {
		if (!is_of_branch(&refs.items[i], branch))
			continue;
		if (best)
			rc = choose(repo, &best, &refs.items[i], branch);
		else
			best = &refs.items[i];
	}
	if (rc < 0)
		return rc;
	if (!best)
		return dsv_repo_resolve(repo, branch, out);
	out->at = DSV_AT_COMMIT;
	out->commit = best->commit;
	return 0;
}

int dsv_review_is_merged(struct dsv_repo *repo, const char *target,
			 const struct dsv_version *head)
{
	struct dsv_oid tip;
	int rc;

	rc = dsv_branch_tip(repo, target, &tip);
	if (rc <= 0)
		return rc;
	return dsv_ancestry_holds(repo, &tip, &head->commit);
}
