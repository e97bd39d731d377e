#include "dsvrepo.h"

static int add_line(void *ctx, struct dsv_repo *repo,
		    const struct dsv_version *parents, size_t n_parents,
		    struct dsv_buf *out)
{
	(void)ctx;
	(void)repo;
	(void)parents;
	dsv_buf_addf(out, "Dsv-Change: a +%zu\n", n_parents);
	return 0;
}

static int try_commit(struct dsv_commit_opts opts)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_oid oid;

	return dsv_commit(repo, &opts, &oid);
}

static struct dsv_commit_opts with(const char *message)
{
	struct dsv_commit_opts opts = DSV_COMMIT_OPTS_INIT;

	opts.message = message;
	return opts;
}

static void test_commit__is_what_git_would_write(void **state)
{
	(void)state;
	put("a.csv", "1\n");
	stage_all();
	sh("cp -r . ../g");
	commit_index("  Title  \n\n\n\nBody\n");
	sh("cd ../g && git commit -q --no-verify -m '  Title  \n\n\n\nBody\n'");
	sh("test $(git rev-parse HEAD) = $(git -C ../g rev-parse HEAD)");
	assert_output("git reflog --format=%gs", "commit (initial):   Title\n");
	assert_clean();
	put("a.csv", "2\n");
	commit_here("two");
	assert_output("git reflog -1 --format=%gs", "commit: two\n");
	assert_output("git log --format=%s", "two\n  Title\n");
	sh("git fsck --strict 2>/dev/null");
}

static void test_commit__nothing_to_commit_is_refused(void **state)
{
	struct dsv_commit_opts opts = with("x");

	(void)state;
	assert_int_equal(try_commit(opts), DSV_EREFUSED);
	put("a.csv", "1\n");
	commit_here("one");
	assert_int_equal(try_commit(opts), DSV_EREFUSED);
	assert_string_equal(dsv_error_message(), "nothing to commit");
	opts.allow_empty = true;
	assert_int_equal(try_commit(opts), 0);
}

static void test_commit__empty_message_is_refused(void **state)
{
	(void)state;
	put("a.csv", "1\n");
	stage_all();
	assert_int_equal(try_commit(with(" \n\n")), DSV_EREFUSED);
	assert_int_equal(try_commit(with("Dsv-Change: a +1")), DSV_EREFUSED);
	sh("! git rev-parse -q --verify HEAD");
}

static void test_commit__trailers_are_written(void **state)
{
	struct dsv_commit_opts opts = with("one");

	(void)state;
	opts.trailers = add_line;
	put("a.csv", "1\n");
	stage_all();
	assert_int_equal(try_commit(opts), 0);
	assert_output("git log -1 --format=%B", "one\n\nDsv-Change: a +0\n\n");
	put("a.csv", "2\n");
	stage_all();
	opts.amend = true;
	opts.message = NULL;
	assert_int_equal(try_commit(opts), 0);
	assert_output("git log --format=%B", "one\n\nDsv-Change: a +0\n\n");
	assert_output("git reflog -1 --format=%gs", "commit (amend): one\n");
}

static void test_commit__amend_keeps_the_author(void **state)
{
	struct dsv_commit_opts opts = with("one");

	(void)state;
	opts.author = "Other <o@example.org>";
	opts.date = "2020-01-02T03:04:05Z";
	put("a.csv", "1\n");
	stage_all();
	assert_int_equal(try_commit(opts), 0);
	opts = with("two");
	opts.amend = true;
	assert_int_equal(try_commit(opts), 0);
	assert_output("git log --format='%an <%ae> %aI %s'",
		      "Other <o@example.org> 2020-01-02T03:04:05+00:00 two\n");
	opts.reset_author = true;
	assert_int_equal(try_commit(opts), 0);
	assert_output("git log --format=%an", "A Author\n");
}

static void test_commit__hooks_run_as_in_git(void **state)
{
	(void)state;
	put("a.csv", "1\n");
	stage_all();
	sh("for h in pre-commit prepare-commit-msg commit-msg post-commit; do "
	   "printf '#!/bin/sh\necho %%s $# $2 "
	   "${GIT_INDEX_FILE:+index} >>../log\n' $h >.git/hooks/$h; "
	   "chmod +x .git/hooks/$h; done");
	commit_index("one");
	assert_output("cat ../log", "pre-commit 0 index\n"
				    "prepare-commit-msg 2 message index\n"
				    "commit-msg 1 index\n"
				    "post-commit 0 index\n");
	sh("printf '#!/bin/sh\necho more >>\"$1\"\n' >.git/hooks/commit-msg");
	put("a.csv", "2\n");
	commit_here("two");
	assert_output("git log -1 --format=%B", "two\nmore\n\n");
	sh("printf '#!/bin/sh\nexit 1\n' >.git/hooks/commit-msg");
	put("a.csv", "3\n");
	stage_all();
	assert_int_equal(try_commit(with("three")), DSV_EREFUSED);
	assert_non_null(strstr(dsv_error_message(), "commit-msg"));
	assert_output("git log --format=%s -1", "two more\n");
}

