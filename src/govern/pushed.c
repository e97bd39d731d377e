#include "govern/pushed.h"

#include <string.h>

#include <dsv/policy.h>

#include "repo/ancestry.h"

#define HEADS "refs/heads/"

const char *dsv_pushed_branch(const char *ref)
{
	return strncmp(ref, HEADS, strlen(HEADS)) == 0 ? ref + strlen(HEADS)
						       : NULL;
}

int dsv_pushed_tip(struct dsv_repo *repo, const char *ref,
		   struct dsv_version *out)
{
	int rc = dsv_ref_commit(repo, ref, &out->commit);

	out->at = rc > 0 ? DSV_AT_COMMIT : DSV_AT_NOTHING;
	return rc < 0 ? rc : 0;
}

struct dsv_version dsv_pushed_version(const struct dsv_oid *oid)
{
	struct dsv_version version = {.at = DSV_AT_NOTHING};

	if (dsv_oid_is_zero(oid))
		return version;
	version.at = DSV_AT_COMMIT;
	version.commit = *oid;
	return version;
}

int dsv_pushed_is_named(struct dsv_repo *repo,
			const struct dsv_version *version, const char *branch)
{
	struct dsv_policy policy DSV_AUTO(policy) = DSV_POLICY_INIT;
	int rc;

	if (version->at == DSV_AT_NOTHING)
		return 0;
	rc = dsv_policy_read(&policy, repo, version);
	return rc < 0 ? rc : dsv_policy_for(&policy, branch) != NULL;
}

int dsv_pushed_base(struct dsv_repo *repo, const struct dsv_version *main_tip,
		    const struct dsv_version *tip, struct dsv_version *out)
{
	struct dsv_version base = *main_tip;
	int rc = 0;

	if (main_tip->at == DSV_AT_COMMIT && tip->at == DSV_AT_COMMIT)
		rc = dsv_ancestry_base(repo, &main_tip->commit, &tip->commit,
				       &base.commit);
	if (rc < 0)
		return rc;
	*out = rc > 0 ? base : *main_tip;
	return 0;
}
