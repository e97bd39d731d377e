#include "gitrepo.h"

#include <dsv/policy.h>

#define HEAD "version: 1\ntargets:\n  main:\n"

/* Every word that a policy knows, as docs/formats/policy.md has it. */
static const char full[] =
	HEAD "    - sign-off: {role: privacy, count: 2, not_author: true,\n"
	     "                 checklist: privacy, max_age: 90d}\n"
	     "    - audit: {of: all, sample: 300, accuracy_lower: \"0.95\",\n"
	     "              confidence: \"0.99\", raters: 2, kappa: \"0.80\",\n"
	     "              role: auditor, datasets: [a, b]}\n"
	     "    - guideline: {active: true, labels_subset: true, stale: 0}\n"
	     "    - labels: {each_at_least: 50, drop_at_most: \"10%\"}\n"
	     "    - disjoint: {datasets: [train, test]}\n"
	     "    - scan: {undecided: 3}\n"
	     "    - governance: {role: governance, count: 2}\n"
	     "    - override: {role: governance, count: 2, not_author: true}\n"
	     "  release/*:\n"
	     "    - scan: {undecided: 0}\n";

static void parse(struct dsv_policy *out, const char *text)
{
	if (dsv_policy_parse(out, text, strlen(text), "p.yaml") < 0)
		fail_msg("%s", dsv_error_message());
}

/* Refused with this message, and nothing handed over. */
static void refused(const char *text, const char *message)
{
	struct dsv_policy policy = DSV_POLICY_INIT;

	assert_int_equal(
		dsv_policy_parse(&policy, text, strlen(text), "p.yaml"),
		DSV_ESYNTAX);
	assert_string_equal(dsv_error_message(), message);
	assert_null(policy.targets);
}

static void test_policy__reads_every_word(void **state)
{
	struct dsv_policy policy DSV_AUTO(policy) = DSV_POLICY_INIT;
	const struct dsv_requirement *it;

	(void)state;
	parse(&policy, full);
	assert_true(policy.exists);
	assert_int_equal(policy.n_targets, 2);
	assert_int_equal(policy.targets[0].n, 8);
	it = policy.targets[0].items;
	assert_int_equal(it[0].kind, DSV_REQUIRES_SIGNOFF);
	assert_int_equal(it[0].line, 4);
	assert_string_equal(it[0].role, "privacy");
	assert_int_equal(it[0].count, 2);
	assert_true(it[0].not_author);
	assert_string_equal(it[0].checklist, "privacy");
	assert_int_equal(it[0].max_age_s, 90 * 86400);
	assert_true(it[1].of_all);
	assert_int_equal(it[1].sample, 300);
	assert_true(it[1].accuracy_lower > 0.94999999 &&
		    it[1].accuracy_lower < 0.95000001);
	assert_true(it[1].confidence > 0.98999 && it[1].confidence < 0.99001);
	assert_int_equal(it[1].raters, 2);
	assert_true(it[1].kappa > 0.79999 && it[1].kappa < 0.80001);
	assert_string_equal(it[1].role, "auditor");
	assert_string_equal(it[1].datasets.items[1], "b");
	assert_true(it[2].active && it[2].labels_subset);
	assert_int_equal(it[2].stale, 0);
	assert_int_equal(it[3].each_at_least, 50);
	assert_true(it[3].drop_at_most > 0.0999 && it[3].drop_at_most < 0.1001);
	assert_int_equal(it[4].datasets.n, 2);
	assert_int_equal(it[5].undecided, 3);
	assert_int_equal(it[6].kind, DSV_REQUIRES_GOVERNANCE);
	assert_int_equal(it[7].kind, DSV_REQUIRES_OVERRIDE);
	assert_true(it[7].not_author);
}

static void test_policy__what_is_not_written_asks_for_nothing(void **state)
{
	struct dsv_policy policy DSV_AUTO(policy) = DSV_POLICY_INIT;
	const struct dsv_requirement *it;

	(void)state;
	parse(&policy, HEAD "    - sign-off: {role: lead}\n"
			    "    - audit: {sample: 10}\n"
			    "    - labels: {each_at_least: 1}\n");
	it = policy.targets[0].items;
	assert_int_equal(it[0].count, 1);
	assert_false(it[0].not_author);
	assert_null(it[0].checklist);
	assert_true(it[0].max_age_s == DSV_POLICY_UNSET);
	assert_false(it[1].of_all);
	assert_true(it[1].accuracy_lower < 0);
	assert_true(it[1].confidence > 0.9499 && it[1].confidence < 0.9501);
	assert_true(it[1].kappa < -1);
	assert_true(it[2].drop_at_most < 0);
	assert_true(it[2].stale == DSV_POLICY_UNSET);
}

static void test_policy__the_first_pattern_that_matches_counts(void **state)
{
	struct dsv_policy policy DSV_AUTO(policy) = DSV_POLICY_INIT;

	(void)state;
	parse(&policy, full);
	assert_ptr_equal(dsv_policy_for(&policy, "main"), &policy.targets[0]);
	assert_ptr_equal(dsv_policy_for(&policy, "release/1"),
			 &policy.targets[1]);
	assert_null(dsv_policy_for(&policy, "release/1/hot"));
	assert_null(dsv_policy_for(&policy, "maintenance"));
}

