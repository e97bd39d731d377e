#include <stdlib.h>
#include <string.h>

#include <dsv/text.h>
#include <dsv/walk.h>

#include "cli/table.h"
#include "cmd/guideline.h"
#include "cmd/words.h"

struct list_args {
	const char *rev;
};

static const struct dsv_opt list_opts[] = {
	DSV_OPT_JSON,
	DSV_ARG_MAYBE("REV", struct list_args, rev, DSV_COMPLETE_REV),
	DSV_OPT_END,
};

/* One guideline; what cannot be read has a fault. */
struct row {
	const char *id;
	struct dsv_guideline front;
	struct dsv_buf fault;
	struct dsv_strlist datasets;
	struct dsv_commit_info last; /* that changed it; no parents, no oid:
				      * it is in no commit */
	bool committed;
};

struct listed {
	const char *version;
	struct row *rows;
	size_t n;
};

static void add_last(struct dsv_buf *out, const struct row *row)
{
	if (!row->committed) {
		dsv_buf_addstr(out, "not committed");
		return;
	}
	dsv_words_short(out, &row->last.oid);
	dsv_buf_addstr(out, "  ");
	dsv_add_date(out, row->last.author.at_s, row->last.author.offset_min);
}

static void add_row(struct dsv_table *table, const struct row *row)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	const struct dsv_guideline *front = &row->front;

	dsv_table_text(table, row->id, DSV_BOLD);
	dsv_table_text(table, front->version ? front->version : "-", DSV_PLAIN);
	dsv_table_text(table, front->status ? front->status : "unreadable",
		       front->status ? DSV_PLAIN : DSV_RED);
	dsv_table_text(table, front->effective ? front->effective : "-",
		       DSV_PLAIN);
	add_last(&text, row);
	dsv_table_text(table, dsv_buf_str(&text), DSV_PLAIN);
	dsv_buf_reset(&text);
	dsv_guideline_join(&text, &row->datasets);
	dsv_table_text(table, dsv_buf_str(&text), DSV_PLAIN);
}

static int list_human(struct dsv_out *out, void *result)
{
	static const char *const head[] = {"guideline", "version", "status",
					   "effective", "changed", "datasets"};
	const struct listed *listed = result;
	struct dsv_table table DSV_AUTO(table) = DSV_TABLE_INIT("llllls");
	size_t i;
	int rc;

	for (i = 0; i < sizeof(head) / sizeof(head[0]); i++)
		dsv_table_text(&table, head[i], DSV_DIM);
	for (i = 0; i < listed->n; i++)
		add_row(&table, &listed->rows[i]);
	rc = dsv_table_print(&table, out);
	for (i = 0; rc == 0 && i < listed->n; i++) {
		if (!listed->rows[i].fault.len)
			continue;
		dsv_out_shown(out, dsv_buf_str(&listed->rows[i].fault));
		dsv_buf_addch(&out->buf, '\n');
		rc = dsv_out_line(out);
	}
	return rc;
}

static int json_row(struct dsv_out *out, const struct row *row)
{
	struct dsv_buf time DSV_AUTO(buf) = DSV_BUF_INIT;
	const struct dsv_guideline *front = &row->front;
	char hex[DSV_OID_HEX];

	dsv_jline_open(out, "guideline");
	dsv_jline_text(out, "guideline", row->id);
	dsv_jline_text(out, "version", front->version);
	dsv_jline_text(out, "status", front->status);
	dsv_jline_text(out, "effective", front->effective);
	dsv_jline_list(out, "datasets", &row->datasets);
	dsv_add_rfc3339(&time, row->last.author.at_s);
	dsv_jline_text(out, "commit",
		       row->committed ? dsv_oid_hex(&row->last.oid, hex)
				      : NULL);
	dsv_jline_text(out, "author",
		       row->committed ? row->last.author.name : NULL);
	dsv_jline_text(out, "time", row->committed ? dsv_buf_str(&time) : NULL);
	dsv_jline_text(out, "fault",
		       row->fault.len ? dsv_buf_str(&row->fault) : NULL);
	return dsv_jline_close(out);
}

