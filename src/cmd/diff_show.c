#include "cmd/diff_show.h"

#include <string.h>

#include <dsv/error.h>
#include <dsv/text.h>

bool dsv_diff_show_narrows(const struct dsv_diff_show *show)
{
	return show->only || show->field || show->key ||
	       (show->where[0] && show->where[0]->n);
}

void dsv_diff_show_range(struct dsv_buf *out, const struct dsv_diff_show *show)
{
	const char *from = show->from_name ? show->from_name : "";
	const char *to = show->to_name ? show->to_name : "";

	dsv_add_shown(out, from, strlen(from));
	dsv_buf_addstr(out, "..");
	dsv_add_shown(out, to, strlen(to));
}

static void add_columns(struct dsv_strlist *all, const struct dsv_strlist *more)
{
	size_t i;

	for (i = 0; more && i < more->n; i++)
		if (dsv_strlist_find(all, more->items[i]) < 0)
			dsv_strlist_add(all, more->items[i]);
}

static bool all_bound(const struct dsv_diff_show *show)
{
	size_t i;

	for (i = 0; i < show->where[0]->n; i++)
		if (show->where[0]->items[i].column < 0 &&
		    show->where[1]->items[i].column < 0)
			return false;
	return true;
}

void dsv_diff_show_bind(struct dsv_diff_show *show,
			const struct dsv_file_diff *file)
{
	const struct dsv_diff_summary *summary = dsv_file_diff_summary(file);

	if (!summary)
		return;
	if (show->where[0] || show->field) {
		add_columns(&show->columns, summary->columns_from);
		add_columns(&show->columns, summary->columns_to);
	}
	if (show->field && dsv_strlist_find(&show->columns, show->field) >= 0)
		show->field_known = true;
	if (!show->where[0])
		return;
	dsv_where_bind(show->where[0], summary->columns_from);
	dsv_where_bind(show->where[1], summary->columns_to);
	if (all_bound(show))
		show->where_known = true;
}

static bool op_wanted(enum dsv_diff_only only, const struct dsv_change *change)
{
	switch (only) {
	case DSV_ONLY_ADDED:
		return change->op == DSV_ADDED;
	case DSV_ONLY_REMOVED:
		return change->op == DSV_REMOVED;
	case DSV_ONLY_CHANGED:
		return change->op == DSV_CHANGED;
	case DSV_ONLY_RELABELLED:
		return change->relabelled;
	case DSV_ONLY_ALL:
		break;
	}
	return true;
}

static bool has_field(const struct dsv_change *change, const char *field)
{
	size_t i;

	for (i = 0; i < change->n_fields; i++)
		if (!strcmp(change->fields[i].name, field))
			return true;
	return false;
}

static bool key_matches(const struct dsv_diff_show *show,
			const struct dsv_change *change)
{
	if (!show->key)
		return true;
	if (change->n_key != show->key->n)
		return false;
	for (size_t i = 0; i < change->n_key; i++) {
		const struct dsv_field *field = &change->key[i];
		size_t len = dsv_field_is_empty(field) ? 0 : field->len;

		if (len != strlen(show->key->items[i]) ||
		    (len && memcmp(field->text, show->key->items[i], len) != 0))
			return false;
	}
	return true;
}

/* True on either side. */
static bool where_matches(const struct dsv_diff_show *show,
			  const struct dsv_change *change)
{
	if (!show->where[0] || !show->where[0]->n)
		return true;
	return (change->from &&
		dsv_where_match(show->where[0], change->from)) ||
	       (change->to && dsv_where_match(show->where[1], change->to));
}

int dsv_diff_show_next(struct dsv_diff_show *show, struct dsv_file_diff *file,
		       struct dsv_change *out)
{
	int rc;

	while ((rc = dsv_file_diff_next(file, out)) > 0) {
		if (!op_wanted(show->only, out) || !where_matches(show, out) ||
		    !key_matches(show, out))
			continue;
		if (show->field && !has_field(out, show->field))
			continue;
		show->records++;
		return 1;
	}
	return rc;
}

static int unknown_column(const struct dsv_diff_show *show, const char *name)
{
	const char *near = dsv_nearest(name, &show->columns);

	dsv_fail(DSV_EUSAGE, "no field '%s'", name);
	if (near)
		return dsv_hint(DSV_EUSAGE, "did you mean '%s'?", near);
	return DSV_EUSAGE;
}

/* Names that no file has are a mistake of whoever asked. */
static int check_names(const struct dsv_diff_show *show)
{
	size_t i;

	if (!show->columns.n)
		return 0;
	if (show->field && !show->field_known)
		return unknown_column(show, show->field);
	if (!show->where[0] || show->where_known)
		return 0;
	for (i = 0; i < show->where[0]->n; i++)
		if (dsv_strlist_find(&show->columns,
				     show->where[0]->items[i].field) < 0)
			return unknown_column(show,
					      show->where[0]->items[i].field);
	return 0;
}

static int show_file(struct dsv_out *out, struct dsv_diff_show *show,
		     struct dsv_file_diff *file)
{
	if (out->json)
		return dsv_diff_json(out, show, file);
	switch (show->form) {
	case DSV_FORM_SUMMARY:
		return dsv_diff_summary(out, show, file);
	case DSV_FORM_MD:
		return dsv_diff_md(out, show, file);
	case DSV_FORM_CSV:
		return dsv_diff_csv(out, show, file);
	default:
		return dsv_diff_records(out, show, file);
	}
}

static int show_files(struct dsv_out *out, struct dsv_diff_show *show)
{
	struct dsv_file_diff *file;
	int rc;

	while ((rc = dsv_diff_next(show->diff, &file)) > 0) {
		dsv_diff_show_bind(show, file);
		rc = show_file(out, show, file);
		if (rc < 0)
			return rc;
		show->files++;
	}
	return rc;
}

int dsv_diff_show(struct dsv_out *out, struct dsv_diff_show *show)
{
	int rc = 0;

	if (out->json && !show->bare)
		rc = dsv_diff_json_header(out, show);
	if (rc == 0 && !out->json && show->form == DSV_FORM_STAT)
		rc = dsv_diff_stat(out, show);
	else if (rc == 0)
		rc = show_files(out, show);
	if (rc == 0)
		rc = check_names(show);
	dsv_strlist_release(&show->columns);
	return rc;
}
