#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "store/mapcode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A root that can be read is written again as it was, but for its checksum. */
static void fuzz_root(const char *data, size_t len)
{
	struct dsv_maproot root DSV_AUTO(maproot) = DSV_MAPROOT_INIT;
	struct dsv_buf back DSV_AUTO(buf) = DSV_BUF_INIT;

	if (dsv_maproot_read(&root, data, len) < 0)
		return;
	dsv_maproot_verify(data, len, &root.content.id);
	dsv_maproot_write(&root, &back);
	if (back.len != len || memcmp(back.data, data, len - DSV_ID_SIZE) != 0)
		abort();
}

static void fuzz_node(const char *data, size_t len)
{
	struct dsv_buf back DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_extent extents[8];
	size_t n = len > 1 ? (size_t)data[1] & 7 : 0;

	if (dsv_mapnode_read(extents, n, data, len) < 0)
		return;
	dsv_mapnode_write(extents, n, &back);
	if (back.len != len || memcmp(back.data, data, len) != 0)
		abort();
}

/* The first byte says which of the two follows. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	if (data[0] & 1)
		fuzz_node((const char *)data + 1, size - 1);
	else
		fuzz_root((const char *)data + 1, size - 1);
	return 0;
}
