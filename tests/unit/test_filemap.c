#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/digest.h"
#include "store/lines.h"
#include "store/mapcode.h"
#include "storekit.h"

static void expect_bytes(const struct dsv_buf *got, const char *golden)
{
	struct dsv_buf want DSV_AUTO(buf) = DSV_BUF_INIT;

	kit_slurp(golden, &want);
	assert_int_equal(got->len, want.len);
	assert_memory_equal(got->data, want.data, want.len);
}

/* The examples of docs/formats/filemap.md. */
static void test_filemap__golden_bytes_are_written(void **state)
{
	struct dsv_extent extents[2] = {{.len = 15, .lines = 2},
					{.len = 6, .lines = 1}};
	struct dsv_maproot_node node = {.n = 2, .bytes = 21};
	struct dsv_maproot root = {.scan_kind = 1, .nodes = &node, .n = 1};
	struct dsv_buf node_bytes DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf root_bytes DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	dsv_id_of("id,label\n1,cat\n", 15, &extents[0].id);
	dsv_id_of("2,dog\n", 6, &extents[1].id);
	dsv_mapnode_write(extents, 2, &node_bytes);
	expect_bytes(&node_bytes, "tests/data/two.node");
	dsv_id_of("id,label\n1,cat\n2,dog\n", 21, &root.content.id);
	root.content.size = 21;
	dsv_id_of(node_bytes.data, node_bytes.len, &node.id);
	dsv_maproot_write(&root, &root_bytes);
	expect_bytes(&root_bytes, "tests/data/two.root");
}

static void test_filemap__golden_bytes_are_read(void **state)
{
	struct dsv_maproot root DSV_AUTO(maproot) = DSV_MAPROOT_INIT;
	struct dsv_buf bytes DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_extent extents[2];

	(void)state;
	kit_slurp("tests/data/two.root", &bytes);
	assert_int_equal(dsv_maproot_read(&root, bytes.data, bytes.len), 0);
	assert_int_equal(root.n, 1);
	assert_int_equal(root.n_extents, 2);
	assert_int_equal(root.content.size, 21);
	assert_int_equal(
		dsv_maproot_verify(bytes.data, bytes.len, &root.content.id), 0);
	assert_int_equal(
		dsv_maproot_verify(bytes.data, bytes.len, &root.nodes[0].id),
		DSV_ECORRUPT);
	kit_slurp("tests/data/two.node", &bytes);
	assert_int_equal(dsv_mapnode_read(extents, 2, bytes.data, bytes.len),
			 0);
	assert_int_equal(extents[1].len, 6);
	assert_int_equal(dsv_mapnode_read(extents, 1, bytes.data, bytes.len),
			 DSV_ECORRUPT);
}

static void test_filemap__root_remembers_the_dictionary(void **state)
{
	struct dsv_maproot root = {.has_dict = true, .dict = {{1, 2, 3}}};
	struct dsv_maproot back DSV_AUTO(maproot) = DSV_MAPROOT_INIT;
	struct dsv_buf bytes DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	dsv_maproot_write(&root, &bytes);
	assert_int_equal(dsv_maproot_read(&back, bytes.data, bytes.len), 0);
	assert_true(back.has_dict && dsv_id_equal(&back.dict, &root.dict));
}

static void test_filemap__truncated_is_refused(void **state)
{
	struct dsv_maproot root = DSV_MAPROOT_INIT;
	struct dsv_buf bytes DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_extent extents[2];

	(void)state;
	kit_slurp("tests/data/two.root", &bytes);
	for (size_t i = 0; i < bytes.len; i++)
		assert_true(dsv_maproot_read(&root, bytes.data, i) < 0);
	kit_slurp("tests/data/two.node", &bytes);
	for (size_t i = 0; i < bytes.len; i++)
		assert_true(dsv_mapnode_read(extents, 2, bytes.data, i) < 0);
}

