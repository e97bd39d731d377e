#include "blame_check.h"

static void test_blame__commit_that_last_changed_a_record(void **state)
{
	(void)state;
	put("x.csv", "id,label,text\n1,a,x\n2,a,y\n3,a,z\n");
	commit_all("one", 1);
	put("x.csv", "id,label,text\n1,a,x\n2,b,y\n3,a,z\n");
	commit_all("two", 2);
	put("other.txt", "nothing to do with it\n");
	commit_all("aside", 3);
	put("x.csv", "id,label,text\n4,a,w\n1,a,x2\n2,b,y\n3,a,z\n");
	commit_all("three", 4);
	BLAME_IS("4:three 1:three 2:two 3:one", .rev = NULL);
	BLAME_IS("4:three 1:one 2:two 3:one", .field = "label");
	BLAME_IS("4:three 1:three 2:one 3:one", .field = "text");
	BLAME_IS("1:one 2:two 3:one", .rev = "HEAD~1");
	BLAME_IS("2:two", .where = "label=b");
	BLAME_IS("2:two", .only = "2");
	BLAME_IS("4:three 1:three 2:^two 3:^two", .since = "HEAD~2");
}

static void test_blame__record_that_came_back_is_new(void **state)
{
	(void)state;
	put("x.csv", "id,label\n1,a\n2,a\n");
	commit_all("one", 1);
	put("x.csv", "id,label\n1,a\n");
	commit_all("two", 2);
	put("x.csv", "id,label\n1,a\n2,a\n");
	commit_all("three", 3);
	BLAME_IS("1:one 2:three", .rev = "HEAD");
}

static void test_blame__order_of_rows_and_columns_never_counts(void **state)
{
	(void)state;
	put("x.csv", "id,label,text\n1,a,x\n2,a,y\n");
	commit_all("one", 1);
	put("x.csv", "text,id,label\ny,2,a\n\"x\",1,a\n");
	commit_all("two", 2);
	BLAME_IS("2:one 1:one", .rev = "HEAD");
}

static void test_blame__missing_column_is_a_difference(void **state)
{
	(void)state;
	put("x.csv", "id,label\n1,a\n");
	commit_all("one", 1);
	put("x.csv", "id,label,more\n1,a,\n");
	commit_all("two", 2);
	BLAME_IS("1:two", .rev = "HEAD");
	BLAME_IS("1:two", .field = "more");
	BLAME_IS("1:one", .field = "label");
}

/* ours changes 1, theirs 2; the merge itself changes 3. */
static void make_merge(void)
{
	put("x.csv", "id,label\n1,a\n2,a\n3,a\n4,a\n");
	commit_all("base", 1);
	sh("git checkout -q -b side");
	put("x.csv", "id,label\n1,a\n2,b\n3,a\n4,a\n");
	commit_all("theirs", 2);
	sh("git checkout -q main");
	put("x.csv", "id,label\n1,b\n2,a\n3,a\n4,a\n");
	commit_all("ours", 3);
	sh("git merge -q -s ours --no-commit side");
	put("x.csv", "id,label\n1,b\n2,b\n3,b\n4,a\n");
	commit_all("merge", 4);
}

static void test_blame__merge_only_for_what_it_changed_itself(void **state)
{
	(void)state;
	make_merge();
	BLAME_IS("1:ours 2:theirs 3:merge 4:base", .rev = "HEAD");
}

static void test_blame__first_parent_with_an_equal_record_wins(void **state)
{
	(void)state;
	put("x.csv", "id,label\n1,a\n");
	commit_all("base", 1);
	sh("git checkout -q -b side");
	put("x.csv", "id,label\n1,b\n");
	commit_all("theirs", 2);
	sh("git checkout -q main");
	put("x.csv", "id,label\n1,b\n2,a\n");
	commit_all("ours", 3);
	sh("git merge -q -s ours --no-edit -m merge side");
	BLAME_IS("1:ours 2:ours", .rev = "HEAD");
}

static void test_blame__criss_cross_merges(void **state)
{
	(void)state;
	make_merge();
	/* side merges an older main, then main merges side again */
	sh("git checkout -q side && git merge -q -s ours --no-commit main~1");
	put("x.csv", "id,label\n1,b\n2,b\n3,a\n4,c\n");
	commit_all("cross", 5);
	sh("git checkout -q main && git merge -q -s ours --no-commit side");
	put("x.csv", "id,label\n1,b\n2,b\n3,b\n4,c\n");
	commit_all("again", 6);
	BLAME_IS("1:ours 2:theirs 3:merge 4:cross", .rev = "HEAD");
}

