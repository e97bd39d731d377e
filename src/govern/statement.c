#include <dsv/statement.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <dsv/text.h>

#include "govern/statement_names.h"

const char *dsv_statement_kind_name(enum dsv_statement_kind kind)
{
	static const char *const names[DSV_STATEMENT_KINDS] = {
		[DSV_SIGN_OFF] = "sign-off",
		[DSV_AUDIT_PLAN] = "audit-plan",
		[DSV_AUDIT_RESULT] = "audit-result",
	};

	return names[kind];
}

const char *dsv_decision_name(enum dsv_decision decision)
{
	static const char *const names[DSV_DECISIONS] = {
		[DSV_APPROVE] = "approve",
		[DSV_REJECT] = "reject",
		[DSV_WITHDRAW] = "withdraw",
		[DSV_OVERRIDE] = "override",
	};

	return names[decision];
}

/* "name": , with the comma where something stands before. */
static void add_name(struct dsv_buf *out, const char *name)
{
	if (out->len && !strchr("{[", out->data[out->len - 1]))
		dsv_buf_addch(out, ',');
	dsv_add_json_string(out, name, strlen(name));
	dsv_buf_addch(out, ':');
}

static void add_text(struct dsv_buf *out, const char *name, const char *text)
{
	if (!text)
		text = "";
	add_name(out, name);
	dsv_add_json_string(out, text, strlen(text));
}

static void add_optional(struct dsv_buf *out, const char *name,
			 const char *text)
{
	if (text) {
		add_text(out, name, text);
		return;
	}
	add_name(out, name);
	dsv_buf_addstr(out, "null");
}

static void add_id(struct dsv_buf *out, const char *name,
		   const struct dsv_id *id)
{
	char hex[DSV_ID_HEX];

	add_optional(out, name, id ? dsv_id_hex(id, hex) : NULL);
}

static void add_number(struct dsv_buf *out, const char *name, uint64_t value)
{
	add_name(out, name);
	dsv_buf_addf(out, "%" PRIu64, value);
}

static void add_bool(struct dsv_buf *out, const char *name, bool value)
{
	add_name(out, name);
	dsv_buf_addstr(out, value ? "true" : "false");
}

static void open_object(struct dsv_buf *out, const char *name)
{
	add_name(out, name);
	dsv_buf_addch(out, '{');
}

static void open_item(struct dsv_buf *out, size_t at)
{
	dsv_buf_addstr(out, at ? ",{" : "{");
}

static void add_guideline(struct dsv_buf *out,
			  const struct dsv_statement *statement)
{
	const char *text = statement->guideline;
	const char *at = text ? strrchr(text, '@') : NULL;

	if (!at) {
		add_optional(out, "guideline", NULL);
		return;
	}
	open_object(out, "guideline");
	add_name(out, "id");
	dsv_add_json_string(out, text, (size_t)(at - text));
	add_text(out, "version", at + 1);
	add_id(out, "sha256", &statement->guideline_digest);
	dsv_buf_addch(out, '}');
}

static void add_time(struct dsv_buf *out, int64_t at_s)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_add_rfc3339(&text, at_s);
	add_text(out, "time", text.data);
}

static void add_checklist(struct dsv_buf *out,
			  const struct dsv_statement_signoff *signoff)
{
	if (!signoff->checklist) {
		add_optional(out, "checklist", NULL);
		return;
	}
	open_object(out, "checklist");
	add_text(out, "id", signoff->checklist);
	add_id(out, "sha256", &signoff->checklist_digest);
	add_name(out, "answers");
	dsv_buf_addch(out, '[');
	for (size_t i = 0; i < signoff->n_answers; i++) {
		open_item(out, i);
		add_text(out, "id", signoff->answers[i].id);
		add_text(out, "answer", signoff->answers[i].answer);
		add_text(out, "note", signoff->answers[i].note);
		dsv_buf_addch(out, '}');
	}
	dsv_buf_addstr(out, "]}");
}

static void add_signoff(struct dsv_buf *out,
			const struct dsv_statement_signoff *signoff)
{
	add_text(out, "decision", dsv_decision_name(signoff->decision));
	add_text(out, "reason", signoff->reason);
	add_id(out, "withdraws",
	       signoff->decision == DSV_WITHDRAW ? &signoff->withdraws : NULL);
	add_checklist(out, signoff);
	if (!signoff->scanned) {
		add_optional(out, "scan", NULL);
		return;
	}
	open_object(out, "scan");
	add_id(out, "sha256", &signoff->scan);
	add_number(out, "findings", signoff->findings);
	add_number(out, "undecided", signoff->undecided);
	dsv_buf_addch(out, '}');
}

