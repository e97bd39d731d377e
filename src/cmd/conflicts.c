#include <string.h>

#include <dsv/conflicts.h>
#include <dsv/text.h>

#include "cli/cmd.h"
#include "cli/table.h"
#include "cmd/words.h"

struct conflicts_args {
	struct dsv_operands paths;
};

static const struct dsv_opt conflicts_opts[] = {
	DSV_OPT_JSON,
	DSV_ARG_MANY("PATH", struct conflicts_args, paths, DSV_COMPLETE_PATH),
	DSV_OPT_END,
};

static void view_path(struct dsv_table *table,
		      const struct dsv_path_conflicts *path)
{
	for (size_t i = 0; i < path->n; i++) {
		const struct dsv_conflict *item = &path->items[i];
		struct dsv_buf address DSV_AUTO(buf) = DSV_BUF_INIT;

		dsv_words_typed(&address, item->address);
		dsv_table_text(table, dsv_buf_str(&address), DSV_PLAIN);
		dsv_table_text(table,
			       item->resolved
				       ? "resolved"
				       : dsv_conflict_word_name(item->word),
			       item->resolved ? DSV_GREEN : DSV_RED);
		for (size_t s = 0; s < 3; s++) {
			const char *value = item->values[s];

			if (s == 0 && item->reason)
				value = item->reason;
			dsv_table_text(table, value ? value : "-", DSV_PLAIN);
		}
	}
}

static void view_side(struct dsv_out *out, const char *word, const char *commit)
{
	if (!commit)
		return;
	dsv_buf_addstr(&out->buf, word);
	dsv_out_shown(out, commit);
	dsv_buf_addch(&out->buf, '\n');
}

static int view(struct dsv_out *out, const struct dsv_conflicts *all,
		size_t open)
{
	struct dsv_table table DSV_AUTO(table) = DSV_TABLE_INIT("sssss");
	static const char *const heads[] = {"", "", "base", "ours", "theirs"};
	int rc;

	view_side(out, "ours    ", all->ours);
	view_side(out, "theirs  ", all->theirs);
	if (all->ours || all->theirs)
		dsv_buf_addch(&out->buf, '\n');
	for (size_t i = 0; i < 5; i++)
		dsv_table_text(&table, heads[i], DSV_DIM);
	for (size_t i = 0; i < all->n; i++)
		view_path(&table, &all->items[i]);
	rc = dsv_table_print(&table, out);
	if (rc < 0)
		return rc;
	dsv_buf_addf(&out->buf, "\n%zu conflict%s in %zu file%s\n", open,
		     open == 1 ? "" : "s", all->n, all->n == 1 ? "" : "s");
	dsv_buf_addstr(&out->buf,
		       "next: dsv resolve ADDRESS --ours|--theirs|--base|"
		       "--set VALUE\n");
	return dsv_out_line(out);
}

static int view_none(struct dsv_out *out, const struct dsv_conflicts *all)
{
	dsv_buf_addstr(&out->buf, "no conflicts\n");
	if (all->operation != DSV_OPERATION_NONE &&
	    all->operation != DSV_OPERATION_BISECT)
		dsv_buf_addf(&out->buf, "next: %s\n", all->next);
	return dsv_out_line(out);
}

static int json_item(struct dsv_out *out, const char *path,
		     const struct dsv_conflict *item)
{
	static const char *const sides[] = {"base", "ours", "theirs"};

	dsv_jline_open(out, "conflict");
	dsv_jline_text(out, "address", item->address);
	dsv_jline_text(out, "path", path);
	dsv_jline_list(out, "key", &item->key);
	dsv_jline_text(out, "field", item->field);
	dsv_jline_text(out, "conflict", dsv_conflict_word_name(item->word));
	dsv_jline_text(out, "reason", item->reason);
	for (size_t s = 0; s < 3; s++)
		dsv_jline_text(out, sides[s], item->values[s]);
	dsv_jline_flag(out, "resolved", item->resolved);
	return dsv_jline_close(out);
}

static int json(struct dsv_out *out, const struct dsv_conflicts *all,
		size_t open)
{
	int rc = 0;

	dsv_jline_open(out, "header");
	dsv_jline_text(out, "schema", "dsv.conflicts/1");
	dsv_jline_text(out, "ours", all->ours);
	dsv_jline_text(out, "theirs", all->theirs);
	rc = dsv_jline_close(out);
	for (size_t i = 0; i < all->n; i++) {
		for (size_t k = 0; rc == 0 && k < all->items[i].n; k++)
			rc = json_item(out, all->items[i].path,
				       &all->items[i].items[k]);
	}
	if (rc < 0)
		return rc;
	dsv_jline_open(out, "summary");
	dsv_jline_count(out, "files", all->n);
	dsv_jline_count(out, "open", open);
	return dsv_jline_close(out);
}

#define EXIT_WAITS 4 /* for a person */

static int conflicts_run(struct dsv_ctx *ctx, const void *argp)
{
	const struct conflicts_args *args = argp;
	struct dsv_conflicts all DSV_AUTO(conflicts) = DSV_CONFLICTS_INIT;
	struct dsv_strlist paths DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	size_t open = 0;
	int rc;

	rc = dsv_repo_paths(ctx->repo, &args->paths.list, &paths);
	if (rc == 0)
		rc = dsv_conflicts_read(&all, ctx->repo, &paths);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < all.n; i++)
		open += all.items[i].n_open;
	if (ctx->out->json) {
		rc = json(ctx->out, &all, open);
	} else if (all.n) {
		rc = view(ctx->out, &all, open);
	} else {
		rc = view_none(ctx->out, &all);
	}
	if (rc < 0)
		return rc;
	return open ? EXIT_WAITS : 0;
}

const struct dsv_cmd dsv_cmd_conflicts = {
	.name = "conflicts",
	.group = DSV_GROUP_WORK,
	.brief = "what a merge left to a person, record by record",
	.about = "Lists each record or field that both sides changed, with "
		 "what either side says. Exit status 4 while any is open.",
	.opts = conflicts_opts,
	.args_size = sizeof(struct conflicts_args),
	.needs = DSV_NEEDS_WORKTREE,
	.flags = DSV_CMD_PAGER,
	.run = conflicts_run,
};
