#include <stdlib.h>
#include <string.h>

#include <dsv/evidence.h>
#include <dsv/text.h>

#include "cli/table.h"
#include "cmd/people.h"

#define INDENT 8u /* of what stands behind a name */

struct show_args {
	const char *id;
	const char *rev;
};

static const struct dsv_opt show_opts[] = {
	DSV_OPT_REV(0, "rev", struct show_args, rev,
		    "as the file stands in REV (default: the work tree)"),
	DSV_OPT_JSON,
	DSV_ARG("ID", struct show_args, id, DSV_COMPLETE_NONE),
	DSV_OPT_END,
};

struct shown {
	struct dsv_people people;
	struct dsv_policy policy;
	const struct dsv_member *who;
	struct dsv_evidence *evidence;
};

/* Theirs: signed by a key that they hold. */
static bool is_theirs(const struct shown *shown,
		      const struct dsv_evidence_item *item)
{
	return item->by == shown->who && item->trust != DSV_MALFORMED;
}

static const char *word_of(const struct dsv_evidence_item *item)
{
	const struct dsv_statement *said = &item->statement;

	return said->kind == DSV_SIGN_OFF
		       ? dsv_decision_name(said->signoff.decision)
		       : dsv_statement_kind_name(said->kind);
}

static int pair(struct dsv_out *out, const char *name, const char *text)
{
	dsv_out_styled(out, DSV_DIM, "%-*s", (int)INDENT, name);
	dsv_out_wrapped(out, text, INDENT);
	dsv_buf_addch(&out->buf, '\n');
	return dsv_out_line(out);
}

static int list(struct dsv_out *out, const char *name,
		const struct dsv_strlist *items)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	size_t i;

	for (i = 0; i < items->n; i++)
		dsv_buf_addf(&text, "%s%s", i ? ", " : "", items->items[i]);
	return pair(out, name, items->n ? dsv_buf_str(&text) : "none");
}

static int keys(struct dsv_out *out, const struct dsv_member *who)
{
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < who->n_keys; i++) {
		struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

		dsv_people_add_key(&text, &who->keys[i]);
		rc = pair(out, i ? "" : "keys", dsv_buf_str(&text));
	}
	return who->n_keys ? rc : pair(out, "keys", "none");
}

/* What the policy asks of somebody in a role of theirs. */
static int asked(struct dsv_out *out, const struct shown *shown)
{
	const struct dsv_policy *policy = &shown->policy;
	size_t i, k;
	int rc = 0;

	for (i = 0; i < policy->n_targets; i++) {
		const struct dsv_policy_target *target = &policy->targets[i];

		for (k = 0; rc == 0 && k < target->n; k++) {
			struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

			if (!dsv_people_is_asked(shown->who, &target->items[k]))
				continue;
			dsv_buf_addf(&text, "%s: ", target->pattern);
			dsv_requirement_tell(&target->items[k], &text);
			rc = pair(out, "asked", dsv_buf_str(&text));
		}
	}
	return rc;
}

static void add_statement(struct dsv_table *table,
			  const struct dsv_evidence_item *item)
{
	const struct dsv_statement *said = &item->statement;
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	char hex[DSV_ID_HEX];

	dsv_add_rfc3339(&text, said->time_s);
	dsv_table_text(table, dsv_buf_str(&text), DSV_DIM);
	dsv_table_text(table, word_of(item),
		       item->trust == DSV_TRUSTED ? DSV_PLAIN : DSV_RED);
	dsv_table_text(table, said->role, DSV_PLAIN);
	dsv_table_text(table, said->dataset, DSV_PLAIN);
	dsv_buf_reset(&text);
	dsv_buf_add(&text, dsv_id_hex(&said->subject, hex), 12);
	dsv_table_text(table, dsv_buf_str(&text), DSV_PLAIN);
	dsv_table_text(table, said->target, DSV_DIM);
}

static int statements(struct dsv_out *out, const struct shown *shown)
{
	struct dsv_table table DSV_AUTO(table) = DSV_TABLE_INIT("llllls");
	size_t n = 0;
	size_t i;

	for (i = 0; i < shown->evidence->n; i++) {
		if (!is_theirs(shown, &shown->evidence->items[i]))
			continue;
		add_statement(&table, &shown->evidence->items[i]);
		n++;
	}
	if (!n)
		return pair(out, "signed", "nothing");
	dsv_buf_addf(&out->buf, "\nsigned %zu statement%s\n", n,
		     n == 1 ? "" : "s");
	return dsv_table_print(&table, out);
}

