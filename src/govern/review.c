#include <dsv/review.h>

#include <dsv/check.h>
#include <dsv/error.h>
#include <dsv/evidence.h>
#include <dsv/governance.h>
#include <dsv/signer.h>
#include <dsv/walk.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "govern/people_check.h"
#include "govern/withdrawn.h"
#include "repo/ancestry.h"
#include "repo/refs.h"

/* What is the same for all branches. */
struct reading {
	struct dsv_repo *repo;
	struct dsv_reviews *out;
	struct dsv_version base; /* the target's tip */
	struct dsv_policy policy;
	struct dsv_people people;
	const struct dsv_policy_target *rules; /* NULL: nothing is asked */
	const struct dsv_member *who;
	struct dsv_evidence *evidence;
	char *evidence_ref;	   /* "dsv-evidence" */
	char *ref;		   /* "refs/heads/main" */
	struct dsv_buf repository; /* as statements know it; "" unknown */
	struct dsv_strlist seen;   /* commits, as hex */
};

static void dsv_reading_auto(struct reading *in)
{
	dsv_evidence_free(&in->evidence);
	dsv_people_release(&in->people);
	dsv_policy_release(&in->policy);
	dsv_strlist_release(&in->seen);
	dsv_buf_release(&in->repository);
	free(in->evidence_ref);
	free(in->ref);
}

/* The name of a branch without the remote that it was fetched from. */
static const char *plain_name(const struct dsv_ref *ref)
{
	const char *slash = strchr(ref->brief, '/');

	if (!strncmp(ref->name, "refs/heads/", strlen("refs/heads/")) || !slash)
		return ref->brief;
	return slash + 1;
}

static const struct dsv_requirement *requirement_at(const struct reading *in,
						    unsigned line)
{
	size_t i;

	for (i = 0; in->rules && i < in->rules->n; i++)
		if (in->rules->items[i].line == line)
			return &in->rules->items[i];
	return NULL;
}

/* What a statement must be about to count. */
struct subject {
	struct dsv_id id;
	bool has_base; /* of the rules: what they replace counts as well */
	struct dsv_id base;
};

/* 1 with what a statement on the dataset is about, 0 where that is unknown. */
static int find_subject(const struct reading *in,
			const struct dsv_verdict *verdict, const char *dataset,
			struct subject *out)
{
	struct dsv_governance rules DSV_AUTO(governance) = DSV_GOVERNANCE_INIT;
	size_t i;
	int rc;

	for (i = 0; i < verdict->n_datasets; i++)
		if (strcmp(verdict->datasets[i].name, dataset) == 0) {
			out->id = verdict->datasets[i].snapshot;
			return 1;
		}
	if (strcmp(dataset, DSV_GOVERNANCE) != 0)
		return 0;
	rc = dsv_governance_read(&rules, in->repo, &in->base, &verdict->head);
	if (rc == 0)
		rc = dsv_governance_base(in->repo, &in->base, &out->base);
	if (rc < 0)
		return rc;
	out->id = rules.id;
	out->has_base = true;
	return 1;
}

/* Have they said their word on this state already? Then it waits for others. */
static bool has_spoken(const struct reading *in, const char *role,
		       const char *dataset, const struct subject *subject)
{
	size_t i;

	for (i = 0; i < in->evidence->n; i++) {
		const struct dsv_evidence_item *item = &in->evidence->items[i];
		const struct dsv_statement *said = &item->statement;

		if (item->trust == DSV_TRUSTED && item->by == in->who &&
		    said->kind == DSV_SIGN_OFF &&
		    said->signoff.decision != DSV_WITHDRAW &&
		    !strcmp(said->role, role) &&
		    !strcmp(said->dataset, dataset) &&
		    dsv_id_equal(&said->subject, &subject->id) &&
		    (!subject->has_base ||
		     dsv_id_equal(&said->base, &subject->base)) &&
		    !strcmp(said->target, in->ref) &&
		    !strcmp(said->repository, dsv_buf_str(&in->repository)) &&
		    !dsv_is_withdrawn(in->evidence, item))
			return true;
	}
	return false;
}

/* 1 where they are an author of the change. */
static int is_author(const struct reading *in, const struct dsv_version *head)
{
	struct dsv_authorship by DSV_AUTO(authorship) = DSV_AUTHORSHIP_INIT;
	const int rc = dsv_authorship_read(&by, in->repo, &in->base, head,
					   &in->people);

	return rc < 0 ? rc : dsv_strlist_find(&by.people, in->who->id) >= 0;
}

static void add_once(struct dsv_strlist *list, const char *text)
{
	if (dsv_strlist_find(list, text) < 0)
		dsv_strlist_add(list, text);
}

