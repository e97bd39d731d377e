#ifndef DSV_POLICY_H
#define DSV_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dsv/auto.h>
#include <dsv/id.h>
#include <dsv/people.h>
#include <dsv/repo.h>
#include <dsv/strlist.h>

/*
 * .dsv/policy.yaml: what a merge into a branch needs (docs/formats/policy.md).
 *
 *	version: 1
 *	targets:
 *	  main:
 *	    - sign-off: {role: privacy, count: 1, not_author: true,
 *	                 checklist: privacy, max_age: 90d}
 *	    - audit: {of: changed, sample: 300, accuracy_lower: "0.95",
 *	              confidence: "0.95", raters: 2, kappa: "0.80"}
 *	    - guideline: {active: true, labels_subset: true, stale: 0}
 *	    - labels: {each_at_least: 50, drop_at_most: "10%"}
 *	    - disjoint: {datasets: [train, test]}
 *	    - scan: {undecided: 0}
 *	    - governance: {role: governance, count: 2}
 *	    - override: {role: governance, count: 2}
 *
 * A target is the name of a branch or a pattern ("release/v?"); the first that
 * matches counts. Every requirement but disjoint, governance and override
 * takes `datasets: [..]`; without it all datasets are meant.
 */
enum dsv_requires {
	DSV_REQUIRES_SIGNOFF,
	DSV_REQUIRES_AUDIT,
	DSV_REQUIRES_GUIDELINE,
	DSV_REQUIRES_LABELS,
	DSV_REQUIRES_DISJOINT,
	DSV_REQUIRES_SCAN,
	DSV_REQUIRES_GOVERNANCE,
	DSV_REQUIRES_OVERRIDE,
	DSV_REQUIRES_KINDS,
};

#define DSV_POLICY_UNSET UINT64_MAX

struct dsv_requirement {
	enum dsv_requires kind;
	unsigned line;		     /* in policy.yaml */
	struct dsv_strlist datasets; /* none: all */
	/* sign-off, governance, override; audit: who may audit, NULL: anyone */
	char *role;
	uint64_t count; /* persons */
	bool not_author;
	char *checklist;       /* id, or NULL */
	uint64_t max_age_s;    /* or UNSET */
	bool of_all;	       /* audit: of: all, else the changed records */
	uint64_t sample;       /* records to draw */
	double accuracy_lower; /* lower bound of the interval; <0: unset */
	double confidence;     /* 0.95 */
	uint64_t raters;       /* persons who audit the same sample */
	double kappa;	       /* between them; unset: below -1 */
	bool active;	       /* guideline */
	bool labels_subset;
	uint64_t stale;		/* records at most, or UNSET */
	uint64_t each_at_least; /* records of each label, or UNSET */
	double drop_at_most;	/* share of a label's records; <0: unset */
	uint64_t undecided;	/* scan: findings at most */
};

struct dsv_policy_target {
	char *pattern;
	unsigned line;
	struct dsv_requirement *items; /* in the order of the file */
	size_t n;
};

struct dsv_policy {
	bool exists;
	struct dsv_id digest; /* of the file's bytes */
	struct dsv_policy_target *targets;
	size_t n_targets;
};

#define DSV_POLICY_INIT \
	{               \
		0       \
	}
#define DSV_POLICY_PATH ".dsv/policy.yaml"
#define DSV_POLICY_MAX	(1024u * 1024u)

/** name stands in messages; faults "<name>:<line>: ..." with the nearest known
 * word. */
int dsv_policy_parse(struct dsv_policy *out, const char *data, size_t len,
		     const char *name);
/** exists is false where the version has no such file. */
int dsv_policy_read(struct dsv_policy *out, struct dsv_repo *repo,
		    const struct dsv_version *version);
void dsv_policy_release(struct dsv_policy *policy);
/** For a branch ("main"); NULL where nothing is asked of it. */
const struct dsv_policy_target *dsv_policy_for(const struct dsv_policy *policy,
					       const char *branch);
/** "sign-off", "audit", ... */
const char *dsv_requires_name(enum dsv_requires kind);
/** What a requirement asks for, in one plain sentence. */
void dsv_requirement_tell(const struct dsv_requirement *requirement,
			  struct dsv_buf *out);

struct dsv_policy_fault {
	unsigned line;
	bool error; /* else a warning */
	char *text;
	char *next; /* what to do, or NULL */
};

struct dsv_policy_faults {
	struct dsv_policy_fault *items; /* by line */
	size_t n;
};

/** What is wrong with a policy that can be read, given who there is: a role
 * that nobody or too few hold, a checklist that is not there, a dataset that
 * does not exist, no word on who may change the policy itself. */
int dsv_policy_lint(const struct dsv_policy *policy, struct dsv_repo *repo,
		    const struct dsv_version *version,
		    struct dsv_policy_faults *out);
void dsv_policy_faults_release(struct dsv_policy_faults *faults);

#define DSV_POLICY_FAULTS_INIT \
	{                      \
		0              \
	}

DSV_AUTO_RELEASE(policy)
DSV_AUTO_RELEASE(policy_faults)

#endif
