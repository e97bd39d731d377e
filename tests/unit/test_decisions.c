#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <dsv/error.h>

#include "govern/decisions.h"

#define ONE "1f3a5c7e9b2d4f60"
#define TWO "2f3a5c7e9b2d4f60"

static int parse(const char *text, struct dsv_decisions *out)
{
	return dsv_decisions_parse(out, text, strlen(text), "scan.yaml");
}

static void refuse(const char *text, const char *message)
{
	struct dsv_decisions decisions DSV_AUTO(decisions) = DSV_DECISIONS_INIT;

	assert_int_equal(parse(text, &decisions), DSV_ESYNTAX);
	assert_string_equal(dsv_error_message(), message);
}

static void test_decisions__are_read(void **state)
{
	struct dsv_decisions decisions DSV_AUTO(decisions) = DSV_DECISIONS_INIT;

	(void)state;
	assert_int_equal(parse("version: 1\n"
			       "decisions:\n"
			       "  - finding: " ONE "\n"
			       "    decision: accepted\n"
			       "    reason: published\n"
			       "    by: privacy-b\n"
			       "    date: 2025-03-01\n"
			       "  - {finding: " TWO
			       ", decision: redacted, by: x}\n",
			       &decisions),
			 0);
	assert_int_equal(dsv_decisions_of(&decisions, ONE), DSV_SCAN_ACCEPTED);
	assert_int_equal(dsv_decisions_of(&decisions, TWO), DSV_SCAN_REDACTED);
	assert_int_equal(dsv_decisions_of(&decisions, "3f3a5c7e9b2d4f60"),
			 DSV_SCAN_UNDECIDED);
}

static void test_decisions__an_empty_file_decides_nothing(void **state)
{
	static const char *const texts[] = {"", "version: 1\n",
					    "version: 1\ndecisions:\n",
					    "version: 1\ndecisions: []\n"};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct dsv_decisions decisions DSV_AUTO(decisions) =
			DSV_DECISIONS_INIT;

		assert_int_equal(parse(texts[i], &decisions), 0);
		assert_int_equal(decisions.by_id.n, 0);
	}
}

#define HEAD "version: 1\ndecisions:\n  - finding: "

static void test_decisions__faults_have_a_line(void **state)
{
	(void)state;
	refuse(HEAD "1f3a\n    decision: accepted\n    by: x\n",
	       "scan.yaml:3: '1f3a' is no finding: 16 digits 0-9a-f");
	refuse(HEAD ONE "\n    decision: fine\n    by: x\n",
	       "scan.yaml:4: 'fine' is no decision");
	refuse(HEAD ONE "\n    decision: undecided\n    by: x\n",
	       "scan.yaml:4: 'undecided' is no decision");
	refuse(HEAD ONE "\n    decision: accepted\n    by: x\n",
	       "scan.yaml:3: to accept a finding needs a 'reason'");
	refuse(HEAD ONE "\n    decision: redacted\n",
	       "scan.yaml:3: 'by' is missing");
	refuse(HEAD ONE "\n    by: x\n", "scan.yaml:3: 'decision' is missing");
	refuse(HEAD ONE "\n    decision: redacted\n    by: x\n    date: "
			"2025-13-01\n",
	       "scan.yaml:6: '2025-13-01' is no date like 2025-03-01");
	refuse(HEAD ONE "\n    decision: redacted\n    by: x\n  - finding: " ONE
			"\n    decision: redacted\n    by: x\n",
	       "scan.yaml:6: finding '" ONE "' stands twice");
}

static void put(struct dsv_buf *text, const char *id,
		enum dsv_scan_decision decision)
{
	struct dsv_decision_entry entry = {
		.finding = id,
		.decision = decision,
		.reason = "a: \"b\"",
		.by = "privacy-b",
		.date = "2025-03-01",
	};

	assert_int_equal(dsv_decisions_put(text, &entry, 1), 0);
}

static void test_decisions__a_new_file_is_written(void **state)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	put(&text, ONE, DSV_SCAN_FALSE_POSITIVE);
	assert_string_equal(dsv_buf_str(&text), "version: 1\n"
						"decisions:\n"
						"  - finding: " ONE "\n"
						"    decision: false-positive\n"
						"    reason: \"a: \\\"b\\\"\"\n"
						"    by: \"privacy-b\"\n"
						"    date: 2025-03-01\n");
}

static void test_decisions__what_a_person_wrote_around_stays(void **state)
{
	static const char before[] = "# ours\n"
				     "version: 1\n"
				     "decisions:\n"
				     "# the first\n"
				     "- finding: " ONE "\n"
				     "  decision: redacted   # gone\n"
				     "  by: x\n"
				     "\n"
				     "# the second\n"
				     "- finding: " TWO "\n"
				     "  decision: redacted\n"
				     "  by: x\n";
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	dsv_buf_addstr(&text, before);
	put(&text, ONE, DSV_SCAN_ACCEPTED);
	assert_string_equal(dsv_buf_str(&text), "# ours\n"
						"version: 1\n"
						"decisions:\n"
						"# the first\n"
						"- finding: " ONE "\n"
						"  decision: accepted\n"
						"  reason: \"a: \\\"b\\\"\"\n"
						"  by: \"privacy-b\"\n"
						"  date: 2025-03-01\n"
						"\n"
						"# the second\n"
						"- finding: " TWO "\n"
						"  decision: redacted\n"
						"  by: x\n");
}

static void test_decisions__what_cannot_be_edited_stays(void **state)
{
	static const char flow[] = "version: 1\ndecisions: [{finding: " ONE
				   ", decision: redacted, by: x}]\n";
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_decision_entry entry = {
		.finding = ONE,
		.decision = DSV_SCAN_FALSE_POSITIVE,
		.by = "x",
		.date = "2025-03-01",
	};

	(void)state;
	dsv_buf_addstr(&text, flow);
	assert_int_equal(dsv_decisions_put(&text, &entry, 1), DSV_EUNSUPPORTED);
	assert_string_equal(dsv_buf_str(&text), flow);
}

static void test_decisions__text_cut_anywhere_is_refused_or_read(void **state)
{
	static const char text[] = "version: 1\ndecisions:\n  - finding: " ONE
				   "\n    decision: accepted\n    reason: "
				   "\"x\"\n    by: a\n";

	(void)state;
	for (size_t len = 0; len < sizeof(text); len++) {
		struct dsv_decisions decisions DSV_AUTO(decisions) =
			DSV_DECISIONS_INIT;
		int rc = dsv_decisions_parse(&decisions, text, len, "x");

		assert_true(rc == 0 || rc == DSV_ESYNTAX);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decisions__are_read),
		cmocka_unit_test(test_decisions__an_empty_file_decides_nothing),
		cmocka_unit_test(test_decisions__faults_have_a_line),
		cmocka_unit_test(test_decisions__a_new_file_is_written),
		cmocka_unit_test(
			test_decisions__what_a_person_wrote_around_stays),
		cmocka_unit_test(test_decisions__what_cannot_be_edited_stays),
		cmocka_unit_test(
			test_decisions__text_cut_anywhere_is_refused_or_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
