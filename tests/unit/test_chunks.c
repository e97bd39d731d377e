#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dsv/diff.h>
#include <dsv/error.h>

#include "base/fs.h"
#include "base/stream.h"
#include "format/format.h"
#include "gitrepo.h"
#include "history_check.h"
#include "repo/blobs.h"
#include "repo/pointer.h"
#include "repo/repo.h"
#include "store/cutter.h"
#include "store/filemap.h"
#include "store/writer.h"

/* A content in the store; its pointer as a blob. */
static struct dsv_oid keep(struct dsv_repo *repo, const char *format_name,
			   const struct dsv_buf *text)
{
	const struct dsv_format *format = dsv_format_named(format_name);
	struct dsv_writer_opts opts = {
		.cutting = {.cut = DSV_CUT_LINES,
			    .scan = {format->scan_kind, format->step}}};
	struct dsv_writer *writer DSV_AUTO(writer) = NULL;
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	struct dsv_buf pointer DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_content content;
	struct dsv_store *store;
	struct dsv_oid oid;

	assert_int_equal(dsv_repo_store(repo, &store), 0);
	assert_int_equal(dsv_writer_open(&writer, store), 0);
	dsv_stream_of_memory(&in, dsv_buf_str(text), text->len);
	if (dsv_writer_add(writer, in, &opts, &content) < 0 ||
	    dsv_writer_commit(writer) < 0)
		fail_msg("%s", dsv_error_message());
	dsv_pointer_format(&content, &pointer);
	assert_int_equal(dsv_blob_write(repo, pointer.data, pointer.len, &oid),
			 0);
	return oid;
}

/* Two versions of a table, in the store and as the slow diff sees them. */
struct two {
	struct dsv_repo *repo;
	struct t_table a, b;
	struct dsv_oid from, to;
	struct t_diff slow;
	const char *format;
	uint64_t seed;
};

static void two_open(struct two *two, uint64_t seed, int rows, int edits,
		     unsigned dirt_a, unsigned dirt_b, bool json)
{
	struct t_rng rng = {seed};
	struct dsv_buf from DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf to DSV_AUTO(buf) = DSV_BUF_INIT;
	unsigned next_id = 0;

	memset(two, 0, sizeof(*two));
	two->repo = open_here();
	two->seed = seed;
	two->format = json ? "jsonl" : "csv";
	t_random(&rng, &two->a, rows, &next_id, 120);
	two->a.json = json;
	if (dirt_a)
		t_edit(&rng, &two->a, 40, &next_id, dirt_a, 120);
	t_copy(&two->b, &two->a);
	t_edit(&rng, &two->b, edits, &next_id, dirt_b, 120);
	t_text(&two->a, &from, 1);
	t_text(&two->b, &to, 1);
	two->from = keep(two->repo, two->format, &from);
	two->to = keep(two->repo, two->format, &to);
	t_slow_diff(&two->slow, &two->a, &two->b, 1);
}

static void two_close(struct two *two)
{
	dsv_repo_free(&two->repo);
	t_free(&two->a);
	t_free(&two->b);
	free(two->slow.ops);
}

static struct dsv_diff *two_diff(struct two *two, bool no_cache,
				 struct dsv_file_diff **out)
{
	char *path DSV_AUTO(str) = dsv_strf("x.%s", two->format);
	struct dsv_blob_pair pair = {
		.path = path, .from = &two->from, .to = &two->to};
	struct dsv_strlist key DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_strlist label DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_diff_opts opts = {
		.key = &key, .labels = &label, .no_cache = no_cache};
	struct dsv_diff *diff;

	dsv_strlist_add(&key, "id");
	dsv_strlist_add(&label, "label");
	if (dsv_diff_open_pair(&diff, two->repo, &pair, &opts) < 0 ||
	    dsv_diff_next(diff, out) != 1)
		fail_msg("seed %llu: %s", (unsigned long long)two->seed,
			 dsv_error_message());
	return diff;
}

static void check(struct two *two, bool no_cache)
{
	struct dsv_file_diff *file;
	struct dsv_diff *diff DSV_AUTO(diff) = two_diff(two, no_cache, &file);

	same_counts(dsv_file_diff_summary(file), &two->slow, two->seed);
	same_ops(file, &two->slow, &two->a, &two->b, two->seed);
}

/* Without a cache, filling it, from the census, from the change list. */
static void check_all(struct two *two)
{
	check(two, true);
	check(two, false);
	sh("rm -rf .git/dsv/cache/changes");
	check(two, false);
	check(two, false);
}

static void test_chunks__clean_steps_agree_with_the_slow_diff(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 10; seed++) {
		struct two two;

		two_open(&two, seed, 2500, (int)(seed % 5) * 20, 0, 0,
			 seed % 3 == 0);
		check_all(&two);
		two_close(&two);
	}
}

