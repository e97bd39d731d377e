#include "govern/gate.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>
#include <dsv/text.h>

#include "base/alloc.h"
#include "repo/ancestry.h"
#include "repo/branch.h"

void dsv_gate_answer(struct dsv_gate *gate, const struct dsv_gate_item *item)
{
	const struct dsv_requirement *it = item->requirement;
	struct dsv_verdict *verdict = gate->verdict;
	const char *name = item->name;

	if (!name)
		name = it->kind == DSV_REQUIRES_SIGNOFF
			       ? it->role
			       : dsv_requires_name(it->kind);
	verdict->items = dsv_realloc(verdict->items, verdict->n + 1,
				     sizeof(*verdict->items));
	verdict->items[verdict->n++] = (struct dsv_verdict_item){
		.dataset = dsv_strdup(item->dataset),
		.state = item->state,
		.name = dsv_strdup(name),
		.kind = it ? it->kind : DSV_REQUIRES_KINDS,
		.line = it ? it->line : 0,
		.found = item->found,
		.next = item->next,
	};
}

int dsv_gate_error(struct dsv_gate *gate, int rc, const char *dataset,
		   const char *name, const struct dsv_requirement *requirement)
{
	const char *hint = dsv_error_hint();

	if (rc == DSV_ECANCELLED || rc == DSV_EUSAGE)
		return rc;
	dsv_gate_answer(gate, &(struct dsv_gate_item){
				      .dataset = dataset,
				      .state = DSV_CHECK_ERROR,
				      .name = name,
				      .requirement = requirement,
				      .found = dsv_strdup(dsv_error_message()),
				      .next = hint ? dsv_strdup(hint) : NULL});
	dsv_error_clear();
	return 0;
}

int dsv_gate_check_rules(const struct dsv_gate *gate)
{
	const struct dsv_verdict *verdict = gate->verdict;

	for (size_t i = 0; i < verdict->n; i++) {
		const struct dsv_verdict_item *item = &verdict->items[i];

		if (item->state != DSV_CHECK_ERROR)
			continue;
		dsv_fail(DSV_EREFUSED, "%s", item->found);
		if (item->next)
			dsv_hint(DSV_EREFUSED, "%s", item->next);
		return DSV_EREFUSED;
	}
	if (gate->repository_fault)
		return dsv_fail(DSV_EREFUSED, "%s", gate->repository_fault);
	return 0;
}

/* A tip that may not be there: nothing then. */
static int tip_of(struct dsv_repo *repo, const char *branch,
		  struct dsv_version *out)
{
	int rc = dsv_branch_tip(repo, branch, &out->commit);

	out->at = rc > 0 ? DSV_AT_COMMIT : DSV_AT_NOTHING;
	return rc < 0 ? rc : 0;
}

static int no_branch(const char *branch)
{
	int rc = dsv_fail(DSV_ENOTFOUND,
			  "no branch '%s' is here, and none was fetched",
			  branch);

	return dsv_hint(rc, "to judge against a commit: dsv check COMMIT "
			    "--target BRANCH");
}

static int find_base(struct dsv_gate *gate, const char *branch)
{
	const struct dsv_check_opts *opts = gate->opts;
	int rc;

	if (opts->base) {
		gate->base = *opts->base;
		return 0;
	}
	if (opts->base_rev)
		return dsv_repo_resolve(gate->repo, opts->base_rev,
					&gate->base);
	rc = tip_of(gate->repo, branch, &gate->base);
	if (rc < 0)
		return rc;
	return gate->base.at == DSV_AT_COMMIT ? 0 : no_branch(branch);
}

static int find_head(struct dsv_gate *gate)
{
	struct dsv_branch branch DSV_AUTO(branch) = DSV_BRANCH_INIT;
	const struct dsv_check_opts *opts = gate->opts;
	int rc;

	if (opts->head) {
		gate->head = *opts->head;
		if (opts->head_name)
			gate->verdict->head_name = dsv_strdup(opts->head_name);
		return 0;
	}
	rc = dsv_repo_head(gate->repo, &gate->head);
	if (rc == 0)
		rc = dsv_branch_read(&branch, gate->repo);
	gate->verdict->head_name = dsv_take(&branch.name);
	return rc;
}

