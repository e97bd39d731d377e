#include "dataset/definition_lines.h"

#include <string.h>

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

static const char *name_of(const struct dsv_yaml *map, const char *key)
{
	const struct dsv_yaml *name = dsv_yaml_get(map, key);

	return name && name->kind == DSV_YAML_TEXT ? name->text : "";
}

int dsv_item_find(struct dsv_item *out, const struct dsv_buf *text,
		  const struct dsv_item_kind *kind, const char *name)
{
	const struct dsv_yaml *root;
	int rc;

	rc = dsv_yaml_parse(&out->doc, dsv_buf_str(text), text->len,
			    kind->path);
	if (rc < 0)
		return rc;
	root = dsv_yaml_root(out->doc);
	out->list = dsv_yaml_get(root, kind->list);
	for (size_t i = 0; out->list && i < out->list->n; i++) {
		const struct dsv_yaml *map = &out->list->items[i];

		if (strcmp(name_of(map, kind->key), name) != 0)
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

void dsv_item_replace(struct dsv_buf *text, const struct dsv_item *item,
		      const struct dsv_yaml *member, const char *value)
{
	struct dsv_buf with DSV_AUTO(buf) = DSV_BUF_INIT;
	size_t end = dsv_item_member_end(text, item, member);
	size_t from = dsv_text_value(text, member);
	size_t to = dsv_text_tail(text, from);

	dsv_buf_addf(&with, " %s", value);
	if (end > member->name_line + 1) {
		to = dsv_text_line(text, end);
		dsv_buf_addch(&with, '\n');
	}
	dsv_text_splice(text, from, to, with.data, with.len);
}

void dsv_item_insert(struct dsv_buf *text, const struct dsv_item *item,
		     const char *const *custom, const char *key,
		     const char *value)
{
	struct dsv_buf with DSV_AUTO(buf) = DSV_BUF_INIT;
	size_t line = item->first + 1;
	size_t at;

	for (; *custom && strcmp(*custom, key) != 0; custom++) {
		const struct dsv_yaml *member =
			dsv_yaml_get(item->map, *custom);

		if (member)
			line = dsv_item_member_end(text, item, member);
	}
	dsv_buf_addf(&with, "%*s%s: %s\n", (int)dsv_item_indent(text, item), "",
		     key, value);
	at = dsv_text_line(text, line);
	dsv_text_splice(text, at, at, with.data, with.len);
}

size_t dsv_item_new_indent(const struct dsv_buf *text,
			   const struct dsv_item *item)
{
	size_t first;

	if (!item->list || item->list->n == 0)
		return 2;
	first = dsv_text_dash(text, item->list->items[0].line);
	return strspn(text->data + dsv_text_line(text, first), " ");
}

/* A list without items, or with an empty one, gets its first. */
static void open_list(struct dsv_buf *text, const struct dsv_yaml *list)
{
	size_t from = dsv_text_value(text, list);

	dsv_text_splice(text, from, dsv_text_tail(text, from), "", 0);
}

void dsv_item_append(struct dsv_buf *text, const struct dsv_item *item,
		     const struct dsv_item_kind *kind, const char *block)
{
	struct dsv_buf with DSV_AUTO(buf) = DSV_BUF_INIT;
	size_t line = dsv_text_lines(text) + 1;
	size_t at;

	if (!item->list) {
		if (dsv_yaml_root(item->doc)->n == 0)
			dsv_buf_addstr(&with, "version: 1\n");
		dsv_buf_addf(&with, "%s:\n", kind->list);
	} else if (item->list->n > 0) {
		line = item->end;
	} else {
		open_list(text, item->list);
		line = item->list->name_line + 1;
	}
	dsv_buf_addstr(&with, block);
	at = dsv_text_line(text, line);
	dsv_text_splice(text, at, at, with.data, with.len);
}

void dsv_item_release(struct dsv_item *item)
{
	dsv_yaml_doc_free(&item->doc);
}
