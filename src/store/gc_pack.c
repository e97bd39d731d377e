#include <stdlib.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "base/fs.h"
#include "store/gc_private.h"

/* In a pack that was made here. */
static bool is_made(const struct dsv_gc *gc, enum dsv_object type,
		    const struct dsv_id *id)
{
	for (size_t i = gc->n; i-- > 0;) {
		const struct dsv_gc_pack *pack = &gc->packs[i];

		if (pack->is_new && pack->is_usable &&
		    dsv_packidx_number(&pack->packed->idx, type, id) !=
			    SIZE_MAX)
			return true;
	}
	return false;
}

/* The copy that a repack would take lies in a pack that stays. */
static int is_kept(void *ctx, enum dsv_object type, const struct dsv_id *id)
{
	struct dsv_gc *gc = ctx;
	struct dsv_copy copy;

	return is_made(gc, type, id) ||
	       !dsv_store_copy(gc->store, type, id, &copy) ||
	       copy.packed->number >= gc->n ||
	       !gc->packs[copy.packed->number].goes;
}

struct filling {
	struct dsv_gc *gc;
	struct dsv_repack *repack;
};

static int fill_part(void *ctx, enum dsv_object type, const struct dsv_id *id)
{
	struct filling *filling = ctx;

	if (is_kept(filling->gc, type, id))
		return 0;
	return dsv_repack_add(filling->repack, type, id);
}

/* Not 0 stops and is the result. */
typedef int (*entry_fn)(void *ctx, const struct dsv_packidx_entry *entry);

/* What has to go on in another pack. */
static int each_moving(struct dsv_gc *gc, entry_fn fn, void *ctx)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < gc->n; i++) {
		const struct dsv_gc_pack *pack = &gc->packs[i];
		size_t n = pack->goes ? pack->packed->idx.n : 0;

		for (size_t k = 0; rc == 0 && k < n; k++) {
			struct dsv_packidx_entry entry;

			dsv_packidx_at(&pack->packed->idx, k, &entry);
			if (dsv_gc_is_live(pack, k) &&
			    !is_made(gc, entry.type, &entry.id))
				rc = fn(ctx, &entry);
		}
	}
	return rc;
}

static int fill_entry(void *ctx, const struct dsv_packidx_entry *entry)
{
	struct filling *filling = ctx;
	int rc = dsv_cancelled();

	return rc ? rc
		  : dsv_repack_add(filling->repack, entry->type, &entry->id);
}

/* Content by content, as they are read; then what only others refer to. */
static int fill(struct filling *filling)
{
	struct dsv_gc *gc = filling->gc;
	int rc = 0;

	for (; rc == 0 && gc->n_packed < gc->n_contents; gc->n_packed++) {
		rc = dsv_gc_each_part(gc, &gc->contents[gc->n_packed],
				      fill_part, filling);
		if (rc == 0)
			rc = dsv_cancelled();
	}
	return rc ? rc : each_moving(gc, fill_entry, filling);
}

/* A new pack may have the bytes, and so the name, of one that was to go: where
 * a gc was stopped before it took the old ones away. */
static void keep_same(struct dsv_gc *gc)
{
	for (size_t i = 0; i < gc->n; i++) {
		struct dsv_gc_pack *pack = &gc->packs[i];

		if (!dsv_id_equal(&pack->packed->idx.pack_id,
				  &gc->made[gc->n_made - 1]))
			continue;
		pack->is_new = true;
		pack->goes = false;
	}
}

int dsv_gc_pack(struct dsv_gc *gc)
{
	struct dsv_repack *repack DSV_AUTO(repack) = NULL;
	struct filling filling = {.gc = gc};
	int rc;

	if (!gc->is_planned || gc->figures.replaced == 0)
		return 0;
	rc = dsv_repack_open(&repack, gc->store, NULL);
	if (rc < 0)
		return rc;
	dsv_repack_set_trusted(repack);
	dsv_repack_set_has(repack, is_kept, gc);
	filling.repack = repack;
	rc = fill(&filling);
	if (rc == 0)
		rc = dsv_repack_commit(repack, &gc->made[gc->n_made]);
	if (rc <= 0)
		return rc;
	gc->n_made++;
	rc = dsv_gc_take_packs(gc);
	if (rc == 0)
		keep_same(gc);
	return rc;
}

/* Those that have come since may have bases in packs that go. */
static int mark_late(struct dsv_gc *gc, size_t before)
{
	int rc = 0;

	for (size_t i = before; rc == 0 && i < gc->n; i++)
		if (gc->packs[i].is_usable && !gc->packs[i].is_new)
			rc = dsv_gc_mark_all(gc, &gc->packs[i]);
	return rc;
}

static int stop(void *ctx, const struct dsv_packidx_entry *entry)
{
	(void)ctx;
	(void)entry;
	return 1;
}

/* An index first: a pack without is not there. */
static int remove_pack(const struct dsv_gc *gc, const struct dsv_packed *packed)
{
	const char *dir = dsv_store_packs_dir(gc->store);
	char *idx DSV_AUTO(str) = dsv_strf("%s/%s.idx", dir, packed->name);
	char *pack DSV_AUTO(str) = dsv_strf("%s/%s.pack", dir, packed->name);
	int rc = dsv_fs_unlink(idx);

	return rc < 0 ? rc : dsv_fs_unlink(pack);
}

static int remove_packs(const struct dsv_gc *gc)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < gc->n; i++)
		if (gc->packs[i].goes)
			rc = remove_pack(gc, gc->packs[i].packed);
	return rc < 0 ? rc : dsv_fs_sync_dir(dsv_store_packs_dir(gc->store));
}

int dsv_gc_drop(struct dsv_gc *gc)
{
	size_t before = gc->n;
	int rc;

	if (!gc->is_planned || gc->figures.replaced == 0)
		return 0;
	rc = dsv_gc_take_packs(gc);
	if (rc == 0)
		rc = mark_late(gc, before);
	if (rc == 0 && each_moving(gc, stop, NULL))
		rc = dsv_gc_pack(gc);
	if (rc < 0)
		return rc;
	if (each_moving(gc, stop, NULL))
		return dsv_fail(DSV_ECORRUPT, "the new pack lacks what is "
					      "needed; nothing was removed");
	return remove_packs(gc);
}
