#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <dsv/error.h>

#include "base/yaml.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char sample[] = "# of a test\n"
			     "version: 1\n"
			     "datasets:\n"
			     "  - name: reviews\n"
			     "    files: [\"data/*.csv\", b.csv]\n"
			     "    key:\n"
			     "      - id\n"
			     "    empty:\n";

static struct dsv_yaml_doc *parse(const char *text)
{
	struct dsv_yaml_doc *doc = NULL;
	int rc = dsv_yaml_parse(&doc, text, strlen(text), "d.yaml");

	if (rc < 0)
		fail_msg("%s", dsv_error_message());
	return doc;
}

static void test_yaml__tree_knows_kinds_and_lines(void **state)
{
	struct dsv_yaml_doc *doc DSV_AUTO(yaml_doc) = parse(sample);
	const struct dsv_yaml *root = dsv_yaml_root(doc);
	const struct dsv_yaml *set;
	const struct dsv_yaml *files;

	(void)state;
	assert_int_equal(root->kind, DSV_YAML_MAP);
	assert_int_equal(root->n, 2);
	assert_null(root->name);
	assert_string_equal(dsv_yaml_get(root, "version")->text, "1");
	assert_int_equal(dsv_yaml_get(root, "version")->line, 2);
	assert_int_equal(dsv_yaml_get(root, "datasets")->kind, DSV_YAML_LIST);
	set = &dsv_yaml_get(root, "datasets")->items[0];
	assert_int_equal(set->line, 4);
	files = dsv_yaml_get(set, "files");
	assert_int_equal(files->n, 2);
	assert_int_equal(files->name_line, 5);
	assert_string_equal(files->items[0].text, "data/*.csv");
	assert_int_equal(files->items[0].len, 10);
	assert_int_equal(dsv_yaml_get(set, "key")->name_line, 6);
	assert_int_equal(dsv_yaml_get(set, "key")->items[0].line, 7);
	assert_int_equal(dsv_yaml_get(set, "empty")->kind, DSV_YAML_TEXT);
	assert_int_equal(dsv_yaml_get(set, "empty")->len, 0);
	assert_null(dsv_yaml_get(set, "nothing"));
	assert_null(dsv_yaml_get(files, "0"));
}

static void test_yaml__nothing_is_an_empty_map(void **state)
{
	static const char *const texts[] = {"", "\n\n", "# only\n", "---\n"};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct dsv_yaml_doc *doc DSV_AUTO(yaml_doc) = parse(texts[i]);

		assert_int_equal(dsv_yaml_root(doc)->kind, DSV_YAML_MAP);
		assert_int_equal(dsv_yaml_root(doc)->n, 0);
	}
}

