#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/digest.h"
#include "store/chunk.h"
#include "store/objects.h"
#include "storekit.h"

static void test_writer__no_bytes_need_no_pack(void **state)
{
	struct dsv_buf none DSV_AUTO(buf) = DSV_BUF_INIT;
	struct kit *kit = *state;
	struct dsv_content content = kit_add(kit, &none, NULL);
	struct dsv_filemap map DSV_AUTO(filemap) = DSV_FILEMAP_INIT;

	assert_int_equal(content.size, 0);
	assert_int_equal(kit_stats(kit).packs, 0);
	kit_expect(kit, &content, &none);
	assert_int_equal(dsv_filemap_load(&map, kit->store, &content), 0);
	assert_int_equal(map.n, 0);
	assert_int_equal(dsv_store_has_content(kit->store, &content), 1);
}

static void test_writer__short_content_is_one_chunk_of_its_name(void **state)
{
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_filemap map DSV_AUTO(filemap) = DSV_FILEMAP_INIT;
	struct kit *kit = *state;
	struct dsv_content content;
	struct dsv_id id;

	kit_rows(&data, 0, 10);
	content = kit_add(kit, &data, NULL);
	dsv_id_of(data.data, data.len, &id);
	assert_true(dsv_id_equal(&content.id, &id));
	assert_int_equal(content.size, data.len);
	kit_reopen(kit);
	kit_expect(kit, &content, &data);
	assert_int_equal(dsv_filemap_load(&map, kit->store, &content), 0);
	assert_int_equal(map.n, 1);
	assert_int_equal(map.extents[0].lines, 10);
	assert_int_equal(kit_stats(kit).objects, 1);
}

/* A descriptor fills blocks where memory is copied into them. */
static void test_writer__a_file_is_read_like_memory(void **state)
{
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	struct dsv_writer *writer DSV_AUTO(writer) = NULL;
	struct dsv_writer_opts opts = {.cutting = kit_lines};
	struct kit *kit = *state;
	struct dsv_content content;
	FILE *file = tmpfile();
	struct dsv_id id;

	assert_non_null(file);
	kit_rows(&data, 0, 60000); /* more than a block */
	assert_int_equal(fwrite(data.data, 1, data.len, file), data.len);
	rewind(file);
	dsv_stream_of_fd(&in, fileno(file), "table");
	assert_int_equal(dsv_writer_open(&writer, kit->store), 0);
	assert_int_equal(dsv_writer_add(writer, in, &opts, &content), 0);
	assert_int_equal(dsv_writer_commit(writer), 0);
	fclose(file);
	dsv_id_of(data.data, data.len, &id);
	assert_true(dsv_id_equal(&content.id, &id));
	kit_expect(kit, &content, &data);
}

static void test_writer__long_content_comes_back(void **state)
{
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_filemap map DSV_AUTO(filemap) = DSV_FILEMAP_INIT;
	struct dsv_buf part DSV_AUTO(buf) = DSV_BUF_INIT;
	struct kit *kit = *state;
	struct dsv_content content;
	size_t lines = 0;

	kit_rows(&data, 0, 150000); /* enough for a dictionary */
	content = kit_add(kit, &data, NULL);
	kit_reopen(kit);
	kit_expect(kit, &content, &data);
	assert_int_equal(dsv_filemap_load(&map, kit->store, &content), 0);
	assert_int_equal(map.scan_kind, 7);
	for (size_t i = 0; i < map.n; i++)
		lines += map.extents[i].lines;
	assert_int_equal(lines, 150000);
	assert_int_equal(dsv_filemap_read(kit->store, &map, 3, 40, &part), 0);
	size_t at =
		map.extents[0].len + map.extents[1].len + map.extents[2].len;
	assert_memory_equal(part.data, data.data + at, part.len);
	assert_int_equal(dsv_store_has_content(kit->store, &content), 1);
}

