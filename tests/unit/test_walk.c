#include "gitrepo.h"

#include <dsv/walk.h>

struct ask {
	const char *revs;  /* split at blanks; NULL: HEAD */
	const char *paths; /* one */
	size_t limit;
	size_t skip;
	unsigned flags;
};

/* The subjects, in order. */
static char *walked(struct ask ask)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_walk *walk DSV_AUTO(walk) = NULL;
	struct dsv_strlist revs DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_strlist paths DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_walk_opts opts = {&revs, &paths, ask.limit, ask.skip,
				     ask.flags};
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;
	const struct dsv_commit_info *commit;
	int rc;

	if (ask.revs)
		dsv_strlist_split(&revs, ask.revs, ' ');
	if (ask.paths)
		dsv_strlist_add(&paths, ask.paths);
	if (dsv_walk_open(&walk, repo, &opts) < 0)
		fail_msg("%s", dsv_error_message());
	while ((rc = dsv_walk_next(walk, &commit)) > 0)
		dsv_buf_addf(&out, "%s ", commit->subject);
	if (rc < 0)
		fail_msg("%s", dsv_error_message());
	return dsv_strdup(dsv_buf_str(&out));
}

#define assert_walk(text, ...)                                                \
	do {                                                                  \
		char *got_ DSV_AUTO(str) = walked((struct ask){__VA_ARGS__}); \
		assert_string_equal(got_, (text));                            \
	} while (0)

/*
 *	a - b - c - m - e     main
 *	     \     /
 *	      s - t           side
 */
static void make_history(void)
{
	put("x", "a");
	commit_all("a", 0);
	put("x", "b");
	commit_all("b", 10);
	sh("git switch -qc side");
	put("s", "s");
	commit_all("s", 20);
	put("s", "t");
	commit_all("t", 40);
	sh("git switch -q main");
	put("x", "c");
	commit_all("c", 30);
	setenv("GIT_COMMITTER_DATE", "1740000050 +0000", 1);
	sh("git merge -q --no-ff -m m side");
	put("y", "e");
	commit_all("e", 60);
}

static void test_walk__younger_first(void **state)
{
	(void)state;
	make_history();
	assert_walk("e m t c s b a ", .limit = 0);
	assert_walk("e m ", .limit = 2);
	assert_walk("t c ", .limit = 2, .skip = 2);
	assert_walk("e m c b a ", .flags = DSV_WALK_FIRST_PARENT);
	assert_walk("a b s c t m e ", .flags = DSV_WALK_REVERSE);
	assert_walk("e t c s b a ", .flags = DSV_WALK_NO_MERGES);
}

static void test_walk__ranges(void **state)
{
	(void)state;
	make_history();
	assert_walk("e m c ", .revs = "side..main");
	assert_walk("", .revs = "main..side");
	assert_walk("m c ", .revs = "main^...side");
	assert_walk("t c s ", .revs = "HEAD~2...side");
	assert_walk("e m c ", .revs = "main ^side");
	assert_walk("t s ", .revs = "side ^main~2");
	assert_walk("t s b a ", .revs = "side");
	assert_walk("e ", .revs = "HEAD~..");
	assert_walk("e m c ", .revs = "^side");
}

static void test_walk__only_commits_that_touch_a_path(void **state)
{
	(void)state;
	make_history();
	assert_walk("c b a ", .paths = "x");
	assert_walk("t s ", .paths = "s");
	assert_walk("e ", .paths = "y");
	assert_walk("m ", .paths = "s", .flags = DSV_WALK_FIRST_PARENT);
	assert_walk("", .paths = "z");
}

static void test_walk__wrong_clocks_do_not_turn_it_round(void **state)
{
	(void)state;
	put("x", "a");
	commit_all("a", 1000);
	put("x", "b");
	commit_all("b", 10);
	put("x", "c");
	commit_all("c", 2000);
	sh("git switch -qc side HEAD~2");
	put("y", "s");
	commit_all("s", 500);
	sh("git merge -q -m m main");
	assert_walk("m c s b a ", .flags = DSV_WALK_TOPO);
	assert_walk("c b ", .revs = "side~..main");
	assert_walk("m s ", .revs = "main..side");
}

static void test_walk__range_against_a_clock_that_went_back(void **state)
{
	(void)state;
	put("x", "a");
	commit_all("a", 5000);
	for (int i = 0; i < 4; i++) {
		char *text DSV_AUTO(str) = dsv_strf("o%d", i);

		put("x", text);
		commit_all(text, i);
	}
	sh("git branch old && git switch -qc new main~4");
	put("y", "n");
	commit_all("n", 6000);
	assert_walk("n ", .revs = "old..new");
	assert_walk("", .revs = "old..main~4");
	assert_walk("o3 o2 o1 o0 ", .revs = "new..old");
}

