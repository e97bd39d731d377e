#include "cmd/csv_text.h"

#include <stdbool.h>
#include <string.h>

void dsv_csv_cell(struct dsv_buf *out, const char *text, size_t len)
{
	bool quote = memchr(text, '"', len) || memchr(text, ',', len) ||
		     memchr(text, '\n', len) || memchr(text, '\r', len);

	if (!quote) {
		dsv_buf_add(out, text, len);
		return;
	}
	dsv_buf_addch(out, '"');
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '"')
			dsv_buf_addch(out, '"');
		dsv_buf_addch(out, text[i]);
	}
	dsv_buf_addch(out, '"');
}

void dsv_csv_text(struct dsv_buf *out, const char *text)
{
	dsv_buf_addch(out, ',');
	dsv_csv_cell(out, text, strlen(text));
}