static void test_writer__any_bytes_come_back(void **state)
{
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;
	struct kit *kit = *state;
	struct dsv_content content;

	memset(dsv_buf_reserve(&data, 3u << 20), 0, 3u << 20);
	data.len = 3u << 20; /* one line of NULs */
	kit_noise(&data, 1u << 20, 9);
	content = kit_add(kit, &data, NULL);
	kit_expect(kit, &content, &data);
}

static void test_writer__state_at_each_chunk_is_kept(void **state)
{
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_filemap map DSV_AUTO(filemap) = DSV_FILEMAP_INIT;
	struct kit *kit = *state;
	struct dsv_content content;
	uint8_t reader = 0;
	size_t at = 0;

	for (size_t i = 0; i < 20; i++) {
		kit_rows(&data, i * 1000, 300);
		dsv_buf_addch(&data, '"');
	}
	content = kit_add(kit, &data, NULL);
	assert_int_equal(dsv_filemap_load(&map, kit->store, &content), 0);
	assert_true(map.n > 20);
	for (size_t i = 0; i < map.n; i++) {
		assert_int_equal(map.extents[i].state, reader);
		reader = kit_step(reader, data.data + at, map.extents[i].len);
		at += map.extents[i].len;
	}
}

static void test_writer__the_same_again_writes_nothing(void **state)
{
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;
	struct kit *kit = *state;

	kit_rows(&data, 0, 5000);
	kit_add(kit, &data, NULL);
	kit_add(kit, &data, NULL);
	assert_int_equal(kit_stats(kit).packs, 1);
}

static void test_writer__equal_chunks_are_stored_once(void **state)
{
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf twice DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_writer *writer DSV_AUTO(writer) = NULL;
	struct kit *kit = *state;
	struct dsv_content a;
	struct dsv_content b;
	uint64_t once;

	kit_rows(&data, 0, 20000);
	kit_add(kit, &data, NULL);
	once = kit_stats(kit).bytes;
	dsv_buf_add(&twice, data.data, data.len);
	dsv_buf_add(&twice, data.data, data.len);
	assert_int_equal(dsv_writer_open(&writer, kit->store), 0);
	kit_put(writer, &twice, NULL, &a);
	kit_put(writer, &twice, NULL, &b);
	assert_int_equal(dsv_writer_commit(writer), 0);
	assert_true(kit_stats(kit).bytes < once + 30000);
	kit_expect(kit, &a, &twice);
}

static void test_writer__scattered_edits_cost_little(void **state)
{
	struct dsv_buf old DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf new DSV_AUTO(buf) = DSV_BUF_INIT;
	struct kit *kit = *state;
	struct dsv_content first;
	struct dsv_content second;
	uint64_t before;

	kit_rows(&old, 0, 50000);
	for (size_t i = 0; i < 50000; i++)
		kit_row(&new, i, i % 1000 ? "cat" : "dog");
	first = kit_add(kit, &old, NULL);
	before = kit_stats(kit).bytes;
	second = kit_add(kit, &new, &first);
	assert_true(kit_stats(kit).bytes - before < 50 * 300);
	kit_reopen(kit);
	kit_expect(kit, &first, &old);
	kit_expect(kit, &second, &new);
}

static uint8_t deepest(struct kit *kit, const struct dsv_content *content)
{
	struct dsv_filemap map DSV_AUTO(filemap) = DSV_FILEMAP_INIT;
	struct dsv_buf body DSV_AUTO(buf) = DSV_BUF_INIT;
	uint8_t most = 0;

	assert_int_equal(dsv_filemap_load(&map, kit->store, content), 0);
	for (size_t i = 0; i < map.n; i++) {
		uint8_t depth = DSV_DELTA_DEPTH_MAX;
		int rc = dsv_store_base(kit->store, DSV_OBJECT_CHUNK,
					&map.extents[i].id, &body, &depth);

		assert_true(rc == 0 || depth == DSV_DELTA_DEPTH_MAX);
		if (depth > most)
			most = depth;
	}
	return most;
}

