#include "dsvrepo.h"

#include <sys/stat.h>

#include "repo/pointer.h"

static int try_stage(const char *paths, struct dsv_stage_opts opts,
		     const char *changes)
{
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;
	const int rc = stage_with(paths, opts, &out);

	if (rc == 0)
		assert_string_equal(dsv_buf_str(&out), changes);
	return rc;
}

static const struct dsv_stage_opts plain;
static const struct dsv_stage_opts all = {.all = true};
static const struct dsv_stage_opts update = {.update = true};
static const struct dsv_stage_opts force = {.force = true};
static const struct dsv_stage_opts renormalize = {.renormalize = true};

#define POINTER                                                             \
	"dsv-pointer 1\n"                                                   \
	"sha256 8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc" \
	"327aa4\nsize 2\n"

static void test_stage__data_becomes_its_pointer(void **state)
{
	(void)state;
	put("a.csv", "hi");
	put("b.txt", "plain\n");
	assert_int_equal(
		try_stage(NULL, all, "A:.gitattributes A:a.csv A:b.txt "), 0);
	assert_output("git cat-file -p :a.csv", POINTER);
	assert_output("git cat-file -p :b.txt", "plain\n");
	assert_output("git diff-files", "");
	sh("git checkout-index -f a.csv && test \"$(cat a.csv)\" = hi");
}

static void test_stage__unchanged_files_are_not_told(void **state)
{
	(void)state;
	put("a.csv", "1\n");
	stage_all();
	assert_int_equal(try_stage(NULL, all, ""), 0);
	assert_int_equal(try_stage("a.csv", plain, ""), 0);
	put("a.csv", "2\n");
	assert_int_equal(try_stage("a.csv", plain, "M:a.csv "), 0);
}

static void test_stage__pointer_stays_itself(void **state)
{
	(void)state;
	put("a.csv", POINTER);
	assert_int_equal(try_stage("a.csv", plain, "A:a.csv "), 0);
	assert_output("git cat-file -p :a.csv", POINTER);
}

static void test_stage__damaged_pointer_is_refused_whole(void **state)
{
	(void)state;
	put("a.csv", "dsv-pointer 1\r\nsha256 12\r\n");
	put("b.csv", "1\n");
	assert_int_equal(try_stage(NULL, all, ""), DSV_ECORRUPT);
	assert_non_null(strstr(dsv_error_message(), "a.csv"));
	assert_output("git ls-files", "");
	sh("test ! -e .git/index.lock");
}

static void test_stage__ignored_needs_force(void **state)
{
	(void)state;
	put(".gitignore", "*.csv\n");
	put("a.csv", "1\n");
	assert_int_equal(try_stage("a.csv", plain, ""), DSV_EREFUSED);
	assert_non_null(strstr(dsv_error_hint(), "--force"));
	assert_int_equal(try_stage("a.csv", force, "A:a.csv "), 0);
}

static void test_stage__unknown_path_is_named(void **state)
{
	(void)state;
	assert_int_equal(try_stage("nope", plain, ""), DSV_ENOTFOUND);
	assert_int_equal(try_stage(NULL, plain, ""), DSV_EUSAGE);
}

static void test_stage__removed_files_go(void **state)
{
	(void)state;
	sh("mkdir d && echo 1 >a.csv && echo 2 >d/b && echo 3 >c");
	commit_here("one");
	sh("rm a.csv d/b c");
	assert_int_equal(try_stage("a.csv", plain, "D:a.csv "), 0);
	assert_int_equal(try_stage("d", plain, "D:d/b "), 0);
	assert_int_equal(try_stage(NULL, update, "D:c "), 0);
	assert_output("git ls-files", ".gitattributes\n");
}

static void test_stage__update_leaves_new_files(void **state)
{
	(void)state;
	put("a.csv", "1\n");
	commit_here("one");
	put("a.csv", "2\n");
	put("b.csv", "2\n");
	assert_int_equal(try_stage(NULL, update, "M:a.csv "), 0);
}

static void test_stage__other_filter_is_refused(void **state)
{
	(void)state;
	put(".gitattributes", "*.bin filter=lfs\n");
	put("a.bin", "1\n");
	assert_int_equal(try_stage("a.bin", plain, ""), DSV_EREFUSED);
	assert_non_null(strstr(dsv_error_hint(), "git add"));
}

