#include "dsvrepo.h"

#include <dsv/checkout.h>

static struct dsv_checkout last;

static int close_last(void **state)
{
	dsv_checkout_release(&last);
	return gitrepo_close(state);
}

static int try_switch(const char *branch, const char *create, bool detach,
		      bool discard)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	const struct dsv_switch_opts opts = {.branch = branch,
					     .create = create,
					     .detach = detach,
					     .discard_changes = discard};

	dsv_checkout_release(&last);
	return dsv_switch(repo, &opts, &last);
}

static void switch_to(const char *branch)
{
	if (try_switch(branch, NULL, false, false) < 0)
		fail_msg("%s", dsv_error_message());
}

static int try_restore(const char *paths, const char *source, bool staged,
		       bool worktree)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_strlist list DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	const struct dsv_restore_opts opts = {.paths = &list,
					      .source = source,
					      .staged = staged,
					      .worktree = worktree};

	dsv_strlist_split(&list, paths, ' ');
	dsv_checkout_release(&last);
	return dsv_restore(repo, &opts, &last);
}

/* main: a.csv 1, c.txt; other: a.csv 2, d/b.csv, no c.txt */
static void two_branches(void)
{
	sh("seq 20000 >a.csv && echo c >c.txt && cp a.csv ../main.csv");
	commit_here("one");
	sh("git checkout -qb other && seq 2 20001 >a.csv && cp a.csv ../o.csv "
	   "&& mkdir d && echo b >d/b.csv && rm c.txt");
	commit_here("two");
}

static void test_checkout__versions_come_back_byte_for_byte(void **state)
{
	(void)state;
	two_branches();
	switch_to("main");
	sh("cmp a.csv ../main.csv && test -f c.txt && test ! -e d");
	assert_clean();
	assert_output("git symbolic-ref HEAD", "refs/heads/main\n");
	switch_to("-");
	sh("cmp a.csv ../o.csv && test -f d/b.csv && test ! -e c.txt");
	assert_clean();
	assert_output("git reflog -1 --format=%gs",
		      "checkout: moving from main to other\n");
	assert_int_equal(last.updated.n, 2);
	assert_int_equal(last.removed.n, 1);
}

static void test_checkout__plain_files_that_are_no_text_come_back(void **state)
{
	(void)state;
	sh("printf 'a\\000b\\r\\n' >bin && cp bin ../bin && "
	   "printf '\\377\\000\\001' >b2");
	two_branches();
	sh("printf 'a\\000c' >bin && rm b2");
	commit_here("three");
	switch_to("main");
	sh("cmp bin ../bin && test -s b2");
	assert_clean();
	sh("echo x >bin");
	assert_int_equal(try_restore("bin", NULL, false, false), 0);
	sh("cmp bin ../bin");
}

static void test_checkout__local_change_blocks_all(void **state)
{
	(void)state;
	two_branches();
	sh("echo x >>a.csv && cp a.csv ../mine.csv");
	assert_int_equal(try_switch("main", NULL, false, false), DSV_EREFUSED);
	assert_int_equal(last.blocked.n, 1);
	assert_string_equal(last.blocked.items[0], "a.csv");
	sh("cmp a.csv ../mine.csv && test ! -e c.txt && test -f d/b.csv");
	assert_output("git symbolic-ref HEAD", "refs/heads/other\n");
	stage_all();
	assert_int_equal(try_switch("main", NULL, false, false), DSV_EREFUSED);
	assert_int_equal(try_switch("main", NULL, false, true), 0);
	sh("cmp a.csv ../main.csv");
	assert_clean();
}

static void test_checkout__other_changes_are_carried_along(void **state)
{
	(void)state;
	sh("echo 1 >same.csv");
	two_branches();
	sh("echo 2 >same.csv && echo 3 >new");
	switch_to("main");
	assert_int_equal(last.kept.n, 1);
	assert_string_equal(last.kept.items[0], "same.csv");
	sh("test \"$(cat same.csv)\" = 2 && test \"$(cat new)\" = 3");
	assert_output("git status --porcelain", " M same.csv\n?? new\n");
}

static void test_checkout__untracked_file_is_not_overwritten(void **state)
{
	(void)state;
	two_branches();
	sh("echo mine >c.txt");
	assert_int_equal(try_switch("main", NULL, false, false), DSV_EREFUSED);
	assert_string_equal(last.blocked.items[0], "c.txt");
	sh("test \"$(cat c.txt)\" = mine");
	sh("echo c >c.txt"); /* what main has: nothing is lost */
	switch_to("main");
	assert_clean();
}

