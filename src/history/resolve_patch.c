#include "history/resolve_patch.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <dsv/address.h>
#include <dsv/error.h>

#include "base/alloc.h"
#include "base/atomic.h"
#include "base/fs.h"
#include "base/map.h"
#include "dataset/patch.h"
#include "dataset/place.h"
#include "format/json_value.h"
#include "format/rewrite.h"

/* The chosen items of one key, or the one of a content where there is no
 * key. */
struct target {
	size_t *items;
	size_t n;
	size_t cap;
	size_t seen; /* records of the file so far */
};

struct work {
	const struct dsv_conflict_record *record;
	const struct dsv_resolve_opts *how;
	struct dsv_reading reading;
	struct dsv_place *places; /* of the key fields */
	struct dsv_map by_key;	  /* to target + 1 */
	struct target *targets;
	size_t n;
	size_t cap;
	struct dsv_buf key;
	struct dsv_buf text;
};

static void release(struct work *work)
{
	for (size_t i = 0; i < work->n; i++)
		free(work->targets[i].items);
	for (size_t i = 0; i < work->record->key.n; i++)
		dsv_place_release(&work->places[i]);
	free(work->places);
	free(work->targets);
	dsv_map_release(&work->by_key);
	dsv_reading_release(&work->reading);
	dsv_buf_release(&work->key);
	dsv_buf_release(&work->text);
}

static const struct dsv_conflict_side *
side_of(const struct work *work, const struct dsv_conflict_item *item)
{
	size_t side = work->how->how == DSV_RESOLVE_BASE   ? 0
		      : work->how->how == DSV_RESOLVE_OURS ? 1
							   : 2;

	return &item->sides[side];
}

static struct target *add_target(struct work *work)
{
	DSV_GROW(work->targets, work->cap, work->n + 1);
	work->targets[work->n] = (struct target){0};
	return &work->targets[work->n++];
}

static void add_item(struct target *target, size_t i)
{
	DSV_GROW(target->items, target->cap, target->n + 1);
	target->items[target->n++] = i;
}

static void add_keyed(struct work *work, size_t i)
{
	struct dsv_map_entry *entry;

	dsv_buf_reset(&work->key);
	dsv_address_add_key(&work->key, &work->record->items[i].key);
	entry = dsv_map_put(&work->by_key, dsv_buf_str(&work->key),
			    work->key.len);
	if (!entry->value) {
		add_target(work);
		entry->value = work->n;
	}
	add_item(&work->targets[entry->value - 1], i);
}

/* Without a key the bytes of its records name the item, whichever side wrote
 * them: equal contents can be quoted in other ways. */
static void add_contents(struct work *work, size_t i)
{
	const struct dsv_conflict_item *item = &work->record->items[i];

	add_item(add_target(work), i);
	for (size_t s = 0; s < DSV_STAGES; s++)
		for (size_t k = 0; k < item->sides[s].n; k++)
			dsv_map_put(&work->by_key,
				    item->sides[s].records[k].data,
				    item->sides[s].records[k].len)
				->value = work->n;
}

static void find_targets(struct work *work, const bool *chosen)
{
	for (size_t i = 0; i < work->record->n; i++) {
		if (!chosen[i])
			continue;
		if (work->record->key.n)
			add_keyed(work, i);
		else
			add_contents(work, i);
	}
}

static struct target *target_of(struct work *work,
				const struct dsv_record *record,
				const struct dsv_strlist *columns)
{
	const struct dsv_map_entry *entry;

	dsv_buf_reset(&work->key);
	for (size_t i = 0; i < work->record->key.n; i++) {
		const struct dsv_field *field;

		dsv_place_bind(&work->places[i], columns);
		field = dsv_place_field(&work->places[i], record);
		if (i)
			dsv_buf_addch(&work->key, ',');
		if (!dsv_field_is_empty(field))
			dsv_address_add_part(&work->key, field->text,
					     field->len);
	}
	if (!work->record->key.n)
		dsv_buf_add(&work->key, record->source, record->source_len);
	entry = dsv_map_get(&work->by_key, dsv_buf_str(&work->key),
			    work->key.len);
	return entry ? &work->targets[entry->value - 1] : NULL;
}

static bool is_value(const char *text)
{
	const char *end = text + strlen(text);
	const char *p = dsv_json_blanks(text, end);

	p = p < end ? dsv_json_value(p, end) : NULL;
	return p && dsv_json_blanks(p, end) == end;
}

static void make_edit(struct work *work, const struct dsv_conflict_item *item,
		      const struct dsv_record *record,
		      const struct dsv_strlist *columns, struct dsv_edit *out)
{
	bool nested = work->reading.format->nested;
	const struct dsv_conflict_bytes *value;

	out->column = dsv_reading_column(&work->reading, columns, item->field);
	out->name = item->field;
	if (work->how->how == DSV_RESOLVE_SET) {
		const struct dsv_field *old =
			dsv_record_field(record, out->column);

		out->kind = nested && old->kind == DSV_FIELD_JSON &&
					    is_value(work->how->value)
				    ? DSV_EDIT_VALUE
				    : DSV_EDIT_TEXT;
		out->text = work->how->value;
		out->len = strlen(out->text);
		return;
	}
	value = &side_of(work, item)->value;
	out->kind = value->data ? DSV_EDIT_SOURCE
		    : nested	? DSV_EDIT_REMOVE
				: DSV_EDIT_TEXT;
	out->text = value->data ? value->data : "";
	out->len = value->len;
}

