#include "gitrepo.h"

#include <dsv/dataset.h>

#include "base/digest.h"

#define HEAD "version: 1\ndatasets:\n"

static const char full[] =
	HEAD "  - name: reviews\n"
	     "    files: [\"data/reviews/*.csv\", \"more/**\"]\n"
	     "    format: csv\n"
	     "    key: [id, part]\n"
	     "    labels: [sentiment]\n"
	     "    annotator: worker\n"
	     "    guideline: sentiment\n"
	     "    renamed: {\"GICS Sector\": [Sector, Branch]}\n"
	     "  - name: other.v2\n"
	     "    files:\n"
	     "      - x.jsonl\n";

static void parse(struct dsv_datasets *out, const char *text)
{
	int rc = dsv_datasets_parse(out, text, strlen(text), "d.yaml");

	if (rc < 0)
		fail_msg("%s", dsv_error_message());
}

/* Refused with this message, and nothing handed over. */
static void refused(const char *text, const char *message)
{
	struct dsv_datasets sets = DSV_DATASETS_INIT;
	int rc = dsv_datasets_parse(&sets, text, strlen(text), "d.yaml");

	assert_int_equal(rc, DSV_ESYNTAX);
	assert_string_equal(dsv_error_message(), message);
	assert_null(sets.items);
}

static void test_definition__reads_every_member(void **state)
{
	struct dsv_datasets sets DSV_AUTO(datasets) = DSV_DATASETS_INIT;
	const struct dsv_dataset *set;

	(void)state;
	parse(&sets, full);
	assert_int_equal(sets.n, 2);
	set = dsv_datasets_named(&sets, "reviews");
	assert_ptr_equal(set, &sets.items[0]);
	assert_int_equal(set->line, 3);
	assert_int_equal(set->files.n, 2);
	assert_string_equal(set->format, "csv");
	assert_string_equal(set->key.items[1], "part");
	assert_string_equal(set->labels.items[0], "sentiment");
	assert_string_equal(set->annotator, "worker");
	assert_string_equal(set->guideline, "sentiment");
	assert_int_equal(set->n_renamed, 1);
	assert_string_equal(set->renamed[0].name, "GICS Sector");
	assert_string_equal(set->renamed[0].older.items[1], "Branch");
	assert_null(sets.items[1].format);
	assert_int_equal(sets.items[1].key.n, 0);
}

static void test_definition__of_nothing_is_none(void **state)
{
	struct dsv_datasets sets DSV_AUTO(datasets) = DSV_DATASETS_INIT;

	(void)state;
	parse(&sets, "");
	assert_int_equal(sets.n, 0);
	parse(&sets, HEAD);
	assert_int_equal(sets.n, 0);
	parse(&sets, "version: 1\ndatasets: []\n");
	assert_int_equal(sets.n, 0);
}

static void test_definition__names_line_and_nearest_of_a_fault(void **state)
{
	(void)state;
	refused(HEAD "  - name: a\n    file: [x.csv]\n",
		"d.yaml:4: unknown key 'file'");
	assert_string_equal(dsv_error_hint(), "did you mean 'files'?");
	refused(HEAD "  - name: a\n    files: [x]\n    format: cvs\n",
		"d.yaml:5: format 'cvs' is not known");
	assert_string_equal(dsv_error_hint(), "did you mean 'csv'?");
	refused(HEAD "  - name: a\n    files: [x]\n    key: id\n",
		"d.yaml:5: 'key' must be a list, such as [id]");
	refused(HEAD "  - name: A b\n    files: [x]\n",
		"d.yaml:3: 'A b' is no name: a-z, 0-9, '.', '_', '-', at most "
		"64, the first a letter or digit");
	refused(HEAD "  - name: a\n    files: [x]\n"
		     "  - name: a\n    files: [y]\n",
		"d.yaml:5: dataset 'a' stands on line 3 too");
	refused(HEAD "  - name: a\n", "d.yaml:3: a dataset without 'files'");
	refused(HEAD "  - files: [x]\n", "d.yaml:3: a dataset without 'name'");
	refused(HEAD "  - name: a\n    files: []\n",
		"d.yaml:4: 'files' is empty");
	refused(HEAD "  - name: a\n    files: [x, x]\n",
		"d.yaml:4: 'x' stands twice in 'files'");
	refused(HEAD "  - name: a\n    files: [x]\n    key: [k]\n"
		     "    labels: [k]\n",
		"d.yaml:6: 'k' is both key and label");
	refused("version: 2\n", "d.yaml:1: version '2' is not known, 1 is");
	refused("datasets: []\n", "d.yaml:1: 'version: 1' is missing");
}