static void test_checkout__file_and_folder_change_places(void **state)
{
	(void)state;
	sh("mkdir x && echo 1 >x/a.csv && echo 2 >y");
	commit_here("one");
	sh("git checkout -qb other && rm -r x y && echo 3 >x && mkdir y && "
	   "echo 4 >y/b.csv");
	commit_here("two");
	switch_to("main");
	assert_clean();
	sh("echo mine >x/keep");
	assert_int_equal(try_switch("other", NULL, false, false), DSV_EREFUSED);
	assert_string_equal(last.blocked.items[0], "x/keep");
	sh("rm x/keep");
	switch_to("other");
	assert_clean();
}

static void test_checkout__missing_content_leaves_the_pointer(void **state)
{
	(void)state;
	two_branches();
	sh("rm -r .git/dsv/packs");
	switch_to("main");
	assert_int_equal(last.missing, 1);
	sh("head -n1 a.csv | grep -q '^dsv-pointer 1$'");
	assert_clean();
}

static void test_checkout__branches_are_made_and_found(void **state)
{
	(void)state;
	two_branches();
	assert_int_equal(try_switch(NULL, "new", false, false), 0);
	assert_true(last.created);
	assert_output("git symbolic-ref HEAD", "refs/heads/new\n");
	assert_int_equal(try_switch("main", "new", false, false), DSV_EEXISTS);
	assert_int_equal(try_switch("mian", NULL, false, false), DSV_ENOTFOUND);
	assert_non_null(strstr(dsv_error_hint(), "main"));
	assert_int_equal(try_switch("main~0", NULL, false, false),
			 DSV_ENOTFOUND);
	assert_int_equal(try_switch("main", NULL, true, false), 0);
	assert_true(last.detached);
	sh("test -z \"$(git branch --show-current)\"");
	assert_clean();
}

static void test_checkout__remote_branch_is_followed(void **state)
{
	(void)state;
	two_branches();
	sh("git clone -q . ../r && git remote add o ../r && git fetch -q o && "
	   "git update-ref refs/remotes/o/far main");
	switch_to("far");
	assert_output("git rev-parse --abbrev-ref far@{u}", "o/far\n");
	assert_clean();
}

static void test_checkout__merge_in_progress_refuses(void **state)
{
	(void)state;
	two_branches();
	sh("git rev-parse HEAD >.git/MERGE_HEAD");
	assert_int_equal(try_switch("main", NULL, false, false), DSV_EREFUSED);
	assert_non_null(strstr(dsv_error_message(), "merge"));
}

static void test_restore__work_file_from_the_index(void **state)
{
	(void)state;
	two_branches();
	sh("echo x >a.csv && rm d/b.csv");
	assert_int_equal(try_restore("a.csv d", NULL, false, false), 0);
	sh("cmp a.csv ../o.csv");
	assert_clean();
	assert_int_equal(last.updated.n, 2);
	assert_int_equal(try_restore("nope", NULL, false, false),
			 DSV_ENOTFOUND);
}

static void test_restore__index_from_head_leaves_the_work_tree(void **state)
{
	(void)state;
	two_branches();
	sh("echo x >a.csv && echo n >n.csv");
	stage_all();
	assert_int_equal(try_restore("a.csv n.csv", NULL, true, false), 0);
	assert_output("git status --porcelain", " M a.csv\n?? n.csv\n");
	sh("test \"$(cat a.csv)\" = x");
}

static void test_restore__another_version(void **state)
{
	(void)state;
	two_branches();
	assert_int_equal(try_restore("a.csv c.txt d", "main", false, true), 0);
	sh("cmp a.csv ../main.csv && test -f c.txt && test ! -e d");
	assert_output("git status --porcelain",
		      " M a.csv\n D d/b.csv\n?? c.txt\n");
	assert_int_equal(try_restore("a.csv c.txt d", "main", true, true), 0);
	assert_output("git status --porcelain",
		      "M  a.csv\nA  c.txt\nD  d/b.csv\n");
}

#define checkout_test(test) \
	cmocka_unit_test_setup_teardown(test, dsvrepo_open, close_last)

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		checkout_test(test_checkout__versions_come_back_byte_for_byte),
		checkout_test(
			test_checkout__plain_files_that_are_no_text_come_back),
		checkout_test(test_checkout__local_change_blocks_all),
		checkout_test(test_checkout__other_changes_are_carried_along),
		checkout_test(test_checkout__untracked_file_is_not_overwritten),
		checkout_test(test_checkout__file_and_folder_change_places),
		checkout_test(
			test_checkout__missing_content_leaves_the_pointer),
		checkout_test(test_checkout__branches_are_made_and_found),
		checkout_test(test_checkout__remote_branch_is_followed),
		checkout_test(test_checkout__merge_in_progress_refuses),
		checkout_test(test_restore__work_file_from_the_index),
		checkout_test(
			test_restore__index_from_head_leaves_the_work_tree),
		checkout_test(test_restore__another_version),
	};

	if (argc > 1)
		return serve(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
