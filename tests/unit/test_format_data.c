#include "reading.h"

#include <dirent.h>
#include <stdio.h>

#include <cjson/cJSON.h>

#include <dsv/text.h>

#include "base/fs.h"

/*
 * The readers against real files with known answers: csv-spectrum, and the
 * version counts of the labelled sets. DSV_DATA names their folder; without it
 * ../shared/data is looked for, and where nothing is the tests are skipped.
 */
#define FILE_MAX (64u << 20)

static const char *data_dir(void)
{
	const char *dir = getenv("DSV_DATA");

	return dir ? dir : "../shared/data";
}

static void need_data(void)
{
	if (dsv_fs_is_dir(data_dir()))
		return;
	fprintf(stderr, "SKIPPED: no labelled data at '%s' (set DSV_DATA)\n",
		data_dir());
	skip();
}

static void load(struct dsv_buf *out, const char *set, const char *file)
{
	struct dsv_buf path DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_buf_addf(&path, "%s/%s/%s", data_dir(), set, file);
	assert_int_equal(dsv_fs_read(path.data, FILE_MAX, out), 0);
}

static cJSON *load_json(const char *set, const char *file)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	cJSON *json;

	load(&text, set, file);
	json = cJSON_ParseWithLength(text.data, text.len);
	assert_non_null(json);
	return json;
}

static struct dsv_reader *
open_text(const char *path, const struct dsv_buf *text, struct dsv_stream **in)
{
	struct dsv_reader *reader = NULL;

	*in = open_pieces(text->data, text->len, 65536);
	assert_int_equal(
		dsv_reader_open(&reader, dsv_format_of_path(path), *in, NULL),
		0);
	return reader;
}

static bool has_newline(const struct dsv_field *field)
{
	return memchr(field->text, '\n', field->len) ||
	       memchr(field->text, '\r', field->len);
}

/* What expected.json counts of a version. */
struct counts {
	unsigned rows, columns, ragged, with_newline, non_ascii;
	bool well_formed;
};

static void count_record(struct counts *counts, const struct dsv_record *record)
{
	bool newline = false, high = false;

	for (size_t i = 0; i < record->n_fields; i++) {
		const struct dsv_field *field = &record->fields[i];

		newline |= has_newline(field);
		for (size_t j = 0; j < field->len; j++)
			high |= (unsigned char)field->text[j] >= 0x80;
	}
	counts->rows++;
	counts->ragged += (record->issues & DSV_ISSUE_RAGGED) != 0;
	counts->with_newline += newline;
	counts->non_ascii += high;
	counts->well_formed &= !(record->issues & DSV_ISSUE_BAD_QUOTING);
	assert_int_equal(record->issues & ~(unsigned)(DSV_ISSUE_RAGGED |
						      DSV_ISSUE_BAD_QUOTING),
			 0);
}

static struct counts count(const char *set, const char *file)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	struct dsv_reader *reader DSV_AUTO(reader) = NULL;
	struct counts counts = {.well_formed = true};
	struct dsv_record record;

	load(&text, set, file);
	reader = open_text(file, &text, &in);
	counts.well_formed = !(reader->issues & DSV_ISSUE_BAD_QUOTING);
	while (dsv_reader_next(reader, &record) > 0)
		count_record(&counts, &record);
	counts.columns = (unsigned)dsv_reader_columns(reader)->n;
	return counts;
}

static void assert_count(const cJSON *version, const char *name, unsigned found)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(version, name);

	if (item && item->valueint != (int)found)
		fail_msg("%s %s: %d expected, %u found", version->string, name,
			 item->valueint, found);
}

/* Every version of one history; path has one %s for its name. */
static void assert_versions(const char *set, const cJSON *history,
			    const char *path)
{
	const cJSON *versions =
		cJSON_GetObjectItemCaseSensitive(history, "versions");
	const cJSON *version;

	assert_non_null(versions);
	cJSON_ArrayForEach(version, versions)
	{
		const cJSON *well = cJSON_GetObjectItemCaseSensitive(
			version, "well_formed");
		char file[128] = "";
		struct counts counts;

		strncat(file, version->string, 16);
		strcat(file, path);
		counts = count(set, file);
		assert_count(version, "rows", counts.rows);
		assert_count(version, "columns", counts.columns);
		assert_count(version, "ragged_rows", counts.ragged);
		assert_count(version, "rows_with_newline_in_field",
			     counts.with_newline);
		assert_count(version, "rows_non_ascii", counts.non_ascii);
		if (well && cJSON_IsTrue(well) != counts.well_formed)
			fail_msg("%s well_formed", version->string);
	}
}

