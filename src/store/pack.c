#include "store/pack.h"

#include <string.h>

#include <dsv/error.h>

#include "store/packing.h"

/* The end of a pack, from behind: digest, number of objects, number of
 * dictionaries. */
#define TAIL_LEN (DSV_ID_SIZE + 4u + 4u)

static int check_head(const char *data, size_t len)
{
	struct dsv_bytes in = dsv_bytes(data, len);
	const char *magic = dsv_get_run(&in, DSV_PACK_MAGIC_LEN);
	uint32_t version = dsv_get_u32(&in);
	uint32_t flags = dsv_get_u32(&in);

	if (!magic || memcmp(magic, DSV_PACK_MAGIC, DSV_PACK_MAGIC_LEN) != 0)
		return dsv_fail(DSV_ECORRUPT, "not a pack");
	if (version != DSV_PACK_VERSION || flags != 0)
		return dsv_fail(DSV_EUNSUPPORTED,
				"pack of version %u, flags %u", version, flags);
	return 0;
}

int dsv_pack_read(struct dsv_pack *out, const char *data, size_t len)
{
	struct dsv_pack pack = {.mapped = out->mapped, .data = data};
	struct dsv_bytes in;
	int rc;

	rc = check_head(data, len);
	if (rc < 0)
		return rc;
	if (len < DSV_PACK_HEAD + TAIL_LEN || len > DSV_PACK_BYTES_MAX)
		return dsv_fail(DSV_ECORRUPT, "truncated pack");
	in = dsv_bytes(data + len - TAIL_LEN, TAIL_LEN);
	pack.n_dicts = dsv_get_u32(&in);
	pack.n_objects = dsv_get_u32(&in);
	dsv_get_id(&in, &pack.id);
	len -= DSV_PACK_HEAD + TAIL_LEN;
	if (pack.n_dicts > DSV_FRAME_DICTS_MAX ||
	    pack.n_dicts * DSV_ID_SIZE > len)
		return dsv_fail(DSV_ECORRUPT, "damaged end of pack");
	pack.frames_end = DSV_PACK_HEAD + len - pack.n_dicts * DSV_ID_SIZE;
	pack.dicts = (const uint8_t *)data + pack.frames_end;
	*out = pack;
	return 0;
}

int dsv_pack_open(struct dsv_pack *out, const char *path)
{
	struct dsv_pack pack DSV_AUTO(pack) = DSV_PACK_INIT;
	int rc;

	rc = dsv_mapped_open(&pack.mapped, path);
	if (rc < 0)
		return rc;
	rc = dsv_pack_read(&pack, pack.mapped.data, pack.mapped.len);
	if (rc < 0)
		return dsv_fail_prefix(rc, "%s", path);
	*out = pack;
	pack = (struct dsv_pack)DSV_PACK_INIT;
	return 0;
}

void dsv_pack_release(struct dsv_pack *pack)
{
	dsv_mapped_release(&pack->mapped);
	*pack = (struct dsv_pack)DSV_PACK_INIT;
}

int dsv_pack_frame(const struct dsv_pack *pack, uint64_t offset,
		   struct dsv_frame *out, uint64_t *out_next)
{
	struct dsv_bytes in;

	if (offset < DSV_PACK_HEAD || offset >= pack->frames_end)
		return dsv_fail(DSV_ECORRUPT, "no object stands at offset %llu",
				(unsigned long long)offset);
	in = dsv_bytes(pack->data + offset, pack->frames_end - offset);
	dsv_frame_read(out, &in);
	if (!dsv_bytes_ok(&in))
		return dsv_fail(DSV_ECORRUPT, "damaged frame at offset %llu",
				(unsigned long long)offset);
	if (out_next)
		*out_next = pack->frames_end - dsv_bytes_left(&in);
	return 0;
}

int dsv_pack_dict(const struct dsv_pack *pack, uint8_t number,
		  struct dsv_id *out)
{
	if (number >= pack->n_dicts)
		return dsv_fail(DSV_ECORRUPT, "no dictionary has the number %u",
				number);
	memcpy(out->bytes, pack->dicts + (size_t)number * DSV_ID_SIZE,
	       DSV_ID_SIZE);
	return 0;
}

int dsv_pack_verify(const struct dsv_pack *pack)
{
	size_t len = pack->frames_end + pack->n_dicts * DSV_ID_SIZE + TAIL_LEN -
		     DSV_ID_SIZE;
	struct dsv_id actual;

	dsv_id_of(pack->data, len, &actual);
	if (!dsv_id_equal(&actual, &pack->id))
		return dsv_fail(DSV_ECORRUPT,
				"the pack does not match its digest");
	return 0;
}
