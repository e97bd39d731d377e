#include "base/fold.h"

#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#include "base/alloc.h"
#include "base/utf8.h"

#define COMPAT                                                    \
	((utf8proc_option_t)(UTF8PROC_STABLE | UTF8PROC_COMPOSE | \
			     UTF8PROC_COMPAT))
#define CASELESS \
	((utf8proc_option_t)(COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE))
#define SEARCH                                                      \
	((utf8proc_option_t)(UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | \
			     UTF8PROC_COMPAT | UTF8PROC_IGNORE |    \
			     UTF8PROC_LUMP))

/* The longest decomposition of one code point has 18 (U+FDFA). */
#define CODES_MAX 64

static size_t ascii_len(const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && (unsigned char)text[n] < 0x80)
		n++;
	return n;
}

/* A run of valid UTF-8. */
static void fold_run(struct dsv_buf *out, const char *text, size_t len,
		     utf8proc_option_t how)
{
	utf8proc_uint8_t *folded = NULL;
	utf8proc_ssize_t n;

	n = utf8proc_map((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)len,
			 &folded, how);
	if (n >= 0)
		dsv_buf_add(out, folded, (size_t)n);
	else
		dsv_buf_add(out, text, len);
	free(folded);
}

static size_t valid_len(const char *text, size_t len)
{
	size_t n = 0;
	uint32_t code;

	while (n < len) {
		size_t step = dsv_utf8_decode(text + n, len - n, &code);

		if (step == 0)
			break;
		n += step;
	}
	return n;
}

static void fold(struct dsv_buf *out, const char *text, size_t len,
		 utf8proc_option_t how)
{
	while (len > 0) {
		size_t n = valid_len(text, len);

		if (n > 0)
			fold_run(out, text, n, how);
		else
			dsv_buf_addch(out, text[n++]);
		text += n;
		len -= n;
	}
}

void dsv_fold_compat(struct dsv_buf *out, const char *text, size_t len)
{
	if (ascii_len(text, len) == len)
		dsv_buf_add(out, text, len);
	else
		fold(out, text, len, COMPAT);
}

void dsv_fold_caseless(struct dsv_buf *out, const char *text, size_t len)
{
	fold(out, text, len, CASELESS);
}

void dsv_folded_release(struct dsv_folded *folded)
{
	dsv_buf_release(&folded->text);
	free(folded->from);
	*folded = (struct dsv_folded)DSV_FOLDED_INIT;
}

void dsv_folded_reset(struct dsv_folded *folded)
{
	dsv_buf_reset(&folded->text);
}

static void add_bytes(struct dsv_folded *folded, const char *text, size_t len,
		      uint32_t at, bool one_place)
{
	size_t first = folded->text.len;

	DSV_GROW(folded->from, folded->cap, first + len + 1);
	for (size_t i = 0; i < len; i++)
		folded->from[first + i] = at + (one_place ? 0 : (uint32_t)i);
	dsv_buf_add(&folded->text, text, len);
}

static void add_code(struct dsv_folded *folded, uint32_t code, uint32_t at)
{
	utf8proc_int32_t codes[CODES_MAX];
	int boundary = 0;
	utf8proc_ssize_t n = utf8proc_decompose_char(
		(utf8proc_int32_t)code, codes, CODES_MAX, SEARCH, &boundary);

	for (utf8proc_ssize_t i = 0; i < n && n <= CODES_MAX; i++) {
		utf8proc_uint8_t bytes[4];
		utf8proc_ssize_t len = utf8proc_encode_char(codes[i], bytes);

		add_bytes(folded, (const char *)bytes, (size_t)len, at, true);
	}
}

void dsv_folded_add(struct dsv_folded *folded, const char *text, size_t len,
		    uint32_t at)
{
	size_t i = 0;

	while (i < len) {
		size_t n = ascii_len(text + i, len - i);
		uint32_t code;

		add_bytes(folded, text + i, n, at + (uint32_t)i, false);
		i += n;
		if (i == len)
			return;
		n = dsv_utf8_decode(text + i, len - i, &code);
		if (n == 0)
			add_bytes(folded, text + i, n = 1, at + (uint32_t)i,
				  false);
		else
			add_code(folded, code, at + (uint32_t)i);
		i += n;
	}
}

void dsv_folded_end(struct dsv_folded *folded, uint32_t at)
{
	DSV_GROW(folded->from, folded->cap, folded->text.len + 1);
	folded->from[folded->text.len] = at;
}

/* Letters of Latin-1, Greek, Cyrillic, Hebrew, Arabic. */
static bool plain_pair(unsigned char a, unsigned char b)
{
	return a == 0xc3 || (a == 0xce && b >= 0x88) ||
	       (a >= 0xcf && a <= 0xd7 && a != 0xd6) ||
	       (a >= 0xd9 && a <= 0xdb);
}

/* Indic scripts, kana without three signs, ideographs, Hangul syllables. */
static bool plain_triple(unsigned char a, unsigned char b, unsigned char c)
{
	return (a == 0xe0 && b >= 0xa4 && b <= 0xbd) ||
	       (a == 0xe3 && (b == 0x81 || b == 0x83)) ||
	       (a == 0xe3 && b == 0x82 && c != 0x9b && c != 0x9c &&
		c != 0xa0) ||
	       (a >= 0xe4 && a <= 0xe9) || (a == 0xea && b >= 0xb0) ||
	       a == 0xeb || a == 0xec || (a == 0xed && b <= 0x9d);
}

bool dsv_fold_matters(const char *text, size_t len)
{
	size_t i = 0;

	while (i < len) {
		unsigned char a = (unsigned char)text[i];
		unsigned char b = i + 1 < len ? (unsigned char)text[i + 1] : 0;
		unsigned char c = i + 2 < len ? (unsigned char)text[i + 2] : 0;

		if (a < 0x80)
			i++;
		else if (a < 0xe0 && plain_pair(a, b))
			i += 2;
		else if (a >= 0xe0 && plain_triple(a, b, c))
			i += 3;
		else
			return true;
	}
	return false;
}
