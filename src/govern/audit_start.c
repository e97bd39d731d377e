#include "govern/audit_plan.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <dsv/change_digest.h>
#include <dsv/error.h>
#include <dsv/status.h>

#include "base/alloc.h"

static void planning_release(struct dsv_planning *p)
{
	dsv_gate_release(&p->gate);
}

static bool has_data(const struct dsv_gate_set *set)
{
	return set->head != NULL && set->set != NULL;
}

/* The one that changed; of one dataset alone, that one. */
static const struct dsv_gate_set *guess_set(const struct dsv_planning *p,
					    struct dsv_buf *names)
{
	const struct dsv_gate_set *found = NULL;
	const struct dsv_gate_set *only = NULL;
	size_t n = 0, n_changed = 0;

	for (size_t i = 0; i < p->gate.n_sets; i++) {
		const struct dsv_gate_set *set = &p->gate.sets[i];

		if (!has_data(set))
			continue;
		dsv_buf_addf(names, "%s%s", n++ ? ", " : "", set->name);
		only = set;
		if (!set->judged)
			continue;
		n_changed++;
		found = set;
	}
	if (n_changed == 1)
		return found;
	return n == 1 ? only : NULL;
}

static int find_set(struct dsv_planning *p)
{
	struct dsv_buf names DSV_AUTO(buf) = DSV_BUF_INIT;
	const char *name = p->opts->dataset;

	for (size_t i = 0; name && i < p->gate.n_sets; i++)
		if (strcmp(p->gate.sets[i].name, name) == 0 &&
		    has_data(&p->gate.sets[i])) {
			p->set = &p->gate.sets[i];
			return 0;
		}
	p->set = guess_set(p, &names);
	if (p->set && !name)
		return 0;
	if (names.len == 0)
		return dsv_fail(DSV_ENOTFOUND, "no dataset is defined in "
					       "HEAD");
	if (name)
		dsv_fail(DSV_ENOTFOUND, "no dataset '%s'", name);
	else
		dsv_fail(DSV_EUSAGE, "which dataset?");
	return dsv_hint(name ? DSV_ENOTFOUND : DSV_EUSAGE,
			"--dataset NAME, one of: %s", names.data);
}

static bool is_of_set(const struct dsv_planning *p, const char *path)
{
	return strcmp(path, DSV_DATASETS_PATH) == 0 ||
	       dsv_dataset_matches(p->set->set, path);
}

static const char *find_dirty(const struct dsv_planning *p,
			      const struct dsv_status_files *files)
{
	for (size_t i = 0; i < files->n; i++)
		if (is_of_set(p, files->items[i].path))
			return files->items[i].path;
	return NULL;
}

/* A plan is about a snapshot; what the work tree has beside it would not be
 * judged, and whoever sees it would think it was. */
static int check_clean(const struct dsv_planning *p)
{
	struct dsv_status status DSV_AUTO(status) = DSV_STATUS_INIT;
	const struct dsv_status_opts opts = {.no_untracked = true};
	const char *path;
	int rc;

	if (p->opts->head || !dsv_repo_workdir(p->repo))
		return 0;
	rc = dsv_status(p->repo, &opts, &status);
	if (rc < 0)
		return rc;
	path = find_dirty(p, &status.staged);
	if (!path)
		path = find_dirty(p, &status.unstaged);
	if (!path)
		return 0;
	dsv_fail(DSV_EREFUSED, "'%s' has changes that are not committed", path);
	return dsv_hint(DSV_EREFUSED, "an audit is about a commit: 'dsv commit "
				      "-a' first");
}

/* Somebody drew already, and nobody knows yet how it ends. */
static int refuse_open(const struct dsv_audit *audit, const char *target)
{
	const unsigned long long number = audit->plan->statement.plan.number;

	dsv_fail(DSV_EREFUSED,
		 "audit %llu of this snapshot for '%s' is open: %s drew it",
		 number, target, audit->plan->statement.person);
	return dsv_hint(DSV_EREFUSED,
			"finish it: dsv audit finish audit-%llu.csv (the sheet "
			"again: dsv audit show %llu --sheet FILE)",
			number, number);
}

static bool same_text(const char *a, const char *b)
{
	return (!a && !b) || (a && b && strcmp(a, b) == 0);
}

