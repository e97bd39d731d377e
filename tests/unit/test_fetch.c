#include "transfer_kit.h"

static void test_fetch__goes_on_where_it_stopped(void **state)
{
	struct pair pair PAIR = {0};
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_transfer_stats stats;
	struct dsv_content content;
	char *pack DSV_AUTO(str) = NULL;
	struct stat st;

	(void)state;
	pair_open(&pair);
	table(&data, 60000, 0, "word");
	store(pair.a, &data, 1, NULL, &content);
	assert_ok(send(&pair, &content, 1, &stats));
	pack = file_there(&pair, ".pack");
	assert_int_equal(stat(pack, &st), 0);
	sh("mkdir -p ../b/.git/dsv/tmp/fetch && head -c %lld %s "
	   ">../b/.git/dsv/tmp/fetch/$(basename %s)",
	   (long long)st.st_size - 1000, pack, pack);
	assert_ok(fetch(&pair, &content, 1, &stats));
	assert_true(stats.bytes < (uint64_t)st.st_size / 2);
	expect(pair.b, &content, &data);
}

static void test_fetch__a_part_of_other_bytes_is_thrown_away(void **state)
{
	struct pair pair PAIR = {0};
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_transfer_stats stats;
	struct dsv_content content;
	char *pack DSV_AUTO(str) = NULL;

	(void)state;
	pair_open(&pair);
	table(&data, 60000, 0, "word");
	store(pair.a, &data, 1, NULL, &content);
	assert_ok(send(&pair, &content, 1, &stats));
	pack = file_there(&pair, ".pack");
	sh("mkdir -p ../b/.git/dsv/tmp/fetch && echo nonsense "
	   ">../b/.git/dsv/tmp/fetch/$(basename %s)",
	   pack);
	assert_int_equal(fetch(&pair, &content, 1, &stats), DSV_ECORRUPT);
	assert_int_equal(packs_in("../b/.git/dsv/packs"), 0);
	assert_ok(fetch(&pair, &content, 1, &stats));
	expect(pair.b, &content, &data);
}

static void test_fetch__a_damaged_pack_is_not_taken(void **state)
{
	struct pair pair PAIR = {0};
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_transfer_stats stats;
	struct dsv_content content;
	char *pack DSV_AUTO(str) = NULL;

	(void)state;
	pair_open(&pair);
	table(&data, 5000, 0, "word");
	store(pair.a, &data, 1, NULL, &content);
	assert_ok(send(&pair, &content, 1, &stats));
	pack = file_there(&pair, ".pack");
	flip(pack, 200);
	assert_int_equal(fetch(&pair, &content, 1, &stats), DSV_ECORRUPT);
	assert_non_null(strstr(dsv_error_message(), "damaged there"));
	assert_int_equal(packs_in("../b/.git/dsv/packs"), 0);
}

static void test_fetch__a_damaged_index_is_not_taken(void **state)
{
	struct pair pair PAIR = {0};
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_transfer_stats stats;
	struct dsv_content content;
	char *idx DSV_AUTO(str) = NULL;

	(void)state;
	pair_open(&pair);
	table(&data, 5000, 0, "word");
	store(pair.a, &data, 1, NULL, &content);
	assert_ok(send(&pair, &content, 1, &stats));
	idx = file_there(&pair, ".idx");
	flip(idx, -40);
	assert_int_equal(fetch(&pair, &content, 1, &stats), DSV_ECORRUPT);
	assert_non_null(strstr(dsv_error_message(), "damaged there"));
	sh("truncate -s 100 %s", idx);
	assert_int_equal(fetch(&pair, &content, 1, &stats), DSV_ECORRUPT);
	sh("truncate -s 0 %s", idx);
	assert_int_equal(fetch(&pair, &content, 1, &stats), DSV_ECORRUPT);
}

/* A large pack of which little is wanted, so that ranges are asked for. */
static void send_two(struct pair *pair, struct dsv_buf data[2],
		     struct dsv_content contents[2])
{
	struct dsv_transfer_stats stats;

	table(&data[0], 400000, 0, "word");
	table(&data[1], 2000, 0, "other");
	store(pair->a, data, 2, NULL, contents);
	assert_ok(send(pair, contents, 2, &stats));
}

static void two_release(struct dsv_buf (*data)[2])
{
	dsv_buf_release(&(*data)[0]);
	dsv_buf_release(&(*data)[1]);
}

#define TWO __attribute__((cleanup(two_release)))

