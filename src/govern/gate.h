#ifndef GOVERN_GATE_H
#define GOVERN_GATE_H

#include <dsv/audit.h>
#include <dsv/check.h>
#include <dsv/dataset.h>
#include <dsv/governance.h>
#include <dsv/scan.h>
#include <dsv/snapshot.h>

#include "base/map.h"

/*
 * What the parts of the gate share. gate.c finds out what is judged by which
 * rules; each check_*.c answers one kind of requirement; check.c calls them
 * and counts.
 */

/* How often a label stands in a column of a dataset. */
struct dsv_gate_label {
	char *column;
	char *value;
	bool is_null; /* no label, which is none that could be scarce */
	uint64_t before, after;
};

/* One dataset of the change. */
struct dsv_gate_set {
	const struct dsv_dataset *set; /* as head defines it; NULL: removed */
	const char *name;
	const struct dsv_snapshot *head; /* NULL: removed */
	const struct dsv_snapshot *tip;	 /* on the target; NULL: it is new */
	const struct dsv_snapshot *fork; /* at the merge base, or NULL */
	bool judged;			 /* the change touches it */
	bool moved_on; /* so does the target since the merge base */
	/* of the files that differ from the target's */
	uint64_t records;
	uint64_t changed;
	uint64_t faulty[2];    /* keys and form, by enum dsv_gate_fault */
	struct dsv_buf faults; /* "2 doubled keys (a.csv:7)" */
	struct dsv_map labels; /* column, NUL, value: place in counts + 1 */
	struct dsv_gate_label *counts;
	size_t n_counts;
	bool uncounted; /* there are more values than are counted */
	bool counted;	/* unchanged files are counted too */
	struct dsv_strlist differing; /* paths */
	struct dsv_strlist blobs; /* paths whose blob is not that of the fork */
};

struct dsv_gate {
	struct dsv_repo *repo;
	const struct dsv_check_opts *opts;
	struct dsv_verdict *verdict;
	char *ref;	  /* "refs/heads/main" */
	char *repository; /* "" where it cannot be told */
	char *repository_fault;
	char *repository_next;
	struct dsv_version base;  /* the target's tip */
	struct dsv_version rules; /* where policy and people are read */
	/* what is compared with: base, or nothing where head is the tip itself,
	 * which is judged as a whole */
	struct dsv_version since;
	struct dsv_version fork; /* merge base of base and head */
	bool crossed;		 /* there are several, so none says what a merge
				  * would give */
	struct dsv_version head;
	struct dsv_policy policy;
	const struct dsv_policy_target *target; /* NULL: nothing is asked */
	struct dsv_people people;
	struct dsv_evidence *owned;
	struct dsv_evidence *evidence;
	struct dsv_datasets definitions; /* at head */
	struct dsv_snapshots at_head, at_base, at_fork;
	struct dsv_gate_set *sets;
	size_t n_sets;
	struct dsv_governance governance;
	struct dsv_id rules_base; /* dsv_governance_base(), where they change */
	struct dsv_authorship authorship;
	struct dsv_scan *scan; /* of head, on first use */
	bool scan_failed;
	int64_t now_s;
};

/** Everything but the records. DSV_E*: nothing can be judged at all. */
int dsv_gate_open(struct dsv_gate *gate, struct dsv_repo *repo,
		  const struct dsv_check_opts *opts);
void dsv_gate_release(struct dsv_gate *gate);

/** Rules that cannot be read are an answer to the gate; who signs is stopped by
 * them: DSV_EREFUSED. */
int dsv_gate_check_rules(const struct dsv_gate *gate);

/* An answer. Takes over found and next. */
struct dsv_gate_item {
	const char *dataset; /* "" for the whole change */
	enum dsv_answer_state state;
	const char *name; /* NULL: by the requirement */
	const struct dsv_requirement *requirement; /* NULL: of every change */
	char *found;
	char *next;
};
void dsv_gate_answer(struct dsv_gate *gate, const struct dsv_gate_item *item);
/** The error recorded last as an answer; 0, or rc where it must end all. */
int dsv_gate_error(struct dsv_gate *gate, int rc, const char *dataset,
		   const char *name, const struct dsv_requirement *requirement);

