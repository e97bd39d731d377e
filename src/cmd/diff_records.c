#include <string.h>

#include <dsv/text.h>

#include "cli/table.h"
#include "cmd/diff_show.h"
#include "cmd/words.h"

#define VALUE_LINES 3u /* of a long value on a terminal; piped it is whole */

/* "data/x.csv:4711", of a record without key "data/x.csv line 17". */
static void add_address(struct dsv_buf *out, const struct dsv_file_info *info,
			const struct dsv_change *change)
{
	const struct dsv_record *record =
		change->to ? change->to : change->from;

	dsv_words_path(out, info->path);
	if (change->n_key) {
		dsv_buf_addch(out, ':');
		dsv_words_key(out, change->key, change->n_key);
	}
	if (!change->n_key || change->shared_key)
		dsv_buf_addf(out, " line %llu",
			     (unsigned long long)record->line);
}

static void view_head(struct dsv_out *out, const struct dsv_file_info *info,
		      const struct dsv_change *change)
{
	dsv_out_style(out, DSV_BOLD);
	add_address(&out->buf, info, change);
	dsv_out_style(out, DSV_PLAIN);
	if (change->op == DSV_ADDED)
		dsv_out_styled(out, DSV_GREEN, "  added");
	if (change->op == DSV_REMOVED)
		dsv_out_styled(out, DSV_RED, "  removed");
	dsv_buf_addch(&out->buf, '\n');
}

static size_t name_width(const struct dsv_change *change)
{
	size_t i, width, widest = 0;

	for (i = 0; i < change->n_fields; i++) {
		width = dsv_shown_width(change->fields[i].name,
					strlen(change->fields[i].name));
		if (width > widest)
			widest = width;
	}
	return widest;
}

/* Columns for one value on a terminal, 0: all of it. */
static size_t room_of_value(const struct dsv_out *out, size_t width)
{
	size_t lead = width + sizeof("    - ..") - 1;
	size_t room = (size_t)out->width * VALUE_LINES;

	if (!out->tty)
		return 0;
	return room > lead ? room - lead : 1;
}

/* Where to begin with two long values, so that what differs is seen. */
static size_t first_shown(const struct dsv_field_change *field, size_t room)
{
	const struct dsv_field *from = field->from, *to = field->to;
	size_t same = 0;

	if (!room || !from || !to || (from->len <= room && to->len <= room))
		return 0;
	while (same < from->len && same < to->len &&
	       from->text[same] == to->text[same])
		same++;
	if (same <= room / 2)
		return 0;
	same -= room / 4;
	while (same && ((unsigned char)from->text[same] & 0xc0) == 0x80)
		same--;
	return same;
}

static void add_value(struct dsv_out *out, const struct dsv_field *field,
		      size_t first, size_t room)
{
	struct dsv_buf shown DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_add_shown(&shown, field->text + first, field->len - first);
	if (first)
		dsv_buf_addstr(&out->buf, out->utf8 ? "\u2026" : "..");
	if (room)
		dsv_out_cut(out, dsv_buf_str(&shown), room);
	else
		dsv_buf_add(&out->buf, shown.data, shown.len);
}

static void view_value(struct dsv_out *out, const struct dsv_field *field,
		       char sign, size_t first, size_t room)
{
	dsv_out_style(out, sign == '+' ? DSV_GREEN : DSV_RED);
	dsv_buf_addch(&out->buf, sign);
	if (field->len)
		dsv_buf_addch(&out->buf, ' ');
	add_value(out, field, first, room);
	dsv_out_style(out, DSV_PLAIN);
	dsv_buf_addch(&out->buf, '\n');
}

static void view_name(struct dsv_out *out, const char *name, size_t width)
{
	size_t len = strlen(name);
	size_t taken = dsv_shown_width(name, len);

	dsv_buf_addstr(&out->buf, "  ");
	dsv_add_shown(&out->buf, name, len);
	for (; taken < width + 2; taken++)
		dsv_buf_addch(&out->buf, ' ');
}

