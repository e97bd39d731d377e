#include "gitrepo.h"

#include "history/entry.h"
#include "history/step.h"
#include "repo/tree.h"

/*
 * Three versions of a.csv under one reading: key id, label kind. The file is a
 * plain blob in git.
 */
static const char sets[] = "version: 1\n"
			   "datasets:\n"
			   "  - name: a\n"
			   "    files: [a.csv]\n"
			   "    key: [id]\n"
			   "    labels: [kind]\n";

struct here {
	struct dsv_repo *repo;
	struct dsv_datasets sets;
	struct dsv_reading reading;
	struct dsv_step step;
};

static void here_auto(struct here *here)
{
	dsv_step_release(&here->step);
	dsv_reading_release(&here->reading);
	dsv_datasets_release(&here->sets);
	dsv_repo_free(&here->repo);
}

#define HERE struct here here __attribute__((cleanup(here_auto))) = {0}

static void set_up(void)
{
	sh("mkdir .dsv");
	put(".dsv/datasets.yaml", sets);
	put("a.csv", "id,kind\n1,cat\n2,dog\n3,owl\n");
	commit_all("one", 0);
	put("a.csv", "id,kind\n1,cat\n2,fox\n4,bee\n");
	commit_all("two", 1);
	put("a.csv", "name,kind\nx,cat\n");
	commit_all("three", 2);
}

static void open_step(struct here *here, bool no_cache)
{
	struct dsv_version head;

	here->repo = open_here();
	assert_int_equal(dsv_repo_head(here->repo, &head), 0);
	assert_int_equal(dsv_datasets_read(&here->sets, here->repo, &head), 0);
	assert_int_equal(
		dsv_reading_of_path(&here->reading, &here->sets, "a.csv", NULL),
		0);
	dsv_step_init(&here->step, here->repo, &here->reading, no_cache);
}

/* The file as a revision has it; NULL: nothing. */
static struct dsv_entry entry_at(struct here *here, const char *rev)
{
	struct dsv_entry entry = {0};
	struct dsv_version at;

	if (!rev)
		return entry;
	assert_int_equal(dsv_repo_resolve(here->repo, rev, &at), 0);
	assert_int_equal(dsv_tree_entry(here->repo, &at, "a.csv", &entry), 0);
	return entry;
}

static int compare(struct here *here, const char *from, const char *to,
		   struct dsv_file_diff *out)
{
	struct dsv_entry a = entry_at(here, from);
	struct dsv_entry b = entry_at(here, to);

	return dsv_step_compare(&here->step, "a.csv", &a, &b, out);
}

/* "~2 +4 -3", in the order in which changes come. */
static void assert_changes(struct here *here, const char *from, const char *to,
			   const char *want)
{
	struct dsv_buf got DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_file_diff file;
	struct dsv_change change;
	int rc;

	if (compare(here, from, to, &file) < 0)
		fail_msg("%s", dsv_error_message());
	while ((rc = dsv_file_diff_next(&file, &change)) > 0) {
		dsv_buf_addf(&got, "%s%c", got.len ? " " : "",
			     change.op == DSV_ADDED	? '+'
			     : change.op == DSV_REMOVED ? '-'
							: '~');
		dsv_buf_add(&got, change.key[0].text, change.key[0].len);
	}
	assert_int_equal(rc, 0);
	assert_string_equal(dsv_buf_str(&got), want);
	dsv_file_diff_reset(&file);
}

static void test_step__tells_what_changed_between_two_entries(void **s)
{
	HERE;
	(void)s;
	set_up();
	open_step(&here, true);
	assert_changes(&here, "HEAD~2", "HEAD~1", "~2 +4 -3");
	assert_changes(&here, "HEAD~1", "HEAD~2", "~2 +3 -4");
	assert_changes(&here, "HEAD~1", "HEAD~1", "");
}

