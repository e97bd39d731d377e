#include "dsvrepo.h"

#include "repo/problems.h"

/* "staged: A:a; unstaged: M:b; untracked: c; conflicts: d; problems: x:e" */
static char *told(const char *datasets)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_strlist sets DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	const struct dsv_status_opts opts = {.datasets = &sets};
	struct dsv_status status DSV_AUTO(status) = DSV_STATUS_INIT;
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;
	size_t i;

	if (datasets)
		dsv_strlist_split(&sets, datasets, ' ');
	if (dsv_status(repo, &opts, &status) < 0)
		fail_msg("%s", dsv_error_message());
	for (i = 0; i < status.staged.n; i++)
		dsv_buf_addf(&out, "staged %c %s\n",
			     status.staged.items[i].change,
			     status.staged.items[i].path);
	for (i = 0; i < status.unstaged.n; i++)
		dsv_buf_addf(&out, "unstaged %c %s\n",
			     status.unstaged.items[i].change,
			     status.unstaged.items[i].path);
	for (i = 0; i < status.untracked.n; i++)
		dsv_buf_addf(&out, "untracked %s\n", status.untracked.items[i]);
	for (i = 0; i < status.n_conflicts; i++)
		dsv_buf_addf(&out, "conflict %u %s\n",
			     status.conflicts[i].stages,
			     status.conflicts[i].path);
	for (i = 0; i < status.problems.n; i++)
		dsv_buf_addf(&out, "%s %s\n",
			     dsv_problem_word(status.problems.items[i].kind),
			     status.problems.items[i].path
				     ? status.problems.items[i].path
				     : "-");
	if (status.operation)
		dsv_buf_addf(&out, "in a %s\n",
			     dsv_operation_word(status.operation));
	return dsv_strdup(dsv_buf_str(&out));
}

/* Asked twice: the second answer comes from what is kept. */
#define assert_told(datasets, text)                        \
	do {                                               \
		char *one_ DSV_AUTO(str) = told(datasets); \
		char *two_ DSV_AUTO(str) = told(datasets); \
		assert_string_equal(one_, (text));         \
		assert_string_equal(two_, (text));         \
	} while (0)

static void test_status__tells_the_three_states(void **state)
{
	(void)state;
	sh("for f in a b c d e; do echo $f >$f.csv; done");
	commit_here("one");
	sh("echo 2 >a.csv && rm b.csv && git add -A && echo 3 >c.csv && "
	   "rm d.csv && mkdir -p n/m && echo 4 >n/m/x && echo 5 >new && "
	   "git mv e.csv f.csv");
	assert_told(NULL, "staged M a.csv\nstaged D b.csv\nstaged R f.csv\n"
			  "unstaged M c.csv\nunstaged D d.csv\n"
			  "untracked n/\nuntracked new\n");
}

static void test_status__nothing_changed_is_nothing(void **state)
{
	(void)state;
	sh("echo 1 >a.csv");
	commit_here("one");
	assert_told("*.csv", "");
}

static void test_status__raw_and_damaged_in_git(void **state)
{
	(void)state;
	sh("echo '*.csv -filter' >.git/info/attributes && echo 1 >a.csv && "
	   "printf 'dsv-pointer 1\\r\\n' >b.csv && git add -A && "
	   "git commit -q --no-verify -m 1 && rm .git/info/attributes");
	assert_told("*.csv", "raw a.csv\ndamaged_pointer b.csv\n");
}

static void test_status__pointers_in_the_work_tree(void **state)
{
	(void)state;
	sh("echo 1 >a.csv && echo 2 >b.csv");
	commit_here("one");
	sh("git cat-file -p :a.csv >a.csv && git add a.csv");
	assert_told(NULL, "not_checked_out a.csv\n");
	sh("rm -r .git/dsv/packs");
	assert_told(NULL, "missing_content a.csv\n");
	sh("printf 'dsv-pointer 2\\n' >b.csv");
	assert_told(NULL, "unstaged M b.csv\nmissing_content a.csv\n"
			  "damaged_work_pointer b.csv\n");
}

static void test_status__attributes_that_get_in_the_way(void **state)
{
	(void)state;
	sh("echo 1 >a.csv && echo 1 >b.csv && echo 1 >c.tsv");
	commit_here("one");
	assert_told("*.csv *.tsv", "no_filter c.tsv\n");
	sh("echo 'a.csv text' >>.gitattributes && git add -A && "
	   "git commit -qm 2 --no-verify");
	assert_told("*.csv", "overridden_attributes a.csv\n");
}

