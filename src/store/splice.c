#include "store/splice.h"

#include <stdint.h>
#include <string.h>

#include <dsv/error.h>

#include "store/cutter.h"

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

struct dsv_splice dsv_splice_find(const char *raw, size_t len, const char *base,
				  size_t base_len)
{
	size_t max = len < base_len ? len : base_len;
	size_t start = common_start(raw, base, max);
	size_t end = common_end(raw + len, base + base_len, max - start);

	return (struct dsv_splice){.start = start, .n_new = len - start - end};
}

int dsv_splice_read(struct dsv_splice *out, struct dsv_bytes *in,
		    bool is_packed)
{
	out->start = (size_t)dsv_get_varint(in, DSV_CHUNK_MAX);
	out->n_new = is_packed ? (size_t)dsv_get_varint(in, DSV_CHUNK_MAX)
			       : dsv_bytes_left(in);
	if (!dsv_bytes_ok(in))
		return dsv_fail(DSV_ECORRUPT, "damaged place of a change");
	return 0;
}

int dsv_splice_join(const struct dsv_splice *splice, const char *base,
		    size_t base_len, char *to, size_t len)
{
	size_t start = splice->start;
	size_t end;

	if (start > len || splice->n_new > len - start)
		return dsv_fail(DSV_ECORRUPT, "damaged place of a change");
	end = len - start - splice->n_new;
	if (start > base_len || end > base_len)
		return dsv_fail(DSV_ECORRUPT, "damaged place of a change");
	if (start)
		memcpy(to, base, start);
	if (end)
		memcpy(to + len - end, base + base_len - end, end);
	return 0;
}
