#include <dsv/dataset.h>

/* The canonical JSON of a definition: docs/formats/snapshot.md. Its bytes
 * decide snapshot ids, so the escapes are fixed here and shared with nobody. */

static void add_string(struct dsv_buf *out, const char *text)
{
	static const char shorts[] = "btn\0fr"; /* from 0x08 on */

	dsv_buf_addch(out, '"');
	for (; *text; text++) {
		unsigned char ch = (unsigned char)*text;

		if (ch == '"' || ch == '\\')
			dsv_buf_addf(out, "\\%c", ch);
		else if (ch >= 0x20)
			dsv_buf_addch(out, *text);
		else if (ch >= 0x08 && ch <= 0x0d && ch != 0x0b)
			dsv_buf_addf(out, "\\%c", shorts[ch - 0x08]);
		else
			dsv_buf_addf(out, "\\u%04x", ch);
	}
	dsv_buf_addch(out, '"');
}

static void begin_member(struct dsv_buf *out, const char *name)
{
	if (out->data[out->len - 1] != '{')
		dsv_buf_addch(out, ',');
	add_string(out, name);
	dsv_buf_addch(out, ':');
}

static void add_text(struct dsv_buf *out, const char *name, const char *text)
{
	if (!text)
		return;
	begin_member(out, name);
	add_string(out, text);
}

static void add_list(struct dsv_buf *out, const char *name,
		     const struct dsv_strlist *list)
{
	if (list->n == 0)
		return;
	begin_member(out, name);
	dsv_buf_addch(out, '[');
	for (size_t i = 0; i < list->n; i++) {
		if (i > 0)
			dsv_buf_addch(out, ',');
		add_string(out, list->items[i]);
	}
	dsv_buf_addch(out, ']');
}

void dsv_dataset_canonical(const struct dsv_dataset *set, struct dsv_buf *out)
{
	dsv_buf_addch(out, '{');
	add_text(out, "annotator", set->annotator);
	add_list(out, "files", &set->files);
	add_text(out, "format", set->format);
	add_text(out, "guideline", set->guideline);
	add_list(out, "key", &set->key);
	add_list(out, "labels", &set->labels);
	add_text(out, "name", set->name);
	dsv_buf_addch(out, '}');
}
