#include "base/yaml_read.h"

#include <string.h>

#include <dsv/text.h>

#include "base/alloc.h"

int dsv_yaml_need_text(const struct dsv_yaml_doc *doc,
		       const struct dsv_yaml *node)
{
	const char *name = node->name ? node->name : "an item";

	if (node->kind != DSV_YAML_TEXT)
		return dsv_yaml_fail(doc, node, "'%s' must be text", name);
	if (node->len == 0)
		return dsv_yaml_fail(doc, node, "'%s' is empty", name);
	if (strlen(node->text) != node->len)
		return dsv_yaml_fail(doc, node, "a NUL in '%s'", node->text);
	return 0;
}

int dsv_yaml_find_text(const struct dsv_yaml_doc *doc,
		       const struct dsv_yaml *map, const char *key,
		       const struct dsv_yaml **out)
{
	int rc;

	*out = dsv_yaml_get(map, key);
	if (!*out)
		return 0;
	rc = dsv_yaml_need_text(doc, *out);
	return rc < 0 ? rc : 1;
}

int dsv_yaml_read_text(const struct dsv_yaml_doc *doc,
		       const struct dsv_yaml *map, const char *key, char **out)
{
	const struct dsv_yaml *node;
	int rc = dsv_yaml_find_text(doc, map, key, &node);

	if (rc <= 0)
		return rc;
	*out = dsv_strdup(node->text);
	return 0;
}

static int add_item(const struct dsv_yaml_doc *doc, const struct dsv_yaml *item,
		    const char *what, struct dsv_strlist *out)
{
	int rc = dsv_yaml_need_text(doc, item);

	if (rc < 0)
		return rc;
	if (dsv_strlist_find(out, item->text) >= 0)
		return dsv_yaml_fail(doc, item, "'%s' stands twice in '%s'",
				     item->text, what);
	dsv_strlist_add(out, item->text);
	return 0;
}

int dsv_yaml_read_items(const struct dsv_yaml_doc *doc,
			const struct dsv_yaml *node, struct dsv_strlist *out)
{
	if (node->kind != DSV_YAML_LIST)
		return dsv_yaml_fail(
			doc, node, "'%s' must be a list, such as [%s]",
			node->name,
			node->kind == DSV_YAML_TEXT && node->len ? node->text
								 : "a, b");
	for (size_t i = 0; i < node->n; i++) {
		int rc = add_item(doc, &node->items[i], node->name, out);

		if (rc < 0)
			return rc;
	}
	return 0;
}

int dsv_yaml_read_list(const struct dsv_yaml_doc *doc,
		       const struct dsv_yaml *map, const char *key,
		       struct dsv_strlist *out)
{
	const struct dsv_yaml *node = dsv_yaml_get(map, key);

	return node ? dsv_yaml_read_items(doc, node, out) : 0;
}

int dsv_yaml_read_bool(const struct dsv_yaml_doc *doc,
		       const struct dsv_yaml *map, const char *key, bool *out)
{
	const struct dsv_yaml *node;
	int rc = dsv_yaml_find_text(doc, map, key, &node);

	if (rc <= 0)
		return rc;
	if (strcmp(node->text, "true") != 0 && strcmp(node->text, "false") != 0)
		return dsv_yaml_fail(doc, node,
				     "'%s' must be true or false, not '%s'",
				     key, node->text);
	*out = node->text[0] == 't';
	return 0;
}

int dsv_yaml_read_u64(const struct dsv_yaml_doc *doc,
		      const struct dsv_yaml *map, const char *key,
		      const struct dsv_yaml_range *range, uint64_t *out)
{
	const struct dsv_yaml *node;
	uint64_t value;
	int rc = dsv_yaml_find_text(doc, map, key, &node);

	if (rc <= 0)
		return rc;
	if (!dsv_parse_u64(node->text, node->len, &value) ||
	    value < range->min || value > range->max)
		return dsv_yaml_fail(doc, node,
				     "'%s' must be a whole number from %llu to "
				     "%llu, not '%s'",
				     key, (unsigned long long)range->min,
				     (unsigned long long)range->max,
				     node->text);
	*out = value;
	return 0;
}

int dsv_yaml_version_1(const struct dsv_yaml_doc *doc,
		       const struct dsv_yaml *root)
{
	const struct dsv_yaml *node = dsv_yaml_get(root, "version");

	if (!node && root->n == 0)
		return 0;
	if (!node)
		return dsv_yaml_fail(doc, root, "'version: 1' is missing");
	if (node->kind != DSV_YAML_TEXT || strcmp(node->text, "1") != 0)
		return dsv_yaml_fail(
			doc, node, "version '%s' is not known, 1 is",
			node->kind == DSV_YAML_TEXT ? node->text : "?");
	return 0;
}
