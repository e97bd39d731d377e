#include "dsvrepo.h"

#include <dsv/merge.h>

/* Each merge is compared with what git makes of it in a copy of the
 * repository; the settle callback here is a simple one of its own. */
static struct dsv_merge last;

static int close_last(void **state)
{
	dsv_merge_release(&last);
	return gitrepo_close(state);
}

struct calls {
	struct dsv_buf text; /* "a.csv:BOT ", a letter for each stage there */
	bool conflict;
};

static int settle(void *ctx, struct dsv_repo *repo, const char *path,
		  const struct dsv_oid stages[3], struct dsv_oid *out_blob)
{
	struct calls *calls = ctx;
	size_t i;

	(void)repo;
	dsv_buf_addf(&calls->text, "%s:", path);
	for (i = 0; i < 3; i++)
		if (!dsv_oid_is_zero(&stages[i]))
			dsv_buf_addch(&calls->text, "BOT"[i]);
	dsv_buf_addch(&calls->text, ' ');
	*out_blob = stages[calls->conflict ? 1 : 2];
	return calls->conflict ? 0 : 1;
}

static int merge_with(const char *rev, struct calls *calls,
		      struct dsv_merge_opts opts)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();

	opts.rev = rev;
	opts.settle = settle;
	opts.ctx = calls;
	dsv_merge_release(&last);
	return dsv_merge(repo, &opts, &last);
}

static void merge_to(const char *rev, enum dsv_merge_result want)
{
	struct calls calls = {.text = DSV_BUF_INIT};
	struct dsv_merge_opts opts = {0};

	if (merge_with(rev, &calls, opts) < 0)
		fail_msg("%s", dsv_error_message());
	assert_int_equal(last.result, want);
	dsv_buf_release(&calls.text);
}

static int refused(const char *rev)
{
	struct calls calls = {.text = DSV_BUF_INIT};
	struct dsv_merge_opts opts = {0};
	const int rc = merge_with(rev, &calls, opts);

	dsv_buf_release(&calls.text);
	sh("test ! -e .git/MERGE_HEAD && test ! -e .git/MERGE_MODE");
	return rc;
}

static int give_up(void)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();

	return dsv_merge_abort(repo);
}

/* The same merge by git in ../g. */
static void git_merges(const char *rev)
{
	sh("rm -rf ../g && cp -a . ../g && cd ../g && "
	   "git merge --no-commit --no-edit %s >/dev/null 2>&1 || :",
	   rev);
}

static void assert_as_git(void)
{
	sh("git ls-files -s >../dsv.index && cd ../g && "
	   "git ls-files -s | diff ../dsv.index - >&2");
	sh("git status --porcelain >../dsv.status && cd ../g && "
	   "git status --porcelain | diff ../dsv.status - >&2");
	sh("cmp .git/MERGE_MSG ../g/.git/MERGE_MSG && "
	   "test $(git rev-parse MERGE_HEAD) = "
	   "$(git -C ../g rev-parse MERGE_HEAD^{commit}) && "
	   "cmp .git/MERGE_MODE ../g/.git/MERGE_MODE");
	sh("cd ../g && for f in $(git ls-files | sort -u); do "
	   "test ! -e $f || cmp $f ../w/$f || exit 1; done");
}

/* One commit on each side of a base, by two shell lines. */
static void two_sides(const char *base, const char *ours, const char *theirs)
{
	sh("%s", base);
	commit_here("base");
	sh("git checkout -q -b side && { %s; }", theirs);
	commit_here("theirs");
	sh("git checkout -q main && { %s; }", ours);
	commit_here("ours");
}

static void check_against_git(const char *base, const char *ours,
			      const char *theirs, enum dsv_merge_result want)
{
	two_sides(base, ours, theirs);
	git_merges("side");
	merge_to("side", want);
	assert_as_git();
}

static void test_merge__plain_files_as_git(void **state)
{
	(void)state;
	check_against_git("seq 20 >f; seq 30 >g; seq 5 >gone; mkdir d; "
			  "echo 1 >d/a",
			  "sed -i 2d f; rm gone; chmod +x g",
			  "sed -i 18d f; echo n >d/new; sed -i 1d g",
			  DSV_MERGE_DONE);
	assert_output("git diff --stat --name-only", "");
}