static bool is_for(const struct reading *in,
		   const struct dsv_verdict_item *item,
		   const struct dsv_requirement *asked)
{
	return asked && asked->role && item->state == DSV_CHECK_MISSING &&
	       (item->kind == DSV_REQUIRES_SIGNOFF ||
		item->kind == DSV_REQUIRES_GOVERNANCE) &&
	       dsv_member_has_role(in->who, asked->role);
}

/* 1 where a word of theirs on the dataset would count. */
static int could_sign(const struct reading *in,
		      const struct dsv_verdict *verdict,
		      const struct dsv_requirement *asked, const char *dataset)
{
	struct subject subject = {.has_base = false};
	int rc;

	rc = find_subject(in, verdict, dataset, &subject);
	if (rc < 0)
		return rc;
	if (rc > 0 && has_spoken(in, asked->role, dataset, &subject))
		return 0;
	if (!asked->not_author)
		return 1;
	rc = is_author(in, &verdict->head);
	return rc < 0 ? rc : !rc;
}

/* What of a verdict waits for them. */
static int collect(const struct reading *in, const struct dsv_verdict *verdict,
		   struct dsv_review_item *out)
{
	size_t i;

	for (i = 0; i < verdict->n; i++) {
		const struct dsv_verdict_item *item = &verdict->items[i];
		const struct dsv_requirement *asked =
			requirement_at(in, item->line);
		const char *dataset = item->kind == DSV_REQUIRES_GOVERNANCE
					      ? DSV_GOVERNANCE
					      : item->dataset;
		int rc;

		if (!is_for(in, item, asked))
			continue;
		rc = could_sign(in, verdict, asked, dataset);
		if (rc < 0)
			return rc;
		if (rc == 0)
			continue;
		add_once(&out->roles, asked->role);
		add_once(&out->datasets, dataset);
	}
	return 0;
}

static void item_release(struct dsv_review_item *item)
{
	free(item->branch);
	free(item->subject);
	free(item->author);
	dsv_strlist_release(&item->roles);
	dsv_strlist_release(&item->datasets);
}

static int describe(const struct reading *in, struct dsv_review_item *item)
{
	struct dsv_commit_info info DSV_AUTO(commit_info) =
		DSV_COMMIT_INFO_INIT;
	const int rc =
		dsv_commit_info_read(in->repo, &item->head.commit, &info);

	if (rc < 0)
		return rc;
	item->subject = dsv_strdup(info.subject);
	item->author = dsv_strdup(info.author.name);
	item->at_s = info.committer.at_s;
	return 0;
}

static int judge(const struct reading *in, const struct dsv_ref *ref,
		 struct dsv_review_item *out)
{
	struct dsv_verdict *verdict DSV_AUTO(verdict) = NULL;
	const struct dsv_check_opts opts = {
		.target = in->out->target,
		.base = &in->base,
		.head = &out->head,
		.head_name = ref->brief,
		.evidence = in->evidence,
		.no_data = true,
		.no_scan = true,
	};
	int rc;

	rc = dsv_check_run(&verdict, in->repo, &opts);
	/* the gate judged by people of its own, who are gone */
	dsv_evidence_judge(in->evidence, &in->people);
	if (rc == 0)
		rc = collect(in, verdict, out);
	if (rc == 0 && out->roles.n)
		rc = describe(in, out);
	return rc;
}

/* A branch that brings nothing, or that was looked at under another name, or
 * is none of data. */
static int is_of_interest(struct reading *in, const struct dsv_ref *ref)
{
	const char *name = plain_name(ref);
	char hex[DSV_OID_HEX];
	int rc;

	if (!strcmp(name, in->out->target) || !strcmp(name, in->evidence_ref) ||
	    dsv_strlist_find(&in->seen, dsv_oid_hex(&ref->commit, hex)) >= 0)
		return 0;
	dsv_strlist_add(&in->seen, hex);
	rc = dsv_ancestry_holds(in->repo, &in->base.commit, &ref->commit);
	return rc < 0 ? rc : !rc;
}

/* One branch that cannot be judged does not hide the others. */
static int read_branch(struct reading *in, const struct dsv_ref *ref)
{
	struct dsv_reviews *out = in->out;
	struct dsv_review_item item = {
		.head = {.at = DSV_AT_COMMIT, .commit = ref->commit}};
	int rc;

	rc = is_of_interest(in, ref);
	if (rc > 0)
		rc = judge(in, ref, &item);
	if (rc < 0 && rc != DSV_ECANCELLED) {
		dsv_strlist_take(&out->faults, dsv_strf("%s: %s", ref->brief,
							dsv_error_message()));
		dsv_error_clear();
		rc = 0;
	}
	if (rc < 0 || !item.subject) {
		item_release(&item);
		return rc;
	}
	item.branch = dsv_strdup(ref->brief);
	out->items = dsv_realloc(out->items, out->n + 1, sizeof(*out->items));
	out->items[out->n++] = item;
	return 0;
}

