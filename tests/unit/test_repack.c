#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/digest.h"
#include "base/map.h"
#include "store/objects.h"
#include "store/packing.h"
#include "store/repack.h"
#include "storekit.h"

#define VERSIONS 12u /* more than a chain of deltas may be long */

struct table {
	struct dsv_buf data[VERSIONS];
	struct dsv_content content[VERSIONS];
	size_t n;
};

static void table_release(struct table *table)
{
	for (size_t i = 0; i < VERSIONS; i++)
		dsv_buf_release(&table->data[i]);
}

#define TABLE __attribute__((cleanup(table_release)))

/* Each version differs from the one before in a few places. */
static void make_table(struct kit *kit, struct table *table, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct dsv_buf *data = &table->data[i];

		for (size_t row = 0; row < 4000; row++)
			kit_row(data, row, row % 500 <= i ? "dog" : "cat");
		table->content[i] =
			kit_add(kit, data, i ? &table->content[i - 1] : NULL);
	}
	table->n = n;
}

static int add_part(void *ctx, enum dsv_object type, const struct dsv_id *id)
{
	return dsv_repack_add(ctx, type, id);
}

static void add_content(struct kit *kit, struct dsv_repack *repack,
			const struct dsv_content *content)
{
	if (dsv_content_parts(kit->store, content, add_part, repack) < 0)
		fail_msg("%s", dsv_error_message());
}

/* A second store, made of packs of the first one. */
static struct kit *other_kit(void)
{
	void *other;

	kit_setup(&other);
	return other;
}

static void drop_kit(struct kit *kit)
{
	void *other = kit;

	kit_teardown(&other);
}

static char *packs_of(const struct kit *kit)
{
	char *packs = dsv_fs_join(kit->dir, "packs");

	assert_int_equal(dsv_fs_mkdirs(packs), 0);
	return packs;
}

static struct dsv_repack *open_repack(struct kit *from, struct kit *to)
{
	char *packs DSV_AUTO(str) = packs_of(to);
	struct dsv_repack *repack;

	assert_int_equal(dsv_repack_open(&repack, from->store, packs), 0);
	return repack;
}

static struct dsv_id commit(struct dsv_repack *repack)
{
	struct dsv_id id;

	if (dsv_repack_commit(repack, &id) != 1)
		fail_msg("%s", dsv_error_message());
	return id;
}

static void test_repack__all_versions_read_equal_from_the_copy(void **state)
{
	struct kit *kit = *state;
	struct kit *other = other_kit();
	struct dsv_repack *repack DSV_AUTO(repack) = open_repack(kit, other);
	struct table table TABLE = {.n = 0};
	struct dsv_buf noise DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_content content;

	make_table(kit, &table, VERSIONS);
	kit_noise(&noise, 300000, 1);
	content = kit_add(kit, &noise, NULL);
	for (size_t i = VERSIONS; i-- > 0;)
		add_content(kit, repack, &table.content[i]);
	add_content(kit, repack, &content);
	commit(repack);
	for (size_t i = 0; i < VERSIONS; i++)
		kit_expect(other, &table.content[i], &table.data[i]);
	kit_expect(other, &content, &noise);
	drop_kit(other);
}

static void test_repack__frames_are_copied_and_not_made_anew(void **state)
{
	struct kit *kit = *state;
	struct kit *other = other_kit();
	struct dsv_repack *repack DSV_AUTO(repack) = open_repack(kit, other);
	struct table table TABLE = {.n = 0};

	make_table(kit, &table, VERSIONS);
	for (size_t i = VERSIONS; i-- > 0;)
		add_content(kit, repack, &table.content[i]);
	commit(repack);
	assert_true(kit_stats(other).bytes < kit_stats(kit).bytes);
	assert_true(kit_stats(other).objects <= kit_stats(kit).objects);
	drop_kit(other);
}

