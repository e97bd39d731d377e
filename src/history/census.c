#include "history/census.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "history/listcodec.h"

void dsv_census_release(struct dsv_census *census)
{
	for (size_t i = 0; i < census->n_labels; i++)
		dsv_map_release(&census->labels[i]);
	free(census->labels);
	dsv_strlist_release(&census->columns);
	memset(census, 0, sizeof(*census));
}

static void set_figures(struct dsv_census *out, const struct dsv_tally *tally,
			uint64_t duplicate_keys)
{
	*out = (struct dsv_census){
		.records = tally->records,
		.duplicate_keys = duplicate_keys,
		.keyless = tally->keyless,
		.clean = duplicate_keys == 0 && dsv_tally_is_sound(tally),
		.columns_line = tally->columns_line,
		.n_labels = tally->reading->labels.n,
	};
	memcpy(out->issues, tally->issues, sizeof(out->issues));
}

void dsv_census_take(struct dsv_census *out, struct dsv_tally *tally,
		     uint64_t duplicate_keys)
{
	set_figures(out, tally, duplicate_keys);
	out->labels = dsv_take(&tally->labels);
	out->columns = tally->columns;
	tally->columns = (struct dsv_strlist)DSV_STRLIST_INIT;
}

static void copy_map(struct dsv_map *out, const struct dsv_map *map)
{
	for (size_t i = 0; i < map->n; i++)
		dsv_map_put(out, map->entries[i].key, map->entries[i].key_len)
			->value = map->entries[i].value;
}

void dsv_census_copy(struct dsv_census *out, const struct dsv_tally *tally,
		     uint64_t duplicate_keys)
{
	set_figures(out, tally, duplicate_keys);
	out->labels = dsv_alloc_zero(out->n_labels + 1, sizeof(*out->labels));
	for (size_t i = 0; i < out->n_labels; i++)
		copy_map(&out->labels[i], &tally->labels[i]);
	dsv_strlist_copy(&out->columns, &tally->columns);
}

static void put_labels(struct dsv_buf *out, const struct dsv_census *census)
{
	dsv_put_varint(out, census->n_labels);
	for (size_t i = 0; i < census->n_labels; i++) {
		const struct dsv_map *map = &census->labels[i];

		dsv_put_varint(out, map->n);
		for (size_t j = 0; j < map->n; j++) {
			dsv_put_string(out, map->entries[j].key,
				       map->entries[j].key_len);
			dsv_put_varint(out, map->entries[j].value);
		}
	}
}

static void get_labels(struct dsv_bytes *in, struct dsv_census *out)
{
	size_t n = (size_t)dsv_get_varint(in, dsv_bytes_left(in));

	out->labels = dsv_alloc_zero(n + 1, sizeof(*out->labels));
	out->n_labels = n;
	for (size_t i = 0; i < n && dsv_bytes_ok(in); i++) {
		size_t values = (size_t)dsv_get_varint(in, dsv_bytes_left(in));

		for (size_t j = 0; j < values && dsv_bytes_ok(in); j++) {
			size_t len;
			const char *text =
				dsv_get_string(in, DSV_RECORD_MAX, &len);
			uint64_t count = dsv_get_varint(in, UINT64_MAX);

			if (dsv_bytes_ok(in))
				dsv_map_put(&out->labels[i], text, len)->value =
					count;
		}
	}
}

void dsv_census_put(struct dsv_buf *out, const struct dsv_census *census)
{
	dsv_put_u8(out, census->clean);
	dsv_put_varint(out, census->records);
	dsv_put_varint(out, census->duplicate_keys);
	dsv_put_varint(out, census->keyless);
	dsv_put_varint(out, census->columns_line);
	for (unsigned bit = 0; bit < DSV_ISSUE_KINDS; bit++) {
		dsv_put_varint(out, census->issues[bit].line);
		dsv_put_varint(out, census->issues[bit].count);
	}
	dsv_strlist_put(out, &census->columns);
	put_labels(out, census);
}

void dsv_census_get(struct dsv_bytes *in, struct dsv_census *out)
{
	out->clean = dsv_get_u8(in) == 1;
	out->records = dsv_get_varint(in, UINT64_MAX);
	out->duplicate_keys = dsv_get_varint(in, UINT64_MAX);
	out->keyless = dsv_get_varint(in, UINT64_MAX);
	out->columns_line = dsv_get_varint(in, UINT64_MAX);
	for (unsigned bit = 0; bit < DSV_ISSUE_KINDS; bit++) {
		out->issues[bit].line = dsv_get_varint(in, UINT64_MAX);
		out->issues[bit].count = dsv_get_varint(in, UINT64_MAX);
	}
	dsv_strlist_get(in, &out->columns);
	get_labels(in, out);
}

