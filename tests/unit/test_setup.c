#include "dsvrepo.h"

#include <dsv/attrfile.h>

#include "repo/attributes.h"

static int set_up(const char *program, struct dsv_setup *out)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();

	return dsv_setup(repo, program, out);
}

static void test_setup__program_path_is_quoted(void **state)
{
	struct dsv_setup setup DSV_AUTO(setup) = DSV_SETUP_INIT;

	(void)state;
	assert_int_equal(set_up("/a b/it's \"100%\" $x/dsv", &setup), 0);
	assert_output("git config filter.dsv.process",
		      "'/a b/it'\\''s \"100%\" $x/dsv' filter-process\n");
	assert_output("git config merge.dsv.driver",
		      "'/a b/it'\\''s \"100%%\" $x/dsv' merge-driver %O %A %B "
		      "%L %P\n");
	assert_output("git config dsv.program", "/a b/it's \"100%\" $x/dsv\n");
	sh("! git config filter.dsv.clean");
}

static void test_setup__works_through_such_a_path(void **state)
{
	struct dsv_setup setup DSV_AUTO(setup) = DSV_SETUP_INIT;
	char *program DSV_AUTO(str) = self();
	char *odd DSV_AUTO(str) = NULL;
	const struct gitrepo *git = *state;

	odd = dsv_strf("%s/it's \"a\" $dir/dsv", git->base);
	sh("mkdir \"../it's \\\"a\\\" \\$dir\" && ln -s %s "
	   "\"../it's \\\"a\\\" \\$dir/dsv\"",
	   program);
	assert_int_equal(set_up(odd, &setup), 0);
	put(".gitattributes", "*.csv filter=dsv\n");
	put("a.csv", "1\n");
	sh("git add a.csv && git cat-file -p :a.csv | grep -q dsv-pointer");
}

static void test_setup__again_changes_nothing(void **state)
{
	struct dsv_setup first DSV_AUTO(setup) = DSV_SETUP_INIT;
	struct dsv_setup second DSV_AUTO(setup) = DSV_SETUP_INIT;

	(void)state;
	assert_int_equal(set_up("/x/dsv", &first), 0);
	assert_true(first.configured);
	assert_true(first.hooks[0].installed && first.hooks[1].installed);
	sh("cp .git/config ../before");
	assert_int_equal(set_up("/x/dsv", &second), 0);
	assert_false(second.configured);
	assert_false(second.hooks[0].installed || second.hooks[1].installed);
	assert_int_equal(second.hooks[0].state, DSV_HOOK_OURS);
	sh("cmp .git/config ../before");
}

static void test_setup__foreign_hook_is_left_alone(void **state)
{
	struct dsv_setup setup DSV_AUTO(setup) = DSV_SETUP_INIT;
	struct dsv_setup again DSV_AUTO(setup) = DSV_SETUP_INIT;

	(void)state;
	put(".git/hooks/pre-commit", "#!/bin/sh\nexit 0\n");
	assert_int_equal(set_up("/x/dsv", &setup), 0);
	assert_string_equal(setup.hooks[0].name, "pre-commit");
	assert_int_equal(setup.hooks[0].state, DSV_HOOK_FOREIGN);
	assert_non_null(strstr(setup.hooks[0].line, "hook run pre-commit"));
	assert_output("cat .git/hooks/pre-commit", "#!/bin/sh\nexit 0\n");
	sh("printf '%%s\\n' '%s' >>.git/hooks/pre-commit", setup.hooks[0].line);
	assert_int_equal(set_up("/x/dsv", &again), 0);
	assert_int_equal(again.hooks[0].state, DSV_HOOK_CALLS);
}