static void test_repack__each_object_stands_there_once(void **state)
{
	struct kit *kit = *state;
	struct kit *other = other_kit();
	struct dsv_repack *repack DSV_AUTO(repack) = open_repack(kit, other);
	struct table table TABLE = {.n = 0};
	struct dsv_packidx idx DSV_AUTO(packidx) = DSV_PACKIDX_INIT;

	make_table(kit, &table, 2);
	add_content(kit, repack, &table.content[1]);
	add_content(kit, repack, &table.content[1]);
	commit(repack);
	char *path DSV_AUTO(str) = kit_file(other, ".idx");

	assert_int_equal(dsv_packidx_open(&idx, path), 0);
	assert_int_equal(dsv_packidx_verify(&idx), 0);
	drop_kit(other);
}

struct offsets {
	struct kit *kit;
	uint64_t last;
	size_t n;
};

static int expect_behind(void *ctx, enum dsv_object type,
			 const struct dsv_id *id)
{
	struct offsets *offsets = ctx;
	struct dsv_copy copy;

	assert_int_equal(dsv_store_copy(offsets->kit->store, type, id, &copy),
			 1);
	assert_true(copy.offset > offsets->last);
	offsets->last = copy.offset;
	offsets->n++;
	return 0;
}

static void test_repack__chunks_stand_in_the_order_of_the_file(void **state)
{
	struct kit *kit = *state;
	struct kit *other = other_kit();
	struct dsv_repack *repack DSV_AUTO(repack) = open_repack(kit, other);
	struct table table TABLE = {.n = 0};
	struct offsets offsets = {.kit = other};

	make_table(kit, &table, 2);
	add_content(kit, repack, &table.content[1]);
	commit(repack);
	assert_int_equal(dsv_store_refresh(other->store), 0);
	assert_int_equal(dsv_content_parts(other->store, &table.content[1],
					   expect_behind, &offsets),
			 0);
	assert_true(offsets.n > 10);
	drop_kit(other);
}

static int add_name(void *ctx, enum dsv_object type, const struct dsv_id *id)
{
	(void)type;
	dsv_map_put(ctx, id, sizeof(*id));
	return 0;
}

static int is_in_map(void *ctx, enum dsv_object type, const struct dsv_id *id)
{
	(void)type;
	return dsv_map_get(ctx, id, sizeof(*id)) != NULL;
}

static void test_repack__bases_that_the_reader_has_stay_away(void **state)
{
	struct kit *kit = *state;
	struct kit *other = other_kit();
	struct dsv_repack *first DSV_AUTO(repack) = open_repack(kit, other);
	struct dsv_repack *second DSV_AUTO(repack) = open_repack(kit, other);
	struct table table TABLE = {.n = 0};
	struct dsv_map had DSV_AUTO(map) = DSV_MAP_INIT;
	struct dsv_store_stats before;

	make_table(kit, &table, 2);
	add_content(kit, first, &table.content[0]);
	commit(first);
	before = kit_stats(other);
	assert_int_equal(dsv_content_parts(kit->store, &table.content[0],
					   add_name, &had),
			 0);
	dsv_repack_set_has(second, is_in_map, &had);
	add_content(kit, second, &table.content[1]);
	commit(second);
	assert_true(kit_stats(other).bytes - before.bytes <
		    before.bytes + before.bytes / 2);
	kit_expect(other, &table.content[1], &table.data[1]);
	drop_kit(other);
}

static void test_repack__nothing_added_writes_nothing(void **state)
{
	struct kit *kit = *state;
	struct dsv_repack *repack DSV_AUTO(repack) = NULL;
	struct dsv_id id;

	assert_int_equal(dsv_repack_open(&repack, kit->store, NULL), 0);
	assert_int_equal(dsv_repack_commit(repack, &id), 0);
	assert_int_equal(kit_stats(kit).packs, 0);
}

static void test_repack__what_is_not_here_is_missing(void **state)
{
	struct kit *kit = *state;
	struct dsv_repack *repack DSV_AUTO(repack) = NULL;
	struct dsv_content content = {.size = 1u << 20};

	dsv_id_of("x", 1, &content.id);
	assert_int_equal(dsv_repack_open(&repack, kit->store, NULL), 0);
	assert_int_equal(dsv_repack_add(repack, DSV_OBJECT_CHUNK, &content.id),
			 DSV_EMISSING);
	assert_int_equal(
		dsv_content_parts(kit->store, &content, add_part, repack),
		DSV_EMISSING);
}

