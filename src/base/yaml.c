#include "base/yaml.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include <dsv/error.h>
#include <dsv/text.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/map.h"

#define DEPTH_MAX 32u /* a definition needs five; the reader recurses */

struct dsv_yaml_doc {
	struct dsv_arena arena;
	char *name;
	struct dsv_yaml root;
};

struct reader {
	yaml_parser_t parser;
	struct dsv_yaml_doc *doc;
	const char *data;
	size_t len;
};

static void event_auto(yaml_event_t *event)
{
	yaml_event_delete(event);
}

#define AUTO_EVENT __attribute__((cleanup(event_auto)))

static void reader_auto(struct reader *reader)
{
	yaml_parser_delete(&reader->parser);
}

__attribute__((format(printf, 3, 4))) static int
fail_at(const struct dsv_yaml_doc *doc, unsigned line, const char *fmt, ...)
{
	char *text DSV_AUTO(str) = NULL;
	va_list args;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		dsv_alloc_failed();
	va_end(args);
	return dsv_fail(DSV_ESYNTAX, "%s:%u: %s", doc->name, line, text);
}

static unsigned line_of_offset(const struct reader *reader, size_t offset)
{
	unsigned line = 1;

	for (size_t i = 0; i < offset && i < reader->len; i++)
		line += reader->data[i] == '\n';
	return line;
}

/* A fault of encoding has an offset, every other one a mark. */
static int fail_parser(const struct reader *reader)
{
	const yaml_parser_t *parser = &reader->parser;
	const char *problem = parser->problem;
	unsigned line = (unsigned)parser->problem_mark.line + 1;

	if (parser->error == YAML_MEMORY_ERROR)
		dsv_alloc_failed();
	if (parser->error == YAML_READER_ERROR)
		line = line_of_offset(reader, parser->problem_offset);
	return fail_at(reader->doc, line, "%s", problem ? problem : "not YAML");
}

static int next_event(struct reader *reader, yaml_event_t *out)
{
	if (!yaml_parser_parse(&reader->parser, out))
		return fail_parser(reader);
	return 0;
}

static unsigned event_line(const yaml_event_t *event)
{
	return (unsigned)event->start_mark.line + 1;
}

/* An anchor and a tag stand in the same place of three kinds of event. */
static void event_marks(const yaml_event_t *event, const yaml_char_t **anchor,
			const yaml_char_t **tag)
{
	*anchor = *tag = NULL;
	if (event->type == YAML_SCALAR_EVENT) {
		*anchor = event->data.scalar.anchor;
		*tag = event->data.scalar.tag;
	} else if (event->type == YAML_SEQUENCE_START_EVENT) {
		*anchor = event->data.sequence_start.anchor;
		*tag = event->data.sequence_start.tag;
	} else if (event->type == YAML_MAPPING_START_EVENT) {
		*anchor = event->data.mapping_start.anchor;
		*tag = event->data.mapping_start.tag;
	}
}

static int check_event(const struct reader *reader, const yaml_event_t *event)
{
	unsigned line = event_line(event);
	const yaml_char_t *anchor;
	const yaml_char_t *tag;

	if (event->type == YAML_ALIAS_EVENT)
		return fail_at(reader->doc, line, "alias '*%s' is not allowed",
			       event->data.alias.anchor);
	event_marks(event, &anchor, &tag);
	if (anchor)
		return fail_at(reader->doc, line, "anchor '&%s' is not allowed",
			       anchor);
	if (tag)
		return fail_at(reader->doc, line, "tag '%s' is not allowed",
			       tag);
	if (event->type == YAML_SCALAR_EVENT &&
	    memchr(event->data.scalar.value, 0, event->data.scalar.length))
		return fail_at(reader->doc, line, "NUL in text");
	return 0;
}

static int read_node(struct reader *reader, const yaml_event_t *event,
		     unsigned depth, struct dsv_yaml *out);

struct children {
	struct dsv_yaml *items;
	size_t n;
	size_t cap;
};

static void children_auto(struct children *children)
{
	free(children->items);
}

#define AUTO_CHILDREN __attribute__((cleanup(children_auto)))

static struct dsv_yaml *add_child(struct children *children)
{
	struct dsv_yaml *child;

	DSV_GROW(children->items, children->cap, children->n + 1);
	child = &children->items[children->n++];
	*child = (struct dsv_yaml){0};
	return child;
}