static void test_blame__clocks_do_not_matter(void **state)
{
	(void)state;
	put("x.csv", "id,label\n1,a\n2,a\n");
	commit_all("one", 900);
	put("x.csv", "id,label\n1,b\n2,a\n");
	commit_all("two", 5);
	put("x.csv", "id,label\n1,b\n2,b\n");
	commit_all("three", 1);
	BLAME_IS("1:two 2:three", .rev = "HEAD");
}

static void test_blame__renamed_file_is_followed(void **state)
{
	(void)state;
	put("old.csv", "id,label\n1,a\n2,a\n3,a\n4,a\n");
	commit_all("one", 1);
	sh("git mv old.csv mid.csv");
	commit_all("moved", 2);
	sh("git mv mid.csv x.csv");
	put("x.csv", "id,label\n1,a\n2,a\n3,a\n4,b\n");
	put("unlike.csv", "id,label\n9,z\n");
	commit_all("moved and changed", 3);
	BLAME_IS("1:one 2:one 3:one 4:moved and changed", .rev = "HEAD");
}

static void test_blame__file_that_shares_too_little_is_new(void **state)
{
	(void)state;
	put("old.csv", "id,label\n1,a\n2,a\n3,a\n4,a\n");
	commit_all("one", 1);
	sh("git rm -q old.csv");
	put("x.csv", "id,label\n1,a\n2,b\n3,b\n4,b\n5,b\n6,b\n");
	commit_all("two", 2);
	BLAME_IS("1:two 2:two 3:two 4:two 5:two 6:two", .rev = "HEAD");
}

static void test_blame__of_equal_copies_as_many_pass_as_there_were(void **state)
{
	(void)state;
	put("x.csv", "id,label\n1,a\n2,a\n");
	commit_all("one", 1);
	put("x.csv", "id,label\n1,a\n1,a\n1,b\n2,a\n");
	commit_all("two", 2);
	put("x.csv", "id,label\n1,b\n1,a\n1,a\n1,a\n2,a\n");
	commit_all("three", 3);
	BLAME_IS("1:two 1:one 1:two 1:three 2:one", .rev = "HEAD");
	BLAME_IS("1:two 1:one 1:two 1:three 2:one", .field = "label");
}

static void test_blame__field_of_doubled_keys_goes_by_value(void **state)
{
	(void)state;
	put("x.csv", "id,label,text\n1,a,x\n1,a,y\n");
	commit_all("one", 1);
	put("x.csv", "id,label,text\n1,a,q\n1,a,y\n1,a,w\n");
	commit_all("two", 2);
	BLAME_IS("1:one 1:one 1:two", .field = "label");
	BLAME_IS("1:two 1:one 1:two", .rev = "HEAD");
}

static void test_blame__copies_that_meet_again_go_on_together(void **state)
{
	(void)state;
	put("x.csv", "id,label,text\n1,a,x\n1,b,x\n");
	commit_all("base", 1);
	put("x.csv", "id,label,text\n1,a,y\n1,b,y\n");
	commit_all("mid", 2);
	sh("git checkout -q -b side");
	put("x.csv", "id,label,text\n1,a,y\n1,b,y\n2,a,q\n");
	commit_all("theirs", 3);
	sh("git checkout -q main");
	put("x.csv", "id,label,text\n1,a,y\n1,b,y\n3,a,q\n");
	commit_all("ours", 4);
	sh("git merge -q -s ours --no-commit side");
	put("x.csv", "id,label,text\n1,a,y\n1,b,y\n1,a,y\n2,a,q\n3,a,q\n");
	commit_all("merge", 5);
	BLAME_IS("1:base 1:base 1:base 2:theirs 3:ours", .field = "label");
}

static void test_blame__records_without_key_go_by_content(void **state)
{
	(void)state;
	put("x.csv", "id,label\n,a\n,b\n1,a\n");
	commit_all("one", 1);
	put("x.csv", "id,label\n,a\n,c\n1,a\n,a\n");
	commit_all("two", 2);
	BLAME_IS(":one :two 1:one :two", .rev = "HEAD");
}

