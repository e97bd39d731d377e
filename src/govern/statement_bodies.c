#include "govern/statement_json.h"

#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "base/map.h"
#include "govern/statement_names.h"

#define ADDRESS_MAX (1024u * 1024u) /* bytes of a record's address */
#define ANSWERS_MAX 4096u	    /* of one checklist */
#define STRATA_MAX  65536u	    /* of one plan */
#define ROWS_MAX    1000000u	    /* of one result */
#define NONCE_HEX   64u		    /* digits */

static int read_decision(const struct dsv_place *in, enum dsv_decision *out)
{
	const char *text = dsv_json_str(dsv_json_get(in->node, "decision"));

	for (unsigned i = 0; text && i < DSV_DECISIONS; i++)
		if (strcmp(text, dsv_decision_name(i)) == 0) {
			*out = i;
			return 0;
		}
	return dsv_place_fail(in, "decision",
			      "is none of approve, reject, withdraw, override");
}

static int read_withdraws(const struct dsv_place *in,
			  struct dsv_statement_signoff *out)
{
	bool has;
	int rc = dsv_place_optional_id(in, "withdraws", &has, &out->withdraws);

	if (rc < 0)
		return rc;
	if (has != (out->decision == DSV_WITHDRAW))
		return dsv_place_fail(in, "withdraws",
				      has ? "stands without that decision"
					  : "does not say what");
	return 0;
}

static int read_answer(const struct dsv_place *in, struct dsv_answer *out)
{
	static const char *const names[] = {"id", "answer", "note"};
	int rc = DSV_PLACE_MEMBERS(in, names);

	if (rc == 0)
		rc = dsv_place_word(in, "id", DSV_PLACE_ID_MAX, &out->id);
	if (rc == 0)
		rc = dsv_place_word(in, "answer", DSV_PLACE_TEXT_MAX,
				    &out->answer);
	if (rc == 0)
		rc = dsv_place_text(in, "note", DSV_PLACE_TEXT_MAX, &out->note);
	return rc;
}

static int read_answers(const struct dsv_place *in,
			struct dsv_statement_signoff *out)
{
	struct dsv_map seen DSV_AUTO(map) = DSV_MAP_INIT;
	struct dsv_place item = {in->name, "predicate.checklist.answers", NULL};
	size_t n;
	int rc = dsv_place_list(in, "answers", ANSWERS_MAX, &n);

	if (rc < 0)
		return rc;
	out->answers = dsv_alloc_zero(n + 1, sizeof(*out->answers));
	item.node = dsv_json_first(dsv_json_get(in->node, "answers"));
	for (; item.node; item.node = dsv_json_next(item.node)) {
		struct dsv_answer *answer = &out->answers[out->n_answers++];

		rc = read_answer(&item, answer);
		if (rc < 0)
			return rc;
		if (dsv_map_put(&seen, answer->id, strlen(answer->id))->value++)
			return dsv_place_fail(in, "answers",
					      "answers a question twice");
	}
	return 0;
}

static int read_checklist(const struct dsv_place *in,
			  struct dsv_statement_signoff *out)
{
	static const char *const names[] = {"id", "sha256", "answers"};
	const struct dsv_place at =
		dsv_place_inside(in, "checklist", "predicate.checklist");
	int rc;

	if (dsv_place_is_null(in, "checklist"))
		return 0;
	rc = DSV_PLACE_MEMBERS(&at, names);
	if (rc == 0)
		rc = dsv_place_name(&at, "id", &out->checklist);
	if (rc == 0)
		rc = dsv_place_id(&at, "sha256", &out->checklist_digest);
	return rc < 0 ? rc : read_answers(&at, out);
}

static int read_scan(const struct dsv_place *in,
		     struct dsv_statement_signoff *out)
{
	static const char *const names[] = {"sha256", "findings", "undecided"};
	const struct dsv_place at =
		dsv_place_inside(in, "scan", "predicate.scan");
	int rc;