/* A clone that is cut off cannot tell all, which is an answer. */
static int take_fault(struct dsv_gate *gate, int rc)
{
	const char *hint = dsv_error_hint();

	if (rc != DSV_EUNSUPPORTED)
		return rc;
	free(gate->repository_fault);
	free(gate->repository_next);
	gate->repository_fault = dsv_strdup(dsv_error_message());
	gate->repository_next = hint ? dsv_strdup(hint) : NULL;
	dsv_error_clear();
	return 0;
}

static int find_fork(struct dsv_gate *gate)
{
	int rc;

	gate->fork.at = DSV_AT_NOTHING;
	gate->since = gate->base;
	if (gate->base.at != DSV_AT_COMMIT || gate->head.at != DSV_AT_COMMIT)
		return 0;
	if (dsv_oid_equal(&gate->base.commit, &gate->head.commit)) {
		gate->since.at = DSV_AT_NOTHING;
		return 0;
	}
	rc = dsv_ancestry_base(gate->repo, &gate->base.commit,
			       &gate->head.commit, &gate->fork.commit);
	if (rc < 0)
		return take_fault(gate, rc);
	if (rc > 0)
		gate->fork.at = DSV_AT_COMMIT;
	gate->crossed = rc > 1;
	return 0;
}

static int find_versions(struct dsv_gate *gate)
{
	struct dsv_buf branch DSV_AUTO(buf) = DSV_BUF_INIT;
	const struct dsv_check_opts *opts = gate->opts;
	int rc = 0;

	if (opts->target)
		dsv_buf_addstr(&branch, opts->target);
	else
		rc = dsv_repo_target(gate->repo, &branch);
	if (rc < 0)
		return rc;
	gate->ref = dsv_strf("refs/heads/%s", dsv_buf_str(&branch));
	gate->verdict->target = dsv_strdup(dsv_buf_str(&branch));
	rc = find_base(gate, dsv_buf_str(&branch));
	if (rc < 0)
		return rc;
	gate->rules = opts->rules ? *opts->rules : gate->base;
	rc = find_head(gate);
	if (rc < 0)
		return rc;
	gate->verdict->base = gate->base;
	gate->verdict->head = gate->head;
	return find_fork(gate);
}

/* The target's rules with a fault are an answer, not a failure. */
static int read_rules(struct dsv_gate *gate)
{
	struct dsv_verdict *verdict = gate->verdict;
	int rc;

	rc = dsv_policy_read(&gate->policy, gate->repo, &gate->rules);
	verdict->has_policy = rc < 0; /* one that cannot be read */
	if (rc < 0)
		return dsv_gate_error(gate, rc, "", "policy", NULL);
	verdict->has_policy = gate->policy.exists;
	verdict->policy = gate->policy.digest;
	gate->target = dsv_policy_for(&gate->policy, verdict->target);
	rc = dsv_people_read(&gate->people, gate->repo, &gate->rules);
	return rc < 0 ? dsv_gate_error(gate, rc, "", "people", NULL) : 0;
}

/* So that head itself can become the tip. */
static bool holds_base(const struct dsv_gate *gate)
{
	return gate->fork.at == DSV_AT_COMMIT &&
	       dsv_oid_equal(&gate->fork.commit, &gate->base.commit);
}

/* The repository is known by the first commit of its first-parent line; a
 * merge the wrong way round must not give it another. */
