#include "govern/audit_plan.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>
#include <dsv/labels.h>
#include <dsv/rules.h>

#include "base/alloc.h"
#include "base/fs.h"

#define HEADS	  "refs/heads/"
#define SHEET_MAX (1024u * 1024u * 1024u) /* bytes of a filled sheet */

struct finishing {
	const struct dsv_audit_finish_opts *opts;
	struct dsv_repo *repo;
	struct dsv_audit_finished *out;
	struct dsv_audit_finder finder;
	struct dsv_evidence *evidence;
	struct dsv_check_opts check;
	struct dsv_gate gate;
	const struct dsv_evidence_item *plan;
	struct dsv_audit_at at;
	const struct dsv_member *member;
	const char *role;
	struct dsv_audit_sample sample;
	struct dsv_strlist labels;
};

static void finishing_release(struct finishing *f)
{
	dsv_gate_release(&f->gate);
	dsv_evidence_free(&f->evidence);
	dsv_audit_finder_release(&f->finder);
	dsv_audit_sample_release(&f->sample);
	dsv_strlist_release(&f->labels);
}

static int find_plan(struct finishing *f)
{
	const char *name = f->opts->plan ? f->opts->plan : f->opts->file;
	const struct dsv_evidence_item **plans;
	struct dsv_audit_name query;
	size_t n = 0, at = 0;
	int rc;

	dsv_audit_name_parse(&query, name);
	if (!f->opts->plan && !query.has_number) {
		dsv_fail(DSV_EUSAGE, "which audit is '%s' of?", name);
		return dsv_hint(DSV_EUSAGE, "its name begins with audit-N; or "
					    "say so with --plan N");
	}
	plans = dsv_alloc_zero(f->evidence->n + 1,
			       sizeof(struct dsv_evidence_item *));
	for (size_t i = 0; i < f->evidence->n; i++) {
		const struct dsv_evidence_item *it = &f->evidence->items[i];

		if (it->trust != DSV_MALFORMED &&
		    it->statement.kind == DSV_AUDIT_PLAN)
			plans[n++] = it;
	}
	rc = dsv_audit_name_pick(&query, plans, n, &at);
	if (rc == 0)
		f->plan = plans[at];
	free(plans);
	return rc;
}

/* Rules and people are those of the branch that the plan is for. */
static int open_gate(struct finishing *f)
{
	const char *target = f->plan->statement.target;
	int rc = dsv_audit_find(&f->finder, &f->plan->statement, &f->at);

	if (rc < 0)
		return rc;
	if (strncmp(target, HEADS, strlen(HEADS)) == 0)
		target += strlen(HEADS);
	f->check = (struct dsv_check_opts){
		.target = target, .head = &f->at.head, .evidence = f->evidence};
	rc = dsv_gate_open(&f->gate, f->repo, &f->check);
	if (rc == 0)
		rc = dsv_gate_check_rules(&f->gate);
	if (rc < 0)
		return rc;
	if (strcmp(f->gate.repository, f->plan->statement.repository) != 0)
		return dsv_fail(
			DSV_EREFUSED, "audit %llu is of another repository",
			(unsigned long long)f->plan->statement.plan.number);
	if (f->plan->trust == DSV_TRUSTED)
		return 0;
	return dsv_fail(DSV_EREFUSED, "the plan of audit %llu: %s",
			(unsigned long long)f->plan->statement.plan.number,
			f->plan->fault ? f->plan->fault : "not trusted");
}

static int check_again(const struct finishing *f)
{
	for (size_t i = 0; i < f->evidence->n; i++) {
		const struct dsv_evidence_item *it = &f->evidence->items[i];

		if (it->by != f->member || it->trust == DSV_MALFORMED ||
		    it->statement.kind != DSV_AUDIT_RESULT ||
		    !dsv_id_equal(&it->statement.result.plan, &f->plan->digest))
			continue;
		dsv_fail(DSV_EREFUSED, "'%s' has judged audit %llu already",
			 f->member->id,
			 (unsigned long long)f->plan->statement.plan.number);
		return dsv_hint(
			DSV_EREFUSED,
			"a person judges a sample once; to see it: "
			"dsv audit show %llu",
			(unsigned long long)f->plan->statement.plan.number);
	}
	return 0;
}

