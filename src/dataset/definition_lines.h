#ifndef DATASET_DEFINITION_LINES_H
#define DATASET_DEFINITION_LINES_H

#include <dsv/auto.h>
#include <dsv/buf.h>

#include "base/yaml.h"

/* Where a dataset and its members stand in the text of datasets.yaml, or what
 * another list of maps in a document of ours names. Lines are counted from 1;
 * places are bytes from the start. */
struct dsv_item_kind {
	const char *path; /* for messages */
	const char *list; /* "datasets" */
	const char *key;  /* the member that names an item */
};

struct dsv_item {
	struct dsv_yaml_doc *doc;
	const struct dsv_yaml *list; /* of datasets; NULL: none */
	const struct dsv_yaml *map;  /* NULL: no such dataset */
	size_t first;		     /* its line with the dash */
	size_t end; /* the line behind it, or behind the list without it */
};

#define DSV_ITEM_INIT \
	{             \
		0     \
	}

/** Look for an item by name. The lines hold until the text is edited. */
int dsv_item_find(struct dsv_item *out, const struct dsv_buf *text,
		  const struct dsv_item_kind *kind, const char *name);
void dsv_item_release(struct dsv_item *item);
/** Put value, on one line, in place of what a member has. */
void dsv_item_replace(struct dsv_buf *text, const struct dsv_item *item,
		      const struct dsv_yaml *member, const char *value);
/** A new member goes behind the one that stands before it by custom, a
 * NULL-ended list of names. */
void dsv_item_insert(struct dsv_buf *text, const struct dsv_item *item,
		     const char *const *custom, const char *key,
		     const char *value);
/** Blanks before the dash of an item that is added. */
size_t dsv_item_new_indent(const struct dsv_buf *text,
			   const struct dsv_item *item);
/** Add the lines of an item behind the last; the list, and a document without
 * one, is made where it is not there. */
void dsv_item_append(struct dsv_buf *text, const struct dsv_item *item,
		     const struct dsv_item_kind *kind, const char *block);
/** Blanks before the names of the item's members. */
size_t dsv_item_indent(const struct dsv_buf *text, const struct dsv_item *item);
/** The line behind a member. Comments before the next one belong to that. */
size_t dsv_item_member_end(const struct dsv_buf *text,
			   const struct dsv_item *item,
			   const struct dsv_yaml *member);

/** The place behind the ':' of a member. */
size_t dsv_text_value(const struct dsv_buf *text,
		      const struct dsv_yaml *member);
/** The line of the dash at or above a line. */
size_t dsv_text_dash(const struct dsv_buf *text, size_t line);
/** The first byte of a line that is no blank. */
char dsv_text_first(const struct dsv_buf *text, size_t line);

DSV_AUTO_RELEASE(item)

#endif
