#include "gitrepo.h"

#include <dsv/error.h>
#include <sys/stat.h>

#include "base/fs.h"
#include "remote/transfer.h"
#include "repo/repo.h"
#include "store/filemap.h"
#include "store/packidx.h"
#include "store/writer.h"

/* Two repositories, a in the current folder and b beside it, and a folder
 * between them. */
struct pair {
	struct dsv_repo *a, *b;
	struct dsv_remote *from_a, *from_b;
	char *dir;
};

static void pair_open(struct pair *pair)
{
	pair->a = open_here();
	sh("git init -q ../b");
	assert_int_equal(dsv_repo_open(&pair->b, "../b"), 0);
	pair->dir = dsv_strf("%s/../store", dsv_repo_workdir(pair->a));
	assert_int_equal(dsv_remote_open(&pair->from_a, pair->a, pair->dir), 0);
	assert_int_equal(dsv_remote_open(&pair->from_b, pair->b, pair->dir), 0);
}

static void pair_release(struct pair *pair)
{
	dsv_remote_free(&pair->from_a);
	dsv_remote_free(&pair->from_b);
	dsv_repo_free(&pair->a);
	dsv_repo_free(&pair->b);
	free(pair->dir);
}

#define PAIR __attribute__((cleanup(pair_release)))

/* Rows that differ in the label of every 500th up to `changed`. */
static void table(struct dsv_buf *out, size_t rows, size_t changed,
		  const char *word)
{
	for (size_t i = 0; i < rows; i++)
		dsv_buf_addf(out, "%zu,%s %zu and %zu,%s\n", i, word,
			     i * 7919 % 100003, i * 104729 % 100019,
			     i % 500 == 0 && i < changed ? "fox" : "cat");
}

static struct dsv_content add(struct dsv_writer *writer,
			      const struct dsv_buf *data,
			      const struct dsv_content *previous)
{
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	struct dsv_writer_opts opts = {.cutting = {.cut = DSV_CUT_LINES},
				       .previous = previous};
	struct dsv_content content = {0};

	dsv_stream_of_memory(&in, data->data, data->len);
	if (dsv_writer_add(writer, in, &opts, &content) < 0)
		fail_msg("%s", dsv_error_message());
	return content;
}

/* n contents in one pack of repo. */
static void store(struct dsv_repo *repo, const struct dsv_buf *data, size_t n,
		  const struct dsv_content *previous, struct dsv_content *out)
{
	struct dsv_writer *writer DSV_AUTO(writer) = NULL;
	struct dsv_store *s;

	assert_int_equal(dsv_repo_store(repo, &s), 0);
	assert_int_equal(dsv_writer_open(&writer, s), 0);
	for (size_t i = 0; i < n; i++)
		out[i] = add(writer, &data[i], previous);
	if (dsv_writer_commit(writer) < 0)
		fail_msg("%s", dsv_error_message());
}

static int send(struct pair *pair, const struct dsv_content *contents, size_t n,
		struct dsv_transfer_stats *out)
{
	const struct dsv_outgoing outgoing = {contents, n, n};

	*out = (struct dsv_transfer_stats)DSV_TRANSFER_STATS_INIT;
	return dsv_transfer_push(pair->a, pair->from_a, &outgoing, out);
}

static int fetch(struct pair *pair, const struct dsv_content *contents,
		 size_t n, struct dsv_transfer_stats *out)
{
	*out = (struct dsv_transfer_stats)DSV_TRANSFER_STATS_INIT;
	return dsv_transfer_fetch(pair->b, pair->from_b, contents, n, out);
}

static void expect(struct dsv_repo *repo, const struct dsv_content *content,
		   const struct dsv_buf *data)
{
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	struct dsv_buf got DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_store *s;
	const char *piece;
	size_t len;
	int rc;

	assert_int_equal(dsv_repo_store(repo, &s), 0);
	rc = dsv_content_stream(&in, s, content);
	while (rc >= 0 && (rc = dsv_stream_next(in, &piece, &len)) > 0)
		dsv_buf_add(&got, piece, len);
	if (rc < 0)
		fail_msg("%s", dsv_error_message());
	assert_int_equal(got.len, data->len);
	assert_memory_equal(got.data, data->data, data->len);
}

#define assert_ok(call)                                      \
	do {                                                 \
		if ((call) < 0)                              \
			fail_msg("%s", dsv_error_message()); \
	} while (0)

/* Paths of the only pack there: .pack or .idx. */
static char *file_there(const struct pair *pair, const char *suffix)
{
	char *packs DSV_AUTO(str) = dsv_strf("%s/packs", pair->dir);
	struct dsv_strlist names DSV_AUTO(strlist) = DSV_STRLIST_INIT;

	assert_int_equal(dsv_fs_list(packs, &names), 0);
	for (size_t i = 0; i < names.n; i++)
		if (strstr(names.items[i], suffix))
			return dsv_fs_join(packs, names.items[i]);
	fail();
	return NULL;
}

static void flip(const char *path, long at)
{
	FILE *file;
	int byte;

	chmod(path, 0600);
	file = fopen(path, "r+b");
	assert_non_null(file);
	fseek(file, at, at < 0 ? SEEK_END : SEEK_SET);
	byte = fgetc(file);
	fseek(file, -1, SEEK_CUR);
	fputc(byte ^ 1, file);
	fclose(file);
}

static size_t packs_in(const char *folder)
{
	struct dsv_strlist names DSV_AUTO(strlist) = DSV_STRLIST_INIT;

	assert_int_equal(dsv_fs_list(folder, &names), 0);
	return names.n;
}

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
static void test_push__a_base_that_is_deeper_there_goes_too(void **state)
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

	(void)state;
	pair_open(&pair);
	store_labels(pair.b, longer, &deep);
	assert_ok(dsv_transfer_push(pair.b, pair.from_b, &outgoing, &stats));
	store_labels(pair.a, shorter, &owl);
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
		gitrepo_test(test_push__what_is_nowhere_is_named),
		gitrepo_test(test_fetch__goes_on_where_it_stopped),
		gitrepo_test(test_fetch__a_part_of_other_bytes_is_thrown_away),
		gitrepo_test(test_fetch__a_damaged_pack_is_not_taken),
		gitrepo_test(test_fetch__a_damaged_index_is_not_taken),
		gitrepo_test(test_fetch__of_a_large_pack_come_the_ranges),
		gitrepo_test(test_fetch__damaged_ranges_are_not_taken),
		gitrepo_test(test_fetch__an_index_that_lies_is_found_out),
		gitrepo_test(
			test_fetch__an_index_without_its_pack_is_passed_over),
		gitrepo_test(test_transfer__nothing_of_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
