#include "base/utf8.h"

#include <string.h>

#include <dsv/text.h>

/* Table 3-7 of Unicode 14.0: what the second byte may be depends on the first;
 * this is where surrogates, overlong forms and the end at U+10FFFF show. */
struct lead {
	uint8_t first, last; /* of the leading byte */
	uint8_t low, high;   /* of the second byte */
	uint8_t size;
};

static const struct lead leads[] = {
	{0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
	{0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3},
	{0xee, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4},
	{0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
};

static const struct lead *find_lead(uint8_t byte)
{
	for (size_t i = 0; i < sizeof(leads) / sizeof(leads[0]); i++) {
		if (byte >= leads[i].first && byte <= leads[i].last)
			return &leads[i];
	}
	return NULL;
}

size_t dsv_utf8_decode(const char *text, size_t len, uint32_t *out_code)
{
	const uint8_t *at = (const uint8_t *)text;
	const struct lead *lead;
	uint32_t code;

	if (at[0] < 0x80) {
		*out_code = at[0];
		return 1;
	}
	lead = find_lead(at[0]);
	if (!lead || lead->size > len || at[1] < lead->low ||
	    at[1] > lead->high)
		return 0;
	code = at[0] & (0x7fu >> lead->size);
	for (size_t i = 1; i < lead->size; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (at[i] & 0x3f);
	}
	*out_code = code;
	return lead->size;
}

/* Bytes of the ASCII run at text, found eight at a time. */
static size_t ascii_run(const char *text, size_t len)
{
	size_t n = 0;

	while (len - n >= 8) {
		uint64_t word;

		memcpy(&word, text + n, 8);
		if (word & 0x8080808080808080u)
			break;
		n += 8;
	}
	while (n < len && (unsigned char)text[n] < 0x80)
		n++;
	return n;
}

size_t dsv_utf8_valid(const char *text, size_t len)
{
	size_t n = 0;

	while (n < len) {
		uint32_t code;
		size_t size;

		n += ascii_run(text + n, len - n);
		if (n == len)
			return n;
		size = dsv_utf8_decode(text + n, len - n, &code);
		if (size == 0)
			return n;
		n += size;
	}
	return n;
}
