#ifndef REPO_POINTER_H
#define REPO_POINTER_H

#include <stdbool.h>

#include <dsv/buf.h>
#include <dsv/id.h>

/* The small text blob that stands in the git tree for a data file: DESIGN
 * section 4, docs/formats/pointer.md. */
#define DSV_POINTER_LIMIT 4096u /* bytes; longer content is never a pointer */

enum dsv_pointer_kind {
	DSV_POINTER_NOT, /* data */
	DSV_POINTER_EXACT,
	DSV_POINTER_DAMAGED, /* begins like one, is none: never data */
};

/** Judge the whole content of a blob or file. */
enum dsv_pointer_kind dsv_pointer_parse(const char *data, size_t len,
					struct dsv_content *out);
void dsv_pointer_format(const struct dsv_content *content, struct dsv_buf *out);

#endif
