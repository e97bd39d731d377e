#ifndef DATASET_ADDRESS_H
#define DATASET_ADDRESS_H

#include <stdbool.h>

#include <dsv/buf.h>
#include <dsv/strlist.h>

/*
 * The record part of an address, KEY[:FIELD]: the fields of a composite key
 * are joined by ',', and '%', ',' and ':' are written %25, %2C, %3A.
 */

/** Append one key field or field name. */
void dsv_address_add_part(struct dsv_buf *out, const char *text, size_t len);
/** Append a key. */
void dsv_address_add_key(struct dsv_buf *out, const struct dsv_strlist *key);
/** Append a part as it was before it was escaped. */
void dsv_address_decode(struct dsv_buf *out, const char *text, size_t len);
/** Split "KEY[:FIELD]": the key stays escaped. False: no field is named. */
bool dsv_address_split(const char *text, struct dsv_buf *out_key,
		       struct dsv_buf *out_field);

#endif
