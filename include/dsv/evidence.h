#ifndef DSV_EVIDENCE_H
#define DSV_EVIDENCE_H

#include <stdbool.h>
#include <stddef.h>

#include <dsv/auto.h>
#include <dsv/people.h>
#include <dsv/repo.h>
#include <dsv/statement.h>

/*
 * All signed statements, on the evidence branch (docs/formats/evidence.md):
 *
 *	v1/<2 hex>/<snapshot id>/<kind>/<sha256 of the document>.json
 *	v1/<2 hex>/<snapshot id>/<kind>/<sha256 of the document>.json.sig
 *
 * Names are content, so two branches unite without conflict. What is read is
 * the union over the whole history of the local branch and of what was fetched
 * of it from remotes; a path that an earlier commit had and a later one lacks
 * is a fault of the branch until a commit puts it back, and is still read.
 *
 *	rc = dsv_evidence_open(&evidence, repo);
 *	rc = dsv_evidence_judge(evidence, &people);
 *	for (i = 0; i < evidence->n; i++)
 *		...
 */
enum dsv_trust {
	DSV_TRUSTED,	  /* signed by a key that people.yaml has */
	DSV_UNKNOWN_KEY,  /* well signed, by a key that nobody holds (any more)
			   */
	DSV_WRONG_PERSON, /* signed by somebody else than it says */
	DSV_NO_ROLE,	  /* the person does not hold the role */
	DSV_BAD_SIGNATURE,
	DSV_MALFORMED, /* or not at the place that its content names */
};

struct dsv_evidence_item {
	char *path;	      /* on the branch */
	struct dsv_id digest; /* of the document */
	struct dsv_buf document;
	struct dsv_buf signature;
	struct dsv_statement statement; /* not of a MALFORMED one */
	struct dsv_ssh_key key;		/* that signed */
	enum dsv_trust trust;		/* by dsv_evidence_judge() */
	const struct dsv_member *by;	/* NULL unless TRUSTED or NO_ROLE */
	char *fault;			/* why it is not trusted, else NULL */
};

struct dsv_evidence {
	struct dsv_evidence_item *items; /* by claimed time, then digest */
	size_t n;
	/* paths that a commit of the branch lost or changed, and that it still
	 * lacks; the gate refuses */
	struct dsv_strlist lost;
	bool exists; /* any such branch */
};

/** "trusted", "unknown-key", "wrong-person", "no-role", "bad-signature",
 * "malformed". */
const char *dsv_trust_name(enum dsv_trust trust);

/** Verify every signature (results are remembered: a document's digest, the
 * signature's and the key decide). Costs what is new since the last time. */
int dsv_evidence_open(struct dsv_evidence **out, struct dsv_repo *repo);
void dsv_evidence_free(struct dsv_evidence **evidence);
/** Set trust and by. people is borrowed for as long as evidence lives. */
void dsv_evidence_judge(struct dsv_evidence *evidence,
			const struct dsv_people *people);

/**
 * Sign a statement and put it on the branch; durable when it returns. Person,
 * role and time must be set.
 *
 * @param key  as in dsv_sign(); NULL: the one that is configured
 */
int dsv_evidence_add(struct dsv_repo *repo, struct dsv_statement *statement,
		     const char *key, struct dsv_id *out_digest);

/** "refs/heads/dsv-evidence", or as dsv.evidence says. */
int dsv_evidence_ref(struct dsv_repo *repo, struct dsv_buf *out);
/** Is the step of the branch from old (zero: it is new) to tip a legal one:
 * each commit keeps every path and blob of all its parents, paths are of the
 * known form, documents lie where their content says. DSV_EREFUSED names the
 * first fault. For the server. */
int dsv_evidence_check_step(struct dsv_repo *repo, const struct dsv_oid *old,
			    const struct dsv_oid *tip);
/** Unite the local branch with what was fetched of it. 1 when it moved. */
int dsv_evidence_unite(struct dsv_repo *repo);
/** Bring the remote's branch here, where a remote is, and unite. 1 when the
 * local one moved. */
int dsv_evidence_fetch(struct dsv_repo *repo);
/** Push the branch, where a remote is: fetches, unites and tries again when
 * the race is lost; never forced. 1 pushed, 0 nothing to do. out_remote (may be
 * NULL): its name, the caller's, or NULL where there is none. */
int dsv_evidence_push(struct dsv_repo *repo, char **out_remote);

DSV_AUTO_FREE(evidence)

#endif
