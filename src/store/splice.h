#ifndef STORE_SPLICE_H
#define STORE_SPLICE_H

#include <stdbool.h>
#include <stddef.h>

#include <dsv/buf.h>

/*
 * Bytes that differ from others (the base) in one place: the start of the base,
 * a few new bytes, the end of the base. A row that is relabelled or removed
 * leaves its chunk like this. docs/formats/chunk.md has it to the byte.
 */

/** Append the splice; false where more than a few bytes are new. */
bool dsv_splice_encode(const char *raw, size_t len, const char *base,
		       size_t base_len, struct dsv_buf *out);

/** Into to[len]; DSV_ECORRUPT where the base does not have as much. */
int dsv_splice_decode(const char *splice, size_t splice_len, const char *base,
		      size_t base_len, char *to, size_t len);

#endif
