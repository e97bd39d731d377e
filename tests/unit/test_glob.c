#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <dsv/error.h>

#include "repo/glob.h"
#include "repo/pathspec.h"

struct row {
	const char *pattern;
	const char *text;
	unsigned flags;
	bool match;
};

static void check(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (dsv_glob_match(rows[i].pattern, rows[i].text,
				   rows[i].flags) != rows[i].match)
			fail_msg("'%s' against '%s', flags %u", rows[i].pattern,
				 rows[i].text, rows[i].flags);
}

#define P	    DSV_GLOB_PATH
#define CHECK(rows) check(rows, sizeof(rows) / sizeof(*(rows)))

static void test_glob__star_stops_at_slash_in_paths(void **state)
{
	static const struct row rows[] = {
		{"a/*.csv", "a/b.csv", P, true},
		{"a/*.csv", "a/c/b.csv", P, false},
		{"a/*.csv", "a/c/b.csv", 0, true},
		{"*/b", "a/b", P, true},
		{"*/b", "a/c/b", P, false},
		{"a*b/*c", "axb/yb/c", P, false},
		{"a*b/*c", "axbb/ycc", P, true},
		{"a?b", "a/b", P, false},
		{"a?b", "a/b", 0, true},
		{"a[/]b", "a/b", P, false},
		{"a**b", "a/b", P, false},
		{"a**/x", "ab/c/x", P, false},
		{"a/b**", "a/bc/d", P, false},
		{"a**b", "axxb", P, true},
		{"", "", P, true},
		{"*", "", P, true},
		{"", "a", P, false},
	};

	(void)state;
	CHECK(rows);
}

static void test_glob__two_stars_stand_for_any_parts(void **state)
{
	static const struct row rows[] = {
		{"**/x", "x", P, true},
		{"**/x", "a/b/x", P, true},
		{"**/x", "a/bx", P, false},
		{"a/**", "a/b/c", P, true},
		{"a/**", "a", P, false},
		{"a/**/x", "a/x", P, true},
		{"a/**/x", "a/b/c/x", P, true},
		{"a/**/x", "ab/x", P, false},
		{"**/a*/**/b", "a1/q/a2/z/b", P, true},
		{"**/a/b", "a/a/b", P, true},
		{"**/*.csv", "p/q.csv", P, true},
		{"**/a*/b", "a1/a/b", P, true},
		{"**", "a/b", P, true},
	};

	(void)state;
	CHECK(rows);
}

static void test_glob__sets_and_escapes(void **state)
{
	static const struct row rows[] = {
		{"[a-c]x", "bx", P, true},
		{"[a-c]x", "dx", P, false},
		{"[!a-c]x", "dx", P, true},
		{"[^a-c]x", "ax", P, false},
		{"[]]x", "]x", P, true},
		{"[]-]x", "-x", P, true},
		{"[[:digit:]]", "7", P, true},
		{"[[:digit:]]", "a", P, false},
		{"[\\]]", "]", P, true},
		{"\\*", "*", P, true},
		{"\\*", "a", P, false},
		{"[a", "[a", P, false},
		{"[", "[", P, false},
		{"a\\", "a\\", P, true},
		{"\xff*", "\xff\xfe", P, true},
		{"AB[C]", "abc", P | DSV_GLOB_NOCASE, true},
		{"AB", "ab", P, false},
	};

	(void)state;
	CHECK(rows);
}

static void test_glob__many_stars_end_soon(void **state)
{
	char text[4001];

	(void)state;
	memset(text, 'a', 4000);
	text[4000] = '\0';
	assert_false(dsv_glob_match("*a*a*a*a*a*a*a*a*a*a*a*a*b", text, P));
	assert_false(dsv_glob_match("**/a*a*a*a*a*a*a*a*a*a*a*b", text, P));
}

static bool match(const char *const *specs, size_t n, const char *path)
{
	struct dsv_strlist list DSV_AUTO(strlist) = DSV_STRLIST_INIT;

	for (size_t i = 0; i < n; i++)
		dsv_strlist_add(&list, specs[i]);
	return dsv_pathspec_match(&list, path);
}