static void add_plan(struct dsv_buf *out, const struct dsv_statement_plan *plan)
{
	open_object(out, "plan");
	add_number(out, "number", plan->number);
	add_text(out, "of", plan->of);
	add_optional(out, "label", plan->label);
	add_text(out, "field", plan->field);
	add_optional(out, "by", plan->by);
	add_name(out, "strata");
	dsv_buf_addch(out, '[');
	for (size_t i = 0; i < plan->n_strata; i++) {
		open_item(out, i);
		add_text(out, "name", plan->strata[i].name);
		add_number(out, "size", plan->strata[i].size);
		add_number(out, "n", plan->strata[i].n);
		dsv_buf_addch(out, '}');
	}
	dsv_buf_addch(out, ']');
	add_number(out, "population", plan->population);
	add_number(out, "n", plan->n);
	add_text(out, "nonce", plan->nonce);
	add_bool(out, "blind", plan->blind);
	dsv_buf_addch(out, '}');
}

static void add_result(struct dsv_buf *out,
		       const struct dsv_statement_result *result)
{
	open_object(out, "result");
	add_id(out, "plan", &result->plan);
	add_name(out, "rows");
	dsv_buf_addch(out, '[');
	for (size_t i = 0; i < result->n_rows; i++) {
		open_item(out, i);
		add_text(out, "address", result->rows[i].address);
		add_text(out, "answer", result->rows[i].answer);
		add_text(out, "cause", result->rows[i].cause);
		add_text(out, "note", result->rows[i].note);
		dsv_buf_addch(out, '}');
	}
	dsv_buf_addstr(out, "]}");
}

static void add_common(struct dsv_buf *out,
		       const struct dsv_statement *statement)
{
	add_text(out, "repository", statement->repository);
	add_text(out, "target", statement->target);
	add_text(out, "dataset", statement->dataset);
	add_id(out, "base", statement->has_base ? &statement->base : NULL);
	add_id(out, "change", &statement->change);
	add_id(out, "policy",
	       statement->has_policy ? &statement->policy : NULL);
	add_guideline(out, statement);
	add_text(out, "person", statement->person);
	add_text(out, "role", statement->role);
	add_time(out, statement->time_s);
}

void dsv_statement_format(const struct dsv_statement *statement,
			  struct dsv_buf *out)
{
	dsv_buf_reset(out);
	dsv_buf_addch(out, '{');
	add_text(out, "_type", DSV_STATEMENT_TYPE);
	add_name(out, "subject");
	dsv_buf_addstr(out, "[{\"digest\":{");
	add_id(out, "sha256", &statement->subject);
	dsv_buf_addstr(out, "}}]");
	add_name(out, "predicateType");
	dsv_buf_addf(out, "\"" DSV_PREDICATE_PREFIX "%s:%u\"",
		     dsv_statement_kind_name(statement->kind),
		     DSV_PREDICATE_VERSION);
	open_object(out, "predicate");
	add_common(out, statement);
	if (statement->kind == DSV_SIGN_OFF)
		add_signoff(out, &statement->signoff);
	else if (statement->kind == DSV_AUDIT_PLAN)
		add_plan(out, &statement->plan);
	else
		add_result(out, &statement->result);
	dsv_buf_addstr(out, "}}\n");
}

static void release_signoff(struct dsv_statement_signoff *signoff)
{
	for (size_t i = 0; i < signoff->n_answers; i++) {
		free(signoff->answers[i].id);
		free(signoff->answers[i].answer);
		free(signoff->answers[i].note);
	}
	free(signoff->answers);
	free(signoff->reason);
	free(signoff->checklist);
}

static void release_plan(struct dsv_statement_plan *plan)
{
	for (size_t i = 0; i < plan->n_strata; i++)
		free(plan->strata[i].name);
	free(plan->strata);
	free(plan->of);
	free(plan->label);
	free(plan->field);
	free(plan->by);
	free(plan->nonce);
}

static void release_result(struct dsv_statement_result *result)
{
	for (size_t i = 0; i < result->n_rows; i++) {
		free(result->rows[i].address);
		free(result->rows[i].answer);
		free(result->rows[i].cause);
		free(result->rows[i].note);
	}
	free(result->rows);
}

void dsv_statement_release(struct dsv_statement *statement)
{
	static const struct dsv_statement none = DSV_STATEMENT_INIT;

	free(statement->repository);
	free(statement->target);
	free(statement->dataset);
	free(statement->guideline);
	free(statement->person);
	free(statement->role);
	release_signoff(&statement->signoff);
	release_plan(&statement->plan);
	release_result(&statement->result);
	*statement = none;
}
