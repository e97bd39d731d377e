#ifndef STORE_PACKIDX_H
#define STORE_PACKIDX_H

#include <stddef.h>
#include <stdint.h>

#include <dsv/auto.h>
#include <dsv/buf.h>
#include <dsv/id.h>

#include "base/fs.h"
#include "store/store.h"

/*
 * Which objects lie in a pack, and where: sorted by name, mapped and searched,
 * never loaded. docs/formats/index.md has it to the byte.
 */
#define DSV_PACK_BYTES_MAX (UINT64_C(1) << 40) /* so that offsets fit */

struct dsv_packidx_entry {
	struct dsv_id id;
	uint64_t offset; /* of the frame in the pack */
	enum dsv_object type;
};

struct dsv_packidx {
	struct dsv_mapped mapped;
	struct dsv_id pack_id;
	uint64_t pack_size;
	size_t n;
	unsigned fan_bits;
	const uint8_t *fan; /* 2^fan_bits counts, 4 bytes each */
	const uint8_t *ids;
	const uint8_t *places; /* 8 bytes each */
};

#define DSV_PACKIDX_INIT \
	{                \
		0        \
	}

/** Append the index; sorts entries. */
void dsv_packidx_write(struct dsv_packidx_entry *entries, size_t n,
		       const struct dsv_id *pack_id, uint64_t pack_size,
		       struct dsv_buf *out);

/**
 * Map an index and check its structure, not its checksum.
 *
 * @error  DSV_ECORRUPT      the parts do not fit the file
 *         DSV_EUNSUPPORTED  a version or flag we do not know
 */
int dsv_packidx_open(struct dsv_packidx *out, const char *path);
/** The same on bytes, which are borrowed. */
int dsv_packidx_read(struct dsv_packidx *out, const char *data, size_t len);
void dsv_packidx_release(struct dsv_packidx *idx);

/** 1 with the offset; 0: not in this pack. */
int dsv_packidx_find(const struct dsv_packidx *idx, enum dsv_object type,
		     const struct dsv_id *id, uint64_t *out_offset);
/** Number of an object in order of names; SIZE_MAX: not in this pack. */
size_t dsv_packidx_number(const struct dsv_packidx *idx, enum dsv_object type,
			  const struct dsv_id *id);
/** Entry i in order of names. */
void dsv_packidx_at(const struct dsv_packidx *idx, size_t i,
		    struct dsv_packidx_entry *out);
/** Checksum, order and counts: what opening leaves out. */
int dsv_packidx_verify(const struct dsv_packidx *idx);

DSV_AUTO_RELEASE(packidx)

#endif
