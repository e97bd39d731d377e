#ifndef FORMAT_SCAN_H
#define FORMAT_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/*
 * Finding bytes sixteen at a time. SSE2 is part of x86-64; wider registers
 * gain a tenth, too little for a second path.
 */

/** Where ch stands in the n bytes at p, at most 64: the lowest bit is p[0]. */
static inline uint64_t dsv_mask(const char *p, size_t n, char ch)
{
	uint64_t bits = 0;

#if defined(__SSE2__)
	const __m128i wanted = _mm_set1_epi8(ch);

	if (n == 64) {
		for (int i = 0; i < 4; i++) {
			__m128i v = _mm_loadu_si128((const __m128i *)p + i);
			int hit = _mm_movemask_epi8(_mm_cmpeq_epi8(v, wanted));

			bits |= (uint64_t)(unsigned)hit << (16 * i);
		}
		return bits;
	}
#endif
	for (size_t i = 0; i < n; i++)
		bits |= (uint64_t)(p[i] == ch) << i;
	return bits;
}

/** The first of three bytes at or behind p, or end. */
static inline const char *dsv_find3(const char *p, const char *end, char a,
				    char b, char c)
{
#if defined(__SSE2__)
	const __m128i va = _mm_set1_epi8(a);
	const __m128i vb = _mm_set1_epi8(b);
	const __m128i vc = _mm_set1_epi8(c);

	for (; end - p >= 16; p += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)p);
		__m128i hit = _mm_or_si128(_mm_cmpeq_epi8(v, va),
					   _mm_cmpeq_epi8(v, vb));
		int bits = _mm_movemask_epi8(
			_mm_or_si128(hit, _mm_cmpeq_epi8(v, vc)));

		if (bits)
			return p + __builtin_ctz((unsigned)bits);
	}
#endif
	while (p < end && *p != a && *p != b && *p != c)
		p++;
	return p;
}

/** The first byte that ends or breaks a run of plain JSON string: a quote, a
 * backslash, a control character; or end. */
static inline const char *dsv_find_json(const char *p, const char *end)
{
#if defined(__SSE2__)
	const __m128i quote = _mm_set1_epi8('"');
	const __m128i slash = _mm_set1_epi8('\\');
	const __m128i control = _mm_set1_epi8(0x1f);

	for (; end - p >= 16; p += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)p);
		__m128i hit = _mm_or_si128(_mm_cmpeq_epi8(v, quote),
					   _mm_cmpeq_epi8(v, slash));
		__m128i low = _mm_cmpeq_epi8(_mm_min_epu8(v, control), v);
		int bits = _mm_movemask_epi8(_mm_or_si128(hit, low));

		if (bits)
			return p + __builtin_ctz((unsigned)bits);
	}
#endif
	while (p < end && *p != '"' && *p != '\\' && (unsigned char)*p > 0x1f)
		p++;
	return p;
}

/** No byte has its high bit set. */
static inline bool dsv_is_ascii(const char *p, size_t len)
{
	const char *end = p + len;
	unsigned char high = 0;

#if defined(__SSE2__)
	__m128i seen = _mm_setzero_si128();

	for (; end - p >= 16; p += 16)
		seen = _mm_or_si128(seen, _mm_loadu_si128((const __m128i *)p));
	if (_mm_movemask_epi8(seen))
		return false;
#endif
	while (p < end)
		high |= (unsigned char)*p++;
	return high < 0x80;
}

#endif
