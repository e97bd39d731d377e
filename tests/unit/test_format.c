#include "reading.h"

static void test_format__table_keeps_its_order(void **state)
{
	static const char *const names[] = {"csv",  "tsv",   "jsonl",
					    "json", "plain", "bytes"};
	const struct dsv_format *const *formats = dsv_formats();

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_string_equal(formats[i]->name, names[i]);
		assert_ptr_equal(dsv_format_named(names[i]), formats[i]);
	}
	assert_null(formats[6]);
	assert_null(dsv_format_named("CSV"));
	assert_null(dsv_format_named(""));
}

/* They are stored in file maps. */
static void test_format__scan_kinds_keep_their_numbers(void **state)
{
	static const uint8_t kinds[] = {2, 3, 1, 0, 1, 0};

	(void)state;
	for (size_t i = 0; i < sizeof(kinds); i++) {
		const struct dsv_format *format = dsv_formats()[i];

		assert_int_equal(format->scan_kind, kinds[i]);
		assert_int_equal(format->by_line, kinds[i] != 0);
		assert_int_equal(format->step != NULL, kinds[i] != 0);
	}
}

static void assert_format(const char *path, const char *name)
{
	assert_string_equal(dsv_format_of_path(path)->name, name);
}

static void test_format__extension_decides(void **state)
{
	(void)state;
	assert_format("data/a.csv", "csv");
	assert_format("a.CSV", "csv");
	assert_format("a.tsv", "tsv");
	assert_format("a.b.tab", "tsv");
	assert_format("x.jsonl", "jsonl");
	assert_format("x.ndjson", "jsonl");
	assert_format("x.json", "json");
	assert_format("x.txt", "plain");
	assert_format("x.png", "bytes");
	assert_format("d.csv/x", "bytes");
	assert_format("d/.csv", "bytes");
	assert_format("", "bytes");
}

static void test_plain__each_line_is_a_record(void **state)
{
	(void)state;
	assert_reads("plain", "a, \"b\n\n \r\nlast",
		     "1: a, \"b\n2: \n3:  \n4: last\nline\n");
	assert_reads("plain",
		     "\xef\xbb\xbf"
		     "a\n\xff\n",
		     "1: a\n2: \xff !bad_utf8\nline\n");
	assert_reads("plain", "", "line\n");
}

static void test_plain__too_long_is_named_and_passed_over(void **state)
{
	static const size_t sizes[] = {1u << 20, 1u << 25};
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	memset(dsv_buf_reserve(&text, DSV_RECORD_MAX + 1), 'x',
	       DSV_RECORD_MAX + 1);
	text.len += DSV_RECORD_MAX + 1;
	dsv_buf_addstr(&text, "\nb\n");
	for (size_t i = 0; i < 2; i++) {
		struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;

		read_shown(&out, "plain", text.data, text.len, sizes[i], NULL);
		assert_string_equal(dsv_buf_str(&out),
				    "1:  !too_long\n2: b\nline\n");
	}
}

static void test_plain__step_knows_the_start_of_a_line(void **state)
{
	const struct dsv_format *plain = dsv_format_named("plain");

	(void)state;
	assert_int_equal(plain->step(0, "a\nb", 3), 1);
	assert_int_equal(plain->step(1, "a\n", 2), 0);
	assert_int_equal(plain->step(1, "", 0), 1);
	assert_int_equal(plain->step(0, "", 0), 0);
}

static void test_bytes__has_no_records(void **state)
{
	(void)state;
	assert_reads("bytes", "a,b\n1,2\n", "\n");
	assert_false(dsv_format_named("bytes")->has_fields);
}

static void test_record__field_beyond_the_record_is_missing(void **state)
{
	const struct dsv_field field = {"x", 1, DSV_FIELD_TEXT};
	const struct dsv_record record = {.fields = &field, .n_fields = 1};

	(void)state;
	assert_ptr_equal(dsv_record_field(&record, 0), &field);
	assert_int_equal(dsv_record_field(&record, 1)->kind, DSV_FIELD_MISSING);
	assert_int_equal(dsv_record_field(&record, -1)->kind,
			 DSV_FIELD_MISSING);
}

static void test_record__fields_are_equal_by_kind_and_bytes(void **state)
{
	const struct dsv_field missing = {"", 0, DSV_FIELD_MISSING};
	const struct dsv_field empty = {"", 0, DSV_FIELD_TEXT};
	const struct dsv_field text = {"1", 1, DSV_FIELD_TEXT};
	const struct dsv_field json = {"1", 1, DSV_FIELD_JSON};

	(void)state;
	assert_true(dsv_field_equal(&text, &text));
	assert_false(dsv_field_equal(&text, &json));
	assert_false(dsv_field_equal(&missing, &empty));
	assert_false(dsv_field_equal(&empty, &text));
}

static void test_record__empty_is_missing_blank_or_null(void **state)
{
	const struct dsv_field missing = {"", 0, DSV_FIELD_MISSING};
	const struct dsv_field empty = {"", 0, DSV_FIELD_TEXT};
	const struct dsv_field null = {"null", 4, DSV_FIELD_JSON};
	const struct dsv_field word = {"null", 4, DSV_FIELD_TEXT};
	const struct dsv_field zero = {"0", 1, DSV_FIELD_JSON};

	(void)state;
	assert_true(dsv_field_is_empty(&missing));
	assert_true(dsv_field_is_empty(&empty));
	assert_true(dsv_field_is_empty(&null));
	assert_false(dsv_field_is_empty(&word));
	assert_false(dsv_field_is_empty(&zero));
}

static void test_record__each_issue_has_a_word(void **state)
{
	(void)state;
	for (unsigned bit = 1; bit <= DSV_ISSUE_REPEATED_COLUMN; bit <<= 1)
		assert_string_not_equal(dsv_issue_word((enum dsv_issue)bit),
					"unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_format__table_keeps_its_order),
		cmocka_unit_test(test_format__scan_kinds_keep_their_numbers),
		cmocka_unit_test(test_format__extension_decides),
		cmocka_unit_test(test_plain__each_line_is_a_record),
		cmocka_unit_test(test_plain__too_long_is_named_and_passed_over),
		cmocka_unit_test(test_plain__step_knows_the_start_of_a_line),
		cmocka_unit_test(test_bytes__has_no_records),
		cmocka_unit_test(
			test_record__field_beyond_the_record_is_missing),
		cmocka_unit_test(
			test_record__fields_are_equal_by_kind_and_bytes),
		cmocka_unit_test(test_record__empty_is_missing_blank_or_null),
		cmocka_unit_test(test_record__each_issue_has_a_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
