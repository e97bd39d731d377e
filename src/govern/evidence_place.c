#include "govern/evidence_private.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "base/digest.h"

#define ROOT	  "v1/"
#define HEX	  (DSV_ID_HEX - 1)
#define DOCUMENT  ".json"
#define SIGNATURE ".json.sig"

static bool parse_kind(const char **at, enum dsv_statement_kind *out)
{
	for (unsigned i = 0; i < DSV_STATEMENT_KINDS; i++) {
		const char *name = dsv_statement_kind_name(i);
		const size_t len = strlen(name);

		if (strncmp(*at, name, len) != 0 || (*at)[len] != '/')
			continue;
		*at += len + 1;
		*out = i;
		return true;
	}
	return false;
}

bool dsv_evidence_place_parse(struct dsv_evidence_place *out, const char *path)
{
	const size_t fixed = strlen(ROOT) + 3 + HEX + 1;
	const char *at = path;

	if (strlen(path) < fixed || strncmp(at, ROOT, strlen(ROOT)) != 0)
		return false;
	at += strlen(ROOT);
	if (at[2] != '/' || memcmp(at, at + 3, 2) != 0 ||
	    !dsv_id_parse(&out->subject, at + 3, HEX) || at[3 + HEX] != '/')
		return false;
	at = path + fixed;
	if (!parse_kind(&at, &out->kind) || strlen(at) < HEX ||
	    !dsv_id_parse(&out->digest, at, HEX))
		return false;
	at += HEX;
	out->is_signature = strcmp(at, SIGNATURE) == 0;
	return out->is_signature || strcmp(at, DOCUMENT) == 0;
}

void dsv_evidence_place_format(const struct dsv_evidence_place *place,
			       struct dsv_buf *out)
{
	char subject[DSV_ID_HEX];
	char digest[DSV_ID_HEX];

	dsv_id_hex(&place->subject, subject);
	dsv_buf_reset(out);
	dsv_buf_addf(out, ROOT "%.2s/%s/%s/%s%s", subject, subject,
		     dsv_statement_kind_name(place->kind),
		     dsv_id_hex(&place->digest, digest),
		     place->is_signature ? SIGNATURE : DOCUMENT);
}

int dsv_evidence_read_document(const struct dsv_buf *document, const char *path,
			       struct dsv_statement *out)
{
	struct dsv_evidence_place place;
	struct dsv_id digest;
	int rc;

	if (!dsv_evidence_place_parse(&place, path))
		return dsv_fail(DSV_ESYNTAX, "'%s' is no place of a statement",
				path);
	if (place.is_signature)
		return dsv_fail(DSV_ESYNTAX, "'%s' is of no statement", path);
	dsv_id_of(dsv_buf_str(document), document->len, &digest);
	if (!dsv_id_equal(&digest, &place.digest))
		return dsv_fail(DSV_ESYNTAX,
				"'%s' has other bytes than its "
				"name says",
				path);
	rc = dsv_statement_parse(out, document->data, document->len, path);
	if (rc < 0)
		return rc;
	if (out->kind == place.kind &&
	    dsv_id_equal(&out->subject, &place.subject))
		return 0;
	dsv_statement_release(out);
	return dsv_fail(DSV_ESYNTAX,
			"'%s' says another kind or subject than its name",
			path);
}
