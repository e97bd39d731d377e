#include "guideline_made.h"

#include <math.h>

#include <dsv/calibration.h>

static int read_answers(struct dsv_calibration *out,
			struct dsv_guideline_text *text, const char *table,
			const char *raters)
{
	struct dsv_strlist names DSV_AUTO(strlist) = DSV_STRLIST_INIT;

	made_parse(text, made_base);
	put("answers.csv", table);
	dsv_strlist_split(&names, raters, ',');
	return dsv_calibration_read(out, text, "answers.csv", &names);
}

static void fails(const char *table, const char *raters, int code,
		  const char *message)
{
	struct dsv_guideline_text text DSV_AUTO(guideline_text) =
		DSV_GUIDELINE_TEXT_INIT;
	struct dsv_calibration got DSV_AUTO(calibration) = DSV_CALIBRATION_INIT;

	assert_int_equal(read_answers(&got, &text, table, raters), code);
	assert_non_null(strstr(dsv_error_message(), message));
	assert_null(got.raters);
}

static void test_calibration__counts_right_answers_of_what_is_asked(void **s)
{
	struct dsv_guideline_text text DSV_AUTO(guideline_text) =
		DSV_GUIDELINE_TEXT_INIT;
	struct dsv_calibration got DSV_AUTO(calibration) = DSV_CALIBRATION_INIT;

	(void)s;
	assert_int_equal(read_answers(&got, &text,
				      "example,ana,ben\nbuy  NOW,spam,ham\n"
				      "2,ham,\n",
				      "ana,ben"),
			 0);
	assert_int_equal(got.asked, 2);
	assert_int_equal(got.examples, 2);
	assert_int_equal(got.raters[0].right, 2);
	assert_int_equal(got.raters[1].right, 0);
	assert_int_equal(got.raters[1].empty, 1);
	/* Wilson, 95 %, of 2 of 2: 1 / (1 + 1.959964^2 / 2) */
	assert_true(fabs(got.raters[0].range.low - 0.3423802) < 1e-6);
	assert_true(got.compared);
	assert_int_equal(got.agreement.items, 1);
}

static void test_calibration__rules_and_examples_the_worst_first(void **s)
{
	struct dsv_guideline_text text DSV_AUTO(guideline_text) =
		DSV_GUIDELINE_TEXT_INIT;
	struct dsv_calibration got DSV_AUTO(calibration) = DSV_CALIBRATION_INIT;

	(void)s;
	assert_int_equal(read_answers(&got, &text,
				      "example,a,b\n1,ham,spam\n2,spam,spam\n",
				      "a,b"),
			 0);
	assert_int_equal(got.n_rules, 2);
	assert_string_equal(got.rules[0].name, "R2");
	assert_int_equal(got.rules[0].wrong, 2);
	assert_string_equal(got.rules[1].name, "R1");
	assert_int_equal(got.rules[1].wrong, 1);
	assert_int_equal(got.n_wrong_examples, 2);
	assert_string_equal(got.wrong_examples[1].name, "Buy now");
	assert_int_equal(got.wrong_examples[1].given.n, 1);
	assert_string_equal(got.wrong_examples[1].given.items[0], "a: ham");
}

static void test_calibration__of_one_rater_nothing_is_compared(void **s)
{
	struct dsv_guideline_text text DSV_AUTO(guideline_text) =
		DSV_GUIDELINE_TEXT_INIT;
	struct dsv_calibration got DSV_AUTO(calibration) = DSV_CALIBRATION_INIT;

	(void)s;
	assert_int_equal(read_answers(&got, &text, "example,a\n1,spam\n", "a"),
			 0);
	assert_false(got.compared);
	assert_int_equal(got.asked, 1);
	assert_int_equal(got.n_wrong_examples, 0);
	assert_int_equal(got.n_rules, 1);
}

static void test_calibration__faults_have_file_and_line(void **s)
{
	(void)s;
	fails("example,a\n1,spam\nx,spam\n", "a", DSV_ESYNTAX,
	      "answers.csv:3: guideline 'mail' has no example 'x'");
	fails("example,a\n3,spam\n", "a", DSV_ESYNTAX, "answers.csv:2:");
	fails("example,a\n0,spam\n", "a", DSV_ESYNTAX, "answers.csv:2:");
	fails("example,a\n1,Spam\n", "a", DSV_ESYNTAX,
	      "answers.csv:2: 'Spam' of a is no label of 'mail'");
	fails("example,a\n1,spam\nBuy now,spam\n", "a", DSV_ESYNTAX,
	      "answers.csv:3: this example stands on line 2 too");
	fails("example,a\n1,spam,x\n", "a", DSV_ESYNTAX, "answers.csv:2:");
}

static void test_calibration__asks_for_what_is_missing(void **s)
{
	(void)s;
	fails("example,a\n1,spam\n", "b", DSV_EUSAGE, "no column 'b'");
	fails("text,a\n1,spam\n", "a", DSV_EUSAGE, "no column 'example'");
	fails("example,a\n1,spam\n", "a,a", DSV_EUSAGE, "named twice");
	fails("example,a\n", "a", DSV_EUSAGE, "no row");
	fails("", "a", DSV_EUSAGE, "no row");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		gitrepo_test(
			test_calibration__counts_right_answers_of_what_is_asked),
		gitrepo_test(
			test_calibration__rules_and_examples_the_worst_first),
		gitrepo_test(
			test_calibration__of_one_rater_nothing_is_compared),
		gitrepo_test(test_calibration__faults_have_file_and_line),
		gitrepo_test(test_calibration__asks_for_what_is_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
