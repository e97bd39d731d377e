#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store/fsck.h"
#include "storekit.h"

struct findings {
	unsigned n_files; /* packs or indexes */
	unsigned n_objects;
};

static int count(void *ctx, const struct dsv_store_damage *damage)
{
	struct findings *findings = ctx;

	assert_non_null(damage->pack);
	assert_true(damage->fault[0] != '\0');
	if (damage->type)
		findings->n_objects++;
	else
		findings->n_files++;
	return 0;
}

static struct findings check(struct kit *kit)
{
	struct findings findings = {0};
	int rc;

	kit_reopen(kit);
	rc = dsv_store_fsck(kit->store, count, &findings, NULL);
	assert_int_equal(rc, findings.n_files + findings.n_objects);
	return findings;
}

static struct dsv_content add_table(struct kit *kit, struct dsv_buf *data)
{
	kit_rows(data, 0, 3000);
	return kit_add(kit, data, NULL);
}

static void test_fsck__sound_stores_have_no_faults(void **state)
{
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;
	struct kit *kit = *state;
	struct dsv_content content;

	assert_int_equal(check(kit).n_files, 0);
	content = add_table(kit, &data);
	kit_row(&data, 3000, "dog");
	kit_add(kit, &data, &content);
	assert_int_equal(check(kit).n_files + check(kit).n_objects, 0);
}

/* The middle of the pack lies in some chunk. */
static void flip_middle(const char *path)
{
	struct dsv_buf bytes DSV_AUTO(buf) = DSV_BUF_INIT;

	kit_slurp(path, &bytes);
	bytes.data[bytes.len / 2] ^= 4;
	kit_overwrite(path, bytes.data, bytes.len);
}

static void test_fsck__flipped_bit_names_pack_and_object(void **state)
{
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf got DSV_AUTO(buf) = DSV_BUF_INIT;
	struct kit *kit = *state;
	struct dsv_content content = add_table(kit, &data);
	char *pack DSV_AUTO(str) = kit_file(kit, ".pack");
	struct findings findings;

	flip_middle(pack);
	findings = check(kit);
	assert_int_equal(findings.n_files, 1);
	assert_int_equal(findings.n_objects, 1);
	assert_int_equal(kit_read(kit, &content, &got), DSV_ECORRUPT);
	assert_non_null(strstr(dsv_error_message(), "chunk '"));
	assert_non_null(strstr(dsv_error_message(), ".pack'"));
}

static void test_fsck__damaged_chunk_is_never_handed_on(void **state)
{
	struct dsv_filemap map DSV_AUTO(filemap) = DSV_FILEMAP_INIT;
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf got DSV_AUTO(buf) = DSV_BUF_INIT;
	struct kit *kit = *state;
	struct dsv_content content = add_table(kit, &data);
	char *pack DSV_AUTO(str) = kit_file(kit, ".pack");
	unsigned n_bad = 0;

	flip_middle(pack);
	kit_reopen(kit);
	assert_int_equal(dsv_filemap_load(&map, kit->store, &content), 0);
	for (size_t i = 0; i < map.n; i++) {
		int rc = dsv_filemap_read(kit->store, &map, i, 1, &got);

		assert_true(rc == 0 || rc == DSV_ECORRUPT);
		n_bad += rc != 0;
	}
	assert_int_equal(n_bad, 1);
}

static void test_fsck__damaged_index_is_named_and_left_out(void **state)
{
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf got DSV_AUTO(buf) = DSV_BUF_INIT;
	struct kit *kit = *state;
	struct dsv_content content = add_table(kit, &data);
	char *idx DSV_AUTO(str) = kit_file(kit, ".idx");

	kit_slurp(idx, &got);
	kit_overwrite(idx, got.data, got.len - 9);
	assert_int_equal(check(kit).n_files, 1);
	assert_int_equal(kit_read(kit, &content, &got), DSV_EMISSING);
	assert_non_null(dsv_error_hint());
	/* what was lost can be added again */
	kit_add(kit, &data, NULL);
	kit_expect(kit, &content, &data);
}

static void test_fsck__lost_pack_is_named(void **state)
{
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf got DSV_AUTO(buf) = DSV_BUF_INIT;
	struct kit *kit = *state;
	struct dsv_content content = add_table(kit, &data);
	char *pack DSV_AUTO(str) = kit_file(kit, ".pack");

	assert_int_equal(unlink(pack), 0);
	assert_int_equal(check(kit).n_files, 1);
	assert_int_equal(kit_read(kit, &content, &got), DSV_EMISSING);
}

static void test_fsck__lost_base_is_named(void **state)
{
	struct dsv_buf old DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf new DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf got DSV_AUTO(buf) = DSV_BUF_INIT;
	struct kit *kit = *state;
	struct dsv_content first = add_table(kit, &old);
	char *pack DSV_AUTO(str) = kit_file(kit, ".pack");
	struct dsv_content second;

	kit_row(&new, 0, "dog");
	kit_rows(&new, 1, 2999);
	second = kit_add(kit, &new, &first);
	assert_int_equal(unlink(pack), 0);
	kit_reopen(kit);
	assert_int_equal(kit_read(kit, &second, &got), DSV_EMISSING);
	assert_true(check(kit).n_objects > 0);
}

#define IN_STORE(test) \
	cmocka_unit_test_setup_teardown(test, kit_setup, kit_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_STORE(test_fsck__sound_stores_have_no_faults),
		IN_STORE(test_fsck__flipped_bit_names_pack_and_object),
		IN_STORE(test_fsck__damaged_chunk_is_never_handed_on),
		IN_STORE(test_fsck__damaged_index_is_named_and_left_out),
		IN_STORE(test_fsck__lost_pack_is_named),
		IN_STORE(test_fsck__lost_base_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
