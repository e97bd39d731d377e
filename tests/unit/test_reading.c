#include "dataset_repo.h"

#include <dsv/cutting.h>
#include <dsv/where.h>

#include "dataset/cut_kind.h"
#include "dataset/pattern.h"
#include "dataset/place.h"
#include "repo/private.h"

static void parse(struct dsv_datasets *out, const char *sets)
{
	char *text = dsv_strf("version: 1\ndatasets:\n%s", sets);

	if (dsv_datasets_parse(out, text, strlen(text), "d") < 0)
		fail_msg("%s", dsv_error_message());
	free(text);
}

static const char reviews[] = "  - name: reviews\n    files: [a.txt]\n"
			      "    format: csv\n    key: [id]\n"
			      "    labels: [mood]\n"
			      "    renamed: {mood: [feeling, sense]}\n";

static void test_reading__the_command_line_wins(void **state)
{
	struct dsv_datasets sets DSV_AUTO(datasets) = DSV_DATASETS_INIT;
	struct dsv_reading reading DSV_AUTO(reading) = DSV_READING_INIT;
	struct dsv_strlist key DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_reading_opts opts = {.key = &key, .format = "tsv"};

	(void)state;
	parse(&sets, reviews);
	assert_int_equal(dsv_reading_of_path(&reading, &sets, "a.txt", NULL),
			 0);
	assert_string_equal(reading.format->name, "csv");
	assert_string_equal(reading.key.items[0], "id");
	dsv_reading_release(&reading);
	dsv_strlist_add(&key, "other");
	assert_int_equal(dsv_reading_of_path(&reading, &sets, "a.txt", &opts),
			 0);
	assert_string_equal(reading.format->name, "tsv");
	assert_string_equal(reading.key.items[0], "other");
	assert_string_equal(reading.labels.items[0], "mood");
	assert_ptr_equal(reading.dataset, &sets.items[0]);
}

static void test_reading__without_definition_goes_by_extension(void **state)
{
	struct dsv_reading reading DSV_AUTO(reading) = DSV_READING_INIT;
	struct dsv_reading_opts opts = {.format = "jsnl"};

	(void)state;
	assert_int_equal(dsv_reading_of_path(&reading, NULL, "x/a.jsonl", NULL),
			 0);
	assert_string_equal(reading.format->name, "jsonl");
	assert_null(reading.dataset);
	dsv_reading_release(&reading);
	assert_int_equal(dsv_reading_of_path(&reading, NULL, "a.csv", &opts),
			 DSV_EUSAGE);
	assert_string_equal(dsv_error_hint(), "did you mean 'jsonl'?");
}

static void test_reading__finds_a_column_by_its_older_names(void **state)
{
	struct dsv_datasets sets DSV_AUTO(datasets) = DSV_DATASETS_INIT;
	struct dsv_reading reading DSV_AUTO(reading) = DSV_READING_INIT;
	struct dsv_strlist columns DSV_AUTO(strlist) = DSV_STRLIST_INIT;

	(void)state;
	parse(&sets, reviews);
	assert_int_equal(dsv_reading_of_path(&reading, &sets, "a.txt", NULL),
			 0);
	dsv_strlist_split(&columns, "id,sense,feeling", ',');
	assert_int_equal(dsv_reading_column(&reading, &columns, "mood"), 2);
	dsv_strlist_add(&columns, "mood");
	assert_int_equal(dsv_reading_column(&reading, &columns, "mood"), 3);
	assert_int_equal(dsv_reading_column(&reading, &columns, "none"), -1);
}

static void test_reading__id_follows_every_part(void **state)
{
	static const char *const others[] = {
		"  - name: r\n    files: [a.txt]\n    format: csv\n"
		"    key: [id]\n    labels: [other]\n",
		"  - name: r\n    files: [a.txt]\n    format: tsv\n"
		"    key: [id]\n    labels: [mood]\n",
		"  - name: r\n    files: [a.txt]\n    format: csv\n"
		"    key: [id, mood]\n",
		"  - name: r\n    files: [a.txt]\n    format: csv\n"
		"    labels: [id, mood]\n",
		"  - name: r\n    files: [a.txt]\n    format: csv\n"
		"    key: [id]\n    labels: [mood]\n"
		"    renamed: {mood: [m]}\n",
	};
	struct dsv_datasets base DSV_AUTO(datasets) = DSV_DATASETS_INIT;
	struct dsv_reading reading DSV_AUTO(reading) = DSV_READING_INIT;
	struct dsv_id want, id;

	(void)state;
	parse(&base, "  - name: q\n    files: [a.txt]\n    format: csv\n"
		     "    key: [id]\n    labels: [mood]\n");
	assert_int_equal(dsv_reading_of_path(&reading, &base, "a.txt", NULL),
			 0);
	dsv_reading_id(&reading, &want);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct dsv_datasets sets DSV_AUTO(datasets) = DSV_DATASETS_INIT;
		struct dsv_reading other DSV_AUTO(reading) = DSV_READING_INIT;

		parse(&sets, others[i]);
		assert_int_equal(
			dsv_reading_of_path(&other, &sets, "a.txt", NULL), 0);
		dsv_reading_id(&other, &id);
		assert_false(dsv_id_equal(&id, &want));
	}
}

