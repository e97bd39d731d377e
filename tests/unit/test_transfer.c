#include "transfer_kit.h"

static void test_transfer__what_is_pushed_is_fetched(void **state)
{
	struct pair pair PAIR = {0};
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_transfer_stats stats;
	struct dsv_content content;

	(void)state;
	pair_open(&pair);
	table(&data, 20000, 0, "word");
	store(pair.a, &data, 1, NULL, &content);
	assert_ok(send(&pair, &content, 1, &stats));
	assert_int_equal(stats.packs, 1);
	assert_ok(fetch(&pair, &content, 1, &stats));
	expect(pair.b, &content, &data);
}

static void test_transfer__what_is_there_is_not_sent_again(void **state)
{
	struct pair pair PAIR = {0};
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_transfer_stats stats;
	struct dsv_content content;
	uint64_t sent;

	(void)state;
	pair_open(&pair);
	table(&data, 3000, 0, "word");
	store(pair.a, &data, 1, NULL, &content);
	assert_ok(send(&pair, &content, 1, &stats));
	sent = pair.from_a->sent;
	assert_ok(send(&pair, &content, 1, &stats));
	assert_int_equal(pair.from_a->sent, sent);
	assert_int_equal(stats.bytes, 0);
}

static void test_push__of_a_pack_just_what_is_needed(void **state)
{
	struct pair pair PAIR = {0};
	struct dsv_buf data[2] = {DSV_BUF_INIT, DSV_BUF_INIT};
	struct dsv_transfer_stats stats;
	struct dsv_content contents[2];
	struct stat st;
	char *pack DSV_AUTO(str) = NULL;

	(void)state;
	pair_open(&pair);
	table(&data[0], 20000, 0, "word");
	table(&data[1], 2000, 0, "other");
	store(pair.a, data, 2, NULL, contents);
	assert_ok(send(&pair, &contents[1], 1, &stats));
	pack = file_there(&pair, ".pack");
	assert_int_equal(stat(pack, &st), 0);
	assert_true((size_t)st.st_size < data[0].len / 4);
	assert_ok(fetch(&pair, &contents[1], 1, &stats));
	expect(pair.b, &contents[1], &data[1]);
	assert_int_equal(fetch(&pair, contents, 1, &stats), DSV_EMISSING);
	assert_int_equal(stats.missing, 0);
	dsv_buf_release(&data[0]);
	dsv_buf_release(&data[1]);
}

static void test_push__a_version_goes_as_what_changed(void **state)
{
	struct pair pair PAIR = {0};
	struct dsv_buf one DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf two DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_transfer_stats stats;
	struct dsv_content contents[2];
	uint64_t first;

	(void)state;
	pair_open(&pair);
	table(&one, 20000, 0, "word");
	table(&two, 20000, 5000, "word");
	store(pair.a, &one, 1, NULL, contents);
	assert_ok(send(&pair, contents, 1, &stats));
	first = stats.bytes;
	store(pair.a, &two, 1, contents, contents + 1);
	assert_ok(send(&pair, contents + 1, 1, &stats));
	assert_true(stats.bytes < first / 10);
	/* the bases of its deltas come along */
	assert_ok(fetch(&pair, contents + 1, 1, &stats));
	expect(pair.b, contents + 1, &two);
}

static void test_push__bases_that_are_not_there_go_too(void **state)
{
	struct pair pair PAIR = {0};
	struct dsv_buf one DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf two DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_transfer_stats stats;
	struct dsv_content contents[2];

	(void)state;
	pair_open(&pair);
	table(&one, 20000, 0, "word");
	table(&two, 20000, 5000, "word");
	store(pair.a, &one, 1, NULL, contents);
	store(pair.a, &two, 1, contents, contents + 1);
	assert_ok(send(&pair, contents + 1, 1, &stats));
	assert_ok(fetch(&pair, contents + 1, 1, &stats));
	expect(pair.b, contents + 1, &two);
}

/* The table with a word in its first row. */
static void first_row(struct dsv_buf *out, const char *label)
{
	dsv_buf_reset(out);
	dsv_buf_addf(out, "0,first,%s\n", label);
	table(out, 5000, 0, "word");
}

