#include "dsvrepo.h"

/* Plain git in a repository that is set up, through the filter process. */

static void test_filter__add_and_checkout_pass_through_the_store(void **state)
{
	(void)state;
	sh("seq 300000 >a.csv && cp a.csv ../a && git add -A && git commit -qm "
	   "1");
	assert_output("git cat-file -p :a.csv | head -n1", "dsv-pointer 1\n");
	sh("test $(git cat-file -p :a.csv | sed -n 's/sha256 //p') = "
	   "$(sha256sum <../a | cut -d' ' -f1)");
	sh("rm a.csv && git checkout -q a.csv && cmp a.csv ../a");
	assert_clean();
}

static void test_filter__sizes_around_a_packet(void **state)
{
	static const unsigned sizes[] = {0,	1,     4095,  4096,  4097,
					 65515, 65516, 65517, 131032};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		sh("head -c %u /dev/zero | tr '\\0' x >%zu.csv", sizes[i], i);
	sh("cp -r . ../copy && git add -A && git commit -qm 1 && rm *.csv && "
	   "git checkout -q . && for f in *.csv; do cmp $f ../copy/$f || exit "
	   "1; done");
	assert_clean();
}

static void test_filter__pointer_stays_a_pointer(void **state)
{
	(void)state;
	sh("echo 1 >a.csv && git add -A && git cat-file -p :a.csv >p.csv && "
	   "git add p.csv && test $(git rev-parse :a.csv) = "
	   "$(git rev-parse :p.csv)");
}

static void test_filter__damaged_pointer_is_refused(void **state)
{
	(void)state;
	put("a.csv", "dsv-pointer 1\r\nsha256 0\r\n");
	sh("! git add a.csv 2>../err && grep -q \"a.csv: damaged\" ../err");
	assert_output("git ls-files", "");
}

static void test_filter__missing_content_leaves_the_pointer(void **state)
{
	(void)state;
	sh("echo 1 >a.csv && echo 2 >b.csv && git add -A && git commit -qm 1 "
	   "&& rm -r .git/dsv/packs a.csv b.csv");
	sh("git checkout -q . 2>../err");
	assert_output("grep -c 'from a repository that has it' ../err", "1\n");
	sh("head -n1 b.csv | grep -q '^dsv-pointer 1$'");
	assert_clean();
}

static void test_filter__damage_is_never_handed_on(void **state)
{
	(void)state;
	sh("seq 100000 >a.csv && git add -A && git commit -qm 1 && rm a.csv && "
	   "p=$(ls .git/dsv/packs/*.pack) && chmod u+w $p && "
	   "printf XXXX | dd of=$p bs=1 seek=5000 conv=notrunc status=none");
	sh("! git checkout -q a.csv 2>../err && grep -q a.csv ../err");
	sh("test ! -e a.csv");
}

static void test_filter__raw_blob_comes_out_as_it_is(void **state)
{
	(void)state;
	sh("mv .gitattributes ga && seq 100000 >a.csv && cp a.csv ../a && "
	   "git add a.csv && mv ga .gitattributes && rm a.csv && "
	   "git checkout -q a.csv && cmp a.csv ../a");
}

static void test_filter__stash_rebase_worktree_clone(void **state)
{
	(void)state;
	sh("seq 5000 >a.csv && git add -A && git commit -qm 1");
	sh("echo x >>a.csv && git stash -q && test $(wc -l <a.csv) = 5000 && "
	   "git stash pop -q && test $(wc -l <a.csv) = 5001");
	sh("git commit -qam 2 && git checkout -qb b HEAD~1 && seq 9 >b.csv && "
	   "git add -A && git commit -qm 3 && git rebase -q main && "
	   "test $(wc -l <a.csv) = 5001 && test $(wc -l <b.csv) = 9");
	assert_clean();
	sh("git worktree add -q ../t main 2>/dev/null && "
	   "test $(wc -l <../t/a.csv) = 5001");
	sh("git clone -q . ../clone 2>/dev/null && "
	   "head -n1 ../clone/a.csv | grep -q '^dsv-pointer 1$'");
	sh("git fsck --strict 2>/dev/null && git gc -q");
	assert_clean();
}

static void test_filter__file_names_of_any_bytes(void **state)
{
	(void)state;
	put("a \"b'\n\xff.csv", "1\n");
	sh("git add -A && git commit -qm 1 && rm *.csv && git checkout -q .");
	assert_clean();
	sh("test $(cat *.csv) = 1");
}

static void test_filter__foreign_greeting_is_refused(void **state)
{
	(void)state;
	sh("! printf xxxx | sh -c \"$(git config filter.dsv.process)\" "
	   ">/dev/null 2>&1");
	sh("! printf '0016git-filter-client\n000eversion=9\n0000' | "
	   "sh -c \"$(git config filter.dsv.process)\" >/dev/null 2>&1");
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		dsvrepo_test(
			test_filter__add_and_checkout_pass_through_the_store),
		dsvrepo_test(test_filter__sizes_around_a_packet),
		dsvrepo_test(test_filter__pointer_stays_a_pointer),
		dsvrepo_test(test_filter__damaged_pointer_is_refused),
		dsvrepo_test(test_filter__missing_content_leaves_the_pointer),
		dsvrepo_test(test_filter__damage_is_never_handed_on),
		dsvrepo_test(test_filter__raw_blob_comes_out_as_it_is),
		dsvrepo_test(test_filter__stash_rebase_worktree_clone),
		dsvrepo_test(test_filter__file_names_of_any_bytes),
		dsvrepo_test(test_filter__foreign_greeting_is_refused),
	};

	if (argc > 1)
		return serve(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
