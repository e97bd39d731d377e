#include <stdint.h>

#include "store/pack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Walk a pack as fsck does. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dsv_pack pack = DSV_PACK_INIT;
	uint64_t at = DSV_PACK_HEAD;
	struct dsv_frame frame;
	struct dsv_id id;

	if (dsv_pack_read(&pack, (const char *)data, size) < 0)
		return 0;
	while (at < pack.frames_end &&
	       dsv_pack_frame(&pack, at, &frame, &at) == 0)
		dsv_pack_dict(&pack, frame.dict, &id);
	dsv_pack_verify(&pack);
	return 0;
}