static int by_time(const void *a, const void *b)
{
	const struct dsv_review_item *x = a;
	const struct dsv_review_item *y = b;

	if (x->at_s != y->at_s)
		return x->at_s < y->at_s ? -1 : 1;
	return strcmp(x->branch, y->branch);
}

static int find_person(struct reading *in, const char *key_name)
{
	struct dsv_ssh_key key DSV_AUTO(ssh_key) = {0};
	int rc;

	rc = dsv_people_read(&in->people, in->repo, &in->base);
	if (rc == 0)
		rc = dsv_sign_key(in->repo, key_name, &key);
	if (rc < 0)
		return rc;
	in->who = dsv_people_by_key(&in->people, &key.blob);
	if (!in->who)
		return dsv_people_stranger(&in->people, in->out->target, &key);
	in->out->person = dsv_strdup(in->who->id);
	in->out->person_name = dsv_strdup(in->who->name);
	dsv_strlist_copy(&in->out->roles, &in->who->roles);
	return 0;
}

static int find_target(struct reading *in, const char *target)
{
	struct dsv_buf name DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf ref DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc = 0;

	if (target)
		dsv_buf_addstr(&name, target);
	else
		rc = dsv_repo_target(in->repo, &name);
	if (rc == 0)
		rc = dsv_evidence_ref(in->repo, &ref);
	if (rc < 0)
		return rc;
	in->evidence_ref =
		dsv_strdup(dsv_buf_str(&ref) + strlen("refs/heads/"));
	in->out->target = dsv_strdup(dsv_buf_str(&name));
	rc = dsv_branch_tip(in->repo, in->out->target, &in->base.commit);
	if (rc == 0)
		return dsv_fail(DSV_ENOTFOUND, "no branch '%s' is here",
				in->out->target);
	if (rc < 0)
		return rc;
	in->base.at = DSV_AT_COMMIT;
	in->ref = dsv_strf("refs/heads/%s", in->out->target);
	rc = dsv_repo_identity(in->repo, &in->base, &in->repository);
	if (rc != DSV_EUNSUPPORTED)
		return rc;
	/* of a clone without its root: the gate will say so */
	dsv_error_clear();
	return 0;
}

static int open_reading(struct reading *in, const char *target, const char *key)
{
	int rc;

	rc = find_target(in, target);
	if (rc == 0)
		rc = find_person(in, key);
	if (rc == 0)
		rc = dsv_policy_read(&in->policy, in->repo, &in->base);
	if (rc == 0)
		rc = dsv_evidence_open(&in->evidence, in->repo);
	if (rc < 0)
		return rc;
	in->rules = dsv_policy_for(&in->policy, in->out->target);
	dsv_evidence_judge(in->evidence, &in->people);
	return 0;
}

int dsv_reviews_read(struct dsv_reviews *out, struct dsv_repo *repo,
		     const char *target, const char *key)
{
	struct dsv_reviews reviews DSV_AUTO(reviews) = DSV_REVIEWS_INIT;
	struct dsv_ref_list refs DSV_AUTO(ref_list) = DSV_REF_LIST_INIT;
	struct reading in DSV_AUTO(reading) = {.repo = repo, .out = &reviews};
	size_t i;
	int rc;

	rc = open_reading(&in, target, key);
	if (rc == 0)
		rc = dsv_refs_branches(repo, &refs);
	for (i = 0; rc == 0 && i < refs.n; i++) {
		rc = dsv_cancelled();
		if (rc == 0)
			rc = read_branch(&in, &refs.items[i]);
	}
	if (rc < 0)
		return rc;
	if (reviews.n)
		qsort(reviews.items, reviews.n, sizeof(*reviews.items),
		      by_time);
	*out = reviews;
	reviews = (struct dsv_reviews)DSV_REVIEWS_INIT;
	return 0;
}

void dsv_reviews_release(struct dsv_reviews *reviews)
{
	size_t i;

	for (i = 0; i < reviews->n; i++)
		item_release(&reviews->items[i]);
	free(reviews->items);
	free(reviews->target);
	free(reviews->person);
	free(reviews->person_name);
	dsv_strlist_release(&reviews->roles);
	dsv_strlist_release(&reviews->faults);
	*reviews = (struct dsv_reviews)DSV_REVIEWS_INIT;
}
