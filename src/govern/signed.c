#include <dsv/signed.h>

#include <stdlib.h>
#include <string.h>

#include <dsv/check.h>
#include <dsv/dataset.h>
#include <dsv/error.h>
#include <dsv/policy.h>
#include <dsv/snapshot.h>

#include "base/alloc.h"
#include "base/map.h"
#include "govern/withdrawn.h"

/* What is known of one dataset in one commit; the first member is what is
 * lent. */
struct answer {
	struct dsv_signed_data data;
	struct dsv_version at;
	const char *dataset; /* of the map */
	bool has_audits;     /* they were read */
	struct dsv_audits all;
	struct dsv_signed_audits audits;
};

struct dsv_signed {
	struct dsv_repo *repo;
	struct dsv_version rules; /* people and policy are read there */
	char *branch;
	struct dsv_buf repository; /* empty where it cannot be told */
	struct dsv_people people;
	struct dsv_evidence *evidence; /* NULL: there is none */
	bool has_policy;	       /* it was looked for */
	struct dsv_policy policy;
	struct dsv_map datasets; /* those that statements name */
	struct dsv_map answers;	 /* oid and name to struct answer */
	char *fault;
};

static void answer_free(struct answer *answer)
{
	dsv_strlist_release(&answer->data.roles);
	dsv_strlist_release(&answer->data.rejected);
	free(answer->data.items);
	dsv_audits_release(&answer->all);
	free(answer->audits.items);
	free(answer);
}

void dsv_signed_free(struct dsv_signed **saidp)
{
	struct dsv_signed *said = dsv_take(saidp);

	if (!said)
		return;
	for (size_t i = 0; i < said->answers.n; i++)
		answer_free((struct answer *)(uintptr_t)said->answers.entries[i]
				    .value);
	dsv_map_release(&said->answers);
	dsv_map_release(&said->datasets);
	dsv_policy_release(&said->policy);
	dsv_evidence_free(&said->evidence);
	dsv_people_release(&said->people);
	dsv_buf_release(&said->repository);
	free(said->branch);
	free(said->fault);
	free(said);
}

static int find_rules(struct dsv_signed *said)
{
	struct dsv_buf branch DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc = dsv_repo_target(said->repo, &branch);

	if (rc == 0)
		rc = dsv_repo_target_tip(said->repo, dsv_buf_str(&branch),
					 &said->rules);
	if (rc == 0 && said->rules.at == DSV_AT_NOTHING)
		rc = dsv_repo_head(said->repo, &said->rules);
	said->branch = dsv_strdup(dsv_buf_str(&branch));
	return rc;
}

/* In a shallow clone nobody can tell; then any repository is this one. */
static int find_repository(struct dsv_signed *said)
{
	int rc = dsv_repo_identity(said->repo, &said->rules, &said->repository);

	if (rc != DSV_EUNSUPPORTED)
		return rc;
	dsv_error_clear();
	return 0;
}

static int read_people(struct dsv_signed *said)
{
	int rc = find_repository(said);

	if (rc == 0)
		rc = dsv_people_read(&said->people, said->repo, &said->rules);
	if (rc < 0)
		return rc;
	dsv_evidence_judge(said->evidence, &said->people);
	for (size_t i = 0; i < said->evidence->n; i++) {
		const char *name = said->evidence->items[i].statement.dataset;

		if (name)
			dsv_map_put(&said->datasets, name, strlen(name));
	}
	return 0;
}

static int read_all(struct dsv_signed *said)
{
	int rc = find_rules(said);

	if (rc == 0)
		rc = dsv_evidence_open(&said->evidence, said->repo);
	if (rc == 0 && !said->evidence->exists)
		dsv_evidence_free(&said->evidence);
	return rc < 0 || !said->evidence ? rc : read_people(said);
}

int dsv_signed_open(struct dsv_signed **out, struct dsv_repo *repo)
{
	struct dsv_signed *said DSV_AUTO(signed) =
		dsv_alloc_zero(1, sizeof(*said));
	int rc;

	said->repo = repo;
	rc = read_all(said);
	if (rc == DSV_ECANCELLED)
		return rc;
	if (rc < 0) {
		said->fault = dsv_strdup(dsv_error_message());
		dsv_error_clear();
		dsv_evidence_free(&said->evidence);
	}
	*out = dsv_take(&said);
	return 0;
}