static int check_author(struct finishing *f)
{
	struct dsv_audit_at at = {.head = f->at.head};
	int rc = dsv_audit_find_base(&f->finder, &f->plan->statement, &at.base);

	return rc < 0 ? rc : dsv_auditor_check_author(&f->gate, &at, f->member);
}

static int find_auditor(struct finishing *f)
{
	const char *dataset = f->plan->statement.dataset;
	int rc = dsv_auditor_find(&f->gate, f->opts->key, &f->member);

	if (rc == 0)
		rc = dsv_auditor_role(&f->gate, f->member,
				      dsv_audit_asked(&f->gate, dataset), true,
				      &f->role);
	if (rc == 0)
		rc = check_again(f);
	return rc < 0 ? rc : check_author(f);
}

static int draw(struct finishing *f)
{
	struct dsv_watch watch DSV_AUTO(watch) = DSV_WATCH_INIT;
	int rc;

	dsv_watch_add(&watch, f->member);
	rc = dsv_audit_draw_at(f->repo, &f->plan->statement, &f->at, &watch,
			       &f->sample);
	if (rc == 0 && watch.found)
		rc = dsv_auditor_is_annotator(&watch);
	return rc;
}

static void take_values(struct finishing *f, const struct dsv_labels *labels)
{
	const char *field = f->plan->statement.plan.field;

	for (size_t i = 0; i < labels->n; i++)
		for (size_t k = 0; k < labels->groups[i].n_tables; k++) {
			const struct dsv_label_table *table =
				&labels->groups[i].tables[k];

			if (strcmp(table->name, field) != 0)
				continue;
			for (size_t v = 0; v < table->n_values; v++)
				if (!table->values[v].is_null)
					dsv_strlist_add(&f->labels,
							table->values[v].value);
		}
}

/* Those of the data, where no guideline says what labels there are. */
static int read_values(struct finishing *f, const struct dsv_snapshot *snapshot)
{
	struct dsv_labels labels DSV_AUTO(labels) = DSV_LABELS_INIT;
	struct dsv_strlist paths DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	const struct dsv_labels_opts opts = {.version = f->at.head,
					     .paths = &paths};
	int rc;

	for (size_t i = 0; i < snapshot->n_files; i++)
		dsv_strlist_take(&paths, dsv_strf(":(literal,top)%s",
						  snapshot->files[i].path));
	rc = dsv_labels_read(&labels, f->repo, &opts);
	if (rc == 0)
		take_values(f, &labels);
	return rc;
}

static int read_labels(struct finishing *f)
{
	struct dsv_snapshot snapshot DSV_AUTO(snapshot) = DSV_SNAPSHOT_INIT;
	struct dsv_rules rules DSV_AUTO(rules) = DSV_RULES_INIT;
	int rc = dsv_snapshot_read(&snapshot, f->repo, &f->at.head,
				   f->plan->statement.dataset);

	if (rc == 0 && snapshot.guideline.id)
		rc = dsv_rules_read(&rules, f->repo, &f->at.head,
				    snapshot.guideline.id);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < rules.n_labels; i++)
		dsv_strlist_add(&f->labels, rules.labels[i].label);
	return f->labels.n ? 0 : read_values(f, &snapshot);
}

static int read_sheet(struct finishing *f)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	const struct dsv_audit_reading in = {
		.plan = &f->plan->statement.plan,
		.sample = &f->sample,
		.labels = f->opts->any_label ? NULL : &f->labels,
		.name = f->opts->file,
	};
	int rc = dsv_fs_read(f->opts->file, SHEET_MAX, &text);

	if (rc == 0 && !f->opts->any_label)
		rc = read_labels(f);
	if (rc < 0)
		return rc;
	rc = dsv_audit_read_sheet(&in, dsv_buf_str(&text), text.len,
				  &f->out->statement.result, &f->out->faults);
	return rc == DSV_EREFUSED
		       ? dsv_hint(rc,
				  "mend the sheet and finish again; the "
				  "sheet as it was drawn: dsv audit show "
				  "%llu --sheet FILE",
				  (unsigned long long)
					  f->plan->statement.plan.number)
		       : rc;
}

