#include <dsv/evidence.h>

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>
#include <dsv/signer.h>

#include "base/alloc.h"
#include "base/digest.h"
#include "base/map.h"
#include "govern/evidence_private.h"
#include "repo/blobs.h"
#include "repo/config.h"
#include "repo/transport.h"

#define BRANCH "dsv-evidence"
#define HEADS  "refs/heads/"

int dsv_evidence_ref(struct dsv_repo *repo, struct dsv_buf *out)
{
	char *name DSV_AUTO(str) = dsv_config_str(repo, "dsv.evidence");
	const char *branch = name && *name ? name : BRANCH;

	dsv_buf_reset(out);
	if (strncmp(branch, HEADS, strlen(HEADS)) != 0)
		dsv_buf_addstr(out, HEADS);
	dsv_buf_addstr(out, branch);
	return 0;
}

/* The first line tells people who look at the branch with git's tools. */
static void make_message(const struct dsv_statement *statement,
			 struct dsv_buf *out)
{
	const char *what =
		statement->kind == DSV_SIGN_OFF
			? dsv_decision_name(statement->signoff.decision)
			: dsv_statement_kind_name(statement->kind);
	char hex[DSV_ID_HEX];

	dsv_buf_addf(out, "%s: %s %.12s as %s\n", statement->person, what,
		     dsv_id_hex(&statement->subject, hex), statement->role);
}

/* What is written must be readable, by this program and for everybody. */
static int check_own(const struct dsv_buf *document,
		     const struct dsv_buf *signature)
{
	struct dsv_statement again DSV_AUTO(statement) = DSV_STATEMENT_INIT;
	struct dsv_ssh_key by DSV_AUTO(ssh_key) = {.type = NULL};
	int rc = dsv_statement_parse(&again, document->data, document->len,
				     "statement");

	if (rc < 0)
		return rc;
	return dsv_sign_verify(signature, DSV_SIGN_NAMESPACE, document, &by);
}

static int append(struct dsv_repo *repo, const struct dsv_statement *statement,
		  const struct dsv_buf *document,
		  const struct dsv_buf *signature, const struct dsv_id *digest)
{
	struct dsv_evidence_place place = {.subject = statement->subject,
					   .kind = statement->kind,
					   .digest = *digest};
	struct dsv_buf paths[2] = {DSV_BUF_INIT, DSV_BUF_INIT};
	struct dsv_buf message DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf ref DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_ledger_file files[2] = {{.data = document},
					   {.data = signature}};
	int rc = dsv_evidence_ref(repo, &ref);

	for (size_t i = 0; i < 2; i++) {
		place.is_signature = i == 1;
		dsv_evidence_place_format(&place, &paths[i]);
		files[i].path = paths[i].data;
	}
	make_message(statement, &message);
	if (rc == 0)
		rc = dsv_ledger_append(repo, ref.data, files, 2, message.data);
	dsv_buf_release(&paths[0]);
	dsv_buf_release(&paths[1]);
	return rc < 0 ? rc : 0;
}

int dsv_evidence_add(struct dsv_repo *repo, struct dsv_statement *statement,
		     const char *key, struct dsv_id *out_digest)
{
	struct dsv_buf document DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf signature DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_id digest;
	int rc;

	dsv_statement_format(statement, &document);
	dsv_id_of(document.data, document.len, &digest);
	rc = dsv_sign(repo, key, DSV_SIGN_NAMESPACE, &document, &signature);
	if (rc == 0)
		rc = check_own(&document, &signature);
	if (rc == 0)
		rc = append(repo, statement, &document, &signature, &digest);
	if (rc < 0)
		return rc;
	*out_digest = digest;
	return 0;
}

struct step {
	struct dsv_repo *repo;
	struct dsv_map seen; /* path to place in files */
	struct dsv_buf *files;
	size_t n, cap;
};

static void step_release(struct step *step)
{
	for (size_t i = 0; i < step->n; i++)
		dsv_buf_release(&step->files[i]);
	free(step->files);
	dsv_map_release(&step->seen);
}