static void test_merge__markers_as_git(void **state)
{
	(void)state;
	check_against_git("seq 9 >f; seq 5 >m; seq 5 >r",
			  "sed -i s/5/ours/ f; rm m; echo a >n; echo 6 >>r",
			  "sed -i s/5/theirs/ f; echo 6 >>m; echo b >n; rm r",
			  DSV_MERGE_CONFLICT);
	assert_int_equal(last.conflicts.n, 4);
	assert_string_equal(last.conflicts.items[0], "f");
}

static void test_merge__conflict_styles_as_git(void **state)
{
	static const char *const styles[] = {"diff3", "zdiff3"};
	size_t i;

	(void)state;
	two_sides("seq 9 >f", "sed -i 's/[45]/a&/; s/6/x/' f; echo 1 >n",
		  "sed -i 's/[45]/a&/; s/6/y/' f; echo 2 >n");
	for (i = 0; i < 2; i++) {
		sh("git config merge.conflictStyle %s", styles[i]);
		git_merges("side");
		merge_to("side", DSV_MERGE_CONFLICT);
		assert_as_git();
		assert_int_equal(give_up(), 0);
	}
}

static void test_merge__files_that_are_no_text_keep_ours(void **state)
{
	(void)state;
	check_against_git("printf 'a\\0b' >f; echo 1 >g; "
			  "echo 'g -merge' >>.gitattributes",
			  "printf 'a\\0c' >f; echo 2 >g",
			  "printf 'a\\0d' >f; echo 3 >g", DSV_MERGE_CONFLICT);
}

static void test_merge__renamed_files_as_git(void **state)
{
	(void)state;
	check_against_git("seq 20 >f; seq 30 50 >g; seq 60 90 >h; "
			  "seq 100 120 >k",
			  "mv f f2; sed -i s/33/x/ g; mv h h2; sed -i s/105/o/ "
			  "k; mv k k2",
			  "sed -i s/3/y/ f; mv g g2; rm h; sed -i s/105/t/ k",
			  DSV_MERGE_CONFLICT);
}

static void test_merge__data_is_settled_once_with_its_stages(void **state)
{
	struct calls calls = {.text = DSV_BUF_INIT};
	struct dsv_merge_opts opts = {0};

	(void)state;
	two_sides("seq 5 >a.csv; seq 5 >b.csv; seq 5 >c.csv; seq 5 >m.csv",
		  "echo o >>a.csv; echo o >>b.csv; echo o >n.csv; rm m.csv",
		  "echo t >>a.csv; echo t >>c.csv; echo t >n.csv; echo 6 "
		  ">>m.csv");
	assert_int_equal(merge_with("side", &calls, opts), 0);
	assert_string_equal(dsv_buf_str(&calls.text), "a.csv:BOT n.csv:OT ");
	dsv_buf_release(&calls.text);
	/* settled as theirs here; modified here and removed there waits */
	assert_output("git ls-files -u | cut -c49-", "1\tm.csv\n3\tm.csv\n");
	assert_output("tail -n1 a.csv b.csv c.csv n.csv | grep '[a-z]$'",
		      "t\no\nt\nt\n");
}

static void test_merge__data_in_conflict_keeps_its_stages(void **state)
{
	struct calls calls = {.text = DSV_BUF_INIT, .conflict = true};
	struct dsv_merge_opts opts = {0};

	(void)state;
	two_sides("seq 5 >a.csv", "echo o >>a.csv", "echo t >>a.csv");
	assert_int_equal(merge_with("side", &calls, opts), 0);
	dsv_buf_release(&calls.text);
	assert_int_equal(last.result, DSV_MERGE_CONFLICT);
	assert_output(
		"git ls-files -u | cut -f1 | cut -d' ' -f3 | tr '\\n' ' '",
		"1 2 3 ");
	assert_output("tail -n1 a.csv", "o\n");
	assert_output("git status --porcelain", "UU a.csv\n");
	assert_int_equal(give_up(), 0);
	assert_clean();
}

static void test_merge__renamed_data_is_settled_at_its_new_path(void **state)
{
	struct calls calls = {.text = DSV_BUF_INIT};
	struct dsv_merge_opts opts = {0};

	(void)state;
	/* raw in git, so that a changed file is still like the old one */
	put(".gitattributes", "*.csv merge=dsv -text\n");
	two_sides("seq 50 >a.csv", "mv a.csv b.csv; echo o >>b.csv",
		  "echo t >>a.csv");
	assert_int_equal(merge_with("side", &calls, opts), 0);
	assert_string_equal(dsv_buf_str(&calls.text), "b.csv:BOT ");
	dsv_buf_release(&calls.text);
	assert_output("tail -n1 b.csv; test -e a.csv || echo gone",
		      "t\ngone\n");
}

