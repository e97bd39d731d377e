#include "store/packidx.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "base/codec.h"
#include "base/digest.h"

#define MAGIC	    "DSVINDEX"
#define MAGIC_LEN   8u
#define VERSION	    1u
#define HEAD_LEN    64u
#define PLACE_LEN   8u
#define TYPE_SHIFT  56u
#define OFFSET_MASK ((UINT64_C(1) << TYPE_SHIFT) - 1)

/* About 8 names to a slot of the fan, so that a small index stays small. */
#define FAN_BITS_MAX 16u
#define SLOT_NAMES   8u

static unsigned fan_bits_for(size_t n)
{
	unsigned bits = 0;

	while (bits < FAN_BITS_MAX && (n >> bits) > SLOT_NAMES)
		bits++;
	return bits;
}

/* The first bits of a name as a number. */
static size_t slot_of(const uint8_t *id, unsigned bits)
{
	return (size_t)(id[0] << 8 | id[1]) >> (16 - bits);
}

static int cmp_entry(const void *ap, const void *bp)
{
	const struct dsv_packidx_entry *a = ap;
	const struct dsv_packidx_entry *b = bp;
	int order = dsv_id_cmp(&a->id, &b->id);

	return order ? order : (int)a->type - (int)b->type;
}

static void put_head(struct dsv_buf *out, size_t n, unsigned bits,
		     const struct dsv_id *pack_id, uint64_t pack_size)
{
	dsv_buf_add(out, MAGIC, MAGIC_LEN);
	dsv_put_u32(out, VERSION);
	dsv_put_u32(out, 0); /* flags */
	dsv_put_u32(out, (uint32_t)n);
	dsv_put_u32(out, bits);
	dsv_put_u64(out, pack_size);
	dsv_put_id(out, pack_id);
}

static void put_fan(struct dsv_buf *out,
		    const struct dsv_packidx_entry *entries, size_t n,
		    unsigned bits)
{
	size_t i = 0;

	for (size_t slot = 0; slot < (size_t)1 << bits; slot++) {
		while (i < n && slot_of(entries[i].id.bytes, bits) <= slot)
			i++;
		dsv_put_u32(out, (uint32_t)i);
	}
}

void dsv_packidx_write(struct dsv_packidx_entry *entries, size_t n,
		       const struct dsv_id *pack_id, uint64_t pack_size,
		       struct dsv_buf *out)
{
	unsigned bits = fan_bits_for(n);
	size_t start = out->len;
	struct dsv_id sum;

	assert(n <= UINT32_MAX);
	if (n)
		qsort(entries, n, sizeof(*entries), cmp_entry);
	put_head(out, n, bits, pack_id, pack_size);
	put_fan(out, entries, n, bits);
	for (size_t i = 0; i < n; i++)
		dsv_put_id(out, &entries[i].id);
	for (size_t i = 0; i < n; i++)
		dsv_put_u64(out, entries[i].offset | (uint64_t)entries[i].type
							     << TYPE_SHIFT);
	dsv_id_of(out->data + start, out->len - start, &sum);
	dsv_put_id(out, &sum);
}

static int read_head(struct dsv_packidx *idx, struct dsv_bytes *in)
{
	const char *magic = dsv_get_run(in, MAGIC_LEN);
	uint32_t version = dsv_get_u32(in);
	uint32_t flags = dsv_get_u32(in);

	if (!magic || memcmp(magic, MAGIC, MAGIC_LEN) != 0)
		return dsv_fail(DSV_ECORRUPT, "not a pack index");
	if (version != VERSION || flags != 0)
		return dsv_fail(DSV_EUNSUPPORTED,
				"pack index of version %u, flags %u", version,
				flags);
	idx->n = dsv_get_u32(in);
	idx->fan_bits = dsv_get_u32(in);
	idx->pack_size = dsv_get_u64(in);
	dsv_get_id(in, &idx->pack_id);
	if (idx->fan_bits > FAN_BITS_MAX || idx->pack_size > DSV_PACK_BYTES_MAX)
		dsv_bytes_fail(in);
	return 0;
}

static uint32_t fan_at(const struct dsv_packidx *idx, size_t slot)
{
	struct dsv_bytes in = dsv_bytes(idx->fan + 4 * slot, 4);

	return dsv_get_u32(&in);
}

