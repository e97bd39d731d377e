#include "govern/scanned.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

void dsv_scanned_release(struct dsv_scanned *scanned)
{
	for (size_t i = 0; i < scanned->n; i++) {
		free(scanned->parts[i].hits);
		dsv_arena_release(&scanned->parts[i].arena);
	}
	free(scanned->parts);
	*scanned = (struct dsv_scanned)DSV_SCANNED_INIT;
}

uint64_t dsv_scanned_hits(const struct dsv_scanned *scanned)
{
	uint64_t n = 0;

	for (size_t i = 0; i < scanned->n; i++)
		n += scanned->parts[i].n;
	return n;
}

static const char *keep(struct dsv_arena *arena, const char *text)
{
	return dsv_arena_copy(arena, text, strlen(text));
}

void dsv_scan_part_add(struct dsv_scan_part *part,
		       const struct dsv_scan_hit *hit)
{
	struct dsv_scan_hit *to;

	DSV_GROW(part->hits, part->cap, part->n + 1);
	to = &part->hits[part->n++];
	*to = *hit;
	to->key = keep(&part->arena, hit->key);
	to->field = keep(&part->arena, hit->field);
	to->masked = keep(&part->arena, hit->masked);
}

void dsv_scan_part_copy(struct dsv_scan_part *to,
			const struct dsv_scan_part *from)
{
	to->records = from->records;
	to->unscanned = from->unscanned;
	for (size_t i = 0; i < from->n; i++)
		dsv_scan_part_add(to, &from->hits[i]);
}

/* Names of findings are 16 digits; as bytes half of that. */
#define ID_BYTES ((DSV_FINDING_HEX - 1) / 2)

static unsigned digit_of(char ch)
{
	return (unsigned)(ch <= '9' ? ch - '0' : ch - 'a' + 10);
}

static void put_hit(struct dsv_buf *out, const struct dsv_scan_hit *hit)
{
	dsv_put_u8(out, (uint8_t)hit->kind);
	dsv_put_varint(out, hit->line);
	dsv_put_string(out, hit->key, strlen(hit->key));
	dsv_put_string(out, hit->field, strlen(hit->field));
	dsv_put_varint(out, hit->offset);
	dsv_put_varint(out, hit->len);
	dsv_put_string(out, hit->masked, strlen(hit->masked));
	for (size_t i = 0; i < ID_BYTES; i++)
		dsv_put_u8(out, (uint8_t)(digit_of(hit->id[2 * i]) << 4 |
					  digit_of(hit->id[2 * i + 1])));
}

void dsv_scanned_put(struct dsv_buf *out, const struct dsv_scanned *scanned)
{
	dsv_put_id(out, &scanned->columns);
	dsv_put_varint(out, scanned->n);
	for (size_t i = 0; i < scanned->n; i++) {
		const struct dsv_scan_part *part = &scanned->parts[i];

		dsv_put_id(out, &part->id);
		dsv_put_varint(out, part->line);
		dsv_put_varint(out, part->records);
		dsv_put_varint(out, part->unscanned);
		dsv_put_varint(out, part->n);
		for (size_t k = 0; k < part->n; k++)
			put_hit(out, &part->hits[k]);
	}
}

/* Text of the bytes, which a NUL would cut. */
static const char *get_text(struct dsv_bytes *in, struct dsv_arena *arena)
{
	size_t len;
	const char *text = dsv_get_string(in, DSV_RECORD_MAX, &len);

	if (text && memchr(text, '\0', len))
		dsv_bytes_fail(in);
	return dsv_bytes_ok(in) ? dsv_arena_copy(arena, text, len) : "";
}

static void get_hit(struct dsv_bytes *in, struct dsv_scan_part *part)
{
	struct dsv_scan_hit *hit;
	unsigned kind = dsv_get_u8(in);

	if (kind >= DSV_PII_KINDS)
		dsv_bytes_fail(in);
	DSV_GROW(part->hits, part->cap, part->n + 1);
	hit = &part->hits[part->n++];
	*hit = (struct dsv_scan_hit){.kind = (enum dsv_pii)kind};
	hit->line = dsv_get_varint(in, UINT64_MAX);
	hit->key = get_text(in, &part->arena);
	hit->field = get_text(in, &part->arena);
	hit->offset = dsv_get_varint(in, DSV_RECORD_MAX);
	hit->len = dsv_get_varint(in, DSV_RECORD_MAX);
	hit->masked = get_text(in, &part->arena);
	for (size_t i = 0; i < ID_BYTES; i++) {
		static const char digits[] = "0123456789abcdef";
		uint8_t byte = dsv_get_u8(in);

		hit->id[2 * i] = digits[byte >> 4];
		hit->id[2 * i + 1] = digits[byte & 15];
	}
}

/* Of a part and of a hit at least this many bytes are there. */
#define PART_MIN (DSV_ID_SIZE + 4u)
#define HIT_MIN	 (7u + ID_BYTES)

static void get_part(struct dsv_bytes *in, struct dsv_scan_part *part)
{
	uint64_t n;

	dsv_get_id(in, &part->id);
	part->line = dsv_get_varint(in, UINT64_MAX);
	part->records = dsv_get_varint(in, UINT64_MAX);
	part->unscanned = dsv_get_varint(in, UINT64_MAX);
	n = dsv_get_varint(in, dsv_bytes_left(in) / HIT_MIN);
	for (uint64_t i = 0; i < n && dsv_bytes_ok(in); i++)
		get_hit(in, part);
}

bool dsv_scanned_get(struct dsv_scanned *out, const char *data, size_t len)
{
	struct dsv_bytes in = dsv_bytes(data, len);
	uint64_t n;

	*out = (struct dsv_scanned)DSV_SCANNED_INIT;
	dsv_get_id(&in, &out->columns);
	n = dsv_get_varint(&in, dsv_bytes_left(&in) / PART_MIN);
	out->parts = dsv_alloc_zero(n + 1, sizeof(*out->parts));
	while (out->n < n && dsv_bytes_ok(&in))
		get_part(&in, &out->parts[out->n++]);
	if (dsv_bytes_ok(&in) && dsv_bytes_left(&in) == 0)
		return true;
	dsv_scanned_release(out);
	return false;
}
