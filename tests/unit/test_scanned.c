#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <dsv/error.h>

#include "base/codec.h"
#include "base/digest.h"
#include "govern/scanned.h"

static const char table[] = "id,mail,text\n"
			    "1,jane@example.org,x\n"
			    "2,,\"call\n+49 30 1234567\"\n"
			    "3,x,y\n"
			    "jane@example.org,z,1.2.3.4\n";

static void scan(struct dsv_scanned *out, const char *data, const char *dataset)
{
	struct dsv_source *source DSV_AUTO(source) = NULL;
	struct dsv_reading reading DSV_AUTO(reading) = DSV_READING_INIT;
	struct dsv_scanned_opts opts = {.dataset = dataset,
					.reading = &reading};

	reading.format = dsv_format_named("csv");
	dsv_strlist_add(&reading.key, "id");
	assert_int_equal(dsv_source_of_memory(&source, data, strlen(data), "x"),
			 0);
	opts.source = source;
	assert_int_equal(dsv_scanned_read(out, &opts), 0);
}

static void test_scanned__finds_where_and_what(void **state)
{
	struct dsv_scanned scanned DSV_AUTO(scanned) = DSV_SCANNED_INIT;
	const struct dsv_scan_hit *hits;

	(void)state;
	scan(&scanned, table, "s");
	assert_int_equal(dsv_scanned_hits(&scanned), 4);
	assert_int_equal(scanned.parts[0].records, 4);
	hits = scanned.parts[0].hits;
	assert_string_equal(hits[0].field, "mail");
	assert_string_equal(hits[0].key, "1");
	assert_int_equal(hits[0].line, 1);
	assert_int_equal(hits[1].kind, DSV_PII_PHONE);
	assert_int_equal(hits[1].offset, 5);
	assert_int_equal(hits[1].len, 14);
	assert_int_equal(hits[1].line, 2);
	/* a key that is an address itself is never shown */
	assert_string_equal(hits[2].field, "id");
	assert_string_equal(hits[2].key, "j***@e***.org");
	assert_string_equal(hits[3].key, "j***@e***.org");
	assert_int_equal(hits[3].kind, DSV_PII_IP);
}

/* The bytes of docs/formats/scan.md. */
static void test_scanned__a_finding_is_named_by_its_digest(void **state)
{
	static const char *const parts[] = {"email", "s", "1", "mail", "0"};
	struct dsv_scanned scanned DSV_AUTO(scanned) = DSV_SCANNED_INIT;
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	char hex[DSV_ID_HEX];
	struct dsv_id id;

	(void)state;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		dsv_put_u64(&text, strlen(parts[i]));
		dsv_buf_addstr(&text, parts[i]);
	}
	dsv_put_u64(&text, DSV_ID_SIZE);
	dsv_id_of("jane@example.org", 16, &id);
	dsv_put_id(&text, &id);
	dsv_id_of(text.data, text.len, &id);
	dsv_id_hex(&id, hex);
	hex[16] = '\0';
	scan(&scanned, table, "s");
	assert_string_equal(scanned.parts[0].hits[0].id, hex);
	assert_string_equal(hex, "200c274bd97d54ff");
}

static void test_scanned__any_change_of_the_field_is_another(void **state)
{
	struct dsv_scanned a DSV_AUTO(scanned) = DSV_SCANNED_INIT;
	struct dsv_scanned b DSV_AUTO(scanned) = DSV_SCANNED_INIT;
	struct dsv_scanned c DSV_AUTO(scanned) = DSV_SCANNED_INIT;
	struct dsv_scanned d DSV_AUTO(scanned) = DSV_SCANNED_INIT;

	(void)state;
	scan(&a, "id,t\n1,jane@example.org\n", "s");
	scan(&b, "id,t\n1,jane@example.org.\n", "s");
	scan(&c, "id,t\n1,jane@example.org\n", "t");
	scan(&d, "id,t,u\n1,jane@example.org,other\n", "s");
	assert_string_not_equal(a.parts[0].hits[0].id, b.parts[0].hits[0].id);
	assert_string_not_equal(a.parts[0].hits[0].id, c.parts[0].hits[0].id);
	assert_string_equal(a.parts[0].hits[0].id, d.parts[0].hits[0].id);
}

