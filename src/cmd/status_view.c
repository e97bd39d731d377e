#include <string.h>

#include <dsv/text.h>

#include "cli/table.h"
#include "cmd/status_read.h"
#include "cmd/words.h"

#define UNTRACKED_SHOWN 50u

static void add_commits(struct dsv_buf *out, size_t n, const char *what)
{
	dsv_buf_addf(out, "%zu %s %s", n, n == 1 ? "commit" : "commits", what);
}

static void view_upstream(struct dsv_buf *out, const struct dsv_status *status)
{
	if (!status->upstream)
		return;
	dsv_buf_addstr(out, ", ");
	if (status->upstream_gone) {
		dsv_buf_addstr(out, "its upstream is gone: ");
	} else if (status->ahead && status->behind) {
		add_commits(out, status->ahead, "ahead, ");
		dsv_buf_addf(out, "%zu behind ", status->behind);
	} else if (status->ahead) {
		add_commits(out, status->ahead, "ahead of ");
	} else if (status->behind) {
		add_commits(out, status->behind, "behind ");
	} else {
		dsv_buf_addstr(out, "level with ");
	}
	dsv_add_shown(out, status->upstream, strlen(status->upstream));
}

/* What was begun, and how it is ended. */
static void view_operation(struct dsv_out *out, enum dsv_operation operation)
{
	const char *word = dsv_operation_word(operation);

	if (operation == DSV_OPERATION_BISECT)
		dsv_buf_addstr(&out->buf, "a bisect is going on: git bisect\n");
	else
		dsv_buf_addf(&out->buf,
			     "a %s waits for its end: git %s --continue\n",
			     word, word);
}

static void view_head(struct dsv_out *out, const struct dsv_status *status)
{
	if (status->branch) {
		dsv_out_style(out, DSV_BOLD);
		dsv_out_shown(out, status->branch);
		dsv_out_style(out, DSV_PLAIN);
	} else {
		dsv_buf_addf(&out->buf, "at %.7s, on no branch",
			     status->commit ? status->commit : "nothing");
	}
	if (!status->commit)
		dsv_buf_addstr(&out->buf, ", no commit yet");
	view_upstream(&out->buf, status);
	dsv_buf_addch(&out->buf, '\n');
	if (status->operation != DSV_OPERATION_NONE)
		view_operation(out, status->operation);
}

static void add_signed(struct dsv_table *table, char sign, uint64_t n,
		       enum dsv_style style)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	if (n) {
		dsv_buf_addch(&text, sign);
		dsv_add_count(&text, n);
	}
	dsv_table_text(table, dsv_buf_str(&text), style);
}

/* What is to be said of a file beside the counts. */
static void add_note(struct dsv_buf *out, const struct dsv_status_file *file,
		     const struct dsv_status_counts *counts)
{
	if (counts && counts->relabelled) {
		dsv_buf_addstr(out, "relabelled ");
		dsv_add_count(out, counts->relabelled);
	} else if (counts && counts->is_new) {
		dsv_buf_addstr(out, "new");
	} else if (counts && !counts->added && !counts->removed &&
		   !counts->changed) {
		dsv_buf_addstr(out, "no record changed");
	} else if (!counts) {
		dsv_buf_addstr(out,
			       file->change == DSV_PATH_ADDED
				       ? "new"
				       : dsv_words_path_change(file->change));
	}
	if (file->old_path) {
		dsv_buf_addstr(out, " from ");
		dsv_words_path(out, file->old_path);
	}
}

static void add_file(struct dsv_table *table,
		     const struct dsv_status_file *file,
		     const struct dsv_status_side *side)
{
	const struct dsv_status_counts *counts =
		dsv_status_counts_of(side, file->path);
	const char *note = dsv_status_note_of(side, file->path);
	static const struct dsv_status_counts none = {0};
	const struct dsv_status_counts *n = counts ? counts : &none;
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_add_quoted_path(&text, file->path, strlen(file->path));
	dsv_table_text(table, dsv_buf_str(&text), DSV_PLAIN);
	add_signed(table, '+', n->added, DSV_GREEN);
	add_signed(table, '-', n->removed, DSV_RED);
	add_signed(table, '~', n->changed, DSV_YELLOW);
	dsv_buf_reset(&text);
	if (note)
		dsv_buf_addstr(&text, note);
	else
		add_note(&text, file, counts);
	dsv_table_text(table, dsv_buf_str(&text), DSV_PLAIN);
}