static void test_commit__our_own_hooks_are_not_spawned(void **state)
{
	(void)state;
	put("a.csv", "1\n");
	/* a program that would refuse, were it called */
	sh("git config dsv.program /bin/false");
	commit_here("one");
	sh("! git commit -q --allow-empty -m two");
}

static int write_subject(void *ctx, struct dsv_repo *repo, const char *path)
{
	(void)ctx;
	(void)repo;
	sh("grep -q '^# ' %s && sed -i '1s/^/edited /' %s", path, path);
	return 0;
}

static void test_commit__editor_sees_advice_that_goes(void **state)
{
	struct dsv_commit_opts opts = with(NULL);

	(void)state;
	opts.edit = write_subject;
	opts.trailers = add_line;
	put("a.csv", "1\n");
	stage_all();
	assert_int_equal(try_commit(opts), 0);
	assert_output("git log --format=%B", "edited\n\nDsv-Change: a +0\n\n");
}

static void test_commit__ends_a_merge(void **state)
{
	(void)state;
	put("a.csv", "1\n");
	commit_here("one");
	sh("git checkout -qb b && echo 2 >b.csv");
	commit_here("two");
	sh("git checkout -q main && echo 3 >c.csv");
	commit_here("three");
	sh("git merge -q --no-ff --no-commit b >/dev/null 2>&1");
	assert_int_equal(try_commit(with(NULL)), 0);
	assert_output("git log -1 --format='%p' | wc -w", "2\n");
	assert_output("git log -1 --format=%s", "Merge branch 'b'\n");
	assert_output("git reflog -1 --format=%gs",
		      "commit (merge): Merge branch 'b'\n");
	sh("test ! -e .git/MERGE_HEAD && test ! -e .git/MERGE_MSG");
	assert_clean();
}

static void test_commit__unmerged_paths_are_named(void **state)
{
	(void)state;
	sh("echo 1 >f && git add f && git commit -qm one");
	sh("git checkout -qb b && echo 2 >f && git commit -qam two");
	sh("git checkout -q main && echo 3 >f && git commit -qam three");
	sh("git merge -q b >/dev/null 2>&1 || true");
	assert_int_equal(try_commit(with("x")), DSV_EREFUSED);
	assert_non_null(strstr(dsv_error_message(), "'f'"));
}

static void test_commit__picked_commit_keeps_its_author(void **state)
{
	(void)state;
	sh("echo 1 >f && git add f && git commit -qm one");
	sh("git checkout -qb b && echo 2 >f && "
	   "git commit -qam two --author='P <p@x>'");
	sh("git checkout -q main && echo 3 >f && git commit -qam three");
	sh("git cherry-pick b >/dev/null 2>&1 || echo 4 >f");
	stage_all();
	assert_int_equal(try_commit(with(NULL)), 0);
	sh("test ! -e .git/CHERRY_PICK_HEAD");
	assert_output("git log -1 --format='%an %s'", "P two\n");
}

static void test_commit__raw_data_is_refused(void **state)
{
	(void)state;
	put("a.csv", "1\n");
	sh("mv .gitattributes ga && git add a.csv && mv ga .gitattributes");
	assert_int_equal(try_commit(with("x")), DSV_EREFUSED);
	assert_non_null(strstr(dsv_error_message(), "a.csv"));
	assert_non_null(strstr(dsv_error_hint(), "renormalize"));
}

static void test_commit__identity_and_signing(void **state)
{
	(void)state;
	put("a.csv", "1\n");
	stage_all();
	sh("git config commit.gpgSign true");
	assert_int_equal(try_commit(with("x")), DSV_EUNSUPPORTED);
	assert_non_null(strstr(dsv_error_message(), "openpgp"));
	sh("git config --unset commit.gpgSign");
	unsetenv("GIT_AUTHOR_EMAIL");
	assert_int_equal(try_commit(with("x")), DSV_EUSAGE);
	assert_non_null(strstr(dsv_error_hint(), "user.email"));
	sh("git config user.email u@example.org");
	assert_int_equal(try_commit(with("x")), 0);
	assert_output("git log --format=%ae", "u@example.org\n");
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		dsvrepo_test(test_commit__is_what_git_would_write),
		dsvrepo_test(test_commit__nothing_to_commit_is_refused),
		dsvrepo_test(test_commit__empty_message_is_refused),
		dsvrepo_test(test_commit__trailers_are_written),
		dsvrepo_test(test_commit__amend_keeps_the_author),
		dsvrepo_test(test_commit__hooks_run_as_in_git),
		dsvrepo_test(test_commit__our_own_hooks_are_not_spawned),
		dsvrepo_test(test_commit__editor_sees_advice_that_goes),
		dsvrepo_test(test_commit__ends_a_merge),
		dsvrepo_test(test_commit__unmerged_paths_are_named),
		dsvrepo_test(test_commit__picked_commit_keeps_its_author),
		dsvrepo_test(test_commit__raw_data_is_refused),
		dsvrepo_test(test_commit__identity_and_signing),
	};

	if (argc > 1)
		return serve(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