	out->scanned = !dsv_place_is_null(in, "scan");
	if (!out->scanned)
		return 0;
	rc = DSV_PLACE_MEMBERS(&at, names);
	if (rc == 0)
		rc = dsv_place_id(&at, "sha256", &out->scan);
	if (rc == 0)
		rc = dsv_place_number(&at, "findings", &out->findings);
	if (rc == 0)
		rc = dsv_place_number(&at, "undecided", &out->undecided);
	if (rc < 0)
		return rc;
	if (out->undecided > out->findings)
		return dsv_place_fail(&at, "undecided",
				      "is more than there are findings");
	return 0;
}

int dsv_statement_read_signoff(const struct dsv_place *predicate,
			       struct dsv_statement_signoff *out)
{
	int rc = read_decision(predicate, &out->decision);

	if (rc == 0)
		rc = dsv_place_text(predicate, "reason", DSV_PLACE_TEXT_MAX,
				    &out->reason);
	if (rc == 0)
		rc = read_withdraws(predicate, out);
	if (rc == 0)
		rc = read_checklist(predicate, out);
	return rc < 0 ? rc : read_scan(predicate, out);
}

static int read_of(const struct dsv_place *in, struct dsv_statement_plan *out)
{
	int rc = dsv_place_word(in, "of", DSV_PLACE_ID_MAX, &out->of);
	bool is_label;

	if (rc < 0)
		return rc;
	is_label = strcmp(out->of, "label") == 0;
	if (!is_label && strcmp(out->of, "changed") != 0 &&
	    strcmp(out->of, "all") != 0)
		return dsv_place_fail(in, "of",
				      "is none of changed, label, all");
	rc = dsv_place_optional(in, "label", DSV_PLACE_TEXT_MAX, &out->label);
	if (rc < 0)
		return rc;
	if (is_label != (out->label != NULL))
		return dsv_place_fail(in, "label",
				      is_label ? "is missing"
					       : "stands without 'of: label'");
	return 0;
}

static int read_stratum(const struct dsv_place *in, struct dsv_stratum *out)
{
	static const char *const names[] = {"name", "size", "n"};
	int rc = DSV_PLACE_MEMBERS(in, names);

	if (rc == 0)
		rc = dsv_place_text(in, "name", DSV_PLACE_TEXT_MAX, &out->name);
	if (rc == 0)
		rc = dsv_place_number(in, "size", &out->size);
	if (rc == 0)
		rc = dsv_place_number(in, "n", &out->n);
	if (rc == 0 && out->n > out->size)
		return dsv_place_fail(in, "n", "is more than there are");
	return rc;
}

/* Sums end at 2^53, before they could wrap. */
static int check_sums(const struct dsv_place *in,
		      const struct dsv_statement_plan *plan)
{
	const uint64_t most = (uint64_t)1 << 53;
	uint64_t size = 0;
	uint64_t n = 0;

	for (size_t i = 0; i < plan->n_strata && size < most; i++) {
		size += plan->strata[i].size;
		n += plan->strata[i].n;
	}
	if (size != plan->population)
		return dsv_place_fail(in, "population",
				      "is not the sum of its strata");
	if (n != plan->n)
		return dsv_place_fail(in, "n", "is not the sum of its strata");
	return 0;
}

static int read_strata(const struct dsv_place *in,
		       struct dsv_statement_plan *out)
{
	struct dsv_map seen DSV_AUTO(map) = DSV_MAP_INIT;
	struct dsv_place item = {in->name, "predicate.plan.strata", NULL};
	size_t n;
	int rc = dsv_place_list(in, "strata", STRATA_MAX, &n);

	if (rc < 0)
		return rc;
	out->strata = dsv_alloc_zero(n + 1, sizeof(*out->strata));
	item.node = dsv_json_first(dsv_json_get(in->node, "strata"));
	for (; item.node; item.node = dsv_json_next(item.node)) {
		struct dsv_stratum *at = &out->strata[out->n_strata++];

		rc = read_stratum(&item, at);
		if (rc < 0)
			return rc;
		if (dsv_map_put(&seen, at->name, strlen(at->name))->value++)
			return dsv_place_fail(in, "strata",
					      "names a stratum twice");
	}
	if (!out->by && (n != 1 || *out->strata[0].name))
		return dsv_place_fail(in, "strata", "stands without 'by'");
	return 0;
}

