#include "repo/objects.h"

#include <git2.h>
#include <git2/odb_backend.h>
#include <git2/sys/odb_backend.h>
#include <string.h>

#include <dsv/error.h>

#include "base/codec.h"
#include "base/digest.h"
#include "repo/blobs.h"
#include "repo/private.h"

/* Up to here loose objects: git gc counts packs (gc.autoPackLimit is 50), so
 * a pack for every small change would make it run again and again. */
#define LOOSE_MAX 32u

/* A pack that is held in memory ends here; the next one begins. */
#define PACK_BYTES (8u * 1024u * 1024u)

/* A deflate block without compression (RFC 1951, 3.2.4) holds no more. */
#define STORED_MAX 65535u

#define OBJECT_BLOB 3u /* gitformat-pack(5) */

void dsv_objects_init(struct dsv_objects *objects, struct dsv_repo *repo)
{
	*objects = (struct dsv_objects)DSV_OBJECTS_INIT;
	objects->repo = repo;
}

void dsv_objects_release(struct dsv_objects *objects)
{
	dsv_buf_release(&objects->pack);
	dsv_buf_release(&objects->plain);
	dsv_map_release(&objects->seen);
}

static void put_be32(struct dsv_buf *out, uint32_t value)
{
	const uint8_t bytes[4] = {(uint8_t)(value >> 24),
				  (uint8_t)(value >> 16), (uint8_t)(value >> 8),
				  (uint8_t)value};

	dsv_buf_add(out, bytes, sizeof(bytes));
}

/* RFC 1950. Short input only, so the sums cannot overflow between. */
static uint32_t adler32(const uint8_t *data, size_t len)
{
	uint32_t a = 1;
	uint32_t b = 0;
	size_t i;

	for (i = 0; i < len; i++) {
		a = (a + data[i]) % 65521u;
		b = (b + a) % 65521u;
	}
	return b << 16 | a;
}

/* Pointers are mostly a digest, which does not compress: they are stored. */
static void put_zlib(struct dsv_buf *out, const void *data, size_t len)
{
	const uint16_t size = (uint16_t)len;

	dsv_put_u8(out, 0x78);
	dsv_put_u8(out, 0x01);
	dsv_put_u8(out, 1); /* the last block, stored */
	dsv_put_u16(out, size);
	dsv_put_u16(out, (uint16_t)~size);
	dsv_buf_add(out, data, len);
	put_be32(out, adler32(data, len));
}

static void put_object(struct dsv_buf *out, const void *data, size_t len)
{
	size_t rest = len >> 4;
	uint8_t head = (uint8_t)(OBJECT_BLOB << 4 | (len & 15));

	while (rest) {
		dsv_put_u8(out, head | 0x80);
		head = rest & 0x7f;
		rest >>= 7;
	}
	dsv_put_u8(out, head);
	put_zlib(out, data, len);
}

static int send_pack(git_odb *odb, const struct dsv_buf *pack)
{
	git_odb_writepack *writer = NULL;
	git_indexer_progress progress = {0};
	int rc;

	rc = git_odb_write_pack(&writer, odb, NULL, NULL);
	if (rc == 0)
		rc = writer->append(writer, pack->data, pack->len, &progress);
	if (rc == 0)
		rc = writer->commit(writer, &progress);
	if (writer)
		writer->free(writer);
	return rc;
}

static int write_pack(struct dsv_objects *objects)
{
	struct dsv_buf pack DSV_AUTO(buf) = DSV_BUF_INIT;
	git_odb *odb DSV_AUTO(git_odb) = NULL;
	uint8_t sum[DSV_SHA1_SIZE];
	int rc;

	dsv_buf_addstr(&pack, "PACK");
	put_be32(&pack, 2);
	put_be32(&pack, (uint32_t)objects->n);
	dsv_buf_add(&pack, objects->pack.data, objects->pack.len);
	dsv_sha1_of(pack.data, pack.len, sum);
	dsv_buf_add(&pack, sum, sizeof(sum));

	rc = git_repository_odb(&odb, objects->repo->git);
	if (rc == 0)
		rc = send_pack(odb, &pack);
	if (rc == 0)
		rc = git_odb_refresh(odb);
	if (rc < 0)
		return dsv_git_fail(rc, "cannot write git objects");
	return 0;
}

static int write_loose(struct dsv_objects *objects)
{
	struct dsv_bytes in =
		dsv_bytes(objects->plain.data, objects->plain.len);
	struct dsv_oid oid;
	int rc;

	while (dsv_bytes_left(&in)) {
		const uint32_t len = dsv_get_u32(&in);
		const char *data = dsv_get_run(&in, len);

		rc = dsv_blob_write(objects->repo, data, len, &oid);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int flush(struct dsv_objects *objects)
{
	int rc = 0;

	if (objects->n > LOOSE_MAX)
		rc = write_pack(objects);
	else if (objects->n)
		rc = write_loose(objects);
	if (rc < 0)
		return rc;
	dsv_buf_reset(&objects->pack);
	dsv_buf_reset(&objects->plain);
	dsv_map_release(&objects->seen);
	objects->seen = (struct dsv_map)DSV_MAP_INIT;
	objects->n = 0;
	return 0;
}

int dsv_objects_add(struct dsv_objects *objects, const void *data, size_t len,
		    struct dsv_oid *out)
{
	struct dsv_map_entry *seen;

	if (len > STORED_MAX)
		return dsv_blob_write(objects->repo, data, len, out);

	dsv_blob_name(data, len, out);
	seen = dsv_map_put(&objects->seen, out->bytes, DSV_OID_SIZE);
	if (seen->value)
		return 0;
	seen->value = 1;
	put_object(&objects->pack, data, len);
	if (objects->n < LOOSE_MAX) {
		dsv_put_u32(&objects->plain, (uint32_t)len);
		dsv_buf_add(&objects->plain, data, len);
	}
	objects->n++;
	return objects->pack.len >= PACK_BYTES ? flush(objects) : 0;
}

int dsv_objects_commit(struct dsv_objects *objects)
{
	return flush(objects);
}
