#ifndef CMD_MARKDOWN_H
#define CMD_MARKDOWN_H

#include <stddef.h>

#include <dsv/buf.h>

/* What all Markdown of dsv has in common. */

/** Text of data, so that it says what it says, also in a table; what is longer
 * than 200 bytes is cut. */
void dsv_md_text(struct dsv_buf *out, const char *text, size_t len);

#endif
