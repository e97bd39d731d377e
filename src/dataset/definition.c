#include <dsv/dataset.h>

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>
#include <dsv/text.h>

#include "base/alloc.h"
#include "base/yaml.h"
#include "base/yaml_read.h"
#include "dataset/document.h"
#include "format/format.h"
#include "repo/tree.h"

#define DATASETS_MAX (4u * 1024u * 1024u) /* bytes of datasets.yaml */
#define NAME_MAX_LEN 64u

static const char *const root_keys[] = {"version", "datasets", NULL};
static const char *const set_keys[] = {"name",	    "files",   "format",
				       "key",	    "labels",  "annotator",
				       "guideline", "renamed", NULL};

/* What is being read, for messages. */
struct parse {
	const struct dsv_yaml_doc *doc;
	struct dsv_datasets *sets;
};

static int check_pattern(const struct parse *in, const struct dsv_yaml *node)
{
	const char *text = node->text;
	size_t len = node->len;

	if (text[0] == '/')
		return dsv_yaml_fail(in->doc, node,
				     "'%s' begins with '/': patterns start at "
				     "the top of the repository",
				     text);
	if (text[0] == ':')
		return dsv_yaml_fail(in->doc, node,
				     "'%s': pathspec magic is not read here",
				     text);
	if (strncmp(text, "../", 3) == 0 || strstr(text, "/../") ||
	    strncmp(text, "./", 2) == 0 || strstr(text, "/./") ||
	    strstr(text, "//") ||
	    (len >= 3 && strcmp(text + len - 3, "/..") == 0))
		return dsv_yaml_fail(in->doc, node,
				     "'%s': no '.', '..' or empty folder name",
				     text);
	return 0;
}

static int read_files(const struct parse *in, const struct dsv_yaml *map,
		      struct dsv_dataset *set)
{
	const struct dsv_yaml *node = dsv_yaml_get(map, "files");
	int rc;

	if (!node)
		return dsv_yaml_fail(in->doc, map, "a dataset without 'files'");
	rc = dsv_yaml_read_items(in->doc, node, &set->files);
	if (rc < 0)
		return rc;
	if (node->n == 0)
		return dsv_yaml_fail(in->doc, node, "'files' is empty");
	for (size_t i = 0; i < node->n; i++) {
		rc = check_pattern(in, &node->items[i]);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* Also for guidelines, whose id is the name of a file. */
static int check_name(const struct parse *in, const struct dsv_yaml *node)
{
	if (dsv_dataset_name_ok(node->text))
		return 0;
	return dsv_yaml_fail(in->doc, node,
			     "'%s' is no name: a-z, 0-9, '.', '_', '-', at "
			     "most 64, the first a letter or digit",
			     node->text);
}

static int read_name(const struct parse *in, const struct dsv_yaml *map,
		     struct dsv_dataset *set)
{
	const struct dsv_yaml *node = dsv_yaml_get(map, "name");
	const struct dsv_dataset *other;
	int rc;

	if (!node)
		return dsv_yaml_fail(in->doc, map, "a dataset without 'name'");
	rc = dsv_yaml_read_text(in->doc, map, "name", &set->name);
	if (rc < 0)
		return rc;
	rc = check_name(in, node);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i + 1 < in->sets->n; i++) {
		other = &in->sets->items[i];
		if (strcmp(other->name, set->name) == 0)
			return dsv_yaml_fail(in->doc, node,
					     "dataset '%s' stands on line %u "
					     "too",
					     set->name, other->line);
	}
	return 0;
}

static void format_names(struct dsv_strlist *out)
{
	const struct dsv_format *const *all = dsv_formats();

	for (size_t i = 0; all[i]; i++)
		dsv_strlist_add(out, all[i]->name);
}

static int read_format(const struct parse *in, const struct dsv_yaml *map,
		       struct dsv_dataset *set)
{
	struct dsv_strlist known DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	const struct dsv_yaml *node = dsv_yaml_get(map, "format");
	const char *near;
	int rc;

