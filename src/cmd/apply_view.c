#include "cmd/apply_view.h"

#include <string.h>

#include <dsv/text.h>

#include "cmd/words.h"

static const char *fault_word(const struct dsv_apply_fault *fault)
{
	switch (fault->kind) {
	case DSV_APPLY_RECORD:
		return dsv_issue_word(fault->issue);
	case DSV_APPLY_UNKNOWN_COLUMN:
		return "unknown_column";
	case DSV_APPLY_NO_KEY_COLUMN:
		return "no_key_column";
	case DSV_APPLY_NO_KEY:
		return dsv_issue_word(DSV_ISSUE_NO_KEY);
	case DSV_APPLY_DOUBLED:
		return dsv_issue_word(DSV_ISSUE_DUPLICATE_KEY);
	case DSV_APPLY_DOUBLED_TARGET:
		return "duplicate_key_in_target";
	case DSV_APPLY_UNKNOWN_KEY:
		return "unknown_key";
	case DSV_APPLY_UNKNOWN_LABEL:
		return "unknown_label";
	case DSV_APPLY_BROKEN_TARGET:
		break;
	}
	return "broken_target";
}

/* 'text', safe to show */
static void quoted(struct dsv_out *out, const char *text)
{
	dsv_buf_addch(&out->buf, '\'');
	dsv_out_shown(out, text);
	dsv_buf_addch(&out->buf, '\'');
}

static void say_key(struct dsv_out *out, const struct dsv_apply_fault *fault)
{
	dsv_buf_addstr(&out->buf, "key ");
	quoted(out, fault->key ? fault->key : "");
}

static void say_doubled_target(struct dsv_out *out,
			       const struct dsv_apply_view *view,
			       const struct dsv_apply_fault *fault)
{
	say_key(out, fault);
	dsv_buf_addstr(&out->buf, " names several records of ");
	quoted(out, view->result->path);
	dsv_buf_addf(&out->buf, ", lines %llu to %llu",
		     (unsigned long long)fault->other_line,
		     (unsigned long long)fault->last_line);
}

static void say_broken_target(struct dsv_out *out,
			      const struct dsv_apply_view *view,
			      const struct dsv_apply_fault *fault)
{
	say_key(out, fault);
	dsv_buf_addstr(&out->buf, ": the record cannot be written");
	if (fault->other_line) {
		dsv_buf_addstr(&out->buf, ", ");
		quoted(out, view->result->path);
		dsv_buf_addf(&out->buf, " line %llu",
			     (unsigned long long)fault->other_line);
	}
	dsv_buf_addstr(&out->buf, ": ");
	if (fault->value)
		dsv_out_shown(out, fault->value);
	else
		dsv_buf_addstr(&out->buf, dsv_words_fault(fault->issue));
}

static void say_label(struct dsv_out *out, const struct dsv_apply_view *view,
		      const struct dsv_apply_fault *fault)
{
	say_key(out, fault);
	dsv_buf_addstr(&out->buf, ": ");
	quoted(out, fault->value);
	dsv_buf_addstr(&out->buf, " in ");
	quoted(out, fault->column);
	dsv_buf_addstr(&out->buf, " is no label of guideline ");
	quoted(out, view->guideline ? view->guideline : "");
}

static void say_column(struct dsv_out *out, const char *where,
		       const char *column)
{
	quoted(out, where);
	dsv_buf_addstr(&out->buf, " has no column ");
	quoted(out, column);
}

static void say(struct dsv_out *out, const struct dsv_apply_view *view,
		const struct dsv_apply_fault *fault)
{
	switch (fault->kind) {
	case DSV_APPLY_RECORD:
		dsv_buf_addstr(&out->buf, dsv_words_fault(fault->issue));
		return;
	case DSV_APPLY_UNKNOWN_COLUMN:
		say_column(out, view->result->path, fault->column);
		return;
	case DSV_APPLY_NO_KEY_COLUMN:
		say_column(out, view->file, fault->column);
		dsv_buf_addstr(&out->buf, ", which is of the key");
		return;
	case DSV_APPLY_NO_KEY:
		dsv_buf_addstr(&out->buf, dsv_words_fault(DSV_ISSUE_NO_KEY));
		return;
	case DSV_APPLY_DOUBLED:
		say_key(out, fault);
		dsv_buf_addf(&out->buf, " stands in line %llu too",
			     (unsigned long long)fault->other_line);
		return;
	case DSV_APPLY_DOUBLED_TARGET:
		say_doubled_target(out, view, fault);
		return;
	case DSV_APPLY_UNKNOWN_KEY:
		say_key(out, fault);
		dsv_buf_addstr(&out->buf, " is not in ");
		quoted(out, view->result->path);
		return;
	case DSV_APPLY_UNKNOWN_LABEL:
		say_label(out, view, fault);
		return;
	case DSV_APPLY_BROKEN_TARGET:
		say_broken_target(out, view, fault);
		return;
	}
}

