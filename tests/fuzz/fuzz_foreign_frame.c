#include <stdint.h>

#include "store/repack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A frame from elsewhere: the first byte is the type that was asked for, the
 * second how many dictionaries its pack has. Nothing is committed. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct dsv_id dicts[4];
	struct dsv_repack *repack DSV_AUTO(repack) = NULL;
	struct dsv_store *store DSV_AUTO(store) = NULL;
	struct dsv_foreign_frame frame;

	if (size < 2)
		return 0;
	frame = (struct dsv_foreign_frame){
		.type = (enum dsv_object)(data[0] & 7),
		.data = (const char *)data + 2,
		.len = size - 2,
		.dicts = dicts,
		.n_dicts = data[1] & 3,
	};
	if (dsv_store_open(&store, "/dev/null/none", NULL) < 0 ||
	    dsv_repack_open(&repack, store, NULL) < 0)
		return 0;
	dsv_repack_add_frame(repack, &frame);
	frame.type = DSV_OBJECT_CHUNK;
	dsv_repack_add_frame(repack, &frame);
	return 0;
}