bool dsv_signed_exists(const struct dsv_signed *said)
{
	return said->evidence != NULL;
}

const char *dsv_signed_fault(const struct dsv_signed *said)
{
	return said->fault;
}

static bool is_ours(const struct dsv_signed *said,
		    const struct dsv_statement *statement)
{
	return said->repository.len == 0 ||
	       strcmp(dsv_buf_str(&said->repository), statement->repository) ==
		       0;
}

/* A sign-off of this data by somebody who may say so. */
static bool is_about(const struct dsv_signed *said, const struct answer *answer,
		     const struct dsv_evidence_item *item)
{
	const struct dsv_statement *it = &item->statement;

	return item->trust == DSV_TRUSTED && it->kind == DSV_SIGN_OFF &&
	       dsv_id_equal(&it->subject, &answer->data.snapshot) &&
	       strcmp(it->dataset, answer->dataset) == 0 && is_ours(said, it);
}

static void add_once(struct dsv_strlist *list, const char *text)
{
	if (dsv_strlist_find(list, text) < 0)
		dsv_strlist_add(list, text);
}

static void add_items(const struct dsv_signed *said, struct answer *answer)
{
	struct dsv_signed_data *data = &answer->data;

	for (size_t i = 0; i < said->evidence->n; i++) {
		const struct dsv_evidence_item *item =
			&said->evidence->items[i];

		if (!is_about(said, answer, item) ||
		    item->statement.signoff.decision == DSV_WITHDRAW ||
		    dsv_is_withdrawn(said->evidence, item))
			continue;
		data->items = dsv_realloc(data->items, data->n + 1,
					  sizeof(*data->items));
		data->items[data->n++] = item;
	}
}

static void add_roles(struct dsv_signed_data *data)
{
	for (size_t i = 0; i < data->n; i++)
		if (data->items[i]->statement.signoff.decision == DSV_REJECT)
			add_once(&data->rejected,
				 data->items[i]->statement.role);
	for (size_t i = 0; i < data->n; i++) {
		const struct dsv_statement *it = &data->items[i]->statement;

		if (it->signoff.decision == DSV_APPROVE &&
		    dsv_strlist_find(&data->rejected, it->role) < 0)
			add_once(&data->roles, it->role);
	}
	dsv_strlist_sort(&data->roles);
	dsv_strlist_sort(&data->rejected);
}

/* What has no id cannot have been signed. */
static int find_snapshot(struct dsv_signed *said, struct answer *answer)
{
	struct dsv_snapshot snapshot DSV_AUTO(snapshot) = DSV_SNAPSHOT_INIT;
	int rc = dsv_snapshot_read(&snapshot, said->repo, &answer->at,
				   answer->dataset);

	if (rc == DSV_ENOTFOUND || rc == DSV_ESYNTAX ||
	    rc == DSV_EUNSUPPORTED || rc == DSV_ECORRUPT) {
		dsv_error_clear();
		return 0;
	}
	if (rc < 0)
		return rc;
	answer->data.has_snapshot = true;
	answer->data.snapshot = snapshot.id;
	return 1;
}

static int fill(struct dsv_signed *said, struct answer *answer)
{
	int rc;

	if (!said->evidence || !dsv_map_get(&said->datasets, answer->dataset,
					    strlen(answer->dataset)))
		return 0;
	rc = find_snapshot(said, answer);
	if (rc <= 0)
		return rc;
	add_items(said, answer);
	add_roles(&answer->data);
	return 0;
}

int dsv_signed_at(struct dsv_signed *said, const struct dsv_oid *commit,
		  const char *dataset, const struct dsv_signed_data **out)
{
	struct dsv_buf key DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_map_entry *entry;
	struct answer *answer;
	int rc = 0;

	dsv_buf_add(&key, commit->bytes, sizeof(commit->bytes));
	dsv_buf_addstr(&key, dataset);
	entry = dsv_map_put(&said->answers, dsv_buf_str(&key), key.len);
	answer = (struct answer *)(uintptr_t)entry->value;
	if (!answer) {
		answer = dsv_alloc_zero(1, sizeof(*answer));
		answer->at = (struct dsv_version){.at = DSV_AT_COMMIT,
						  .commit = *commit};
		answer->dataset = entry->key + sizeof(commit->bytes);
		entry->value = (uintptr_t)answer;
		rc = fill(said, answer);
	}
	*out = &answer->data;
	return rc;
}