static void test_fetch__of_a_large_pack_come_the_ranges(void **state)
{
	struct pair pair PAIR = {0};
	struct dsv_buf data[2] TWO = {DSV_BUF_INIT, DSV_BUF_INIT};
	struct dsv_content contents[2];
	struct dsv_transfer_stats stats;

	(void)state;
	pair_open(&pair);
	send_two(&pair, data, contents);
	assert_ok(fetch(&pair, &contents[1], 1, &stats));
	assert_int_equal(stats.packs, 0);
	assert_true(stats.bytes < data[0].len / 10);
	expect(pair.b, &contents[1], &data[1]);
	assert_ok(fetch(&pair, contents, 2, &stats));
	expect(pair.b, &contents[0], &data[0]);
}

/* Every byte of the pack is another one, beside its frame of a pack. */
static void test_fetch__damaged_ranges_are_not_taken(void **state)
{
	struct pair pair PAIR = {0};
	struct dsv_buf data[2] TWO = {DSV_BUF_INIT, DSV_BUF_INIT};
	struct dsv_content contents[2];
	struct dsv_transfer_stats stats;
	char *pack DSV_AUTO(str) = NULL;
	struct stat st;
	int rc;

	(void)state;
	pair_open(&pair);
	send_two(&pair, data, contents);
	pack = file_there(&pair, ".pack");
	assert_int_equal(stat(pack, &st), 0);
	chmod(pack, 0600);
	for (long at = 20; at < st.st_size - 100; at += 50)
		flip(pack, at);
	rc = fetch(&pair, &contents[1], 1, &stats);
	assert_int_equal(rc, DSV_ECORRUPT);
	assert_int_equal(packs_in("../b/.git/dsv/packs"), 0);
}

/* The index is well formed and says what is not so. */
static void test_fetch__an_index_that_lies_is_found_out(void **state)
{
	struct pair pair PAIR = {0};
	struct dsv_buf data[2] TWO = {DSV_BUF_INIT, DSV_BUF_INIT};
	struct dsv_content contents[2];
	struct dsv_transfer_stats stats;
	struct dsv_packidx idx DSV_AUTO(packidx) = DSV_PACKIDX_INIT;
	struct dsv_packidx_entry *entries;
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;
	char *path DSV_AUTO(str) = NULL;
	FILE *file;

	(void)state;
	pair_open(&pair);
	send_two(&pair, data, contents);
	path = file_there(&pair, ".idx");
	assert_ok(dsv_packidx_open(&idx, path));
	entries = dsv_alloc_zero(idx.n, sizeof(*entries));
	for (size_t i = 0; i < idx.n; i++) {
		dsv_packidx_at(&idx, i, &entries[i]);
		entries[i].offset =
			i % 3 ? entries[i].offset + 1 : idx.pack_size - 5;
	}
	dsv_packidx_write(entries, idx.n, &idx.pack_id, idx.pack_size, &out);
	free(entries);
	assert_int_equal(unlink(path), 0);
	file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(out.data, 1, out.len, file), out.len);
	fclose(file);
	assert_int_equal(fetch(&pair, &contents[1], 1, &stats), DSV_ECORRUPT);
	assert_int_equal(packs_in("../b/.git/dsv/packs"), 0);
}

static void test_fetch__an_index_without_its_pack_is_passed_over(void **state)
{
	struct pair pair PAIR = {0};
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_transfer_stats stats;
	struct dsv_content content;
	char *pack DSV_AUTO(str) = NULL;

	(void)state;
	pair_open(&pair);
	table(&data, 5000, 0, "word");
	store(pair.a, &data, 1, NULL, &content);
	assert_ok(send(&pair, &content, 1, &stats));
	pack = file_there(&pair, ".pack");
	assert_int_equal(unlink(pack), 0);
	assert_int_equal(fetch(&pair, &content, 1, &stats), DSV_EMISSING);
	/* whoever has it sends it again */
	assert_ok(send(&pair, &content, 1, &stats));
	assert_ok(fetch(&pair, &content, 1, &stats));
	expect(pair.b, &content, &data);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		gitrepo_test(test_fetch__goes_on_where_it_stopped),
		gitrepo_test(test_fetch__a_part_of_other_bytes_is_thrown_away),
		gitrepo_test(test_fetch__a_damaged_pack_is_not_taken),
		gitrepo_test(test_fetch__a_damaged_index_is_not_taken),
		gitrepo_test(test_fetch__of_a_large_pack_come_the_ranges),
		gitrepo_test(test_fetch__damaged_ranges_are_not_taken),
		gitrepo_test(test_fetch__an_index_that_lies_is_found_out),
		gitrepo_test(
			test_fetch__an_index_without_its_pack_is_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
