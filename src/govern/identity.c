#include <dsv/check.h>

#include "repo/ancestry.h"

int dsv_repo_identity(struct dsv_repo *repo, const struct dsv_version *version,
		      struct dsv_buf *out)
{
	char hex[DSV_OID_HEX];
	struct dsv_oid root;
	int rc;

	if (version->at != DSV_AT_COMMIT)
		return 0;
	rc = dsv_ancestry_root(repo, &version->commit, &root);
	if (rc < 0)
		return rc;
	dsv_buf_addstr(out, dsv_oid_hex(&root, hex));
	return 0;
}

int dsv_repo_target(struct dsv_repo *repo, struct dsv_buf *out_branch)
{
	return dsv_branch_default(repo, out_branch);
}

int dsv_repo_target_tip(struct dsv_repo *repo, const char *branch,
			struct dsv_version *out)
{
	int rc = dsv_branch_tip(repo, branch, &out->commit);

	out->at = rc > 0 ? DSV_AT_COMMIT : DSV_AT_NOTHING;
	return rc < 0 ? rc : 0;
}
