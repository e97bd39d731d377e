#include "govern/audit_plan.h"

#include <string.h>
#include <strings.h>

#include <dsv/error.h>
#include <dsv/signer.h>

#include "base/alloc.h"
#include "govern/people_check.h"

int dsv_auditor_find(struct dsv_gate *gate, const char *key,
		     const struct dsv_member **out)
{
	struct dsv_ssh_key used DSV_AUTO(ssh_key) = {.type = NULL};
	int rc = dsv_sign_key(gate->repo, key, &used);

	if (rc < 0)
		return rc;
	*out = dsv_people_by_key(&gate->people, &used.blob);
	if (*out)
		return 0;
	return dsv_people_stranger(&gate->people, gate->verdict->target, &used);
}

const struct dsv_requirement *dsv_audit_asked(const struct dsv_gate *gate,
					      const char *dataset)
{
	const struct dsv_policy_target *target = gate->target;

	for (size_t i = 0; target && i < target->n; i++) {
		const struct dsv_requirement *it = &target->items[i];

		if (it->kind == DSV_REQUIRES_AUDIT &&
		    (it->datasets.n == 0 ||
		     dsv_strlist_find(&it->datasets, dataset) >= 0))
			return it;
	}
	return NULL;
}

int dsv_auditor_role(const struct dsv_gate *gate,
		     const struct dsv_member *member,
		     const struct dsv_requirement *asked, bool is_judge,
		     const char **out)
{
	const char *role = asked ? asked->role : NULL;
	const char *target = gate->verdict->target;

	if (role && dsv_member_has_role(member, role)) {
		*out = role;
		return 0;
	}
	if (role && is_judge) {
		dsv_fail(DSV_EREFUSED,
			 "'%s' does not hold the role '%s', which the policy "
			 "of '%s' asks of auditors",
			 member->id, role, target);
		return dsv_hint(DSV_EREFUSED,
				"to enrol: 'dsv people add %s --role %s', "
				"brought to '%s'",
				member->id, role, target);
	}
	if (member->roles.n > 0) {
		*out = member->roles.items[0];
		return 0;
	}
	dsv_fail(DSV_EREFUSED, "'%s' holds no role on '%s'", member->id,
		 target);
	return dsv_hint(DSV_EREFUSED,
			"a statement is signed in a role: 'dsv people add %s "
			"--role auditor', brought to '%s'",
			member->id, target);
}

static int is_author(const struct dsv_member *member)
{
	dsv_fail(DSV_EREFUSED, "'%s' is an author of the change", member->id);
	return dsv_hint(DSV_EREFUSED,
			"an audit is planned and judged by somebody who is "
			"neither author nor annotator");
}

/* An address can be forged, so it clears nobody; but whoever gives an own one
 * is taken at their word. */
static int check_addresses(const struct dsv_gate *gate,
			   const struct dsv_audit_at *at,
			   const struct dsv_member *member)
{
	struct dsv_strlist revs DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_walk *walk DSV_AUTO(walk) = NULL;
	const struct dsv_walk_opts opts = {.revs = &revs};
	const struct dsv_commit_info *info;
	char hex[DSV_OID_HEX];
	int rc;

	dsv_strlist_add(&revs, dsv_oid_hex(&at->head.commit, hex));
	if (at->base.at == DSV_AT_COMMIT)
		dsv_strlist_take(
			&revs,
			dsv_strf("^%s", dsv_oid_hex(&at->base.commit, hex)));
	rc = dsv_walk_open(&walk, gate->repo, &opts);
	if (rc < 0)
		return rc;
	while ((rc = dsv_walk_next(walk, &info)) > 0)
		for (size_t i = 0; i < member->emails.n; i++)
			if (strcasecmp(member->emails.items[i],
				       info->author.email) == 0)
				return is_author(member);
	return rc;
}

int dsv_auditor_check_author(const struct dsv_gate *gate,
			     const struct dsv_audit_at *at,
			     const struct dsv_member *member)
{
	struct dsv_authorship authors DSV_AUTO(authorship) =
		DSV_AUTHORSHIP_INIT;
	int rc = dsv_authorship_read(&authors, gate->repo, &at->base, &at->head,
				     &gate->people);

	if (rc < 0)
		return rc;
	if (dsv_strlist_find(&authors.people, member->id) >= 0)
		return is_author(member);
	return authors.unknown > 0 ? check_addresses(gate, at, member) : 0;
}

int dsv_auditor_is_annotator(const struct dsv_watch *watch)
{
	dsv_fail(DSV_EREFUSED, "'%s' annotated what is judged, '%s' for one",
		 watch->found->id, watch->where);
	return dsv_hint(DSV_EREFUSED,
			"an audit is planned and judged by somebody who is "
			"neither author nor annotator");
}
