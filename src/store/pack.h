#ifndef STORE_PACK_H
#define STORE_PACK_H

#include <stddef.h>
#include <stdint.h>

#include <dsv/auto.h>
#include <dsv/id.h>

#include "base/fs.h"
#include "store/chunk.h"
#include "store/packidx.h"

/*
 * A pack: frames one behind the other in an immutable file that is named by
 * its own SHA-256. docs/formats/pack.md has it to the byte.
 */
struct dsv_pack {
	struct dsv_mapped mapped;
	const char *data;
	uint64_t frames_end; /* offset behind the last frame */
	size_t n_objects;
	size_t n_dicts;
	const uint8_t *dicts; /* ids */
	struct dsv_id id;     /* as the trailer says */
};

#define DSV_PACK_INIT \
	{             \
		0     \
	}
#define DSV_PACK_HEAD 16u /* offset of the first frame */

/** Map a pack and check its structure, not its digest. */
int dsv_pack_open(struct dsv_pack *out, const char *path);
/** The same on bytes, which are borrowed. */
int dsv_pack_read(struct dsv_pack *out, const char *data, size_t len);
void dsv_pack_release(struct dsv_pack *pack);

/** The frame at offset; out_next (may be NULL) is where the following begins.
 * DSV_ECORRUPT where no frame can stand there. */
int dsv_pack_frame(const struct dsv_pack *pack, uint64_t offset,
		   struct dsv_frame *out, uint64_t *out_next);
/** The name of a dictionary that frames refer to by number. */
int dsv_pack_dict(const struct dsv_pack *pack, uint8_t number,
		  struct dsv_id *out);
/** Does the digest of the bytes match the trailer? */
int dsv_pack_verify(const struct dsv_pack *pack);

DSV_AUTO_RELEASE(pack)

#endif
