#include "store/gc.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <dsv/error.h>
#include <dsv/strlist.h>

#include "base/alloc.h"
#include "base/fs.h"
#include "store/gc_private.h"

/* A pack of this size is worth reading and writing only for a tenth of it. */
#define LARGE_PACK  (UINT64_C(1) << 30)
#define LARGE_SHARE 10u

static int mark(struct dsv_gc *gc, enum dsv_object type,
		const struct dsv_id *id);

static uint64_t bytes_of(const struct dsv_packed *packed)
{
	return packed->idx.pack_size + packed->idx.mapped.len;
}

static int64_t written_at(const struct dsv_gc *gc,
			  const struct dsv_packed *packed)
{
	char *path DSV_AUTO(str) = dsv_strf(
		"%s/%s.pack", dsv_store_packs_dir(gc->store), packed->name);
	struct stat st;

	return stat(path, &st) == 0 ? st.st_mtime : INT64_MAX;
}

static bool was_made(const struct dsv_gc *gc, const struct dsv_packed *packed)
{
	for (size_t i = 0; i < gc->n_made; i++)
		if (dsv_id_equal(&gc->made[i], &packed->idx.pack_id))
			return true;
	return false;
}

/* Frames are copied as they are, so it must be certain that they are what
 * their writer wrote. */
static int take_pack(struct dsv_gc *gc, struct dsv_packed *packed)
{
	struct dsv_gc_pack *pack;

	DSV_GROW(gc->packs, gc->cap, gc->n + 1);
	pack = &gc->packs[gc->n++];
	*pack = (struct dsv_gc_pack){.packed = packed};
	pack->live = dsv_alloc_zero(packed->idx.n / 8 + 1, 1);
	if (atomic_load(&packed->gone))
		return 0;
	pack->is_new = was_made(gc, packed);
	pack->is_young = written_at(gc, packed) > gc->opts.young_s;
	pack->is_usable = dsv_store_pack_usable(gc->store, packed) &&
			  dsv_pack_verify(&packed->pack) == 0 &&
			  dsv_packidx_verify(&packed->idx) == 0;
	if (!pack->is_usable)
		dsv_store_leave_out(gc->store, packed);
	dsv_progress_add(gc->opts.progress, packed->idx.pack_size);
	return dsv_cancelled();
}

/* Also those that came since the last time. */
int dsv_gc_take_packs(struct dsv_gc *gc)
{
	struct dsv_packed *packed;
	int rc = dsv_store_refresh(gc->store);

	while (rc == 0 && (packed = dsv_store_pack_at(gc->store, gc->n)))
		rc = take_pack(gc, packed);
	return rc;
}

int dsv_gc_open(struct dsv_gc **out, struct dsv_store *store,
		const struct dsv_gc_store_opts *opts)
{
	struct dsv_gc *gc DSV_AUTO(gc) = dsv_alloc_zero(1, sizeof(*gc));
	struct dsv_store_stats stats;
	int rc;

	gc->store = store;
	gc->opts = *opts;
	dsv_store_set_fetch(store, NULL, NULL);
	rc = dsv_store_hold(store);
	if (rc == 0)
		rc = dsv_store_stats(store, &stats);
	if (rc < 0)
		return rc;
	dsv_progress_start(opts->progress, "checking packs", stats.bytes,
			   "bytes");
	rc = dsv_gc_take_packs(gc);
	if (rc < 0)
		return rc;
	*out = dsv_take(&gc);
	return 0;
}

void dsv_gc_free(struct dsv_gc **gcp)
{
	struct dsv_gc *gc = dsv_take(gcp);

	if (!gc)
		return;
	for (size_t i = 0; i < gc->n; i++)
		free(gc->packs[i].live);
	free(gc->packs);
	free(gc->contents);
	free(gc);
}

static int mark_needs(struct dsv_gc *gc, const struct dsv_copy *copy)
{
	const struct dsv_frame *frame = &copy->frame;
	struct dsv_id dict;
	int rc = 0;

	if (dsv_encoding_has_dict(frame->encoding) &&
	    dsv_pack_dict(&copy->packed->pack, frame->dict, &dict) == 0)
		rc = mark(gc, DSV_OBJECT_DICT, &dict);
	for (unsigned i = 0; rc == 0 && i < frame->n_bases; i++)
		rc = mark(gc, frame->type, &frame->bases[i]);
	return rc;
}

/* With all that it takes to read it. */
static int mark(struct dsv_gc *gc, enum dsv_object type,
		const struct dsv_id *id)
{
	struct dsv_copy copy;
	struct dsv_gc_pack *pack;
	size_t i;

	if (!dsv_store_copy(gc->store, type, id, &copy) ||
	    copy.packed->number >= gc->n)
		return 0;
	pack = &gc->packs[copy.packed->number];
	i = dsv_packidx_number(&copy.packed->idx, type, id);
	if (i == SIZE_MAX || dsv_gc_is_live(pack, i))
		return 0;
	pack->live[i / 8] |= (uint8_t)(1u << (i % 8));
	pack->n_live++;
	return mark_needs(gc, &copy);
}

static int mark_part(void *ctx, enum dsv_object type, const struct dsv_id *id)
{
	return mark(ctx, type, id);
}

