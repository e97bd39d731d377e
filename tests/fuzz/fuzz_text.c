#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <dsv/buf.h>
#include <dsv/text.h>

/* What is shown is valid UTF-8 without controls, and as wide as is told. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct dsv_buf shown DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf again DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf path DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_add_shown(&shown, text, size);
	if (dsv_utf8_valid(shown.data, shown.len) != shown.len)
		abort();
	for (size_t i = 0; i < shown.len; i++) {
		unsigned char ch = (unsigned char)shown.data[i];

		if (ch < 0x20 || ch == 0x7f)
			abort();
	}
	dsv_add_shown(&again, shown.data, shown.len);
	if (again.len != shown.len ||
	    dsv_shown_width(text, size) !=
		    dsv_shown_width(shown.data, shown.len))
		abort();
	dsv_add_quoted_path(&path, text, size);
	return 0;
}
