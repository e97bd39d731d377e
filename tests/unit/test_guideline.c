#include "gitrepo.h"

#include <dsv/guideline.h>

#include "base/digest.h"

static const char good[] = "---\n"
			   "id: sentiment\n"
			   "version: 2.1.0\n"
			   "status: active\n"
			   "effective: 2024-02-29\n"
			   "---\n"
			   "# Sentiment\n"
			   "---\n";

static int parse(struct dsv_guideline *out, const char *text)
{
	return dsv_guideline_parse(out, text, strlen(text), "g.md");
}

static void refused(const char *text, const char *message)
{
	struct dsv_guideline guideline = DSV_GUIDELINE_INIT;

	assert_int_equal(parse(&guideline, text), DSV_ESYNTAX);
	assert_string_equal(dsv_error_message(), message);
	assert_null(guideline.id);
}

static void test_guideline__reads_the_front_matter(void **state)
{
	struct dsv_guideline g DSV_AUTO(guideline) = DSV_GUIDELINE_INIT;

	(void)state;
	assert_int_equal(parse(&g, good), 0);
	assert_string_equal(g.id, "sentiment");
	assert_string_equal(g.path, "guidelines/sentiment.md");
	assert_string_equal(g.version, "2.1.0");
	assert_string_equal(g.status, "active");
	assert_string_equal(g.effective, "2024-02-29");
}

static void test_guideline__digest_is_of_the_whole_file(void **state)
{
	struct dsv_guideline g DSV_AUTO(guideline) = DSV_GUIDELINE_INIT;
	struct dsv_id id;

	(void)state;
	assert_int_equal(parse(&g, good), 0);
	dsv_id_of(good, sizeof(good) - 1, &id);
	assert_true(dsv_id_equal(&id, &g.digest));
}

static void test_guideline__reads_crlf_and_a_byte_order_mark(void **state)
{
	struct dsv_guideline g DSV_AUTO(guideline) = DSV_GUIDELINE_INIT;

	(void)state;
	assert_int_equal(parse(&g,
			       "\xef\xbb\xbf---\r\nid: a\r\n"
			       "version: 0.0.1\r\nstatus: draft\r\n---\r\n"),
			 0);
	assert_string_equal(g.version, "0.0.1");
	assert_null(g.effective);
}

static void test_guideline__names_the_line_of_a_fault(void **state)
{
	(void)state;
	refused("", "g.md:1: no front matter: the first line is not '---'");
	refused("# x\n", "g.md:1: no front matter: the first line is not "
			 "'---'");
	refused("---\nid: a\n", "g.md:1: the front matter has no end '---'");
	refused("---\nid: a\nversion: 1.0.0\n---\n",
		"g.md:1: the front matter has no 'status'");
	refused("---\nid: a\nversion: 1.0\nstatus: draft\n---\n",
		"g.md:3: '1.0' is no version: MAJOR.MINOR.PATCH, as in 2.1.0");
	refused("---\nid: a\nversion: 1.0.0\nstatus: done\n---\n",
		"g.md:4: 'done' is no status: draft, active or retired");
	refused("---\nid: A\nversion: 1.0.0\nstatus: draft\n---\n",
		"g.md:2: 'A' is no id: a-z, 0-9, '.', '_', '-', at most 64");
	refused("---\nid: a\nversion: 1.0.0\nstatus: draft\nstate: x\n---\n",
		"g.md:5: unknown key 'state'");
}

static void test_guideline__refuses_days_that_do_not_exist(void **state)
{
	static const char *const bad[] = {
		"2025-02-29", "2025-13-01", "2025-00-10", "2025-04-31",
		"1900-02-29", "2025-1-01",  "tomorrow",	  "2025-01-00"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct dsv_guideline g = DSV_GUIDELINE_INIT;
		char *text = dsv_strf("---\nid: a\nversion: 1.0.0\n"
				      "status: draft\neffective: %s\n---\n",
				      bad[i]);

		assert_int_equal(parse(&g, text), DSV_ESYNTAX);
		free(text);
	}
}

static void test_guideline__refuses_versions_of_another_form(void **state)
{
	static const char *const bad[] = {
		"1",	"1.0",	"1.0.0.0", "v1.0.0", "01.0.0", "1.0.0-rc1",
		"1..0", "1.0.", "-1.0.0",  "1.0.0x", "1.0.00"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct dsv_guideline g = DSV_GUIDELINE_INIT;
		char *text = dsv_strf("---\nid: a\nversion: \"%s\"\n"
				      "status: draft\n---\n",
				      bad[i]);

		assert_int_equal(parse(&g, text), DSV_ESYNTAX);
		free(text);
	}
}

