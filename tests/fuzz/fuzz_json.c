#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <dsv/buf.h>
#include <dsv/text.h>

#include "base/json.h"

/* Any bytes as a document, and as a string that must come out as JSON. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dsv_json *doc DSV_AUTO(json) = NULL;
	struct dsv_json *text DSV_AUTO(json) = NULL;
	struct dsv_buf buf DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_json_parse(&doc, (const char *)data, size, "fuzz.json");
	if (memchr(data, 0, size))
		return 0;
	dsv_add_json_string(&buf, (const char *)data, size);
	if (dsv_json_parse(&text, buf.data, buf.len, "string") < 0)
		abort();
	return 0;
}
