#ifndef BASE_YAML_H
#define BASE_YAML_H

#include <stddef.h>

#include <dsv/auto.h>

/*
 * A strict YAML document as a tree whose nodes know their line, so that a
 * fault of meaning can be told with file and line as well as one of form.
 * One document; no anchors, aliases, tags or repeated keys; scalars are text.
 */
enum dsv_yaml_kind { DSV_YAML_TEXT, DSV_YAML_LIST, DSV_YAML_MAP };

struct dsv_yaml {
	enum dsv_yaml_kind kind;
	unsigned line;	  /* from 1 */
	const char *name; /* the key in the map above, or NULL */
	unsigned name_line;
	const char *text; /* DSV_YAML_TEXT */
	size_t len;
	struct dsv_yaml *items; /* DSV_YAML_LIST and DSV_YAML_MAP */
	size_t n;
};

struct dsv_yaml_doc;

/** Errors are "<name>:<line>: <fault>". An empty document is an empty map. */
int dsv_yaml_parse(struct dsv_yaml_doc **out, const char *data, size_t len,
		   const char *name);
void dsv_yaml_doc_free(struct dsv_yaml_doc **doc);
const struct dsv_yaml *dsv_yaml_root(const struct dsv_yaml_doc *doc);
/** The entry of a map, or NULL. */
const struct dsv_yaml *dsv_yaml_get(const struct dsv_yaml *map,
				    const char *key);
/** DSV_ESYNTAX "<name>:<line>: ..." for a node of this document. */
int dsv_yaml_fail(const struct dsv_yaml_doc *doc, const struct dsv_yaml *node,
		  const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/** Refuse keys that are not in the NULL-ended list, naming the nearest. */
int dsv_yaml_only(const struct dsv_yaml_doc *doc, const struct dsv_yaml *map,
		  const char *const *known);

static inline void dsv_yaml_doc_auto(struct dsv_yaml_doc **doc)
{
	dsv_yaml_doc_free(doc);
}

#endif
