#include "guideline_made.h"

#include <dsv/guideline_lint.h>
#include <dsv/text.h>

#define NOW 1740000000 /* 2025-02-19 */

/* "3 error label-example", one a line, of a guideline with one change. */
static char *found(const char *old, const char *with, bool step)
{
	struct dsv_guideline_text base DSV_AUTO(guideline_text) =
		DSV_GUIDELINE_TEXT_INIT;
	struct dsv_guideline_text text DSV_AUTO(guideline_text) =
		DSV_GUIDELINE_TEXT_INIT;
	struct dsv_guideline_lint lint DSV_AUTO(guideline_lint) =
		DSV_GUIDELINE_LINT_INIT;
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;

	made_parse(&base, made_base);
	made_parse_with(&text, old, with);
	if (step)
		dsv_guideline_lint_step(&lint, &base, &text);
	else
		dsv_guideline_lint_text(&lint, &text, NOW);
	for (size_t i = 0; i < lint.n; i++)
		dsv_buf_addf(&out, "%u %s %s\n", lint.items[i].line,
			     dsv_finding_word(lint.items[i].level),
			     lint.items[i].check);
	assert_int_equal(lint.errors + lint.warnings, lint.n);
	return dsv_strdup(dsv_buf_str(&out));
}

static void expect(const char *old, const char *with, const char *want)
{
	char *text = found(old, with, false);

	assert_string_equal(text, want);
	free(text);
}

static void expect_step(const char *old, const char *with, const char *want)
{
	char *text = found(old, with, true);

	assert_string_equal(text, want);
	free(text);
}

static void test_lint__a_sound_guideline_has_no_findings(void **s)
{
	(void)s;
	expect("# Mail", "# Mail", "");
	expect_step("# Mail", "# Mail", "");
}

static void test_lint__every_label_has_a_definition_and_an_example(void **s)
{
	(void)s;
	expect("| ham | all else |", "| ham | |",
	       "12 error label-definition\n");
	expect("| ham | all else |", "| ham | all else |\n| news | to many |",
	       "13 error label-example\n");
}

static void test_lint__rules_and_examples_name_what_is_there(void **s)
{
	(void)s;
	expect("something | spam |", "something | scam |",
	       "16 error rule-label\n");
	expect("something | spam |", "something | |", "");
	expect("| Re: your question | ham | R2 |",
	       "| Re: your question | ham | R2 |\n| x | hams | R9 |",
	       "23 error example-label\n23 error example-rule\n");
}

static void test_lint__names_stand_once(void **s)
{
	(void)s;
	expect("| ham | all else |", "| ham | all else |\n| ham | else |",
	       "13 error label-doubled\n");
	expect("| R2 |", "| R1 | x | ham |\n| R2 |", "17 error rule-doubled\n");
	expect("| ham | all else |", "| ham | all else |\n| Spam | loud |",
	       "13 error label-example\n13 warning label-similar\n");
}

static void test_lint__one_example_has_one_answer(void **s)
{
	(void)s;
	expect("| Re: your", "|  buy   NOW | ham | R2 |\n| Re: your",
	       "22 error example-answers\n");
	expect("| Re: your", "|  buy   NOW | spam | R2 |\n| Re: your",
	       "22 warning example-doubled\n");
}

static void test_lint__vague_words_warn(void **s)
{
	(void)s;
	expect("it sells something", "it Usually sells, etc.",
	       "16 warning vague\n16 warning vague\n");
	expect("it sells something", "it is unusually abnormal, oftentimes",
	       "");
}

static void test_lint__a_rule_says_when_and_has_an_example(void **s)
{
	(void)s;
	expect("| R1 | it sells something |", "| R1 | |",
	       "16 warning rule-when\n");
	expect("| Buy now | spam | R1 |", "| Buy now | spam | |",
	       "16 warning rule-example\n");
}

