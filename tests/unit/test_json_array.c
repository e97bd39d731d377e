#include "reading.h"

static void test_json_array__elements_are_records(void **state)
{
	(void)state;
	assert_reads("json",
		     "[\n  {\"id\": 1,\n   \"t\": \"a]}\\\"\"},\n"
		     "  {\"id\": 2, \"n\": {\"b\":1, \"a\":[]}}\n]\n",
		     "2: =1|a]}\"\n4: =2|-|={\"a\":[],\"b\":1}\nid|t|n\n");
	assert_reads("json", "[{\"a\":1},{\"a\":2}]", "1: =1\n1: =2\na\n");
}

static void test_json_array__empty_ones_have_no_records(void **state)
{
	(void)state;
	assert_reads("json", "", "\n");
	assert_reads("json", " \n", "\n");
	assert_reads("json", "[]", "\n");
	assert_reads("json", "\xef\xbb\xbf [ ] \n", "\n");
}

static void
test_json_array__elements_that_are_no_objects_are_named(void **state)
{
	(void)state;
	assert_reads("json", "[1,\n\"a,]\",{\"a\":1}, [2] ,true]",
		     "1:  !not_json\n2:  !not_json\n2: =1\n2:  !not_json\n"
		     "2:  !not_json\na\n");
	assert_reads("json", "[{\"a\":1]},{\"a\":2}]",
		     "1:  !not_json\n1:  !not_json\n\n");
}

static void test_json_array__what_follows_a_fault_is_one_record(void **state)
{
	(void)state;
	assert_reads("json", "{\"a\":[]}", "1:  !not_json\n\n");
	assert_reads("json", "[{\"a\":1}\n{\"a\":2}]",
		     "1: =1\n2:  !not_json\na\n");
	assert_reads("json", "[{\"a\":1},]", "1: =1\n1:  !not_json\na\n");
	assert_reads("json", "[{\"a\":1}] x", "1: =1\n1:  !not_json\na\n");
	assert_reads("json", "[,{\"a\":1}]", "1:  !not_json\n\n");
}

static void test_json_array__a_cut_array_is_named(void **state)
{
	(void)state;
	assert_reads("json", "[{\"a\":1}", "1: =1\n1:  !not_json\na\n");
	assert_reads("json", "[{\"a\":1},", "1: =1\n1:  !not_json\na\n");
	assert_reads("json", "[{\"a\":1},\n{\"a\":",
		     "1: =1\n2:  !not_json\n2:  !not_json\na\n");
	assert_reads("json", "[", "1:  !not_json\n\n");
}

static void test_json_array__damage_never_breaks_reading(void **state)
{
	(void)state;
	assert_survives_damage("json",
			       "\xef\xbb\xbf[{\"a\": [1, \"]\\\"\"]},\n "
			       "{\"b\":\"x\"} , 7]\n");
}

static void test_json_array__too_long_is_named_and_passed_over(void **state)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	struct dsv_reader *reader DSV_AUTO(reader) = NULL;
	struct dsv_record record;

	(void)state;
	dsv_buf_addstr(&text, "[{\"a\":\"");
	memset(dsv_buf_reserve(&text, DSV_RECORD_MAX), 'x', DSV_RECORD_MAX);
	text.len += DSV_RECORD_MAX;
	dsv_buf_addstr(&text, "\"},{\"a\":1}]");
	in = open_pieces(text.data, text.len, 1u << 20);
	dsv_reader_open(&reader, dsv_format_named("json"), in, NULL);
	assert_int_equal(dsv_reader_next(reader, &record), 1);
	assert_int_equal(record.issues, DSV_ISSUE_TOO_LONG);
	assert_int_equal(record.n_fields, 0);
	assert_int_equal(dsv_reader_next(reader, &record), 1);
	assert_int_equal(record.issues, 0);
	assert_int_equal(dsv_reader_next(reader, &record), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json_array__elements_are_records),
		cmocka_unit_test(test_json_array__empty_ones_have_no_records),
		cmocka_unit_test(
			test_json_array__elements_that_are_no_objects_are_named),
		cmocka_unit_test(
			test_json_array__what_follows_a_fault_is_one_record),
		cmocka_unit_test(test_json_array__a_cut_array_is_named),
		cmocka_unit_test(test_json_array__damage_never_breaks_reading),
		cmocka_unit_test(
			test_json_array__too_long_is_named_and_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
