#include "store/lines.h"

#ifdef __SSE2__
#include <emmintrin.h>

#define STEP 16u

/* 16 bytes at a time: byte counters, added up before they can overflow. */
static size_t count_runs(const char *data, size_t n_runs)
{
	const __m128i feed = _mm_set1_epi8('\n');
	__m128i sums = _mm_setzero_si128();

	while (n_runs) {
		size_t batch = n_runs < 255 ? n_runs : 255;
		__m128i counts = _mm_setzero_si128();

		n_runs -= batch;
		for (; batch; batch--, data += STEP) {
			__m128i run = _mm_loadu_si128(
				(const __m128i *)(const void *)data);

			counts =
				_mm_sub_epi8(counts, _mm_cmpeq_epi8(run, feed));
		}
		sums = _mm_add_epi64(sums,
				     _mm_sad_epu8(counts, _mm_setzero_si128()));
	}
	return (size_t)_mm_cvtsi128_si64(sums) +
	       (size_t)_mm_cvtsi128_si64(_mm_unpackhi_epi64(sums, sums));
}
#else
#define STEP 1u

static size_t count_runs(const char *data, size_t n_runs)
{
	size_t n = 0;

	for (size_t i = 0; i < n_runs; i++)
		n += data[i] == '\n';
	return n;
}
#endif

size_t dsv_count_lines(const char *data, size_t len)
{
	size_t n = count_runs(data, len / STEP);

	for (size_t i = len - len % STEP; i < len; i++)
		n += data[i] == '\n';
	return n;
}