/* An object as a delta against another, or whole (base NULL). */
static void put_object(struct dsv_packing *packing, const struct dsv_buf *data,
		       const struct dsv_buf *base, unsigned depth)
{
	struct dsv_buf frame DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_coding how = DSV_CODING_INIT;
	struct dsv_id base_id;
	struct dsv_id id;
	size_t entry;

	dsv_id_of(data->data, data->len, &id);
	if (base) {
		dsv_id_of(base->data, base->len, &base_id);
		how.base_ids = &base_id;
		how.n_bases = 1;
		how.base = base->data;
		how.base_len = base->len;
		how.base_depth = (uint8_t)(depth - 1);
	}
	dsv_chunk_encode(DSV_OBJECT_CHUNK, data->data, data->len, &how, &frame);
	entry = dsv_packing_reserve(packing, DSV_OBJECT_CHUNK, &id);
	assert_int_equal(dsv_packing_put(packing, entry, frame.data, frame.len),
			 0);
}

static void commit_packing(struct kit *kit, struct dsv_packing *packing)
{
	char *packs DSV_AUTO(str) = packs_of(kit);
	struct dsv_id id;

	assert_int_equal(dsv_packing_commit(packing, packs, &id), 0);
}

static void make_pair(struct dsv_buf *a, struct dsv_buf *b)
{
	kit_rows(a, 0, 40);
	kit_rows(b, 0, 20);
	kit_row(b, 20, "dog");
	kit_rows(b, 21, 19);
}

static void expect_chunk(struct kit *kit, const struct dsv_buf *data)
{
	struct dsv_buf got DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_id id;

	dsv_id_of(data->data, data->len, &id);
	if (dsv_store_get(kit->store, DSV_OBJECT_CHUNK, &id, &got) < 0)
		fail_msg("%s", dsv_error_message());
	assert_int_equal(got.len, data->len);
	assert_memory_equal(got.data, data->data, got.len);
}

/* Two writers who did not know of each other. */
static void test_repack__no_two_objects_are_made_from_each_other(void **state)
{
	struct kit *kit = *state;
	struct kit *other = other_kit();
	struct dsv_repack *repack DSV_AUTO(repack) = open_repack(kit, other);
	struct dsv_buf a DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf b DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_id id;

	make_pair(&a, &b);
	for (unsigned i = 0; i < 2; i++) {
		struct dsv_packing packing DSV_AUTO(packing);

		dsv_packing_init(&packing, kit->dir);
		put_object(&packing, i ? &b : &a, NULL, 0);
		put_object(&packing, i ? &a : &b, i ? &b : &a, 1);
		commit_packing(kit, &packing);
	}
	dsv_id_of(a.data, a.len, &id);
	assert_int_equal(dsv_repack_add(repack, DSV_OBJECT_CHUNK, &id), 0);
	dsv_id_of(b.data, b.len, &id);
	assert_int_equal(dsv_repack_add(repack, DSV_OBJECT_CHUNK, &id), 0);
	commit(repack);
	expect_chunk(other, &a);
	expect_chunk(other, &b);
	drop_kit(other);
}

static void flip_last_frame(struct kit *kit)
{
	struct dsv_buf bytes DSV_AUTO(buf) = DSV_BUF_INIT;
	char *path DSV_AUTO(str) = kit_file(kit, ".pack");

	kit_slurp(path, &bytes);
	bytes.data[bytes.len - 60] ^= 1;
	kit_overwrite(path, bytes.data, bytes.len);
}

static void test_repack__a_damaged_copy_is_not_copied(void **state)
{
	struct kit *kit = *state;
	struct kit *other = other_kit();
	struct dsv_repack *repack DSV_AUTO(repack) = open_repack(kit, other);
	struct dsv_packing packing DSV_AUTO(packing);
	struct dsv_buf a DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf b DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_packing good DSV_AUTO(packing);
	struct dsv_id id;

	make_pair(&a, &b);
	dsv_packing_init(&packing, kit->dir);
	put_object(&packing, &a, NULL, 0);
	commit_packing(kit, &packing);
	flip_last_frame(kit);
	dsv_packing_init(&good, kit->dir);
	put_object(&good, &b, NULL, 0);
	put_object(&good, &a, &b, 1);
	commit_packing(kit, &good);
	dsv_id_of(a.data, a.len, &id);
	assert_int_equal(dsv_repack_add(repack, DSV_OBJECT_CHUNK, &id), 0);
	commit(repack);
	expect_chunk(other, &a);
	drop_kit(other);
}