static int put_fields(struct work *work, const struct target *target,
		      const struct dsv_record *record,
		      const struct dsv_strlist *columns,
		      struct dsv_patched *out)
{
	struct dsv_edit *edits = dsv_alloc_zero(target->n, sizeof(*edits));
	int rc;

	for (size_t i = 0; i < target->n; i++)
		make_edit(work, &work->record->items[target->items[i]], record,
			  columns, &edits[i]);
	dsv_buf_reset(&work->text);
	rc = dsv_rewrite(work->reading.format, columns, record, edits,
			 target->n, &work->text);
	free(edits);
	if (rc < 0)
		return rc;
	out->fate = DSV_FATE_REPLACE;
	dsv_put_in_add(&out->instead, work->text.data, work->text.len);
	return 0;
}

static int decide(void *ctx, const struct dsv_record *record,
		  const struct dsv_strlist *columns, struct dsv_patched *out)
{
	struct work *work = ctx;
	struct target *target = target_of(work, record, columns);
	const struct dsv_conflict_item *item;
	const struct dsv_conflict_side *side;

	if (!target)
		return 0;
	item = &work->record->items[target->items[0]];
	if (item->field) {
		target->seen++;
		return put_fields(work, target, record, columns, out);
	}
	side = side_of(work, item);
	out->fate = DSV_FATE_DROP;
	if (target->seen < side->n) {
		out->fate = DSV_FATE_REPLACE;
		dsv_put_in_add(&out->instead, side->records[target->seen].data,
			       side->records[target->seen].len);
	}
	target->seen++;
	return 0;
}

/* What the file did not have. */
static int put_end(void *ctx, const struct dsv_strlist *columns,
		   struct dsv_put_in *out)
{
	struct work *work = ctx;

	(void)columns;
	for (size_t i = 0; i < work->n; i++) {
		struct target *target = &work->targets[i];
		const struct dsv_conflict_item *item =
			&work->record->items[target->items[0]];
		const struct dsv_conflict_side *side = side_of(work, item);

		if (item->field && !target->seen)
			return dsv_fail(DSV_ENOTFOUND,
					"the work file has no record '%s' any "
					"more",
					work->by_key.entries[i].key);
		for (; !item->field && target->seen < side->n; target->seen++)
			dsv_put_in_add(out, side->records[target->seen].data,
				       side->records[target->seen].len);
	}
	return 0;
}

static int write_file(struct work *work, struct dsv_source *source,
		      const char *path)
{
	struct dsv_patch_opts opts = {
		.reading = &work->reading,
		.source = source,
		.decide = decide,
		.end = put_end,
		.ctx = work,
	};
	struct dsv_atomic file DSV_AUTO(atomic) = DSV_ATOMIC_INIT;
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	const char *piece;
	struct stat st;
	size_t len;
	int rc;

	if (stat(path, &st) < 0)
		return dsv_fail_errno(DSV_EIO, "cannot read '%s'", path);
	rc = dsv_atomic_open(&file, path, NULL, st.st_mode & 0777);
	if (rc == 0)
		rc = dsv_patch_stream(&in, &opts);
	while (rc >= 0 && (rc = dsv_stream_next(in, &piece, &len)) > 0)
		rc = dsv_atomic_write(&file, piece, len);
	return rc < 0 ? rc : dsv_atomic_commit(&file, path);
}

int dsv_resolve_patch(struct dsv_repo *repo,
		      const struct dsv_conflict_record *record,
		      const bool *chosen, const struct dsv_resolve_opts *how)
{
	struct dsv_source *source DSV_AUTO(source) = NULL;
	char *path DSV_AUTO(str) =
		dsv_fs_join(dsv_repo_workdir(repo), record->head.path);
	struct work work = {.record = record, .how = how};
	int rc;

	work.reading.format = dsv_format_named(record->format);
	if (!work.reading.format)
		return dsv_fail(DSV_EUNSUPPORTED, "no format '%s'",
				record->format);
	dsv_strlist_copy(&work.reading.key, &record->key);
	work.places = dsv_alloc_zero(record->key.n + 1, sizeof(*work.places));
	for (size_t i = 0; i < record->key.n; i++) {
		work.places[i] = (struct dsv_place)DSV_PLACE_INIT;
		dsv_place_init(&work.places[i], &work.reading,
			       work.reading.key.items[i]);
	}
	find_targets(&work, chosen);
	rc = dsv_source_of_file(&source, path);
	if (rc == 0)
		rc = write_file(&work, source, path);
	release(&work);
	return rc;
}