static void add_new_file(struct dsv_table *table, const char *path)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	size_t i;

	dsv_add_quoted_path(&text, path, strlen(path));
	dsv_table_text(table, dsv_buf_str(&text), DSV_PLAIN);
	for (i = 0; i < 3; i++)
		dsv_table_text(table, "", DSV_PLAIN);
	dsv_table_text(table, "new", DSV_PLAIN);
}

static int view_files(struct dsv_out *out, const char *title,
		      const struct dsv_status_files *files,
		      const struct dsv_status_side *side,
		      const struct dsv_strlist *untracked)
{
	struct dsv_table table DSV_AUTO(table) = DSV_TABLE_INIT("srrrl");
	size_t i, n = untracked ? untracked->n : 0;
	int rc;

	if (!files->n && !n)
		return 0;
	table.indent = 2;
	dsv_buf_addf(&out->buf, "%s\n", title);
	for (i = 0; i < files->n; i++)
		add_file(&table, &files->items[i], side);
	for (i = 0; i < n && i < UNTRACKED_SHOWN; i++)
		add_new_file(&table, untracked->items[i]);
	rc = dsv_table_print(&table, out);
	if (n > UNTRACKED_SHOWN)
		dsv_buf_addf(&out->buf, "  and %zu more new files\n",
			     n - UNTRACKED_SHOWN);
	return rc;
}

static void view_conflicts(struct dsv_out *out, const struct dsv_status *status)
{
	static const char *const stages[] = {
		"",
		"removed on both sides",
		"added by us",
		"removed by them",
		"added by them",
		"removed by us",
		"added on both sides",
		"changed on both sides",
	};
	size_t i;

	if (status->n_conflicts)
		dsv_buf_addstr(&out->buf, "to be settled\n");
	for (i = 0; i < status->n_conflicts; i++) {
		dsv_buf_addstr(&out->buf, "  ");
		dsv_words_path(&out->buf, status->conflicts[i].path);
		dsv_buf_addf(&out->buf, "  %s\n",
			     stages[status->conflicts[i].stages & 7u]);
	}
}

static void view_problems(struct dsv_out *out,
			  const struct dsv_status_read *read)
{
	const struct dsv_problems *problems = &read->status.problems;
	size_t i;

	if (!problems->n && !read->messages.n && !read->faults.text.len)
		return;
	dsv_buf_addstr(&out->buf, "problems\n");
	for (i = 0; i < problems->n; i++) {
		dsv_buf_addstr(&out->buf, "  ");
		if (problems->items[i].path) {
			dsv_words_path(&out->buf, problems->items[i].path);
			dsv_buf_addstr(&out->buf, "  ");
		}
		dsv_words_problem(&out->buf, &problems->items[i]);
		dsv_buf_addch(&out->buf, '\n');
	}
	for (i = 0; i < read->messages.n; i++) {
		dsv_buf_addstr(&out->buf, "  ");
		dsv_out_shown(out, read->messages.items[i]);
		dsv_buf_addch(&out->buf, '\n');
	}
	dsv_buf_add(&out->buf, dsv_buf_str(&read->faults.text),
		    read->faults.text.len);
}

static int status_human(struct dsv_out *out, void *result)
{
	const struct dsv_status_read *read = result;
	const struct dsv_status *status = &read->status;
	size_t start;
	int rc;

	view_head(out, status);
	start = out->buf.len;
	dsv_buf_addch(&out->buf, '\n');
	view_conflicts(out, status);
	rc = view_files(out, "to be committed", &status->staged, &read->staged,
			NULL);
	if (rc == 0)
		rc = view_files(out, "not added", &status->unstaged,
				&read->unstaged, &status->untracked);
	if (rc < 0)
		return rc;
	view_problems(out, read);
	if (out->buf.len == start + 1) {
		dsv_buf_truncate(&out->buf, start);
		dsv_buf_addstr(&out->buf, "nothing to commit, the work tree "
					  "is clean\n");
	}
	return dsv_out_line(out);
}