static void test_lint__active_says_since_when(void **s)
{
	(void)s;
	expect("effective: 2025-02-01\n", "", "4 warning effective\n");
	expect("2025-02-01", "2025-02-20", "5 warning effective\n");
	expect("2025-02-01", "2025-02-19", "");
	expect("status: active\neffective: 2025-02-01\n", "status: draft\n",
	       "");
}

static void test_lint__without_labels_nothing_is_checked(void **s)
{
	(void)s;
	expect("| label | definition |", "| tag | definition |",
	       "2 warning labels-missing\n");
}

static void test_lint__other_content_needs_another_version(void **s)
{
	(void)s;
	expect_step("# Mail", "# Mails", "3 error version-unchanged\n");
	expect_step("status: active", "status: retired", "");
	expect_step("version: 2.1.0", "version: 2.1.1", "");
}

/* The version line and the change, by one replacement of both. */
static void step_to(const char *version, const char *old, const char *with,
		    const char *want)
{
	const char *rest = strstr(made_base, "status: active");
	const char *at = strstr(rest, old);
	char *old_all =
		dsv_strf("version: 2.1.0\n%.*s%s", (int)(at - rest), rest, old);
	char *with_all = dsv_strf("version: %s\n%.*s%s", version,
				  (int)(at - rest), rest, with);

	expect_step(old_all, with_all, want);
	free(old_all);
	free(with_all);
}

static void test_lint__a_changed_answer_needs_a_major_version(void **s)
{
	(void)s;
	step_to("2.2.0", "Buy now | spam", "Buy now | ham",
		"3 error version-small\n");
	step_to("3.0.0", "Buy now | spam", "Buy now | ham", "");
	step_to("2.2.0", "| ham | all else |\n", "", "3 error version-small\n");
	step_to("2.2.0", "| ham | all", "| Ham | all",
		"3 error version-small\n");
}

static void test_lint__a_new_label_or_rule_needs_a_minor_version(void **s)
{
	(void)s;
	step_to("2.1.1", "| ham |", "| news | to many |\n| ham |",
		"3 error version-small\n");
	step_to("2.1.1", "| R2 |", "| R7 | x | ham |\n| R2 |",
		"3 error version-small\n");
	step_to("2.2.0", "| R2 |", "| R7 | x | ham |\n| R2 |", "");
	step_to("3.0.0", "| R2 |", "| R7 | x | ham |\n| R2 |", "");
}

static void test_lint__another_definition_by_a_patch_warns(void **s)
{
	(void)s;
	step_to("2.1.1", "all else", "the rest",
		"12 warning definition-changed\n");
	step_to("2.1.1", "all else", "All  else", "");
	step_to("2.2.0", "all else", "the rest", "");
}

static void test_lint__a_version_never_goes_back(void **s)
{
	(void)s;
	expect_step("version: 2.1.0", "version: 2.0.9",
		    "3 error version-back\n");
}

static const struct dsv_version worktree = {.at = DSV_AT_WORKTREE};

static void lint_here(struct dsv_guideline_lint *out)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_version head;

	assert_int_equal(dsv_repo_head(repo, &head), 0);
	assert_int_equal(
		dsv_guideline_lint(out, repo, &worktree, &head, "mail"), 0);
}

static void test_lint__the_work_tree_follows_head(void **s)
{
	struct dsv_guideline_lint lint DSV_AUTO(guideline_lint) =
		DSV_GUIDELINE_LINT_INIT;
	char *text = made_with("| R2 |", "| R7 | x | ham |\n| R2 |");

	(void)s;
	sh("mkdir guidelines");
	put("guidelines/mail.md", made_base);
	commit_all("first", 0);
	put("guidelines/mail.md", text);
	free(text);
	lint_here(&lint);
	assert_int_equal(lint.errors, 1);
	assert_string_equal(lint.items[0].message,
			    "rule R7 added (x is ham), version still 2.1.0");
	assert_string_equal(lint.items[0].hint,
			    "a minor version: 2.2.0 (dsv guideline bump)");
	assert_string_equal(lint.base_version, "2.1.0");
}

