#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <dsv/message.h>

#define LINES "Dsv-Snapshot: a sha256:1\nDsv-Change: a +1\n"

static void assert_trailers(const char *before, const char *after)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_buf_addstr(&text, before);
	dsv_message_set_trailers(&text, LINES, '#');
	assert_string_equal(dsv_buf_str(&text), after);
	/* once more changes nothing */
	dsv_message_set_trailers(&text, LINES, '#');
	assert_string_equal(dsv_buf_str(&text), after);
}

static void test_message__trailers_make_a_block_of_their_own(void **state)
{
	(void)state;
	assert_trailers("Title\n", "Title\n\n" LINES);
	assert_trailers("Title", "Title\n\n" LINES);
	assert_trailers("Title\n\nBody.\n", "Title\n\nBody.\n\n" LINES);
	assert_trailers("Title: with colon\n", "Title: with colon\n\n" LINES);
}

static void test_message__trailers_join_the_block_that_is_there(void **state)
{
	(void)state;
	assert_trailers("T\n\nSigned-off-by: A <a@b>\n",
			"T\n\nSigned-off-by: A <a@b>\n" LINES);
	assert_trailers("T\n\nFixes: 1\n", "T\n\nFixes: 1\n" LINES);
	assert_trailers("T\n\nnot a trailer\nFixes: 1\n",
			"T\n\nnot a trailer\nFixes: 1\n\n" LINES);
}

static void test_message__old_trailers_of_ours_are_replaced(void **state)
{
	(void)state;
	assert_trailers("T\n\nDsv-Snapshot: b sha256:9\n  more\n",
			"T\n\n" LINES);
	assert_trailers("T\n\nFixes: 1\nDsv-Change: b +9\nAcked-by: B\n",
			"T\n\nFixes: 1\nAcked-by: B\n" LINES);
	assert_trailers("T\n\nDsv-Change: b +9\n\nSecond.\n",
			"T\n\nSecond.\n\n" LINES);
}

static void test_message__comments_and_scissors_stay_at_the_end(void **state)
{
	(void)state;
	assert_trailers("T\n\n# Conflicts:\n#\ta.csv\n",
			"T\n\n" LINES "\n# Conflicts:\n#\ta.csv\n");
	assert_trailers(
		"T\n# ------------------------ >8 ------------------------\n"
		"diff\n",
		"T\n\n" LINES
		"# ------------------------ >8 ------------------------\n"
		"diff\n");
}

static void test_message__empty_message_stays_empty(void **state)
{
	(void)state;
	assert_trailers("", "");
	assert_trailers("\n\n# On branch main\n", "\n\n# On branch main\n");
	assert_trailers("\nSigned-off-by: A <a@b>\n",
			"\nSigned-off-by: A <a@b>\n");
}

static void test_message__no_lines_only_remove(void **state)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	dsv_buf_addstr(&text, "T\n\nDsv-Change: b +9\n");
	dsv_message_set_trailers(&text, "", '#');
	assert_string_equal(dsv_buf_str(&text), "T\n");
}

static void assert_cleaned(const char *before, enum dsv_cleanup how,
			   const char *after)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_buf_addstr(&text, before);
	dsv_message_cleanup(&text, how, '#');
	assert_string_equal(dsv_buf_str(&text), after);
}

static void test_message__cleanup_as_git_does(void **state)
{
	(void)state;
	assert_cleaned("\n\n a  \n\n\n\nb\t\n\n", DSV_CLEANUP_WHITESPACE,
		       " a\n\nb\n");
	assert_cleaned("a\n#b\nc", DSV_CLEANUP_WHITESPACE, "a\n#b\nc\n");
	assert_cleaned("a\n#b\nc", DSV_CLEANUP_STRIP, "a\nc\n");
	assert_cleaned("a \n\n", DSV_CLEANUP_VERBATIM, "a \n\n");
	assert_cleaned("", DSV_CLEANUP_STRIP, "");
	assert_cleaned(
		"a\n# ------------------------ >8 ------------------------\nb",
		DSV_CLEANUP_STRIP, "a\n");
}

static void test_message__values_are_found(void **state)
{
	struct dsv_strlist list DSV_AUTO(strlist) = DSV_STRLIST_INIT;

	(void)state;
	dsv_message_trailers("T\n\n" LINES "Dsv-Change: b +2\n", "Dsv-Change",
			     &list);
	assert_int_equal(list.n, 2);
	assert_string_equal(list.items[0], "a +1");
	assert_string_equal(list.items[1], "b +2");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_message__trailers_make_a_block_of_their_own),
		cmocka_unit_test(
			test_message__trailers_join_the_block_that_is_there),
		cmocka_unit_test(
			test_message__old_trailers_of_ours_are_replaced),
		cmocka_unit_test(
			test_message__comments_and_scissors_stay_at_the_end),
		cmocka_unit_test(test_message__empty_message_stays_empty),
		cmocka_unit_test(test_message__no_lines_only_remove),
		cmocka_unit_test(test_message__cleanup_as_git_does),
		cmocka_unit_test(test_message__values_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