static int show_human(struct dsv_out *out, void *result)
{
	const struct shown *shown = result;
	const struct dsv_member *who = shown->who;
	int rc;

	dsv_out_styled(out, DSV_BOLD, "%s", who->id);
	dsv_buf_addstr(&out->buf, "  ");
	dsv_out_shown(out, who->name);
	dsv_buf_addch(&out->buf, '\n');
	rc = list(out, "e-mail", &who->emails);
	if (rc == 0)
		rc = list(out, "roles", &who->roles);
	if (rc == 0)
		rc = keys(out, who);
	if (rc == 0)
		rc = asked(out, shown);
	return rc < 0 ? rc : statements(out, shown);
}

static int json_statement(struct dsv_out *out,
			  const struct dsv_evidence_item *item)
{
	const struct dsv_statement *said = &item->statement;
	struct dsv_buf time DSV_AUTO(buf) = DSV_BUF_INIT;
	char hex[DSV_ID_HEX];

	dsv_add_rfc3339(&time, said->time_s);
	dsv_jline_open(out, "statement");
	dsv_jline_text(out, "statement", dsv_id_hex(&item->digest, hex));
	dsv_jline_text(out, "kind", dsv_statement_kind_name(said->kind));
	dsv_jline_text(out, "decision",
		       said->kind == DSV_SIGN_OFF ? word_of(item) : NULL);
	dsv_jline_text(out, "role", said->role);
	dsv_jline_text(out, "dataset", said->dataset);
	dsv_jline_text(out, "snapshot", dsv_id_hex(&said->subject, hex));
	dsv_jline_text(out, "target", said->target);
	dsv_jline_text(out, "time", dsv_buf_str(&time));
	dsv_jline_flag(out, "trusted", item->trust == DSV_TRUSTED);
	return dsv_jline_close(out);
}

static int show_json(struct dsv_out *out, void *result)
{
	const struct shown *shown = result;
	size_t i;
	int rc;

	dsv_jline_open(out, "header");
	dsv_jline_text(out, "schema", "dsv.people-show/1");
	rc = dsv_jline_close(out);
	if (rc < 0)
		return rc;
	dsv_jline_open(out, "person");
	dsv_people_json(out, shown->who);
	rc = dsv_jline_close(out);
	for (i = 0; rc == 0 && i < shown->evidence->n; i++)
		if (is_theirs(shown, &shown->evidence->items[i]))
			rc = json_statement(out, &shown->evidence->items[i]);
	return rc;
}

static const struct dsv_view show_view = {show_human, show_json};

static int nobody(const struct shown *shown, const char *id)
{
	struct dsv_strlist ids DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	const char *near;
	size_t i;

	for (i = 0; i < shown->people.n; i++)
		dsv_strlist_add(&ids, shown->people.items[i].id);
	near = dsv_nearest(id, &ids);
	dsv_fail(DSV_ENOTFOUND, "nobody is called '%s'", id);
	return near ? dsv_hint(DSV_ENOTFOUND, "did you mean '%s'?", near)
		    : dsv_hint(DSV_ENOTFOUND, "dsv people list");
}

static int show(struct dsv_ctx *ctx, const struct show_args *args,
		struct shown *shown)
{
	int rc;

	rc = dsv_people_at(ctx, args->rev, &shown->people, &shown->policy);
	if (rc < 0)
		return rc;
	shown->who = dsv_people_named(&shown->people, args->id);
	if (!shown->who)
		return nobody(shown, args->id);
	rc = dsv_evidence_open(&shown->evidence, ctx->repo);
	if (rc < 0)
		return rc;
	dsv_evidence_judge(shown->evidence, &shown->people);
	return dsv_out_show(ctx->out, &show_view, shown);
}

static int show_run(struct dsv_ctx *ctx, const void *argp)
{
	struct shown shown = {.people = DSV_PEOPLE_INIT,
			      .policy = DSV_POLICY_INIT};
	const int rc = show(ctx, argp, &shown);

	dsv_evidence_free(&shown.evidence);
	dsv_people_release(&shown.people);
	dsv_policy_release(&shown.policy);
	return rc;
}

const struct dsv_cmd dsv_cmd_people_show = {
	.name = "people show",
	.brief = "one person, what is asked of them, what they signed",
	.opts = show_opts,
	.args_size = sizeof(struct show_args),
	.needs = DSV_NEEDS_REPO,
	.flags = DSV_CMD_PAGER,
	.run = show_run,
};