static void keep_children(struct reader *reader, struct children *children,
			  struct dsv_yaml *out)
{
	out->n = children->n;
	out->items = dsv_arena_alloc(&reader->doc->arena,
				     children->n * sizeof(*out->items));
	if (children->n)
		memcpy(out->items, children->items,
		       children->n * sizeof(*out->items));
}

static int read_list(struct reader *reader, unsigned depth,
		     struct dsv_yaml *out)
{
	struct children children AUTO_CHILDREN = {0};

	for (;;) {
		yaml_event_t event AUTO_EVENT = {0};
		struct dsv_yaml item = {0};
		int rc;

		rc = next_event(reader, &event);
		if (rc < 0)
			return rc;
		if (event.type == YAML_SEQUENCE_END_EVENT)
			break;
		rc = read_node(reader, &event, depth + 1, &item);
		if (rc < 0)
			return rc;
		*add_child(&children) = item;
	}
	keep_children(reader, &children, out);
	return 0;
}

/* The key of an entry, refused where it is no text or was there before. */
static int read_key(struct reader *reader, const yaml_event_t *event,
		    struct dsv_map *seen, struct dsv_yaml *out)
{
	unsigned line = event_line(event);
	const char *key = (const char *)event->data.scalar.value;
	size_t len = event->data.scalar.length;
	struct dsv_map_entry *entry;
	int rc;

	rc = check_event(reader, event);
	if (rc < 0)
		return rc;
	if (event->type != YAML_SCALAR_EVENT)
		return fail_at(reader->doc, line, "a key must be text");
	entry = dsv_map_put(seen, key, len);
	if (entry->value)
		return fail_at(reader->doc, line,
			       "key '%s' stands on line %u too", key,
			       (unsigned)entry->value);
	entry->value = line;
	out->name = dsv_arena_copy(&reader->doc->arena, key, len);
	out->name_line = line;
	return 0;
}

static int read_entry(struct reader *reader, const yaml_event_t *key,
		      unsigned depth, struct dsv_map *seen,
		      struct dsv_yaml *out)
{
	yaml_event_t event AUTO_EVENT = {0};
	int rc;

	rc = read_key(reader, key, seen, out);
	if (rc < 0)
		return rc;
	rc = next_event(reader, &event);
	if (rc < 0)
		return rc;
	return read_node(reader, &event, depth + 1, out);
}

static int read_map(struct reader *reader, unsigned depth, struct dsv_yaml *out)
{
	struct children children AUTO_CHILDREN = {0};
	struct dsv_map seen DSV_AUTO(map) = DSV_MAP_INIT;

	for (;;) {
		yaml_event_t event AUTO_EVENT = {0};
		struct dsv_yaml item = {0};
		int rc;

		rc = next_event(reader, &event);
		if (rc < 0)
			return rc;
		if (event.type == YAML_MAPPING_END_EVENT)
			break;
		rc = read_entry(reader, &event, depth, &seen, &item);
		if (rc < 0)
			return rc;
		*add_child(&children) = item;
	}
	keep_children(reader, &children, out);
	return 0;
}

static int read_node(struct reader *reader, const yaml_event_t *event,
		     unsigned depth, struct dsv_yaml *out)
{
	int rc;

	rc = check_event(reader, event);
	if (rc < 0)
		return rc;
	out->line = event_line(event);
	if (depth > DEPTH_MAX)
		return fail_at(reader->doc, out->line,
			       "nested deeper than %u levels", DEPTH_MAX);
	if (event->type == YAML_SEQUENCE_START_EVENT) {
		out->kind = DSV_YAML_LIST;
		return read_list(reader, depth, out);
	}
	if (event->type == YAML_MAPPING_START_EVENT) {
		out->kind = DSV_YAML_MAP;
		return read_map(reader, depth, out);
	}
	out->kind = DSV_YAML_TEXT;
	out->len = event->data.scalar.length;
	out->text = dsv_arena_copy(&reader->doc->arena,
				   event->data.scalar.value, out->len);
	return 0;
}

static int expect(struct reader *reader, yaml_event_type_t type,
		  const char *fault)
{
	yaml_event_t event AUTO_EVENT = {0};
	int rc;

	rc = next_event(reader, &event);
	if (rc < 0)
		return rc;
	if (event.type != type)
		return fail_at(reader->doc, event_line(&event), "%s", fault);
	return 0;
}