static void test_setup__hooks_path_is_respected(void **state)
{
	struct dsv_setup inside DSV_AUTO(setup) = DSV_SETUP_INIT;
	struct dsv_setup outside DSV_AUTO(setup) = DSV_SETUP_INIT;

	(void)state;
	sh("git config core.hooksPath my/hooks");
	assert_int_equal(set_up("/x/dsv", &inside), 0);
	sh("test -x my/hooks/pre-commit && test ! -e .git/hooks/pre-commit");
	sh("git config core.hooksPath ../shared");
	sh("mkdir ../shared && git config core.hooksPath $(realpath "
	   "../shared)");
	assert_int_equal(set_up("/x/dsv", &outside), 0);
	assert_int_equal(outside.hooks[0].state, DSV_HOOK_MISSING);
	assert_non_null(outside.hooks[0].line);
	sh("test ! -e ../shared/pre-commit");
}

static void test_setup__hooks_find_the_program(void **state)
{
	struct dsv_setup setup DSV_AUTO(setup) = DSV_SETUP_INIT;

	(void)state;
	sh("printf '#!/bin/sh\\necho \"$@\" >>../log\\n' >../prog && "
	   "chmod +x ../prog");
	assert_int_equal(set_up("/nowhere/dsv", &setup), 0);
	sh("! PATH=/usr/bin:/bin .git/hooks/pre-commit 2>../err && "
	   "grep -q 'dsv init' ../err");
	sh("PATH=/usr/bin:/bin .git/hooks/prepare-commit-msg f 2>../err && "
	   "test -s ../err");
	sh("git config dsv.program $(realpath ../prog) && "
	   "git commit -q --allow-empty -m x");
	assert_output("cat ../log",
		      "hook run pre-commit\n"
		      "hook run prepare-commit-msg .git/COMMIT_EDITMSG "
		      "message\n");
}

static void test_hooks__server_gets_one_hook(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	struct dsv_hook_result hook;

	(void)state;
	sh("git init -q --bare ../bare");
	assert_int_equal(chdir("../bare"), 0);
	repo = open_here();
	assert_int_equal(dsv_hooks_install_server(repo, &hook), 0);
	assert_true(hook.installed && !hook.line);
	assert_string_equal(hook.name, "pre-receive");
	dsv_hook_result_release(&hook);
	sh("test -x hooks/pre-receive && test ! -e hooks/pre-commit && "
	   "echo true >hooks/pre-receive");
	assert_int_equal(dsv_hooks_install_server(repo, &hook), 0);
	assert_int_equal(hook.state, DSV_HOOK_FOREIGN);
	assert_non_null(strstr(hook.line, "|| exit 1"));
	dsv_hook_result_release(&hook);
	assert_output("cat hooks/pre-receive", "true\n");
}

static void test_setup__clone_gets_its_files(void **state)
{
	struct dsv_setup setup DSV_AUTO(setup) = DSV_SETUP_INIT;

	(void)state;
	set_up_here();
	put(".gitattributes", "*.csv filter=dsv\n");
	sh("seq 5000 >a.csv && echo 2 >b.csv");
	commit_here("one");
	sh("git clone -q . ../clone && cp -r .git/dsv ../clone/.git/");
	assert_int_equal(chdir("../clone"), 0);
	sh("head -n1 a.csv | grep -q dsv-pointer");
	{
		char *program DSV_AUTO(str) = self();

		assert_int_equal(set_up(program, &setup), 0);
	}
	assert_int_equal(setup.written.n, 2);
	assert_int_equal(setup.missing, 0);
	sh("cmp a.csv ../w/a.csv && cmp b.csv ../w/b.csv");
	assert_clean();
	sh("git diff-files --quiet");
}

static void test_setup__linked_work_tree(void **state)
{
	(void)state;
	sh("echo 1 >f && git add f && git commit -qm 1 && "
	   "git worktree add -q ../t 2>/dev/null");
	assert_int_equal(chdir("../t"), 0);
	set_up_here();
	sh("git -C ../w config dsv.program >/dev/null && "
	   "test -x ../w/.git/hooks/pre-commit");
	put(".gitattributes", "*.csv filter=dsv\n");
	put("a.csv", "1\n");
	commit_here("two");
	assert_clean();
	sh("test -d ../w/.git/dsv/packs");
}

static void test_setup__bare_repository_gets_its_settings(void **state)
{
	struct dsv_setup setup DSV_AUTO(setup) = DSV_SETUP_INIT;

	(void)state;
	sh("git init -q --bare ../bare");
	assert_int_equal(chdir("../bare"), 0);
	assert_int_equal(set_up("/x/dsv", &setup), 0);
	assert_true(setup.configured);
	sh("test ! -e hooks/pre-commit");
}

