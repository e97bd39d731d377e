#include "gitrepo.h"

#include <dirent.h>
#include <sys/stat.h>

#include "repo/config.h"
#include "repo/private.h"
#include "repo/branch.h"
#include "repo/repo.h"
#include "repo/tree.h"

static void test_repo__found_from_a_folder_below(void **state)
{
	struct gitrepo *git = *state;
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	char *dir DSV_AUTO(str) = dsv_strf("%s/.git", git->top);

	sh("mkdir -p a/b");
	assert_int_equal(chdir("a/b"), 0);
	repo = open_here();
	assert_string_equal(dsv_repo_workdir(repo), git->top);
	assert_string_equal(dsv_repo_git_dir(repo), dir);
	assert_string_equal(dsv_repo_common_dir(repo), dir);
}

static void test_repo__none_is_said_with_a_hint(void **state)
{
	struct gitrepo *git = *state;
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;

	setenv("GIT_CEILING_DIRECTORIES", git->base, 1);
	assert_int_equal(chdir(git->base), 0);
	assert_int_equal(dsv_repo_open(&repo, "."), DSV_ENOTFOUND);
	assert_non_null(strstr(dsv_error_hint(), "dsv init"));
	assert_null(repo);
	unsetenv("GIT_CEILING_DIRECTORIES");
}

static void test_repo__linked_work_tree_has_its_own_git_dir(void **state)
{
	struct gitrepo *git = *state;
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	char *own DSV_AUTO(str) = dsv_strf("%s/.git/worktrees/side", git->top);
	char *common DSV_AUTO(str) = dsv_strf("%s/.git", git->top);
	char *place DSV_AUTO(str) = NULL;

	put("x", "1");
	commit_all("one", 0);
	sh("git worktree add -q ../side");
	assert_int_equal(chdir("../side"), 0);
	repo = open_here();
	assert_string_equal(dsv_repo_git_dir(repo), own);
	assert_string_equal(dsv_repo_common_dir(repo), common);
	place = dsv_repo_own(repo, "cache/x");
	assert_string_equal(place + strlen(common), "/dsv/cache/x");
}

static void test_repo__environment_names_it(void **state)
{
	struct gitrepo *git = *state;
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	char *dir DSV_AUTO(str) = dsv_strf("%s/.git", git->top);

	sh("mkdir ../else");
	assert_int_equal(chdir("../else"), 0);
	setenv("GIT_DIR", dir, 1);
	repo = open_here();
	assert_non_null(strstr(dsv_repo_workdir(repo), "/else"));
	dsv_repo_free(&repo);

	setenv("GIT_WORK_TREE", git->top, 1);
	repo = open_here();
	assert_string_equal(dsv_repo_workdir(repo), git->top);
	unsetenv("GIT_DIR");
	unsetenv("GIT_WORK_TREE");
}

static void test_repo__index_of_the_environment_is_used(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	struct dsv_files files DSV_AUTO(files) = DSV_FILES_INIT;
	struct dsv_version index = {.at = DSV_AT_INDEX};
	git_index *index_of_git;

	(void)state;
	put("x", "1");
	commit_all("one", 0);
	sh("GIT_INDEX_FILE=.git/other git read-tree --empty");
	setenv("GIT_INDEX_FILE", ".git/other", 1);
	repo = open_here();
	assert_int_equal(dsv_tree_list(repo, &index, NULL, &files), 0);
	assert_int_equal(files.n, 0);
	assert_int_equal(dsv_repo_index(repo, &index_of_git), 0);
	assert_int_equal(git_index_entrycount(index_of_git), 0);
	unsetenv("GIT_INDEX_FILE");
}

static void test_repo__bare_has_no_work_tree(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;

	(void)state;
	sh("git init -q --bare ../bare.git");
	assert_int_equal(chdir("../bare.git"), 0);
	repo = open_here();
	assert_null(dsv_repo_workdir(repo));
}

static void test_repo__quarantined_objects_are_seen(void **state)
{
	struct gitrepo *git = *state;
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	char *objects DSV_AUTO(str) = dsv_strf("%s/.git/objects", git->top);
	struct dsv_version out;

	put("x", "1");
	commit_all("one", 0);
	sh("git rev-parse HEAD >../oid && mkdir ../q && mv .git/objects ../q/"
	   " && mkdir -p .git/objects/pack .git/objects/info");
	setenv("GIT_OBJECT_DIRECTORY", "../q/objects", 1);
	setenv("GIT_ALTERNATE_OBJECT_DIRECTORIES", objects, 1);
	repo = open_here();
	assert_int_equal(dsv_repo_resolve(repo, "HEAD^{commit}", &out), 0);
	unsetenv("GIT_OBJECT_DIRECTORY");
	unsetenv("GIT_ALTERNATE_OBJECT_DIRECTORIES");
}