static void test_place__reaches_into_nested_values(void **state)
{
	static const char text[] = "{\"a\":1}\n"
				   "{\"tool\":{\"args\":[\"x\",2]}}\n"
				   "{\"/tool/args/0\":\"own\"}\n";
	struct dsv_reading reading DSV_AUTO(reading) = DSV_READING_INIT;
	struct dsv_place place DSV_AUTO(place) = DSV_PLACE_INIT;
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	struct dsv_reader *reader DSV_AUTO(reader) = NULL;
	struct dsv_record record;
	const struct dsv_field *field;

	(void)state;
	assert_int_equal(dsv_reading_of_path(&reading, NULL, "a.jsonl", NULL),
			 0);
	dsv_stream_of_memory(&in, text, sizeof(text) - 1);
	assert_int_equal(dsv_reader_open(&reader, reading.format, in, NULL), 0);
	dsv_place_init(&place, &reading, "/tool/args/0");
	assert_int_equal(dsv_reader_next(reader, &record), 1);
	dsv_place_bind(&place, dsv_reader_columns(reader));
	field = dsv_place_field(&place, &record);
	assert_int_equal(field->kind, DSV_FIELD_MISSING);
	assert_int_equal(dsv_reader_next(reader, &record), 1);
	dsv_place_bind(&place, dsv_reader_columns(reader));
	field = dsv_place_field(&place, &record);
	assert_int_equal(field->kind, DSV_FIELD_TEXT);
	assert_memory_equal(field->text, "x", 1);
}

static void test_where__holds_for_one_value_of_each_field(void **state)
{
	struct dsv_where where DSV_AUTO(where) = DSV_WHERE_INIT;
	struct dsv_strlist texts DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_strlist columns DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_field fields[] = {{"1", 1, DSV_FIELD_TEXT},
				     {"x=y", 3, DSV_FIELD_TEXT}};
	struct dsv_record record = {.fields = fields, .n_fields = 2};

	(void)state;
	dsv_strlist_split(&columns, "a,b,c", ',');
	dsv_strlist_split(&texts, "a=2,a=1,b=x=y,c=", ',');
	assert_int_equal(dsv_where_parse(&where, &texts), 0);
	dsv_where_bind(&where, &columns);
	assert_true(dsv_where_match(&where, &record));
	fields[0].text = "3";
	assert_false(dsv_where_match(&where, &record));
	fields[0].text = "2";
	assert_true(dsv_where_match(&where, &record));
	fields[1].len = 2;
	assert_false(dsv_where_match(&where, &record));
}

static void test_where__refuses_what_is_no_condition(void **state)
{
	struct dsv_where where DSV_AUTO(where) = DSV_WHERE_INIT;
	struct dsv_strlist texts DSV_AUTO(strlist) = DSV_STRLIST_INIT;

	(void)state;
	assert_int_equal(dsv_where_parse(&where, NULL), 0);
	assert_int_equal(where.n, 0);
	dsv_strlist_add(&texts, "=1");
	assert_int_equal(dsv_where_parse(&where, &texts), DSV_EUSAGE);
	assert_string_equal(dsv_error_hint(), "write FIELD=VALUE");
}

static void cut_as(struct dsv_repo *repo, const char *path, enum dsv_cut cut,
		   const char *format)
{
	struct dsv_cutting cutting = {0};

	assert_int_equal(repo->cutting(repo->cutting_ctx, repo, path, &cutting),
			 0);
	assert_int_equal(cutting.cut, cut);
	assert_int_equal(cutting.scan.kind,
			 dsv_format_named(format)->scan_kind);
}