static void test_chunks__unclean_steps_agree_with_the_slow_diff(void **state)
{
	(void)state;
	for (uint64_t seed = 100; seed < 112; seed++) {
		struct two two;
		unsigned dirt = (unsigned)(seed % 8);

		two_open(&two, seed, 2200, 25, seed % 2 ? dirt : 0, dirt | 1,
			 seed % 4 == 0);
		check_all(&two);
		two_close(&two);
	}
}

static void
test_chunks__a_key_doubled_into_an_unread_chunk_is_seen(void **state)
{
	struct two two;
	struct dsv_buf to DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	two_open(&two, 7, 2500, 0, 0, 0, false);
	/* the key of the last record comes again at the start */
	t_set(t_insert(&two.b, 3), 0, two.b.rows[two.b.n - 1].cells[0]);
	for (int i = 1; i < 6; i++)
		t_set(&two.b.rows[3], i, "new");
	t_csv(&two.b, &to, 1);
	two.to = keep(two.repo, "csv", &to);
	free(two.slow.ops);
	t_slow_diff(&two.slow, &two.a, &two.b, 1);
	assert_int_equal(two.slow.added, 1);
	check_all(&two);
	two_close(&two);
}

static void test_chunks__a_moved_record_is_counted(void **state)
{
	struct two two;
	struct dsv_buf to DSV_AUTO(buf) = DSV_BUF_INIT;
	struct t_row row;

	(void)state;
	two_open(&two, 8, 2500, 0, 0, 0, false);
	row = two.b.rows[2400];
	memmove(two.b.rows + 11, two.b.rows + 10, 2390 * sizeof(row));
	two.b.rows[10] = row;
	t_csv(&two.b, &to, 1);
	two.to = keep(two.repo, "csv", &to);
	free(two.slow.ops);
	t_slow_diff(&two.slow, &two.a, &two.b, 1);
	assert_int_equal(two.slow.moved, 1);
	check_all(&two);
	two_close(&two);
}

/* Rows whose text ends with a group of chunks: where a block can be cut out
 * without touching another chunk. */
static size_t find_cuts(struct two *two, int *cuts, size_t most)
{
	struct dsv_filemap map DSV_AUTO(filemap) = DSV_FILEMAP_INIT;
	struct dsv_content content;
	struct dsv_store *store;
	unsigned line = 1;
	size_t n = 0;
	int row = 0;

	assert_int_equal(dsv_repo_store(two->repo, &store), 0);
	assert_int_equal(dsv_blob_pointer(two->repo, &two->from, &content), 1);
	assert_int_equal(dsv_filemap_load(&map, store, &content), 0);
	for (size_t i = 0; i < map.n && n < most; i++) {
		if (i > 0 && map.extents[i].state == DSV_STATE_RECORD) {
			while (row < two->a.n && two->a.rows[row].line < line)
				row++;
			cuts[n++] = row;
		}
		line += map.extents[i].lines;
	}
	return n;
}

static void test_chunks__moved_chunks_are_counted(void **state)
{
	struct two two;
	int cuts[64];
	size_t n;

	(void)state;
	two_open(&two, 11, 2500, 0, 0, 0, false);
	n = find_cuts(&two, cuts, 64);
	assert_true(n > 20);
	for (size_t i = 2; i + 12 < n; i += 3) {
		struct dsv_buf to DSV_AUTO(buf) = DSV_BUF_INIT;
		int first = cuts[i];
		int mid = cuts[i + 5];
		int end = cuts[i + 9];
		int k = first;

		t_free(&two.b);
		t_copy(&two.b, &two.a);
		for (int r = mid; r < end; r++, k++)
			for (int c = 0; c < T_CELLS; c++)
				t_set(&two.b.rows[k], c,
				      two.a.rows[r].cells[c]);
		for (int r = first; r < mid; r++, k++)
			for (int c = 0; c < T_CELLS; c++)
				t_set(&two.b.rows[k], c,
				      two.a.rows[r].cells[c]);
		t_csv(&two.b, &to, 1);
		two.to = keep(two.repo, "csv", &to);
		free(two.slow.ops);
		t_slow_diff(&two.slow, &two.a, &two.b, 1);
		assert_true(two.slow.moved > 0);
		check(&two, false);
	}
	two_close(&two);
}

/* Records of one stretch go to another place. */
static void test_chunks__a_moved_block_is_counted(void **state)
{
	struct two two;
	struct dsv_buf to DSV_AUTO(buf) = DSV_BUF_INIT;
	struct t_row block[400];

	(void)state;
	two_open(&two, 9, 2500, 0, 0, 0, false);
	memcpy(block, two.b.rows + 2000, sizeof(block));
	memmove(two.b.rows + 500, two.b.rows + 100, 1900 * sizeof(*block));
	memcpy(two.b.rows + 100, block, sizeof(block));
	t_csv(&two.b, &to, 1);
	two.to = keep(two.repo, "csv", &to);
	free(two.slow.ops);
	t_slow_diff(&two.slow, &two.a, &two.b, 1);
	assert_int_equal(two.slow.moved, 400);
	check_all(&two);
	two_close(&two);
}