static void test_blame__key_column_that_older_versions_lack(void **state)
{
	struct asking asking = {.path = "x.csv", .key = "id"};
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct told told = {0};

	(void)state;
	put("x.csv", "label\na\nb\n");
	commit_all("zero", 1);
	put("x.csv", "label\na\nc\n");
	commit_all("one", 2);
	put("x.csv", "id,label\n1,a\n2,c\n");
	commit_all("two", 3);
	assert_int_equal(blame_words(&asking, &text, &told), 0);
	assert_string_equal(dsv_buf_str(&text), "1:two 2:two");
	assert_string_equal(told.key_name, "id");
	assert_true(told.complete);
	told_release(&told);
}

static void test_blame__version_that_cannot_be_read_is_passed_through(void **s)
{
	struct asking asking = {.path = "x.csv", .key = "id"};
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct told told = {0};

	(void)s;
	put("x.csv", "id,label\n1,a\n2,a\n");
	commit_all("one", 1);
	{
		struct dsv_buf pointer DSV_AUTO(buf) = DSV_BUF_INIT;
		struct dsv_content content = {.size = 30};

		memset(content.id.bytes, 7, sizeof(content.id.bytes));
		dsv_pointer_format(&content, &pointer);
		put("x.csv", pointer.data);
	}
	commit_all("broken", 2);
	put("x.csv", "id,label\n1,a\n2,b\n");
	commit_all("three", 3);
	assert_int_equal(blame_words(&asking, &text, &told), 0);
	assert_string_equal(dsv_buf_str(&text), "1:one 2:three");
	assert_false(told.complete);
	assert_int_equal(told.n_problems, 1);
	assert_non_null(strstr(told.problem, "not here"));
	told_release(&told);
}

static void test_blame__broken_quoting_is_read_and_named(void **state)
{
	struct asking asking = {.path = "x.csv", .key = "id"};
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct told told = {0};

	(void)state;
	put("x.csv", "id,label\n1,\"a\"b\n2,a\n");
	commit_all("one", 1);
	put("x.csv", "id,label\n1,c\n2,a\n");
	commit_all("two", 2);
	assert_int_equal(blame_words(&asking, &text, &told), 0);
	assert_string_equal(dsv_buf_str(&text), "1:two 2:one");
	assert_false(told.complete);
	assert_string_equal(told.problem, "bad_quoting");
	told_release(&told);
}

static void test_blame__shallow_clone_is_never_silently_wrong(void **state)
{
	struct asking asking = {.path = "x.csv", .key = "id"};
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct told told = {0};

	(void)state;
	put("x.csv", "id,label\n1,a\n2,a\n");
	commit_all("one", 1);
	put("x.csv", "id,label\n1,b\n2,a\n");
	commit_all("two", 2);
	put("x.csv", "id,label\n1,b\n2,b\n");
	commit_all("three", 3);
	sh("git clone -q --depth 2 file://$PWD ../shallow");
	assert_int_equal(chdir("../shallow"), 0);
	assert_int_equal(blame_words(&asking, &text, &told), 0);
	assert_string_equal(dsv_buf_str(&text), "1:^two 2:three");
	assert_true(told.shallow);
	told_release(&told);
}

static void test_blame__reverse_names_who_took_it_away(void **state)
{
	(void)state;
	put("x.csv", "id,label\n1,a\n2,a\n3,a\n");
	commit_all("one", 1);
	put("x.csv", "id,label\n1,b\n2,a\n3,a\n");
	commit_all("two", 2);
	sh("git mv x.csv y.csv");
	commit_all("moved", 3);
	put("y.csv", "id,label\n1,b\n3,a\n");
	commit_all("three", 4);
	BLAME_IS("1:- 2:three 3:-", .rev = "HEAD~3", .until = "HEAD");
	BLAME_IS("1:two 2:three 3:-", .rev = "HEAD~3", .until = "HEAD",
		 .field = "label");
	sh("git rm -q y.csv");
	commit_all("gone", 5);
	BLAME_IS("1:gone 2:three 3:gone", .rev = "HEAD~4", .until = "HEAD");
}