static void test_repo__strangers_folder_gets_gits_advice(void **state)
{
	struct gitrepo *git = *state;
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;

	if (geteuid() != 0)
		skip();
	sh("chown -R 12345 .");
	assert_int_equal(dsv_repo_open(&repo, "."), DSV_EGIT);
	assert_non_null(strstr(dsv_error_hint(), "safe.directory"));
	sh("git config --global --add safe.directory %s", git->top);
	repo = open_here();
}

static void test_repo__extensions_that_change_nothing_are_taken(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;

	(void)state;
	sh("git config core.repositoryFormatVersion 1 &&"
	   " git config extensions.partialClone origin &&"
	   " git config extensions.worktreeConfig true");
	repo = open_here();
	assert_non_null(repo);
}

static char *path_of(struct dsv_repo *repo, const char *typed)
{
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;

	if (dsv_repo_path(repo, typed, &out) < 0)
		return dsv_strdup("(outside)");
	return dsv_strdup(dsv_buf_str(&out));
}

static void test_path__typed_becomes_a_path_of_the_repository(void **state)
{
	struct gitrepo *git = *state;
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	const char *rows[][2] = {
		{"x", "a/b/x"},
		{"../x", "a/x"},
		{"./c//d/../x", "a/b/c/x"},
		{"../..", ""},
		{".", "a/b"},
		{"../../../x", "(outside)"},
		{"/etc/passwd", "(outside)"},
		{"x\ny\"\xff", "a/b/x\ny\"\xff"},
	};
	char *whole DSV_AUTO(str) = dsv_strf("%s/q/r", git->top);
	char *link DSV_AUTO(str) = dsv_strf("%s/link/q", git->base);
	char *found;

	sh("mkdir -p a/b && ln -s w ../link");
	assert_int_equal(chdir("a/b"), 0);
	repo = open_here();
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		found = path_of(repo, rows[i][0]);
		assert_string_equal(found, rows[i][1]);
		free(found);
	}
	found = path_of(repo, whole);
	assert_string_equal(found, "q/r");
	free(found);
	found = path_of(repo, link);
	assert_string_equal(found, "q");
	free(found);
}

static void test_path__a_link_itself_is_meant(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	char *found DSV_AUTO(str) = NULL;

	(void)state;
	sh("ln -s /etc/passwd l");
	repo = open_here();
	found = path_of(repo, "l");
	assert_string_equal(found, "l");
}

static void test_paths__patterns_and_names(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	struct dsv_strlist typed DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_strlist out DSV_AUTO(strlist) = DSV_STRLIST_INIT;

	(void)state;
	sh("mkdir a && touch 'a/f[1]'");
	assert_int_equal(chdir("a"), 0);
	repo = open_here();
	dsv_strlist_add(&typed, "x");
	dsv_strlist_add(&typed, "*.csv");
	dsv_strlist_add(&typed, "../*.csv");
	dsv_strlist_add(&typed, "f[1]");
	dsv_strlist_add(&typed, ":/y");
	dsv_strlist_add(&typed, "..");
	assert_int_equal(dsv_repo_paths(repo, &typed, &out), 0);
	assert_int_equal(out.n, 6);
	assert_string_equal(out.items[0], "a/x");
	assert_string_equal(out.items[1], ":(top)a/*.csv");
	assert_string_equal(out.items[2], ":(top)*.csv");
	assert_string_equal(out.items[3], ":(top,literal)a/f[1]");
	assert_string_equal(out.items[4], ":(top)y");
	assert_string_equal(out.items[5], ".");
}

static void test_config__written_is_read_at_once(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	char *value DSV_AUTO(str) = NULL;

	(void)state;
	assert_int_equal(dsv_config_u64(repo, "dsv.bloblimit", 7), 7);
	assert_int_equal(dsv_config_set(repo, "dsv.bloblimit", "2m"), 0);
	assert_int_equal(dsv_config_u64(repo, "dsv.bloblimit", 7), 2 << 20);
	assert_int_equal(dsv_config_set(repo, "dsv.bloblimit", "-1"), 0);
	assert_int_equal(dsv_config_u64(repo, "dsv.bloblimit", 7), 7);
	assert_int_equal(dsv_config_set(repo, "a.b.c", "x \"y\""), 0);
	value = dsv_config_str(repo, "a.b.c");
	assert_string_equal(value, "x \"y\"");
	sh("test \"$(git config a.b.c)\" = 'x \"y\"'");
	assert_int_equal(dsv_config_unset(repo, "a.b.c"), 0);
	assert_int_equal(dsv_config_unset(repo, "a.b.c"), 0);
	assert_null(dsv_config_str(repo, "a.b.c"));
	assert_true(dsv_config_bool(repo, "core.logallrefupdates", false));
}

static void test_resolve__unknown_names_the_nearest(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	struct dsv_version out;

	(void)state;
	put("x", "1");
	commit_all("one", 0);
	sh("git tag v1.0 && git branch feature");
	repo = open_here();
	assert_int_equal(dsv_repo_resolve(repo, "featrue", &out),
			 DSV_ENOTFOUND);
	assert_string_equal(dsv_error_hint(), "did you mean 'feature'?");
	assert_int_equal(dsv_repo_resolve(repo, "HEAD~5", &out), DSV_ENOTFOUND);
	assert_int_equal(dsv_repo_resolve(repo, "HEAD:x", &out), DSV_EUSAGE);
	assert_int_equal(dsv_repo_resolve(repo, "v1.0", &out), 0);
	assert_int_equal(out.at, DSV_AT_COMMIT);
}

