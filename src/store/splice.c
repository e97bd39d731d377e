#include "store/splice.h"

#include <stdint.h>
#include <string.h>

#include <dsv/error.h>

#include "base/codec.h"

/* New bytes that are put down as they are; more of them are worth being
 * compressed. */
#define NEW_MAX 32u
/* Most bytes that say where they stand. */
#define PLACE_MAX 4u

static size_t common_start(const char *a, const char *b, size_t max)
{
	size_t n = 0;
	uint64_t x;
	uint64_t y;

	for (; max - n >= sizeof(x); n += sizeof(x)) {
		memcpy(&x, a + n, sizeof(x));
		memcpy(&y, b + n, sizeof(y));
		if (x != y)
			break;
	}
	while (n < max && a[n] == b[n])
		n++;
	return n;
}

static size_t common_end(const char *a_end, const char *b_end, size_t max)
{
	size_t n = 0;
	uint64_t x;
	uint64_t y;

	for (; max - n >= sizeof(x); n += sizeof(x)) {
		memcpy(&x, a_end - n - sizeof(x), sizeof(x));
		memcpy(&y, b_end - n - sizeof(y), sizeof(y));
		if (x != y)
			break;
	}
	while (n < max && a_end[-1 - (ptrdiff_t)n] == b_end[-1 - (ptrdiff_t)n])
		n++;
	return n;
}

bool dsv_splice_encode(const char *raw, size_t len, const char *base,
		       size_t base_len, struct dsv_buf *out)
{
	size_t max = len < base_len ? len : base_len;
	size_t start = common_start(raw, base, max);
	size_t end = common_end(raw + len, base + base_len, max - start);
	size_t n_new = len - start - end;

	if (n_new > NEW_MAX || n_new + PLACE_MAX > len)
		return false;
	dsv_put_varint(out, start);
	dsv_buf_add(out, raw + start, n_new);
	return true;
}

int dsv_splice_decode(const char *splice, size_t splice_len, const char *base,
		      size_t base_len, char *to, size_t len)
{
	struct dsv_bytes in = dsv_bytes(splice, splice_len);
	size_t start = (size_t)dsv_get_varint(&in, len);
	size_t n_new = dsv_bytes_left(&in);
	size_t end;

	if (!dsv_bytes_ok(&in) || n_new > len - start || start > base_len ||
	    len - start - n_new > base_len)
		return dsv_fail(DSV_ECORRUPT, "damaged place of a change");
	end = len - start - n_new;
	if (start)
		memcpy(to, base, start);
	if (n_new)
		memcpy(to + start, dsv_get_run(&in, n_new), n_new);
	if (end)
		memcpy(to + start + n_new, base + base_len - end, end);
	return 0;
}
