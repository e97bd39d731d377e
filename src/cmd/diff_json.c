#include <string.h>

#include "cmd/diff_show.h"
#include "cmd/words.h"

static void add_commit(struct dsv_out *out, const char *name,
		       const struct dsv_version *version)
{
	char hex[DSV_OID_HEX];

	dsv_jline_text(out, name,
		       version && version->at == DSV_AT_COMMIT
			       ? dsv_oid_hex(&version->commit, hex)
			       : NULL);
}

int dsv_diff_json_header(struct dsv_out *out, const struct dsv_diff_show *show)
{
	dsv_jline_open(out, "header");
	dsv_jline_text(out, "schema", "dsv.diff/1");
	dsv_jline_text(out, "from", show->from_name);
	dsv_jline_text(out, "to", show->to_name);
	add_commit(out, "from_commit", show->from);
	add_commit(out, "to_commit", show->to);
	return dsv_jline_close(out);
}

static const struct dsv_field missing = {"", 0, DSV_FIELD_MISSING};

static void add_pair(struct dsv_out *out, const char *name,
		     const struct dsv_field *from, const struct dsv_field *to)
{
	dsv_jline_array(out, name);
	dsv_jline_field(out, NULL, from ? from : &missing);
	dsv_jline_field(out, NULL, to ? to : &missing);
	dsv_jline_end(out, ']');
}

static const struct dsv_field_change *
find_field(const struct dsv_change *change, const char *name)
{
	size_t i;

	for (i = 0; i < change->n_fields; i++)
		if (!strcmp(change->fields[i].name, name))
			return &change->fields[i];
	return NULL;
}

/* A label that did not change stands on both sides alike. */
static void add_labels(struct dsv_out *out, const struct dsv_file_info *info,
		       const struct dsv_diff_summary *summary,
		       const struct dsv_change *change)
{
	size_t i;

	dsv_jline_object(out, "label");
	for (i = 0; info->labels && i < info->labels->n; i++) {
		const char *name = info->labels->items[i];
		const struct dsv_field_change *field = find_field(change, name);
		const struct dsv_field *same = &missing;

		if (field) {
			add_pair(out, name, field->from, field->to);
			continue;
		}
		if (change->op == DSV_CHANGED)
			same = dsv_record_field(
				change->to,
				dsv_strlist_find(summary->columns_to, name));
		add_pair(out, name, same, same);
	}
	dsv_jline_end(out, '}');
}

static void add_line(struct dsv_out *out, const struct dsv_record *record)
{
	if (record)
		dsv_jline_count(out, NULL, record->line);
	else
		dsv_jline_text(out, NULL, NULL);
}

static void add_key(struct dsv_out *out, const struct dsv_change *change)
{
	size_t i;

	dsv_jline_array(out, "key");
	for (i = 0; i < change->n_key; i++) {
		struct dsv_field text = change->key[i];

		/* keys are compared by their text */
		if (text.kind == DSV_FIELD_JSON)
			text.kind = DSV_FIELD_TEXT;
		dsv_jline_field(out, NULL, &text);
	}
	dsv_jline_end(out, ']');
}

static int add_record(struct dsv_out *out, const struct dsv_diff_show *show,
		      const struct dsv_file_info *info,
		      const struct dsv_diff_summary *summary,
		      const struct dsv_change *change)
{
	static const char *const ops[] = {
		[DSV_ADDED] = "added",
		[DSV_REMOVED] = "removed",
		[DSV_CHANGED] = "changed",
	};
	size_t i;

	dsv_jline_open(out, "record");
	dsv_jline_text(out, "path", info->path);
	add_key(out, change);
	dsv_jline_text(out, "op", ops[change->op]);
	dsv_jline_flag(out, "relabelled", change->relabelled);
	dsv_jline_flag(out, "shared_key", change->shared_key);
	add_labels(out, info, summary, change);
	dsv_jline_object(out, "fields");
	for (i = 0; i < change->n_fields; i++)
		if (!show->field ||
		    !strcmp(show->field, change->fields[i].name))
			add_pair(out, change->fields[i].name,
				 change->fields[i].from, change->fields[i].to);
	dsv_jline_end(out, '}');
	dsv_jline_array(out, "line");
	add_line(out, change->from);
	add_line(out, change->to);
	dsv_jline_end(out, ']');
	return dsv_jline_close(out);
}

static int add_issues(struct dsv_out *out, const struct dsv_file_info *info,
		      const struct dsv_diff_summary *summary)
{
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < summary->n_issues; i++) {
		const struct dsv_issue_line *issue = &summary->issues[i];

		dsv_jline_open(out, "issue");
		dsv_jline_text(out, "path", info->path);
		dsv_jline_text(out, "side", issue->to ? "to" : "from");
		dsv_jline_text(out, "issue", dsv_issue_word(issue->issue));
		dsv_jline_count(out, "line", issue->line);
		dsv_jline_count(out, "count", issue->count);
		rc = dsv_jline_close(out);
	}
	return rc;
}