static bool is_same(const struct dsv_planning *p,
		    const struct dsv_statement *it)
{
	const struct dsv_statement_plan *plan = &p->out->plan;

	return strcmp(it->repository, p->gate.repository) == 0 &&
	       strcmp(it->target, p->gate.ref) == 0 &&
	       strcmp(it->dataset, p->set->name) == 0 &&
	       strcmp(it->plan.of, plan->of) == 0 &&
	       strcmp(it->plan.field, plan->field) == 0 &&
	       same_text(it->plan.label, plan->label);
}

static int check_open(struct dsv_planning *p)
{
	struct dsv_audits audits DSV_AUTO(audits) = DSV_AUDITS_INIT;
	const struct dsv_audits_opts opts = {.snapshot = &p->set->head->id,
					     .head = &p->at.head,
					     .base = &p->gate.since};
	int rc = dsv_audits_read(&audits, p->repo, p->gate.evidence, &opts);

	for (size_t i = 0; rc == 0 && i < audits.n; i++) {
		const struct dsv_audit *it = &audits.items[i];

		if (it->state == DSV_AUDIT_OPEN &&
		    it->plan->trust == DSV_TRUSTED &&
		    is_same(p, &it->plan->statement))
			rc = refuse_open(it, p->gate.verdict->target);
	}
	return rc;
}

/* What A..B names may be wider than the change. */
static int check_author(const struct dsv_planning *p)
{
	const struct dsv_audit_at change = {p->gate.base, p->gate.head};

	return dsv_auditor_check_author(
		&p->gate, p->opts->base ? &p->at : &change, p->member);
}

static int find_versions(struct dsv_planning *p)
{
	p->at.head = p->gate.head;
	p->at.base = p->opts->base ? *p->opts->base : p->gate.since;
	if (p->opts->base || !p->set->moved_on)
		return 0;
	dsv_fail(DSV_EREFUSED, "'%s' changed '%s' since this branch left it",
		 p->gate.verdict->target, p->set->name);
	return dsv_hint(DSV_EREFUSED,
			"dsv merge %s, and audit what comes of "
			"it",
			p->gate.verdict->target);
}

static int fill_base(struct dsv_planning *p)
{
	struct dsv_snapshots base DSV_AUTO(snapshots) = DSV_SNAPSHOTS_INIT;
	struct dsv_audit_finder finder DSV_AUTO(audit_finder) = {
		.repo = p->repo, .base = p->gate.since};
	const struct dsv_snapshot *found;
	struct dsv_version at;
	int rc = dsv_snapshots_read(&base, p->repo, &p->at.base);

	if (rc < 0)
		return rc;
	found = dsv_snapshots_named(&base, p->set->name);
	p->out->has_base = found != NULL;
	if (!found)
		return 0;
	p->out->base = found->id;
	rc = dsv_audit_find_base(&finder, p->out, &at);
	return rc == DSV_ENOTFOUND
		       ? dsv_hint(rc, "what changed is told from a commit of "
				      "the branch itself")
		       : rc;
}

static uint64_t next_number(const struct dsv_evidence *evidence)
{
	uint64_t number = 0;

	for (size_t i = 0; i < evidence->n; i++) {
		const struct dsv_evidence_item *it = &evidence->items[i];

		if (it->trust != DSV_MALFORMED &&
		    it->statement.kind == DSV_AUDIT_PLAN &&
		    it->statement.plan.number > number &&
		    it->statement.plan.number < UINT32_MAX)
			number = it->statement.plan.number;
	}
	return number + 1;
}

static int make_nonce(char **out)
{
	struct dsv_id random;
	char hex[DSV_ID_HEX];

	if (getrandom(random.bytes, sizeof(random.bytes), 0) !=
	    (ssize_t)sizeof(random.bytes))
		return dsv_fail_errno(DSV_EIO, "no random numbers");
	*out = dsv_strdup(dsv_id_hex(&random, hex));
	return 0;
}