static void test_cutting__follows_the_definition_as_it_changes(void **state)
{
	struct dsv_repo *repo DSV_AUTO(repo) = open_here();
	struct dsv_cutting_rules *rules DSV_AUTO(cutting_rules) = NULL;

	(void)state;
	dsv_cutting_install(&rules, repo);
	cut_as(repo, "a.csv", DSV_CUT_LINES, "csv");
	cut_as(repo, "a.bin", DSV_CUT_BYTES, "bytes");
	define("  - name: a\n    files: [a.bin]\n    format: tsv\n");
	cut_as(repo, "a.bin", DSV_CUT_LINES, "tsv");
	sh("git add -A && rm .dsv/datasets.yaml");
	cut_as(repo, "a.bin", DSV_CUT_LINES, "tsv");
	define("  - name: [\n");
	cut_as(repo, "a.bin", DSV_CUT_BYTES, "bytes");
	assert_string_equal(dsv_error_message(), "");
}

static void attribute_is(const char *pattern, const char *want)
{
	struct dsv_buf got DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_pattern_attribute(pattern, &got);
	assert_string_equal(got.data, want);
}

static void test_pattern__becomes_an_anchored_attribute(void **state)
{
	(void)state;
	attribute_is("a.csv", "/a.csv");
	attribute_is("*.csv", "/*.csv");
	attribute_is("data/*.csv", "data/*.csv");
	attribute_is("data/**", "data/**");
	attribute_is("**/a.csv", "**/a.csv");
	attribute_is("#a/b", "/#a/b");
	attribute_is("!a/b", "/!a/b");
	attribute_is("\"a/b", "/\"a/b");
	attribute_is("[attr]/b", "/[attr]/b");
	attribute_is("a b\tc/d", "a[[:space:]]b[[:space:]]c/d");
	attribute_is("a/\\*\\ \\[", "a/[*][[:space:]][[]");
	attribute_is("a/[ x]", "a/[[:space:]x]");
	attribute_is("a/[[:digit:]]b", "a/[[:digit:]]b");
}

/* What git says of a file behind the attribute made from its own path. */
static void test_pattern__of_any_file_name_is_found_by_git(void **state)
{
	static const char *const names[] = {
		"plain.csv",  "a b.csv",   "a*b.csv",	    "a?b.csv",
		"a[b].csv",   "\"q\".csv", "#hash.csv",	    "!bang.csv",
		"back\\.csv", "\xff.csv",  "new\nline.csv", "d/[x] *.csv",
		"tab\t.csv",  " lead.csv", "[attr]x",	    "\xc3\xa9.csv",
	};

	(void)state;
	sh("mkdir d && git config core.quotePath false");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct dsv_buf pattern DSV_AUTO(buf) = DSV_BUF_INIT;
		struct dsv_buf line DSV_AUTO(buf) = DSV_BUF_INIT;
		char *items[1];
		struct dsv_dataset set = {.files = {items, 1, 1}};

		dsv_pattern_of_path(names[i], &pattern);
		items[0] = pattern.data;
		assert_true(dsv_dataset_matches(&set, names[i]));
		assert_false(dsv_dataset_matches(&set, "other.csv"));
		dsv_pattern_attribute(pattern.data, &line);
		dsv_buf_addstr(&line, " filter=dsv\n");
		put(".gitattributes", line.data);
		put(names[i], "1\n");
		put("../name", names[i]);
		sh("printf '\\0' >>../name && git check-attr -z --stdin "
		   "filter <../name >../said && tr '\\0' '|' <../said | "
		   "grep -q '|filter|dsv|'");
		sh("printf 'other.csv\\0' | git check-attr -z --stdin filter | "
		   "tr '\\0' '|' | grep -q 'unspecified'");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reading__the_command_line_wins),
		cmocka_unit_test(
			test_reading__without_definition_goes_by_extension),
		cmocka_unit_test(
			test_reading__finds_a_column_by_its_older_names),
		cmocka_unit_test(test_reading__id_follows_every_part),
		cmocka_unit_test(test_place__reaches_into_nested_values),
		cmocka_unit_test(test_where__holds_for_one_value_of_each_field),
		cmocka_unit_test(test_where__refuses_what_is_no_condition),
		gitrepo_test(
			test_cutting__follows_the_definition_as_it_changes),
		cmocka_unit_test(test_pattern__becomes_an_anchored_attribute),
		gitrepo_test(test_pattern__of_any_file_name_is_found_by_git),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
