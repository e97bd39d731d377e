#include "repo/objects.h"

#include <git2.h>
#include <git2/odb_backend.h>
#include <git2/sys/odb_backend.h>
#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "base/codec.h"
#include "base/digest.h"
#include "base/fs.h"
#include "repo/blobs.h"
#include "repo/private.h"

/* Up to here loose objects: git gc counts packs (gc.autoPackLimit is 50), so
 * a pack for every small change would make it run again and again. */
#define LOOSE_MAX 32u

/* A pack that is held in memory ends here; the next one begins. */
#define PACK_BYTES (8u * 1024u * 1024u)

/* A deflate block without compression (RFC 1951, 3.2.4) holds no more. */
#define STORED_MAX 65535u
#define ADLER_SIZE 4u

/* Above the priorities of git's own stores (1 and 2). */
#define COLLECTOR 10

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

/* git_object_t has the numbers of gitformat-pack(5). */
static void put_object(struct dsv_buf *out, git_object_t type, const void *data,
		       size_t len)
{
	size_t rest = len >> 4;
	uint8_t head = (uint8_t)((unsigned)type << 4 | (len & 15));

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

static int write_one(struct dsv_objects *objects, git_object_t type,
		     const void *data, size_t len, struct dsv_oid *out)
{
	git_odb *odb DSV_AUTO(git_odb) = NULL;
	git_oid oid;
	int rc;

	rc = git_repository_odb(&odb, objects->repo->git);
	if (rc == 0)
		rc = git_odb_write(&oid, odb, data, len, type);
	if (rc < 0)
		return dsv_git_fail(rc, "cannot write a git object");
	dsv_oid_of_git(out, &oid);
	return 0;
}

static int write_loose(struct dsv_objects *objects)
{
	struct dsv_bytes in =
		dsv_bytes(objects->plain.data, objects->plain.len);
	struct dsv_oid oid;
	int rc;

	while (dsv_bytes_left(&in)) {
		const git_object_t type = (git_object_t)dsv_get_u8(&in);
		const uint32_t len = dsv_get_u32(&in);
		const char *data = dsv_get_run(&in, len);

		rc = write_one(objects, type, data, len, &oid);
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

/* Where an object stands in the pack that is being made, in one number that
 * is not 0: offset, 16 bits of length, 3 of type. */
static uint64_t place_of(size_t offset, size_t len, git_object_t type)
{
	return (uint64_t)offset << 19 | (uint64_t)len << 3 | (uint64_t)type;
}

static int name_object(git_object_t type, const void *data, size_t len,
		       struct dsv_oid *out)
{
	git_oid oid;
	const int rc = git_odb_hash(&oid, data, len, type);

	if (rc < 0)
		return dsv_git_fail(rc, "cannot name a git object");
	dsv_oid_of_git(out, &oid);
	return 0;
}

int dsv_objects_add_typed(struct dsv_objects *objects, git_object_t type,
			  const void *data, size_t len, struct dsv_oid *out)
{
	struct dsv_map_entry *seen;
	int rc;

	if (len > STORED_MAX)
		return write_one(objects, type, data, len, out);

	rc = name_object(type, data, len, out);
	if (rc < 0)
		return rc;
	seen = dsv_map_put(&objects->seen, out->bytes, DSV_OID_SIZE);
	if (seen->value)
		return 0;
	put_object(&objects->pack, type, data, len);
	seen->value = place_of(objects->pack.len - ADLER_SIZE - len, len, type);
	if (objects->n < LOOSE_MAX) {
		dsv_put_u8(&objects->plain, (uint8_t)type);
		dsv_put_u32(&objects->plain, (uint32_t)len);
		dsv_buf_add(&objects->plain, data, len);
	}
	objects->n++;
	return objects->pack.len >= PACK_BYTES ? flush(objects) : 0;
}

int dsv_objects_add(struct dsv_objects *objects, const void *data, size_t len,
		    struct dsv_oid *out)
{
	return dsv_objects_add_typed(objects, GIT_OBJECT_BLOB, data, len, out);
}

int dsv_objects_commit(struct dsv_objects *objects)
{
	return flush(objects);
}

/* Takes what libgit2 writes, and knows what it has taken. */
struct collector {
	git_odb_backend backend; /* first: libgit2 sees only this */
	struct dsv_objects *objects;
};

static int collect(git_odb_backend *backend, const git_oid *oid,
		   const void *data, size_t len, git_object_t type)
{
	struct collector *collector = (struct collector *)backend;
	struct dsv_oid name;

	(void)oid;
	return dsv_objects_add_typed(collector->objects, type, data, len,
				     &name) < 0
		       ? GIT_ERROR
		       : 0;
}

static int was_collected(git_odb_backend *backend, const git_oid *oid)
{
	struct collector *collector = (struct collector *)backend;

	return dsv_map_get(&collector->objects->seen, oid->id, GIT_OID_RAWSZ) !=
	       NULL;
}

static int read_header(size_t *len, git_object_t *type,
		       git_odb_backend *backend, const git_oid *oid)
{
	struct collector *collector = (struct collector *)backend;
	const struct dsv_map_entry *at =
		dsv_map_get(&collector->objects->seen, oid->id, GIT_OID_RAWSZ);

	if (!at)
		return GIT_ENOTFOUND;
	*len = at->value >> 3 & STORED_MAX;
	*type = (git_object_t)(at->value & 7);
	return 0;
}

/* libgit2 reads each tree back, for the index to remember. */
static int read_back(void **out, size_t *len, git_object_t *type,
		     git_odb_backend *backend, const git_oid *oid)
{
	struct collector *collector = (struct collector *)backend;
	const struct dsv_map_entry *at =
		dsv_map_get(&collector->objects->seen, oid->id, GIT_OID_RAWSZ);
	int rc;

	rc = read_header(len, type, backend, oid);
	if (rc < 0)
		return rc;
	*out = git_odb_backend_data_alloc(backend, *len);
	if (!*out)
		return GIT_ERROR;
	memcpy(*out, collector->objects->pack.data + (at->value >> 19), *len);
	return 0;
}

static void free_collector(git_odb_backend *backend)
{
	free(backend);
}

/* A repository of the same objects whose writes are collected. */
static int open_collecting(git_repository **out, struct dsv_objects *objects)
{
	struct collector *collector = dsv_alloc_zero(1, sizeof(*collector));
	char *dir DSV_AUTO(str) =
		dsv_fs_join(objects->repo->common_dir, "objects");
	git_odb *odb DSV_AUTO(git_odb) = NULL;
	int rc;

	git_odb_init_backend(&collector->backend, GIT_ODB_BACKEND_VERSION);
	collector->backend.write = collect;
	collector->backend.exists = was_collected;
	collector->backend.read_header = read_header;
	collector->backend.read = read_back;
	collector->backend.free = free_collector;
	collector->objects = objects;
	rc = git_odb_open(&odb, dir);
	if (rc == 0)
		rc = git_odb_add_backend(odb, &collector->backend, COLLECTOR);
	if (rc < 0) {
		free(collector);
		return rc;
	}
	return git_repository_wrap_odb(out, odb);
}

int dsv_objects_write_tree(struct dsv_repo *repo, git_index *index,
			   git_oid *out)
{
	struct dsv_objects objects DSV_AUTO(objects) = DSV_OBJECTS_INIT;
	git_repository *wrapped DSV_AUTO(git_repository) = NULL;
	int rc;

	/* where the environment names other objects, libgit2's own way */
	if (getenv("GIT_OBJECT_DIRECTORY")) {
		rc = git_index_write_tree_to(out, index, repo->git);
		return rc < 0 ? dsv_git_fail(rc, "cannot write the tree") : 0;
	}
	dsv_objects_init(&objects, repo);
	rc = open_collecting(&wrapped, &objects);
	if (rc == 0)
		rc = git_index_write_tree_to(out, index, wrapped);
	if (rc < 0)
		return dsv_git_fail(rc, "cannot write the tree");
	return dsv_objects_commit(&objects);
}
