#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include <stdbool.h>
#include <stddef.h>

#include <dsv/buf.h>

/* Base64 of RFC 4648 with padding, no line ends inside. */

void dsv_base64_add(struct dsv_buf *out, const void *data, size_t len);
/** Append what text stands for. False, with out as it was, for any other
 * character, missing padding, or bits behind the last byte that are not 0: one
 * text for the same bytes. */
bool dsv_base64_read(struct dsv_buf *out, const char *text, size_t len);

#endif
