#include "base/codec.h"

#include <string.h>

#define VARINT_MAX_BYTES 10u /* 64 bits by seven, rounded up */

struct dsv_bytes dsv_bytes(const void *data, size_t len)
{
	/* never NULL, so that pointer arithmetic on it is defined */
	const uint8_t *at = data ? data : (const uint8_t *)"";

	return (struct dsv_bytes){.at = at, .end = at + (data ? len : 0)};
}

bool dsv_bytes_ok(const struct dsv_bytes *in)
{
	return !in->failed;
}

size_t dsv_bytes_left(const struct dsv_bytes *in)
{
	return (size_t)(in->end - in->at);
}

void dsv_bytes_fail(struct dsv_bytes *in)
{
	in->failed = true;
	in->at = in->end;
}

/* len bytes, or NULL and a failed reader. */
static const uint8_t *take(struct dsv_bytes *in, size_t len)
{
	const uint8_t *at = in->at;

	if (len > dsv_bytes_left(in)) {
		dsv_bytes_fail(in);
		return NULL;
	}
	in->at += len;
	return at;
}

static uint64_t get_little_endian(struct dsv_bytes *in, size_t n_bytes)
{
	const uint8_t *at = take(in, n_bytes);
	uint64_t value = 0;

	if (!at)
		return 0;
	for (size_t i = n_bytes; i-- > 0;)
		value = value << 8 | at[i];
	return value;
}

uint8_t dsv_get_u8(struct dsv_bytes *in)
{
	return (uint8_t)get_little_endian(in, 1);
}

uint16_t dsv_get_u16(struct dsv_bytes *in)
{
	return (uint16_t)get_little_endian(in, 2);
}

uint32_t dsv_get_u32(struct dsv_bytes *in)
{
	return (uint32_t)get_little_endian(in, 4);
}

uint64_t dsv_get_u64(struct dsv_bytes *in)
{
	return get_little_endian(in, 8);
}

/* False: no end in time, more than 64 bits, or not the shortest form. */
static bool read_varint(struct dsv_bytes *in, uint64_t *out)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < VARINT_MAX_BYTES; i++) {
		const uint8_t *at = take(in, 1);

		if (!at || (i == VARINT_MAX_BYTES - 1 && *at > 1))
			return false;
		value |= (uint64_t)(*at & 0x7f) << (7 * i);
		if (!(*at & 0x80)) {
			*out = value;
			return i == 0 || *at != 0;
		}
	}
	return false;
}

uint64_t dsv_get_varint(struct dsv_bytes *in, uint64_t limit)
{
	uint64_t value;

	if (in->failed)
		return 0;
	if (!read_varint(in, &value) || value > limit) {
		dsv_bytes_fail(in);
		return 0;
	}
	return value;
}

void dsv_get_id(struct dsv_bytes *in, struct dsv_id *out)
{
	const uint8_t *at = take(in, DSV_ID_SIZE);

	if (at)
		memcpy(out->bytes, at, DSV_ID_SIZE);
	else
		memset(out->bytes, 0, DSV_ID_SIZE);
}

const char *dsv_get_run(struct dsv_bytes *in, size_t len)
{
	if (in->failed)
		return NULL;
	return (const char *)take(in, len);
}

const char *dsv_get_string(struct dsv_bytes *in, size_t limit, size_t *out_len)
{
	size_t len = (size_t)dsv_get_varint(in, limit);
	const char *run = dsv_get_run(in, len);

	*out_len = run ? len : 0;
	return run;
}

static uint32_t get_big_endian_u32(struct dsv_bytes *in)
{
	const uint8_t *at = (const uint8_t *)dsv_get_run(in, 4);

	if (!at)
		return 0;
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
	       (uint32_t)at[2] << 8 | at[3];
}

const char *dsv_get_ssh_string(struct dsv_bytes *in, size_t limit,
			       size_t *out_len)
{
	const size_t len = get_big_endian_u32(in);
	const char *run;

	if (len > limit)
		dsv_bytes_fail(in);
	run = dsv_get_run(in, len);
	*out_len = run ? len : 0;
	return run;
}

static void put_little_endian(struct dsv_buf *out, uint64_t value,
			      size_t n_bytes)
{
	uint8_t bytes[8];

	for (size_t i = 0; i < n_bytes; i++)
		bytes[i] = (uint8_t)(value >> (8 * i));
	dsv_buf_add(out, bytes, n_bytes);
}

void dsv_put_u8(struct dsv_buf *out, uint8_t value)
{
	put_little_endian(out, value, 1);
}

void dsv_put_u16(struct dsv_buf *out, uint16_t value)
{
	put_little_endian(out, value, 2);
}

void dsv_put_u32(struct dsv_buf *out, uint32_t value)
{
	put_little_endian(out, value, 4);
}

void dsv_put_u64(struct dsv_buf *out, uint64_t value)
{
	put_little_endian(out, value, 8);
}

void dsv_put_varint(struct dsv_buf *out, uint64_t value)
{
	uint8_t bytes[VARINT_MAX_BYTES];
	size_t n = 0;

	while (value >= 0x80) {
		bytes[n++] = (uint8_t)(value | 0x80);
		value >>= 7;
	}
	bytes[n++] = (uint8_t)value;
	dsv_buf_add(out, bytes, n);
}

void dsv_put_id(struct dsv_buf *out, const struct dsv_id *id)
{
	dsv_buf_add(out, id->bytes, DSV_ID_SIZE);
}

void dsv_put_string(struct dsv_buf *out, const char *text, size_t len)
{
	dsv_put_varint(out, len);
	dsv_buf_add(out, text, len);
}

void dsv_put_ssh_string(struct dsv_buf *out, const void *data, size_t len)
{
	const uint8_t size[] = {(uint8_t)(len >> 24), (uint8_t)(len >> 16),
				(uint8_t)(len >> 8), (uint8_t)len};

	dsv_buf_add(out, size, sizeof(size));
	dsv_buf_add(out, data, len);
}