static void add_label_value(struct dsv_out *out,
			    const struct dsv_label_count *value)
{
	dsv_jline_object(out, value->value);
	dsv_jline_count(out, "added", value->added);
	dsv_jline_count(out, "removed", value->removed);
	dsv_jline_count(out, "in", value->in);
	dsv_jline_count(out, "out", value->out);
	dsv_jline_count(out, "before", value->before);
	dsv_jline_count(out, "after", value->after);
	dsv_jline_end(out, '}');
}

static void add_label_counts(struct dsv_out *out,
			     const struct dsv_diff_summary *summary)
{
	size_t i, k;

	dsv_jline_object(out, "labels");
	for (i = 0; i < summary->n_labels; i++) {
		const struct dsv_label_diff *label = &summary->labels[i];

		dsv_jline_object(out, label->name);
		for (k = 0; k < label->n_values; k++)
			add_label_value(out, &label->values[k]);
		dsv_jline_end(out, '}');
	}
	dsv_jline_end(out, '}');
}

static void add_transitions(struct dsv_out *out,
			    const struct dsv_diff_summary *summary)
{
	size_t i, k;

	dsv_jline_object(out, "transitions");
	for (i = 0; i < summary->n_labels; i++) {
		const struct dsv_label_diff *label = &summary->labels[i];

		dsv_jline_object(out, label->name);
		for (k = 0; k < label->n_transitions; k++) {
			struct dsv_buf name DSV_AUTO(buf) = DSV_BUF_INIT;

			dsv_buf_addf(&name, "%s -> %s",
				     label->transitions[k].from,
				     label->transitions[k].to);
			dsv_jline_count(out, dsv_buf_str(&name),
					label->transitions[k].n);
		}
		dsv_jline_end(out, '}');
	}
	dsv_jline_end(out, '}');
}

static void add_sides(struct dsv_out *out, const char *name,
		      const uint64_t counts[2])
{
	dsv_jline_array(out, name);
	dsv_jline_count(out, NULL, counts[0]);
	dsv_jline_count(out, NULL, counts[1]);
	dsv_jline_end(out, ']');
}

static void add_counts(struct dsv_out *out,
		       const struct dsv_diff_summary *summary)
{
	size_t i;

	dsv_jline_count(out, "records_from", summary->records_from);
	dsv_jline_count(out, "records_to", summary->records_to);
	dsv_jline_count(out, "added", summary->added);
	dsv_jline_count(out, "removed", summary->removed);
	dsv_jline_count(out, "changed", summary->changed);
	dsv_jline_count(out, "changed_common", summary->changed_common);
	dsv_jline_count(out, "relabelled", summary->relabelled);
	dsv_jline_count(out, "label_changed", summary->label_changed);
	dsv_jline_count(out, "rekeyed", summary->rekeyed);
	dsv_jline_count(out, "moved", summary->moved);
	dsv_jline_count(out, "unchanged", summary->unchanged);
	add_sides(out, "duplicate_keys", summary->duplicate_keys);
	add_sides(out, "ragged_rows", summary->ragged_rows);
	add_sides(out, "rows_without_key", summary->rows_without_key);
	dsv_jline_list(out, "columns_added", summary->columns_added);
	dsv_jline_list(out, "columns_removed", summary->columns_removed);
	dsv_jline_object(out, "fields");
	for (i = 0; i < summary->n_fields; i++)
		dsv_jline_count(out, summary->fields[i].name,
				summary->fields[i].n);
	dsv_jline_end(out, '}');
	dsv_jline_flag(out, "clean", summary->clean);
	add_label_counts(out, summary);
	add_transitions(out, summary);
}

static int add_summary(struct dsv_out *out, const struct dsv_file_info *info,
		       const struct dsv_diff_summary *summary)
{
	dsv_jline_open(out, "summary");
	dsv_jline_text(out, "path", info->path);
	dsv_jline_text(out, "old_path", info->old_path);
	dsv_jline_text(out, "dataset", info->dataset);
	dsv_jline_text(out, "format", info->format);
	dsv_jline_text(out, "change", dsv_words_file_change(info->change));
	dsv_jline_count(out, "size_from", info->size_from);
	dsv_jline_count(out, "size_to", info->size_to);
	dsv_jline_flag(out, "has_records", info->has_records);
	if (summary)
		add_counts(out, summary);
	return dsv_jline_close(out);
}

/* The numbers alone. */
static bool wants_records(const struct dsv_diff_show *show)
{
	return show->form != DSV_FORM_SUMMARY && show->form != DSV_FORM_STAT;
}

int dsv_diff_json(struct dsv_out *out, struct dsv_diff_show *show,
		  struct dsv_file_diff *file)
{
	const struct dsv_file_info *info = dsv_file_diff_info(file);
	const struct dsv_diff_summary *summary = dsv_file_diff_summary(file);
	struct dsv_change change;
	int rc = 0;

	while (summary && wants_records(show) &&
	       (rc = dsv_diff_show_next(show, file, &change)) > 0) {
		rc = add_record(out, show, info, summary, &change);
		if (rc < 0)
			return rc;
	}
	if (rc == 0 && summary)
		rc = add_issues(out, info, summary);
	return rc < 0 ? rc : add_summary(out, info, summary);
}
