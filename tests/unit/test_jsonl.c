#include "reading.h"

static void test_jsonl__values_are_text_or_canonical_json(void **state)
{
	(void)state;
	assert_reads(
		"jsonl",
		"{\"id\": \"a\", \"n\": 1.10, \"ok\": true, \"no\": null}\n"
		"{\"id\": \"b\", \"v\": [1, {\"b\": 2, \"a\": \"x\"}]}\n",
		"1: a|=1.10|=true|=null\n"
		"2: b|-|-|-|=[1,{\"a\":\"x\",\"b\":2}]\n"
		"id|n|ok|no|v\n");
}

static void test_jsonl__a_string_is_not_the_number_it_shows(void **state)
{
	(void)state;
	assert_reads("jsonl", "{\"a\":\"1\"}\n{\"a\":1}\n", "1: 1\n2: =1\na\n");
}

static void test_jsonl__blank_lines_are_no_records(void **state)
{
	(void)state;
	assert_reads("jsonl", "\n \t\r\n{\"a\":1}\r\n\r\n{\"a\":2}",
		     "3: =1\n5: =2\na\n");
}

static void test_jsonl__mark_at_the_start_is_passed(void **state)
{
	(void)state;
	assert_reads("jsonl", "\xef\xbb\xbf{\"a\":1}\n", "1: =1\na\n");
	assert_reads("jsonl", "{\"a\":1}\n\xef\xbb\xbf{\"a\":1}\n",
		     "1: =1\n2:  !not_json\na\n");
}

static void test_jsonl__what_is_no_object_has_no_fields(void **state)
{
	(void)state;
	assert_reads("jsonl",
		     "[1]\n\"a\"\n1\n{\"b\":1}x\n{\"c\":1,}\n{\"a\":01}\n",
		     "1:  !not_json\n2:  !not_json\n3:  !not_json\n"
		     "4:  !not_json\n5:  !not_json\n6:  !not_json\n\n");
}

static void test_jsonl__last_of_a_repeated_name_wins(void **state)
{
	(void)state;
	assert_reads("jsonl", "{\"a\":1,\"b\":2,\"\\u0061\":3}\n",
		     "1: =3|=2 !repeated_field\na|b\n");
	assert_reads("jsonl", "{\"a\":{\"x\":1,\"y\":0,\"x\":2}}\n",
		     "1: ={\"x\":2,\"y\":0} !repeated_field\na\n");
}

static void test_jsonl__strings_are_decoded(void **state)
{
	(void)state;
	assert_reads("jsonl", "{\"a\":\"\\u0041\\n\\ud83d\\ude00\\/\"}\n",
		     "1: A\n\xf0\x9f\x98\x80/\na\n");
	assert_reads("jsonl", "{\"a\":\"x\\u0000y\"}\n", "1: x^@y\na\n");
	assert_reads("jsonl", "{\"a\":\"\\uD800\"}\n", "1: =\"\\ud800\"\na\n");
}

static void test_jsonl__names_that_are_no_text_keep_escapes(void **state)
{
	(void)state;
	assert_reads("jsonl", "{\"a\\u0000\":1,\"\\uDC00\":2,\"\\u00e9\":3}\n",
		     "1: =1|=2|=3\na\\u0000|\\udc00|\xc3\xa9\n");
}

static void test_jsonl__odd_bytes_are_kept_and_named(void **state)
{
	static const char nul[] = "{\"a\":\"\0\"}\n";

	(void)state;
	assert_reads("jsonl", "{\"a\":\"\xff\"}\n", "1: \xff !bad_utf8\na\n");
	assert_reads_n("jsonl", nul, sizeof(nul) - 1,
		       "1:  !not_json !nul_byte\n\n");
}

static void test_jsonl__empty_gives_nothing(void **state)
{
	(void)state;
	assert_reads("jsonl", "", "\n");
	assert_reads("jsonl", "{}\n", "1: \n\n");
}

static void test_jsonl__only_leaves_the_others_missing(void **state)
{
	struct dsv_strlist only DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_reader_opts opts = {.only = &only};
	struct dsv_buf out DSV_AUTO(buf) = DSV_BUF_INIT;
	const char *text = "{\"a\":1,\"b\":[2],\"t/x\":{\"y\":3}}\n"
			   "{\"a\":1,\"a\":2}\n{\"a\":1,}\n";

	(void)state;
	dsv_strlist_split(&only, "b,/t~1x/y", ',');
	read_shown(&out, "jsonl", text, strlen(text), 9, &opts);
	assert_string_equal(dsv_buf_str(&out), "1: -|=[2]|={\"y\":3}\n"
					       "2: -|-|- !repeated_field\n"
					       "3:  !not_json\na|b|t/x\n");
}

static void test_jsonl__names_beyond_the_limit_make_it_ragged(void **state)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	struct dsv_reader *reader DSV_AUTO(reader) = NULL;
	struct dsv_record record;

	(void)state;
	for (unsigned i = 0; i < DSV_NAMES_MAX; i++)
		dsv_buf_addf(&text, "%c\"%u\":0", i ? ',' : '{', i);
	dsv_buf_addstr(&text, "}\n{\"7\":1,\"x\":2}\n");
	in = open_pieces(text.data, text.len, text.len);
	dsv_reader_open(&reader, dsv_format_named("jsonl"), in, NULL);
	assert_int_equal(dsv_reader_next(reader, &record), 1);
	assert_int_equal(record.issues, 0);
	assert_int_equal(dsv_reader_next(reader, &record), 1);
	assert_int_equal(record.issues, DSV_ISSUE_RAGGED);
	assert_int_equal(record.n_fields, DSV_NAMES_MAX + 1);
	assert_memory_equal(dsv_record_field(&record, 7)->text, "1", 1);
	assert_memory_equal(dsv_record_field(&record, DSV_NAMES_MAX)->text,
			    "{\"7\":1,\"x\":2}", 13);
	assert_int_equal(reader->columns.n, DSV_NAMES_MAX);
}

static void test_jsonl__damage_never_breaks_reading(void **state)
{
	(void)state;
	assert_survives_damage(
		"jsonl", "{\"a\": [1.5e3, {\"c\":\"\\ud83d\\ude00\", "
			 "\"b\":null}], \"d\":\"\\n\"}\r\n\n{\"a\":\"\"}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_jsonl__values_are_text_or_canonical_json),
		cmocka_unit_test(
			test_jsonl__a_string_is_not_the_number_it_shows),
		cmocka_unit_test(test_jsonl__blank_lines_are_no_records),
		cmocka_unit_test(test_jsonl__mark_at_the_start_is_passed),
		cmocka_unit_test(test_jsonl__what_is_no_object_has_no_fields),
		cmocka_unit_test(test_jsonl__last_of_a_repeated_name_wins),
		cmocka_unit_test(test_jsonl__strings_are_decoded),
		cmocka_unit_test(
			test_jsonl__names_that_are_no_text_keep_escapes),
		cmocka_unit_test(test_jsonl__odd_bytes_are_kept_and_named),
		cmocka_unit_test(test_jsonl__empty_gives_nothing),
		cmocka_unit_test(test_jsonl__only_leaves_the_others_missing),
		cmocka_unit_test(
			test_jsonl__names_beyond_the_limit_make_it_ragged),
		cmocka_unit_test(test_jsonl__damage_never_breaks_reading),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