static void view_field(struct dsv_out *out,
		       const struct dsv_field_change *field, size_t width)
{
	size_t room = room_of_value(out, width);
	size_t from_at = first_shown(field, room);
	bool first = true;

	if (field->from && field->from->kind != DSV_FIELD_MISSING) {
		view_name(out, field->name, width);
		view_value(out, field->from, '-', from_at, room);
		first = false;
	}
	if (!field->to || field->to->kind == DSV_FIELD_MISSING)
		return;
	view_name(out, first ? field->name : "", width);
	view_value(out, field->to, '+', from_at, room);
}

static int view_change(struct dsv_out *out, const struct dsv_diff_show *show,
		       const struct dsv_file_info *info,
		       const struct dsv_change *change)
{
	size_t i, width = name_width(change);

	view_head(out, info, change);
	for (i = 0; i < change->n_fields; i++)
		if (!show->field ||
		    !strcmp(show->field, change->fields[i].name))
			view_field(out, &change->fields[i], width);
	return dsv_out_line(out);
}

static void view_columns(struct dsv_out *out, const struct dsv_file_info *info,
			 const struct dsv_strlist *names, const char *what)
{
	size_t i;

	if (!names || !names->n)
		return;
	dsv_words_path(&out->buf, info->path);
	dsv_buf_addf(&out->buf,
		     "  %s %s: ", names->n == 1 ? "column" : "columns", what);
	for (i = 0; i < names->n; i++) {
		dsv_buf_addstr(&out->buf, i ? ", " : "");
		dsv_out_shown(out, names->items[i]);
	}
	dsv_buf_addch(&out->buf, '\n');
}

static void view_issues(struct dsv_out *out, const struct dsv_file_info *info,
			const struct dsv_diff_summary *summary)
{
	size_t i;

	for (i = 0; i < summary->n_issues; i++) {
		const struct dsv_issue_line *issue = &summary->issues[i];

		dsv_out_style(out, DSV_YELLOW);
		dsv_words_path(&out->buf, info->path);
		dsv_buf_addf(&out->buf, " line %llu  ",
			     (unsigned long long)issue->line);
		dsv_words_issue(&out->buf, issue->issue, issue->count);
		if (!issue->to)
			dsv_buf_addstr(&out->buf, ", before");
		dsv_out_style(out, DSV_PLAIN);
		dsv_buf_addch(&out->buf, '\n');
	}
}

static int view_file_line(struct dsv_out *out, const struct dsv_file_info *info)
{
	dsv_out_style(out, DSV_BOLD);
	if (info->old_path) {
		dsv_words_path(&out->buf, info->old_path);
		dsv_buf_addstr(&out->buf, " -> ");
	}
	dsv_words_path(&out->buf, info->path);
	dsv_out_style(out, DSV_PLAIN);
	dsv_buf_addf(&out->buf, "  %s", dsv_words_file_change(info->change));
	if (!info->has_records) {
		dsv_buf_addstr(&out->buf, ", ");
		dsv_add_size(&out->buf, info->size_from);
		dsv_buf_addstr(&out->buf, " -> ");
		dsv_add_size(&out->buf, info->size_to);
	}
	dsv_buf_addch(&out->buf, '\n');
	return dsv_out_line(out);
}

int dsv_diff_records(struct dsv_out *out, struct dsv_diff_show *show,
		     struct dsv_file_diff *file)
{
	const struct dsv_file_info *info = dsv_file_diff_info(file);
	const struct dsv_diff_summary *summary = dsv_file_diff_summary(file);
	struct dsv_change change;
	int rc = 0;

	if (!info->has_records || info->change != DSV_FILE_MODIFIED)
		rc = view_file_line(out, info);
	if (rc < 0 || !summary)
		return rc;
	view_columns(out, info, summary->columns_added, "added");
	view_columns(out, info, summary->columns_removed, "removed");
	while ((rc = dsv_diff_show_next(show, file, &change)) > 0) {
		rc = view_change(out, show, info, &change);
		if (rc < 0)
			return rc;
	}
	if (rc < 0)
		return rc;
	if (summary->moved && !dsv_diff_show_narrows(show)) {
		dsv_words_path(&out->buf, info->path);
		dsv_buf_addstr(&out->buf, "  ");
		dsv_add_count(&out->buf, summary->moved);
		dsv_buf_addstr(&out->buf, summary->moved == 1
						  ? " record moved\n"
						  : " records moved\n");
	}
	view_issues(out, info, summary);
	return dsv_out_line(out);
}
