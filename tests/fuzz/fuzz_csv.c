#include "reading.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Stepping over all and stepping in two parts must end in one state. */
static void step_twice(const char *format, const uint8_t *data, size_t len)
{
	const struct dsv_format *f = dsv_format_named(format);
	const char *text = (const char *)data + 1;
	size_t half;

	if (len < 2)
		return;
	half = data[0] % len;
	if (f->step(0, text, len - 1) !=
	    f->step(f->step(0, text, half), text + half, len - 1 - half))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_reading("csv", data, size);
	fuzz_reading("tsv", data, size);
	step_twice("csv", data, size);
	step_twice("tsv", data, size);
	return 0;
}
