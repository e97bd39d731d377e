#ifndef GOVERN_EVIDENCE_PRIVATE_H
#define GOVERN_EVIDENCE_PRIVATE_H

#include <dsv/evidence.h>

#include "repo/ledger.h"

/* What the parts of the evidence module share. */

/* v1/<2 hex>/<snapshot id>/<kind>/<sha256>.json, or .json.sig */
struct dsv_evidence_place {
	struct dsv_id subject;
	enum dsv_statement_kind kind;
	struct dsv_id digest;
	bool is_signature;
};

/** False: not a path of the branch. */
bool dsv_evidence_place_parse(struct dsv_evidence_place *out, const char *path);
void dsv_evidence_place_format(const struct dsv_evidence_place *place,
			       struct dsv_buf *out);

/** Read the document and see that it lies where it should. name is for
 * messages. DSV_ESYNTAX, DSV_EUNSUPPORTED. */
int dsv_evidence_read_document(const struct dsv_buf *document, const char *path,
			       struct dsv_statement *out);

/* A file of the branch, and what was found out about it. */
struct dsv_evidence_file {
	char *path;
	struct dsv_oid blob;
	struct dsv_buf data;
	/* of a document: by which signature, and who made it */
	bool judged;
	int verdict; /* of dsv_sign_verify() */
	struct dsv_id signature;
	struct dsv_ssh_key key; /* verdict 0 */
};

/* All that is kept of an earlier reading. */
struct dsv_evidence_cache {
	struct dsv_ledger_tips tips;
	struct dsv_evidence_file *files; /* by path, then as they came */
	size_t n, cap;
	struct dsv_strlist lost;
	bool changed;
};

void dsv_evidence_cache_release(struct dsv_evidence_cache *cache);
/** Never fails: without a sound file nothing is known. */
void dsv_evidence_cache_load(struct dsv_evidence_cache *out,
			     struct dsv_repo *repo, const char *ref);
/** A failure costs time only. */
void dsv_evidence_cache_save(const struct dsv_evidence_cache *cache,
			     struct dsv_repo *repo, const char *ref);
/** Judge the bytes of the cache's file; false: nothing can be taken from
 * it. */
bool dsv_evidence_cache_decode(struct dsv_evidence_cache *out, const char *data,
			       size_t len, const char *ref);

#endif