	rc = dsv_yaml_read_text(in->doc, map, "format", &set->format);
	if (rc < 0 || !node || dsv_format_named(set->format))
		return rc;
	format_names(&known);
	near = dsv_nearest(set->format, &known);
	rc = dsv_yaml_fail(in->doc, node, "format '%s' is not known",
			   set->format);
	return near ? dsv_hint(rc, "did you mean '%s'?", near) : rc;
}

static int read_renamed(const struct parse *in, const struct dsv_yaml *map,
			struct dsv_dataset *set)
{
	const struct dsv_yaml *node = dsv_yaml_get(map, "renamed");

	if (!node)
		return 0;
	if (node->kind != DSV_YAML_MAP)
		return dsv_yaml_fail(in->doc, node,
				     "'renamed' must be a map of today's name "
				     "to a list of older ones");
	set->renamed = dsv_alloc_zero(node->n + 1, sizeof(*set->renamed));
	for (size_t i = 0; i < node->n; i++) {
		struct dsv_renamed *renamed = &set->renamed[set->n_renamed++];
		int rc;

		renamed->name = dsv_strdup(node->items[i].name);
		rc = dsv_yaml_read_items(in->doc, &node->items[i],
					 &renamed->older);
		if (rc < 0)
			return rc;
		if (dsv_strlist_find(&renamed->older, renamed->name) >= 0)
			return dsv_yaml_fail(in->doc, &node->items[i],
					     "'%s' is its own older name",
					     renamed->name);
	}
	return 0;
}

static int check_columns(const struct parse *in, const struct dsv_yaml *map,
			 const struct dsv_dataset *set)
{
	const struct dsv_yaml *labels = dsv_yaml_get(map, "labels");

	for (size_t i = 0; i < set->labels.n; i++) {
		if (dsv_strlist_find(&set->key, set->labels.items[i]) >= 0)
			return dsv_yaml_fail(in->doc, labels,
					     "'%s' is both key and label",
					     set->labels.items[i]);
	}
	return 0;
}

static int read_guideline(const struct parse *in, const struct dsv_yaml *map,
			  struct dsv_dataset *set)
{
	int rc = dsv_yaml_read_text(in->doc, map, "guideline", &set->guideline);

	if (rc < 0 || !set->guideline)
		return rc;
	return check_name(in, dsv_yaml_get(map, "guideline"));
}

static int read_set(const struct parse *in, const struct dsv_yaml *map,
		    struct dsv_dataset *set)
{
	int rc;