static int json_file(struct dsv_out *out, const char *state,
		     const struct dsv_status_file *file,
		     const struct dsv_status_side *side)
{
	const struct dsv_status_counts *counts =
		dsv_status_counts_of(side, file->path);
	const char *note = dsv_status_note_of(side, file->path);

	dsv_jline_open(out, "file");
	dsv_jline_text(out, "state", state);
	dsv_jline_text(out, "path", file->path);
	dsv_jline_text(out, "old_path", file->old_path);
	dsv_jline_text(out, "change", dsv_words_path_change(file->change));
	dsv_jline_flag(out, "is_data", file->is_data);
	if (counts) {
		dsv_jline_count(out, "records", counts->records);
		dsv_jline_count(out, "added", counts->added);
		dsv_jline_count(out, "removed", counts->removed);
		dsv_jline_count(out, "changed", counts->changed);
		dsv_jline_count(out, "relabelled", counts->relabelled);
	}
	if (note)
		dsv_jline_text(out, "note", note);
	return dsv_jline_close(out);
}

static int json_files(struct dsv_out *out, const char *state,
		      const struct dsv_status_files *files,
		      const struct dsv_status_side *side)
{
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < files->n; i++)
		rc = json_file(out, state, &files->items[i], side);
	return rc;
}

static int json_others(struct dsv_out *out, const struct dsv_status *status)
{
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < status->untracked.n; i++) {
		dsv_jline_open(out, "file");
		dsv_jline_text(out, "state", "untracked");
		dsv_jline_text(out, "path", status->untracked.items[i]);
		rc = dsv_jline_close(out);
	}
	for (i = 0; rc == 0 && i < status->n_conflicts; i++) {
		dsv_jline_open(out, "file");
		dsv_jline_text(out, "state", "conflict");
		dsv_jline_text(out, "path", status->conflicts[i].path);
		dsv_jline_flag(out, "is_data", status->conflicts[i].is_data);
		rc = dsv_jline_close(out);
	}
	return rc;
}

static int json_problems(struct dsv_out *out,
			 const struct dsv_status_read *read)
{
	const struct dsv_problems *problems = &read->status.problems;
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < problems->n; i++) {
		dsv_jline_open(out, "problem");
		dsv_jline_text(out, "problem",
			       dsv_problem_word(problems->items[i].kind));
		dsv_jline_text(out, "path", problems->items[i].path);
		dsv_jline_text(out, "detail", problems->items[i].detail);
		rc = dsv_jline_close(out);
	}
	for (i = 0; rc == 0 && i < read->messages.n; i++) {
		dsv_jline_open(out, "problem");
		dsv_jline_text(out, "problem", "records");
		dsv_jline_text(out, "path", NULL);
		dsv_jline_text(out, "detail", read->messages.items[i]);
		rc = dsv_jline_close(out);
	}
	return rc < 0 ? rc : dsv_faults_json(out, &read->faults);
}

static int json_head(struct dsv_out *out, const struct dsv_status *status)
{
	dsv_jline_open(out, "header");
	dsv_jline_text(out, "schema", "dsv.status/1");
	dsv_jline_text(out, "branch", status->branch);
	dsv_jline_text(out, "commit", status->commit);
	dsv_jline_text(out, "upstream", status->upstream);
	dsv_jline_count(out, "ahead", status->ahead);
	dsv_jline_count(out, "behind", status->behind);
	dsv_jline_text(out, "operation",
		       status->operation == DSV_OPERATION_NONE
			       ? NULL
			       : dsv_operation_word(status->operation));
	return dsv_jline_close(out);
}

static int status_json(struct dsv_out *out, void *result)
{
	const struct dsv_status_read *read = result;
	int rc = json_head(out, &read->status);

	if (rc == 0)
		rc = json_files(out, "staged", &read->status.staged,
				&read->staged);
	if (rc == 0)
		rc = json_files(out, "unstaged", &read->status.unstaged,
				&read->unstaged);
	if (rc == 0)
		rc = json_others(out, &read->status);
	return rc < 0 ? rc : json_problems(out, read);
}

const struct dsv_view dsv_status_view = {status_human, status_json};
