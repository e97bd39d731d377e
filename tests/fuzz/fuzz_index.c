#include <stdint.h>

#include "store/packidx.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Find every entry, and some names that are in none. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dsv_packidx idx = DSV_PACKIDX_INIT;
	struct dsv_packidx_entry entry;
	uint64_t offset;

	if (dsv_packidx_read(&idx, (const char *)data, size) < 0)
		return 0;
	for (size_t i = 0; i < idx.n; i++) {
		dsv_packidx_at(&idx, i, &entry);
		dsv_packidx_find(&idx, entry.type, &entry.id, &offset);
		entry.id.bytes[0] ^= 0x80;
		dsv_packidx_find(&idx, DSV_OBJECT_MAP, &entry.id, &offset);
	}
	dsv_packidx_verify(&idx);
	return 0;
}
