#include "store/cutter.h"

#include <string.h>

#include "base/hash.h"
#include "store/gear.h"

/* A = 8 KiB is the best of 4 to 64 KiB for diffs of scattered changes; 12 KiB
 * makes the store 3 % smaller and such diffs little slower. The window is [A/2,
 * 3A/2]. */
#define LINES_MIN 6144u
#define LINES_MAX 18432u

/* FastCDC (Xia et al. 2016) with normalised chunking of level 2: a cut is
 * harder to find before the average and easier behind it. */
#define BYTES_MIN 16384u
#define BYTES_AVG 65536u
#define HARD_BITS 18u
#define EASY_BITS 14u

/* Bytes before a place that its rolling hash depends on. */
#define GEAR_REACH 64u

/* Behind the byte in [LINES_MIN, LINES_MAX) with the smallest rolling hash. */
static size_t cut_inside_line(const char *data)
{
	uint64_t smallest = UINT64_MAX;
	uint64_t hash = 0;
	size_t cut = LINES_MAX;

	for (size_t i = LINES_MIN - GEAR_REACH; i < LINES_MAX; i++) {
		hash = (hash << 1) + dsv_gear[(uint8_t)data[i]];
		if (i >= LINES_MIN && hash < smallest) {
			smallest = hash;
			cut = i + 1;
		}
	}
	return cut;
}

/* Where the line begins whose end stands at or behind LINES_MIN. */
static size_t first_line(const char *data)
{
	const char *before = memrchr(data, '\n', LINES_MIN - 1);

	return before ? (size_t)(before - data) + 1 : 0;
}

static size_t cut_lines(const char *data)
{
	uint64_t smallest = UINT64_MAX;
	size_t line = first_line(data);
	size_t from = LINES_MIN - 1;
	size_t cut = 0;

	while (from < LINES_MAX) {
		const char *feed = memchr(data + from, '\n', LINES_MAX - from);
		uint64_t hash;
		size_t end;

		if (!feed)
			break;
		end = (size_t)(feed - data) + 1;
		hash = dsv_hash_stable(data + line, end - line);
		if (cut == 0 || hash < smallest) {
			smallest = hash;
			cut = end;
		}
		line = end;
		from = end;
	}
	return cut ? cut : cut_inside_line(data);
}

static size_t cut_bytes(const char *data, size_t len)
{
	size_t avg = len < BYTES_AVG ? len : BYTES_AVG;
	uint64_t hash = 0;
	size_t i = BYTES_MIN - GEAR_REACH;

	for (; i < avg; i++) {
		hash = (hash << 1) + dsv_gear[(uint8_t)data[i]];
		if (hash >> (64 - HARD_BITS) == 0 && i >= BYTES_MIN)
			return i + 1;
	}
	for (; i < len; i++) {
		hash = (hash << 1) + dsv_gear[(uint8_t)data[i]];
		if (hash >> (64 - EASY_BITS) == 0)
			return i + 1;
	}
	return len;
}

size_t dsv_cut_reach(enum dsv_cut cut)
{
	/* one byte more tells that this is not the end */
	return cut == DSV_CUT_LINES ? LINES_MAX + 1 : DSV_CHUNK_MAX;
}

size_t dsv_cut_next(enum dsv_cut cut, const char *data, size_t len, bool at_end)
{
	if (len < dsv_cut_reach(cut) && !at_end)
		return 0;
	if (cut == DSV_CUT_LINES)
		return len <= LINES_MAX ? len : cut_lines(data);
	if (len <= BYTES_MIN)
		return len;
	return cut_bytes(data, len < DSV_CHUNK_MAX ? len : DSV_CHUNK_MAX);
}
