#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/digest.h"
#include "store/pack.h"
#include "store/packing.h"
#include "storekit.h"

static void put_raw(struct dsv_packing *packing, const char *text)
{
	struct dsv_buf frame DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_coding how = DSV_CODING_INIT;
	struct dsv_id id;
	size_t entry;

	dsv_id_of(text, strlen(text), &id);
	dsv_chunk_encode(DSV_OBJECT_CHUNK, text, strlen(text), &how, &frame);
	assert_false(dsv_packing_has(packing, DSV_OBJECT_CHUNK, &id));
	entry = dsv_packing_reserve(packing, DSV_OBJECT_CHUNK, &id);
	assert_true(dsv_packing_has(packing, DSV_OBJECT_CHUNK, &id));
	assert_int_equal(dsv_packing_put(packing, entry, frame.data, frame.len),
			 0);
}

static void make_pack(struct kit *kit)
{
	struct dsv_packing packing DSV_AUTO(packing);
	char *packs DSV_AUTO(str) = dsv_fs_join(kit->dir, "packs");
	struct dsv_id id;

	dsv_packing_init(&packing, kit->dir);
	put_raw(&packing, "id,label\n1,cat\n");
	put_raw(&packing, "2,dog\n");
	assert_int_equal(dsv_packing_commit(&packing, packs, &id), 0);
}

static void expect_file(const char *path, const char *golden)
{
	struct dsv_buf got DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf want DSV_AUTO(buf) = DSV_BUF_INIT;

	kit_slurp(path, &got);
	kit_slurp(golden, &want);
	assert_int_equal(got.len, want.len);
	assert_memory_equal(got.data, want.data, want.len);
}

/* The examples of docs/formats/pack.md and index.md. */
static void test_pack__golden_files_are_written_byte_for_byte(void **state)
{
	struct kit *kit = *state;

	make_pack(kit);
	char *pack DSV_AUTO(str) = kit_file(kit, ".pack");
	char *idx DSV_AUTO(str) = kit_file(kit, ".idx");

	expect_file(pack, "tests/data/two.pack");
	expect_file(idx, "tests/data/two.idx");
}

static void test_pack__golden_files_are_read(void **state)
{
	struct dsv_packidx idx DSV_AUTO(packidx) = DSV_PACKIDX_INIT;
	struct dsv_pack pack DSV_AUTO(pack) = DSV_PACK_INIT;
	struct dsv_frame frame;
	struct dsv_id id;
	uint64_t offset;

	(void)state;
	assert_int_equal(dsv_packidx_open(&idx, "tests/data/two.idx"), 0);
	assert_int_equal(dsv_pack_open(&pack, "tests/data/two.pack"), 0);
	assert_int_equal(dsv_packidx_verify(&idx), 0);
	assert_int_equal(dsv_pack_verify(&pack), 0);
	assert_true(dsv_id_equal(&idx.pack_id, &pack.id));
	dsv_id_of("2,dog\n", 6, &id);
	assert_int_equal(dsv_packidx_find(&idx, DSV_OBJECT_CHUNK, &id, &offset),
			 1);
	assert_int_equal(dsv_packidx_find(&idx, DSV_OBJECT_MAP, &id, &offset),
			 0);
	assert_int_equal(dsv_pack_frame(&pack, offset, &frame, NULL), 0);
	assert_memory_equal(frame.payload, "2,dog\n", 6);
}

static void test_pack__nothing_put_writes_nothing(void **state)
{
	struct dsv_packing packing DSV_AUTO(packing);
	struct kit *kit = *state;
	char *packs DSV_AUTO(str) = dsv_fs_join(kit->dir, "packs");
	struct dsv_id id;

	dsv_packing_init(&packing, kit->dir);
	assert_int_equal(dsv_packing_commit(&packing, packs, &id), 0);
	assert_false(dsv_fs_exists(packs));
}

static void test_packidx__finds_each_of_many(void **state)
{
	enum { N = 20000 };
	struct dsv_packidx_entry *entries = dsv_alloc_zero(N, sizeof(*entries));
	struct dsv_buf bytes DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_packidx idx = DSV_PACKIDX_INIT;
	struct dsv_id id;
	uint64_t offset;

	(void)state;
	for (size_t i = 0; i < N; i++) {
		dsv_id_of(&i, sizeof(i), &entries[i].id);
		entries[i].offset = i * 3;
		entries[i].type = DSV_OBJECT_CHUNK;
	}
	dsv_packidx_write(entries, N, &entries[0].id, 1, &bytes);
	free(entries);
	assert_int_equal(dsv_packidx_read(&idx, bytes.data, bytes.len), 0);
	assert_int_equal(dsv_packidx_verify(&idx), 0);
	for (size_t i = 0; i < N; i++) {
		dsv_id_of(&i, sizeof(i), &id);
		assert_int_equal(
			dsv_packidx_find(&idx, DSV_OBJECT_CHUNK, &id, &offset),
			1);
		assert_int_equal(offset, i * 3);
		id.bytes[31] ^= 1;
		assert_int_equal(
			dsv_packidx_find(&idx, DSV_OBJECT_CHUNK, &id, &offset),
			0);
	}
}