/* All frames of a store's only pack, as another would get them. */
struct frames {
	struct dsv_packidx idx;
	struct dsv_pack pack;
	struct dsv_id dicts[DSV_FRAME_DICTS_MAX];
};

static void frames_open(struct frames *frames, struct kit *kit)
{
	char *idx DSV_AUTO(str) = kit_file(kit, ".idx");
	char *pack DSV_AUTO(str) = kit_file(kit, ".pack");

	memset(frames, 0, sizeof(*frames));
	assert_int_equal(dsv_packidx_open(&frames->idx, idx), 0);
	assert_int_equal(dsv_pack_open(&frames->pack, pack), 0);
	for (size_t i = 0; i < frames->pack.n_dicts; i++)
		assert_int_equal(dsv_pack_dict(&frames->pack, (uint8_t)i,
					       &frames->dicts[i]),
				 0);
}

static void frames_release(struct frames *frames)
{
	dsv_packidx_release(&frames->idx);
	dsv_pack_release(&frames->pack);
}

static void frame_at(const struct frames *frames, size_t i,
		     struct dsv_foreign_frame *out)
{
	struct dsv_packidx_entry entry;
	struct dsv_frame frame;
	uint64_t next;

	dsv_packidx_at(&frames->idx, i, &entry);
	assert_int_equal(
		dsv_pack_frame(&frames->pack, entry.offset, &frame, &next), 0);
	*out = (struct dsv_foreign_frame){
		.type = entry.type,
		.id = entry.id,
		.data = frames->pack.data + entry.offset,
		.len = next - entry.offset,
		.dicts = frames->dicts,
		.n_dicts = frames->pack.n_dicts,
	};
}

/* Enough text for a dictionary. */
static struct dsv_content add_much(struct kit *kit, struct dsv_buf *data)
{
	kit_rows(data, 0, 150000);
	return kit_add(kit, data, NULL);
}

static void test_repack__foreign_frames_become_a_pack(void **state)
{
	struct kit *kit = *state;
	struct kit *other = other_kit();
	struct dsv_repack *repack DSV_AUTO(repack) = NULL;
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_foreign_frame frame;
	struct dsv_content content;
	struct frames frames;
	struct dsv_id id;

	content = add_much(kit, &data);
	frames_open(&frames, kit);
	assert_int_equal(frames.pack.n_dicts, 1);
	assert_int_equal(dsv_repack_open(&repack, other->store, NULL), 0);
	for (size_t i = frames.idx.n; i-- > 0;) {
		frame_at(&frames, i, &frame);
		assert_int_equal(dsv_repack_add_frame(repack, &frame), 0);
		assert_int_equal(dsv_repack_add_frame(repack, &frame), 0);
	}
	assert_int_equal(dsv_repack_commit(repack, &id), 1);
	kit_expect(other, &content, &data);
	frames_release(&frames);
	drop_kit(other);
}

static void test_repack__foreign_frames_that_are_cut_are_refused(void **state)
{
	struct kit *kit = *state;
	struct dsv_repack *repack DSV_AUTO(repack) = NULL;
	struct dsv_foreign_frame frame;
	struct table table TABLE = {.n = 0};
	struct frames frames;
	size_t len;

	make_table(kit, &table, 1);
	frames_open(&frames, kit);
	assert_int_equal(dsv_repack_open(&repack, kit->store, NULL), 0);
	frame_at(&frames, 0, &frame);
	for (len = frame.len; len-- > 0;) {
		frame.len = len;
		assert_int_equal(dsv_repack_add_frame(repack, &frame),
				 DSV_ECORRUPT);
	}
	frame_at(&frames, 0, &frame);
	frame.len++;
	assert_int_equal(dsv_repack_add_frame(repack, &frame), DSV_ECORRUPT);
	frames_release(&frames);
}

