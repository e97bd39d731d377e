#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "repo/pointer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An exact pointer is the only text of its content. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_content content;

	if (dsv_pointer_parse((const char *)data, size, &content) !=
	    DSV_POINTER_EXACT)
		return 0;
	dsv_pointer_format(&content, &text);
	if (text.len != size || memcmp(text.data, data, size) != 0)
		abort();
	return 0;
}