static void test_setup__new_repository(void **state)
{
	(void)state;
	sh("git config --global init.defaultBranch trunk");
	assert_false(dsv_repo_exists("../n/m"));
	assert_int_equal(dsv_repo_create("../n/m"), 0);
	assert_true(dsv_repo_exists("../n/m"));
	assert_output("git -C ../n/m symbolic-ref HEAD", "refs/heads/trunk\n");
	sh("mkdir ../n/m/sub");
	assert_false(dsv_repo_exists("../n/m/sub"));
}

static void test_attrfile__lines_come_and_go(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_strlist list DSV_AUTO(strlist) = DSV_STRLIST_INIT;

	(void)state;
	put(".gitattributes", "* text=auto\r\n*.png binary");
	assert_int_equal(dsv_attrfile_add(repo, "a/*.csv"), 1);
	assert_int_equal(dsv_attrfile_add(repo, "b c.csv"), 1);
	assert_int_equal(dsv_attrfile_add(repo, "a/*.csv"), 0);
	assert_output("cat .gitattributes",
		      "* text=auto\r\n*.png binary\n"
		      "a/*.csv filter=dsv diff=dsv merge=dsv -text\n"
		      "\"b c.csv\" filter=dsv diff=dsv merge=dsv -text\n");
	assert_output("git check-attr filter 'b c.csv'",
		      "b c.csv: filter: dsv\n");
	assert_int_equal(dsv_attrfile_list(repo, &list), 0);
	assert_int_equal(list.n, 2);
	assert_string_equal(list.items[1], "b c.csv");
	sh("echo 'a/x.csv -filter' >>.gitattributes");
	assert_int_equal(dsv_attrfile_add(repo, "a/*.csv"), 1);
	assert_output("git check-attr filter a/x.csv",
		      "a/x.csv: filter: dsv\n");
	assert_int_equal(dsv_attrfile_remove(repo, "a/*.csv"), 1);
	assert_int_equal(dsv_attrfile_remove(repo, "a/*.csv"), 0);
	assert_int_equal(dsv_attrfile_remove(repo, "b c.csv"), 1);
	assert_output("cat .gitattributes",
		      "* text=auto\r\n*.png binary\na/x.csv -filter\n");
}

static void test_attrfile__any_pattern_is_read_back(void **state)
{
	static const char *const patterns[] = {"a\"b", "#x",   "t\tb",
					       "q\\z", "n\nl", "[a-c]*.csv"};
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_strlist list DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++)
		assert_int_equal(dsv_attrfile_add(repo, patterns[i]), 1);
	assert_int_equal(dsv_attrfile_list(repo, &list), 0);
	for (i = 0; i < list.n; i++)
		assert_string_equal(list.items[i], patterns[i]);
	assert_int_equal(list.n, i);
	assert_true(dsv_path_is_filtered(repo, "a\"b"));
	assert_true(dsv_path_is_filtered(repo, "#x"));
	assert_output("git check-attr filter '#x' | tail -c5", " dsv\n");
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		gitrepo_test(test_setup__program_path_is_quoted),
		gitrepo_test(test_setup__works_through_such_a_path),
		gitrepo_test(test_setup__again_changes_nothing),
		gitrepo_test(test_setup__foreign_hook_is_left_alone),
		gitrepo_test(test_setup__hooks_path_is_respected),
		gitrepo_test(test_setup__hooks_find_the_program),
		gitrepo_test(test_hooks__server_gets_one_hook),
		gitrepo_test(test_setup__clone_gets_its_files),
		gitrepo_test(test_setup__linked_work_tree),
		gitrepo_test(test_setup__bare_repository_gets_its_settings),
		gitrepo_test(test_setup__new_repository),
		gitrepo_test(test_attrfile__lines_come_and_go),
		gitrepo_test(test_attrfile__any_pattern_is_read_back),
	};

	if (argc > 1)
		return serve(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