/* ------------------------------------------------------------ the cache */

static void damage(const char *folder, int how)
{
	char *line DSV_AUTO(str) = NULL;

	if (how == 0)
		line = dsv_strf("find .git/dsv/cache/%s -type f | while read f;"
				" do printf X | dd of=$f bs=1 seek=60 "
				"conv=notrunc 2>/dev/null; done",
				folder);
	else if (how == 1)
		line = dsv_strf("find .git/dsv/cache/%s -type f "
				"-exec truncate -s 40 {} +",
				folder);
	else
		line = dsv_strf("find .git/dsv/cache/%s -type f "
				"-exec truncate -s 0 {} +",
				folder);
	sh("%s", line);
}

static void test_cache__damaged_files_are_made_anew(void **state)
{
	static const char *const folders[] = {"changes", "census", "keys"};
	struct two two;

	(void)state;
	two_open(&two, 3, 2500, 30, 0, 0, false);
	for (size_t i = 0; i < 3; i++) {
		for (int how = 0; how < 3; how++) {
			check(&two, false);
			damage(folders[i], how);
			if (i > 0)
				sh("rm -rf .git/dsv/cache/changes");
			check(&two, false);
		}
	}
	two_close(&two);
}

static void test_cache__no_cache_writes_nothing(void **state)
{
	struct two two;

	(void)state;
	two_open(&two, 4, 2500, 30, 0, 0, false);
	check(&two, true);
	assert_false(dsv_fs_exists(".git/dsv/cache/changes"));
	assert_false(dsv_fs_exists(".git/dsv/cache/census"));
	assert_false(dsv_fs_exists(".git/dsv/cache/keys"));
	two_close(&two);
}

static void test_cache__a_chain_of_versions_keeps_its_key_set(void **state)
{
	struct two two;

	(void)state;
	two_open(&two, 5, 2500, 30, 0, 0, false);
	check(&two, false);
	for (uint64_t step = 0; step < 14; step++) {
		struct t_rng rng = {step + 50};
		struct dsv_buf to DSV_AUTO(buf) = DSV_BUF_INIT;
		unsigned next_id = 100000 + (unsigned)step * 1000;

		t_free(&two.a);
		t_copy(&two.a, &two.b);
		for (int i = 0; i < two.a.n; i++)
			two.a.rows[i].line = two.b.rows[i].line;
		two.from = two.to;
		t_edit(&rng, &two.b, 200, &next_id, 0, 120);
		t_csv(&two.b, &to, 1);
		two.to = keep(two.repo, "csv", &to);
		free(two.slow.ops);
		t_slow_diff(&two.slow, &two.a, &two.b, 1);
		check(&two, false);
	}
	two_close(&two);
}

static void test_cache__a_content_against_nothing_is_all_added(void **state)
{
	struct two two;
	struct dsv_blob_pair pair = {.path = "x.csv"};
	struct dsv_strlist key DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_strlist label DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_diff_opts opts = {.key = &key, .labels = &label};
	struct dsv_diff *diff DSV_AUTO(diff) = NULL;
	struct dsv_file_diff *file;
	struct dsv_change change;
	const struct dsv_diff_summary *s;
	uint64_t added = 0;
	int n = 0;

	(void)state;
	dsv_strlist_add(&key, "id");
	dsv_strlist_add(&label, "label");
	two_open(&two, 6, 2500, 0, 0, 0, false);
	pair.to = &two.to;
	assert_int_equal(dsv_diff_open_pair(&diff, two.repo, &pair, &opts), 0);
	assert_int_equal(dsv_diff_next(diff, &file), 1);
	s = dsv_file_diff_summary(file);
	assert_int_equal(s->added, 2500);
	assert_int_equal(s->records_from, 0);
	for (size_t i = 0; i < s->labels[0].n_values; i++)
		added += s->labels[0].values[i].added;
	assert_int_equal(added, 2500);
	while (dsv_file_diff_next(file, &change) > 0) {
		assert_int_equal(change.op, DSV_ADDED);
		assert_int_equal(change.to->line, two.b.rows[n].line);
		n++;
	}
	assert_int_equal(n, 2500);
	dsv_diff_free(&diff);
	two_close(&two);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		gitrepo_test(test_chunks__clean_steps_agree_with_the_slow_diff),
		gitrepo_test(
			test_chunks__unclean_steps_agree_with_the_slow_diff),
		gitrepo_test(
			test_chunks__a_key_doubled_into_an_unread_chunk_is_seen),
		gitrepo_test(test_chunks__a_moved_record_is_counted),
		gitrepo_test(test_chunks__a_moved_block_is_counted),
		gitrepo_test(test_chunks__moved_chunks_are_counted),
		gitrepo_test(test_cache__damaged_files_are_made_anew),
		gitrepo_test(test_cache__no_cache_writes_nothing),
		gitrepo_test(test_cache__a_chain_of_versions_keeps_its_key_set),
		gitrepo_test(
			test_cache__a_content_against_nothing_is_all_added),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