static int fill_statement(struct dsv_planning *p)
{
	const struct dsv_gate *gate = &p->gate;
	const struct dsv_guideline *guideline = &p->set->head->guideline;
	struct dsv_statement *out = p->out;
	int rc = 0;

	out->kind = DSV_AUDIT_PLAN;
	out->subject = p->set->head->id;
	out->has_policy = gate->policy.exists;
	out->policy = gate->policy.digest;
	out->person = dsv_strdup(p->member->id);
	out->role = dsv_strdup(p->role);
	out->time_s = gate->now_s;
	if (guideline->id) {
		out->guideline =
			dsv_strf("%s@%s", guideline->id, guideline->version);
		out->guideline_digest = guideline->digest;
	}
	out->plan.number = next_number(gate->evidence);
	if (p->opts->nonce)
		out->plan.nonce = dsv_strdup(p->opts->nonce);
	else
		rc = make_nonce(&out->plan.nonce);
	return rc < 0 ? rc
		      : dsv_change_digest(p->repo, &p->at.base, &p->at.head,
					  p->set->name, &out->change);
}

/* Who, and of what; nothing is read from the data yet. */
static int prepare(struct dsv_planning *p)
{
	struct dsv_statement *out = p->out;
	int rc;

	if ((rc = dsv_gate_check_rules(&p->gate)) < 0 ||
	    (rc = find_set(p)) < 0 || (rc = check_clean(p)) < 0 ||
	    (rc = find_versions(p)) < 0)
		return rc;
	p->asked = dsv_audit_asked(&p->gate, p->set->name);
	if ((rc = dsv_auditor_find(&p->gate, p->opts->key, &p->member)) < 0 ||
	    (rc = dsv_auditor_role(&p->gate, p->member, p->asked, false,
				   &p->role)) < 0 ||
	    (rc = check_author(p)) < 0)
		return rc;
	out->repository = dsv_strdup(p->gate.repository);
	out->target = dsv_strdup(p->gate.ref);
	out->dataset = dsv_strdup(p->set->name);
	rc = dsv_plan_choose(p);
	return rc < 0 ? rc : check_open(p);
}

static int prefix_signed(int rc, const struct dsv_statement *statement,
			 const char *what)
{
	const unsigned long long number = statement->plan.number;

	dsv_fail_prefix(rc, "audit %llu is signed, but %s", number, what);
	return dsv_hint(
		rc, "then: dsv evidence push; dsv audit show %llu --sheet FILE",
		number);
}

static int sign(struct dsv_planning *p, struct dsv_audit_started *out)
{
	int rc = dsv_evidence_add(p->repo, p->out, p->opts->key, &out->digest);

	if (rc < 0 || p->opts->no_push)
		return rc;
	rc = dsv_evidence_push(p->repo, &out->remote);
	return rc < 0 ? prefix_signed(rc, p->out, "not pushed") : 0;
}

static int start(struct dsv_planning *p, struct dsv_audit_started *out)
{
	int rc;

	p->out = &out->statement;
	if ((rc = dsv_gate_open(&p->gate, p->repo, &p->check)) < 0 ||
	    (rc = prepare(p)) < 0 || (rc = fill_base(p)) < 0 ||
	    (rc = dsv_plan_count(p)) < 0 || (rc = fill_statement(p)) < 0 ||
	    (rc = sign(p, out)) < 0)
		return rc;
	out->person = dsv_strdup(p->member->name);
	out->unknown_authors = p->gate.authorship.unknown;
	rc = dsv_audit_draw_at(p->repo, p->out, &p->at, NULL, &out->sample);
	return rc < 0 ? prefix_signed(rc, p->out, "not drawn") : 0;
}

int dsv_audit_start(struct dsv_audit_started *out, struct dsv_repo *repo,
		    const struct dsv_audit_plan_opts *opts)
{
	struct dsv_audit_started made DSV_AUTO(audit_started) =
		DSV_AUDIT_STARTED_INIT;
	struct dsv_planning planning
		__attribute__((cleanup(planning_release))) = {
			.opts = opts,
			.repo = repo,
			.check = {.target = opts->target, .head = opts->head}};
	int rc = 0;

	/* somebody else may have drawn */
	if (!opts->no_push)
		rc = dsv_evidence_fetch(repo);
	if (rc < 0)
		return dsv_hint(rc, "without the remote: --no-push");
	rc = start(&planning, &made);
	if (rc < 0)
		return rc;
	*out = made;
	made = (struct dsv_audit_started)DSV_AUDIT_STARTED_INIT;
	return 0;
}

void dsv_audit_started_release(struct dsv_audit_started *started)
{
	dsv_statement_release(&started->statement);
	dsv_audit_sample_release(&started->sample);
	free(started->person);
	free(started->remote);
	*started = (struct dsv_audit_started)DSV_AUDIT_STARTED_INIT;
}
