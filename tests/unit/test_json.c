#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cjson/cJSON.h>
#include <cmocka.h>

#include <dsv/error.h>

#include "base/json.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char sample[] =
	"{\"version\": 1,\n \"name\": \"gr\xc3\xbc\xc3\x9f \\u00e9 "
	"\\ud83d\\ude00 \\\\u0000\",\n \"list\": [true, false, null, -1.5e+3, "
	"[], {}],\n \"Name\": \"\\\"\"}\n";

static int parse(const char *data, size_t len)
{
	struct dsv_json *doc DSV_AUTO(json) = NULL;
	int rc = dsv_json_parse(&doc, data, len, "d.json");

	assert_true((rc == 0) == (doc != NULL));
	return rc;
}

static void test_json__reads_a_document(void **state)
{
	struct dsv_json *doc DSV_AUTO(json) = NULL;
	const struct cJSON *name;
	const struct cJSON *list;

	(void)state;
	assert_int_equal(
		dsv_json_parse(&doc, sample, sizeof(sample) - 1, "d.json"), 0);
	name = cJSON_GetObjectItemCaseSensitive(dsv_json_root(doc), "name");
	list = cJSON_GetObjectItemCaseSensitive(dsv_json_root(doc), "list");
	assert_string_equal(cJSON_GetStringValue(name),
			    "gr\xc3\xbc\xc3\x9f \xc3\xa9 \xf0\x9f\x98\x80 "
			    "\\u0000");
	assert_int_equal(cJSON_GetArraySize(list), 6);
}

/* Of the JSON test suite of N. Seriot ("Parsing JSON is a minefield"), the
 * cases that a lenient reader takes. */
static void test_json__refuses_what_is_not_json(void **state)
{
	static const char *const bad[] = {
		"",
		" ",
		"{",
		"[1,]",
		"[,1]",
		"{\"a\":1,}",
		"{\"a\" 1}",
		"{a:1}",
		"{'a':1}",
		"[01]",
		"[1.]",
		"[.5]",
		"[+1]",
		"[-]",
		"[1e]",
		"[1e+]",
		"[0x1]",
		"[NaN]",
		"[Infinity]",
		"[tru]",
		"[True]",
		"[nul]",
		"[\"\t\"]",
		"[\"a\nb\"]",
		"[\"\\x\"]",
		"[\"\\u12\"]",
		"[\"\\u12G4\"]",
		"[\"\\ud800\"]",
		"[\"\\ud800\\u0041\"]",
		"[\"\\udc00\"]",
		"[\"a]",
		"[1] x",
		"[1][2]",
		"1 2",
		"[\"\xff\"]",
		"[\"\xed\xa0\x80\"]",
		"\xef\xbb\xbf[]",
		"[1]\f",
		"[\v1]",
		"/* */[]",
		"[1//\n]",
		"[\"\\u0000\"]",
		"{\"\\u0000\":1}",
		"[1\x01]",
		"]",
		"-",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		if (parse(bad[i], strlen(bad[i])) != DSV_ESYNTAX)
			fail_msg("taken: %s", bad[i]);
		assert_memory_equal(dsv_error_message(), "d.json:", 7);
	}
	assert_int_equal(parse("[1]\0", 4), DSV_ESYNTAX);
	assert_int_equal(parse("[\"a\0b\"]", 7), DSV_ESYNTAX);
	assert_int_equal(parse(NULL, 0), DSV_ESYNTAX);
}

static void test_json__takes_what_is_json(void **state)
{
	static const char *const good[] = {
		"0",
		"-0",
		"1.5E-7",
		"\"\"",
		"null",
		"[]",
		"{}",
		" \t\r\n[] ",
		"[\"\\/\\b\\f\\n\\r\\t\"]",
		"[1e1]",
		"[\"\x7f\"]",
		"{\"\":1}",
		"{\"a\":1,\"A\":2}",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		if (parse(good[i], strlen(good[i])) != 0)
			fail_msg("%s: %s", good[i], dsv_error_message());
	}
}

static void test_json__repeated_name_is_a_fault_at_any_depth(void **state)
{
	static const char text[] = "[{\"a\": {\"b\": 1, \"c\": 2, \"b\": 3}}]";
	static const char escaped[] = "{\"a\": 1, \"\\u0061\": 2}";

	(void)state;
	assert_int_equal(parse(text, sizeof(text) - 1), DSV_ESYNTAX);
	assert_string_equal(dsv_error_message(),
			    "d.json: name 'b' stands there twice");
	assert_int_equal(parse(escaped, sizeof(escaped) - 1), DSV_ESYNTAX);
}

