#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

/* XXH3, for tables in memory. Seeded anew in each process, so that nobody can
 * craft data whose records collide; never stored, never compared across
 * processes. dsv_hash_stable is unseeded and may be stored. */
struct dsv_hash128 {
	uint64_t low;
	uint64_t high;
};

uint64_t dsv_hash64(const void *data, size_t len);
struct dsv_hash128 dsv_hash128(const void *data, size_t len);
uint64_t dsv_hash_stable(const void *data, size_t len);

#endif
