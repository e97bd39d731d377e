#include "reading.h"

static void test_csv__rfc_4180_rows(void **state)
{
	(void)state;
	assert_reads("csv", "a,b,c\n1,2,3\n4,,6\n",
		     "2: 1|2|3\n3: 4||6\na|b|c\n");
	assert_reads("csv", "a,b\r\n\"x,y\",\"two\nlines\"\r\n1,2\r\n",
		     "2: x,y|two\nlines\n4: 1|2\na|b\n");
	assert_reads("csv", "a\n\"say \"\"hi\"\"\"\n\"\"\"\"\n\"\"\n",
		     "2: say \"hi\"\n3: \"\n4: \na\n");
}

static void test_csv__missing_final_newline_is_no_difference(void **state)
{
	(void)state;
	assert_reads("csv", "a,b\n1,2", "2: 1|2\na|b\n");
	assert_reads("csv", "a,b\n1,", "2: 1|\na|b\n");
	assert_reads("csv", "a,b\n1,\"2\"", "2: 1|2\na|b\n");
}

static void test_csv__blank_lines_are_no_records(void **state)
{
	(void)state;
	assert_reads("csv", "\n\r\na\n\n1\n\r\n\n2\n\n", "5: 1\n8: 2\na\n");
	assert_reads("csv", "a\n \n\"\"\n", "2:  \n3: \na\n");
}

static void test_csv__lone_carriage_returns_end_records(void **state)
{
	(void)state;
	assert_reads("csv", "a,b\r1,2\r\r3,4", "2: 1|2\n4: 3|4\na|b\n");
	assert_reads("csv", "a\n1\r2\r\n3\n", "2: 1\n2: 2\n3: 3\na\n");
	assert_reads("csv", "a\n\"1\r2\"\n3\n", "2: 1\r2\n3: 3\na\n");
}

static void test_csv__mark_at_the_start_belongs_to_no_field(void **state)
{
	(void)state;
	assert_reads("csv",
		     "\xef\xbb\xbf"
		     "a,b\n1,2\n",
		     "2: 1|2\na|b\n");
	assert_reads("csv", "\xef\xbb\xbf\"a\"\"\n,\",b\n1,2\n",
		     "3: 1|2\na\"\n,|b\n");
	assert_reads("csv", "\xef\xbb\xbf\na\n1\n", "3: 1\na\n");
	assert_reads("csv", "\xef\xbb\xbf", "\n");
	assert_reads("csv",
		     "a,\xef\xbb\xbf"
		     "b\n1,2\n",
		     "2: 1|2\na|\xef\xbb\xbf"
		     "b\n");
}

static void test_csv__quotes_open_only_at_the_start_of_a_field(void **state)
{
	(void)state;
	assert_reads("csv", "a,b\nx\"y\",\"z\"\n 1, \"2\"\n",
		     "2: x\"y\"|z\n3:  1| \"2\"\na|b\n");
}

static void test_csv__text_behind_a_closing_quote_is_kept(void **state)
{
	(void)state;
	assert_reads("csv", "a,b\n\"x\"y\"z\",2\n3,\"4\" \n",
		     "2: xy\"z\"|2 !bad_quoting\n3: 3|4  !bad_quoting\na|b\n");
}

static void test_csv__open_quote_takes_the_rest(void **state)
{
	(void)state;
	assert_reads("csv", "a,b\n1,\"2\n3,4\n",
		     "2: 1|2\n3,4\n !bad_quoting\na|b\n");
	assert_reads("csv", "a\n\"", "2:  !bad_quoting\na\n");
	assert_reads("csv", "a\n\"x\"\"", "2: x\" !bad_quoting\na\n");
}

static void test_csv__ragged_rows_keep_all_their_cells(void **state)
{
	(void)state;
	assert_reads("csv", "a,b\n1\n1,2,3,\n",
		     "2: 1|- !ragged_row\n3: 1|2|3| !ragged_row\na|b\n");
}