static void test_stage__raw_data_is_mended(void **state)
{
	(void)state;
	put("a.csv", "hi");
	sh("mv .gitattributes ga && git add a.csv && mv ga .gitattributes");
	assert_output("git cat-file -p :a.csv", "hi");
	assert_int_equal(try_stage(NULL, renormalize, "M:a.csv "), 0);
	assert_output("git cat-file -p :a.csv", POINTER);
}

static void test_stage__many_blobs_are_one_pack(void **state)
{
	(void)state;
	sh("mkdir d && for i in $(seq 300); do echo $i >d/$i.csv; done");
	sh("cp d/1.csv d/same.csv");
	stage_all();
	assert_output("ls .git/objects/pack/*.pack | wc -l", "1\n");
	assert_output("find .git/objects/?? -type f | wc -l", "1\n");
	sh("git fsck --strict 2>/dev/null");
	commit_index("many");
	assert_clean();
}

static void test_stage__modes_and_links_are_gits(void **state)
{
	(void)state;
	sh("echo 1 >a.csv && chmod +x a.csv && ln -s a.csv l.csv");
	stage_all();
	assert_output("git ls-files -s | cut -c1-6",
		      "100644\n100755\n120000\n");
	sh("git diff-files --quiet");
}

static void test_stage__any_name_works(void **state)
{
	(void)state;
	put("a \"b'\n\xff.csv", "1\n");
	assert_int_equal(
		try_stage(NULL, all, "A:.gitattributes A:a \"b'\n\xff.csv "),
		0);
	commit_index("odd");
	assert_clean();
}

static void test_stage__locked_index_is_said(void **state)
{
	(void)state;
	put("a.csv", "1\n");
	sh(": >.git/index.lock");
	assert_int_equal(try_stage(NULL, all, ""), DSV_EGIT);
	assert_non_null(strstr(dsv_error_message(), "index.lock"));
	sh("test -e .git/index.lock && rm .git/index.lock");
}

static void test_stage__file_for_folder_and_back(void **state)
{
	(void)state;
	sh("mkdir d && echo 1 >d/a.csv");
	commit_here("folder");
	sh("rm -r d && echo 2 >d");
	assert_int_equal(try_stage(NULL, all, "A:d D:d/a.csv "), 0);
	commit_index("file");
	assert_clean();
	sh("rm d && mkdir d && echo 3 >d/a.csv");
	assert_int_equal(try_stage(NULL, all, "D:d A:d/a.csv "), 0);
	commit_index("folder again");
	assert_clean();
}

static void test_stage__change_in_the_same_instant_is_seen(void **state)
{
	(void)state;
	put("a.csv", "1\n");
	put("b.csv", "1\n");
	stage_all();
	/* same size, and as old as the index: only content can tell */
	put("a.csv", "2\n");
	sh("touch -r .git/index a.csv");
	assert_int_equal(try_stage("b.csv", plain, ""), 0);
	put("b.csv", "3\n");
	assert_int_equal(try_stage("b.csv", plain, "M:b.csv "), 0);
	assert_output("git diff-files --name-only", "a.csv\n");
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		dsvrepo_test(test_stage__data_becomes_its_pointer),
		dsvrepo_test(test_stage__unchanged_files_are_not_told),
		dsvrepo_test(test_stage__pointer_stays_itself),
		dsvrepo_test(test_stage__damaged_pointer_is_refused_whole),
		dsvrepo_test(test_stage__ignored_needs_force),
		dsvrepo_test(test_stage__unknown_path_is_named),
		dsvrepo_test(test_stage__removed_files_go),
		dsvrepo_test(test_stage__update_leaves_new_files),
		dsvrepo_test(test_stage__other_filter_is_refused),
		dsvrepo_test(test_stage__raw_data_is_mended),
		dsvrepo_test(test_stage__many_blobs_are_one_pack),
		dsvrepo_test(test_stage__modes_and_links_are_gits),
		dsvrepo_test(test_stage__any_name_works),
		dsvrepo_test(test_stage__locked_index_is_said),
		dsvrepo_test(test_stage__file_for_folder_and_back),
		dsvrepo_test(test_stage__change_in_the_same_instant_is_seen),
	};

	if (argc > 1)
		return serve(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
