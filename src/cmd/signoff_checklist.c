#include <string.h>

#include <dsv/checklist.h>
#include <dsv/text.h>

#include "cli/table.h"
#include "cmd/signoff.h"

struct checklist_args {
	const char *id;
};

static const struct dsv_opt checklist_opts[] = {
	DSV_OPT_JSON,
	DSV_ARG_MAYBE("ID", struct checklist_args, id, DSV_COMPLETE_NONE),
	DSV_OPT_END,
};

static const char *const templates[] = {"privacy", "safety", "storage"};

#define N_TEMPLATES (sizeof(templates) / sizeof(*templates))

/* A checklist of the repository, or one that is shipped. */
struct row {
	const char *id;
	const char *title;
	uint64_t questions;
	const char *state; /* "here", "template" or "faulty" */
	const char *fault;
};

static int row_human(struct dsv_table *table, const struct row *row)
{
	dsv_table_text(table, row->id, DSV_BOLD);
	dsv_table_text(table, row->state, row->fault ? DSV_RED : DSV_PLAIN);
	dsv_table_count(table, row->questions);
	dsv_table_text(table, row->fault ? row->fault : row->title, DSV_PLAIN);
	return 0;
}

static int row_json(struct dsv_out *out, const struct row *row)
{
	dsv_jline_open(out, "checklist");
	dsv_jline_text(out, "id", row->id);
	dsv_jline_text(out, "state", row->state);
	dsv_jline_count(out, "questions", row->questions);
	dsv_jline_text(out, "title", row->title);
	dsv_jline_text(out, "fault", row->fault);
	return dsv_jline_close(out);
}

static int add_row(struct dsv_ctx *ctx, struct dsv_table *table,
		   const struct row *row)
{
	return ctx->out->json ? row_json(ctx->out, row) : row_human(table, row);
}

static int add_here(struct dsv_ctx *ctx, struct dsv_table *table,
		    const struct dsv_version *version, const char *id)
{
	struct dsv_checklist list DSV_AUTO(checklist) = DSV_CHECKLIST_INIT;
	struct row row = {.id = id, .state = "here"};

	if (dsv_checklist_read(&list, ctx->repo, version, id) < 0) {
		row.state = "faulty";
		row.fault = dsv_error_message();
	}
	row.title = list.title;
	row.questions = list.n;
	return add_row(ctx, table, &row);
}

static int add_template(struct dsv_ctx *ctx, struct dsv_table *table,
			const char *id)
{
	struct dsv_checklist list DSV_AUTO(checklist) = DSV_CHECKLIST_INIT;
	const char *text = dsv_checklist_template(id);
	struct row row = {.id = id, .state = "template"};
	int rc;

	rc = dsv_checklist_parse(&list, text, strlen(text), id);
	if (rc < 0)
		return rc;
	row.title = list.title;
	row.questions = list.n;
	return add_row(ctx, table, &row);
}

static int list_all(struct dsv_ctx *ctx)
{
	static const char *const head[] = {"checklist", "is", "questions",
					   "title"};
	struct dsv_table table DSV_AUTO(table) = DSV_TABLE_INIT("llrs");
	struct dsv_strlist ids DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	const struct dsv_version worktree = {.at = DSV_AT_WORKTREE};
	size_t i;
	int rc;

	rc = dsv_checklist_list(ctx->repo, &worktree, &ids);
	if (rc == 0 && ctx->out->json) {
		dsv_jline_open(ctx->out, "header");
		dsv_jline_text(ctx->out, "schema", "dsv.signoff-checklist/1");
		rc = dsv_jline_close(ctx->out);
	}
	for (i = 0; i < 4; i++)
		dsv_table_text(&table, head[i], DSV_DIM);
	for (i = 0; rc == 0 && i < ids.n; i++)
		rc = add_here(ctx, &table, &worktree, ids.items[i]);
	for (i = 0; rc == 0 && i < N_TEMPLATES; i++)
		if (dsv_strlist_find(&ids, templates[i]) < 0)
			rc = add_template(ctx, &table, templates[i]);
	if (rc < 0 || ctx->out->json)
		return rc;
	return dsv_table_print(&table, ctx->out);
}

static int show_questions(struct dsv_out *out, const struct dsv_checklist *list)
{
	size_t i, k;
	int rc;

	dsv_out_shown(out, list->title);
	dsv_buf_addch(&out->buf, '\n');
	rc = dsv_out_line(out);
	for (i = 0; rc == 0 && i < list->n; i++) {
		const struct dsv_question *question = &list->questions[i];

		dsv_buf_addf(&out->buf, "\n%s  ", question->id);
		for (k = 0; k < question->answers.n; k++) {
			dsv_buf_addstr(&out->buf, k ? ", " : "(");
			dsv_out_shown(out, question->answers.items[k]);
		}
		dsv_buf_addstr(&out->buf, ")\n    ");
		dsv_out_shown(out, question->ask);
		dsv_buf_addch(&out->buf, '\n');
		rc = dsv_out_line(out);
	}
	return rc;
}

static int json_questions(struct dsv_out *out, const struct dsv_checklist *list)
{
	char hex[DSV_ID_HEX];
	size_t i;
	int rc;

	dsv_jline_open(out, "header");
	dsv_jline_text(out, "schema", "dsv.signoff-checklist/1");
	dsv_jline_text(out, "id", list->id);
	dsv_jline_text(out, "title", list->title);
	dsv_jline_text(out, "sha256", dsv_id_hex(&list->digest, hex));
	rc = dsv_jline_close(out);
	for (i = 0; rc == 0 && i < list->n; i++) {
		dsv_jline_open(out, "question");
		dsv_jline_text(out, "id", list->questions[i].id);
		dsv_jline_text(out, "ask", list->questions[i].ask);
		dsv_jline_list(out, "answers", &list->questions[i].answers);
		dsv_jline_list(out, "pass", &list->questions[i].pass);
		rc = dsv_jline_close(out);
	}
	return rc;
}

static int install(struct dsv_ctx *ctx, const char *id)
{
	const int rc = dsv_checklist_install(ctx->repo, id);

	if (rc < 0)
		return rc;
	dsv_buf_addf(&ctx->out->buf,
		     "wrote .dsv/checklists/%s.yaml\n"
		     "next: make it your own, then dsv add and dsv commit\n",
		     id);
	return dsv_out_line(ctx->out);
}

/* The questions of a checklist that is here; a template that is not becomes
 * one. */
static int one(struct dsv_ctx *ctx, const char *id)
{
	const struct dsv_version worktree = {.at = DSV_AT_WORKTREE};
	struct dsv_checklist list DSV_AUTO(checklist) = DSV_CHECKLIST_INIT;
	int rc;

	rc = dsv_checklist_read(&list, ctx->repo, &worktree, id);
	if (rc == DSV_ENOTFOUND && dsv_checklist_template(id) &&
	    !ctx->out->json)
		return install(ctx, id);
	if (rc < 0)
		return rc;
	return ctx->out->json ? json_questions(ctx->out, &list)
			      : show_questions(ctx->out, &list);
}

static int checklist_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct checklist_args *args = argp;

	return args->id ? one(ctx, args->id) : list_all(ctx);
}

const struct dsv_cmd dsv_cmd_signoff_checklist = {
	.name = "signoff checklist",
	.brief = "list checklists, show one, or begin one from a template",
	.about = "Templates are privacy, safety and storage: naming one that "
		 "is not in the work tree writes it to .dsv/checklists.",
	.opts = checklist_opts,
	.args_size = sizeof(struct checklist_args),
	.needs = DSV_NEEDS_WORKTREE,
	.run = checklist_run,
};
