#include "gitrepo.h"

#include <dsv/checklist.h>

static const char small[] = "version: 1\n"
			    "id: privacy\n"
			    "title: Privacy review\n"
			    "questions:\n"
			    "  - id: consent\n"
			    "    ask: Is there consent?\n"
			    "    answers: [yes, no, n/a]\n"
			    "    pass: [yes, n/a]\n"
			    "  - id: purpose\n"
			    "    ask: Is the purpose known?\n";

static void must_parse(struct dsv_checklist *out, const char *text)
{
	if (dsv_checklist_parse(out, text, strlen(text), "c.yaml") < 0)
		fail_msg("%s", dsv_error_message());
}

static void refused(const char *text, const char *message)
{
	struct dsv_checklist list DSV_AUTO(checklist) = DSV_CHECKLIST_INIT;

	assert_int_equal(
		dsv_checklist_parse(&list, text, strlen(text), "c.yaml"),
		DSV_ESYNTAX);
	assert_string_equal(dsv_error_message(), message);
}

static void test_checklist__what_the_file_says(void **s)
{
	struct dsv_checklist list DSV_AUTO(checklist) = DSV_CHECKLIST_INIT;

	(void)s;
	must_parse(&list, small);
	assert_string_equal(list.id, "privacy");
	assert_string_equal(list.title, "Privacy review");
	assert_int_equal(list.n, 2);
	assert_string_equal(list.questions[0].answers.items[2], "n/a");
	assert_int_equal(list.questions[0].pass.n, 2);
	assert_int_equal(list.questions[1].answers.n, 2);
	assert_string_equal(list.questions[1].pass.items[0], "yes");
	assert_int_equal(list.questions[1].line, 9);
}

static void test_checklist__faults_name_their_line(void **s)
{
	(void)s;
	refused("", "c.yaml:1: 'id' is missing");
	refused("version: 1\nid: x\n", "c.yaml:1: 'questions' must be a list");
	refused("version: 1\nid: x\nquestions: []\n",
		"c.yaml:3: 'questions' must be a list");
	refused("version: 1\nid: x\nquestions:\n  - id: a\n",
		"c.yaml:4: 'ask' is missing");
	refused("version: 1\nid: x\nquestions:\n  - {id: a, ask: b, why: c}\n",
		"c.yaml:4: unknown key 'why'");
	refused("version: 1\nid: x\nquestions:\n"
		"  - {id: a, ask: b}\n  - {id: a, ask: c}\n",
		"c.yaml:5: 'a' stands in line 4 already");
	refused("version: 1\nid: x\nquestions:\n"
		"  - {id: a, ask: b, pass: [maybe]}\n",
		"c.yaml:4: 'maybe' passes and is not among the answers");
	refused("version: 1\nid: x\nquestions:\n"
		"  - {id: a, ask: b, answers: [done, open]}\n",
		"c.yaml:4: 'yes' passes and is not among the answers");
	refused("version: 1\nid: x\nquestions:\n"
		"  - {id: a, ask: b, answers: [yes]}\n",
		"c.yaml:4: a question needs two answers at least");
	refused("version: 1\nid: x\nquestions:\n"
		"  - {id: a, ask: b, pass: []}\n",
		"c.yaml:4: no answer passes");
	refused("version: 1\nid: x\nquestions:\n"
		"  - {id: a, ask: \"b\\nc\"}\n",
		"c.yaml:4: 'ask' is more than a line");
}

static void test_checklist__truncated_and_flipped_do_no_harm(void **s)
{
	char text[sizeof(small)];
	size_t i;

	(void)s;
	for (i = 0; i < sizeof(small) - 1; i++) {
		struct dsv_checklist list DSV_AUTO(checklist) =
			DSV_CHECKLIST_INIT;

		if (dsv_checklist_parse(&list, small, i, "c") == 0)
			assert_true(list.n >= 1);
	}
	memcpy(text, small, sizeof(small));
	for (i = 0; i < (sizeof(small) - 1) * 8; i++) {
		struct dsv_checklist list DSV_AUTO(checklist) =
			DSV_CHECKLIST_INIT;

		text[i / 8] ^= (char)(1 << i % 8);
		dsv_checklist_parse(&list, text, sizeof(small) - 1, "c");
		text[i / 8] ^= (char)(1 << i % 8);
	}
}

