#include "govern/evidence_private.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "base/atomic.h"
#include "base/codec.h"
#include "base/digest.h"
#include "base/fs.h"
#include "repo/repo.h"

/*
 * cache/evidence: "dsv-evidence-cache 1" and LF, the name of the branch, its
 * tips, the lost paths, the files with what verification found, and the
 * SHA-256 of all before. Verification depends on the bytes alone, never on who
 * may sign, so what was found once stays true.
 */
#define HEAD	  "dsv-evidence-cache 1\n"
#define HEAD_SIZE (sizeof(HEAD) - 1)
#define FILE_MAX  (256u * 1024u * 1024u) /* above it nothing is kept */
#define PATH_LONG 65536u		 /* bytes of a path */
#define TIPS_MAX  10000u
#define COUNT_MAX 4000000u

static void file_release(struct dsv_evidence_file *file)
{
	free(file->path);
	dsv_buf_release(&file->data);
	dsv_ssh_key_release(&file->key);
}

void dsv_evidence_cache_release(struct dsv_evidence_cache *cache)
{
	static const struct dsv_evidence_cache none = {.changed = false};

	for (size_t i = 0; i < cache->n; i++)
		file_release(&cache->files[i]);
	free(cache->files);
	dsv_ledger_tips_release(&cache->tips);
	dsv_strlist_release(&cache->lost);
	*cache = none;
}

static void get_buf(struct dsv_bytes *in, size_t limit, struct dsv_buf *out)
{
	size_t len;
	const char *text = dsv_get_string(in, limit, &len);

	if (text)
		dsv_buf_add(out, text, len);
}

static char *get_text(struct dsv_bytes *in, size_t limit)
{
	size_t len;
	const char *text = dsv_get_string(in, limit, &len);

	return dsv_strndup(text ? text : "", text ? len : 0);
}

static void get_oid(struct dsv_bytes *in, struct dsv_oid *out)
{
	const char *bytes = dsv_get_run(in, DSV_OID_SIZE);

	if (bytes)
		memcpy(out->bytes, bytes, DSV_OID_SIZE);
}

static void get_file(struct dsv_bytes *in, struct dsv_evidence_file *out)
{
	out->path = get_text(in, PATH_LONG);
	get_oid(in, &out->blob);
	get_buf(in, DSV_STATEMENT_MAX, &out->data);
	out->judged = dsv_get_u8(in) != 0;
	if (!out->judged)
		return;
	out->verdict = -(int)dsv_get_u8(in);
	dsv_get_id(in, &out->signature);
	if (out->verdict < 0)
		return;
	out->key.type = get_text(in, PATH_LONG);
	get_buf(in, PATH_LONG, &out->key.blob);
	out->key.comment = get_text(in, PATH_LONG);
}

static void get_all(struct dsv_bytes *in, struct dsv_evidence_cache *out)
{
	size_t n = dsv_get_varint(in, TIPS_MAX);

	for (size_t i = 0; i < n && dsv_bytes_ok(in); i++) {
		DSV_GROW(out->tips.items, out->tips.cap, out->tips.n + 1);
		get_oid(in, &out->tips.items[out->tips.n++]);
	}
	n = dsv_get_varint(in, COUNT_MAX);
	for (size_t i = 0; i < n && dsv_bytes_ok(in); i++)
		dsv_strlist_take(&out->lost, get_text(in, PATH_LONG));
	n = dsv_get_varint(in, COUNT_MAX);
	for (size_t i = 0; i < n && dsv_bytes_ok(in); i++) {
		static const struct dsv_evidence_file none = {.path = NULL};

		DSV_GROW(out->files, out->cap, out->n + 1);
		out->files[out->n] = none;
		get_file(in, &out->files[out->n++]);
	}
}

