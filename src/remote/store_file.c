#include "remote/stores.h"

#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "base/yaml_read.h"

static const char *const root_names[] = {"version", "stores", NULL};
static const char *const store_names[] = {"name", "url", "push", NULL};

static bool is_name(const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	size_t len = strlen(name);

	return len > 0 && len <= 64 && strchr(letters, name[0]) &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._-") == len;
}

/* An option in the place of an address would be taken by a program that is
 * called with it. */
static int check_url(const struct dsv_yaml_doc *doc,
		     const struct dsv_yaml *node)
{
	if (node->text[0] == '-')
		return dsv_yaml_fail(doc, node, "'%s' is no address",
				     node->text);
	for (size_t i = 0; i < node->len; i++)
		if ((unsigned char)node->text[i] < ' ')
			return dsv_yaml_fail(doc, node,
					     "an address has no control "
					     "characters");
	return 0;
}

static int need(const struct dsv_yaml_doc *doc, const struct dsv_yaml *map,
		const char *key, const struct dsv_yaml **out)
{
	*out = dsv_yaml_get(map, key);
	if (!*out)
		return dsv_yaml_fail(doc, map, "'%s' is missing", key);
	return dsv_yaml_need_text(doc, *out);
}

static int check_once(const struct dsv_yaml_doc *doc,
		      const struct dsv_yaml *node,
		      const struct dsv_data_stores *stores)
{
	for (size_t i = 0; i < stores->n; i++)
		if (stores->items[i].name &&
		    strcmp(stores->items[i].name, node->text) == 0)
			return dsv_yaml_fail(doc, node, "'%s' is there twice",
					     node->text);
	return 0;
}

static int read_store(const struct dsv_yaml_doc *doc,
		      const struct dsv_yaml *map, struct dsv_data_stores *out)
{
	const struct dsv_yaml *name;
	const struct dsv_yaml *url;
	bool push = true;
	int rc;

	if (map->kind != DSV_YAML_MAP)
		return dsv_yaml_fail(doc, map, "a store has a name and a url");
	rc = dsv_yaml_only(doc, map, store_names);
	if (rc == 0)
		rc = need(doc, map, "name", &name);
	if (rc == 0 && !is_name(name->text))
		rc = dsv_yaml_fail(doc, name,
				   "'%s' is no name: a-z, 0-9, '.', '_', '-', "
				   "at most 64, the first a letter or digit",
				   name->text);
	if (rc == 0)
		rc = check_once(doc, name, out);
	if (rc == 0)
		rc = need(doc, map, "url", &url);
	if (rc == 0)
		rc = check_url(doc, url);
	if (rc == 0)
		rc = dsv_yaml_read_bool(doc, map, "push", &push);
	if (rc == 0)
		dsv_data_stores_add(out, name->text, url->text, push);
	return rc;
}

int dsv_store_file_parse(struct dsv_data_stores *out, const char *data,
			 size_t len)
{
	struct dsv_yaml_doc *doc DSV_AUTO(yaml_doc) = NULL;
	const struct dsv_yaml *root;
	const struct dsv_yaml *stores;
	int rc = dsv_yaml_parse(&doc, data, len, DSV_STORE_FILE_PATH);

	if (rc < 0)
		return rc;
	root = dsv_yaml_root(doc);
	if (root->kind != DSV_YAML_MAP)
		return dsv_yaml_fail(doc, root, "not a map");
	rc = dsv_yaml_only(doc, root, root_names);
	if (rc == 0)
		rc = dsv_yaml_version_1(doc, root);
	stores = dsv_yaml_get(root, "stores");
	if (rc < 0 || !stores)
		return rc;
	if (stores->kind != DSV_YAML_LIST)
		return dsv_yaml_fail(doc, stores, "'stores' is a list");
	for (size_t i = 0; rc == 0 && i < stores->n; i++)
		rc = read_store(doc, &stores->items[i], out);
	return rc;
}