#define ANSWER(id_, answer_)                                 \
	{                                                    \
		(char *)(id_), (char *)(answer_), (char *)"" \
	}

static void test_checklist__every_question_is_answered_once(void **s)
{
	const struct dsv_answer all[] = {ANSWER("purpose", "yes"),
					 ANSWER("consent", "no")};
	const struct dsv_answer twice[] = {ANSWER("consent", "yes"),
					   ANSWER("consent", "no")};
	const struct dsv_answer other[] = {ANSWER("consents", "yes")};
	const struct dsv_answer word[] = {ANSWER("purpose", "n/a")};
	struct dsv_checklist list DSV_AUTO(checklist) = DSV_CHECKLIST_INIT;

	(void)s;
	must_parse(&list, small);
	assert_int_equal(dsv_checklist_complete(&list, all, 2), 0);
	assert_int_equal(dsv_checklist_complete(&list, all, 1), DSV_ESYNTAX);
	assert_string_equal(dsv_error_message(),
			    "no answer to 'consent': Is there consent?");
	assert_int_equal(dsv_checklist_complete(&list, twice, 2), DSV_ESYNTAX);
	assert_string_equal(dsv_error_message(), "'consent' is answered twice");
	assert_int_equal(dsv_checklist_complete(&list, other, 1), DSV_ESYNTAX);
	assert_int_equal(dsv_checklist_complete(&list, word, 1), DSV_ESYNTAX);
	assert_string_equal(dsv_error_message(),
			    "'n/a' is no answer to 'purpose': yes, no");
}

static void test_checklist__the_first_answer_that_does_not_pass(void **s)
{
	const struct dsv_answer good[] = {ANSWER("consent", "n/a"),
					  ANSWER("purpose", "yes")};
	const struct dsv_answer bad[] = {ANSWER("consent", "yes"),
					 ANSWER("purpose", "no")};
	const struct dsv_answer other[] = {ANSWER("forged", "yes")};
	struct dsv_checklist list DSV_AUTO(checklist) = DSV_CHECKLIST_INIT;

	(void)s;
	must_parse(&list, small);
	assert_null(dsv_checklist_failed(&list, good, 2));
	assert_ptr_equal(dsv_checklist_failed(&list, bad, 2), &bad[1]);
	assert_ptr_equal(dsv_checklist_failed(&list, other, 1), &other[0]);
}

static int answers(const char *text)
{
	struct dsv_checklist list DSV_AUTO(checklist) = DSV_CHECKLIST_INIT;
	struct dsv_answer *got = NULL;
	size_t n = 0;
	int rc;

	must_parse(&list, small);
	rc = dsv_checklist_answers(&list, text, strlen(text), "a.yaml", &got,
				   &n);
	if (rc == 0) {
		assert_int_equal(n, 2);
		assert_string_equal(got[0].note, "see file 7");
		assert_string_equal(got[1].note, "");
	}
	dsv_answers_free(&got, n);
	return rc;
}

#define FILLED(purpose_)                                 \
	"version: 1\nid: privacy\nquestions:\n"          \
	"  - id: consent\n    ask: Is there consent?\n"  \
	"    answers: [yes, no, n/a]\n    answer: n/a\n" \
	"    note: see file 7\n" purpose_

static void test_checklist__a_filled_copy_gives_answers(void **s)
{
	(void)s;
	assert_int_equal(answers(FILLED("  - {id: purpose, answer: no}\n")), 0);
	assert_int_equal(answers(FILLED("  - {id: purpose, ask: Is the purpose "
					"known?, answer: yes, note: }\n")),
			 0);
}

static void test_checklist__faults_of_a_filled_copy_are_placed(void **s)
{
	(void)s;
	assert_int_equal(answers(FILLED("  - {id: purpose}\n")), DSV_ESYNTAX);
	assert_string_equal(dsv_error_message(),
			    "a.yaml:9: no answer to 'purpose'");
	assert_int_equal(answers(FILLED("")), DSV_ESYNTAX);
	assert_string_equal(dsv_error_message(),
			    "a.yaml: no answer to 'purpose': Is the purpose "
			    "known?");
	assert_int_equal(answers(FILLED("  - {id: purpose, ask: Is it well?, "
					"answer: yes}\n")),
			 DSV_ESYNTAX);
	assert_string_equal(dsv_error_message(),
			    "a.yaml:9: checklist 'privacy' asks something else "
			    "as 'purpose'");
	assert_int_equal(answers("version: 1\nid: safety\nquestions: []\n"),
			 DSV_ESYNTAX);
	assert_string_equal(dsv_error_message(),
			    "a.yaml:2: these are not answers to checklist "
			    "'privacy'");
}

