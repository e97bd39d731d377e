#ifndef DATASET_DEFINITION_LINES_H
#define DATASET_DEFINITION_LINES_H

#include <dsv/auto.h>
#include <dsv/buf.h>

#include "base/yaml.h"

/* Where a dataset and its members stand in the text of datasets.yaml. Lines
 * are counted from 1; places are bytes from the start. */
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

/** Look for a dataset by name. The lines hold until the text is edited. */
int dsv_item_find(struct dsv_item *out, const struct dsv_buf *text,
		  const char *name);
void dsv_item_release(struct dsv_item *item);
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