static void
test_step__nothing_stands_before_the_first_and_after_the_last(void **s)
{
	struct dsv_file_diff file;
	HERE;

	(void)s;
	set_up();
	open_step(&here, true);
	assert_changes(&here, NULL, "HEAD~2", "+1 +2 +3");
	assert_changes(&here, "HEAD~2", NULL, "-1 -2 -3");
	assert_int_equal(compare(&here, NULL, "HEAD~2", &file), 0);
	assert_int_equal(dsv_file_diff_info(&file)->change, DSV_FILE_ADDED);
	dsv_file_diff_reset(&file);
	assert_int_equal(compare(&here, "HEAD~2", NULL, &file), 0);
	assert_int_equal(dsv_file_diff_info(&file)->change, DSV_FILE_REMOVED);
	dsv_file_diff_reset(&file);
	assert_int_equal(compare(&here, "HEAD~2", "HEAD~1", &file), 0);
	assert_int_equal(dsv_file_diff_info(&file)->change, DSV_FILE_MODIFIED);
	dsv_file_diff_reset(&file);
}

static void test_step__reads_by_the_reading_that_was_chosen(void **s)
{
	HERE;
	(void)s;
	set_up();
	open_step(&here, true);
	/* by kind instead of by id */
	dsv_strlist_release(&here.reading.key);
	dsv_strlist_add(&here.reading.key, "kind");
	assert_changes(&here, "HEAD~2", "HEAD~1", "+fox +bee -dog -owl");
}

static void test_step__without_the_key_on_both_sides_it_is_refused(void **s)
{
	struct dsv_file_diff file;
	HERE;

	(void)s;
	set_up();
	open_step(&here, true);
	assert_int_equal(compare(&here, "HEAD", "HEAD", &file), DSV_EUSAGE);
	assert_non_null(strstr(dsv_error_message(), "id"));
}

/* A pointer is a version like any other, until its content is read. */
static void check_unreadable(const char *pointer, int code)
{
	struct dsv_file_diff file;
	HERE;

	put("a.csv", pointer);
	commit_all("bad", 3);
	put("a.csv", "id,kind\n1,cat\n");
	commit_all("whole", 4);
	open_step(&here, false);
	assert_int_equal(compare(&here, "HEAD~1", "HEAD", &file), code);
	assert_int_equal(compare(&here, NULL, "HEAD~1", &file), code);
	/* nothing was kept of it */
	assert_int_equal(compare(&here, "HEAD~1", "HEAD", &file), code);
	assert_changes(&here, NULL, "HEAD", "+1");
}

static void test_step__a_side_that_cannot_be_read_is_never_data(void **s)
{
	char *absent DSV_AUTO(str) =
		dsv_strf("dsv-pointer 1\nsha256 %064d\nsize 3\n", 7);

	(void)s;
	set_up();
	check_unreadable(absent, DSV_EMISSING);
	check_unreadable("dsv-pointer 1\nsha256 zz\n", DSV_ECORRUPT);
}

static size_t count_cached(void)
{
	FILE *pipe = popen("find .git/dsv -type f 2>/dev/null | wc -l", "r");
	size_t n = 0;

	assert_non_null(pipe);
	assert_int_equal(fscanf(pipe, "%zu", &n), 1);
	pclose(pipe);
	return n;
}

static void test_step__what_was_compared_is_kept_unless_asked_not_to(void **s)
{
	(void)s;
	set_up();
	for (int no_cache = 1; no_cache >= 0; no_cache--) {
		HERE;

		open_step(&here, no_cache);
		assert_changes(&here, "HEAD~2", "HEAD~1", "~2 +4 -3");
		assert_int_equal(count_cached() > 0, !no_cache);
	}
	for (int i = 0; i < 2; i++) {
		HERE;

		/* read from what was kept, and the same */
		open_step(&here, false);
		assert_changes(&here, "HEAD~2", "HEAD~1", "~2 +4 -3");
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		gitrepo_test(test_step__tells_what_changed_between_two_entries),
		gitrepo_test(
			test_step__nothing_stands_before_the_first_and_after_the_last),
		gitrepo_test(test_step__reads_by_the_reading_that_was_chosen),
		gitrepo_test(
			test_step__without_the_key_on_both_sides_it_is_refused),
		gitrepo_test(
			test_step__a_side_that_cannot_be_read_is_never_data),
		gitrepo_test(
			test_step__what_was_compared_is_kept_unless_asked_not_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