/* The parts of a content that are here. */
int dsv_gc_each_part(struct dsv_gc *gc, const struct dsv_content *content,
		     dsv_part_fn fn, void *ctx)
{
	int rc = dsv_content_parts(gc->store, content, fn, ctx);

	return rc == DSV_EMISSING || rc == DSV_ECORRUPT ? 0 : rc;
}

int dsv_gc_need(struct dsv_gc *gc, const struct dsv_content *content)
{
	int rc = dsv_cancelled();

	DSV_GROW(gc->contents, gc->cap_contents, gc->n_contents + 1);
	gc->contents[gc->n_contents++] = *content;
	return rc < 0 ? rc : dsv_gc_each_part(gc, content, mark_part, gc);
}

static uint64_t frame_bytes(const struct dsv_gc_pack *pack, size_t i)
{
	struct dsv_packidx_entry entry;
	struct dsv_frame frame;
	uint64_t next;

	dsv_packidx_at(&pack->packed->idx, i, &entry);
	if (dsv_pack_frame(&pack->packed->pack, entry.offset, &frame, &next) <
	    0)
		return 0;
	return next - entry.offset;
}

/* What is kept must stay readable, needed or not. */
int dsv_gc_mark_all(struct dsv_gc *gc, const struct dsv_gc_pack *pack)
{
	const struct dsv_packidx *idx = &pack->packed->idx;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < idx->n; i++) {
		struct dsv_packidx_entry entry;
		struct dsv_copy copy = {.packed = pack->packed};

		dsv_packidx_at(idx, i, &entry);
		copy.offset = entry.offset;
		if (dsv_pack_frame(&pack->packed->pack, entry.offset,
				   &copy.frame, NULL) == 0)
			rc = mark_needs(gc, &copy);
	}
	return rc;
}

static void count_dead(struct dsv_gc *gc, const struct dsv_gc_pack *pack)
{
	size_t n = pack->packed->idx.n;

	for (size_t i = 0; i < n; i++)
		if (!dsv_gc_is_live(pack, i))
			gc->figures.dropped_bytes += frame_bytes(pack, i);
	gc->figures.dropped_objects += n - pack->n_live;
	gc->figures.replaced++;
}

static bool may_go(const struct dsv_gc_pack *pack)
{
	size_t n = pack->packed->idx.n;
	size_t dead = n - pack->n_live;

	if (!pack->is_usable || (pack->is_young && dead))
		return false;
	return bytes_of(pack->packed) < LARGE_PACK || dead > n / LARGE_SHARE;
}

static void choose(struct dsv_gc *gc)
{
	size_t n = 0;
	bool any_dead = false;

	for (size_t i = 0; i < gc->n; i++) {
		struct dsv_gc_pack *pack = &gc->packs[i];

		pack->goes = may_go(pack);
		n += pack->goes;
		any_dead = any_dead ||
			   (pack->goes && pack->n_live < pack->packed->idx.n);
	}
	for (size_t i = 0; i < gc->n && n < 2 && !any_dead; i++)
		gc->packs[i].goes = false;
}

int dsv_gc_plan(struct dsv_gc *gc)
{
	int rc = 0;

	choose(gc);
	for (size_t i = 0; rc == 0 && i < gc->n; i++)
		if (gc->packs[i].is_usable && !gc->packs[i].goes)
			rc = dsv_gc_mark_all(gc, &gc->packs[i]);
	for (size_t i = 0; rc == 0 && i < gc->n; i++) {
		const struct dsv_gc_pack *pack = &gc->packs[i];

		if (atomic_load(&pack->packed->gone))
			continue;
		gc->figures.packs++;
		gc->figures.bytes += bytes_of(pack->packed);
		gc->figures.damaged += !pack->is_usable;
		if (pack->goes)
			count_dead(gc, pack);
	}
	gc->is_planned = true;
	return rc;
}

void dsv_gc_figures(const struct dsv_gc *gc, struct dsv_gc_figures *out)
{
	*out = gc->figures;
}

struct freeing {
	struct dsv_gc *gc;
	uint64_t bytes;
};

static int add_freed(void *ctx, enum dsv_object type, const struct dsv_id *id)
{
	struct freeing *freeing = ctx;
	struct dsv_copy copy;
	struct dsv_gc_pack *pack;
	size_t i;

	if (!dsv_store_copy(freeing->gc->store, type, id, &copy) ||
	    copy.packed->number >= freeing->gc->n)
		return 0;
	pack = &freeing->gc->packs[copy.packed->number];
	i = dsv_packidx_number(&copy.packed->idx, type, id);
	if (!pack->goes || i == SIZE_MAX || dsv_gc_is_live(pack, i))
		return 0;
	/* counted once; this is no plan to be carried out any more */
	pack->live[i / 8] |= (uint8_t)(1u << (i % 8));
	freeing->bytes += frame_bytes(pack, i);
	return 0;
}

int dsv_gc_frees(struct dsv_gc *gc, const struct dsv_content *content,
		 uint64_t *out)
{
	struct freeing freeing = {.gc = gc};
	int rc;

	gc->is_planned = false;
	rc = dsv_gc_each_part(gc, content, add_freed, &freeing);
	if (rc == 0)
		*out = freeing.bytes;
	return rc;
}