static void assert_set(const char *set, const char *path)
{
	cJSON *expected;

	need_data();
	expected = load_json(set, "expected.json");
	assert_versions(set, expected, path);
	cJSON_Delete(expected);
}

static void test_format_data__prompts_count_as_expected(void **state)
{
	(void)state;
	assert_set("prompts-csv", ".csv");
}

static void test_format_data__countries_count_as_expected(void **state)
{
	(void)state;
	assert_set("countries-csv", ".csv");
}

static void test_format_data__function_calls_count_as_expected(void **state)
{
	(void)state;
	assert_set("functioncalls-jsonl", ".jsonl");
}

static void test_format_data__multiturn_counts_as_expected(void **state)
{
	(void)state;
	assert_set("multiturn-jsonl", ".jsonl");
}

static void assert_part(const char *set, const char *history, const char *path)
{
	cJSON *expected;

	need_data();
	expected = load_json(set, "expected.json");
	assert_versions(
		set, cJSON_GetObjectItemCaseSensitive(expected, history), path);
	cJSON_Delete(expected);
}

static void test_format_data__mappings_count_as_expected(void **state)
{
	(void)state;
	assert_part("biomappings-tsv", "mappings.tsv", "/mappings.tsv");
	assert_part("biomappings-tsv", "incorrect.tsv", "/incorrect.tsv");
	assert_part("biomappings-tsv", "unsure.tsv", "/unsure.tsv");
}

static void test_format_data__raters_count_as_expected(void **state)
{
	(void)state;
	assert_part("raters-csv", "history (key rater+file+class)", ".csv");
}

static void assert_row(const struct dsv_strlist *columns,
		       const struct dsv_record *record, const cJSON *row)
{
	assert_int_equal(record->issues, 0);
	assert_int_equal(cJSON_GetArraySize(row), columns->n);
	for (size_t i = 0; i < columns->n; i++) {
		const struct dsv_field *field =
			dsv_record_field(record, (long)i);
		const cJSON *cell = cJSON_GetObjectItemCaseSensitive(
			row, columns->items[i]);

		assert_non_null(cell);
		assert_int_equal(strlen(cell->valuestring), field->len);
		assert_memory_equal(cell->valuestring, field->text, field->len);
	}
}

static void test_format_data__csv_spectrum_reads_as_it_says(void **state)
{
	/* location_coordinates and newlines_crlf disagree in themselves */
	static const char *const names[] = {
		"comma_in_quotes",
		"empty",
		"empty_crlf",
		"escaped_quotes",
		"json",
		"newlines",
		"simple",
		"simple_crlf",
		"utf8",
		"quotes_and_newlines",
	};

	(void)state;
	need_data();
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
		struct dsv_stream *in DSV_AUTO(stream) = NULL;
		struct dsv_reader *reader DSV_AUTO(reader) = NULL;
		struct dsv_record record;
		char file[64];
		int n = 0;
		cJSON *rows;

		snprintf(file, sizeof(file), "csvs/%s.csv", names[i]);
		load(&text, "csv-spectrum", file);
		snprintf(file, sizeof(file), "json/%s.json", names[i]);
		rows = load_json("csv-spectrum", file);
		reader = open_text("a.csv", &text, &in);
		while (dsv_reader_next(reader, &record) > 0)
			assert_row(dsv_reader_columns(reader), &record,
				   cJSON_GetArrayItem(rows, n++));
		assert_int_equal(n, cJSON_GetArraySize(rows));
		cJSON_Delete(rows);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_format_data__csv_spectrum_reads_as_it_says),
		cmocka_unit_test(test_format_data__prompts_count_as_expected),
		cmocka_unit_test(test_format_data__countries_count_as_expected),
		cmocka_unit_test(test_format_data__mappings_count_as_expected),
		cmocka_unit_test(test_format_data__raters_count_as_expected),
		cmocka_unit_test(
			test_format_data__function_calls_count_as_expected),
		cmocka_unit_test(
			test_format_data__multiturn_counts_as_expected),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