static int check_root(struct dsv_gate *gate, const char *root)
{
	struct dsv_buf other DSV_AUTO(buf) = DSV_BUF_INIT;
	const char *target = gate->verdict->target;
	int rc;

	if (!holds_base(gate))
		return 0;
	rc = dsv_repo_identity(gate->repo, &gate->head, &other);
	if (rc < 0 || strcmp(dsv_buf_str(&other), root) == 0)
		return rc;
	rc = dsv_fail(DSV_EUNSUPPORTED,
		      "with this, the first-parent line of '%s' would begin "
		      "in another repository",
		      target);
	return dsv_hint(rc, "switch to '%s' and merge the branch there",
			target);
}

static int read_identity(struct dsv_gate *gate)
{
	struct dsv_buf id DSV_AUTO(buf) = DSV_BUF_INIT;
	const struct dsv_version *of =
		gate->base.at == DSV_AT_COMMIT	  ? &gate->base
		: gate->rules.at == DSV_AT_COMMIT ? &gate->rules
						  : &gate->head;
	int rc = dsv_repo_identity(gate->repo, of, &id);

	if (rc == 0)
		rc = check_root(gate, dsv_buf_str(&id));
	rc = take_fault(gate, rc);
	gate->repository = dsv_strdup(dsv_buf_str(&id));
	return rc;
}

static int read_evidence(struct dsv_gate *gate)
{
	int rc = 0;

	gate->evidence = gate->opts->evidence;
	if (!gate->evidence) {
		rc = dsv_evidence_open(&gate->owned, gate->repo);
		gate->evidence = gate->owned;
	}
	if (rc < 0)
		return rc;
	/* judged by the target's people, whoever opened it */
	dsv_evidence_judge(gate->evidence, &gate->people);
	return 0;
}

static struct dsv_gate_set *add_set(struct dsv_gate *gate, const char *name)
{
	struct dsv_gate_set *set;

	for (size_t i = 0; i < gate->n_sets; i++) {
		if (strcmp(gate->sets[i].name, name) == 0)
			return &gate->sets[i];
	}
	gate->sets =
		dsv_realloc(gate->sets, gate->n_sets + 1, sizeof(*gate->sets));
	set = &gate->sets[gate->n_sets++];
	*set = (struct dsv_gate_set){.name = name};
	return set;
}

static bool same(const struct dsv_snapshot *a, const struct dsv_snapshot *b)
{
	if (!a || !b)
		return !a && !b;
	return dsv_id_equal(&a->id, &b->id);
}

/* What the change does to a dataset, and what the target did meanwhile. */
static void place_set(struct dsv_gate *gate, struct dsv_gate_set *set)
{
	const bool forked = gate->fork.at == DSV_AT_COMMIT;

	set->set = dsv_datasets_named(&gate->definitions, set->name);
	set->head = dsv_snapshots_named(&gate->at_head, set->name);
	set->tip = dsv_snapshots_named(&gate->at_base, set->name);
	set->fork = dsv_snapshots_named(&gate->at_fork, set->name);
	set->judged = !forked || gate->crossed || !same(set->head, set->fork);
	set->moved_on = forked && set->judged &&
			(gate->crossed || !same(set->tip, set->fork));
	/* both did the same: there is nothing left to judge */
	if (set->moved_on && same(set->head, set->tip))
		set->judged = set->moved_on = false;
}

static void tell_sets(struct dsv_gate *gate)
{
	struct dsv_verdict *verdict = gate->verdict;

	verdict->datasets =
		dsv_alloc_zero(gate->n_sets + 1, sizeof(*verdict->datasets));
	for (size_t i = 0; i < gate->n_sets; i++) {
		const struct dsv_gate_set *set = &gate->sets[i];
		struct dsv_verdict_dataset *out =
			&verdict->datasets[verdict->n_datasets++];

		out->name = dsv_strdup(set->name);
		out->changed = set->judged;
		if (set->head)
			out->snapshot = set->head->id;
		if (set->tip)
			out->base = set->tip->id;
	}
}