int dsv_signed_of_path(struct dsv_signed *said, const struct dsv_oid *commit,
		       const char *path, const struct dsv_signed_data **out)
{
	struct dsv_datasets sets DSV_AUTO(datasets) = DSV_DATASETS_INIT;
	struct dsv_version at = {.at = DSV_AT_COMMIT, .commit = *commit};
	const struct dsv_dataset *set = NULL;
	int rc = 0;

	if (said->evidence)
		rc = dsv_datasets_read(&sets, said->repo, &at);
	if (rc == DSV_ESYNTAX) {
		dsv_error_clear();
		rc = 0;
	} else if (rc == 0 && said->evidence) {
		set = dsv_datasets_of_path(&sets, path);
	}
	/* no dataset has this name */
	return rc < 0 ? rc
		      : dsv_signed_at(said, commit, set ? set->name : "", out);
}

static void add_audits(const struct dsv_signed *said, struct answer *answer)
{
	struct dsv_signed_audits *to = &answer->audits;

	to->items =
		dsv_alloc_zero(answer->all.n + 1, sizeof(struct dsv_audit *));
	for (size_t i = 0; i < answer->all.n; i++) {
		const struct dsv_audit *audit = &answer->all.items[i];
		const struct dsv_statement *plan = &audit->plan->statement;

		if (audit->plan->trust == DSV_TRUSTED && is_ours(said, plan) &&
		    strcmp(plan->dataset, answer->dataset) == 0)
			to->items[to->n++] = audit;
	}
}

/* Drawing a sample again is left to those who have one. */
static bool has_plan(const struct dsv_signed *said,
		     const struct dsv_signed_data *data)
{
	for (size_t i = 0; data->has_snapshot && i < said->evidence->n; i++) {
		const struct dsv_evidence_item *item =
			&said->evidence->items[i];

		if (item->trust == DSV_TRUSTED &&
		    item->statement.kind == DSV_AUDIT_PLAN &&
		    dsv_id_equal(&item->statement.subject, &data->snapshot))
			return true;
	}
	return false;
}

int dsv_signed_audits(struct dsv_signed *said,
		      const struct dsv_signed_data *data,
		      const struct dsv_signed_audits **out)
{
	/* lent by this module, as its first member */
	struct answer *answer = (struct answer *)(uintptr_t)data;
	struct dsv_audits_opts opts = {.snapshot = &data->snapshot,
				       .head = &answer->at};
	int rc = 0;

	if (!answer->has_audits && has_plan(said, data)) {
		rc = dsv_audits_read(&answer->all, said->repo, said->evidence,
				     &opts);
		if (rc < 0)
			return rc;
		add_audits(said, answer);
	}
	answer->has_audits = true;
	*out = &answer->audits;
	return 0;
}

static int read_policy(struct dsv_signed *said)
{
	int rc = dsv_policy_read(&said->policy, said->repo, &said->rules);

	said->has_policy = true;
	if (rc != DSV_ESYNTAX)
		return rc;
	dsv_error_clear();
	return 0;
}

int dsv_signed_asked(struct dsv_signed *said, const char *dataset,
		     struct dsv_strlist *out_roles, bool *out_audit)
{
	const struct dsv_policy_target *target;
	int rc = said->has_policy ? 0 : read_policy(said);

	*out_audit = false;
	if (rc < 0)
		return rc;
	target = dsv_policy_for(&said->policy, said->branch);
	for (size_t i = 0; target && i < target->n; i++) {
		const struct dsv_requirement *it = &target->items[i];

		if (it->datasets.n > 0 &&
		    dsv_strlist_find(&it->datasets, dataset) < 0)
			continue;
		if (it->kind == DSV_REQUIRES_SIGNOFF)
			add_once(out_roles, it->role);
		*out_audit |= it->kind == DSV_REQUIRES_AUDIT;
	}
	return 0;
}