static void test_csv__repeated_columns_are_numbered(void **state)
{
	(void)state;
	assert_reads("csv", "a,,a,,a\n", "a||a#2|#2|a#3 !repeated_column\n");
	assert_reads("csv", "a,a#2,a\n", "a|a#2|a#3 !repeated_column\n");
}

static void test_csv__odd_bytes_are_kept_and_named(void **state)
{
	(void)state;
	assert_reads_n("csv", "a\n\0x\n\xff\n\xc3\xa9\n", 10,
		       "2: ^@x !nul_byte\n3: \xff !bad_utf8\n"
		       "4: \xc3\xa9\na\n");
	assert_reads_n("csv", "\0\n1\n", 4, "2: 1\n\\u0000 !nul_byte\n");
}

static void test_csv__odd_bytes_are_found_far_behind(void **state)
{
	char text[2 + 3 * 201] = "a\n";
	struct dsv_buf expected DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	memset(text + 2, 'x', sizeof(text) - 2);
	for (size_t i = 0; i < 3; i++)
		text[2 + i * 201 + 200] = '\n';
	text[2 + 150] = '\0';
	text[2 + 402 + 150] = '\xff';
	dsv_buf_addf(&expected,
		     "2: %.150s^@%.49s !nul_byte\n3: %.200s\n"
		     "4: %.200s !bad_utf8\na\n",
		     text + 2, text + 203, text + 203, text + 404);
	assert_reads_n("csv", text, sizeof(text), expected.data);
}

static void test_csv__nothing_gives_no_columns_and_no_records(void **state)
{
	(void)state;
	assert_reads("csv", "", "\n");
	assert_reads("csv", "\n\r\n", "\n");
	assert_reads("csv", "a,b\n", "a|b\n");
}

static void test_csv__tsv_differs_in_the_delimiter_alone(void **state)
{
	(void)state;
	assert_reads("tsv", "a\tb,c\n\"1\t2\"\t3\n", "2: 1\t2|3\na|b,c\n");
}

static void test_csv__na_and_null_are_text(void **state)
{
	(void)state;
	assert_reads("csv", "a,b,c\nNA,null,None\n",
		     "2: NA|null|None\na|b|c\n");
}

static void test_csv__starts_in_the_middle_with_columns(void **state)
{
	struct dsv_strlist columns DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_reader_opts opts = {
		.columns = &columns, .offset = 100, .line = 7};
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;
	const char *text = "\xef\xbb\xbf,\"2\n\"\n3,4\n";

	(void)state;
	dsv_strlist_split(&columns, "a,b", ',');
	read_shown(&out, "csv", text, strlen(text), 4, &opts);
	assert_string_equal(dsv_buf_str(&out),
			    "7: \xef\xbb\xbf|2\n\n9: 3|4\na|b\n");
}

static void test_csv__start_with_columns_passes_the_mark(void **state)
{
	struct dsv_strlist columns DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_reader_opts opts = {.columns = &columns};
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	dsv_strlist_add(&columns, "a");
	read_shown(&out, "csv", "\xef\xbb\xbf\"1\"\n2\n", 9, 4, &opts);
	assert_string_equal(dsv_buf_str(&out), "1: 1\n2: 2\na\n");
}

static void test_csv__damage_never_breaks_reading(void **state)
{
	(void)state;
	assert_survives_damage("csv", "\xef\xbb\xbfid,\"te\"\"xt\"\r\n"
				      "1,\"a,\nb\"\r\n2,x\n\r3,\"\"\r");
}

/* One record of the given length, its cells of width bytes each. */
static struct dsv_buf long_record(const char *head, size_t len, size_t width)
{
	struct dsv_buf text = DSV_BUF_INIT;
	char *at;

	dsv_buf_addstr(&text, head);
	at = dsv_buf_reserve(&text, len);
	memset(at, 'x', len);
	for (size_t i = width; width && i < len; i += width + 1)
		at[i] = ',';
	text.len += len;
	return text;
}

