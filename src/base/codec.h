#ifndef BASE_CODEC_H
#define BASE_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dsv/buf.h>
#include <dsv/id.h>

/*
 * Bounded reading and writing of our binary formats; little-endian where
 * not said otherwise.
 *
 * A reader knows its end. The first read beyond it, or beyond a limit, marks
 * the reader as failed; later reads give zeros. So decoders read a whole
 * structure and ask once, before they use it:
 *
 *	struct dsv_bytes in = dsv_bytes(data, len);
 *	n = dsv_get_u32(&in, LIMIT);
 *	...
 *	if (!dsv_bytes_ok(&in))
 *		return dsv_fail(DSV_ECORRUPT, "truncated");
 */
struct dsv_bytes {
	const uint8_t *at;
	const uint8_t *end;
	bool failed;
};

struct dsv_bytes dsv_bytes(const void *data, size_t len);
bool dsv_bytes_ok(const struct dsv_bytes *in);
size_t dsv_bytes_left(const struct dsv_bytes *in);
void dsv_bytes_fail(struct dsv_bytes *in);

uint8_t dsv_get_u8(struct dsv_bytes *in);
uint16_t dsv_get_u16(struct dsv_bytes *in);
uint32_t dsv_get_u32(struct dsv_bytes *in);
uint64_t dsv_get_u64(struct dsv_bytes *in);
/** LEB128, shortest form only; above limit fails. */
uint64_t dsv_get_varint(struct dsv_bytes *in, uint64_t limit);
void dsv_get_id(struct dsv_bytes *in, struct dsv_id *out);
/** len bytes, lent; NULL (and failed) where they are not there. */
const char *dsv_get_run(struct dsv_bytes *in, size_t len);
/** A varint length at most limit, then the bytes, lent. */
const char *dsv_get_string(struct dsv_bytes *in, size_t limit, size_t *out_len);

/** A string as SSH has it (RFC 4251): u32 length, big-endian, at most limit,
 * then the bytes, lent. */
const char *dsv_get_ssh_string(struct dsv_bytes *in, size_t limit,
			       size_t *out_len);

void dsv_put_u8(struct dsv_buf *out, uint8_t value);
void dsv_put_u16(struct dsv_buf *out, uint16_t value);
void dsv_put_u32(struct dsv_buf *out, uint32_t value);
void dsv_put_u64(struct dsv_buf *out, uint64_t value);
void dsv_put_varint(struct dsv_buf *out, uint64_t value);
void dsv_put_id(struct dsv_buf *out, const struct dsv_id *id);
void dsv_put_string(struct dsv_buf *out, const char *text, size_t len);
void dsv_put_ssh_string(struct dsv_buf *out, const void *data, size_t len);

#endif
