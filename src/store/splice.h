#ifndef STORE_SPLICE_H
#define STORE_SPLICE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/codec.h"

/*
 * Bytes that differ from others (the base) in one place: the start of the base,
 * some new bytes, the end of the base. A row that is relabelled, removed or
 * inserted leaves its chunk like this.
 */
struct dsv_splice {
	size_t start; /* bytes from the start of the base */
	size_t n_new; /* then as many that are new; the rest is its end */
};

/** What raw and base have in common at their ends, as much as there is. */
struct dsv_splice dsv_splice_find(const char *raw, size_t len, const char *base,
				  size_t base_len);

/** From the start of a payload. What follows is the new bytes, or, where they
 * are packed, what makes n_new of them. */
int dsv_splice_read(struct dsv_splice *out, struct dsv_bytes *in,
		    bool is_packed);

/** Both ends into to[len], around room for what is new; DSV_ECORRUPT where the
 * base or len is too short for that. */
int dsv_splice_join(const struct dsv_splice *splice, const char *base,
		    size_t base_len, char *to, size_t len);

#endif