/* Each side takes the other's first commit in, and keeps its own files: two
 * common ancestors, which changed the same. */
static void criss_cross(const char *ours, const char *theirs)
{
	sh("seq 9 >f; seq 5 >a.csv; seq 9 >m; seq 9 >k");
	commit_all("base", 0);
	sh("git checkout -q -b side && { %s; }", theirs);
	commit_all("1", 10);
	sh("git checkout -q main && { %s; }", ours);
	commit_all("2", 20);
	sh("git tag x && git merge -q -s ours --no-edit side && "
	   "git checkout -q side && git merge -q -s ours --no-edit x && "
	   "git checkout -q main");
	assert_output("git merge-base --all main side | wc -l", "2\n");
}

static void test_merge__several_ancestors_as_git(void **state)
{
	(void)state;
	criss_cross("sed -i s/5/o/ f; rm m; echo 1 >n; sed -i 1d k",
		    "sed -i s/5/t/ f; sed -i 1d m; echo 2 >n; sed -i 9d k");
	sh("echo O >>f");
	commit_all("3", 30);
	sh("git checkout -q side && sed -i s/2/T/ f");
	commit_all("4", 40);
	sh("git checkout -q main && git config merge.conflictStyle diff3");
	git_merges("side");
	merge_to("side", DSV_MERGE_CONFLICT);
	assert_as_git();
	/* the markers of the ancestors' own merge are longer */
	sh("grep -q '^<<<<<<<<< Temporary merge branch 1' f n");
}

static void test_merge__data_of_several_ancestors_has_theirs_base(void **state)
{
	struct calls calls = {.text = DSV_BUF_INIT, .conflict = true};
	struct dsv_merge_opts opts = {0};

	(void)state;
	criss_cross("echo o >>a.csv", "echo t >>a.csv");
	git_merges("side");
	assert_int_equal(merge_with("side", &calls, opts), 0);
	assert_string_equal(dsv_buf_str(&calls.text), "a.csv:BOT ");
	dsv_buf_release(&calls.text);
	sh("test $(git rev-parse :1:a.csv) = $(git rev-parse x~:a.csv)");
	assert_as_git();
}

static void test_merge__messages_as_git(void **state)
{
	static const char *const revs[] = {
		"side",	   "side^0", "side~1",
		"light",   "notes",  "refs/heads/side",
		"far/two", "side^",  "side~1^0",
	};
	size_t i;

	(void)state;
	two_sides("seq 9 >f", "echo o >o", "echo t >t");
	sh("git checkout -q side && echo 2 >t2");
	commit_here("more");
	sh("git tag light && git tag -a -m 'The title\n\nand more.' notes && "
	   "git update-ref refs/remotes/far/two side && "
	   "git checkout -q -b topic main");
	for (i = 0; i < sizeof(revs) / sizeof(*revs); i++) {
		git_merges(revs[i]);
		merge_to(revs[i], DSV_MERGE_DONE);
		assert_as_git();
		assert_int_equal(give_up(), 0);
	}
	sh("git checkout -q --detach");
	git_merges("side");
	merge_to("side", DSV_MERGE_DONE);
	assert_as_git();
}

static void test_merge__local_changes_in_the_way_refuse_all(void **state)
{
	static const char *const changes[] = {
		"echo mine >>f",
		"echo mine >>a.csv",
		"echo mine >new",
		"echo mine >d",
		"mkdir x && echo mine >x/y",
		"echo mine >>m",
		"echo mine >>o && git add o",
		"echo mine >>gone",
	};
	size_t i;

	(void)state;
	two_sides("seq 9 >f; seq 9 >a.csv; seq 9 >m; seq 9 >gone; echo 1 >o",
		  "sed -i 1d a.csv; sed -i s/5/o/ m",
		  "sed -i 1d f; sed -i 2d a.csv; echo n >new; mkdir d; "
		  "echo 1 >d/e; echo x >x; sed -i s/5/t/ m; rm gone");
	for (i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
		sh("git reset -q --hard && git clean -qfd && { %s; } && "
		   "git status --porcelain -uall >../before && cp -a . ../b",
		   changes[i]);
		assert_int_equal(refused("side"), DSV_EREFUSED);
		assert_int_equal(last.blocked.n, 1);
		sh("git status --porcelain -uall | cmp ../before - && "
		   "diff -r -x .git . ../b && rm -rf ../b");
	}
}