static void test_writer__chains_of_deltas_are_bounded(void **state)
{
	struct kit *kit = *state;
	struct dsv_content content = {0};
	uint8_t most = 0;

	for (unsigned version = 0; version < 20; version++) {
		struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;
		char label[16];
		struct dsv_content next;

		snprintf(label, sizeof(label), "v%u", version);
		kit_rows(&data, 0, 300);
		kit_row(&data, 300, label);
		kit_rows(&data, 301, 300);
		next = kit_add(kit, &data, version ? &content : NULL);
		content = next;
		kit_expect(kit, &content, &data);
		if (deepest(kit, &content) > most)
			most = deepest(kit, &content);
	}
	assert_int_equal(most, DSV_DELTA_DEPTH_MAX);
}

static void test_writer__without_commit_nothing_is_left(void **state)
{
	struct dsv_strlist names DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_writer *writer = NULL;
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;
	struct kit *kit = *state;
	char *tmp DSV_AUTO(str) = dsv_fs_join(kit->dir, "tmp");
	struct dsv_content content;

	kit_rows(&data, 0, 200000);
	assert_int_equal(dsv_writer_open(&writer, kit->store), 0);
	kit_put(writer, &data, NULL, &content);
	dsv_writer_free(&writer);
	assert_int_equal(dsv_fs_list(tmp, &names), 0);
	assert_int_equal(names.n, 0);
	assert_int_equal(kit_stats(kit).packs, 0);
	assert_int_equal(dsv_store_has_content(kit->store, &content), 0);
}

/* A stream that breaks off after n pieces. */
struct broken {
	struct dsv_stream stream;
	const struct dsv_buf *data;
	int left;
};

static int broken_next(struct dsv_stream *in, const char **out, size_t *out_len)
{
	struct broken *broken = (struct broken *)in;

	if (broken->left-- == 0)
		return dsv_fail(DSV_EIO, "the stream broke");
	*out = broken->data->data;
	*out_len = broken->data->len;
	return 1;
}

static void test_writer__broken_stream_spoils_only_its_content(void **state)
{
	struct dsv_writer *writer DSV_AUTO(writer) = NULL;
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;
	struct kit *kit = *state;
	struct broken broken = {
		.stream = {.next = broken_next}, .data = &data, .left = 3};
	struct dsv_writer_opts opts = {.cutting = kit_lines};
	struct dsv_content content;
	struct dsv_content none = {0};

	kit_rows(&data, 0, 30000);
	assert_int_equal(dsv_writer_open(&writer, kit->store), 0);
	assert_int_equal(dsv_writer_add(writer, &broken.stream, &opts, &none),
			 DSV_EIO);
	assert_string_equal(dsv_error_message(), "the stream broke");
	kit_put(writer, &data, NULL, &content);
	assert_int_equal(dsv_writer_commit(writer), 0);
	kit_expect(kit, &content, &data);
}

static void test_writer__many_small_contents_share_a_pack(void **state)
{
	enum { N = 3000 };
	struct dsv_writer *writer DSV_AUTO(writer) = NULL;
	struct dsv_content *contents = dsv_alloc_zero(N, sizeof(*contents));
	struct kit *kit = *state;

	assert_int_equal(dsv_writer_open(&writer, kit->store), 0);
	for (size_t i = 0; i < N; i++) {
		struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;

		kit_rows(&data, i, i % 40 + 1);
		kit_put(writer, &data, NULL, &contents[i]);
	}
	assert_int_equal(dsv_writer_commit(writer), 0);
	kit_reopen(kit);
	assert_int_equal(kit_stats(kit).packs, 1);
	for (size_t i = 0; i < N; i++) {
		struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;

		kit_rows(&data, i, i % 40 + 1);
		kit_expect(kit, &contents[i], &data);
	}
	free(contents);
}