static int human_fault(struct dsv_out *out, const struct dsv_apply_view *view,
		       const struct dsv_apply_fault *fault)
{
	dsv_words_path(&out->buf, view->file);
	dsv_buf_addf(&out->buf, ":%llu: ", (unsigned long long)fault->line);
	say(out, view, fault);
	if (fault->near) {
		dsv_buf_addstr(&out->buf, "; did you mean ");
		quoted(out, fault->near);
		dsv_buf_addch(&out->buf, '?');
	}
	dsv_buf_addch(&out->buf, '\n');
	return dsv_out_line(out);
}

static void line_or_null(struct dsv_out *out, const char *name, uint64_t line)
{
	if (line)
		dsv_jline_count(out, name, line);
	else
		dsv_jline_text(out, name, NULL);
}

static int json_fault(struct dsv_out *out, const struct dsv_apply_view *view,
		      const struct dsv_apply_fault *fault)
{
	bool record = fault->kind == DSV_APPLY_BROKEN_TARGET && !fault->value;

	dsv_jline_open(out, "issue");
	dsv_jline_text(out, "path", view->file);
	dsv_jline_text(out, "issue", fault_word(fault));
	dsv_jline_count(out, "line", fault->line);
	dsv_jline_text(out, "key", fault->key);
	dsv_jline_text(out, "column", fault->column);
	dsv_jline_text(out, "value",
		       record ? dsv_issue_word(fault->issue) : fault->value);
	dsv_jline_text(out, "near", fault->near);
	line_or_null(out, "other_line", fault->other_line);
	return dsv_jline_close(out);
}

/* Beside faults the counts say nothing: not all of it was looked at. */
static int json_summary(struct dsv_out *out, const struct dsv_apply_view *view,
			bool applied)
{
	const struct dsv_apply_result *result = view->result;
	bool known = result->n_faults == 0;

	dsv_jline_open(out, "applied");
	dsv_jline_text(out, "path", result->path);
	dsv_jline_flag(out, "applied", applied);
	dsv_jline_count(out, "faults", result->n_faults);
	dsv_jline_count(out, "inserted", known ? result->inserted : 0);
	dsv_jline_count(out, "updated", known ? result->updated : 0);
	dsv_jline_count(out, "deleted", known ? result->deleted : 0);
	dsv_jline_count(out, "unchanged", known ? result->unchanged : 0);
	dsv_jline_count(out, "relabelled", known ? result->relabelled : 0);
	return dsv_jline_close(out);
}

int dsv_apply_view_header(struct dsv_out *out,
			  const struct dsv_apply_view *view)
{
	if (!out->json)
		return 0;
	dsv_jline_open(out, "header");
	dsv_jline_text(out, "schema", "dsv.apply/1");
	dsv_jline_text(out, "file", view->file);
	dsv_jline_text(out, "path", view->result->path);
	dsv_jline_text(out, "guideline", view->guideline);
	dsv_jline_flag(out, "dry_run", view->dry_run);
	return dsv_jline_close(out);
}

int dsv_apply_view_faults(struct dsv_out *out,
			  const struct dsv_apply_view *view)
{
	const struct dsv_apply_result *result = view->result;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < result->n_faults; i++)
		rc = out->json ? json_fault(out, view, &result->faults[i])
			       : human_fault(out, view, &result->faults[i]);
	if (rc < 0)
		return rc;
	if (out->json)
		return json_summary(out, view, false);
	dsv_add_count(&out->buf, result->n_faults);
	dsv_buf_addf(&out->buf, " %s, nothing applied\n",
		     result->n_faults == 1 ? "fault" : "faults");
	return dsv_out_line(out);
}

static void part(struct dsv_buf *out, uint64_t n, const char *word)
{
	if (!n)
		return;
	if (out->len)
		dsv_buf_addstr(out, ", ");
	dsv_add_count(out, n);
	dsv_buf_addf(out, " %s", word);
}

int dsv_apply_view_done(struct dsv_out *out, const struct dsv_apply_view *view)
{
	const struct dsv_apply_result *result = view->result;
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	if (out->json)
		return json_summary(out, view, !view->dry_run);
	part(&text, result->inserted, "inserted");
	part(&text, result->updated, "updated");
	if (result->relabelled) {
		dsv_buf_addstr(&text, " (");
		dsv_add_count(&text, result->relabelled);
		dsv_buf_addstr(&text, " relabelled)");
	}
	part(&text, result->deleted, "deleted");
	part(&text, result->unchanged, "unchanged");
	dsv_words_path(&out->buf, result->path);
	dsv_buf_addf(&out->buf, ": %s%s\n",
		     text.len ? dsv_buf_str(&text) : "nothing to apply",
		     view->dry_run ? "; nothing written" : "");
	return dsv_out_line(out);
}