/* Older than what was given last, but for one that gives hope again. */
static void test_walk__range_against_a_clock_that_jumped_about(void **state)
{
	static const struct {
		const char *name;
		int date;
	} hidden[] = {{"b", 590}, {"c", 100}, {"d", 490}, {"e", 870},
		      {"f", 495}, {"g", 591}, {"h", 60}};

	(void)state;
	put("x", "a");
	commit_all("a", 777);
	sh("git switch -qc other");
	for (size_t i = 0; i < sizeof(hidden) / sizeof(*hidden); i++) {
		put("x", hidden[i].name);
		commit_all(hidden[i].name, hidden[i].date);
	}
	sh("git switch -q main");
	put("x", "i");
	commit_all("i", 150);
	assert_walk("i ", .revs = "main ^other");
}

/* The sixth hidden one is not read on, but its parent is known. */
static void test_walk__range_looks_a_step_ahead(void **state)
{
	(void)state;
	put("x", "a");
	commit_all("a", 777);
	sh("git switch -qc other");
	for (int i = 0; i < 6; i++) {
		char text[2] = {(char)('b' + i), '\0'};

		put("x", text);
		commit_all(text, 100 + i);
	}
	sh("git switch -q main");
	put("x", "i");
	commit_all("i", 770);
	sh("test $(git rev-list main ^other | wc -l) = 1");
	assert_walk("i ", .revs = "main ^other");
}

static void test_walk__empty_before_the_first_commit(void **state)
{
	(void)state;
	assert_walk("", .limit = 0);
}

static void test_walk__ends_where_a_shallow_clone_does(void **state)
{
	struct gitrepo *git = *state;

	make_history();
	sh("git clone -q --depth 2 file://%s ../shallow", git->top);
	assert_int_equal(chdir("../shallow"), 0);
	assert_walk("e m ", .limit = 0);
	assert_walk("e m ", .paths = ".");
}

static void test_commit__people_times_and_text(void **state)
{
	struct dsv_commit_info info DSV_AUTO(commit_info) =
		DSV_COMMIT_INFO_INIT;
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	struct dsv_version head;

	(void)state;
	setenv("GIT_AUTHOR_NAME", "J\xc3\xb6rg", 1);
	setenv("GIT_AUTHOR_DATE", "1740000007 -0530", 1);
	setenv("GIT_COMMITTER_DATE", "1740000009 +0200", 1);
	sh("git commit -q --allow-empty -m 'one\ntwo\n\n\nbody\n\nmore'");
	repo = open_here();
	assert_int_equal(dsv_repo_head(repo, &head), 0);
	assert_int_equal(dsv_commit_info_read(repo, &head.commit, &info), 0);
	assert_string_equal(info.author.name, "J\xc3\xb6rg");
	assert_string_equal(info.author.email, "a@example.org");
	assert_int_equal(info.author.at_s, 1740000007);
	assert_int_equal(info.author.offset_min, -330);
	assert_int_equal(info.committer.at_s, 1740000009);
	assert_int_equal(info.committer.offset_min, 120);
	assert_string_equal(info.subject, "one two");
	assert_string_equal(info.body, "body\n\nmore\n");
	assert_int_equal(info.n_parents, 0);
}

static void test_commit__other_encodings_become_utf8(void **state)
{
	struct dsv_commit_info info DSV_AUTO(commit_info) =
		DSV_COMMIT_INFO_INIT;
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	struct dsv_version head;

	(void)state;
	sh("git -c i18n.commitEncoding=ISO-8859-1 commit -q --allow-empty "
	   "-m \"$(printf 'caf\\351')\"");
	repo = open_here();
	assert_int_equal(dsv_repo_head(repo, &head), 0);
	assert_int_equal(dsv_commit_info_read(repo, &head.commit, &info), 0);
	assert_string_equal(info.subject, "caf\xc3\xa9");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		gitrepo_test(test_walk__younger_first),
		gitrepo_test(test_walk__ranges),
		gitrepo_test(test_walk__only_commits_that_touch_a_path),
		gitrepo_test(test_walk__wrong_clocks_do_not_turn_it_round),
		gitrepo_test(test_walk__range_against_a_clock_that_went_back),
		gitrepo_test(
			test_walk__range_against_a_clock_that_jumped_about),
		gitrepo_test(test_walk__range_looks_a_step_ahead),
		gitrepo_test(test_walk__empty_before_the_first_commit),
		gitrepo_test(test_walk__ends_where_a_shallow_clone_does),
		gitrepo_test(test_commit__people_times_and_text),
		gitrepo_test(test_commit__other_encodings_become_utf8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