static void fill_statement(struct finishing *f)
{
	const struct dsv_statement *plan = &f->plan->statement;
	struct dsv_statement *out = &f->out->statement;

	out->kind = DSV_AUDIT_RESULT;
	out->subject = plan->subject;
	out->repository = dsv_strdup(plan->repository);
	out->target = dsv_strdup(plan->target);
	out->dataset = dsv_strdup(plan->dataset);
	out->has_base = plan->has_base;
	out->base = plan->base;
	out->change = plan->change;
	out->has_policy = f->gate.policy.exists;
	out->policy = f->gate.policy.digest;
	out->guideline = plan->guideline ? dsv_strdup(plan->guideline) : NULL;
	out->guideline_digest = plan->guideline_digest;
	out->person = dsv_strdup(f->member->id);
	out->role = dsv_strdup(f->role);
	out->time_s = f->gate.now_s;
	out->result.plan = f->plan->digest;
	f->out->person = dsv_strdup(f->member->name);
}

static int sign(struct finishing *f)
{
	struct dsv_audit_finished *out = f->out;
	int rc = dsv_evidence_add(f->repo, &out->statement, f->opts->key,
				  &out->digest);

	if (rc < 0 || f->opts->no_push)
		return rc;
	rc = dsv_evidence_push(f->repo, &out->remote);
	if (rc == 0 || rc == 1)
		return 0;
	dsv_fail_prefix(rc, "signed here, but not pushed");
	return dsv_hint(rc, "to push it: dsv evidence push");
}

/* The audit with this result, as everybody reads it. */
static int read_again(struct finishing *f)
{
	struct dsv_audit_finished *out = f->out;
	const struct dsv_audits_opts opts = {
		.snapshot = &out->statement.subject,
		.head = &f->at.head,
		.base = &f->at.base,
	};
	int rc = dsv_people_read(&out->people, f->repo, &f->gate.rules);

	if (rc == 0)
		rc = dsv_evidence_open(&out->evidence, f->repo);
	if (rc < 0)
		return rc;
	dsv_evidence_judge(out->evidence, &out->people);
	rc = dsv_audits_read(&out->audits, f->repo, out->evidence, &opts);
	for (size_t i = 0; rc == 0 && i < out->audits.n; i++)
		if (dsv_id_equal(&out->audits.items[i].plan->digest,
				 &out->statement.result.plan))
			out->audit = &out->audits.items[i];
	return rc;
}

static int finish(struct finishing *f)
{
	int rc = dsv_evidence_open(&f->evidence, f->repo);

	if (rc < 0 || (rc = find_plan(f)) < 0 || (rc = open_gate(f)) < 0 ||
	    (rc = find_auditor(f)) < 0 || (rc = draw(f)) < 0 ||
	    (rc = read_sheet(f)) < 0)
		return rc;
	fill_statement(f);
	rc = sign(f);
	return rc < 0 ? rc : read_again(f);
}

int dsv_audit_finish(struct dsv_audit_finished *out, struct dsv_repo *repo,
		     const struct dsv_audit_finish_opts *opts)
{
	struct finishing finishing __attribute__((
		cleanup(finishing_release))) = {.opts = opts,
						.repo = repo,
						.out = out,
						.finder = {.repo = repo}};
	int rc = 0;

	if (!opts->no_push)
		rc = dsv_evidence_fetch(repo);
	return rc < 0 ? dsv_hint(rc, "without the remote: --no-push")
		      : finish(&finishing);
}

void dsv_audit_finished_release(struct dsv_audit_finished *finished)
{
	dsv_audits_release(&finished->audits);
	dsv_evidence_free(&finished->evidence);
	dsv_people_release(&finished->people);
	dsv_statement_release(&finished->statement);
	dsv_strlist_release(&finished->faults);
	free(finished->person);
	free(finished->remote);
	*finished = (struct dsv_audit_finished)DSV_AUDIT_FINISHED_INIT;
}