static void
test_repack__foreign_frames_of_another_type_are_refused(void **state)
{
	struct kit *kit = *state;
	struct dsv_repack *repack DSV_AUTO(repack) = NULL;
	struct dsv_foreign_frame frame;
	struct table table TABLE = {.n = 0};
	struct frames frames;

	make_table(kit, &table, 1);
	frames_open(&frames, kit);
	assert_int_equal(dsv_repack_open(&repack, kit->store, NULL), 0);
	frame_at(&frames, 0, &frame);
	frame.type = frame.type == DSV_OBJECT_CHUNK ? DSV_OBJECT_NODE
						    : DSV_OBJECT_CHUNK;
	assert_int_equal(dsv_repack_add_frame(repack, &frame), DSV_ECORRUPT);
	frames_release(&frames);
}

static void test_repack__foreign_frames_need_their_dictionary(void **state)
{
	struct kit *kit = *state;
	struct dsv_repack *repack DSV_AUTO(repack) = NULL;
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_foreign_frame frame;
	struct frames frames;
	size_t refused = 0;

	add_much(kit, &data);
	frames_open(&frames, kit);
	assert_int_equal(dsv_repack_open(&repack, kit->store, NULL), 0);
	for (size_t i = 0; i < frames.idx.n; i++) {
		frame_at(&frames, i, &frame);
		frame.n_dicts = 0;
		refused += dsv_repack_add_frame(repack, &frame) == DSV_ECORRUPT;
	}
	assert_true(refused > frames.idx.n / 2);
	frames_release(&frames);
}

/* Whatever a flipped bit makes of it: refused at once, or when it is read. */
static void
test_repack__flipped_foreign_frames_give_no_wrong_bytes(void **state)
{
	struct dsv_buf a DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf b DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf frame DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_coding how = DSV_CODING_INIT;

	(void)state;
	make_pair(&a, &b);
	dsv_chunk_encode(DSV_OBJECT_CHUNK, a.data, a.len, &how, &frame);
	for (size_t i = 0; i < frame.len; i += 1 + i / 8) {
		struct dsv_foreign_frame foreign = {.type = DSV_OBJECT_CHUNK,
						    .data = frame.data,
						    .len = frame.len};
		struct kit *other = other_kit();
		struct dsv_repack *repack DSV_AUTO(repack) = NULL;
		struct dsv_buf got DSV_AUTO(buf) = DSV_BUF_INIT;
		struct dsv_id id;

		dsv_id_of(a.data, a.len, &foreign.id);
		frame.data[i] ^= 4;
		assert_int_equal(dsv_repack_open(&repack, other->store, NULL),
				 0);
		if (dsv_repack_add_frame(repack, &foreign) == 0) {
			assert_int_equal(dsv_repack_commit(repack, &id), 1);
			if (dsv_store_get(other->store, DSV_OBJECT_CHUNK,
					  &foreign.id, &got) == 0)
				expect_chunk(other, &a);
		}
		frame.data[i] ^= 4;
		drop_kit(other);
	}
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_repack__all_versions_read_equal_from_the_copy),
		TEST(test_repack__frames_are_copied_and_not_made_anew),
		TEST(test_repack__each_object_stands_there_once),
		TEST(test_repack__chunks_stand_in_the_order_of_the_file),
		TEST(test_repack__bases_that_the_reader_has_stay_away),
		TEST(test_repack__nothing_added_writes_nothing),
		TEST(test_repack__what_is_not_here_is_missing),
		TEST(test_repack__no_two_objects_are_made_from_each_other),
		TEST(test_repack__a_damaged_copy_is_not_copied),
		TEST(test_repack__foreign_frames_become_a_pack),
		TEST(test_repack__foreign_frames_that_are_cut_are_refused),
		TEST(test_repack__foreign_frames_of_another_type_are_refused),
		TEST(test_repack__foreign_frames_need_their_dictionary),
		TEST(test_repack__flipped_foreign_frames_give_no_wrong_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