static void test_merge__what_is_there_already_is_no_loss(void **state)
{
	(void)state;
	two_sides("seq 9 >f", "echo o >o", "sed -i 1d f; echo n >new");
	sh("sed -i 1d f && echo n >new && echo mine >>o && rm -f gone");
	merge_to("side", DSV_MERGE_DONE);
	assert_output("git status --porcelain", "M  f\nA  new\n M o\n");
}

static void test_merge__forward_carries_local_changes(void **state)
{
	(void)state;
	two_sides("seq 9 >f; echo 1 >o; echo 1 >p", "echo 1 >x", "sed -i 1d f");
	sh("git reset -q --hard side~1 && echo 2 >o && echo 2 >p && git add p");
	merge_to("side", DSV_MERGE_FAST_FORWARD);
	assert_output("git status --porcelain", " M o\nM  p\n");
	assert_output("test $(git rev-parse HEAD) = $(git rev-parse side) && "
		      "git reflog -1 --format=%gs",
		      "merge side: Fast-forward\n");
	merge_to("side", DSV_MERGE_UP_TO_DATE);
}

static void test_merge__settings_of_forward_moves_are_gits(void **state)
{
	(void)state;
	two_sides("seq 9 >f", "echo 1 >x", "sed -i 1d f");
	sh("git config merge.ff only");
	assert_int_equal(refused("side"), DSV_EREFUSED);
	sh("git reset -q --hard side~1 && git config merge.ff false");
	git_merges("side");
	merge_to("side", DSV_MERGE_DONE);
	sh("test $(git write-tree) = $(git rev-parse side^{tree})");
}

static void assert_left_to_git(void)
{
	assert_int_equal(refused("side"), DSV_EUNSUPPORTED);
	assert_non_null(strstr(dsv_error_hint(), "git merge"));
	assert_clean();
}

static void test_merge__file_against_folder_is_left_to_git(void **state)
{
	(void)state;
	two_sides("seq 9 >f", "echo o >d", "mkdir d && echo t >d/x");
	assert_left_to_git();
}

static void test_merge__two_files_renamed_to_one_are_left_to_git(void **state)
{
	(void)state;
	two_sides("seq 20 40 >a; seq 60 90 >b", "mv a c", "mv b c");
	assert_left_to_git();
}

static void test_merge__file_against_link_is_left_to_git(void **state)
{
	(void)state;
	two_sides("seq 9 >f", "echo o >d", "ln -s f d");
	assert_left_to_git();
}

static void test_merge__unrelated_bare_and_busy_are_refused(void **state)
{
	struct dsv_repo *bare DSV_AUTO(repo) = NULL;
	struct dsv_merge_opts opts = {.rev = "HEAD", .settle = settle};

	(void)state;
	two_sides("seq 9 >f", "sed -i 1d f", "sed -i 9d f");
	sh("git checkout -q --orphan other && git commit -qm other && "
	   "git checkout -q main");
	assert_int_equal(refused("other"), DSV_EREFUSED);
	assert_non_null(strstr(dsv_error_hint(), "unrelated"));
	sh("git rev-parse side >.git/CHERRY_PICK_HEAD");
	assert_int_equal(refused("side"), DSV_EREFUSED);
	sh("rm .git/CHERRY_PICK_HEAD");
	sh("git clone -q --bare . ../bare.git");
	assert_int_equal(dsv_repo_open(&bare, "../bare.git"), 0);
	assert_int_equal(dsv_merge(bare, &opts, &last), DSV_EUSAGE);
}

static void test_merge__missing_content_leaves_the_pointer(void **state)
{
	(void)state;
	two_sides("seq 9 >f; seq 2000 >a.csv", "echo o >o",
		  "seq 2 2001 >a.csv");
	sh("rm -r .git/dsv/packs");
	merge_to("side", DSV_MERGE_DONE);
	assert_int_equal(last.missing, 1);
	sh("head -n1 a.csv | grep -q '^dsv-pointer 1$'");
}

static void test_abort__ends_what_git_began(void **state)
{
	(void)state;
	two_sides("seq 9 >f; echo 1 >o; seq 5 >r", "sed -i s/5/o/ f; rm r",
		  "sed -i s/5/t/ f; echo n >new; echo 6 >>r");
	sh("echo 2 >o; git merge side >/dev/null 2>&1 || :");
	assert_int_equal(give_up(), 0);
	assert_output("git status --porcelain", " M o\n");
	sh("test ! -e .git/MERGE_HEAD && test ! -e .git/MERGE_MSG && "
	   "test ! -e .git/MERGE_MODE && test ! -e new && test ! -e r");
	assert_int_equal(give_up(), DSV_EREFUSED);
}