/* One version after the other, each a delta on the one before. */
static void store_labels(struct dsv_repo *repo, const char *const *labels,
			 struct dsv_content *last)
{
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_content previous;

	for (size_t i = 0; labels[i]; i++) {
		first_row(&data, labels[i]);
		previous = *last;
		store(repo, &data, 1, i ? &previous : NULL, last);
	}
}

/* Two made the same chunk, one in a long chain of deltas, one in a short one;
 * what a third is made from it must not lean on the long one. */
static void check_deeper_base(bool known)
{
	static const char *const longer[] = {"a", "b", "c",   "d",
					     "e", "f", "fox", NULL};
	static const char *const shorter[] = {"a", "fox", "owl", NULL};
	struct pair pair PAIR = {0};
	struct dsv_repo *c DSV_AUTO(repo) = NULL;
	struct dsv_remote *from_c DSV_AUTO(remote) = NULL;
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_transfer_stats stats = DSV_TRANSFER_STATS_INIT;
	struct dsv_content deep = {.size = 0};
	struct dsv_content owl = {.size = 0};
	const struct dsv_outgoing outgoing = {&deep, 1, 1};

	pair_open(&pair);
	store_labels(pair.b, longer, &deep);
	assert_ok(dsv_transfer_push(pair.b, pair.from_b, &outgoing, &stats));
	store_labels(pair.a, shorter, &owl);
	/* as with something else that lies in the same packs */
	if (known) {
		sh("cp -n ../store/packs/* .git/dsv/packs/");
		dsv_remote_free(&pair.from_a);
		dsv_repo_free(&pair.a);
		pair.a = open_here();
		assert_ok(dsv_remote_open(&pair.from_a, pair.a, pair.dir));
	}
	assert_ok(send(&pair, &owl, 1, &stats));

	sh("git init -q ../c");
	assert_int_equal(dsv_repo_open(&c, "../c"), 0);
	assert_int_equal(dsv_remote_open(&from_c, c, pair.dir), 0);
	assert_ok(dsv_transfer_fetch(c, from_c, &owl, 1, &stats));
	first_row(&data, "owl");
	expect(c, &owl, &data);
	/* and the other way round: the long chain is here already */
	assert_ok(fetch(&pair, &owl, 1, &stats));
	expect(pair.b, &owl, &data);
}

static void test_push__a_base_that_is_deeper_there_goes_too(void **state)
{
	(void)state;
	check_deeper_base(false);
}

static void test_push__also_where_the_deeper_one_came_since(void **state)
{
	(void)state;
	check_deeper_base(true);
}

static void test_push__what_is_nowhere_is_named(void **state)
{
	struct pair pair PAIR = {0};
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_transfer_stats stats;
	struct dsv_content contents[2] = {{.size = 0}, {.size = 5000}};

	(void)state;
	pair_open(&pair);
	table(&data, 10, 0, "word");
	store(pair.a, &data, 1, NULL, contents);
	assert_int_equal(send(&pair, contents, 2, &stats), DSV_EMISSING);
	assert_int_equal(stats.missing, 1);
	assert_int_equal(pair.from_a->sent, 0);
}

static void test_transfer__nothing_of_nothing(void **state)
{
	struct pair pair PAIR = {0};
	struct dsv_transfer_stats stats;
	struct dsv_content empty = {.size = 0};

	(void)state;
	pair_open(&pair);
	assert_ok(send(&pair, NULL, 0, &stats));
	assert_ok(fetch(&pair, NULL, 0, &stats));
	assert_ok(send(&pair, &empty, 1, &stats));
	assert_ok(fetch(&pair, &empty, 1, &stats));
	assert_int_equal(stats.bytes, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		gitrepo_test(test_transfer__what_is_pushed_is_fetched),
		gitrepo_test(test_transfer__what_is_there_is_not_sent_again),
		gitrepo_test(test_push__of_a_pack_just_what_is_needed),
		gitrepo_test(test_push__a_version_goes_as_what_changed),
		gitrepo_test(test_push__bases_that_are_not_there_go_too),
		gitrepo_test(test_push__a_base_that_is_deeper_there_goes_too),
		gitrepo_test(test_push__also_where_the_deeper_one_came_since),
		gitrepo_test(test_push__what_is_nowhere_is_named),
		gitrepo_test(test_transfer__nothing_of_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