static void test_checklist__templates_are_well_formed(void **s)
{
	static const char *const ids[] = {"privacy", "safety", "storage"};
	size_t i;

	(void)s;
	for (i = 0; i < 3; i++) {
		struct dsv_checklist list DSV_AUTO(checklist) =
			DSV_CHECKLIST_INIT;

		must_parse(&list, dsv_checklist_template(ids[i]));
		assert_string_equal(list.id, ids[i]);
		assert_true(list.n >= 10);
	}
	assert_null(dsv_checklist_template("other"));
}

static void test_checklist__install_and_read_by_version(void **s)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_checklist list DSV_AUTO(checklist) = DSV_CHECKLIST_INIT;
	struct dsv_version version = {.at = DSV_AT_WORKTREE};
	struct dsv_strlist ids DSV_AUTO(strlist) = DSV_STRLIST_INIT;

	(void)s;
	put("f", "1\n");
	commit_all("first", 0);
	assert_int_equal(dsv_checklist_read(&list, repo, &version, "privacy"),
			 DSV_ENOTFOUND);
	assert_non_null(strstr(dsv_error_hint(), "dsv signoff checklist"));
	assert_int_equal(dsv_checklist_install(repo, "privacy"), 0);
	assert_int_equal(dsv_checklist_install(repo, "privacy"), DSV_EEXISTS);
	assert_int_equal(dsv_checklist_install(repo, "nothing"), DSV_ENOTFOUND);
	assert_int_equal(dsv_checklist_read(&list, repo, &version, "privacy"),
			 0);
	dsv_checklist_release(&list);
	assert_int_equal(dsv_repo_head(repo, &version), 0);
	assert_int_equal(dsv_checklist_read(&list, repo, &version, "privacy"),
			 DSV_ENOTFOUND);
	commit_all("privacy", 1);
	assert_int_equal(dsv_repo_head(repo, &version), 0);
	assert_int_equal(dsv_checklist_read(&list, repo, &version, "privacy"),
			 0);
	assert_int_equal(dsv_checklist_list(repo, &version, &ids), 0);
	assert_int_equal(ids.n, 1);
	assert_string_equal(ids.items[0], "privacy");
	assert_int_equal(dsv_checklist_read(&list, repo, &version, "privcy"),
			 DSV_ENOTFOUND);
	assert_string_equal(dsv_error_hint(), "did you mean 'privacy'?");
	assert_int_equal(
		dsv_checklist_read(&list, repo, &version, "../privacy"),
		DSV_ENOTFOUND);
}

static void test_checklist__the_id_is_that_of_the_file(void **s)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_checklist list DSV_AUTO(checklist) = DSV_CHECKLIST_INIT;
	const struct dsv_version version = {.at = DSV_AT_WORKTREE};

	(void)s;
	sh("mkdir -p .dsv/checklists");
	put(".dsv/checklists/other.yaml", small);
	assert_int_equal(dsv_checklist_read(&list, repo, &version, "other"),
			 DSV_ESYNTAX);
	assert_string_equal(dsv_error_message(),
			    ".dsv/checklists/other.yaml: its id is 'privacy', "
			    "not 'other'");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_checklist__what_the_file_says),
		cmocka_unit_test(test_checklist__faults_name_their_line),
		cmocka_unit_test(
			test_checklist__truncated_and_flipped_do_no_harm),
		cmocka_unit_test(
			test_checklist__every_question_is_answered_once),
		cmocka_unit_test(
			test_checklist__the_first_answer_that_does_not_pass),
		cmocka_unit_test(test_checklist__a_filled_copy_gives_answers),
		cmocka_unit_test(
			test_checklist__faults_of_a_filled_copy_are_placed),
		cmocka_unit_test(test_checklist__templates_are_well_formed),
		gitrepo_test(test_checklist__install_and_read_by_version),
		gitrepo_test(test_checklist__the_id_is_that_of_the_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
