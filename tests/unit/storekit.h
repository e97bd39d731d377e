#ifndef STOREKIT_H
#define STOREKIT_H

#include <stdbool.h>
#include <string.h>

#include <dsv/buf.h>
#include <dsv/error.h>

#include "base/alloc.h"
#include "base/fs.h"
#include "base/pool.h"
#include "scratch.h"
#include "store/filemap.h"
#include "store/store.h"
#include "store/writer.h"

/* A store of the test's own, with two threads. */
struct kit {
	char dir[4096];
	struct dsv_pool *pool;
	struct dsv_store *store;
};

static inline int kit_setup(void **state)
{
	struct kit *kit = dsv_alloc_zero(1, sizeof(*kit));

	scratch_make(kit->dir);
	assert_int_equal(dsv_pool_open(&kit->pool, 2), 0);
	assert_int_equal(dsv_store_open(&kit->store, kit->dir, kit->pool), 0);
	*state = kit;
	return 0;
}

static inline int kit_teardown(void **state)
{
	struct kit *kit = *state;

	dsv_store_free(&kit->store);
	dsv_pool_free(&kit->pool);
	scratch_remove(kit->dir);
	free(kit);
	return 0;
}

/* As another process would see it. */
static inline void kit_reopen(struct kit *kit)
{
	dsv_store_free(&kit->store);
	assert_int_equal(dsv_store_open(&kit->store, kit->dir, kit->pool), 0);
}

static inline uint64_t kit_random(uint64_t *seed)
{
	uint64_t z = (*seed += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* One row of a table, decided by its number. */
static inline void kit_row(struct dsv_buf *out, size_t id, const char *label)
{
	uint64_t seed = id;

	dsv_buf_addf(out, "%zu,", id);
	for (unsigned i = 0; i < 8; i++)
		dsv_buf_addf(out, "w%u ", (unsigned)(kit_random(&seed) % 500));
	dsv_buf_addf(out, ",%s\n", label);
}

static inline void kit_rows(struct dsv_buf *out, size_t first, size_t n)
{
	for (size_t i = 0; i < n; i++)
		kit_row(out, first + i, "cat");
}

static inline void kit_noise(struct dsv_buf *out, size_t len, uint64_t seed)
{
	for (size_t i = 0; i < len; i++)
		dsv_buf_addch(out, (char)(kit_random(&seed) >> 56));
}

static inline uint8_t kit_step(uint8_t state, const char *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		state ^= data[i] == '"';
	return state;
}

static const struct dsv_cutting kit_lines = {
	.cut = DSV_CUT_LINES,
	.scan = {.kind = 7, .step = kit_step},
};

static inline void kit_put(struct dsv_writer *writer,
			   const struct dsv_buf *data,
			   const struct dsv_content *previous,
			   struct dsv_content *out)
{
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	struct dsv_writer_opts opts = {.cutting = kit_lines,
				       .previous = previous};

	dsv_stream_of_memory(&in, data->data, data->len);
	if (dsv_writer_add(writer, in, &opts, out) < 0)
		fail_msg("%s", dsv_error_message());
}

/* Add and commit one content. */
static inline struct dsv_content kit_add(struct kit *kit,
					 const struct dsv_buf *data,
					 const struct dsv_content *previous)
{
	struct dsv_writer *writer DSV_AUTO(writer) = NULL;
	struct dsv_content content = {0};

	assert_int_equal(dsv_writer_open(&writer, kit->store), 0);
	kit_put(writer, data, previous, &content);
	if (dsv_writer_commit(writer) < 0)
		fail_msg("%s", dsv_error_message());
	return content;
}

static inline int kit_read(struct kit *kit, const struct dsv_content *content,
			   struct dsv_buf *out)
{
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	const char *piece;
	size_t len;
	int rc;

	dsv_buf_reset(out);
	rc = dsv_content_stream(&in, kit->store, content);
	if (rc < 0)
		return rc;
	while ((rc = dsv_stream_next(in, &piece, &len)) > 0)
		dsv_buf_add(out, piece, len);
	return rc;
}

static inline void kit_expect(struct kit *kit,
			      const struct dsv_content *content,
			      const struct dsv_buf *data)
{
	struct dsv_buf got DSV_AUTO(buf) = DSV_BUF_INIT;

	if (kit_read(kit, content, &got) < 0)
		fail_msg("%s", dsv_error_message());
	assert_int_equal(got.len, data->len);
	assert_true(memcmp(dsv_buf_str(&got), dsv_buf_str(data), got.len) == 0);
}

static inline struct dsv_store_stats kit_stats(struct kit *kit)
{
	struct dsv_store_stats stats;

	assert_int_equal(dsv_store_stats(kit->store, &stats), 0);
	return stats;
}

/* The only file with this ending in DIR/packs. */
static inline char *kit_file(struct kit *kit, const char *suffix)
{
	struct dsv_strlist names DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	char *packs DSV_AUTO(str) = dsv_fs_join(kit->dir, "packs");
	char *found = NULL;

	assert_int_equal(dsv_fs_list(packs, &names), 0);
	for (size_t i = 0; i < names.n; i++)
		if (strstr(names.items[i], suffix)) {
			assert_null(found);
			found = dsv_fs_join(packs, names.items[i]);
		}
	assert_non_null(found);
	return found;
}

/* Put other bytes in place of a file that is read-only. */
static inline void kit_overwrite(const char *path, const char *data, size_t len)
{
	FILE *file;

	assert_int_equal(unlink(path), 0);
	file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static inline void kit_slurp(const char *path, struct dsv_buf *out)
{
	dsv_buf_reset(out);
	if (dsv_fs_read(path, 1u << 26, out) < 0)
		fail_msg("%s", dsv_error_message());
}

#endif