static void test_status__kept_answer_follows_the_attributes(void **state)
{
	(void)state;
	sh("mkdir d && echo 1 >d/a.csv");
	commit_here("one");
	assert_told(NULL, "");
	sh("echo '*.csv text' >d/.gitattributes");
	assert_told(NULL, "untracked d/.gitattributes\n"
			  "overridden_attributes d/a.csv\n");
	sh("rm d/.gitattributes");
	assert_told(NULL, "");
}

static void test_status__setup_that_is_missing(void **state)
{
	(void)state;
	sh("echo 1 >a.csv");
	commit_here("one");
	sh("rm .git/hooks/pre-commit");
	assert_told(NULL, "no_hooks -\n");
	sh("git config --unset filter.dsv.process");
	assert_told(NULL, "no_setup -\n");
}

static void test_status__conflicts_and_what_goes_on(void **state)
{
	(void)state;
	sh("echo 1 >a.csv");
	commit_here("one");
	sh("git checkout -qb b && echo 2 >a.csv");
	commit_here("two");
	sh("git checkout -q main && echo 3 >a.csv");
	commit_here("three");
	sh("git merge -q b >/dev/null 2>&1 || true");
	assert_told(NULL, "conflict 7 a.csv\nin a merge\n");
}

static void test_status__index_to_be_committed_is_checked(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	struct dsv_problems problems DSV_AUTO(problems) = DSV_PROBLEMS_INIT;

	(void)state;
	sh("echo 1 >a.csv && echo 2 >b.csv");
	commit_here("one");
	sh("echo '*.csv -filter' >.git/info/attributes && echo 3 >b.csv && "
	   "git add b.csv && rm .git/info/attributes");
	repo = open_here();
	assert_int_equal(dsv_check_index(repo, &problems), 0);
	assert_int_equal(problems.n, 1);
	assert_int_equal(problems.items[0].kind, DSV_PROBLEM_RAW);
	assert_string_equal(problems.items[0].path, "b.csv");
}

static void test_problems__damaged_cache_is_not_believed(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_problems problems DSV_AUTO(problems) = DSV_PROBLEMS_INIT;
	const struct dsv_id key = {{7}};
	struct dsv_problems found DSV_AUTO(problems) = DSV_PROBLEMS_INIT;
	FILE *file;
	long size;
	long i;

	(void)state;
	dsv_problems_add(&problems, DSV_PROBLEM_RAW, "a.csv", "why");
	dsv_problems_keep(repo, &key, &problems);
	assert_int_equal(dsv_problems_load(repo, &key, &found), 1);
	assert_string_equal(found.items[0].detail, "why");
	file = fopen(".git/dsv/cache/problems", "r+");
	fseek(file, 0, SEEK_END);
	size = ftell(file);
	for (i = 0; i < size; i++) {
		int ch;

		fseek(file, i, SEEK_SET);
		ch = fgetc(file);
		fseek(file, i, SEEK_SET);
		fputc(ch ^ 1, file);
		fflush(file);
		assert_int_equal(dsv_problems_load(repo, &key, &found), 0);
		fseek(file, i, SEEK_SET);
		fputc(ch, file);
		fflush(file);
	}
	while (size-- > 0) {
		assert_int_equal(ftruncate(fileno(file), size), 0);
		assert_int_equal(dsv_problems_load(repo, &key, &found), 0);
	}
	fclose(file);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		dsvrepo_test(test_status__tells_the_three_states),
		dsvrepo_test(test_status__nothing_changed_is_nothing),
		dsvrepo_test(test_status__raw_and_damaged_in_git),
		dsvrepo_test(test_status__pointers_in_the_work_tree),
		dsvrepo_test(test_status__attributes_that_get_in_the_way),
		dsvrepo_test(test_status__kept_answer_follows_the_attributes),
		dsvrepo_test(test_status__setup_that_is_missing),
		dsvrepo_test(test_status__conflicts_and_what_goes_on),
		dsvrepo_test(test_status__index_to_be_committed_is_checked),
		dsvrepo_test(test_problems__damaged_cache_is_not_believed),
	};

	if (argc > 1)
		return serve(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
