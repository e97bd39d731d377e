#include "reading.h"

#include "format/json_value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The canonical form of a canonical form is itself. */
static void canon_twice(const char *text, size_t len)
{
	struct dsv_json_work work DSV_AUTO(json_work) = DSV_JSON_WORK_INIT;
	struct dsv_buf once DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf twice DSV_AUTO(buf) = DSV_BUF_INIT;
	const char *end = dsv_json_value(text, text + len);

	if (!end)
		return;
	dsv_json_canon(&work, text, end, &once);
	if (dsv_json_value(once.data, once.data + once.len) !=
	    once.data + once.len)
		abort();
	dsv_json_canon(&work, once.data, once.data + once.len, &twice);
	if (once.len > len || once.len != twice.len ||
	    memcmp(once.data, twice.data, once.len) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_reading("jsonl", data, size);
	fuzz_reading("plain", data, size);
	if (size > 1)
		canon_twice((const char *)data + 1, size - 1);
	return 0;
}
