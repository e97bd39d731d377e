#include <stdint.h>
#include <string.h>

#include "repo/indexview.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* All paths can be walked and found. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dsv_index_view view DSV_AUTO(index_view) = DSV_INDEX_VIEW_INIT;
	struct dsv_index_path at;

	if (!dsv_index_view_parse(&view, (const char *)data, size))
		return 0;
	for (size_t i = 0; i < view.n;) {
		i = dsv_index_path_at(&view, i, &at);
		if (dsv_index_view_find(&view, at.path) >= i)
			__builtin_trap();
	}
	return 0;
}
