#include "gitrepo.h"

#include <dsv/rules.h>

static const char guide[] = "---\n"
			    "id: mail\n"
			    "version: 1.0.0\n"
			    "status: active\n"
			    "---\n"
			    "# Mail\n"
			    "\n"
			    "| Definition | note | LABEL |\n"
			    "|---|---|---|\n"
			    "| asked for by *none* | x | `spam` |\n"
			    "| the | rest | **ham** |\n"
			    "| nothing | said | |\n"
			    "\n"
			    "| rule | when | label |\n"
			    "|---|---|---|\n"
			    "| R1 | a \\| b | spam |\n"
			    "\n"
			    "| example | label | rule |\n"
			    "|---|---|---|\n"
			    "| buy now | spam | R1 |\n"
			    "| hello | ham |\n"
			    "\n"
			    "| other | table |\n"
			    "|---|---|\n"
			    "| of | people |\n";

static void parse(struct dsv_rules *out, const char *text)
{
	dsv_rules_parse(out, text, strlen(text));
}

static void test_rules__labels_by_header_names_in_any_case_and_order(void **s)
{
	struct dsv_rules rules DSV_AUTO(rules) = DSV_RULES_INIT;

	(void)s;
	parse(&rules, guide);
	assert_int_equal(rules.n_labels, 2);
	assert_string_equal(rules.labels[0].label, "spam");
	assert_string_equal(rules.labels[0].definition, "asked for by none");
	assert_string_equal(rules.labels[1].label, "ham");
}

static void test_rules__rules_and_examples(void **s)
{
	struct dsv_rules rules DSV_AUTO(rules) = DSV_RULES_INIT;

	(void)s;
	parse(&rules, guide);
	assert_int_equal(rules.n_rules, 1);
	assert_string_equal(rules.rules[0].rule, "R1");
	assert_string_equal(rules.rules[0].when, "a | b");
	assert_string_equal(rules.rules[0].label, "spam");
	assert_int_equal(rules.n_examples, 2);
	assert_string_equal(rules.examples[0].rule, "R1");
	assert_string_equal(rules.examples[1].example, "hello");
	assert_string_equal(rules.examples[1].rule, "");
}

static void test_rules__lines_are_those_of_the_file(void **s)
{
	struct dsv_rules rules DSV_AUTO(rules) = DSV_RULES_INIT;

	(void)s;
	parse(&rules, guide);
	assert_int_equal(rules.labels[0].line, 10);
	assert_int_equal(rules.rules[0].line, 16);
	assert_int_equal(rules.examples[1].line, 21);
}

static void test_rules__of_crlf_and_without_front_matter(void **s)
{
	struct dsv_rules rules DSV_AUTO(rules) = DSV_RULES_INIT;

	(void)s;
	parse(&rules, "| label | definition |\r\n|---|---|\r\n| a | b |\r\n");
	assert_int_equal(rules.n_labels, 1);
	assert_string_equal(rules.labels[0].definition, "b");
	assert_int_equal(rules.labels[0].line, 3);
}

static void test_rules__of_nothing_are_none(void **s)
{
	struct dsv_rules rules DSV_AUTO(rules) = DSV_RULES_INIT;

	(void)s;
	parse(&rules, "");
	parse(&rules, "---\nid: x\n");
	parse(&rules, "| label | definition |\n");
	assert_int_equal(rules.n_labels + rules.n_rules + rules.n_examples, 0);
}

static void test_rules__cut_anywhere_is_read_without_fault(void **s)
{
	size_t len;

	(void)s;
	for (len = 0; len <= strlen(guide); len++) {
		struct dsv_rules rules DSV_AUTO(rules) = DSV_RULES_INIT;

		dsv_rules_parse(&rules, guide, len);
		assert_true(rules.n_labels <= 2);
	}
}

static void test_rules__flipped_bits_are_read_without_fault(void **s)
{
	char text[sizeof(guide)];
	size_t at;

	(void)s;
	for (at = 0; at + 1 < sizeof(guide); at++) {
		struct dsv_rules rules DSV_AUTO(rules) = DSV_RULES_INIT;

		memcpy(text, guide, sizeof(guide));
		text[at] = (char)(text[at] ^ (1 << (at % 8)));
		dsv_rules_parse(&rules, text, sizeof(guide) - 1);
		assert_true(rules.n_labels + rules.n_rules + rules.n_examples <=
			    20);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_rules__labels_by_header_names_in_any_case_and_order),
		cmocka_unit_test(test_rules__rules_and_examples),
		cmocka_unit_test(test_rules__lines_are_those_of_the_file),
		cmocka_unit_test(test_rules__of_crlf_and_without_front_matter),
		cmocka_unit_test(test_rules__of_nothing_are_none),
		cmocka_unit_test(
			test_rules__cut_anywhere_is_read_without_fault),
		cmocka_unit_test(
			test_rules__flipped_bits_are_read_without_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