static bool one(const char *spec, const char *path)
{
	return match(&spec, 1, path);
}

static void test_pathspec__a_path_names_all_below_it(void **state)
{
	(void)state;
	assert_true(one("data", "data/a.csv"));
	assert_true(one("data/", "data/a.csv"));
	assert_false(one("data/", "data"));
	assert_false(one("data", "data2/a.csv"));
	assert_true(one("", "x"));
	assert_true(one(".", "x/y"));
	assert_true(match(NULL, 0, "x"));
	assert_true(one("a[1].csv", "a[1].csv"));
}

static void test_pathspec__magic_as_in_git(void **state)
{
	static const char *const both[] = {"data", ":(exclude)data/*.tmp"};
	static const char *const none[] = {":!b"};

	(void)state;
	assert_false(one("*.csv", "data/a.csv"));
	assert_true(one(":(top)*.csv", "data/a.csv"));
	assert_false(one(":(glob)*.csv", "data/a.csv"));
	assert_true(one(":/data/*", "data/x/y"));
	assert_false(one(":(literal)*.csv", "a.csv"));
	assert_true(one(":(literal)*.csv", "*.csv"));
	assert_true(one(":(icase)DATA", "data/x"));
	assert_true(match(both, 2, "data/a.csv"));
	assert_false(match(both, 2, "data/a.tmp"));
	assert_true(match(none, 1, "a"));
	assert_false(match(none, 1, "b"));
}

static void test_pathspec__unknown_magic_is_refused(void **state)
{
	(void)state;
	assert_int_equal(dsv_pathspec_check(":(foo)x"), DSV_EUSAGE);
	assert_int_equal(dsv_pathspec_check(":(top"), DSV_EUSAGE);
	assert_int_equal(dsv_pathspec_check(":x"), DSV_EUSAGE);
	assert_int_equal(dsv_pathspec_check(":(top,glob)x"), 0);
	assert_int_equal(dsv_pathspec_check("x"), 0);
}

static bool below(const char *spec, const char *dir)
{
	struct dsv_strlist list DSV_AUTO(strlist) = DSV_STRLIST_INIT;

	dsv_strlist_add(&list, spec);
	return dsv_pathspec_below(&list, dir);
}

static void test_pathspec__folders_that_cannot_match_are_told(void **state)
{
	(void)state;
	assert_true(below("a/b/c.csv", "a"));
	assert_true(below("a/b/c.csv", "a/b"));
	assert_false(below("a/b/c.csv", "a/c"));
	assert_false(below("a/b/c.csv", "a/b/c"));
	assert_true(below("a/*.csv", "a"));
	assert_false(below("a/*.csv", "b"));
	assert_true(below("a", "a/b/c"));
	assert_true(below("*.csv", "q"));
	assert_true(below("ab*", "abc"));
	assert_false(below("ab", "a"));
}

static void test_pathspec__typed_in_a_folder_is_made_whole(void **state)
{
	static const struct {
		const char *typed;
		const char *whole;
	} rows[] = {
		{"*.csv", ":(top)a/b/*.csv"},
		{":(glob)*.csv", ":(top,glob)a/b/*.csv"},
		{":/x", ":(top)x"},
		{":!x", ":(top,exclude)a/b/x"},
		{":(top,icase)x", ":(top,icase)x"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;

		assert_int_equal(
			dsv_pathspec_typed(rows[i].typed, "a/b/", &out), 0);
		assert_string_equal(dsv_buf_str(&out), rows[i].whole);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_glob__star_stops_at_slash_in_paths),
		cmocka_unit_test(test_glob__two_stars_stand_for_any_parts),
		cmocka_unit_test(test_glob__sets_and_escapes),
		cmocka_unit_test(test_glob__many_stars_end_soon),
		cmocka_unit_test(test_pathspec__a_path_names_all_below_it),
		cmocka_unit_test(test_pathspec__magic_as_in_git),
		cmocka_unit_test(test_pathspec__unknown_magic_is_refused),
		cmocka_unit_test(
			test_pathspec__folders_that_cannot_match_are_told),
		cmocka_unit_test(
			test_pathspec__typed_in_a_folder_is_made_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
