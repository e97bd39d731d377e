#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "remote/stores.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dsv_data_stores stores DSV_AUTO(data_stores) =
		DSV_DATA_STORES_INIT;

	if (dsv_store_file_parse(&stores, (const char *)data, size) < 0)
		return 0;
	for (size_t i = 0; i < stores.n; i++)
		if (!stores.items[i].url || stores.items[i].url[0] == '-')
			abort();
	return 0;
}