static void test_definition__refuses_paths_that_git_has_not(void **state)
{
	static const char *const bad[] = {"/x",	  "../x", "a/../x", ":(top)x",
					  "a//b", "./x",  "a/.."};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct dsv_datasets sets = DSV_DATASETS_INIT;
		char *text = dsv_strf(HEAD "  - name: a\n    files: [\"%s\"]\n",
				      bad[i]);

		assert_int_equal(
			dsv_datasets_parse(&sets, text, strlen(text), "d"),
			DSV_ESYNTAX);
		free(text);
	}
}

static void test_definition__truncated_is_read_or_refused(void **state)
{
	(void)state;
	for (size_t len = 0; len < sizeof(full) - 1; len++) {
		struct dsv_datasets sets DSV_AUTO(datasets) = DSV_DATASETS_INIT;
		int rc = dsv_datasets_parse(&sets, full, len, "d");

		assert_true(rc == 0 || rc == DSV_ESYNTAX);
		assert_true(rc == 0 || !sets.items);
	}
}

static void test_definition__flipped_bits_are_read_or_refused(void **state)
{
	char text[sizeof(full)];

	(void)state;
	for (size_t i = 0; i < (sizeof(full) - 1) * 8; i++) {
		struct dsv_datasets sets DSV_AUTO(datasets) = DSV_DATASETS_INIT;
		int rc;

		memcpy(text, full, sizeof(full));
		text[i / 8] ^= (char)(1u << i % 8);
		rc = dsv_datasets_parse(&sets, text, sizeof(full) - 1, "d");
		assert_true(rc == 0 || rc == DSV_ESYNTAX);
	}
}

static void test_definition__star_stops_at_a_slash(void **state)
{
	struct dsv_datasets sets DSV_AUTO(datasets) = DSV_DATASETS_INIT;

	(void)state;
	parse(&sets, full);
	assert_non_null(dsv_datasets_of_path(&sets, "data/reviews/a.csv"));
	assert_null(dsv_datasets_of_path(&sets, "data/reviews/b/a.csv"));
	assert_non_null(dsv_datasets_of_path(&sets, "more/b/c/a.csv"));
	assert_null(dsv_datasets_of_path(&sets, "mores/a.csv"));
	assert_ptr_equal(dsv_datasets_of_path(&sets, "x.jsonl"),
			 &sets.items[1]);
	assert_null(dsv_datasets_of_path(&sets, "sub/x.jsonl"));
}

/* The same answer as git's own ":(glob)" for files that are there. */
static void test_definition__matches_as_git_does(void **state)
{
	static const char *const patterns[] = {
		"*.csv",      "**/*.csv", "a/**",	"a/*/x.csv",
		"a/**/x.csv", "a/[bc]/*", "a",		"a/b",
		"?.csv",      "[!x].csv", "a/**/**/*c", "**",
		"a**.csv",    "a/b*",	  "*",		"[[:alpha:]]/*",
	};

	(void)state;
	sh("mkdir -p a/b/c a/c && for f in x.csv y.csv ab.csv a/x.csv "
	   "a/b/x.csv a/b/y.csv a/b/c/x.csv a/c/x.csv a/bc.csv a/b/c/abc; "
	   "do echo 1 >$f; done && git add -A");
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		char *item = dsv_strdup(patterns[i]);
		struct dsv_dataset set = {.files = {&item, 1, 1}};
		char *ask = dsv_strf("git ls-files ':(glob)%s' >../got; "
				     "git ls-files >../all",
				     patterns[i]);
		char path[256], got[256];
		FILE *all, *matched;
		bool more;

		sh("%s", ask);
		all = fopen("../all", "r");
		matched = fopen("../got", "r");
		more = fgets(got, sizeof(got), matched) != NULL;
		while (fgets(path, sizeof(path), all)) {
			bool git_says = more && strcmp(path, got) == 0;

			if (git_says)
				more = fgets(got, sizeof(got), matched) != NULL;
			path[strcspn(path, "\n")] = '\0';
			if (dsv_dataset_matches(&set, path) != git_says)
				fail_msg("'%s' on '%s'", patterns[i], path);
		}
		fclose(all);
		fclose(matched);
		free(ask);
		free(item);
	}
}