static void test_resolve__nothing_before_the_first_commit(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_version out;

	(void)state;
	assert_int_equal(dsv_repo_head(repo, &out), 0);
	assert_int_equal(out.at, DSV_AT_NOTHING);
	assert_int_equal(dsv_repo_resolve(repo, "HEAD", &out), DSV_ENOTFOUND);
	assert_string_equal(dsv_error_hint(), "there is no commit yet");
}

static void test_range__three_dots_start_at_the_merge_base(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	struct dsv_version base;
	struct dsv_version tip;
	struct dsv_version main_tip;
	struct dsv_version a;
	struct dsv_version b = {.at = DSV_AT_WORKTREE};

	(void)state;
	put("x", "1");
	commit_all("base", 0);
	sh("git tag base && git switch -qc side");
	put("x", "2");
	commit_all("side", 10);
	sh("git switch -q main");
	put("y", "3");
	commit_all("main", 20);
	repo = open_here();
	assert_int_equal(dsv_repo_resolve(repo, "base", &base), 0);
	assert_int_equal(dsv_repo_resolve(repo, "side", &tip), 0);
	assert_int_equal(dsv_repo_resolve(repo, "main", &main_tip), 0);

	assert_int_equal(dsv_repo_range(repo, "side", &a, &b), 1);
	assert_true(dsv_oid_equal(&a.commit, &tip.commit));
	assert_int_equal(b.at, DSV_AT_WORKTREE);
	assert_int_equal(dsv_repo_range(repo, "main...side", &a, &b), 2);
	assert_true(dsv_oid_equal(&a.commit, &base.commit));
	assert_true(dsv_oid_equal(&b.commit, &tip.commit));
	assert_int_equal(dsv_repo_range(repo, "side..", &a, &b), 2);
	assert_true(dsv_oid_equal(&a.commit, &tip.commit));
	assert_true(dsv_oid_equal(&b.commit, &main_tip.commit));
	assert_int_equal(dsv_repo_range(repo, "main..nix", &a, &b),
			 DSV_ENOTFOUND);
}

static void test_branch__counts_against_its_upstream(void **state)
{
	struct gitrepo *git = *state;
	struct dsv_branch branch DSV_AUTO(branch) = DSV_BRANCH_INIT;
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();

	assert_int_equal(dsv_branch_read(&branch, repo), 0);
	assert_string_equal(branch.name, "main");
	assert_true(branch.unborn);
	assert_null(branch.upstream);

	put("x", "1");
	commit_all("one", 0);
	sh("git clone -q %s ../clone", git->top);
	put("x", "2");
	commit_all("two", 10);
	assert_int_equal(chdir("../clone"), 0);
	put("y", "3");
	commit_all("three", 20);
	put("y", "4");
	commit_all("four", 30);
	sh("git fetch -q");
	dsv_repo_free(&repo);
	repo = open_here();
	assert_int_equal(dsv_branch_read(&branch, repo), 0);
	assert_string_equal(branch.upstream, "origin/main");
	assert_int_equal(branch.ahead, 2);
	assert_int_equal(branch.behind, 1);

	sh("git update-ref -d refs/remotes/origin/main");
	assert_int_equal(dsv_branch_read(&branch, repo), 0);
	assert_true(branch.gone);
	sh("git switch -q --detach");
	assert_int_equal(dsv_branch_read(&branch, repo), 0);
	assert_null(branch.name);
	assert_false(branch.unborn);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		gitrepo_test(test_repo__found_from_a_folder_below),
		gitrepo_test(test_repo__none_is_said_with_a_hint),
		gitrepo_test(test_repo__linked_work_tree_has_its_own_git_dir),
		gitrepo_test(test_repo__environment_names_it),
		gitrepo_test(test_repo__index_of_the_environment_is_used),
		gitrepo_test(test_repo__bare_has_no_work_tree),
		gitrepo_test(test_repo__quarantined_objects_are_seen),
		gitrepo_test(test_repo__strangers_folder_gets_gits_advice),
		gitrepo_test(
			test_repo__extensions_that_change_nothing_are_taken),
		gitrepo_test(test_path__typed_becomes_a_path_of_the_repository),
		gitrepo_test(test_path__a_link_itself_is_meant),
		gitrepo_test(test_paths__patterns_and_names),
		gitrepo_test(test_config__written_is_read_at_once),
		gitrepo_test(test_resolve__unknown_names_the_nearest),
		gitrepo_test(test_resolve__nothing_before_the_first_commit),
		gitrepo_test(test_range__three_dots_start_at_the_merge_base),
		gitrepo_test(test_branch__counts_against_its_upstream),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