static void test_yaml__faults_name_file_and_line(void **state)
{
	static const struct {
		const char *text, *message;
	} rows[] = {
		{"a: 1\nb: 2\na: 3\n",
		 "d.yaml:3: key 'a' stands on line 1 too"},
		{"a: &x 1\n", "d.yaml:1: anchor '&x' is not allowed"},
		{"a: 1\nb: *x\n", "d.yaml:2: alias '*x' is not allowed"},
		{"a: !!str 1\n",
		 "d.yaml:1: tag 'tag:yaml.org,2002:str' is not allowed"},
		{"a: !x [1]\n", "d.yaml:1: tag '!x' is not allowed"},
		{"a: 1\n---\nb: 2\n", "d.yaml:2: more than one document"},
		{"? [a]\n: 1\n", "d.yaml:1: a key must be text"},
		{"a: \"x\\0y\"\n", "d.yaml:1: NUL in text"},
		{"a: 1\n\xff: 2\n", NULL},
		{"a: [1, 2\nb: 3\n", NULL},
		{"a: 1\n b: 2\n", NULL},
		{"a: 'x\n", NULL},
		{"\ta: 1\n", NULL},
		{"a: 1\n}\n", NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct dsv_yaml_doc *doc = NULL;
		int rc = dsv_yaml_parse(&doc, rows[i].text,
					strlen(rows[i].text), "d.yaml");

		assert_int_equal(rc, DSV_ESYNTAX);
		assert_null(doc);
		assert_memory_equal(dsv_error_message(), "d.yaml:", 7);
		if (rows[i].message)
			assert_string_equal(dsv_error_message(),
					    rows[i].message);
	}
}

static void test_yaml__bad_utf8_is_told_with_its_line(void **state)
{
	static const char text[] = "a: 1\nb: 2\nc: \xff\n";
	struct dsv_yaml_doc *doc = NULL;

	(void)state;
	assert_int_equal(dsv_yaml_parse(&doc, text, sizeof(text) - 1, "d.yaml"),
			 DSV_ESYNTAX);
	assert_memory_equal(dsv_error_message(), "d.yaml:3: ", 10);
}

static void test_yaml__depth_is_bounded(void **state)
{
	struct dsv_yaml_doc *doc = NULL;
	char text[5000];

	(void)state;
	memset(text, '[', sizeof(text));
	assert_int_equal(dsv_yaml_parse(&doc, text, sizeof(text), "d.yaml"),
			 DSV_ESYNTAX);
	assert_string_equal(dsv_error_message(),
			    "d.yaml:1: nested deeper than 32 levels");
}

static void test_yaml__unknown_key_names_the_nearest(void **state)
{
	static const char *const known[] = {"version", "datasets", NULL};
	struct dsv_yaml_doc *doc DSV_AUTO(yaml_doc) =
		parse("version: 1\ndataset:\n  - x\n");

	(void)state;
	assert_int_equal(dsv_yaml_only(doc, dsv_yaml_root(doc), known),
			 DSV_ESYNTAX);
	assert_string_equal(dsv_error_message(),
			    "d.yaml:2: unknown key 'dataset'");
	assert_string_equal(dsv_error_hint(), "did you mean 'datasets'?");
}

static void test_yaml__known_keys_pass(void **state)
{
	static const char *const known[] = {"version", "datasets", NULL};
	struct dsv_yaml_doc *doc DSV_AUTO(yaml_doc) = parse(sample);

	(void)state;
	assert_int_equal(dsv_yaml_only(doc, dsv_yaml_root(doc), known), 0);
	assert_int_equal(
		dsv_yaml_fail(doc, dsv_yaml_get(dsv_yaml_root(doc), "version"),
			      "not %d", 2),
		DSV_ESYNTAX);
	assert_string_equal(dsv_error_message(), "d.yaml:2: not 2");
}

static void parse_any(const char *data, size_t len)
{
	struct dsv_yaml_doc *doc DSV_AUTO(yaml_doc) = NULL;
	int rc = dsv_yaml_parse(&doc, data, len, "d.yaml");

	assert_true(rc == 0 || rc == DSV_ESYNTAX);
	assert_true((rc == 0) == (doc != NULL));
}

static void test_yaml__truncated_and_flipped_text_is_bearable(void **state)
{
	char text[sizeof(sample)];

	(void)state;
	memcpy(text, sample, sizeof(sample));
	for (size_t len = 0; len < sizeof(sample); len++)
		parse_any(text, len);
	for (size_t bit = 0; bit < (sizeof(sample) - 1) * 8; bit++) {
		text[bit / 8] ^= (char)(1 << bit % 8);
		parse_any(text, sizeof(sample) - 1);
		text[bit / 8] ^= (char)(1 << bit % 8);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_yaml__tree_knows_kinds_and_lines),
		cmocka_unit_test(test_yaml__nothing_is_an_empty_map),
		cmocka_unit_test(test_yaml__faults_name_file_and_line),
		cmocka_unit_test(test_yaml__bad_utf8_is_told_with_its_line),
		cmocka_unit_test(test_yaml__depth_is_bounded),
		cmocka_unit_test(test_yaml__unknown_key_names_the_nearest),
		cmocka_unit_test(test_yaml__known_keys_pass),
		cmocka_unit_test(
			test_yaml__truncated_and_flipped_text_is_bearable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
