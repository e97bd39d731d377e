#ifndef DSV_SIGNOFF_H
#define DSV_SIGNOFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dsv/auto.h>
#include <dsv/checklist.h>
#include <dsv/repo.h>
#include <dsv/statement.h>

/*
 * A sign-off from start to end: find out who signs, in which role and what,
 * let the questions be answered, sign.
 *
 *	struct dsv_signoff_opts opts = { .decision = DSV_APPROVE };
 *	rc = dsv_signoff_prepare(&signoff, repo, &opts);
 *	if (dsv_signoff_checklist(signoff))
 *		rc = dsv_signoff_answer(signoff, answers, n);
 *	rc = dsv_signoff_sign(signoff);
 *
 * Nothing is signed before all of it can be: a person whom the target does not
 * know, a role that is not theirs, an answer that is missing are refused while
 * there is still nothing to take back.
 */
struct dsv_signoff_opts {
	enum dsv_decision decision;
	const char *target;		/* branch; NULL: as the gate */
	const struct dsv_version *head; /* NULL: HEAD */
	/* NULL: the only role of the signer that the policy asks for */
	const char *role;
	const char *dataset;   /* NULL: all that the change touches */
	const char *reason;    /* needed to reject and to override */
	const char *withdraws; /* the first digits of a statement; NULL: the
				* signer's last ones for what is signed */
	const char *key;       /* as in dsv_sign() */
	bool no_scan;
};

/* One statement. */
struct dsv_signoff_item {
	struct dsv_statement statement;
	struct dsv_id digest; /* of the document, once it is signed */
	bool is_signed;
};

struct dsv_signoff {
	char *target;	   /* "main" */
	char *person;	   /* id */
	char *person_name; /* as people.yaml has it */
	char *role;
	/* by dataset; DSV_GOVERNANCE last */
	struct dsv_signoff_item *items;
	size_t n;
	struct dsv_checklist checklist; /* id NULL: none is asked for */
	bool answered;
	struct dsv_repo *repo;
	char *key;
};

/**
 * @error  DSV_EREFUSED   the target's people do not have the key, or the
 *                        person not the role; nothing is changed; the target
 *                        went on; a reason is missing
 *         DSV_EUSAGE     several roles could be meant
 *         DSV_ENOTFOUND  no such dataset, no statement to withdraw
 */
int dsv_signoff_prepare(struct dsv_signoff **out, struct dsv_repo *repo,
			const struct dsv_signoff_opts *opts);
void dsv_signoff_free(struct dsv_signoff **signoff);

/** The questions that the policy asks of the role; NULL: none, or the decision
 * needs no answers. */
const struct dsv_checklist *
dsv_signoff_checklist(const struct dsv_signoff *signoff);
/** Take a copy of the answers. DSV_ESYNTAX: they are not complete. */
int dsv_signoff_answer(struct dsv_signoff *signoff,
		       const struct dsv_answer *answers, size_t n);

/** Answers that stand in a file, a filled copy of the checklist. DSV_EUSAGE
 * where none is asked for. */
int dsv_signoff_answer_file(struct dsv_signoff *signoff, const char *path);

/** Sign each statement and put it on the evidence branch. DSV_EREFUSED where
 * questions are still open. When it fails in between, is_signed tells what
 * stands. */
int dsv_signoff_sign(struct dsv_signoff *signoff);

DSV_AUTO_FREE(signoff)

#endif
