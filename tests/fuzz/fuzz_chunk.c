#include <stdint.h>
#include <stdlib.h>

#include "store/chunk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever stands in a frame, decoding stays within its own bounds. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char base[] = "id,label\n1,cat\n2,dog\n3,cat\n";
	struct dsv_bytes in = dsv_bytes(data, size);
	struct dsv_dict *dict DSV_AUTO(dict) = NULL;
	struct dsv_id id = {{0}};
	struct dsv_frame frame;
	char *to;

	dsv_frame_read(&frame, &in);
	if (!dsv_bytes_ok(&in) || frame.raw_len > DSV_CHUNK_MAX)
		return 0;
	dsv_dict_new(&dict, &id, base, sizeof(base));
	to = malloc(frame.raw_len + 1);
	if (!to)
		abort();
	dsv_chunk_decode(&frame, dict, base, sizeof(base), to);
	free(to);
	return 0;
}