static bool is_nothing(const struct dsv_yaml *node)
{
	return node->kind == DSV_YAML_TEXT && node->len == 0;
}

/* The stream has begun; what follows is one document or nothing. */
static int read_document(struct reader *reader, struct dsv_yaml *root)
{
	yaml_event_t start AUTO_EVENT = {0};
	yaml_event_t event AUTO_EVENT = {0};
	int rc;

	rc = next_event(reader, &start);
	if (rc < 0 || start.type == YAML_STREAM_END_EVENT)
		return rc;
	rc = next_event(reader, &event);
	if (rc < 0)
		return rc;
	rc = read_node(reader, &event, 1, root);
	if (rc < 0)
		return rc;
	rc = expect(reader, YAML_DOCUMENT_END_EVENT, "more than one value");
	if (rc < 0)
		return rc;
	return expect(reader, YAML_STREAM_END_EVENT, "more than one document");
}

static int read_stream(struct reader *reader)
{
	struct dsv_yaml root = {.kind = DSV_YAML_TEXT, .line = 1};
	int rc;

	rc = expect(reader, YAML_STREAM_START_EVENT, "not YAML");
	if (rc < 0)
		return rc;
	rc = read_document(reader, &root);
	if (rc < 0)
		return rc;
	if (is_nothing(&root))
		root = (struct dsv_yaml){.kind = DSV_YAML_MAP, .line = 1};
	reader->doc->root = root;
	return 0;
}

int dsv_yaml_parse(struct dsv_yaml_doc **out, const char *data, size_t len,
		   const char *name)
{
	struct dsv_yaml_doc *doc DSV_AUTO(yaml_doc) =
		dsv_alloc_zero(1, sizeof(*doc));
	struct reader reader __attribute__((cleanup(reader_auto))) = {
		.doc = doc, .data = data, .len = len};
	int rc;

	doc->name = dsv_strdup(name);
	if (!yaml_parser_initialize(&reader.parser))
		dsv_alloc_failed();
	yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(
		&reader.parser, (const unsigned char *)(len ? data : ""), len);
	rc = read_stream(&reader);
	if (rc < 0)
		return rc;
	*out = dsv_take(&doc);
	return 0;
}

void dsv_yaml_doc_free(struct dsv_yaml_doc **docp)
{
	struct dsv_yaml_doc *doc = dsv_take(docp);

	if (!doc)
		return;
	dsv_arena_release(&doc->arena);
	free(doc->name);
	free(doc);
}

const struct dsv_yaml *dsv_yaml_root(const struct dsv_yaml_doc *doc)
{
	return &doc->root;
}

const struct dsv_yaml *dsv_yaml_get(const struct dsv_yaml *map, const char *key)
{
	if (map->kind != DSV_YAML_MAP)
		return NULL;
	for (size_t i = 0; i < map->n; i++) {
		if (strcmp(map->items[i].name, key) == 0)
			return &map->items[i];
	}
	return NULL;
}

int dsv_yaml_fail(const struct dsv_yaml_doc *doc, const struct dsv_yaml *node,
		  const char *fmt, ...)
{
	char *text DSV_AUTO(str) = NULL;
	va_list args;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		dsv_alloc_failed();
	va_end(args);
	return fail_at(doc, node->line, "%s", text);
}

static int fail_unknown(const struct dsv_yaml_doc *doc,
			const struct dsv_yaml *entry, const char *const *known)
{
	struct dsv_strlist names DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	const char *nearest;
	int rc;

	for (; *known; known++)
		dsv_strlist_add(&names, *known);
	nearest = dsv_nearest(entry->name, &names);
	rc = fail_at(doc, entry->name_line, "unknown key '%s'", entry->name);
	if (nearest)
		dsv_hint(rc, "did you mean '%s'?", nearest);
	return rc;
}

static bool is_known(const char *name, const char *const *known)
{
	for (; *known; known++) {
		if (strcmp(name, *known) == 0)
			return true;
	}
	return false;
}

int dsv_yaml_only(const struct dsv_yaml_doc *doc, const struct dsv_yaml *map,
		  const char *const *known)
{
	for (size_t i = 0; map->kind == DSV_YAML_MAP && i < map->n; i++) {
		if (!is_known(map->items[i].name, known))
			return fail_unknown(doc, &map->items[i], known);
	}
	return 0;
}
