#include <dsv/check.h>

#include <stdlib.h>

#include <dsv/error.h>
#include <dsv/signer.h>
#include <dsv/walk.h>

#include "base/alloc.h"

void dsv_authorship_release(struct dsv_authorship *authorship)
{
	dsv_strlist_release(&authorship->people);
	free(authorship->first_unknown);
	*authorship = (struct dsv_authorship)DSV_AUTHORSHIP_INIT;
}

static void add_unknown(struct dsv_authorship *out,
			const struct dsv_commit_info *info)
{
	char hex[DSV_OID_HEX];

	out->unknown++;
	if (!out->first_unknown)
		out->first_unknown = dsv_strf(
			"%.7s %s", dsv_oid_hex(&info->oid, hex), info->subject);
}

static int add_commit(struct dsv_authorship *out, struct dsv_repo *repo,
		      const struct dsv_commit_info *info,
		      const struct dsv_people *people)
{
	struct dsv_ssh_key key DSV_AUTO(ssh_key) = {0};
	const struct dsv_member *who = NULL;
	int rc = dsv_sign_of_commit(repo, &info->oid, &key);

	if (rc == DSV_ECANCELLED || rc == DSV_EIO || rc == DSV_EGIT)
		return rc;
	if (rc > 0)
		who = dsv_people_by_key(people, &key.blob);
	else if (rc < 0)
		dsv_error_clear(); /* a false signature says nothing */
	if (!who)
		add_unknown(out, info);
	else if (dsv_strlist_find(&out->people, who->id) < 0)
		dsv_strlist_add(&out->people, who->id);
	return 0;
}

int dsv_authorship_read(struct dsv_authorship *out, struct dsv_repo *repo,
			const struct dsv_version *base,
			const struct dsv_version *head,
			const struct dsv_people *people)
{
	struct dsv_authorship found DSV_AUTO(authorship) = DSV_AUTHORSHIP_INIT;
	struct dsv_strlist revs DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_walk *walk DSV_AUTO(walk) = NULL;
	struct dsv_walk_opts opts = {.revs = &revs};
	const struct dsv_commit_info *info;
	char hex[DSV_OID_HEX];
	int rc;

	if (head->at != DSV_AT_COMMIT)
		return 0;
	dsv_strlist_add(&revs, dsv_oid_hex(&head->commit, hex));
	if (base->at == DSV_AT_COMMIT)
		dsv_strlist_take(
			&revs,
			dsv_strf("^%s", dsv_oid_hex(&base->commit, hex)));
	rc = dsv_walk_open(&walk, repo, &opts);
	if (rc < 0)
		return rc;
	while ((rc = dsv_walk_next(walk, &info)) > 0) {
		rc = add_commit(&found, repo, info, people);
		if (rc < 0)
			return rc;
	}
	if (rc < 0)
		return rc;
	*out = found;
	found = (struct dsv_authorship)DSV_AUTHORSHIP_INIT;
	return 0;
}
