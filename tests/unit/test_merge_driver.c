#include "dsvrepo.h"

#include "repo/unmerged.h"

/* base on main, ours on main, theirs on b; the result of git merge. */
static int merge(const char *ours, const char *theirs)
{
	put("a.csv", "id,x\n1,a\n2,b\n");
	commit_here("base");
	sh("git checkout -qb b");
	put("a.csv", theirs);
	put("t", theirs);
	commit_here("theirs");
	sh("git checkout -q main");
	put("a.csv", ours);
	put("o", ours);
	commit_here("ours");
	return system("git merge -q b >../out 2>&1");
}

static void test_merge_driver__equal_sides_are_settled(void **state)
{
	(void)state;
	assert_int_equal(merge("id,x\n1,z\n", "id,x\n1,z\n"), 0);
	assert_output("cat a.csv", "id,x\n1,z\n");
	assert_clean();
}

static void test_merge_driver__one_changed_side_wins(void **state)
{
	(void)state;
	assert_int_equal(merge("id,x\n1,a\n2,b\n", "id,x\n1,z\n"), 0);
	assert_output("cat a.csv", "id,x\n1,z\n");
	assert_clean();
}

static void test_merge_driver__two_changed_sides_are_a_conflict(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;

	(void)state;
	/* rows far apart: a text merge would have joined them */
	assert_int_not_equal(merge("id,x\n1,z\n2,b\n", "id,x\n1,a\n2,y\n"), 0);
	assert_output("git ls-files -u | wc -l", "3\n");
	assert_output("cat a.csv", "id,x\n1,z\n2,b\n");
	repo = open_here();
	assert_int_equal(dsv_conflict_is_live(repo, "a.csv"), 1);
	sh("git checkout -q --theirs a.csv && git add a.csv && "
	   "git commit -qm merged");
	assert_output("cat a.csv", "id,x\n1,a\n2,y\n");
	assert_int_equal(dsv_conflict_is_live(repo, "a.csv"), 0);
	assert_clean();
}

static void write_file(const char *path, const char *text)
{
	put(path, text);
}

static int drive(const char *base, const char *ours, const char *theirs)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	const struct dsv_merge_driver_opts opts = {
		.base = "B", .ours = "O", .theirs = "T", .path = "x.csv"};

	write_file("B", base);
	write_file("O", ours);
	write_file("T", theirs);
	return dsv_merge_driver(repo, &opts);
}

#define HI                                                                  \
	"dsv-pointer 1\n"                                                   \
	"sha256 8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc" \
	"327aa4\nsize 2\n"

static void test_merge_driver__raw_and_pointer_of_one_content(void **state)
{
	(void)state;
	assert_int_equal(drive("", "hi", HI), 0);
	assert_output("cat O", HI);
	assert_int_equal(drive("other", "hi", "hi"), 0);
	assert_output("cat O", HI);
	assert_int_equal(drive(HI, "hi", "new"), 0);
	assert_output("head -n1 O", "dsv-pointer 1\n");
	assert_output("tail -n1 O", "size 3\n");
}

static void test_merge_driver__failure_is_a_conflict(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	struct dsv_conflict_head head DSV_AUTO(conflict_head) =
		DSV_CONFLICT_HEAD_INIT;

	(void)state;
	assert_int_equal(drive(HI, HI, "dsv-pointer 1\nbroken"), DSV_ECONFLICT);
	assert_output("cat O", HI);
	repo = open_here();
	assert_int_equal(dsv_conflict_get(repo, "x.csv", &head, NULL), 1);
}

static void test_merge_driver__both_added_are_a_conflict(void **state)
{
	(void)state;
	assert_int_equal(drive("", "1", "2"), DSV_ECONFLICT);
	assert_output("head -n1 O", "dsv-pointer 1\n");
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		dsvrepo_test(test_merge_driver__equal_sides_are_settled),
		dsvrepo_test(test_merge_driver__one_changed_side_wins),
		dsvrepo_test(
			test_merge_driver__two_changed_sides_are_a_conflict),
		dsvrepo_test(test_merge_driver__raw_and_pointer_of_one_content),
		dsvrepo_test(test_merge_driver__failure_is_a_conflict),
		dsvrepo_test(test_merge_driver__both_added_are_a_conflict),
	};

	if (argc > 1)
		return serve(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
