#ifndef DSV_ID_H
#define DSV_ID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DSV_ID_SIZE 32u
#define DSV_ID_HEX  65u /* 64 digits and the NUL */

/* A SHA-256: the name of a content, a chunk, a pack, a snapshot. */
struct dsv_id {
	uint8_t bytes[DSV_ID_SIZE];
};

/* A whole content: what a pointer says. */
struct dsv_content {
	struct dsv_id id;
	uint64_t size; /* bytes */
};

/** Write 64 lower-case digits and a NUL; returns hex. */
const char *dsv_id_hex(const struct dsv_id *id, char hex[DSV_ID_HEX]);
/** Read exactly 64 lower-case digits. False: not an id. */
bool dsv_id_parse(struct dsv_id *out, const char *hex, size_t len);
bool dsv_id_equal(const struct dsv_id *a, const struct dsv_id *b);
/** Order by bytes, as memcmp. */
int dsv_id_cmp(const struct dsv_id *a, const struct dsv_id *b);

#endif
