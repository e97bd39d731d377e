#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/codec.h"

static void test_codec__numbers_are_little_endian(void **state)
{
	struct dsv_buf buf DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	dsv_put_u8(&buf, 0x01);
	dsv_put_u16(&buf, 0x0203);
	dsv_put_u32(&buf, 0x04050607);
	dsv_put_u64(&buf, 0x08090a0b0c0d0e0fu);
	assert_int_equal(buf.len, 15);
	assert_memory_equal(buf.data,
			    "\x01\x03\x02\x07\x06\x05\x04"
			    "\x0f\x0e\x0d\x0c\x0b\x0a\x09\x08",
			    15);
}

/* Examples of LEB128 from DWARF 5, section 7.6, table 7.7. */
static void test_codec__varint_is_leb128(void **state)
{
	static const struct {
		uint64_t value;
		const char *bytes;
	} rows[] = {
		{2, "\x02"},	   {127, "\x7f"},	{128, "\x80\x01"},
		{129, "\x81\x01"}, {12857, "\xb9\x64"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct dsv_buf buf DSV_AUTO(buf) = DSV_BUF_INIT;

		dsv_put_varint(&buf, rows[i].value);
		assert_string_equal(dsv_buf_str(&buf), rows[i].bytes);
	}
}

static void test_codec__reads_back_what_it_wrote(void **state)
{
	struct dsv_buf buf DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_id id = {.bytes = {1, 2, 3, 255}};
	struct dsv_id read;
	struct dsv_bytes in;
	size_t len;

	(void)state;
	dsv_put_u8(&buf, 200);
	dsv_put_u16(&buf, 60000);
	dsv_put_u32(&buf, 4000000000u);
	dsv_put_u64(&buf, UINT64_MAX);
	for (unsigned bit = 0; bit < 64; bit++)
		dsv_put_varint(&buf, (uint64_t)1 << bit);
	dsv_put_varint(&buf, UINT64_MAX);
	dsv_put_id(&buf, &id);
	dsv_put_string(&buf, "text", 4);

	in = dsv_bytes(buf.data, buf.len);
	assert_int_equal(dsv_get_u8(&in), 200);
	assert_int_equal(dsv_get_u16(&in), 60000);
	assert_int_equal(dsv_get_u32(&in), 4000000000u);
	assert_true(dsv_get_u64(&in) == UINT64_MAX);
	for (unsigned bit = 0; bit < 64; bit++)
		assert_true(dsv_get_varint(&in, UINT64_MAX) == (uint64_t)1
								       << bit);
	assert_true(dsv_get_varint(&in, UINT64_MAX) == UINT64_MAX);
	dsv_get_id(&in, &read);
	assert_true(dsv_id_equal(&id, &read));
	assert_memory_equal(dsv_get_string(&in, 4, &len), "text", 4);
	assert_int_equal(len, 4);
	assert_true(dsv_bytes_ok(&in));
	assert_int_equal(dsv_bytes_left(&in), 0);
}

/* Reads everything that the writer above knows; 0 where it failed. */
static bool decode(const void *data, size_t len)
{
	struct dsv_bytes in = dsv_bytes(data, len);
	struct dsv_id id;
	size_t text_len;

	dsv_get_u8(&in);
	dsv_get_u32(&in);
	dsv_get_varint(&in, 1000);
	dsv_get_id(&in, &id);
	dsv_get_string(&in, 16, &text_len);
	return dsv_bytes_ok(&in);
}

static void make_sample(struct dsv_buf *buf)
{
	struct dsv_id id = {.bytes = {9}};

	dsv_put_u8(buf, 1);
	dsv_put_u32(buf, 2);
	dsv_put_varint(buf, 300);
	dsv_put_id(buf, &id);
	dsv_put_string(buf, "abcdef", 6);
}

static void test_codec__truncated_input_fails_at_every_length(void **state)
{
	struct dsv_buf buf DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	make_sample(&buf);
	assert_true(decode(buf.data, buf.len));
	for (size_t len = 0; len < buf.len; len++)
		assert_false(decode(buf.data, len));
	assert_false(decode(NULL, 0));
}

static void test_codec__flipped_bits_stay_inside(void **state)
{
	struct dsv_buf buf DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	make_sample(&buf);
	for (size_t bit = 0; bit < buf.len * 8; bit++) {
		buf.data[bit / 8] ^= (char)(1 << bit % 8);
		decode(buf.data, buf.len);
		buf.data[bit / 8] ^= (char)(1 << bit % 8);
	}
	assert_true(decode(buf.data, buf.len));
}

static void test_codec__a_failed_reader_gives_zeros(void **state)
{
	struct dsv_bytes in = dsv_bytes("\x01\x02\x03", 3);
	struct dsv_id id;
	struct dsv_id zero = {.bytes = {0}};
	size_t len = 5;

	(void)state;
	assert_int_equal(dsv_get_u32(&in), 0);
	assert_false(dsv_bytes_ok(&in));
	assert_int_equal(dsv_get_u8(&in), 0);
	assert_int_equal(dsv_get_varint(&in, 10), 0);
	dsv_get_id(&in, &id);
	assert_true(dsv_id_equal(&id, &zero));
	assert_null(dsv_get_run(&in, 0));
	assert_null(dsv_get_string(&in, 10, &len));
	assert_int_equal(len, 0);
}

static bool varint_ok(const char *bytes, size_t len, uint64_t limit)
{
	struct dsv_bytes in = dsv_bytes(bytes, len);

	dsv_get_varint(&in, limit);
	return dsv_bytes_ok(&in);
}

static void test_codec__varint_refuses_long_forms_and_limits(void **state)
{
	(void)state;
	assert_true(varint_ok("\x00", 1, 0));
	assert_false(varint_ok("\x80\x00", 2, 100));
	assert_false(varint_ok("\x81\x80\x00", 3, 1000));
	assert_true(varint_ok("\x64", 1, 100));
	assert_false(varint_ok("\x65", 1, 100));
	assert_true(varint_ok("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10,
			      UINT64_MAX));
	assert_false(varint_ok("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 10,
			       UINT64_MAX));
	assert_false(varint_ok("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01",
			       11, UINT64_MAX));
}

static void test_codec__string_is_bounded_before_it_is_read(void **state)
{
	struct dsv_bytes in = dsv_bytes("\x05hello", 6);
	size_t len;

	(void)state;
	assert_null(dsv_get_string(&in, 4, &len));
	assert_false(dsv_bytes_ok(&in));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_codec__numbers_are_little_endian),
		cmocka_unit_test(test_codec__varint_is_leb128),
		cmocka_unit_test(test_codec__reads_back_what_it_wrote),
		cmocka_unit_test(
			test_codec__truncated_input_fails_at_every_length),
		cmocka_unit_test(test_codec__flipped_bits_stay_inside),
		cmocka_unit_test(test_codec__a_failed_reader_gives_zeros),
		cmocka_unit_test(
			test_codec__varint_refuses_long_forms_and_limits),
		cmocka_unit_test(
			test_codec__string_is_bounded_before_it_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