static void test_policy__names_the_line_of_a_fault(void **state)
{
	static const char *const cases[][2] = {
		{"", "p.yaml:1: a policy must be a map with 'version' and "
		     "'targets'"},
		{"version: 2\ntargets: {}\n",
		 "p.yaml:1: version '2' is not known, 1 is"},
		{"version: 1\n", "p.yaml:1: a policy without 'targets'"},
		{"version: 1\ntarget: {}\n", "p.yaml:2: unknown key 'target'"},
		{HEAD "    - signoff: {role: a}\n",
		 "p.yaml:4: requirement 'signoff' is not known"},
		{HEAD "    - sign-off: {rolle: a}\n",
		 "p.yaml:4: unknown key 'rolle'"},
		{HEAD "    - sign-off: {count: 1}\n",
		 "p.yaml:4: 'sign-off' without 'role'"},
		{HEAD "    - sign-off: {role: a, count: 0}\n",
		 "p.yaml:4: 'count' must be a whole number from 1 to 100, not "
		 "'0'"},
		{HEAD "    - sign-off: {role: a, max_age: 90}\n",
		 "p.yaml:4: 'max_age' must be days or weeks, such as 90d or "
		 "12w, not '90'"},
		{HEAD "    - sign-off: {role: a, not_author: yes}\n",
		 "p.yaml:4: 'not_author' must be true or false, not 'yes'"},
		{HEAD "    - audit: {sample: 1, accuracy_lower: \"95\"}\n",
		 "p.yaml:4: 'accuracy_lower' must be a share from \"0\" to "
		 "\"1\", such as \"0.95\" or \"95%\", not '95'"},
		{HEAD "    - audit: {sample: 1, accuracy_lower: nan}\n",
		 "p.yaml:4: 'accuracy_lower' must be a share from \"0\" to "
		 "\"1\", such as \"0.95\" or \"95%\", not 'nan'"},
		{HEAD "    - audit: {sample: 1, kappa: \"0.8\"}\n",
		 "p.yaml:4: 'kappa' needs two raters at least"},
		{HEAD "    - audit: {sample: 1, of: some}\n",
		 "p.yaml:4: 'of' must be changed or all, not 'some'"},
		{HEAD "    - audit: {sample: 1, confidence: \"1\"}\n",
		 "p.yaml:4: 'confidence' must lie between 0.5 and 0.9999"},
		{HEAD "    - disjoint: {datasets: [a]}\n",
		 "p.yaml:4: 'disjoint' needs two datasets at least"},
		{HEAD "    - guideline: {}\n",
		 "p.yaml:4: 'guideline' asks for nothing"},
		{HEAD "    - governance: {role: a}\n"
		      "    - governance: {role: b}\n",
		 "p.yaml:5: 'governance' stands on line 4 too"},
		{HEAD "    - scan\n",
		 "p.yaml:4: a requirement is one name and its words, such as "
		 "'scan: {undecided: 0}'"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		refused(cases[i][0], cases[i][1]);
}

static void test_policy__an_unknown_word_names_the_nearest(void **state)
{
	(void)state;
	refused(HEAD "    - audit: {sample: 1, accuracy_lover: \"0.9\"}\n",
		"p.yaml:4: unknown key 'accuracy_lover'");
	assert_string_equal(dsv_error_hint(), "did you mean 'accuracy_lower'?");
	refused(HEAD "    - signoff: {role: a}\n",
		"p.yaml:4: requirement 'signoff' is not known");
	assert_string_equal(dsv_error_hint(), "did you mean 'sign-off'?");
}

/* Cut off anywhere it is refused, or it is a whole shorter policy; never a
 * policy with a requirement that is not in the text. */
static void test_policy__a_cut_policy_never_asks_for_more(void **state)
{
	size_t len = strlen(full);

	(void)state;
	for (size_t n = 0; n < len; n++) {
		struct dsv_policy policy DSV_AUTO(policy) = DSV_POLICY_INIT;
		char *text DSV_AUTO(str) = dsv_strndup(full, n);

		if (dsv_policy_parse(&policy, text, n, "p.yaml") < 0)
			continue;
		assert_true(policy.n_targets <= 2);
		for (size_t i = 0; i < policy.n_targets; i++)
			assert_true(policy.targets[i].n <= 8);
	}
}

static void told(const char *requirement, const char *words)
{
	struct dsv_policy policy DSV_AUTO(policy) = DSV_POLICY_INIT;
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;
	char *text DSV_AUTO(str) = dsv_strf(HEAD "    - %s\n", requirement);

	parse(&policy, text);
	dsv_requirement_tell(policy.targets[0].items, &out);
	assert_string_equal(dsv_buf_str(&out), words);
}

static void test_policy__is_told_in_plain_words(void **state)
{
	(void)state;
	told("sign-off: {role: privacy, not_author: true, checklist: privacy, "
	     "max_age: 12w}",
	     "one person of the role 'privacy' approves exactly the data that "
	     "will stand there, none of them an author of the change, with "
	     "the checklist 'privacy' answered, not longer than 84 days ago");
	told("audit: {sample: 300, accuracy_lower: \"0.95\", raters: 2}",
	     "300 records drawn from what changed are judged by 2 people "
	     "each, and the accuracy is 95 % at least, at a confidence of "
	     "95 %");
	told("disjoint: {datasets: [train, test]}",
	     "no key stands in two of: train, test");
	told("scan: {undecided: 0, datasets: [a]}",
	     "at most 0 findings of the privacy scan are without a decision "
	     "(of a)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_policy__reads_every_word),
		cmocka_unit_test(
			test_policy__what_is_not_written_asks_for_nothing),
		cmocka_unit_test(
			test_policy__the_first_pattern_that_matches_counts),
		cmocka_unit_test(test_policy__names_the_line_of_a_fault),
		cmocka_unit_test(
			test_policy__an_unknown_word_names_the_nearest),
		cmocka_unit_test(test_policy__a_cut_policy_never_asks_for_more),
		cmocka_unit_test(test_policy__is_told_in_plain_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
