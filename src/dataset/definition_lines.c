#include "dataset/definition_lines.h"

#include <string.h>

#include <dsv/dataset.h>

#include "dataset/yaml_text.h"

char dsv_text_first(const struct dsv_buf *text, size_t line)
{
	size_t at = dsv_text_line(text, line);

	while (at < text->len && text->data[at] == ' ')
		at++;
	return at < text->len ? text->data[at] : '\0';
}

/* The line of the dash above or at a map. */
size_t dsv_text_dash(const struct dsv_buf *text, size_t line)
{
	while (line > 1 && dsv_text_first(text, line) != '-')
		line--;
	return line;
}

/* Lines without content before `line` belong to what follows them. */
static size_t trim(const struct dsv_buf *text, size_t line, bool column0)
{
	while (line > 1 && dsv_text_is_idle(text, line - 1, column0))
		line--;
	return line;
}

/* The line behind the whole list of datasets. */
static size_t list_end(const struct dsv_buf *text, const struct dsv_yaml *root,
		       const struct dsv_yaml *list)
{
	size_t end = dsv_text_lines(text) + 1;

	for (size_t i = 0; i < root->n; i++) {
		if (root->items[i].name_line > list->name_line &&
		    root->items[i].name_line < end)
			end = root->items[i].name_line;
	}
	return trim(text, end, true);
}

static const char *name_of(const struct dsv_yaml *map)
{
	const struct dsv_yaml *name = dsv_yaml_get(map, "name");

	return name && name->kind == DSV_YAML_TEXT ? name->text : "";
}

int dsv_item_find(struct dsv_item *out, const struct dsv_buf *text,
		  const char *name)
{
	const struct dsv_yaml *root;
	int rc;

	rc = dsv_yaml_parse(&out->doc, dsv_buf_str(text), text->len,
			    DSV_DATASETS_PATH);
	if (rc < 0)
		return rc;
	root = dsv_yaml_root(out->doc);
	out->list = dsv_yaml_get(root, "datasets");
	for (size_t i = 0; out->list && i < out->list->n; i++) {
		const struct dsv_yaml *map = &out->list->items[i];

		if (strcmp(name_of(map), name) != 0)
			continue;
		out->map = map;
		out->first = dsv_text_dash(text, map->line);
		out->end = list_end(text, root, out->list);
		if (i + 1 < out->list->n) {
			out->end = dsv_text_dash(text, map[1].line);
			out->end = trim(text, out->end, false);
		}
		return 0;
	}
	if (out->list)
		out->end = list_end(text, root, out->list);
	return 0;
}

/* Blanks up to the names of the item's members. */
size_t dsv_item_indent(const struct dsv_buf *text, const struct dsv_item *item)
{
	size_t start = dsv_text_line(text, item->first);
	size_t at = start;

	while (at < text->len && strchr(" -", text->data[at]))
		at++;
	return at - start;
}

/* The line behind a member. */
size_t dsv_item_member_end(const struct dsv_buf *text,
			   const struct dsv_item *item,
			   const struct dsv_yaml *member)
{
	size_t end = item->end;

	for (size_t i = 0; i < item->map->n; i++) {
		size_t line = item->map->items[i].name_line;

		if (line > member->name_line && line < end)
			end = line;
	}
	return trim(text, end, false);
}

/* Behind the ':' of a member. */
size_t dsv_text_value(const struct dsv_buf *text, const struct dsv_yaml *member)
{
	size_t at = dsv_text_line(text, member->name_line);
	const char *name = strstr(text->data + at, member->name);
	const char *colon =
		name ? strchr(name + strlen(member->name), ':') : NULL;

	return colon ? (size_t)(colon - text->data) + 1 : text->len;
}

void dsv_item_release(struct dsv_item *item)
{
	dsv_yaml_doc_free(&item->doc);
}