static void test_json__faults_name_the_line(void **state)
{
	static const char text[] = "{\n \"a\": 1,\n \"b\": x\n}";

	(void)state;
	assert_int_equal(parse(text, sizeof(text) - 1), DSV_ESYNTAX);
	assert_string_equal(dsv_error_message(), "d.json:3: not a value");
}

static void test_json__depth_is_bounded(void **state)
{
	char text[5000];

	(void)state;
	memset(text, '[', sizeof(text));
	assert_int_equal(parse(text, sizeof(text)), DSV_ESYNTAX);
	assert_string_equal(dsv_error_message(), "d.json:1: nested too deeply");
}

static void test_json__truncated_and_flipped_text_is_bearable(void **state)
{
	char text[sizeof(sample)];

	(void)state;
	memcpy(text, sample, sizeof(sample));
	for (size_t len = 0; len < sizeof(sample) - 2; len++)
		assert_int_equal(parse(text, len), DSV_ESYNTAX);
	for (size_t bit = 0; bit < (sizeof(sample) - 1) * 8; bit++) {
		text[bit / 8] ^= (char)(1 << bit % 8);
		parse(text, sizeof(sample) - 1);
		text[bit / 8] ^= (char)(1 << bit % 8);
	}
}

static bool whole(const char *text, uint64_t *out)
{
	struct dsv_json *doc DSV_AUTO(json) = NULL;

	if (dsv_json_parse(&doc, text, strlen(text), "n.json") < 0)
		fail_msg("%s", dsv_error_message());
	return dsv_json_u64(dsv_json_root(doc), out);
}

static void test_json__numbers_are_whole_below_2_to_53(void **state)
{
	static const char *const bad[] = {"-1",
					  "1.5",
					  "9007199254740992",
					  "9007199254740993",
					  "1e999",
					  "\"1\"",
					  "true",
					  "null",
					  "18446744073709551616"};
	uint64_t n = 7;

	(void)state;
	assert_true(whole("9007199254740991", &n));
	assert_int_equal(n, 9007199254740991);
	assert_true(whole("0", &n));
	assert_int_equal(n, 0);
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(whole(bad[i], &n));
	assert_int_equal(n, 0);
}

static void test_json__members_are_found_in_exact_case(void **state)
{
	static const char text[] = "{\"a\":1,\"A\":[true,null],\"b\":\"x\"}";
	struct dsv_json *doc DSV_AUTO(json) = NULL;
	const struct cJSON *root;
	const struct cJSON *list;
	bool on = false;

	(void)state;
	assert_int_equal(dsv_json_parse(&doc, text, sizeof(text) - 1, "d"), 0);
	root = dsv_json_root(doc);
	list = dsv_json_get(root, "A");
	assert_int_equal(dsv_json_type(root), DSV_JSON_OBJECT);
	assert_int_equal(dsv_json_type(list), DSV_JSON_LIST);
	assert_int_equal(dsv_json_count(list), 2);
	assert_true(dsv_json_bool(dsv_json_first(list), &on));
	assert_true(on);
	assert_int_equal(dsv_json_type(dsv_json_next(dsv_json_first(list))),
			 DSV_JSON_NULL);
	assert_string_equal(dsv_json_name(dsv_json_next(dsv_json_first(root))),
			    "A");
	assert_string_equal(dsv_json_str(dsv_json_get(root, "b")), "x");
	assert_null(dsv_json_get(root, "B"));
	assert_null(dsv_json_get(list, "a"));
	assert_null(dsv_json_str(list));
	assert_null(dsv_json_first(NULL));
	assert_int_equal(dsv_json_type(NULL), DSV_JSON_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json__reads_a_document),
		cmocka_unit_test(test_json__numbers_are_whole_below_2_to_53),
		cmocka_unit_test(test_json__members_are_found_in_exact_case),
		cmocka_unit_test(test_json__refuses_what_is_not_json),
		cmocka_unit_test(test_json__takes_what_is_json),
		cmocka_unit_test(
			test_json__repeated_name_is_a_fault_at_any_depth),
		cmocka_unit_test(test_json__faults_name_the_line),
		cmocka_unit_test(test_json__depth_is_bounded),
		cmocka_unit_test(
			test_json__truncated_and_flipped_text_is_bearable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
