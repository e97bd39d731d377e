#ifndef DSV_CHECK_H
#define DSV_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dsv/auto.h>
#include <dsv/evidence.h>
#include <dsv/people.h>
#include <dsv/policy.h>
#include <dsv/repo.h>

/*
 * The gate: may this change be merged into that branch? Policy, people,
 * checklists and guidelines are those of the target's tip; what is judged is
 * exactly what will stand there (DESIGN section 9, docs/design.md "Gate").
 *
 *	struct dsv_check_opts opts = { .target = "main" };
 *	rc = dsv_check_run(&verdict, repo, &opts);
 *	if (verdict->refused) ...
 */
enum dsv_answer_state {
	DSV_CHECK_OK,
	DSV_CHECK_MISSING,
	DSV_CHECK_NA,
	DSV_CHECK_OVERRIDDEN,
	DSV_CHECK_ERROR,
};

struct dsv_verdict_item {
	char *dataset; /* "" for what concerns the whole change */
	enum dsv_answer_state state;
	/* "data", "guideline", "audit", "scan", "labels", "disjoint",
	 * "governance", "override", the role of a sign-off, ... */
	char *name;
	enum dsv_requires kind; /* DSV_REQUIRES_KINDS: of every change */
	unsigned line;		/* in policy.yaml; 0: of every change */
	char *found;		/* what was found, in words */
	char *next;		/* the command that comes next, or NULL */
};

struct dsv_verdict_dataset {
	char *name;
	struct dsv_id snapshot;
	struct dsv_id base; /* zero: it is new */
	bool changed;
};

struct dsv_verdict {
	bool refused;	 /* anything missing or in error */
	char *target;	 /* "main" */
	char *head_name; /* as it was asked for, or the branch; or NULL */
	struct dsv_version base; /* the target's tip; NOTHING: a new branch */
	struct dsv_version head;
	bool has_policy;
	struct dsv_id policy;
	struct dsv_verdict_dataset *datasets;
	size_t n_datasets;
	struct dsv_verdict_item *items; /* by dataset, then as in the policy */
	size_t n;
	size_t n_missing, n_errors;
};

struct dsv_check_opts {
	/* branch whose rules count; NULL: dsv.target, else the branch that
	 * origin/HEAD names, else main or master */
	const char *target;
	const char *base_rev; /* its tip; NULL: the branch, or what was fetched
			       * of it, whichever is further */
	/* over base_rev: pre-receive. A push that takes commits away is the
	 * caller's to refuse: head is judged as what is merged into base */
	const struct dsv_version *base;
	/* where policy and people are read; NULL: base. For a new branch, the
	 * default branch's tip */
	const struct dsv_version *rules;
	const struct dsv_version *head; /* NULL: HEAD */
	const char *head_name;		/* how messages name it, or NULL */
	/* opened by the caller, or NULL. It is judged by the people of rules:
	 * judge it again before its trust and by are used */
	struct dsv_evidence *evidence;
	int64_t now_s; /* for max_age; 0: the clock */
	bool no_data;  /* judge statements, do not read records */
	bool no_scan;
};

int dsv_check_run(struct dsv_verdict **out, struct dsv_repo *repo,
		  const struct dsv_check_opts *opts);
void dsv_verdict_free(struct dsv_verdict **verdict);
/** "ok", "missing", "n/a", "overridden", "error". */
const char *dsv_answer_state_name(enum dsv_answer_state state);

/** Judge one step of the target's first-parent line by the policy of its
 * first parent: log --unreviewed, evidence verify A..B. */
int dsv_check_step(struct dsv_verdict **out, struct dsv_repo *repo,
		   const char *target, const struct dsv_oid *commit,
		   struct dsv_evidence *evidence);

/* Somebody who counts as an author of the change base..head. */
struct dsv_authorship {
	struct dsv_strlist people; /* ids, by the signatures of the commits */
	/* commits that are unsigned, or whose key nobody holds */
	uint64_t unknown;
	char *first_unknown; /* short hex and subject, or NULL */
};

#define DSV_AUTHORSHIP_INIT \
	{                   \
		0           \
	}

int dsv_authorship_read(struct dsv_authorship *out, struct dsv_repo *repo,
			const struct dsv_version *base,
			const struct dsv_version *head,
			const struct dsv_people *people);
void dsv_authorship_release(struct dsv_authorship *authorship);

/** The id by which statements know a repository: the root commit of the
 * branch's first-parent line, hex. DSV_EUNSUPPORTED in a shallow clone, with
 * the command that completes it. */
int dsv_repo_identity(struct dsv_repo *repo, const struct dsv_version *version,
		      struct dsv_buf *out);
/** The target that is meant where none is named (see dsv_check_opts). */
int dsv_repo_target(struct dsv_repo *repo, struct dsv_buf *out_branch);
/** Its tip here, or of what was fetched of it, whichever is further;
 * DSV_AT_NOTHING where there is no such branch. */
int dsv_repo_target_tip(struct dsv_repo *repo, const char *branch,
			struct dsv_version *out);

DSV_AUTO_FREE(verdict)
DSV_AUTO_RELEASE(authorship)

#endif