static void test_abort__ends_a_merge_of_a_tag(void **state)
{
	(void)state;
	two_sides("seq 9 >f", "echo o >o", "echo t >t");
	sh("git tag -a -m tag v1 side && git merge -q --no-commit v1 && "
	   "test $(git cat-file -t $(cat .git/MERGE_HEAD)) = tag");
	commit_index("joined");
	assert_output("test $(git rev-parse HEAD^2) = $(git rev-parse side) && "
		      "echo joined",
		      "joined\n");
	sh("git reset -q --hard HEAD^ && git merge -q --no-commit v1");
	assert_int_equal(give_up(), 0);
	assert_clean();
}

static void test_abort__loses_no_work_done_since(void **state)
{
	(void)state;
	two_sides("seq 9 >f; seq 9 >g", "sed -i s/5/o/ f",
		  "sed -i s/5/t/ f; sed -i 1d g");
	merge_to("side", DSV_MERGE_CONFLICT);
	sh("echo mine >>g && cp g ../g.mine");
	assert_int_equal(give_up(), DSV_EREFUSED);
	sh("cmp g ../g.mine && test -e .git/MERGE_HEAD");
	/* a new file that only its maker knows stays */
	sh("git checkout -q g && echo own >own && git add own");
	assert_int_equal(give_up(), 0);
	assert_output("git status --porcelain", "?? own\n");
}

static void test_abort__drops_the_records_of_conflicts(void **state)
{
	struct dsv_merge_opts opts = {.rev = "side",
				      .settle = dsv_merge_by_record};
	struct dsv_repo *repo = NULL;

	(void)state;
	sh("mkdir .dsv && printf 'version: 1\ndatasets:\n  - name: t\n"
	   "    files: [a.csv]\n    key: [id]\n' >.dsv/datasets.yaml");
	two_sides("printf 'id,l\n1,a\n' >a.csv", "printf 'id,l\n1,b\n' >a.csv",
		  "printf 'id,l\n1,c\n' >a.csv");
	repo = open_here();
	assert_int_equal(dsv_merge(repo, &opts, &last), 0);
	assert_int_equal(last.result, DSV_MERGE_CONFLICT);
	dsv_repo_free(&repo);
	sh("test -n \"$(ls .git/dsv/conflicts)\"");
	assert_int_equal(give_up(), 0);
	sh("test -z \"$(ls .git/dsv/conflicts)\"");
	assert_clean();
}

#define merge_test(test) \
	cmocka_unit_test_setup_teardown(test, dsvrepo_open, close_last)

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		merge_test(test_merge__plain_files_as_git),
		merge_test(test_merge__markers_as_git),
		merge_test(test_merge__conflict_styles_as_git),
		merge_test(test_merge__files_that_are_no_text_keep_ours),
		merge_test(test_merge__renamed_files_as_git),
		merge_test(test_merge__data_is_settled_once_with_its_stages),
		merge_test(test_merge__data_in_conflict_keeps_its_stages),
		merge_test(test_merge__renamed_data_is_settled_at_its_new_path),
		merge_test(test_merge__several_ancestors_as_git),
		merge_test(
			test_merge__data_of_several_ancestors_has_theirs_base),
		merge_test(test_merge__messages_as_git),
		merge_test(test_merge__local_changes_in_the_way_refuse_all),
		merge_test(test_merge__what_is_there_already_is_no_loss),
		merge_test(test_merge__forward_carries_local_changes),
		merge_test(test_merge__settings_of_forward_moves_are_gits),
		merge_test(test_merge__file_against_folder_is_left_to_git),
		merge_test(
			test_merge__two_files_renamed_to_one_are_left_to_git),
		merge_test(test_merge__file_against_link_is_left_to_git),
		merge_test(test_merge__unrelated_bare_and_busy_are_refused),
		merge_test(test_merge__missing_content_leaves_the_pointer),
		merge_test(test_abort__ends_what_git_began),
		merge_test(test_abort__ends_a_merge_of_a_tag),
		merge_test(test_abort__loses_no_work_done_since),
		merge_test(test_abort__drops_the_records_of_conflicts),
	};

	if (argc > 1)
		return serve(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
