#include "govern/scan_known.h"

#include <string.h>

#include "base/digest.h"
#include "govern/pii.h"

#define LAST_MAX 4u /* contents of a path that are remembered */

void dsv_scan_name_set(struct dsv_scan_name *name,
		       const struct dsv_reading *reading, const char *dataset)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_id id;

	dsv_reading_id(reading, &id);
	dsv_put_id(&text, &id);
	dsv_put_u32(&text, DSV_PII_VERSION);
	dsv_put_string(&text, dataset, strlen(dataset));
	dsv_id_of(text.data, text.len, &name->reading);
}

static void name_content(const struct dsv_scan_name *name,
			 const struct dsv_identity *content, struct dsv_id *out)
{
	dsv_cache_name(DSV_CACHE_SCAN, content, NULL, &name->reading, out);
}

static void name_path(const struct dsv_scan_name *name, struct dsv_id *out)
{
	struct dsv_identity nothing = {.kind = DSV_IDENTITY_NOTHING};
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_id id;

	dsv_put_id(&text, &name->reading);
	dsv_put_string(&text, name->path, strlen(name->path));
	dsv_id_of(text.data, text.len, &id);
	dsv_cache_name(DSV_CACHE_SCANNED, &nothing, NULL, &id, out);
}

static int load(struct dsv_scanned *out, const struct dsv_scan_name *name,
		const struct dsv_identity *content)
{
	struct dsv_cached cached DSV_AUTO(cached) = DSV_CACHED_INIT;
	struct dsv_id id;

	name_content(name, content, &id);
	return dsv_cache_get(name->cache, DSV_CACHE_SCAN, &id, &cached) &&
	       dsv_scanned_get(out, cached.body, cached.len);
}

int dsv_scan_known_get(struct dsv_scanned *out,
		       const struct dsv_scan_name *name)
{
	return name->cache && name->content.kind > DSV_IDENTITY_NOTHING &&
	       load(out, name, &name->content);
}

/* The contents that are remembered, newest first. */
static size_t read_last(const struct dsv_scan_name *name,
			struct dsv_identity out[LAST_MAX])
{
	struct dsv_cached cached DSV_AUTO(cached) = DSV_CACHED_INIT;
	struct dsv_bytes in;
	struct dsv_id id;
	size_t n = 0;

	name_path(name, &id);
	if (!dsv_cache_get(name->cache, DSV_CACHE_SCANNED, &id, &cached))
		return 0;
	in = dsv_bytes(cached.body, cached.len);
	while (n < LAST_MAX && dsv_bytes_left(&in) > 0) {
		unsigned kind = dsv_get_u8(&in);
		const char *bytes = dsv_get_run(&in, DSV_ID_SIZE);

		if (!bytes ||
		    (kind != DSV_IDENTITY_CONTENT && kind != DSV_IDENTITY_BLOB))
			break;
		out[n].kind = (enum dsv_identity_kind)kind;
		memcpy(out[n++].bytes, bytes, DSV_ID_SIZE);
	}
	return n;
}

static void put_identity(struct dsv_buf *out, const struct dsv_identity *id)
{
	dsv_put_u8(out, (uint8_t)id->kind);
	dsv_buf_add(out, id->bytes, DSV_ID_SIZE);
}

static void remember(const struct dsv_scan_name *name)
{
	struct dsv_identity last[LAST_MAX];
	struct dsv_buf body DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_id id;
	size_t n = read_last(name, last);
	size_t left = LAST_MAX - 1;

	put_identity(&body, &name->content);
	for (size_t i = 0; i < n && left > 0; i++) {
		if (last[i].kind == name->content.kind &&
		    memcmp(last[i].bytes, name->content.bytes, DSV_ID_SIZE) ==
			    0)
			continue;
		put_identity(&body, &last[i]);
		left--;
	}
	name_path(name, &id);
	dsv_cache_put(name->cache, DSV_CACHE_SCANNED, &id, body.data, body.len);
}

void dsv_scan_known_put(const struct dsv_scanned *scanned,
			const struct dsv_scan_name *name)
{
	struct dsv_buf body DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_id id;

	if (!name->cache || name->content.kind <= DSV_IDENTITY_NOTHING)
		return;
	dsv_scanned_put(&body, scanned);
	name_content(name, &name->content, &id);
	dsv_cache_put(name->cache, DSV_CACHE_SCAN, &id, body.data, body.len);
	remember(name);
}

int dsv_scan_known_last(struct dsv_scanned *out,
			const struct dsv_scan_name *name)
{
	struct dsv_identity last[LAST_MAX];
	size_t n = name->cache ? read_last(name, last) : 0;

	for (size_t i = 0; i < n; i++)
		if (load(out, name, &last[i]))
			return 1;
	return 0;
}