static int read_nonce(const struct dsv_place *in, char **out)
{
	int rc = dsv_place_word(in, "nonce", NONCE_HEX, out);

	if (rc < 0)
		return rc;
	if (strspn(*out, "0123456789abcdef") != NONCE_HEX)
		return dsv_place_fail(in, "nonce", "is not 64 hex digits");
	return 0;
}

static int read_plan_counts(const struct dsv_place *in,
			    struct dsv_statement_plan *out)
{
	int rc = read_strata(in, out);

	if (rc == 0)
		rc = dsv_place_number(in, "population", &out->population);
	if (rc == 0)
		rc = dsv_place_number(in, "n", &out->n);
	return rc < 0 ? rc : check_sums(in, out);
}

int dsv_statement_read_plan(const struct dsv_place *predicate,
			    struct dsv_statement_plan *out)
{
	static const char *const names[] = {
		"number", "of",		"label", "field", "by",
		"strata", "population", "n",	 "nonce", "blind"};
	const struct dsv_place at =
		dsv_place_inside(predicate, "plan", "predicate.plan");
	int rc = DSV_PLACE_MEMBERS(&at, names);

	if (rc == 0)
		rc = dsv_place_number(&at, "number", &out->number);
	if (rc == 0)
		rc = read_of(&at, out);
	if (rc == 0)
		rc = dsv_place_word(&at, "field", DSV_PLACE_TEXT_MAX,
				    &out->field);
	if (rc == 0)
		rc = dsv_place_optional(&at, "by", DSV_PLACE_TEXT_MAX,
					&out->by);
	if (rc == 0)
		rc = read_plan_counts(&at, out);
	if (rc == 0)
		rc = read_nonce(&at, &out->nonce);
	return rc < 0 ? rc : dsv_place_bool(&at, "blind", &out->blind);
}

static int read_row(const struct dsv_place *in, struct dsv_audit_row *out)
{
	static const char *const names[] = {"address", "answer", "cause",
					    "note"};
	int rc = DSV_PLACE_MEMBERS(in, names);

	if (rc == 0)
		rc = dsv_place_word(in, "address", ADDRESS_MAX, &out->address);
	if (rc == 0)
		rc = dsv_place_text(in, "answer", DSV_PLACE_TEXT_MAX,
				    &out->answer);
	if (rc == 0)
		rc = dsv_place_text(in, "cause", DSV_PLACE_TEXT_MAX,
				    &out->cause);
	if (rc == 0)
		rc = dsv_place_text(in, "note", DSV_PLACE_TEXT_MAX, &out->note);
	return rc;
}

int dsv_statement_read_result(const struct dsv_place *predicate,
			      struct dsv_statement_result *out)
{
	static const char *const names[] = {"plan", "rows"};
	const struct dsv_place at =
		dsv_place_inside(predicate, "result", "predicate.result");
	struct dsv_place item = {at.name, "predicate.result.rows", NULL};
	size_t n;
	int rc = DSV_PLACE_MEMBERS(&at, names);

	if (rc == 0)
		rc = dsv_place_id(&at, "plan", &out->plan);
	if (rc == 0)
		rc = dsv_place_list(&at, "rows", ROWS_MAX, &n);
	if (rc < 0)
		return rc;
	out->rows = dsv_alloc_zero(n + 1, sizeof(*out->rows));
	item.node = dsv_json_first(dsv_json_get(at.node, "rows"));
	for (; item.node; item.node = dsv_json_next(item.node)) {
		struct dsv_audit_row *row = &out->rows[out->n_rows++];

		rc = read_row(&item, row);
		if (rc < 0)
			return rc;
		if (out->n_rows > 1 &&
		    strcmp(row[-1].address, row->address) >= 0)
			return dsv_place_fail(&at, "rows",
					      "is not in the order of address");
	}
	return 0;
}