int dsv_packidx_read(struct dsv_packidx *out, const char *data, size_t len)
{
	struct dsv_packidx idx = DSV_PACKIDX_INIT;
	struct dsv_bytes in = dsv_bytes(data, len);
	size_t slots;
	int rc;

	rc = read_head(&idx, &in);
	if (rc < 0)
		return rc;
	slots = dsv_bytes_ok(&in) ? (size_t)1 << idx.fan_bits : 0;
	idx.fan = (const uint8_t *)dsv_get_run(&in, 4 * slots);
	idx.ids = (const uint8_t *)dsv_get_run(&in, DSV_ID_SIZE * idx.n);
	idx.places = (const uint8_t *)dsv_get_run(&in, PLACE_LEN * idx.n);
	dsv_get_run(&in, DSV_ID_SIZE);
	if (!dsv_bytes_ok(&in) || dsv_bytes_left(&in) != 0 ||
	    fan_at(&idx, slots - 1) != idx.n)
		return dsv_fail(DSV_ECORRUPT, "damaged pack index");
	idx.mapped = out->mapped;
	*out = idx;
	return 0;
}

int dsv_packidx_open(struct dsv_packidx *out, const char *path)
{
	struct dsv_packidx idx DSV_AUTO(packidx) = DSV_PACKIDX_INIT;
	int rc;

	rc = dsv_mapped_open(&idx.mapped, path);
	if (rc < 0)
		return rc;
	rc = dsv_packidx_read(&idx, idx.mapped.data, idx.mapped.len);
	if (rc < 0)
		return dsv_fail_prefix(rc, "%s", path);
	*out = idx;
	idx = (struct dsv_packidx)DSV_PACKIDX_INIT;
	return 0;
}

void dsv_packidx_release(struct dsv_packidx *idx)
{
	dsv_mapped_release(&idx->mapped);
	*idx = (struct dsv_packidx)DSV_PACKIDX_INIT;
}

static uint64_t place_at(const struct dsv_packidx *idx, size_t i)
{
	struct dsv_bytes in = dsv_bytes(idx->places + PLACE_LEN * i, PLACE_LEN);

	return dsv_get_u64(&in);
}

static const uint8_t *id_at(const struct dsv_packidx *idx, size_t i)
{
	return idx->ids + DSV_ID_SIZE * i;
}

/* The first entry at or behind id. The fan may lie, so its counts are
 * brought into the bounds of the index. */
static size_t lower_bound(const struct dsv_packidx *idx,
			  const struct dsv_id *id)
{
	size_t slot = slot_of(id->bytes, idx->fan_bits);
	size_t low = slot ? fan_at(idx, slot - 1) : 0;
	size_t high = fan_at(idx, slot);

	if (high > idx->n)
		high = idx->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (memcmp(id_at(idx, middle), id->bytes, DSV_ID_SIZE) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

size_t dsv_packidx_number(const struct dsv_packidx *idx, enum dsv_object type,
			  const struct dsv_id *id)
{
	for (size_t i = lower_bound(idx, id); i < idx->n; i++) {
		if (memcmp(id_at(idx, i), id->bytes, DSV_ID_SIZE) != 0)
			break;
		if (place_at(idx, i) >> TYPE_SHIFT == (uint64_t)type)
			return i;
	}
	return SIZE_MAX;
}

int dsv_packidx_find(const struct dsv_packidx *idx, enum dsv_object type,
		     const struct dsv_id *id, uint64_t *out_offset)
{
	size_t i = dsv_packidx_number(idx, type, id);

	if (i == SIZE_MAX)
		return 0;
	*out_offset = place_at(idx, i) & OFFSET_MASK;
	return 1;
}

void dsv_packidx_at(const struct dsv_packidx *idx, size_t i,
		    struct dsv_packidx_entry *out)
{
	uint64_t place = place_at(idx, i);

	memcpy(out->id.bytes, id_at(idx, i), DSV_ID_SIZE);
	out->offset = place & OFFSET_MASK;
	out->type = (enum dsv_object)(place >> TYPE_SHIFT);
}

static bool is_in_order(const struct dsv_packidx *idx)
{
	struct dsv_packidx_entry before;
	struct dsv_packidx_entry entry;

	for (size_t i = 0; i < idx->n; i++) {
		size_t slot;

		dsv_packidx_at(idx, i, &entry);
		if (i && cmp_entry(&before, &entry) >= 0)
			return false;
		slot = slot_of(entry.id.bytes, idx->fan_bits);
		if (fan_at(idx, slot) <= i ||
		    (slot && fan_at(idx, slot - 1) > i))
			return false;
		before = entry;
	}
	return true;
}

int dsv_packidx_verify(const struct dsv_packidx *idx)
{
	const uint8_t *sum = idx->places + PLACE_LEN * idx->n;
	const uint8_t *start = idx->fan - HEAD_LEN;
	struct dsv_id actual;

	dsv_id_of(start, (size_t)(sum - start), &actual);
	if (memcmp(sum, actual.bytes, DSV_ID_SIZE) != 0)
		return dsv_fail(DSV_ECORRUPT,
				"the index does not match its checksum");
	if (!is_in_order(idx))
		return dsv_fail(DSV_ECORRUPT, "the index is not in order");
	return 0;
}