static void test_scanned__faulty_records_are_scanned_too(void **state)
{
	struct dsv_scanned scanned DSV_AUTO(scanned) = DSV_SCANNED_INIT;

	(void)state;
	scan(&scanned, "id,t\n1,a,jane@example.org\n2\n3,\"j@example.org", "s");
	assert_int_equal(dsv_scanned_hits(&scanned), 2);
	assert_string_equal(scanned.parts[0].hits[0].field, "#3");
}

/* Pieces of a big content say the same as one after the other. */
static void test_scanned__lines_count_through_pieces(void **state)
{
	struct dsv_scanned scanned DSV_AUTO(scanned) = DSV_SCANNED_INIT;
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	const struct dsv_scan_part *last;

	(void)state;
	dsv_buf_addstr(&text, "id,t\n");
	for (unsigned i = 0; i < 60000; i++)
		dsv_buf_addf(&text, "%u,\"some text\nof two lines %u\"\n", i,
			     i % 7);
	dsv_buf_addstr(&text, "x,jane@example.org\n");
	scan(&scanned, text.data, "s");
	assert_true(scanned.n > 1);
	last = &scanned.parts[scanned.n - 1];
	assert_int_equal(last->n, 1);
	assert_int_equal(last->line + last->hits[0].line, 120002);
}

static void encode(struct dsv_buf *out)
{
	struct dsv_scanned scanned DSV_AUTO(scanned) = DSV_SCANNED_INIT;

	scan(&scanned, table, "s");
	dsv_scanned_put(out, &scanned);
}

static void test_scanned__is_read_as_it_was_written(void **state)
{
	struct dsv_scanned scanned DSV_AUTO(scanned) = DSV_SCANNED_INIT;
	struct dsv_buf bytes DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf again DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	encode(&bytes);
	assert_null(memmem(bytes.data, bytes.len, "jane", 4));
	assert_true(dsv_scanned_get(&scanned, bytes.data, bytes.len));
	dsv_scanned_put(&again, &scanned);
	assert_int_equal(again.len, bytes.len);
	assert_memory_equal(again.data, bytes.data, bytes.len);
}

static void test_scanned__truncated_bytes_are_none(void **state)
{
	struct dsv_buf bytes DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	encode(&bytes);
	for (size_t len = 0; len < bytes.len; len++) {
		struct dsv_scanned scanned DSV_AUTO(scanned) = DSV_SCANNED_INIT;

		assert_false(dsv_scanned_get(&scanned, bytes.data, len));
	}
}

static void test_scanned__flipped_bits_never_read_beyond(void **state)
{
	struct dsv_buf bytes DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	encode(&bytes);
	for (size_t i = 0; i < bytes.len * 8; i++) {
		struct dsv_scanned scanned DSV_AUTO(scanned) = DSV_SCANNED_INIT;

		bytes.data[i / 8] ^= (char)(1 << i % 8);
		dsv_scanned_get(&scanned, bytes.data, bytes.len);
		bytes.data[i / 8] ^= (char)(1 << i % 8);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scanned__finds_where_and_what),
		cmocka_unit_test(
			test_scanned__a_finding_is_named_by_its_digest),
		cmocka_unit_test(
			test_scanned__any_change_of_the_field_is_another),
		cmocka_unit_test(test_scanned__faulty_records_are_scanned_too),
		cmocka_unit_test(test_scanned__lines_count_through_pieces),
		cmocka_unit_test(test_scanned__is_read_as_it_was_written),
		cmocka_unit_test(test_scanned__truncated_bytes_are_none),
		cmocka_unit_test(test_scanned__flipped_bits_never_read_beyond),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
