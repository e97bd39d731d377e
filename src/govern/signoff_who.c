#include "govern/signoff_private.h"

#include <string.h>

#include <dsv/error.h>
#include <dsv/signer.h>
#include <dsv/text.h>

#include "base/alloc.h"
#include "govern/people_check.h"

static const char *target_of(const struct dsv_signoff_work *work)
{
	return work->gate.verdict->target;
}

int dsv_signoff_find_member(struct dsv_signoff_work *work)
{
	struct dsv_ssh_key key DSV_AUTO(ssh_key) = {.type = NULL};
	int rc = dsv_sign_key(work->gate.repo, work->opts->key, &key);

	if (rc < 0)
		return rc;
	work->member = dsv_people_by_key(&work->gate.people, &key.blob);
	if (!work->member)
		return dsv_people_stranger(&work->gate.people, target_of(work),
					   &key);
	work->out->person = dsv_strdup(work->member->id);
	work->out->person_name = dsv_strdup(work->member->name);
	return 0;
}

/* Is a word of this requirement wanted for what is decided? */
static bool is_asked(const struct dsv_signoff_work *work,
		     const struct dsv_requirement *it)
{
	if (work->opts->decision == DSV_OVERRIDE)
		return it->kind == DSV_REQUIRES_OVERRIDE;
	if (it->kind == DSV_REQUIRES_GOVERNANCE)
		return work->gate.governance.changed;
	return it->kind == DSV_REQUIRES_SIGNOFF ||
	       (it->kind == DSV_REQUIRES_OVERRIDE &&
		work->opts->decision == DSV_WITHDRAW);
}

/* The member's roles that the policy asks for; where it asks nothing of the
 * target, all of them. */
static void list_roles(const struct dsv_signoff_work *work,
		       struct dsv_strlist *out)
{
	const struct dsv_policy_target *target = work->gate.target;

	if (!target) {
		dsv_strlist_copy(out, &work->member->roles);
		return;
	}
	for (size_t i = 0; i < target->n; i++) {
		const struct dsv_requirement *it = &target->items[i];

		if (it->role && is_asked(work, it) &&
		    dsv_member_has_role(work->member, it->role) &&
		    dsv_strlist_find(out, it->role) < 0)
			dsv_strlist_add(out, it->role);
	}
}

static void join(struct dsv_buf *out, const struct dsv_strlist *list)
{
	for (size_t i = 0; i < list->n; i++)
		dsv_buf_addf(out, "%s%s", i ? ", " : "", list->items[i]);
}

static int has_not(const struct dsv_signoff_work *work, const char *role)
{
	struct dsv_buf holders DSV_AUTO(buf) = DSV_BUF_INIT;
	const struct dsv_people *people = &work->gate.people;

	for (size_t i = 0; i < people->n; i++)
		if (dsv_member_has_role(&people->items[i], role))
			dsv_buf_addf(&holders, "%s%s", holders.len ? ", " : "",
				     people->items[i].id);
	dsv_fail(DSV_EREFUSED, "'%s' does not hold the role '%s' on '%s'",
		 work->member->id, role, target_of(work));
	if (holders.len)
		return dsv_hint(DSV_EREFUSED,
				"who does: %s. To enrol: 'dsv people add %s "
				"--role %s', brought to '%s'",
				holders.data, work->member->id, role,
				target_of(work));
	return dsv_hint(DSV_EREFUSED,
			"nobody does. To enrol: 'dsv people add %s --role %s', "
			"brought to '%s'",
			work->member->id, role, target_of(work));
}

static int not_asked(const struct dsv_signoff_work *work)
{
	struct dsv_buf roles DSV_AUTO(buf) = DSV_BUF_INIT;

	join(&roles, &work->member->roles);
	dsv_fail(DSV_EREFUSED,
		 "the policy of '%s' asks '%s' for no word on "
		 "this",
		 target_of(work), work->member->id);
	if (!roles.len)
		return dsv_hint(DSV_EREFUSED,
				"they hold no role; to enrol: 'dsv people add "
				"%s --role ROLE', brought to '%s'",
				work->member->id, target_of(work));
	return dsv_hint(DSV_EREFUSED,
			"they hold: %s; to sign all the same name one with "
			"--role",
			roles.data);
}

int dsv_signoff_find_role(struct dsv_signoff_work *work)
{
	struct dsv_strlist roles DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_buf words DSV_AUTO(buf) = DSV_BUF_INIT;
	const char *role = work->opts->role;

	if (role && !dsv_member_has_role(work->member, role))
		return has_not(work, role);
	if (!role) {
		list_roles(work, &roles);
		if (roles.n == 0)
			return not_asked(work);
		if (roles.n > 1) {
			join(&words, &roles);
			dsv_fail(DSV_EUSAGE,
				 "'%s' can sign in several roles: "
				 "%s",
				 work->member->id, words.data);
			return dsv_hint(DSV_EUSAGE, "name one with --role");
		}
		role = roles.items[0];
	}
	work->out->role = dsv_strdup(role);
	return 0;
}

static bool covers(const struct dsv_requirement *it, const char *dataset)
{
	return it->datasets.n == 0 ||
	       dsv_strlist_find(&it->datasets, dataset) >= 0;
}

bool dsv_signoff_concerns(const struct dsv_signoff_work *work,
			  const char *dataset)
{
	const struct dsv_policy_target *target = work->gate.target;
	const bool is_rules = strcmp(dataset, DSV_GOVERNANCE) == 0;
	const enum dsv_requires kind = is_rules ? DSV_REQUIRES_GOVERNANCE
				       : work->opts->decision == DSV_OVERRIDE
					       ? DSV_REQUIRES_OVERRIDE
					       : DSV_REQUIRES_SIGNOFF;
	bool asked = false;

	if (!target)
		return !is_rules;
	for (size_t i = 0; i < target->n; i++) {
		const struct dsv_requirement *it = &target->items[i];

		if (!it->role || strcmp(it->role, work->out->role) != 0)
			continue;
		if (it->kind == kind && (is_rules || covers(it, dataset)))
			return true;
		asked |= it->kind == DSV_REQUIRES_SIGNOFF ||
			 it->kind == DSV_REQUIRES_GOVERNANCE ||
			 it->kind == DSV_REQUIRES_OVERRIDE;
	}
	/* a role that was named and that nobody asked for */
	return work->opts->role && !asked && !is_rules;
}
