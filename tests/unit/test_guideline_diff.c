#include "guideline_made.h"

#include <dsv/guideline_diff.h>

/* The sentences of all changes and what they need, one a line. */
static char *told(const char *old, const char *with)
{
	struct dsv_guideline_text from DSV_AUTO(guideline_text) =
		DSV_GUIDELINE_TEXT_INIT;
	struct dsv_guideline_text to DSV_AUTO(guideline_text) =
		DSV_GUIDELINE_TEXT_INIT;
	struct dsv_guideline_diff diff DSV_AUTO(guideline_diff) =
		DSV_GUIDELINE_DIFF_INIT;
	struct dsv_buf out = DSV_BUF_INIT;

	made_parse(&from, made_base);
	made_parse_with(&to, old, with);
	dsv_guideline_diff(&diff, &from, &to);
	for (size_t i = 0; i < diff.n; i++) {
		dsv_guideline_change_say(&diff.items[i], &out);
		dsv_buf_addch(&out, '\n');
	}
	dsv_buf_addstr(&out, dsv_bump_word(diff.needs));
	return dsv_buf_detach(&out);
}

static void expect(const char *old, const char *with, const char *want)
{
	char *text = told(old, with);

	assert_string_equal(text, want);
	free(text);
}

static void test_guideline_diff__of_equal_guidelines_is_empty(void **s)
{
	(void)s;
	expect("# Mail", "# Mail", "none");
}

static void test_guideline_diff__status_and_day_are_no_content(void **s)
{
	(void)s;
	expect("status: active\neffective: 2025-02-01", "status: retired",
	       "none");
	expect("version: 2.1.0", "version: 3.0.0", "none");
}

static void test_guideline_diff__another_answer_is_major(void **s)
{
	(void)s;
	expect("| Buy now | spam |", "| buy  NOW | ham |",
	       "example 'buy  NOW' is ham, was spam\nmajor");
	expect("sells something | spam", "sells something | ham",
	       "rule R1 is ham, was spam\nmajor");
}

static void test_guideline_diff__a_label_gone_or_renamed_is_major(void **s)
{
	(void)s;
	expect("| ham | all else |\n", "", "label ham removed\nmajor");
	expect("| ham | all else |", "| wanted | All  else |",
	       "label ham renamed wanted\nmajor");
}

static void test_guideline_diff__a_new_label_or_rule_is_minor(void **s)
{
	(void)s;
	expect("| ham | all else |\n",
	       "| ham | all else |\n| news | a letter to many |\n",
	       "label news added\nminor");
	expect("| R2 |", "| R7 | sarcasm | spam |\n| R2 |",
	       "rule R7 added (sarcasm is spam)\nminor");
	expect("| R1 | it sells something | spam |\n", "",
	       "rule R1 removed\nminor");
}

static void test_guideline_diff__a_rule_by_another_name_is_a_patch(void **s)
{
	(void)s;
	expect("| R1 | it", "| R9 | it", "rule R1 renamed R9\npatch");
}

static void test_guideline_diff__wording_and_examples_are_a_patch(void **s)
{
	(void)s;
	expect("all else", "everything else", "label ham changed\npatch");
	expect("it sells something", "it sells", "rule R1 changed\npatch");
	expect("| Buy now | spam | R1 |\n", "",
	       "example 'Buy now' removed\npatch");
	expect("| Buy now", "| Sale | spam | R1 |\n| Buy now",
	       "example 'Sale' added (spam)\npatch");
	expect("# Mail", "# Mails", "text around the tables changed\npatch");
}

static void test_guideline_diff__order_of_rows_is_no_change_of_meaning(void **s)
{
	(void)s;
	expect("| spam | asked for by nobody |\n| ham | all else |",
	       "| ham | all else |\n| spam | asked for by nobody |",
	       "text around the tables changed\npatch");
}

static void test_guideline_diff__doubled_rows_are_paired_one_by_one(void **s)
{
	(void)s;
	expect("| Buy now | spam | R1 |\n",
	       "| Buy now | spam | R1 |\n| Buy now | spam | R1 |\n",
	       "example 'Buy now' added (spam)\npatch");
}

