#include <dsv/statement.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <dsv/error.h>
#include <dsv/text.h>

#include "base/alloc.h"
#include "govern/statement_json.h"
#include "govern/statement_names.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define REF_MAX	       1024u /* bytes of the target's name */
#define REPO_HEX_SHORT 40u   /* digits of a commit's name: SHA-1 */
#define REPO_HEX_LONG  64u   /* SHA-256 */

static int read_subject(const struct dsv_place *top, struct dsv_id *out)
{
	static const char *const item_names[] = {"digest"};
	static const char *const digest_names[] = {"sha256"};
	const struct cJSON *list = dsv_json_get(top->node, "subject");
	struct dsv_place item = {top->name, "subject[0]", dsv_json_first(list)};
	struct dsv_place digest;
	int rc;

	if (dsv_json_type(list) != DSV_JSON_LIST || dsv_json_count(list) != 1)
		return dsv_place_fail(top, "subject", "is not a list of one");
	rc = DSV_PLACE_MEMBERS(&item, item_names);
	if (rc < 0)
		return rc;
	digest = dsv_place_inside(&item, "digest", "subject[0].digest");
	rc = DSV_PLACE_MEMBERS(&digest, digest_names);
	return rc < 0 ? rc : dsv_place_id(&digest, "sha256", out);
}

static int read_type(const struct dsv_place *top)
{
	const char *type = dsv_json_str(dsv_json_get(top->node, "_type"));

	if (!type)
		return dsv_place_fail(top, "_type", "is not a text");
	if (strcmp(type, DSV_STATEMENT_TYPE) != 0)
		return dsv_fail(DSV_EUNSUPPORTED,
				"%s: not an in-toto statement of version 1",
				top->name);
	return 0;
}

static int read_kind(const struct dsv_place *top, enum dsv_statement_kind *out)
{
	const char *type =
		dsv_json_str(dsv_json_get(top->node, "predicateType"));

	if (!type)
		return dsv_place_fail(top, "predicateType", "is not a text");
	for (unsigned i = 0; i < DSV_STATEMENT_KINDS; i++) {
		char *known DSV_AUTO(str) = dsv_strf(
			DSV_PREDICATE_PREFIX "%s:%u",
			dsv_statement_kind_name(i), DSV_PREDICATE_VERSION);

		if (strcmp(type, known) != 0)
			continue;
		*out = i;
		return 0;
	}
	dsv_fail(DSV_EUNSUPPORTED, "%s: a kind of statement that is not known",
		 top->name);
	return dsv_hint(DSV_EUNSUPPORTED,
			"it may be of a newer dsv; this one reads sign-off, "
			"audit-plan and audit-result of version %u",
			DSV_PREDICATE_VERSION);
}

static bool is_hex(const char *text)
{
	return text[strspn(text, "0123456789abcdef")] == '\0';
}

static int read_repository(const struct dsv_place *in, char **out)
{
	int rc = dsv_place_word(in, "repository", REPO_HEX_LONG, out);
	size_t len;

	if (rc < 0)
		return rc;
	len = strlen(*out);
	if ((len != REPO_HEX_SHORT && len != REPO_HEX_LONG) || !is_hex(*out))
		return dsv_place_fail(in, "repository", "is not a commit");
	return 0;
}

static int read_target(const struct dsv_place *in, char **out)
{
	static const char heads[] = "refs/heads/";
	int rc = dsv_place_word(in, "target", REF_MAX, out);

	if (rc < 0)
		return rc;
	if (strncmp(*out, heads, sizeof(heads) - 1) != 0 ||
	    !(*out)[sizeof(heads) - 1])
		return dsv_place_fail(in, "target",
				      "is not a branch (refs/heads/..)");
	return 0;
}

static int read_dataset(const struct dsv_place *in, char **out)
{
	const char *text = dsv_json_str(dsv_json_get(in->node, "dataset"));

	if (text && strcmp(text, DSV_GOVERNANCE) == 0)
		return dsv_place_text(in, "dataset", DSV_PLACE_ID_MAX, out);
	return dsv_place_name(in, "dataset", out);
}

static int read_guideline(const struct dsv_place *in,
			  struct dsv_statement *statement)
{
	static const char *const names[] = {"id", "version", "sha256"};
	const struct dsv_place at =
		dsv_place_inside(in, "guideline", "predicate.guideline");
	char *id DSV_AUTO(str) = NULL;
	char *version DSV_AUTO(str) = NULL;
	int rc;

	if (dsv_place_is_null(in, "guideline"))
		return 0;
	rc = DSV_PLACE_MEMBERS(&at, names);
	if (rc == 0)
		rc = dsv_place_word(&at, "id", DSV_PLACE_ID_MAX, &id);
	if (rc == 0)
		rc = dsv_place_word(&at, "version", DSV_PLACE_ID_MAX, &version);
	if (rc == 0)
		rc = dsv_place_id(&at, "sha256", &statement->guideline_digest);
	if (rc < 0)
		return rc;
	if (strchr(version, '@'))
		return dsv_place_fail(&at, "version", "has an '@'");
	statement->guideline = dsv_strf("%s@%s", id, version);
	return 0;
}