static int read_sets(struct dsv_gate *gate)
{
	struct dsv_repo *repo = gate->repo;
	int rc;

	if ((rc = dsv_datasets_read(&gate->definitions, repo, &gate->head)) <
		    0 ||
	    (rc = dsv_snapshots_read(&gate->at_head, repo, &gate->head)) < 0)
		return rc;
	if ((rc = dsv_snapshots_read(&gate->at_base, repo, &gate->since)) < 0 ||
	    (rc = dsv_snapshots_read(&gate->at_fork, repo, &gate->fork)) < 0)
		return rc;
	for (size_t i = 0; i < gate->at_head.n; i++)
		add_set(gate, gate->at_head.items[i].dataset);
	for (size_t i = 0; i < gate->at_base.n; i++)
		add_set(gate, gate->at_base.items[i].dataset);
	for (size_t i = 0; i < gate->n_sets; i++)
		place_set(gate, &gate->sets[i]);
	tell_sets(gate);
	return 0;
}

/* A branch that begins is compared with the one whose rules hold for it. */
static const struct dsv_version *start_of(const struct dsv_gate *gate)
{
	return gate->base.at == DSV_AT_COMMIT ? &gate->base : &gate->rules;
}

const struct dsv_version *dsv_gate_rules_since(const struct dsv_gate *gate)
{
	return gate->fork.at == DSV_AT_COMMIT && !gate->crossed
		       ? &gate->fork
		       : start_of(gate);
}

static int read_change(struct dsv_gate *gate)
{
	int rc;

	rc = read_sets(gate);
	if (rc < 0)
		return dsv_gate_error(gate, rc, "", "data", NULL);
	rc = dsv_governance_read(&gate->governance, gate->repo,
				 dsv_gate_rules_since(gate), &gate->head);
	if (rc == 0 && gate->governance.changed)
		rc = dsv_governance_base(gate->repo, start_of(gate),
					 &gate->rules_base);
	if (rc < 0)
		rc = dsv_gate_error(gate, rc, "", "governance", NULL);
	if (rc < 0)
		return rc;
	return dsv_authorship_read(&gate->authorship, gate->repo,
				   start_of(gate), &gate->head, &gate->people);
}

int dsv_gate_open(struct dsv_gate *gate, struct dsv_repo *repo,
		  const struct dsv_check_opts *opts)
{
	int rc;

	gate->repo = repo;
	gate->opts = opts;
	gate->now_s = opts->now_s ? opts->now_s : dsv_now_s();
	gate->verdict = dsv_alloc_zero(1, sizeof(*gate->verdict));
	if ((rc = find_versions(gate)) < 0 || (rc = read_rules(gate)) < 0 ||
	    (rc = read_identity(gate)) < 0 || (rc = read_evidence(gate)) < 0)
		return rc;
	return read_change(gate);
}

static void release_set(struct dsv_gate_set *set)
{
	dsv_buf_release(&set->faults);
	dsv_map_release(&set->labels);
	for (size_t i = 0; i < set->n_counts; i++) {
		free(set->counts[i].column);
		free(set->counts[i].value);
	}
	free(set->counts);
	dsv_strlist_release(&set->differing);
	dsv_strlist_release(&set->blobs);
}

void dsv_gate_release(struct dsv_gate *gate)
{
	for (size_t i = 0; i < gate->n_sets; i++)
		release_set(&gate->sets[i]);
	free(gate->sets);
	dsv_snapshots_release(&gate->at_head);
	dsv_snapshots_release(&gate->at_base);
	dsv_snapshots_release(&gate->at_fork);
	dsv_datasets_release(&gate->definitions);
	dsv_governance_release(&gate->governance);
	dsv_authorship_release(&gate->authorship);
	dsv_evidence_free(&gate->owned);
	dsv_people_release(&gate->people);
	dsv_policy_release(&gate->policy);
	dsv_scan_free(&gate->scan);
	dsv_verdict_free(&gate->verdict);
	free(gate->ref);
	free(gate->repository);
	free(gate->repository_fault);
	free(gate->repository_next);
}
