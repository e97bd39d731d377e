#ifndef STORE_PACKING_H
#define STORE_PACKING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <dsv/auto.h>
#include <dsv/buf.h>
#include <dsv/id.h>

#include "base/atomic.h"
#include "base/digest.h"
#include "store/chunk.h"
#include "store/packidx.h"

#define DSV_PACK_MAGIC	   "DSVPACK\n"
#define DSV_PACK_MAGIC_LEN 8u
#define DSV_PACK_VERSION   1u

/*
 * A pack in the making. An object is first reserved, then its frame is put;
 * so that whoever compresses can know early what is new.
 */
struct dsv_packing {
	struct dsv_atomic file; /* opened with the first frame */
	char *tmp_dir;
	struct dsv_digest digest;
	struct dsv_buf pending; /* not yet written */
	uint64_t size;
	struct dsv_packidx_entry *entries;
	size_t n;
	size_t cap;
	size_t n_put;
	uint32_t *slots; /* number of an entry + 1, 0 free */
	size_t n_slots;	 /* a power of two */
	struct dsv_id dicts[DSV_FRAME_DICTS_MAX];
	size_t n_dicts;
};

void dsv_packing_init(struct dsv_packing *packing, const char *tmp_dir);
void dsv_packing_release(struct dsv_packing *packing);
bool dsv_packing_has(const struct dsv_packing *packing, enum dsv_object type,
		     const struct dsv_id *id);
/** The number of an object, SIZE_MAX where it is not there. */
size_t dsv_packing_find(const struct dsv_packing *packing, enum dsv_object type,
			const struct dsv_id *id);
/** The number of a new object, for put. It must not be there yet. */
size_t dsv_packing_reserve(struct dsv_packing *packing, enum dsv_object type,
			   const struct dsv_id *id);
int dsv_packing_put(struct dsv_packing *packing, size_t entry,
		    const char *frame, size_t len);
/** The number under which frames may refer to a dictionary; -1: the table is
 * full. */
int dsv_packing_dict(struct dsv_packing *packing, const struct dsv_id *id);
/** Make pack and index durable in packs_dir, out names them; 0 also where
 * nothing was put, then out stays as it was. */
int dsv_packing_commit(struct dsv_packing *packing, const char *packs_dir,
		       struct dsv_id *out);

DSV_AUTO_RELEASE(packing)

#endif
