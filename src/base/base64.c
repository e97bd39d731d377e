#include "base/base64.h"

#include <stdint.h>
#include <string.h>

static const char digits[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void dsv_base64_add(struct dsv_buf *out, const void *data, size_t len)
{
	const uint8_t *at = data;

	for (; len >= 3; at += 3, len -= 3) {
		dsv_buf_addch(out, digits[at[0] >> 2]);
		dsv_buf_addch(out, digits[(at[0] & 3) << 4 | at[1] >> 4]);
		dsv_buf_addch(out, digits[(at[1] & 15) << 2 | at[2] >> 6]);
		dsv_buf_addch(out, digits[at[2] & 63]);
	}
	if (!len)
		return;
	dsv_buf_addch(out, digits[at[0] >> 2]);
	if (len == 1) {
		dsv_buf_addch(out, digits[(at[0] & 3) << 4]);
		dsv_buf_addstr(out, "==");
		return;
	}
	dsv_buf_addch(out, digits[(at[0] & 3) << 4 | at[1] >> 4]);
	dsv_buf_addch(out, digits[(at[1] & 15) << 2]);
	dsv_buf_addch(out, '=');
}

/* 0 to 63, or -1. */
static int value_of(char digit)
{
	const char *at = digit ? strchr(digits, digit) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* Four characters of which the last pad ones are '='. */
static bool read_group(struct dsv_buf *out, const char *text, unsigned pad)
{
	uint32_t bits = 0;
	unsigned i;

	for (i = 0; i < 4 - pad; i++) {
		const int value = value_of(text[i]);

		if (value < 0)
			return false;
		bits |= (uint32_t)value << (18 - 6 * i);
	}
	if (pad && (bits & ((1u << (8 * pad)) - 1)))
		return false;
	for (i = 0; i < 3 - pad; i++)
		dsv_buf_addch(out, (char)(bits >> (16 - 8 * i) & 0xff));
	return true;
}

bool dsv_base64_read(struct dsv_buf *out, const char *text, size_t len)
{
	const size_t before = out->len;
	unsigned pad = 0;
	size_t i;

	if (len % 4)
		return false;
	if (len)
		pad = text[len - 1] != '=' ? 0 : text[len - 2] != '=' ? 1 : 2;
	for (i = 0; i < len; i += 4) {
		if (read_group(out, text + i, i + 4 == len ? pad : 0))
			continue;
		dsv_buf_truncate(out, before);
		return false;
	}
	return true;
}