static void
test_guideline_diff__doubled_rows_on_both_sides_are_the_same(void **s)
{
	static const char twice[] = "| Buy now | spam | R1 |\n"
				    "| Buy now | spam | R1 |\n";
	struct dsv_guideline_text text DSV_AUTO(guideline_text) =
		DSV_GUIDELINE_TEXT_INIT;
	struct dsv_guideline_diff diff DSV_AUTO(guideline_diff) =
		DSV_GUIDELINE_DIFF_INIT;

	(void)s;
	made_parse_with(&text, "| Buy now | spam | R1 |\n", twice);
	dsv_guideline_diff(&diff, &text, &text);
	assert_int_equal(text.rules.n_examples, 3);
	assert_int_equal(diff.n, 0);
}

static void test_guideline_diff__why_is_the_first_that_needs_the_most(void **s)
{
	struct dsv_guideline_text from DSV_AUTO(guideline_text) =
		DSV_GUIDELINE_TEXT_INIT;
	struct dsv_guideline_text to DSV_AUTO(guideline_text) =
		DSV_GUIDELINE_TEXT_INIT;
	struct dsv_guideline_diff diff DSV_AUTO(guideline_diff) =
		DSV_GUIDELINE_DIFF_INIT;

	(void)s;
	made_parse(&from, made_base);
	made_parse_with(&to, "| R2 | it answers a mail of ours | ham |",
			"| R3 | new | ham |\n| R4 | new too | ham |");
	dsv_guideline_diff(&diff, &from, &to);
	assert_int_equal(diff.n, 3);
	assert_int_equal(diff.needs, DSV_BUMP_MINOR);
	assert_string_equal(diff.why->from.name, "R2");
	assert_int_equal(diff.why->from.line, 17);
}

static void test_bump__between_two_versions(void **s)
{
	bool back;

	(void)s;
	assert_int_equal(dsv_bump_between("2.1.0", "3.0.0", &back),
			 DSV_BUMP_MAJOR);
	assert_int_equal(dsv_bump_between("2.1.9", "2.10.0", &back),
			 DSV_BUMP_MINOR);
	assert_int_equal(dsv_bump_between("2.1.0", "2.1.1", &back),
			 DSV_BUMP_PATCH);
	assert_int_equal(dsv_bump_between("2.1.0", "2.1.0", &back),
			 DSV_BUMP_NONE);
	assert_false(back);
	assert_int_equal(dsv_bump_between("2.10.0", "2.9.5", &back),
			 DSV_BUMP_NONE);
	assert_true(back);
}

static void test_bump__the_next_version_of_each_kind(void **s)
{
	static const char *const want[] = {"2.1.3", "2.1.4", "2.2.0", "3.0.0"};

	(void)s;
	for (unsigned i = 0; i < 4; i++) {
		struct dsv_buf next DSV_AUTO(buf) = DSV_BUF_INIT;

		dsv_bump_next("2.1.3", (enum dsv_bump)i, &next);
		assert_string_equal(dsv_buf_str(&next), want[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_guideline_diff__of_equal_guidelines_is_empty),
		cmocka_unit_test(
			test_guideline_diff__status_and_day_are_no_content),
		cmocka_unit_test(test_guideline_diff__another_answer_is_major),
		cmocka_unit_test(
			test_guideline_diff__a_label_gone_or_renamed_is_major),
		cmocka_unit_test(
			test_guideline_diff__a_new_label_or_rule_is_minor),
		cmocka_unit_test(
			test_guideline_diff__a_rule_by_another_name_is_a_patch),
		cmocka_unit_test(
			test_guideline_diff__wording_and_examples_are_a_patch),
		cmocka_unit_test(
			test_guideline_diff__order_of_rows_is_no_change_of_meaning),
		cmocka_unit_test(
			test_guideline_diff__doubled_rows_are_paired_one_by_one),
		cmocka_unit_test(
			test_guideline_diff__doubled_rows_on_both_sides_are_the_same),
		cmocka_unit_test(
			test_guideline_diff__why_is_the_first_that_needs_the_most),
		cmocka_unit_test(test_bump__between_two_versions),
		cmocka_unit_test(test_bump__the_next_version_of_each_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