static int take_file(void *ctx, const char *path, const struct dsv_entry *entry)
{
	static const struct dsv_buf none = DSV_BUF_INIT;
	struct step *step = ctx;
	struct dsv_evidence_place place;
	struct dsv_map_entry *at;

	if (!dsv_evidence_place_parse(&place, path) || entry->mode != 0100644)
		return dsv_fail(DSV_EREFUSED, "'%s' is no place of a statement",
				path);
	at = dsv_map_put(&step->seen, path, strlen(path));
	if (at->value)
		return 0;
	at->value = step->seen.n;
	DSV_GROW(step->files, step->cap, step->n + 1);
	step->files[step->n] = none;
	return dsv_blob_read(step->repo, &entry->blob, DSV_STATEMENT_MAX,
			     &step->files[step->n++]);
}

/* A statement that the step adds comes with its signature, which holds. */
static int check_document(const struct step *step, const char *path,
			  const struct dsv_buf *document)
{
	struct dsv_statement statement DSV_AUTO(statement) = DSV_STATEMENT_INIT;
	struct dsv_ssh_key by DSV_AUTO(ssh_key) = {.type = NULL};
	char *beside DSV_AUTO(str) = dsv_strf("%s.sig", path);
	const struct dsv_map_entry *at =
		dsv_map_get(&step->seen, beside, strlen(beside));
	int rc = dsv_evidence_read_document(document, path, &statement);

	if (rc < 0)
		return rc;
	if (!at)
		return dsv_fail(DSV_EREFUSED, "'%s' has no signature", path);
	rc = dsv_sign_verify(&step->files[at->value - 1], DSV_SIGN_NAMESPACE,
			     document, &by);
	return rc < 0 ? dsv_fail_prefix(rc, "%s", path) : 0;
}

static int check_file(const struct step *step, size_t i)
{
	const char *path = step->seen.entries[i].key;
	const size_t len = strlen(path) - strlen(".sig");
	struct dsv_evidence_place place;

	dsv_evidence_place_parse(&place, path);
	if (!place.is_signature)
		return check_document(step, path, &step->files[i]);
	if (!dsv_map_get(&step->seen, path, len))
		return dsv_fail(DSV_EREFUSED, "'%s' is of no statement", path);
	return 0;
}

int dsv_evidence_check_step(struct dsv_repo *repo, const struct dsv_oid *old,
			    const struct dsv_oid *tip)
{
	struct step step
		__attribute__((cleanup(step_release))) = {.repo = repo};
	int rc = dsv_ledger_check(repo, old, tip, take_file, &step);

	for (size_t i = 0; rc == 0 && i < step.seen.n; i++)
		rc = check_file(&step, i);
	if (rc == DSV_ESYNTAX || rc == DSV_EUNSUPPORTED)
		return DSV_EREFUSED;
	return rc;
}

int dsv_evidence_unite(struct dsv_repo *repo)
{
	struct dsv_buf ref DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc = dsv_evidence_ref(repo, &ref);

	return rc < 0 ? rc : dsv_ledger_unite(repo, ref.data);
}

/* Where the branch is pushed to and fetched from: 1, or 0 for nowhere. */
static int find_remote(struct dsv_repo *repo, struct dsv_buf *ref,
		       char **out_remote)
{
	int rc = dsv_evidence_ref(repo, ref);

	return rc < 0 ? rc : dsv_transport_remote(repo, out_remote);
}

int dsv_evidence_fetch(struct dsv_repo *repo)
{
	char *remote DSV_AUTO(str) = NULL;
	struct dsv_buf ref DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc = find_remote(repo, &ref, &remote);

	return rc <= 0 ? rc : dsv_ledger_fetch(repo, ref.data, remote);
}

int dsv_evidence_push(struct dsv_repo *repo, char **out_remote)
{
	char *remote DSV_AUTO(str) = NULL;
	struct dsv_buf ref DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc = find_remote(repo, &ref, &remote);

	if (rc > 0)
		rc = dsv_ledger_push(repo, ref.data, remote);
	if (rc >= 0 && out_remote)
		*out_remote = dsv_take(&remote);
	return rc;
}