	set->line = map->line;
	if (map->kind != DSV_YAML_MAP)
		return dsv_yaml_fail(in->doc, map, "a dataset must be a map");
	if ((rc = dsv_yaml_only(in->doc, map, set_keys)) < 0 ||
	    (rc = read_name(in, map, set)) < 0 ||
	    (rc = read_files(in, map, set)) < 0 ||
	    (rc = read_format(in, map, set)) < 0 ||
	    (rc = dsv_yaml_read_list(in->doc, map, "key", &set->key)) < 0 ||
	    (rc = dsv_yaml_read_list(in->doc, map, "labels", &set->labels)) <
		    0 ||
	    (rc = dsv_yaml_read_text(in->doc, map, "annotator",
				     &set->annotator)) < 0 ||
	    (rc = read_guideline(in, map, set)) < 0 ||
	    (rc = read_renamed(in, map, set)) < 0)
		return rc;
	return check_columns(in, map, set);
}

static int read_sets(const struct parse *in, const struct dsv_yaml *node)
{
	if (!node || (node->kind == DSV_YAML_TEXT && node->len == 0))
		return 0;
	if (node->kind != DSV_YAML_LIST)
		return dsv_yaml_fail(in->doc, node,
				     "'datasets' must be a list");
	in->sets->items = dsv_alloc_zero(node->n + 1, sizeof(*in->sets->items));
	for (size_t i = 0; i < node->n; i++) {
		int rc = read_set(in, &node->items[i],
				  &in->sets->items[in->sets->n++]);

		if (rc < 0)
			return rc;
	}
	return 0;
}

int dsv_datasets_parse(struct dsv_datasets *out, const char *data, size_t len,
		       const char *name)
{
	struct dsv_datasets sets DSV_AUTO(datasets) = DSV_DATASETS_INIT;
	struct dsv_yaml_doc *doc DSV_AUTO(yaml_doc) = NULL;
	const struct dsv_yaml *root;
	struct parse in = {.sets = &sets};
	int rc;

	rc = dsv_yaml_parse(&doc, data, len, name);
	if (rc < 0)
		return rc;
	in.doc = doc;
	root = dsv_yaml_root(doc);
	if (root->kind != DSV_YAML_MAP)
		return dsv_yaml_fail(doc, root, "must be a map");
	if ((rc = dsv_yaml_only(doc, root, root_keys)) < 0 ||
	    (rc = dsv_yaml_version_1(doc, root)) < 0 ||
	    (rc = read_sets(&in, dsv_yaml_get(root, "datasets"))) < 0)
		return rc;
	*out = sets;
	sets = (struct dsv_datasets)DSV_DATASETS_INIT;
	return 0;
}

int dsv_datasets_read(struct dsv_datasets *out, struct dsv_repo *repo,
		      const struct dsv_version *version)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf name DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc;

	rc = dsv_document_read(repo, version, DSV_DATASETS_PATH, DATASETS_MAX,
			       &text);
	if (rc < 0)
		return rc;
	if (rc == 0) {
		*out = (struct dsv_datasets)DSV_DATASETS_INIT;
		return 0;
	}
	dsv_document_name(version, DSV_DATASETS_PATH, &name);
	return dsv_datasets_parse(out, text.data, text.len, dsv_buf_str(&name));
}

void dsv_dataset_release(struct dsv_dataset *set)
{
	free(set->name);
	dsv_strlist_release(&set->files);
	free(set->format);
	dsv_strlist_release(&set->key);
	dsv_strlist_release(&set->labels);
	free(set->annotator);
	free(set->guideline);
	for (size_t i = 0; i < set->n_renamed; i++) {
		free(set->renamed[i].name);
		dsv_strlist_release(&set->renamed[i].older);
	}
	free(set->renamed);
	*set = (struct dsv_dataset){0};
}

void dsv_datasets_release(struct dsv_datasets *sets)
{
	for (size_t i = 0; i < sets->n; i++)
		dsv_dataset_release(&sets->items[i]);
	free(sets->items);
	*sets = (struct dsv_datasets)DSV_DATASETS_INIT;
}

bool dsv_dataset_name_ok(const char *name)
{
	static const char first[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	static const char later[] = "abcdefghijklmnopqrstuvwxyz0123456789._-";
	size_t len = strlen(name);

	return len >= 1 && len <= NAME_MAX_LEN && strchr(first, name[0]) &&
	       strspn(name, later) == len;
}

bool dsv_dataset_matches(const struct dsv_dataset *set, const char *path)
{
	return set->files.n > 0 && dsv_pathspec_match(&set->files, path);
}

const struct dsv_dataset *dsv_datasets_of_path(const struct dsv_datasets *sets,
					       const char *path)
{
	for (size_t i = 0; i < sets->n; i++) {
		if (dsv_dataset_matches(&sets->items[i], path))
			return &sets->items[i];
	}
	return NULL;
}

const struct dsv_dataset *dsv_datasets_named(const struct dsv_datasets *sets,
					     const char *name)
{
	for (size_t i = 0; i < sets->n; i++) {
		if (strcmp(sets->items[i].name, name) == 0)
			return &sets->items[i];
	}
	return NULL;
}