static void test_store__sees_packs_of_other_processes(void **state)
{
	struct dsv_store *other DSV_AUTO(store) = NULL;
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;
	struct kit *kit = *state;
	struct dsv_content content;

	assert_int_equal(dsv_store_open(&other, kit->dir, kit->pool), 0);
	kit_rows(&data, 0, 10);
	dsv_id_of(data.data, data.len, &content.id);
	assert_int_equal(dsv_store_has(other, DSV_OBJECT_CHUNK, &content.id),
			 0);
	content = kit_add(kit, &data, NULL);
	assert_int_equal(dsv_store_has(other, DSV_OBJECT_CHUNK, &content.id),
			 1);
}

struct fetcher {
	struct kit *kit;
	const struct dsv_buf *data;
	int n_asked;
};

static int bring(void *ctx, enum dsv_object type, const struct dsv_id *ids,
		 size_t n)
{
	struct fetcher *fetcher = ctx;

	(void)type;
	(void)ids;
	assert_int_equal(n, 1);
	fetcher->n_asked++;
	if (!fetcher->data)
		return 0;
	kit_add(fetcher->kit, fetcher->data, NULL);
	return 1;
}

static void test_store__missing_is_asked_for_then_said(void **state)
{
	struct dsv_store *store DSV_AUTO(store) = NULL;
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf got DSV_AUTO(buf) = DSV_BUF_INIT;
	struct kit *kit = *state;
	struct fetcher fetcher = {.kit = kit};
	struct dsv_id id;

	kit_rows(&data, 0, 10);
	dsv_id_of(data.data, data.len, &id);
	assert_int_equal(dsv_store_open(&store, kit->dir, NULL), 0);
	dsv_store_set_fetch(store, bring, &fetcher);
	assert_int_equal(dsv_store_get(store, DSV_OBJECT_CHUNK, &id, &got),
			 DSV_EMISSING);
	assert_int_equal(fetcher.n_asked, 1);
	fetcher.data = &data;
	assert_int_equal(dsv_store_get(store, DSV_OBJECT_CHUNK, &id, &got), 0);
	assert_int_equal(got.len, data.len);
}

struct parallel {
	struct kit *kit;
	const struct dsv_content *content;
	const struct dsv_buf *data;
};

static void *read_it(void *ctx)
{
	struct parallel *job = ctx;

	for (unsigned i = 0; i < 3; i++)
		kit_expect(job->kit, job->content, job->data);
	return NULL;
}

static void test_store__threads_read_at_once(void **state)
{
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;
	struct kit *kit = *state;
	struct dsv_content content;
	struct parallel job = {.kit = kit, .content = &content, .data = &data};
	pthread_t threads[4];

	kit_rows(&data, 0, 100000);
	content = kit_add(kit, &data, NULL);
	kit_reopen(kit);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(
			pthread_create(&threads[i], NULL, read_it, &job), 0);
	for (size_t i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
}

#define IN_STORE(test) \
	cmocka_unit_test_setup_teardown(test, kit_setup, kit_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_STORE(test_writer__no_bytes_need_no_pack),
		IN_STORE(test_writer__short_content_is_one_chunk_of_its_name),
		IN_STORE(test_writer__long_content_comes_back),
		IN_STORE(test_writer__a_file_is_read_like_memory),
		IN_STORE(test_writer__any_bytes_come_back),
		IN_STORE(test_writer__state_at_each_chunk_is_kept),
		IN_STORE(test_writer__the_same_again_writes_nothing),
		IN_STORE(test_writer__equal_chunks_are_stored_once),
		IN_STORE(test_writer__scattered_edits_cost_little),
		IN_STORE(test_writer__chains_of_deltas_are_bounded),
		IN_STORE(test_writer__without_commit_nothing_is_left),
		IN_STORE(test_writer__broken_stream_spoils_only_its_content),
		IN_STORE(test_writer__many_small_contents_share_a_pack),
		IN_STORE(test_store__sees_packs_of_other_processes),
		IN_STORE(test_store__missing_is_asked_for_then_said),
		IN_STORE(test_store__threads_read_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
