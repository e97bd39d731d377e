#ifndef DSV_STATEMENT_H
#define DSV_STATEMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dsv/auto.h>
#include <dsv/buf.h>
#include <dsv/id.h>
#include <dsv/strlist.h>

/*
 * What a person signs: an in-toto Statement v1 about one snapshot
 * (docs/formats/statement.md). The bytes that are signed are the document; it
 * is never written anew from what was read.
 *
 * Reading is strict: names in exact case and each once, no unknown ones, no
 * bytes behind the value, no NUL, text in UTF-8, known kind and version.
 */
enum dsv_statement_kind {
	DSV_SIGN_OFF,
	DSV_AUDIT_PLAN,
	DSV_AUDIT_RESULT,
	DSV_STATEMENT_KINDS,
};

enum dsv_decision {
	DSV_APPROVE,
	DSV_REJECT,
	DSV_WITHDRAW, /* takes back an earlier statement of the same person */
	DSV_OVERRIDE, /* approves what the policy's other words refuse */
};

struct dsv_answer {
	char *id; /* of the question in the checklist */
	char *answer;
	char *note; /* "" where none */
};

/* Of a sign-off. */
struct dsv_statement_signoff {
	enum dsv_decision decision;
	char *reason; /* "" where none */
	/* of the statement that is withdrawn; zero otherwise */
	struct dsv_id withdraws;
	char *checklist; /* id, or NULL */
	struct dsv_id checklist_digest;
	struct dsv_answer *answers;
	size_t n_answers;
	bool scanned;
	struct dsv_id scan; /* the digest of include/dsv/scan.h */
	uint64_t findings, undecided;
};

struct dsv_stratum {
	char *name;
	uint64_t size; /* records of the population */
	uint64_t n;    /* drawn of them */
};

/* Of an audit plan. What is drawn follows from it alone: of each stratum the n
 * records with the smallest SHA-256(nonce, snapshot id, key). */
struct dsv_statement_plan {
	uint64_t number; /* "audit 12" */
	char *of;	 /* "changed", "label" or "all" */
	char *label;	 /* of: label: the value; else NULL */
	char *field;	 /* the label field that is judged */
	char *by; /* what strata are made of: a field's name; NULL: simple */
	struct dsv_stratum *strata; /* one, named "", where by is NULL */
	size_t n_strata;
	uint64_t population, n;
	char *nonce; /* 64 hex digits */
	bool blind;
};

struct dsv_audit_row {
	char *address; /* PATH:KEY */
	char *answer;  /* what the auditor says the label is */
	char *cause;   /* of an error, "" where none is given */
	char *note;
};

/* Of an audit result: what one auditor says of every record of the sample. No
 * figures: whoever reads it computes them. */
struct dsv_statement_result {
	struct dsv_id plan;	    /* of the plan's document */
	struct dsv_audit_row *rows; /* in the order of address */
	size_t n_rows;
};

struct dsv_statement {
	enum dsv_statement_kind kind;
	struct dsv_id subject; /* a snapshot id, or the governance id */
	char *repository;      /* the root commit of the target's first line */
	char *target;	       /* "refs/heads/main" */
	char *dataset;	       /* DSV_GOVERNANCE for policy and people */
	bool has_base;
	struct dsv_id base;   /* snapshot on the target, what was compared to */
	struct dsv_id change; /* include/dsv/change_digest.h */
	bool has_policy;
	struct dsv_id policy; /* of policy.yaml on the target */
	char *guideline;      /* "sentiment@2.1.0", or NULL */
	struct dsv_id guideline_digest;
	char *person; /* id in people.yaml */
	char *role;
	int64_t time_s; /* as claimed; seconds since 1970 */
	struct dsv_statement_signoff signoff;
	struct dsv_statement_plan plan;
	struct dsv_statement_result result;
};

#define DSV_STATEMENT_INIT \
	{                  \
		0          \
	}
#define DSV_GOVERNANCE	  ".governance"
#define DSV_STATEMENT_MAX (16u * 1024u * 1024u) /* bytes of a document */

/** The document: one line of JSON and LF. Equal statements give equal
 * bytes. */
void dsv_statement_format(const struct dsv_statement *statement,
			  struct dsv_buf *out);
/** name stands in messages. DSV_ESYNTAX, DSV_EUNSUPPORTED (a kind or version
 * that is not known). */
int dsv_statement_parse(struct dsv_statement *out, const char *data, size_t len,
			const char *name);
void dsv_statement_release(struct dsv_statement *statement);
/** "sign-off", "audit-plan", "audit-result"; "approve" and so on. */
const char *dsv_statement_kind_name(enum dsv_statement_kind kind);
const char *dsv_decision_name(enum dsv_decision decision);

DSV_AUTO_RELEASE(statement)

#endif