static int list_json(struct dsv_out *out, void *result)
{
	const struct listed *listed = result;
	size_t i;
	int rc;

	dsv_jline_open(out, "header");
	dsv_jline_text(out, "schema", "dsv.guideline-list/1");
	dsv_jline_text(out, "version", listed->version);
	rc = dsv_jline_close(out);
	for (i = 0; rc == 0 && i < listed->n; i++)
		rc = json_row(out, &listed->rows[i]);
	return rc;
}

static const struct dsv_view list_view = {list_human, list_json};

/* The youngest commit at REV or before that touches the file. */
static int find_last(struct dsv_ctx *ctx, const char *rev, struct row *row)
{
	struct dsv_strlist revs DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_strlist paths DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_walk *walk DSV_AUTO(walk) = NULL;
	struct dsv_walk_opts opts = {
		.revs = &revs, .pathspecs = &paths, .limit = 1};
	struct dsv_buf path DSV_AUTO(buf) = DSV_BUF_INIT;
	const struct dsv_commit_info *commit;
	int rc;

	if (rev)
		dsv_strlist_add(&revs, rev);
	dsv_buf_addf(&path, "guidelines/%s.md", row->id);
	dsv_words_literal(&paths, dsv_buf_str(&path));
	rc = dsv_walk_open(&walk, ctx->repo, &opts);
	if (rc == 0)
		rc = dsv_walk_next(walk, &commit);
	if (rc <= 0)
		return rc;
	row->committed = true;
	return dsv_commit_info_read(ctx->repo, &commit->oid, &row->last);
}

static int read_row(struct dsv_ctx *ctx, const struct dsv_version *version,
		    const char *rev, struct row *row)
{
	int rc = dsv_guideline_read(ctx->repo, version, row->id, &row->front);

	if (rc == DSV_ESYNTAX || rc == DSV_ERANGE) {
		dsv_buf_addstr(&row->fault, dsv_error_message());
		dsv_error_clear();
		rc = 0;
	}
	if (rc == 0)
		rc = dsv_guideline_datasets(ctx, version, row->id,
					    &row->datasets);
	return rc < 0 ? rc : find_last(ctx, rev, row);
}

static void release(struct listed *listed)
{
	size_t i;

	for (i = 0; i < listed->n; i++) {
		dsv_guideline_release(&listed->rows[i].front);
		dsv_buf_release(&listed->rows[i].fault);
		dsv_strlist_release(&listed->rows[i].datasets);
		dsv_commit_info_release(&listed->rows[i].last);
	}
	free(listed->rows);
}

static int list_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct list_args *args = argp;
	struct dsv_strlist ids DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct listed listed = {0};
	struct dsv_version version;
	size_t i;
	int rc = dsv_guideline_at(ctx, args->rev, &version, &listed.version);

	if (rc == 0)
		rc = dsv_guideline_all(ctx, &version, &ids);
	if (rc < 0)
		return rc;
	listed.rows = calloc(ids.n, sizeof(*listed.rows));
	if (!listed.rows)
		return dsv_fail(DSV_EIO, "no memory");
	listed.n = ids.n;
	for (i = 0; rc == 0 && i < ids.n; i++) {
		listed.rows[i].id = ids.items[i];
		rc = read_row(ctx, &version, args->rev, &listed.rows[i]);
	}
	if (rc == 0)
		rc = dsv_out_show(ctx->out, &list_view, &listed);
	release(&listed);
	return rc;
}

const struct dsv_cmd dsv_cmd_guideline_list = {
	.name = "guideline list",
	.brief = "all guidelines: version, status, datasets, last change",
	.about = "Of the work tree, or of REV.",
	.opts = list_opts,
	.args_size = sizeof(struct list_args),
	.needs = DSV_NEEDS_REPO,
	.flags = DSV_CMD_PAGER,
	.run = list_run,
};