static void test_filemap__flipped_bits_are_found(void **state)
{
	struct dsv_buf bytes DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_id id;

	(void)state;
	dsv_id_of("id,label\n1,cat\n2,dog\n", 21, &id);
	kit_slurp("tests/data/two.root", &bytes);
	for (size_t bit = 0; bit < bytes.len * 8; bit++) {
		bytes.data[bit / 8] ^= (char)(1 << bit % 8);
		assert_true(dsv_maproot_verify(bytes.data, bytes.len, &id) < 0);
		bytes.data[bit / 8] ^= (char)(1 << bit % 8);
	}
}

static void test_filemap__nodes_are_cut_by_names(void **state)
{
	enum { N = 20000 };
	struct dsv_extent *extents = dsv_alloc_zero(N, sizeof(*extents));
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < N; i++)
		dsv_id_of(&i, sizeof(i), &extents[i].id);
	for (size_t at = 0; at < N; n++) {
		size_t len = dsv_mapnode_cut(extents + at, N - at);

		assert_in_range(len, 1, DSV_NODE_EXTENTS_MAX);
		at += len;
		if (at < N && len < DSV_NODE_EXTENTS_MAX) {
			assert_true(len >= DSV_NODE_EXTENTS_MIN);
			assert_int_equal(extents[at - 1].id.bytes[31], 0);
		}
	}
	assert_in_range(n, N / 600, N / 150);
	free(extents);
}

static void test_filemap__load_wants_the_right_size(void **state)
{
	struct dsv_filemap map DSV_AUTO(filemap) = DSV_FILEMAP_INIT;
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;
	struct kit *kit = *state;
	struct dsv_content content;

	kit_rows(&data, 0, 10);
	content = kit_add(kit, &data, NULL);
	content.size++;
	assert_int_equal(dsv_filemap_load(&map, kit->store, &content),
			 DSV_ECORRUPT);
	kit_rows(&data, 10, 1000);
	content = kit_add(kit, &data, NULL);
	content.size--;
	assert_int_equal(dsv_filemap_load(&map, kit->store, &content),
			 DSV_ECORRUPT);
	content.size = 0;
	assert_int_equal(dsv_filemap_load(&map, kit->store, &content),
			 DSV_ECORRUPT);
}

static void test_filemap__missing_content_is_said(void **state)
{
	struct dsv_filemap map DSV_AUTO(filemap) = DSV_FILEMAP_INIT;
	struct kit *kit = *state;
	struct dsv_content content = {.id = {{1}}, .size = 10};

	assert_int_equal(dsv_filemap_load(&map, kit->store, &content),
			 DSV_EMISSING);
	content.size = 10u << 20;
	assert_int_equal(dsv_filemap_load(&map, kit->store, &content),
			 DSV_EMISSING);
	assert_int_equal(dsv_store_has_content(kit->store, &content), 0);
}

static void test_lines__are_counted(void **state)
{
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;
	size_t n = 0;

	(void)state;
	assert_int_equal(dsv_count_lines("", 0), 0);
	kit_noise(&data, 100000, 4);
	memset(data.data + 20000, '\n', 9000);
	for (size_t i = 0; i < data.len; i++)
		n += data.data[i] == '\n';
	assert_int_equal(dsv_count_lines(data.data, data.len), n);
	assert_int_equal(dsv_count_lines(data.data + 20000, 8999), 8999);
}

#define IN_STORE(test) \
	cmocka_unit_test_setup_teardown(test, kit_setup, kit_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_filemap__golden_bytes_are_written),
		cmocka_unit_test(test_filemap__golden_bytes_are_read),
		cmocka_unit_test(test_filemap__root_remembers_the_dictionary),
		cmocka_unit_test(test_filemap__truncated_is_refused),
		cmocka_unit_test(test_filemap__flipped_bits_are_found),
		cmocka_unit_test(test_filemap__nodes_are_cut_by_names),
		IN_STORE(test_filemap__load_wants_the_right_size),
		IN_STORE(test_filemap__missing_content_is_said),
		cmocka_unit_test(test_lines__are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