bool dsv_evidence_cache_decode(struct dsv_evidence_cache *out, const char *data,
			       size_t len, const char *ref)
{
	char *name DSV_AUTO(str) = NULL;
	struct dsv_bytes in;
	struct dsv_id id;

	if (len < HEAD_SIZE + DSV_ID_SIZE || memcmp(data, HEAD, HEAD_SIZE) != 0)
		return false;
	len -= DSV_ID_SIZE;
	dsv_id_of(data, len, &id);
	if (memcmp(id.bytes, data + len, DSV_ID_SIZE) != 0)
		return false;
	in = dsv_bytes(data + HEAD_SIZE, len - HEAD_SIZE);
	name = get_text(&in, PATH_LONG);
	if (!dsv_bytes_ok(&in) || strcmp(name, ref) != 0)
		return false;
	get_all(&in, out);
	if (dsv_bytes_ok(&in) && dsv_bytes_left(&in) == 0)
		return true;
	dsv_evidence_cache_release(out);
	return false;
}

void dsv_evidence_cache_load(struct dsv_evidence_cache *out,
			     struct dsv_repo *repo, const char *ref)
{
	struct dsv_mapped file DSV_AUTO(mapped) = DSV_MAPPED_INIT;
	char *path DSV_AUTO(str) = dsv_repo_own(repo, "cache/evidence");

	if (!dsv_fs_exists(path))
		return;
	if (dsv_mapped_open(&file, path) < 0)
		dsv_error_clear();
	else if (file.len <= FILE_MAX)
		dsv_evidence_cache_decode(out, file.data, file.len, ref);
}

static void put_text(struct dsv_buf *out, const char *text)
{
	dsv_put_string(out, text, strlen(text));
}

static void put_file(struct dsv_buf *out, const struct dsv_evidence_file *file)
{
	put_text(out, file->path);
	dsv_buf_add(out, file->blob.bytes, DSV_OID_SIZE);
	dsv_put_string(out, dsv_buf_str(&file->data), file->data.len);
	dsv_put_u8(out, file->judged);
	if (!file->judged)
		return;
	dsv_put_u8(out, (uint8_t)-file->verdict);
	dsv_put_id(out, &file->signature);
	if (file->verdict < 0)
		return;
	put_text(out, file->key.type);
	dsv_put_string(out, file->key.blob.data, file->key.blob.len);
	put_text(out, file->key.comment ? file->key.comment : "");
}

static bool encode(struct dsv_buf *out, const struct dsv_evidence_cache *cache,
		   const char *ref)
{
	struct dsv_id id;

	dsv_buf_addstr(out, HEAD);
	put_text(out, ref);
	dsv_put_varint(out, cache->tips.n);
	for (size_t i = 0; i < cache->tips.n; i++)
		dsv_buf_add(out, cache->tips.items[i].bytes, DSV_OID_SIZE);
	dsv_put_varint(out, cache->lost.n);
	for (size_t i = 0; i < cache->lost.n; i++)
		put_text(out, cache->lost.items[i]);
	dsv_put_varint(out, cache->n);
	for (size_t i = 0; i < cache->n && out->len < FILE_MAX; i++)
		put_file(out, &cache->files[i]);
	if (out->len > FILE_MAX - DSV_ID_SIZE)
		return false;
	dsv_id_of(out->data, out->len, &id);
	dsv_put_id(out, &id);
	return true;
}

void dsv_evidence_cache_save(const struct dsv_evidence_cache *cache,
			     struct dsv_repo *repo, const char *ref)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_atomic file DSV_AUTO(atomic) = DSV_ATOMIC_INIT;
	char *dir DSV_AUTO(str) = dsv_repo_own(repo, "cache");
	char *path DSV_AUTO(str) = dsv_repo_own(repo, "cache/evidence");

	if (!encode(&text, cache, ref))
		return;
	if (dsv_fs_mkdirs(dir) < 0 ||
	    dsv_atomic_open(&file, path, NULL, 0666) < 0 ||
	    dsv_atomic_write(&file, text.data, text.len) < 0 ||
	    dsv_atomic_commit_fast(&file, NULL) < 0)
		dsv_error_clear();
}
