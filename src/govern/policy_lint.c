#include <dsv/policy.h>

#include <stdlib.h>
#include <string.h>

#include <dsv/checklist.h>
#include <dsv/dataset.h>
#include <dsv/error.h>
#include <dsv/text.h>

#include "base/alloc.h"

/* What a policy is held against. */
struct lint {
	struct dsv_repo *repo;
	const struct dsv_version *version;
	struct dsv_people people;
	struct dsv_datasets sets;
	struct dsv_policy_faults *out;
};

static void lint_release(struct lint *lint)
{
	dsv_people_release(&lint->people);
	dsv_datasets_release(&lint->sets);
}

static void lint_auto(struct lint *lint)
{
	lint_release(lint);
}

static void add(struct lint *lint, unsigned line, char *text, char *next)
{
	struct dsv_policy_faults *out = lint->out;

	out->items = dsv_realloc(out->items, out->n + 1, sizeof(*out->items));
	out->items[out->n++] = (struct dsv_policy_fault){
		.line = line, .error = true, .text = text, .next = next};
}

static void warn(struct lint *lint, unsigned line, char *text, char *next)
{
	add(lint, line, text, next);
	lint->out->items[lint->out->n - 1].error = false;
}

static void check_role(struct lint *lint, const struct dsv_requirement *it,
		       uint64_t needed)
{
	size_t holders;

	if (!it->role)
		return;
	holders = dsv_people_holding(&lint->people, it->role);
	if (holders >= needed)
		return;
	if (holders == 0)
		add(lint, it->line,
		    dsv_strf("nobody holds the role '%s'", it->role),
		    dsv_strf("dsv people add ID --role %s --key FILE",
			     it->role));
	else
		add(lint, it->line,
		    dsv_strf("%llu people of the role '%s' are asked for, %zu "
			     "hold it",
			     (unsigned long long)needed, it->role, holders),
		    dsv_strf("dsv people add ID --role %s --key FILE",
			     it->role));
}

static int check_checklist(struct lint *lint, const struct dsv_requirement *it)
{
	struct dsv_checklist list DSV_AUTO(checklist) = DSV_CHECKLIST_INIT;
	int rc;

	if (!it->checklist)
		return 0;
	rc = dsv_checklist_read(&list, lint->repo, lint->version,
				it->checklist);
	if (rc == DSV_ENOTFOUND || rc == DSV_ESYNTAX) {
		add(lint, it->line, dsv_strdup(dsv_error_message()),
		    rc == DSV_ENOTFOUND ? dsv_strf("dsv signoff checklist %s",
						   it->checklist)
					: NULL);
		dsv_error_clear();
		return 0;
	}
	return rc;
}

static void check_datasets(struct lint *lint, const struct dsv_requirement *it)
{
	struct dsv_strlist known DSV_AUTO(strlist) = DSV_STRLIST_INIT;

	for (size_t i = 0; i < lint->sets.n; i++)
		dsv_strlist_add(&known, lint->sets.items[i].name);
	for (size_t i = 0; i < it->datasets.n; i++) {
		const char *name = it->datasets.items[i];
		const char *near;

		if (dsv_datasets_named(&lint->sets, name))
			continue;
		near = dsv_nearest(name, &known);
		add(lint, it->line,
		    dsv_strf("dataset '%s' does not exist", name),
		    near ? dsv_strf("did you mean '%s'?", near) : NULL);
	}
}

static int check_requirement(struct lint *lint,
			     const struct dsv_requirement *it)
{
	uint64_t needed =
		it->kind == DSV_REQUIRES_AUDIT ? it->raters : it->count;

	check_role(lint, it, needed);
	check_datasets(lint, it);
	if (it->kind == DSV_REQUIRES_SIGNOFF && it->count == 1 &&
	    !it->not_author)
		warn(lint, it->line,
		     dsv_strf("'%s' may approve a change of his own", it->role),
		     dsv_strdup("add not_author: true"));
	return check_checklist(lint, it);
}

static int check_target(struct lint *lint,
			const struct dsv_policy_target *target)
{
	bool governed = false;
	int rc;

	for (size_t i = 0; i < target->n; i++) {
		rc = check_requirement(lint, &target->items[i]);
		if (rc < 0)
			return rc;
		governed |= target->items[i].kind == DSV_REQUIRES_GOVERNANCE;
	}
	if (!governed)
		add(lint, target->line,
		    dsv_strf("no word on who may change the policy of '%s', so "
			     "nobody may",
			     target->pattern),
		    dsv_strdup("add governance: {role: ROLE, count: N}"));
	return 0;
}

static int by_line(const void *a, const void *b)
{
	const struct dsv_policy_fault *x = a, *y = b;

	return (x->line > y->line) - (x->line < y->line);
}

int dsv_policy_lint(const struct dsv_policy *policy, struct dsv_repo *repo,
		    const struct dsv_version *version,
		    struct dsv_policy_faults *out)
{
	struct dsv_policy_faults faults DSV_AUTO(policy_faults) =
		DSV_POLICY_FAULTS_INIT;
	struct lint lint __attribute__((cleanup(lint_auto))) = {
		.repo = repo, .version = version, .out = &faults};
	int rc;

	if ((rc = dsv_people_read(&lint.people, repo, version)) < 0 ||
	    (rc = dsv_datasets_read(&lint.sets, repo, version)) < 0)
		return rc;
	for (size_t i = 0; i < policy->n_targets; i++) {
		rc = check_target(&lint, &policy->targets[i]);
		if (rc < 0)
			return rc;
	}
	if (faults.n)
		qsort(faults.items, faults.n, sizeof(*faults.items), by_line);
	*out = faults;
	faults = (struct dsv_policy_faults)DSV_POLICY_FAULTS_INIT;
	return 0;
}

void dsv_policy_faults_release(struct dsv_policy_faults *faults)
{
	for (size_t i = 0; i < faults->n; i++) {
		free(faults->items[i].text);
		free(faults->items[i].next);
	}
	free(faults->items);
	*faults = (struct dsv_policy_faults)DSV_POLICY_FAULTS_INIT;
}
