#include "dataset_repo.h"

#include "history/lineage.h"

/* A table of n records from record `first` on, each 40 bytes and different. */
static void add_records(struct dsv_buf *out, size_t first, size_t n)
{
	for (size_t i = first; i < first + n; i++)
		dsv_buf_addf(out, "%012zu,%026zu\n", i * 7919, i * i);
}

#define LARGE 40000 /* records, 1.6 MB: compared by chunks */

static void put_records(const char *path, size_t first, size_t n, bool stored)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;

	dsv_buf_addstr(&text, "id,label\n");
	add_records(&text, first, n);
	if (!stored) {
		put(path, dsv_buf_str(&text));
		return;
	}
	repo = open_here();
	put_stored(repo, path, text.data, text.len);
}

/* The path in HEAD~1 (back) or HEAD of the caller's; "-": none. */
static char *follow(const char *path, bool back)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_datasets sets DSV_AUTO(datasets) = DSV_DATASETS_INIT;
	struct dsv_lineage lineage = {.repo = repo, .sets = &sets};
	struct dsv_entry entry = {0};
	char *found = NULL;
	int rc;

	assert_int_equal(dsv_repo_resolve(repo, "HEAD~1", &lineage.from), 0);
	assert_int_equal(dsv_repo_resolve(repo, "HEAD", &lineage.to), 0);
	assert_int_equal(dsv_datasets_read(&sets, repo, &lineage.to), 0);
	rc = dsv_lineage_find(&lineage, path, back, &found, &entry);
	if (rc < 0)
		fail_msg("%s", dsv_error_message());
	assert_int_equal(rc, found != NULL);
	assert_int_equal(rc, entry.mode != 0);
	return found ? found : dsv_strdup("-");
}

#define assert_follows(path, back, want)                         \
	do {                                                     \
		char *found_ DSV_AUTO(str) = follow(path, back); \
		assert_string_equal(found_, (want));             \
	} while (0)

static void large_rename(bool old_stored, bool new_stored)
{
	put_records("a.csv", 0, LARGE, old_stored);
	commit_all("old", 1);
	sh("git rm -q a.csv");
	put_records("b.csv", 5000, LARGE, new_stored);
	put_records("c.csv", 30000, LARGE, new_stored);
	commit_all("new", 2);
	assert_follows("b.csv", true, "a.csv");
	assert_follows("a.csv", false, "b.csv");
	assert_follows("c.csv", true, "-");
}

static void test_lineage__large_plain_contents_share_chunks(void **state)
{
	(void)state;
	large_rename(false, false);
}

static void test_lineage__large_stored_contents_share_chunks(void **state)
{
	(void)state;
	large_rename(true, true);
}

static void test_lineage__a_plain_content_that_was_stored_later(void **state)
{
	(void)state;
	large_rename(false, true);
}

static void test_lineage__small_contents_share_lines(void **state)
{
	(void)state;
	put_records("a.csv", 0, 10, false);
	commit_all("old", 1);
	sh("git rm -q a.csv");
	put_records("b.csv", 5, 10, false);
	put_records("c.csv", 4, 10, false);
	put_records("d.csv", 8, 10, false);
	commit_all("new", 2);
	assert_follows("d.csv", true, "-");
	assert_follows("c.csv", true, "a.csv");
	assert_follows("a.csv", false, "c.csv");
}

static void test_lineage__a_content_that_grew_too_much_is_new(void **state)
{
	(void)state;
	put_records("a.csv", 0, 10, false);
	commit_all("old", 1);
	sh("git rm -q a.csv");
	put_records("b.csv", 0, 25, false);
	commit_all("new", 2);
	assert_follows("b.csv", true, "-");
}

static void test_lineage__the_same_blob_wins(void **state)
{
	(void)state;
	put_records("a.csv", 0, 10, false);
	put_records("b.csv", 0, 11, false);
	commit_all("old", 1);
	sh("git mv b.csv z.csv && git rm -q a.csv");
	commit_all("new", 2);
	assert_follows("z.csv", true, "b.csv");
	assert_follows("a.csv", false, "-");
}

static void test_lineage__another_kind_of_file_is_no_name(void **state)
{
	(void)state;
	put_records("a.csv", 0, 10, false);
	commit_all("old", 1);
	sh("git rm -q a.csv");
	put_records("b.txt", 0, 11, false);
	commit_all("new", 2);
	assert_follows("b.txt", true, "-");
}

static void test_lineage__other_datasets_are_no_name(void **state)
{
	(void)state;
	define("  - name: one\n    files: [\"a*.csv\"]\n    key: [id]\n"
	       "  - name: two\n    files: [\"b*.csv\"]\n    key: [id]\n");
	put_records("a.csv", 0, 10, false);
	commit_all("old", 1);
	sh("git rm -q a.csv");
	put_records("b.csv", 0, 11, false);
	put_records("a2.csv", 3, 10, false);
	commit_all("new", 2);
	assert_follows("b.csv", true, "-");
	assert_follows("a2.csv", true, "a.csv");
}

static void test_lineage__a_file_that_stayed_is_no_other_name(void **state)
{
	(void)state;
	put_records("a.csv", 0, 10, false);
	commit_all("old", 1);
	put_records("b.csv", 0, 11, false);
	commit_all("new", 2);
	assert_follows("b.csv", true, "-");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		gitrepo_test(test_lineage__large_plain_contents_share_chunks),
		gitrepo_test(test_lineage__large_stored_contents_share_chunks),
		gitrepo_test(
			test_lineage__a_plain_content_that_was_stored_later),
		gitrepo_test(test_lineage__small_contents_share_lines),
		gitrepo_test(test_lineage__a_content_that_grew_too_much_is_new),
		gitrepo_test(test_lineage__the_same_blob_wins),
		gitrepo_test(test_lineage__another_kind_of_file_is_no_name),
		gitrepo_test(test_lineage__other_datasets_are_no_name),
		gitrepo_test(test_lineage__a_file_that_stayed_is_no_other_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