static void test_lint__a_faulty_front_matter_is_a_finding(void **s)
{
	struct dsv_guideline_lint lint DSV_AUTO(guideline_lint) =
		DSV_GUIDELINE_LINT_INIT;
	char *text = made_with("2.1.0", "2.1");

	(void)s;
	sh("mkdir guidelines && touch x && git add x");
	put("guidelines/mail.md", text);
	free(text);
	commit_all("first", 0);
	lint_here(&lint);
	assert_int_equal(lint.n, 1);
	assert_string_equal(lint.items[0].check, "front-matter");
	assert_int_equal(lint.items[0].line, 3);
	assert_string_equal(
		lint.items[0].message,
		"'2.1' is no version: MAJOR.MINOR.PATCH, as in 2.1.0");
	assert_null(lint.version);
}

static void test_lint__a_base_that_cannot_be_read_warns(void **s)
{
	struct dsv_guideline_lint lint DSV_AUTO(guideline_lint) =
		DSV_GUIDELINE_LINT_INIT;

	(void)s;
	sh("mkdir guidelines");
	put("guidelines/mail.md", "# Mail\n");
	commit_all("first", 0);
	put("guidelines/mail.md", made_base);
	setenv("DSV_NOW", "1740000000", 1);
	lint_here(&lint);
	unsetenv("DSV_NOW");
	assert_int_equal(lint.n, 1);
	assert_string_equal(lint.items[0].check, "base");
}

static void test_lint__cut_and_flipped_text_is_read_without_fault(void **s)
{
	(void)s;
	for (size_t at = 0; at < sizeof(made_base); at++) {
		struct dsv_guideline_text text DSV_AUTO(guideline_text) =
			DSV_GUIDELINE_TEXT_INIT;
		struct dsv_guideline_text cut DSV_AUTO(guideline_text) =
			DSV_GUIDELINE_TEXT_INIT;
		struct dsv_guideline_lint lint DSV_AUTO(guideline_lint) =
			DSV_GUIDELINE_LINT_INIT;
		char bytes[sizeof(made_base)];

		memcpy(bytes, made_base, sizeof(bytes));
		if (dsv_guideline_text_parse(&cut, bytes, at, "mail.md") == 0)
			dsv_guideline_lint_text(&lint, &cut, NOW);
		bytes[at] = (char)(bytes[at] ^ (1 << (at % 8)));
		if (dsv_guideline_text_parse(&text, bytes, sizeof(bytes) - 1,
					     "mail.md") == 0)
			dsv_guideline_lint_text(&lint, &text, NOW);
		if (cut.front.id && text.front.id)
			dsv_guideline_lint_step(&lint, &cut, &text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lint__a_sound_guideline_has_no_findings),
		cmocka_unit_test(
			test_lint__every_label_has_a_definition_and_an_example),
		cmocka_unit_test(
			test_lint__rules_and_examples_name_what_is_there),
		cmocka_unit_test(test_lint__names_stand_once),
		cmocka_unit_test(test_lint__one_example_has_one_answer),
		cmocka_unit_test(test_lint__vague_words_warn),
		cmocka_unit_test(
			test_lint__a_rule_says_when_and_has_an_example),
		cmocka_unit_test(test_lint__active_says_since_when),
		cmocka_unit_test(test_lint__without_labels_nothing_is_checked),
		cmocka_unit_test(
			test_lint__other_content_needs_another_version),
		cmocka_unit_test(
			test_lint__a_changed_answer_needs_a_major_version),
		cmocka_unit_test(
			test_lint__a_new_label_or_rule_needs_a_minor_version),
		cmocka_unit_test(
			test_lint__another_definition_by_a_patch_warns),
		cmocka_unit_test(test_lint__a_version_never_goes_back),
		gitrepo_test(test_lint__the_work_tree_follows_head),
		gitrepo_test(test_lint__a_faulty_front_matter_is_a_finding),
		gitrepo_test(test_lint__a_base_that_cannot_be_read_warns),
		cmocka_unit_test(
			test_lint__cut_and_flipped_text_is_read_without_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