static void assert_too_long(const struct dsv_buf *text, size_t size,
			    const char *format)
{
	struct dsv_stream *in DSV_AUTO(stream) =
		open_pieces(text->data, text->len, size);
	struct dsv_reader *reader DSV_AUTO(reader) = NULL;
	struct dsv_record record;

	assert_int_equal(
		dsv_reader_open(&reader, dsv_format_named(format), in, NULL),
		0);
	assert_int_equal(dsv_reader_next(reader, &record), 1);
	assert_int_equal(record.issues, DSV_ISSUE_TOO_LONG);
	assert_int_equal(record.n_fields, 0);
	assert_memory_equal(record.source, "too long: ", 10);
	assert_int_equal(record.line, 2);
	assert_int_equal(dsv_reader_next(reader, &record), 1);
	assert_int_equal(record.issues, 0);
	assert_int_equal(record.n_fields, 1);
	assert_memory_equal(record.fields[0].text, "next", 4);
	assert_int_equal(record.line, 3);
	assert_int_equal(dsv_reader_next(reader, &record), 0);
}

static void test_csv__too_long_is_named_and_passed_over(void **state)
{
	struct dsv_buf text = long_record("a\n", DSV_RECORD_MAX + 1, 0);

	(void)state;
	dsv_buf_addstr(&text, "\nnext\n");
	assert_too_long(&text, text.len, "csv");
	assert_too_long(&text, 1u << 20, "csv");
	assert_too_long(&text, 12345, "csv");
	dsv_buf_release(&text);
}

static void test_csv__the_longest_record_is_read(void **state)
{
	struct dsv_buf text = long_record("a\n", DSV_RECORD_MAX, 0);
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	struct dsv_reader *reader DSV_AUTO(reader) = NULL;
	struct dsv_record record;

	(void)state;
	in = open_pieces(text.data, text.len, 1u << 20);
	dsv_reader_open(&reader, dsv_format_named("csv"), in, NULL);
	assert_int_equal(dsv_reader_next(reader, &record), 1);
	assert_int_equal(record.issues, 0);
	assert_int_equal(record.fields[0].len, DSV_RECORD_MAX);
	dsv_buf_release(&text);
}

static void test_csv__too_many_cells_are_too_long(void **state)
{
	struct dsv_buf text = long_record("a\n", 2 * DSV_CELLS_MAX + 2, 1);

	(void)state;
	dsv_buf_addstr(&text, "\nnext\n");
	assert_too_long(&text, text.len, "csv");
	assert_too_long(&text, 12345, "csv");
	dsv_buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_csv__rfc_4180_rows),
		cmocka_unit_test(
			test_csv__missing_final_newline_is_no_difference),
		cmocka_unit_test(test_csv__blank_lines_are_no_records),
		cmocka_unit_test(test_csv__lone_carriage_returns_end_records),
		cmocka_unit_test(
			test_csv__mark_at_the_start_belongs_to_no_field),
		cmocka_unit_test(
			test_csv__quotes_open_only_at_the_start_of_a_field),
		cmocka_unit_test(test_csv__text_behind_a_closing_quote_is_kept),
		cmocka_unit_test(test_csv__open_quote_takes_the_rest),
		cmocka_unit_test(test_csv__ragged_rows_keep_all_their_cells),
		cmocka_unit_test(test_csv__repeated_columns_are_numbered),
		cmocka_unit_test(test_csv__odd_bytes_are_kept_and_named),
		cmocka_unit_test(test_csv__odd_bytes_are_found_far_behind),
		cmocka_unit_test(
			test_csv__nothing_gives_no_columns_and_no_records),
		cmocka_unit_test(test_csv__tsv_differs_in_the_delimiter_alone),
		cmocka_unit_test(test_csv__na_and_null_are_text),
		cmocka_unit_test(test_csv__starts_in_the_middle_with_columns),
		cmocka_unit_test(test_csv__start_with_columns_passes_the_mark),
		cmocka_unit_test(test_csv__damage_never_breaks_reading),
		cmocka_unit_test(test_csv__too_long_is_named_and_passed_over),
		cmocka_unit_test(test_csv__the_longest_record_is_read),
		cmocka_unit_test(test_csv__too_many_cells_are_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
