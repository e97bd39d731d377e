#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/** The code point at text and its bytes (1 to 4); 0 bytes: not valid UTF-8
 * (RFC 3629: no surrogates, no overlong forms). len is at least 1. */
size_t dsv_utf8_decode(const char *text, size_t len, uint32_t *out_code);

#endif