/** A sign-off that can count: by a person of that role, trusted, for this
 * subject, target and repository, not withdrawn. */
struct dsv_vote_query {
	const struct dsv_id *subject;
	const char *dataset;
	const char *role;
	const struct dsv_id *base; /* what is approved starts there; or NULL */
};
struct dsv_votes {
	const struct dsv_evidence_item **items; /* in the order of evidence */
	size_t n;
	char *faulty; /* why one that bears this subject does not count, or NULL
		       */
};
#define DSV_VOTES_INIT \
	{              \
		0      \
	}
void dsv_votes_read(struct dsv_votes *out, const struct dsv_gate *gate,
		    const struct dsv_vote_query *query);
void dsv_votes_release(struct dsv_votes *votes);
/** May this person not approve, as an author of the change? */
bool dsv_gate_bars(const struct dsv_gate *gate,
		   const struct dsv_requirement *requirement,
		   const char *person);
/** Persons that are needed: one more than one, where an unknown author may be
 * the very person who approves. */
uint64_t dsv_gate_needs(const struct dsv_gate *gate,
			const struct dsv_requirement *requirement);
/** "2 commits are not signed by anybody known: 7c1d0ab Subject". */
void dsv_gate_tell_unknown(const struct dsv_gate *gate, struct dsv_buf *out);
/** Names of persons, whichever signed first. Sorts the list. */
void dsv_gate_add_names(const struct dsv_gate *gate,
			struct dsv_strlist *persons, struct dsv_buf *out);
/** What the rules are compared with. */
const struct dsv_version *dsv_gate_rules_since(const struct dsv_gate *gate);

/* check_*.c: each answers once for one dataset (or for the change). */
int dsv_check_data(struct dsv_gate *gate);
int dsv_check_signoff(struct dsv_gate *gate, const struct dsv_gate_set *set,
		      const struct dsv_requirement *requirement);
int dsv_check_audit(struct dsv_gate *gate, const struct dsv_gate_set *set,
		    const struct dsv_requirement *requirement);
int dsv_check_guideline(struct dsv_gate *gate, struct dsv_gate_set *set,
			const struct dsv_requirement *requirement);
int dsv_check_labels(struct dsv_gate *gate, struct dsv_gate_set *set,
		     const struct dsv_requirement *requirement);
int dsv_check_scan(struct dsv_gate *gate, const struct dsv_gate_set *set,
		   const struct dsv_requirement *requirement);
int dsv_check_disjoint(struct dsv_gate *gate,
		       const struct dsv_requirement *requirement);
int dsv_check_governance(struct dsv_gate *gate);
/** Turns what is missing into overridden, where enough people say so. */
int dsv_check_override(struct dsv_gate *gate, const struct dsv_gate_set *set,
		       const struct dsv_requirement *requirement);
/** "'pos'", with its column where the dataset has several. */
void dsv_gate_add_label(const struct dsv_gate_set *set,
			const struct dsv_gate_label *label,
			struct dsv_buf *out);
/** "; Privacy B signed 4b81e0c2, 3 records changed since", where an approval of
 * this role was given to an earlier state of the change. */
int dsv_gate_tell_earlier(const struct dsv_gate *gate,
			  const struct dsv_gate_set *set, const char *role,
			  struct dsv_buf *out);
/** The counts of labels, those of unchanged files too. */
int dsv_gate_count_labels(struct dsv_gate *gate, struct dsv_gate_set *set);
/** The scan of a dataset at head; *out NULL where it failed and was told. */
int dsv_gate_scan(struct dsv_gate *gate, const struct dsv_gate_set *set,
		  const struct dsv_scan_set **out);

DSV_AUTO_RELEASE(gate)
DSV_AUTO_RELEASE(votes)

#endif
