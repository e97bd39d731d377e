#include "reading.h"

#include "format/csv_scan.h"

/*
 * Random tables, good and broken: what step says of a place must be what the
 * reader does there, however the bytes before it were split.
 */
#define TABLES 1500
#define PARTS  40
#define BYTES  (PARTS * 20)
#define SPLITS 8

static const char *const parts[] = {
	"a",
	"b",
	",",
	"\t",
	"\"",
	"\"\"",
	",\"",
	"\",",
	"\n",
	"\r",
	"\r\n",
	"\"\n",
	"\xef",
	"\xbb",
	"\xef\xbb\xbf",
	" ",
	"a longer run of text",
};

struct table {
	const struct dsv_format *format;
	char data[BYTES + 1];
	size_t len;
	uint8_t states[BYTES + 1]; /* before each byte, stepped one by one */
	bool begins[BYTES + 1];	   /* a record, as the reader says */
	uint32_t random;
};

static uint32_t below(struct table *table, uint32_t n)
{
	table->random = table->random * 1664525u + 1013904223u;
	return (table->random >> 8) % n;
}

static struct dsv_reader *open_at(const struct table *table, size_t from,
				  struct dsv_stream **in)
{
	struct dsv_strlist columns DSV_AUTO(strlist) = DSV_STRLIST_INIT;
	struct dsv_reader_opts opts = {.columns = &columns, .offset = from};
	struct dsv_reader *reader = NULL;

	dsv_strlist_add(&columns, "a");
	*in = open_pieces(table->data + from, table->len - from, 7);
	assert_int_equal(dsv_reader_open(&reader, table->format, *in, &opts),
			 0);
	return reader;
}

static void make_table(struct table *table, uint32_t seed)
{
	struct dsv_reader *reader DSV_AUTO(reader) = NULL;
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	struct dsv_record record;
	uint32_t n;

	memset(table, 0, sizeof(*table));
	table->random = seed;
	table->format = dsv_format_named(below(table, 2) ? "csv" : "tsv");
	n = below(table, PARTS);
	for (uint32_t i = 0; i < n; i++)
		strcat(table->data,
		       parts[below(table, sizeof(parts) / sizeof(parts[0]))]);
	table->len = strlen(table->data);
	for (size_t i = 0; i < table->len; i++)
		table->states[i + 1] = table->format->step(table->states[i],
							   table->data + i, 1);

	reader = open_at(table, 0, &in);
	while (dsv_reader_next(reader, &record) > 0) {
		bool marked = record.offset == 3 &&
			      memcmp(table->data, DSV_CSV_BOM, 3) == 0;

		table->begins[marked ? 0 : record.offset] = true;
	}
}

static void test_csv_scan__step_is_the_same_for_every_split(void **state)
{
	static struct table table;

	(void)state;
	for (uint32_t seed = 0; seed < TABLES; seed++) {
		make_table(&table, seed);
		for (int i = 0; i < SPLITS && table.len > 0; i++) {
			uint8_t now = 0;
			size_t at = 0;

			while (at < table.len) {
				size_t left = table.len - at;
				size_t len = 1 + below(&table, (uint32_t)left);

				now = table.format->step(now, table.data + at,
							 len);
				at += len;
				assert_int_equal(now, table.states[at]);
			}
		}
	}
}

static bool is_blank(const struct table *table, size_t at)
{
	return table->data[at] == '\n' || table->data[at] == '\r';
}

static void test_csv_scan__records_begin_where_step_says(void **state)
{
	static struct table table;

	(void)state;
	for (uint32_t seed = 0; seed < TABLES; seed++) {
		make_table(&table, seed);
		for (size_t i = 1; i < table.len; i++) {
			uint8_t now = table.states[i];

			if (now == DSV_CSV_RECORD && !is_blank(&table, i))
				assert_true(table.begins[i]);
			if (table.begins[i])
				assert_true(now == DSV_CSV_RECORD ||
					    now == DSV_CSV_CR);
		}
	}
}

/* The records from a place on are those that the whole has there. */
static void assert_suffix(const struct table *table, size_t from)
{
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	struct dsv_reader *reader DSV_AUTO(reader) = NULL;
	struct dsv_record record;
	size_t at = from;

	reader = open_at(table, from, &in);
	while (dsv_reader_next(reader, &record) > 0) {
		for (; at < record.offset; at++)
			assert_false(table->begins[at]);
		assert_true(table->begins[at++]);
	}
	for (; at < table->len; at++)
		assert_false(table->begins[at]);
}

static void test_csv_scan__reading_may_start_at_any_state_0(void **state)
{
	static struct table table;

	(void)state;
	for (uint32_t seed = 0; seed < TABLES; seed++) {
		make_table(&table, seed);
		for (size_t i = 1; i < table.len; i++)
			if (table.states[i] == DSV_CSV_RECORD)
				assert_suffix(&table, i);
	}
}

static void test_csv_scan__nothing_changes_no_state(void **state)
{
	(void)state;
	for (uint8_t i = 0; i <= DSV_CSV_BOM3; i++)
		assert_int_equal(dsv_csv_step(i, "", 0), i);
}

/* They are stored in file maps. */
static void test_csv_scan__states_keep_their_numbers(void **state)
{
	(void)state;
	assert_int_equal(dsv_csv_step(0, "a,b\n", 4), 0);
	assert_int_equal(dsv_csv_step(0, "a,\"b\n", 5), 1);
	assert_int_equal(dsv_csv_step(0, "a,\"b\"", 5), 2);
	assert_int_equal(dsv_csv_step(0, "a,b", 3), 3);
	assert_int_equal(dsv_csv_step(0, "a,", 2), 4);
	assert_int_equal(dsv_csv_step(0, "a,\r", 3), 5);
	assert_int_equal(dsv_csv_step(0, "a\n\xef", 3), 6);
	assert_int_equal(dsv_csv_step(0, "a\n\xef\xbb", 4), 7);
	assert_int_equal(dsv_csv_step(0, "a\n\xef\xbb\xbf", 5), 8);
	assert_int_equal(dsv_tsv_step(0, "a,\"b\n", 5), 0);
	assert_int_equal(dsv_tsv_step(0, "a\t\"b\n", 5), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_csv_scan__step_is_the_same_for_every_split),
		cmocka_unit_test(test_csv_scan__records_begin_where_step_says),
		cmocka_unit_test(
			test_csv_scan__reading_may_start_at_any_state_0),
		cmocka_unit_test(test_csv_scan__nothing_changes_no_state),
		cmocka_unit_test(test_csv_scan__states_keep_their_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