static void test_blame__wrong_words_are_refused(void **state)
{
	struct asking wrong[] = {
		{.path = "x.csv", .key = "nope"},
		{.path = "x.csv"},
		{.path = "x.csv", .key = "id", .field = "nope"},
		{.path = "x.csv", .key = "id", .label = "nope"},
		{.path = "x.csv", .key = "id,label", .only = "1"},
	};

	(void)state;
	put("x.csv", "id,label\n1,a\n");
	commit_all("one", 1);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

		assert_int_equal(blame_words(&wrong[i], &text, NULL),
				 DSV_EUSAGE);
	}
}

static void add_value(struct dsv_buf *out, const char *text)
{
	dsv_buf_addstr(out, text ? text : "(null)");
}

/* "added one:a changed two:a>b" of the labels. */
static void life_words(const char *key, struct dsv_buf *out)
{
	static const char *const ops[] = {"added", "changed", "removed",
					  "back"};
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_life life DSV_AUTO(life) = DSV_LIFE_INIT;
	struct asking asking = {
		.path = "x.csv", .key = "id", .label = "label", .only = key};
	struct asked_lists lists = {0};
	struct dsv_blame_opts opts;

	opts_of(repo, &asking, &lists, &opts);
	if (dsv_life_read(&life, repo, &opts) < 0)
		fail_msg("%s", dsv_error_message());
	lists_release(&lists);
	for (size_t i = 0; i < life.n; i++) {
		const struct dsv_life_event *event = &life.events[i];

		dsv_buf_addf(out, "%s%s %s", i ? " " : "", ops[event->op],
			     event->origin->commit.subject);
		if (!event->fields[0].is_label)
			continue;
		dsv_buf_addch(out, ':');
		add_value(out, event->fields[0].from);
		dsv_buf_addch(out, '>');
		add_value(out, event->fields[0].to);
	}
}

static void test_life__every_value_and_every_absence(void **state)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	put("x.csv", "id,label,text\n1,a,x\n2,a,y\n");
	commit_all("one", 1);
	put("x.csv", "id,label,text\n1,b,x\n2,a,y\n");
	commit_all("two", 2);
	put("x.csv", "id,label,text\n2,a,y\n");
	commit_all("three", 3);
	put("x.csv", "id,label,text\n2,a,z\n1,c,x\n");
	commit_all("four", 4);
	put("x.csv", "id,label,text\n2,a,z\n1,c,q\n");
	commit_all("five", 5);
	life_words("1", &text);
	assert_string_equal(dsv_buf_str(&text),
			    "added one:(null)>a changed two:a>b "
			    "removed three:b>(null) back four:(null)>c "
			    "changed five");
}

static void test_life__merge_follows_the_parent_that_is_equal(void **state)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	make_merge();
	life_words("2", &text);
	assert_string_equal(dsv_buf_str(&text),
			    "added base:(null)>a changed theirs:a>b");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		gitrepo_test(test_blame__commit_that_last_changed_a_record),
		gitrepo_test(test_blame__record_that_came_back_is_new),
		gitrepo_test(
			test_blame__order_of_rows_and_columns_never_counts),
		gitrepo_test(test_blame__missing_column_is_a_difference),
		gitrepo_test(test_blame__merge_only_for_what_it_changed_itself),
		gitrepo_test(
			test_blame__first_parent_with_an_equal_record_wins),
		gitrepo_test(test_blame__criss_cross_merges),
		gitrepo_test(test_blame__clocks_do_not_matter),
		gitrepo_test(test_blame__renamed_file_is_followed),
		gitrepo_test(test_blame__file_that_shares_too_little_is_new),
		gitrepo_test(
			test_blame__of_equal_copies_as_many_pass_as_there_were),
		gitrepo_test(test_blame__field_of_doubled_keys_goes_by_value),
		gitrepo_test(test_blame__copies_that_meet_again_go_on_together),
		gitrepo_test(test_blame__records_without_key_go_by_content),
		gitrepo_test(test_blame__key_column_that_older_versions_lack),
		gitrepo_test(
			test_blame__version_that_cannot_be_read_is_passed_through),
		gitrepo_test(test_blame__broken_quoting_is_read_and_named),
		gitrepo_test(test_blame__shallow_clone_is_never_silently_wrong),
		gitrepo_test(test_blame__reverse_names_who_took_it_away),
		gitrepo_test(test_blame__wrong_words_are_refused),
		gitrepo_test(test_life__every_value_and_every_absence),
		gitrepo_test(test_life__merge_follows_the_parent_that_is_equal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
