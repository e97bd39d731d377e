#include "store/packing.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "base/fs.h"

#define WRITE_LEN (1024u * 1024u) /* bytes gathered for one write(2) */
#define MODE	  0444		  /* nobody changes a pack */

void dsv_packing_init(struct dsv_packing *packing, const char *tmp_dir)
{
	*packing = (struct dsv_packing){.file = DSV_ATOMIC_INIT,
					.tmp_dir = dsv_strdup(tmp_dir)};
	dsv_digest_init(&packing->digest);
}

void dsv_packing_release(struct dsv_packing *packing)
{
	dsv_atomic_release(&packing->file);
	dsv_digest_release(&packing->digest);
	dsv_buf_release(&packing->pending);
	free(packing->tmp_dir);
	free(packing->entries);
	free(packing->slots);
}

/* The slot of an object, or the free one where it would stand. */
static uint32_t *slot_of(const struct dsv_packing *packing,
			 enum dsv_object type, const struct dsv_id *id)
{
	size_t mask = packing->n_slots - 1;
	size_t i;

	memcpy(&i, id->bytes, sizeof(i));
	for (i += type;; i++) {
		uint32_t *slot = &packing->slots[i & mask];
		const struct dsv_packidx_entry *entry;

		if (*slot == 0)
			return slot;
		entry = &packing->entries[*slot - 1];
		if (entry->type == type && dsv_id_equal(&entry->id, id))
			return slot;
	}
}

static void grow_slots(struct dsv_packing *packing)
{
	if (packing->n * 2 < packing->n_slots)
		return;
	packing->n_slots = packing->n_slots ? packing->n_slots * 2 : 1024;
	free(packing->slots);
	packing->slots =
		dsv_alloc_zero(packing->n_slots, sizeof(*packing->slots));
	for (size_t i = 0; i < packing->n; i++)
		*slot_of(packing, packing->entries[i].type,
			 &packing->entries[i].id) = (uint32_t)i + 1;
}

bool dsv_packing_has(const struct dsv_packing *packing, enum dsv_object type,
		     const struct dsv_id *id)
{
	return packing->n && *slot_of(packing, type, id) != 0;
}

size_t dsv_packing_find(const struct dsv_packing *packing, enum dsv_object type,
			const struct dsv_id *id)
{
	uint32_t slot = packing->n ? *slot_of(packing, type, id) : 0;

	return slot ? slot - 1u : SIZE_MAX;
}

size_t dsv_packing_reserve(struct dsv_packing *packing, enum dsv_object type,
			   const struct dsv_id *id)
{
	size_t i = packing->n;

	assert(i < UINT32_MAX && !dsv_packing_has(packing, type, id));
	grow_slots(packing);
	DSV_GROW(packing->entries, packing->cap, i + 1);
	packing->entries[i] =
		(struct dsv_packidx_entry){.id = *id, .type = type};
	*slot_of(packing, type, id) = (uint32_t)i + 1;
	packing->n++;
	return i;
}

static int flush(struct dsv_packing *packing)
{
	struct dsv_buf *pending = &packing->pending;
	int rc;

	if (packing->file.fd < 0) {
		rc = dsv_atomic_open(&packing->file, NULL, packing->tmp_dir,
				     MODE);
		if (rc < 0)
			return rc;
	}
	rc = dsv_atomic_write(&packing->file, pending->data, pending->len);
	if (rc < 0)
		return rc;
	dsv_digest_update(&packing->digest, pending->data, pending->len);
	dsv_buf_reset(pending);
	return 0;
}

static void put_head(struct dsv_packing *packing)
{
	dsv_buf_add(&packing->pending, DSV_PACK_MAGIC, DSV_PACK_MAGIC_LEN);
	dsv_put_u32(&packing->pending, DSV_PACK_VERSION);
	dsv_put_u32(&packing->pending, 0); /* flags */
	packing->size = packing->pending.len;
}

int dsv_packing_put(struct dsv_packing *packing, size_t entry,
		    const char *frame, size_t len)
{
	if (packing->size == 0)
		put_head(packing);
	if (packing->size + len > DSV_PACK_BYTES_MAX / 2)
		return dsv_fail(DSV_ERANGE, "more than fits into one pack");
	packing->entries[entry].offset = packing->size;
	packing->size += len;
	packing->n_put++;
	dsv_buf_add(&packing->pending, frame, len);
	return packing->pending.len < WRITE_LEN ? 0 : flush(packing);
}

int dsv_packing_dict(struct dsv_packing *packing, const struct dsv_id *id)
{
	for (size_t i = 0; i < packing->n_dicts; i++)
		if (dsv_id_equal(&packing->dicts[i], id))
			return (int)i;
	if (packing->n_dicts == DSV_FRAME_DICTS_MAX)
		return -1;
	packing->dicts[packing->n_dicts] = *id;
	return (int)packing->n_dicts++;
}

static int finish_pack(struct dsv_packing *packing, struct dsv_id *out_id)
{
	struct dsv_buf *pending = &packing->pending;
	int rc;

	for (size_t i = 0; i < packing->n_dicts; i++)
		dsv_put_id(pending, &packing->dicts[i]);
	dsv_put_u32(pending, (uint32_t)packing->n_dicts);
	dsv_put_u32(pending, (uint32_t)packing->n);
	rc = flush(packing);
	if (rc < 0)
		return rc;
	packing->size += packing->n_dicts * DSV_ID_SIZE + 8 + DSV_ID_SIZE;
	dsv_digest_final(&packing->digest, out_id);
	return dsv_atomic_write(&packing->file, out_id->bytes, DSV_ID_SIZE);
}

static int write_index(struct dsv_packing *packing, const struct dsv_id *id,
		       const char *path)
{
	struct dsv_atomic file DSV_AUTO(atomic) = DSV_ATOMIC_INIT;
	struct dsv_buf idx DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc;

	dsv_packidx_write(packing->entries, packing->n, id, packing->size,
			  &idx);
	rc = dsv_atomic_open(&file, NULL, packing->tmp_dir, MODE);
	if (rc < 0)
		return rc;
	rc = dsv_atomic_write(&file, idx.data, idx.len);
	if (rc < 0)
		return rc;
	return dsv_atomic_commit(&file, path);
}

/* A new folder is as durable as what it holds. */
static int make_packs_dir(const char *packs_dir)
{
	char *parent DSV_AUTO(str) = dsv_fs_join(packs_dir, "..");
	int rc;

	if (dsv_fs_is_dir(packs_dir))
		return 0;
	rc = dsv_fs_mkdirs(packs_dir);
	if (rc < 0)
		return rc;
	return dsv_fs_sync_dir(parent);
}

int dsv_packing_commit(struct dsv_packing *packing, const char *packs_dir,
		       struct dsv_id *out)
{
	char hex[DSV_ID_HEX];
	struct dsv_id id;
	int rc;

	assert(packing->n_put == packing->n);
	if (packing->n == 0)
		return 0;
	rc = finish_pack(packing, &id);
	if (rc < 0)
		return rc;
	rc = make_packs_dir(packs_dir);
	if (rc < 0)
		return rc;
	dsv_id_hex(&id, hex);
	char *pack DSV_AUTO(str) = dsv_strf("%s/%s.pack", packs_dir, hex);
	char *index DSV_AUTO(str) = dsv_strf("%s/%s.idx", packs_dir, hex);

	rc = dsv_atomic_commit(&packing->file, pack);
	if (rc < 0)
		return rc;
	rc = write_index(packing, &id, index);
	if (rc < 0)
		return rc;
	*out = id;
	return 0;
}
