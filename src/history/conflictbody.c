#include "history/conflict.h"

#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "base/codec.h"
#include "base/hash.h"
#include "repo/clean.h"

/*
 * What follows the head of a conflict record: docs/formats/conflict.md. Of
 * a whole file it is the reason as text; else a version, the reading, the
 * items, and a checksum of all before it.
 */
#define BODY_VERSION 1u
#define TEXT_LIMIT   ((size_t)1 << 24) /* bytes of a name, key or reason */
#define BYTES_LIMIT  ((size_t)1 << 26) /* of a record: above DSV_RECORD_MAX */
#define COUNT_LIMIT  ((uint64_t)1 << 28)

enum item_flags { RESOLVED = 1u << 0, HAS_FIELD = 1u << 1 };

static void put_text(struct dsv_buf *out, const char *text)
{
	dsv_put_string(out, text, strlen(text));
}

static void put_list(struct dsv_buf *out, const struct dsv_strlist *list)
{
	dsv_put_varint(out, list->n);
	for (size_t i = 0; i < list->n; i++)
		put_text(out, list->items[i]);
}

static void put_side(struct dsv_buf *out, const struct dsv_conflict_side *side)
{
	dsv_put_u8(out, side->value.data ? 1 : 0);
	if (side->value.data)
		dsv_put_string(out, side->value.data, side->value.len);
	dsv_put_varint(out, side->n);
	for (size_t i = 0; i < side->n; i++)
		dsv_put_string(out, side->records[i].data,
			       side->records[i].len);
}

static void put_item(struct dsv_buf *out, const struct dsv_conflict_item *item)
{
	dsv_put_u8(out, (uint8_t)item->word);
	dsv_put_u8(out, (uint8_t)((item->resolved ? RESOLVED : 0) |
				  (item->field ? HAS_FIELD : 0)));
	put_list(out, &item->key);
	if (item->field)
		put_text(out, item->field);
	for (size_t i = 0; i < DSV_STAGES; i++)
		put_side(out, &item->sides[i]);
}

void dsv_conflict_body_put(struct dsv_buf *out,
			   const struct dsv_conflict_record *record)
{
	const size_t start = out->len;

	if (!strcmp(record->head.kind, DSV_CONFLICT_WHOLE)) {
		dsv_buf_addstr(out, record->reason ? record->reason : "");
		return;
	}
	dsv_put_u8(out, BODY_VERSION);
	put_text(out, record->format);
	put_list(out, &record->key);
	put_list(out, &record->labels);
	dsv_put_varint(out, record->n);
	for (size_t i = 0; i < record->n; i++)
		put_item(out, &record->items[i]);
	dsv_put_u64(out, dsv_hash_stable(out->data + start, out->len - start));
}

/* A text of ours holds no NUL. */
static char *get_text(struct dsv_bytes *in)
{
	size_t len;
	const char *text = dsv_get_string(in, TEXT_LIMIT, &len);

	if (text && memchr(text, '\0', len))
		dsv_bytes_fail(in);
	return text ? dsv_strndup(text, len) : dsv_strdup("");
}

static void get_list(struct dsv_bytes *in, struct dsv_strlist *out)
{
	uint64_t n = dsv_get_varint(in, COUNT_LIMIT);

	for (; n && dsv_bytes_ok(in); n--)
		dsv_strlist_take(out, get_text(in));
}

static bool get_flag(struct dsv_bytes *in)
{
	const uint8_t flag = dsv_get_u8(in);

	if (flag > 1)
		dsv_bytes_fail(in);
	return flag;
}

static void get_side(struct dsv_bytes *in, struct dsv_conflict_side *out)
{
	const char *data;
	size_t len;
	uint64_t n;

	if (get_flag(in)) {
		data = dsv_get_string(in, BYTES_LIMIT, &len);
		if (data)
			dsv_conflict_bytes_set(&out->value, data, len);
	}
	for (n = dsv_get_varint(in, COUNT_LIMIT); n && dsv_bytes_ok(in); n--) {
		data = dsv_get_string(in, BYTES_LIMIT, &len);
		if (data)
			dsv_conflict_side_add(out, data, len);
	}
}

static void get_item(struct dsv_bytes *in, struct dsv_conflict_item *out)
{
	const uint8_t word = dsv_get_u8(in);
	const uint8_t flags = dsv_get_u8(in);

	if (word > DSV_CONFLICT_NO_KEY || flags & ~(RESOLVED | HAS_FIELD))
		dsv_bytes_fail(in);
	out->word = word;
	out->resolved = flags & RESOLVED;
	get_list(in, &out->key);
	if (flags & HAS_FIELD)
		out->field = get_text(in);
	for (size_t i = 0; i < DSV_STAGES; i++)
		get_side(in, &out->sides[i]);
}

static int get_records(struct dsv_conflict_record *record, const char *data,
		       size_t len)
{
	struct dsv_bytes in = dsv_bytes(data, len);
	struct dsv_bytes sum;
	uint64_t n;

	if (dsv_get_u8(&in) != BODY_VERSION && dsv_bytes_ok(&in))
		return dsv_fail(DSV_EUNSUPPORTED, "its version is not known");
	if (len < 9)
		return dsv_fail(DSV_ECORRUPT, "it is cut off");
	sum = dsv_bytes(data + len - 8, 8);
	if (dsv_get_u64(&sum) != dsv_hash_stable(data, len - 8))
		return dsv_fail(DSV_ECORRUPT, "its checksum does not match");
	in.end -= 8;
	record->format = get_text(&in);
	get_list(&in, &record->key);
	get_list(&in, &record->labels);
	for (n = dsv_get_varint(&in, COUNT_LIMIT); n && dsv_bytes_ok(&in); n--)
		get_item(&in, dsv_conflict_record_add(record));
	if (!dsv_bytes_ok(&in) || dsv_bytes_left(&in))
		return dsv_fail(DSV_ECORRUPT, "its items are damaged");
	return 0;
}

int dsv_conflict_body_get(struct dsv_conflict_record *record, const char *data,
			  size_t len)
{
	if (!strcmp(record->head.kind, DSV_CONFLICT_RECORDS))
		return get_records(record, data, len);
	if (strcmp(record->head.kind, DSV_CONFLICT_WHOLE) != 0)
		return dsv_fail(DSV_EUNSUPPORTED, "its kind is not known");
	if (len > TEXT_LIMIT || memchr(data, '\0', len))
		return dsv_fail(DSV_ECORRUPT, "its reason is damaged");
	record->reason = len ? dsv_strndup(data, len) : NULL;
	return 0;
}
