#include "dataset/blob_ids.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/buf.h>
#include <dsv/error.h>

#include "base/alloc.h"
#include "base/atomic.h"
#include "base/codec.h"
#include "base/digest.h"
#include "base/fs.h"
#include "repo/repo.h"

#define HEAD	   "dsv-blob-ids 1\n"
#define HEAD_SIZE  (sizeof(HEAD) - 1)
#define ENTRY_SIZE (DSV_OID_SIZE + DSV_ID_SIZE + 8u)
#define FILE_MAX   (HEAD_SIZE + DSV_BLOB_IDS_MAX * ENTRY_SIZE + DSV_ID_SIZE)

static bool is_sound(const struct dsv_buf *text)
{
	struct dsv_id id;
	size_t body;

	if (text->len < HEAD_SIZE + DSV_ID_SIZE ||
	    memcmp(text->data, HEAD, HEAD_SIZE) != 0)
		return false;
	body = text->len - DSV_ID_SIZE;
	if ((body - HEAD_SIZE) % ENTRY_SIZE != 0)
		return false;
	dsv_id_of(text->data, body, &id);
	return memcmp(id.bytes, text->data + body, DSV_ID_SIZE) == 0;
}

static void add(struct dsv_blob_ids *ids, const void *blob,
		const struct dsv_content *content)
{
	struct dsv_map_entry *entry;

	entry = dsv_map_put(&ids->places, blob, DSV_OID_SIZE);
	if (entry->value == 0)
		entry->value = ids->places.n;
	DSV_GROW(ids->contents, ids->cap, ids->places.n);
	ids->contents[entry->value - 1] = *content;
}

void dsv_blob_ids_load(struct dsv_blob_ids *ids, struct dsv_repo *repo)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	char *path DSV_AUTO(str) = dsv_repo_own(repo, "cache/blob-ids");
	struct dsv_bytes in;

	ids->repo = repo;
	if (!dsv_fs_exists(path))
		return;
	if (dsv_fs_read(path, FILE_MAX, &text) < 0 || !is_sound(&text)) {
		dsv_error_clear();
		return;
	}
	in = dsv_bytes(text.data + HEAD_SIZE,
		       text.len - HEAD_SIZE - DSV_ID_SIZE);
	while (dsv_bytes_left(&in) > 0) {
		const char *blob = dsv_get_run(&in, DSV_OID_SIZE);
		struct dsv_content content;

		dsv_get_id(&in, &content.id);
		content.size = dsv_get_u64(&in);
		add(ids, blob, &content);
	}
}

bool dsv_blob_ids_get(const struct dsv_blob_ids *ids,
		      const struct dsv_oid *blob, struct dsv_content *out)
{
	const struct dsv_map_entry *entry;

	entry = dsv_map_get(&ids->places, blob->bytes, DSV_OID_SIZE);
	if (!entry)
		return false;
	*out = ids->contents[entry->value - 1];
	return true;
}

void dsv_blob_ids_put(struct dsv_blob_ids *ids, const struct dsv_oid *blob,
		      const struct dsv_content *content)
{
	if (ids->places.n >= DSV_BLOB_IDS_MAX)
		return;
	add(ids, blob->bytes, content);
	ids->changed = true;
}

static void write_entries(const struct dsv_blob_ids *ids, struct dsv_buf *out)
{
	struct dsv_id id;

	dsv_buf_add(out, HEAD, HEAD_SIZE);
	for (size_t i = 0; i < ids->places.n; i++) {
		dsv_buf_add(out, ids->places.entries[i].key, DSV_OID_SIZE);
		dsv_put_id(out, &ids->contents[i].id);
		dsv_put_u64(out, ids->contents[i].size);
	}
	dsv_id_of(out->data, out->len, &id);
	dsv_put_id(out, &id);
}

void dsv_blob_ids_save(struct dsv_blob_ids *ids)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_atomic file DSV_AUTO(atomic) = DSV_ATOMIC_INIT;
	char *folder DSV_AUTO(str) = NULL;
	char *path DSV_AUTO(str) = NULL;

	if (!ids->changed)
		return;
	ids->changed = false;
	folder = dsv_repo_own(ids->repo, "cache");
	path = dsv_fs_join(folder, "blob-ids");
	write_entries(ids, &text);
	if (dsv_fs_mkdirs(folder) < 0 ||
	    dsv_atomic_open(&file, path, NULL, 0666) < 0 ||
	    dsv_atomic_write(&file, text.data, text.len) < 0 ||
	    dsv_atomic_commit_fast(&file, NULL) < 0)
		dsv_error_clear();
}

void dsv_blob_ids_release(struct dsv_blob_ids *ids)
{
	dsv_map_release(&ids->places);
	free(ids->contents);
	*ids = (struct dsv_blob_ids)DSV_BLOB_IDS_INIT;
}