static void test_packidx__no_object_is_an_index(void **state)
{
	struct dsv_buf bytes DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_packidx idx = DSV_PACKIDX_INIT;
	struct dsv_id id = {{0}};
	uint64_t offset;

	(void)state;
	dsv_packidx_write(NULL, 0, &id, 1, &bytes);
	assert_int_equal(dsv_packidx_read(&idx, bytes.data, bytes.len), 0);
	assert_int_equal(dsv_packidx_verify(&idx), 0);
	assert_int_equal(dsv_packidx_find(&idx, DSV_OBJECT_CHUNK, &id, &offset),
			 0);
}

static void test_packidx__truncated_is_refused(void **state)
{
	struct dsv_buf bytes DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_packidx idx = DSV_PACKIDX_INIT;

	(void)state;
	kit_slurp("tests/data/two.idx", &bytes);
	for (size_t i = 0; i < bytes.len; i++)
		assert_true(dsv_packidx_read(&idx, bytes.data, i) < 0);
}

/* Reading, finding and walking stay within bounds; verifying finds each. */
static void test_packidx__flipped_bits_are_found(void **state)
{
	struct dsv_buf bytes DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	kit_slurp("tests/data/two.idx", &bytes);
	for (size_t bit = 0; bit < bytes.len * 8; bit++) {
		struct dsv_packidx idx = DSV_PACKIDX_INIT;
		struct dsv_id id = {{0x1f, 0x04, 0x39}};
		uint64_t offset;

		bytes.data[bit / 8] ^= (char)(1 << bit % 8);
		if (dsv_packidx_read(&idx, bytes.data, bytes.len) == 0) {
			dsv_packidx_find(&idx, DSV_OBJECT_CHUNK, &id, &offset);
			assert_int_equal(dsv_packidx_verify(&idx),
					 DSV_ECORRUPT);
		}
		bytes.data[bit / 8] ^= (char)(1 << bit % 8);
	}
}

static void test_pack__truncated_is_refused(void **state)
{
	struct dsv_buf bytes DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_pack pack = DSV_PACK_INIT;

	(void)state;
	kit_slurp("tests/data/two.pack", &bytes);
	for (size_t i = 0; i < bytes.len; i++)
		if (dsv_pack_read(&pack, bytes.data, i) == 0)
			assert_int_equal(dsv_pack_verify(&pack), DSV_ECORRUPT);
}

static void test_pack__flipped_bits_are_found(void **state)
{
	struct dsv_buf bytes DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	kit_slurp("tests/data/two.pack", &bytes);
	for (size_t bit = 0; bit < bytes.len * 8; bit++) {
		struct dsv_pack pack = DSV_PACK_INIT;
		struct dsv_frame frame;

		bytes.data[bit / 8] ^= (char)(1 << bit % 8);
		if (dsv_pack_read(&pack, bytes.data, bytes.len) == 0) {
			dsv_pack_frame(&pack, 16, &frame, NULL);
			assert_int_equal(dsv_pack_verify(&pack), DSV_ECORRUPT);
		}
		bytes.data[bit / 8] ^= (char)(1 << bit % 8);
	}
}

static void test_pack__unknown_version_or_flag_is_named(void **state)
{
	struct dsv_buf bytes DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_packidx idx = DSV_PACKIDX_INIT;
	struct dsv_pack pack = DSV_PACK_INIT;

	(void)state;
	for (size_t at = 8; at <= 12; at += 4) {
		kit_slurp("tests/data/two.pack", &bytes);
		bytes.data[at] = 2;
		assert_int_equal(dsv_pack_read(&pack, bytes.data, bytes.len),
				 DSV_EUNSUPPORTED);
		kit_slurp("tests/data/two.idx", &bytes);
		bytes.data[at] = 2;
		assert_int_equal(dsv_packidx_read(&idx, bytes.data, bytes.len),
				 DSV_EUNSUPPORTED);
	}
}

static void test_pack__offsets_outside_are_refused(void **state)
{
	struct dsv_pack pack DSV_AUTO(pack) = DSV_PACK_INIT;
	struct dsv_frame frame;

	(void)state;
	assert_int_equal(dsv_pack_open(&pack, "tests/data/two.pack"), 0);
	assert_int_equal(dsv_pack_frame(&pack, 0, &frame, NULL), DSV_ECORRUPT);
	assert_int_equal(dsv_pack_frame(&pack, pack.frames_end, &frame, NULL),
			 DSV_ECORRUPT);
	assert_int_equal(dsv_pack_frame(&pack, UINT64_MAX, &frame, NULL),
			 DSV_ECORRUPT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_pack__golden_files_are_written_byte_for_byte,
			kit_setup, kit_teardown),
		cmocka_unit_test(test_pack__golden_files_are_read),
		cmocka_unit_test_setup_teardown(
			test_pack__nothing_put_writes_nothing, kit_setup,
			kit_teardown),
		cmocka_unit_test(test_packidx__finds_each_of_many),
		cmocka_unit_test(test_packidx__no_object_is_an_index),
		cmocka_unit_test(test_packidx__truncated_is_refused),
		cmocka_unit_test(test_packidx__flipped_bits_are_found),
		cmocka_unit_test(test_pack__truncated_is_refused),
		cmocka_unit_test(test_pack__flipped_bits_are_found),
		cmocka_unit_test(test_pack__unknown_version_or_flag_is_named),
		cmocka_unit_test(test_pack__offsets_outside_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