/* Exactly as dsv_add_rfc3339() writes it. */
static int read_time(const struct dsv_place *in, int64_t *out)
{
	const char *text = dsv_json_str(dsv_json_get(in->node, "time"));
	struct dsv_buf again DSV_AUTO(buf) = DSV_BUF_INIT;
	struct tm tm = {0};
	const char *end;

	if (!text)
		return dsv_place_fail(in, "time", "is not a text");
	end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm);
	if (end && *end == '\0') {
		*out = (int64_t)timegm(&tm);
		dsv_add_rfc3339(&again, *out);
		if (strcmp(again.data, text) == 0)
			return 0;
	}
	return dsv_place_fail(in, "time",
			      "is not a time (2025-03-03T10:00:00Z)");
}

static int read_common(const struct dsv_place *in, struct dsv_statement *out)
{
	int rc = read_repository(in, &out->repository);

	if (rc == 0)
		rc = read_target(in, &out->target);
	if (rc == 0)
		rc = read_dataset(in, &out->dataset);
	if (rc == 0)
		rc = dsv_place_optional_id(in, "base", &out->has_base,
					   &out->base);
	if (rc == 0)
		rc = dsv_place_id(in, "change", &out->change);
	if (rc == 0)
		rc = dsv_place_optional_id(in, "policy", &out->has_policy,
					   &out->policy);
	if (rc == 0)
		rc = read_guideline(in, out);
	if (rc == 0)
		rc = dsv_place_name(in, "person", &out->person);
	if (rc == 0)
		rc = dsv_place_name(in, "role", &out->role);
	return rc < 0 ? rc : read_time(in, &out->time_s);
}

/* The members of every predicate, then those of its kind. */
static int check_predicate(const struct dsv_place *in,
			   enum dsv_statement_kind kind)
{
	static const char *const names[] = {
		"repository", "target",	   "dataset", "base", "change",
		"policy",     "guideline", "person",  "role", "time"};
	static const char *const own[DSV_STATEMENT_KINDS][5] = {
		[DSV_SIGN_OFF] = {"decision", "reason", "withdraws",
				  "checklist", "scan"},
		[DSV_AUDIT_PLAN] = {"plan"},
		[DSV_AUDIT_RESULT] = {"result"},
	};
	const char *all[COUNT(names) + COUNT(own[0])];
	size_t n = COUNT(names);

	memcpy(all, names, sizeof(names));
	for (size_t i = 0; i < COUNT(own[0]) && own[kind][i]; i++)
		all[n++] = own[kind][i];
	return dsv_place_members(in, all, n);
}

static int read_predicate(const struct dsv_place *in, struct dsv_statement *out)
{
	int rc = check_predicate(in, out->kind);

	if (rc == 0)
		rc = read_common(in, out);
	if (rc < 0)
		return rc;
	if (out->kind == DSV_SIGN_OFF)
		return dsv_statement_read_signoff(in, &out->signoff);
	if (out->kind == DSV_AUDIT_PLAN)
		return dsv_statement_read_plan(in, &out->plan);
	return dsv_statement_read_result(in, &out->result);
}

/* Kind and version come first: of what is not known, no member is judged. */
static int read_top(const struct dsv_place *top, struct dsv_statement *out)
{
	static const char *const names[] = {"_type", "subject", "predicateType",
					    "predicate"};
	struct dsv_place predicate;
	int rc;

	if (dsv_json_type(top->node) != DSV_JSON_OBJECT)
		return dsv_fail(DSV_ESYNTAX, "%s: not a statement", top->name);
	rc = read_type(top);
	if (rc == 0)
		rc = read_kind(top, &out->kind);
	if (rc == 0)
		rc = DSV_PLACE_MEMBERS(top, names);
	if (rc == 0)
		rc = read_subject(top, &out->subject);
	if (rc < 0)
		return rc;
	predicate = dsv_place_inside(top, "predicate", "predicate");
	return read_predicate(&predicate, out);
}

/* A number of a well-formed document that has a sign, fraction or exponent:
 * readers would not agree on its value. */
static bool has_odd_number(const char *data, size_t len)
{
	bool quoted = false;

	for (size_t i = 0; i < len; i++) {
		if (quoted && data[i] == '\\')
			i++;
		else if (data[i] == '"')
			quoted = !quoted;
		else if (!quoted && strchr("-.E", data[i]))
			return true;
		else if (!quoted && data[i] == 'e' &&
			 strchr("0123456789", data[i - 1]))
			return true;
	}
	return false;
}

static int check_bytes(const char *data, size_t len, const char *name)
{
	const char *lf = len ? memchr(data, '\n', len) : NULL;

	if (len > DSV_STATEMENT_MAX)
		return dsv_fail(DSV_ESYNTAX, "%s: longer than 16 MiB", name);
	if (!lf || lf + 1 != data + len)
		return dsv_fail(DSV_ESYNTAX,
				"%s: not one line that ends in a line feed",
				name);
	return 0;
}

int dsv_statement_parse(struct dsv_statement *out, const char *data, size_t len,
			const char *name)
{
	struct dsv_statement read DSV_AUTO(statement) = DSV_STATEMENT_INIT;
	struct dsv_statement none = DSV_STATEMENT_INIT;
	struct dsv_json *doc DSV_AUTO(json) = NULL;
	struct dsv_place top = {name, "", NULL};
	int rc = check_bytes(data, len, name);

	if (rc == 0)
		rc = dsv_json_parse(&doc, data, len, name);
	if (rc < 0)
		return rc;
	if (has_odd_number(data, len))
		return dsv_fail(DSV_ESYNTAX,
				"%s: a number with a sign, a fraction or an "
				"exponent",
				name);
	top.node = dsv_json_root(doc);
	rc = read_top(&top, &read);
	if (rc < 0)
		return rc;
	*out = read;
	read = none;
	return 0;
}