static void test_guideline__truncated_is_refused(void **state)
{
	const char *end = strstr(good, "---\n# Sent");

	(void)state;
	for (size_t len = 0; len < (size_t)(end - good) + 3; len++) {
		struct dsv_guideline g DSV_AUTO(guideline) = DSV_GUIDELINE_INIT;

		assert_int_equal(dsv_guideline_parse(&g, good, len, "g"),
				 DSV_ESYNTAX);
	}
}

static void test_guideline__flipped_bits_are_read_or_refused(void **state)
{
	char text[sizeof(good)];

	(void)state;
	for (size_t i = 0; i < (sizeof(good) - 1) * 8; i++) {
		struct dsv_guideline g DSV_AUTO(guideline) = DSV_GUIDELINE_INIT;
		int rc;

		memcpy(text, good, sizeof(good));
		text[i / 8] ^= (char)(1u << i % 8);
		rc = dsv_guideline_parse(&g, text, sizeof(good) - 1, "g");
		assert_true(rc == 0 || rc == DSV_ESYNTAX);
	}
}

static void test_guideline__is_read_from_every_version(void **state)
{
	struct dsv_guideline g DSV_AUTO(guideline) = DSV_GUIDELINE_INIT;
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	struct dsv_version version;

	(void)state;
	sh("mkdir guidelines");
	put("guidelines/sentiment.md", good);
	commit_all("first", 0);
	sh("sed -i s/2.1.0/2.2.0/ guidelines/sentiment.md && git add -A");
	sh("sed -i s/2.2.0/3.0.0/ guidelines/sentiment.md");
	repo = open_here();
	assert_int_equal(dsv_repo_head(repo, &version), 0);
	assert_int_equal(dsv_guideline_read(repo, &version, "sentiment", &g),
			 0);
	assert_string_equal(g.version, "2.1.0");
	dsv_guideline_release(&g);
	version.at = DSV_AT_INDEX;
	assert_int_equal(dsv_guideline_read(repo, &version, "sentiment", &g),
			 0);
	assert_string_equal(g.version, "2.2.0");
	dsv_guideline_release(&g);
	version.at = DSV_AT_WORKTREE;
	assert_int_equal(dsv_guideline_read(repo, &version, "sentiment", &g),
			 0);
	assert_string_equal(g.version, "3.0.0");
}

static void test_guideline__names_the_nearest_that_is_there(void **state)
{
	struct dsv_guideline g DSV_AUTO(guideline) = DSV_GUIDELINE_INIT;
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	struct dsv_version version = {.at = DSV_AT_INDEX};

	(void)state;
	sh("mkdir guidelines");
	put("guidelines/sentiment.md", good);
	sh("git add -A");
	repo = open_here();
	assert_int_equal(dsv_guideline_read(repo, &version, "sentimant", &g),
			 DSV_ENOTFOUND);
	assert_string_equal(dsv_error_hint(), "did you mean 'sentiment'?");
	assert_int_equal(dsv_guideline_read(repo, &version, "../x", &g),
			 DSV_EUSAGE);
}

static void test_guideline__must_bear_the_name_of_its_file(void **state)
{
	struct dsv_guideline g DSV_AUTO(guideline) = DSV_GUIDELINE_INIT;
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	struct dsv_version version = {.at = DSV_AT_WORKTREE};

	(void)state;
	sh("mkdir guidelines");
	put("guidelines/other.md", good);
	repo = open_here();
	assert_int_equal(dsv_guideline_read(repo, &version, "other", &g),
			 DSV_ESYNTAX);
	assert_string_equal(dsv_error_message(),
			    "guidelines/other.md: the front matter says id "
			    "'sentiment'");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_guideline__reads_the_front_matter),
		cmocka_unit_test(test_guideline__digest_is_of_the_whole_file),
		cmocka_unit_test(
			test_guideline__reads_crlf_and_a_byte_order_mark),
		cmocka_unit_test(test_guideline__names_the_line_of_a_fault),
		cmocka_unit_test(
			test_guideline__refuses_days_that_do_not_exist),
		cmocka_unit_test(
			test_guideline__refuses_versions_of_another_form),
		cmocka_unit_test(test_guideline__truncated_is_refused),
		cmocka_unit_test(
			test_guideline__flipped_bits_are_read_or_refused),
		gitrepo_test(test_guideline__is_read_from_every_version),
		gitrepo_test(test_guideline__names_the_nearest_that_is_there),
		gitrepo_test(test_guideline__must_bear_the_name_of_its_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