static void test_definition__canonical_has_no_renames_and_no_style(void **state)
{
	struct dsv_datasets sets DSV_AUTO(datasets) = DSV_DATASETS_INIT;
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	parse(&sets, full);
	dsv_dataset_canonical(&sets.items[0], &text);
	assert_string_equal(
		text.data,
		"{\"annotator\":\"worker\",\"files\":[\"data/reviews/*.csv\","
		"\"more/**\"],\"format\":\"csv\",\"guideline\":\"sentiment\","
		"\"key\":[\"id\",\"part\"],\"labels\":[\"sentiment\"],"
		"\"name\":\"reviews\"}");
	dsv_buf_reset(&text);
	dsv_dataset_canonical(&sets.items[1], &text);
	assert_string_equal(text.data,
			    "{\"files\":[\"x.jsonl\"],\"name\":\"other.v2\"}");
}

static void test_definition__canonical_escapes_as_rfc_8785(void **state)
{
	char *file = dsv_strdup("a\"\\\b\t\n\f\r\x01\x1f\x7f/\xc3\xa9");
	struct dsv_dataset set = {.name = dsv_strdup("n"),
				  .files = {&file, 1, 1}};
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	dsv_dataset_canonical(&set, &text);
	assert_string_equal(text.data,
			    "{\"files\":[\"a\\\"\\\\\\b\\t\\n\\f\\r\\u0001"
			    "\\u001f\x7f/\xc3\xa9\"],\"name\":\"n\"}");
	free(file);
	free(set.name);
}

static void test_definition__is_read_from_every_version(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = NULL;
	struct dsv_datasets sets DSV_AUTO(datasets) = DSV_DATASETS_INIT;
	struct dsv_version version;

	(void)state;
	sh("mkdir .dsv");
	put(".dsv/datasets.yaml", HEAD "  - name: one\n    files: [x]\n");
	commit_all("first", 0);
	put(".dsv/datasets.yaml", HEAD "  - name: two\n    files: [x]\n");
	sh("git add -A");
	put(".dsv/datasets.yaml", HEAD "  - name: x\n    fils: [x]\n");
	repo = open_here();
	assert_int_equal(dsv_repo_head(repo, &version), 0);
	assert_int_equal(dsv_datasets_read(&sets, repo, &version), 0);
	assert_string_equal(sets.items[0].name, "one");
	dsv_datasets_release(&sets);
	version.at = DSV_AT_INDEX;
	assert_int_equal(dsv_datasets_read(&sets, repo, &version), 0);
	assert_string_equal(sets.items[0].name, "two");
	dsv_datasets_release(&sets);
	version.at = DSV_AT_WORKTREE;
	assert_int_equal(dsv_datasets_read(&sets, repo, &version), DSV_ESYNTAX);
	assert_non_null(strstr(dsv_error_message(), ".dsv/datasets.yaml:4: "));
	version.at = DSV_AT_NOTHING;
	assert_int_equal(dsv_datasets_read(&sets, repo, &version), 0);
	assert_int_equal(sets.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_definition__reads_every_member),
		cmocka_unit_test(test_definition__of_nothing_is_none),
		cmocka_unit_test(
			test_definition__names_line_and_nearest_of_a_fault),
		cmocka_unit_test(
			test_definition__refuses_paths_that_git_has_not),
		cmocka_unit_test(test_definition__truncated_is_read_or_refused),
		cmocka_unit_test(
			test_definition__flipped_bits_are_read_or_refused),
		cmocka_unit_test(test_definition__star_stops_at_a_slash),
		gitrepo_test(test_definition__matches_as_git_does),
		cmocka_unit_test(
			test_definition__canonical_has_no_renames_and_no_style),
		cmocka_unit_test(
			test_definition__canonical_escapes_as_rfc_8785),
		gitrepo_test(test_definition__is_read_from_every_version),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
