#include <string.h>

#include "cmd/diff_show.h"

/* RFC 4180: quoted where it must be; missing fields are empty. */
static void add_cell(struct dsv_buf *out, const char *text, size_t len)
{
	size_t i;

	if (!memchr(text, '"', len) && !memchr(text, ',', len) &&
	    !memchr(text, '\n', len) && !memchr(text, '\r', len)) {
		dsv_buf_add(out, text, len);
		return;
	}
	dsv_buf_addch(out, '"');
	for (i = 0; i < len; i++) {
		if (text[i] == '"')
			dsv_buf_addch(out, '"');
		dsv_buf_addch(out, text[i]);
	}
	dsv_buf_addch(out, '"');
}

static void add_text(struct dsv_buf *out, const char *text)
{
	dsv_buf_addch(out, ',');
	add_cell(out, text, strlen(text));
}

static void add_field(struct dsv_buf *out, const struct dsv_field *field)
{
	dsv_buf_addch(out, ',');
	if (field && field->kind != DSV_FIELD_MISSING)
		add_cell(out, field->text, field->len);
}

/* The fields of a key joined by ',', those signs in them escaped. */
static void add_key(struct dsv_buf *out, const struct dsv_change *change)
{
	struct dsv_buf key DSV_AUTO(buf) = DSV_BUF_INIT;
	size_t i, k;

	for (i = 0; i < change->n_key; i++) {
		if (i)
			dsv_buf_addch(&key, ',');
		for (k = 0; k < change->key[i].len; k++) {
			char ch = change->key[i].text[k];

			if (strchr("%,:", ch) && ch)
				dsv_buf_addf(&key, "%%%02X", (unsigned)ch);
			else
				dsv_buf_addch(&key, ch);
		}
	}
	dsv_buf_addch(out, ',');
	add_cell(out, dsv_buf_str(&key), key.len);
}

static int add_change(struct dsv_out *out, const struct dsv_diff_show *show,
		      const char *path, const struct dsv_change *change)
{
	static const char *const ops[] = {
		[DSV_ADDED] = "added",
		[DSV_REMOVED] = "removed",
		[DSV_CHANGED] = "changed",
	};
	size_t i;

	for (i = 0; i < change->n_fields; i++) {
		const struct dsv_field_change *field = &change->fields[i];

		if (show->field && strcmp(show->field, field->name))
			continue;
		add_cell(&out->buf, path, strlen(path));
		add_key(&out->buf, change);
		add_text(&out->buf, ops[change->op]);
		add_text(&out->buf, field->name);
		add_field(&out->buf, field->from);
		add_field(&out->buf, field->to);
		dsv_buf_addch(&out->buf, '\n');
	}
	return dsv_out_line(out);
}

int dsv_diff_csv(struct dsv_out *out, struct dsv_diff_show *show,
		 struct dsv_file_diff *file)
{
	const struct dsv_file_info *info = dsv_file_diff_info(file);
	struct dsv_change change;
	int rc;

	if (!show->files)
		dsv_buf_addstr(&out->buf, "path,key,op,field,from,to\n");
	if (!dsv_file_diff_summary(file))
		return 0;
	while ((rc = dsv_diff_show_next(show, file, &change)) > 0) {
		rc = add_change(out, show, info->path, &change);
		if (rc < 0)
			return rc;
	}
	return rc;
}
