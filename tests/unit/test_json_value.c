#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "format/json_pointer.h"
#include "format/json_value.h"

/* Checked on a copy of exactly its length; "" stands for a refusal. */
static void assert_canon(const char *text, const char *expected)
{
	struct dsv_json_work work DSV_AUTO(json_work) = DSV_JSON_WORK_INIT;
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;
	size_t len = strlen(text);
	char *copy = malloc(len ? len : 1);
	const char *behind;

	memcpy(copy, text, len);
	behind = dsv_json_value(copy, copy + len);
	if (behind == copy + len)
		assert_ptr_equal(dsv_json_canon(&work, copy, behind, &out),
				 behind);
	assert_string_equal(dsv_buf_str(&out), expected);
	assert_true(out.len <= len);
	free(copy);
}

static void assert_refused(const char *text)
{
	assert_canon(text, "");
}

static void test_json_value__numbers_keep_their_digits(void **state)
{
	static const char *const good[] = {
		"0",   "-0",  "10",   "1.10",  "0.0",
		"1e5", "1E5", "1e+5", "1e-05", "123456789012345678901234567890",
	};
	static const char *const bad[] = {
		"01",  "1.",  ".5",	  "+1",	       "-",   "1e",  "1e+",
		"0x1", "NaN", "Infinity", "-Infinity", "--1", "1 2",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_canon(good[i], good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_refused(bad[i]);
}

static void test_json_value__grammar_is_strict(void **state)
{
	static const char *const bad[] = {
		"",	     " ",	    "tru",	  "True",
		"nul",	     "[",	    "]",	  "[1,]",
		"[,1]",	     "[1 2]",	    "{",	  "{\"a\"}",
		"{a:1}",     "{'a':1}",	    "{\"a\":1,}", "{,}",
		"{\"a\" 1}", "\"",	    "\"\\\"",	  "\"\\x\"",
		"\"\\u12\"", "\"\\u123g\"", "\"\t\"",	  "\"\n\"",
		"[1]]",	     "/**/1",	    "[1}",	  "{\"a\":1]",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_refused(bad[i]);
}

static void test_json_value__blanks_and_order_do_not_count(void **state)
{
	(void)state;
	assert_canon("{ \"b\" : 1 ,\t\"a\" : [ 1 , { } , [ ] ] }",
		     "{\"a\":[1,{},[]],\"b\":1}");
	assert_canon("{\"b\":1,\"aa\":2,\"a\":3,\"\":4,\"\\u00e9\":5}",
		     "{\"\":4,\"a\":3,\"aa\":2,\"b\":1,\"\xc3\xa9\":5}");
	assert_canon("{\"x\":{\"b\":1,\"a\":2},\"w\":{\"d\":1,\"c\":2}}",
		     "{\"w\":{\"c\":2,\"d\":1},\"x\":{\"a\":2,\"b\":1}}");
}

/* Sorted by what they mean: U+005A is Z. */
static void test_json_value__escaped_names_sort_by_their_text(void **state)
{
	(void)state;
	assert_canon("{\"a\":1,\"\\u005A\":2,\"\\n\":3}",
		     "{\"\\n\":3,\"Z\":2,\"a\":1}");
}

static void test_json_value__many_members_sort_as_few_do(void **state)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf sorted DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	for (int i = 99; i >= 0; i--)
		dsv_buf_addf(&text, "%s\"%02d\":%d", i < 99 ? ", " : "{", i, i);
	dsv_buf_addstr(&text, ",\"50\":1}");
	for (int i = 0; i < 100; i++)
		dsv_buf_addf(&sorted, "%s\"%02d\":%d", i ? "," : "{", i,
			     i == 50 ? 1 : i);
	dsv_buf_addstr(&sorted, "}");
	assert_canon(text.data, sorted.data);
}

static void test_json_value__last_of_a_repeated_name_wins(void **state)
{
	(void)state;
	assert_canon("{\"a\":1,\"b\":2,\"\\u0061\":3}", "{\"a\":3,\"b\":2}");
	assert_canon("{\"a\":1,\"a\":2,\"a\":3}", "{\"a\":3}");
}

static void test_json_value__strings_have_one_form(void **state)
{
	(void)state;
	assert_canon("\"\\u0041\\/\\u00E9\\ud83D\\uDE00\"",
		     "\"A/\xc3\xa9\xf0\x9f\x98\x80\"");
	assert_canon("\"\\u0022\\u005c\\u000a\\u0009\\u0008\\u000C\\u000D\"",
		     "\"\\\"\\\\\\n\\t\\b\\f\\r\"");
	assert_canon("\"\\u0000\\u001F\\u007f\"", "\"\\u0000\\u001f\x7f\"");
	assert_canon("\"\\uD800x\\uDC00\\ud800\\ud800\\udc00\"",
		     "\"\\ud800x\\udc00\\ud800\xf0\x90\x80\x80\"");
}

static void test_json_value__depth_has_a_limit(void **state)
{
	char text[2 * (DSV_JSON_DEPTH_MAX + 1)];
	size_t n = DSV_JSON_DEPTH_MAX;

	(void)state;
	memset(text, '[', n + 1);
	memset(text + n + 1, ']', n + 1);
	assert_ptr_equal(dsv_json_value(text + 1, text + 1 + 2 * n),
			 text + 1 + 2 * n);
	assert_null(dsv_json_value(text, text + 2 * (n + 1)));
}

static void test_json_value__cut_text_is_refused(void **state)
{
	static const char text[] = "{\"a\":[1,\"\\u00e9\"],\"b\":{\"c\":null}}";

	(void)state;
	for (size_t i = 0; i < sizeof(text) - 1; i++) {
		char *copy = malloc(i ? i : 1);

		memcpy(copy, text, i);
		assert_null(dsv_json_value(copy, copy + i));
		free(copy);
	}
}

/* "?" where it is missing; JSON with "=" before it. */
static void assert_points(const char *json, const char *pointer,
			  const char *expected)
{
	struct dsv_field field = {json, strlen(json), DSV_FIELD_JSON};
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_field inner;

	dsv_json_pointer(&field, pointer, &text, &inner);
	if (inner.kind != DSV_FIELD_TEXT)
		dsv_buf_addch(&out, inner.kind == DSV_FIELD_JSON ? '=' : '?');
	dsv_buf_add(&out, inner.text, inner.len);
	assert_string_equal(dsv_buf_str(&out), expected);
}

static void test_json_pointer__goes_down_by_name_and_number(void **state)
{
	static const char json[] = "{\"\":0,\"a/b\":[10,{\"m~n\":\"x\\ny\"}],"
				   "\"q\\\"\":{\"z\":[]},\"s\":\"t\"}";

	(void)state;
	assert_points(json, "/a~1b/0", "=10");
	assert_points(json, "/a~1b/1/m~0n", "x\ny");
	assert_points(json, "/a~1b/1", "={\"m~n\":\"x\\ny\"}");
	assert_points(json, "/q\"/z", "=[]");
	assert_points(json, "/", "=0");
	assert_points(json, "/s", "t");
	assert_points("[1,2]", "", "=[1,2]");
}

static void test_json_pointer__what_is_not_there_is_missing(void **state)
{
	static const char json[] = "{\"a\":[1,2],\"b\":null}";

	(void)state;
	assert_points(json, "/c", "?");
	assert_points(json, "/a/2", "?");
	assert_points(json, "/a/-", "?");
	assert_points(json, "/a/01", "?");
	assert_points(json, "/a/0/x", "?");
	assert_points(json, "/b/x", "?");
	assert_points(json, "/a/99999999999999999999", "?");
}

static void test_json_pointer__head_is_the_column(void **state)
{
	struct dsv_buf name DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	assert_string_equal(dsv_json_pointer_head("/a~1b~0/c/0", &name),
			    "/c/0");
	assert_string_equal(name.data, "a/b~");
	assert_null(dsv_json_pointer_head("a", &name));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json_value__numbers_keep_their_digits),
		cmocka_unit_test(test_json_value__grammar_is_strict),
		cmocka_unit_test(
			test_json_value__blanks_and_order_do_not_count),
		cmocka_unit_test(
			test_json_value__escaped_names_sort_by_their_text),
		cmocka_unit_test(test_json_value__many_members_sort_as_few_do),
		cmocka_unit_test(test_json_value__last_of_a_repeated_name_wins),
		cmocka_unit_test(test_json_value__strings_have_one_form),
		cmocka_unit_test(test_json_value__depth_has_a_limit),
		cmocka_unit_test(test_json_value__cut_text_is_refused),
		cmocka_unit_test(
			test_json_pointer__goes_down_by_name_and_number),
		cmocka_unit_test(
			test_json_pointer__what_is_not_there_is_missing),
		cmocka_unit_test(test_json_pointer__head_is_the_column),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