static void name_of(const struct dsv_census_name *name, struct dsv_id *out)
{
	dsv_cache_name(DSV_CACHE_CENSUS, &name->content, NULL, &name->reading,
		       out);
}

int dsv_census_load(struct dsv_census *out, struct dsv_keyset *keys,
		    const struct dsv_census_name *name)
{
	struct dsv_cached cached DSV_AUTO(cached) = DSV_CACHED_INIT;
	struct dsv_bytes in;
	struct dsv_id id;

	if (!name->cache || name->content.kind == DSV_IDENTITY_NONE)
		return 0;
	name_of(name, &id);
	if (!dsv_cache_get(name->cache, DSV_CACHE_CENSUS, &id, &cached))
		return 0;
	in = dsv_bytes(cached.body, cached.len);
	dsv_census_get(&in, out);
	if (dsv_bytes_ok(&in) && out->clean)
		dsv_keyset_get(&in, keys);
	if (dsv_bytes_ok(&in) && dsv_bytes_left(&in) == 0)
		return 1;
	dsv_census_release(out);
	dsv_keyset_release(keys);
	return 0;
}

void dsv_census_keep(const struct dsv_census *census,
		     const struct dsv_keyset *keys,
		     const struct dsv_census_name *name)
{
	struct dsv_buf body DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_id id;

	if (!name->cache || name->content.kind == DSV_IDENTITY_NONE ||
	    census->clean != (keys != NULL))
		return;
	dsv_census_put(&body, census);
	if (keys)
		dsv_keyset_put(&body, keys, name->cache);
	name_of(name, &id);
	dsv_cache_put(name->cache, DSV_CACHE_CENSUS, &id, body.data, body.len);
}

static bool derive_labels(struct dsv_map *out, const struct dsv_map *base,
			  const struct dsv_map *gone,
			  const struct dsv_map *come)
{
	copy_map(out, base);
	for (size_t i = 0; i < come->n; i++)
		dsv_map_put(out, come->entries[i].key, come->entries[i].key_len)
			->value += come->entries[i].value;
	for (size_t i = 0; i < gone->n; i++) {
		struct dsv_map_entry *entry = dsv_map_get(
			out, gone->entries[i].key, gone->entries[i].key_len);

		if (!entry || entry->value < gone->entries[i].value)
			return false;
		entry->value -= gone->entries[i].value;
	}
	return true;
}

/* The first line of an issue is known where nothing before it changed, or
 * where all that is left of it was read. */
static bool derive_issue(struct dsv_issue_tally *out,
			 const struct dsv_issue_tally *base,
			 const struct dsv_issue_tally *gone,
			 const struct dsv_issue_tally *come,
			 uint64_t same_before)
{
	if (base->count < gone->count)
		return false;
	out->count = base->count - gone->count + come->count;
	if (base->count > 0 && base->line < same_before)
		out->line = base->line;
	else if (base->count == gone->count)
		out->line = come->line;
	else
		return false;
	return true;
}

/* New columns come behind those that the common beginning has. */
static bool derive_columns(struct dsv_census *out,
			   const struct dsv_census_step *step)
{
	const struct dsv_strlist *come = &step->come->columns;

	if (step->base->columns_line >= step->same_before)
		return false;
	dsv_strlist_copy(&out->columns, &step->base->columns);
	out->columns_line = step->base->columns_line;
	for (size_t i = 0; i < come->n; i++) {
		if (dsv_strlist_find(&out->columns, come->items[i]) >= 0)
			continue;
		dsv_strlist_add(&out->columns, come->items[i]);
		out->columns_line = step->come->columns_line;
	}
	return true;
}

bool dsv_census_derive(struct dsv_census *out,
		       const struct dsv_census_step *step)
{
	const struct dsv_census *base = step->base;
	bool told = base->records >= step->gone->records;

	out->clean = base->clean;
	out->records =
		base->records - step->gone->records + step->come->records;
	out->n_labels = base->n_labels;
	out->labels = dsv_alloc_zero(out->n_labels + 1, sizeof(*out->labels));
	for (size_t i = 0; i < out->n_labels && told; i++)
		told = derive_labels(&out->labels[i], &base->labels[i],
				     &step->gone->labels[i],
				     &step->come->labels[i]);
	for (unsigned bit = 0; bit < DSV_ISSUE_KINDS && told; bit++)
		told = derive_issue(&out->issues[bit], &base->issues[bit],
				    &step->gone->issues[bit],
				    &step->come->issues[bit],
				    step->same_before);
	return told && derive_columns(out, step);
}
