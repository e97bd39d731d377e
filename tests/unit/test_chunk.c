#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/digest.h"
#include "store/chunk.h"
#include "storekit.h"

static struct dsv_frame frame_of(const struct dsv_buf *bytes)
{
	struct dsv_bytes in = dsv_bytes(bytes->data, bytes->len);
	struct dsv_frame frame;

	dsv_frame_read(&frame, &in);
	assert_true(dsv_bytes_ok(&in));
	assert_int_equal(dsv_bytes_left(&in), 0);
	return frame;
}

/* Encode, look, decode, compare. */
static enum dsv_encoding round_trip(const struct dsv_buf *raw,
				    const struct dsv_coding *how,
				    size_t *out_len)
{
	struct dsv_buf bytes DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf back DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_frame frame;

	dsv_chunk_encode(DSV_OBJECT_CHUNK, raw->data, raw->len, how, &bytes);
	frame = frame_of(&bytes);
	assert_int_equal(frame.type, DSV_OBJECT_CHUNK);
	assert_int_equal(frame.raw_len, raw->len);
	assert_int_equal(dsv_chunk_decode(&frame, how->dict, how->base,
					  how->base_len,
					  dsv_buf_reserve(&back, raw->len)),
			 0);
	assert_true(memcmp(back.data, dsv_buf_str(raw), raw->len) == 0);
	*out_len = bytes.len;
	return frame.encoding;
}

static void test_chunk__no_bytes_are_a_frame_of_two(void **state)
{
	struct dsv_buf raw DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_coding how = DSV_CODING_INIT;
	size_t len;

	(void)state;
	assert_int_equal(round_trip(&raw, &how, &len), DSV_ENCODING_RAW);
	assert_int_equal(len, 2);
}

static void test_chunk__text_becomes_smaller(void **state)
{
	struct dsv_buf raw DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_coding how = DSV_CODING_INIT;
	size_t len;

	(void)state;
	kit_rows(&raw, 0, 200);
	assert_int_equal(round_trip(&raw, &how, &len), DSV_ENCODING_ZSTD);
	assert_true(len < raw.len / 2);
}

static void test_chunk__noise_stays_as_it_is(void **state)
{
	struct dsv_buf raw DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_coding how = DSV_CODING_INIT;
	size_t len;

	(void)state;
	kit_noise(&raw, 50000, 3);
	assert_int_equal(round_trip(&raw, &how, &len), DSV_ENCODING_RAW);
	assert_int_equal(len, raw.len + 4);
}

/* A dictionary of rows like these. */
static void make_dict(struct dsv_dict **out)
{
	struct dsv_buf samples DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;
	size_t lens[64];
	struct dsv_id id;

	for (size_t i = 0; i < 64; i++) {
		size_t before = samples.len;

		kit_rows(&samples, 100 * i, 100);
		lens[i] = samples.len - before;
	}
	assert_int_equal(dsv_dict_train(&data, samples.data, lens, 64), 0);
	dsv_id_of(data.data, data.len, &id);
	dsv_dict_new(out, &id, data.data, data.len);
}

static void test_chunk__dictionary_helps_short_text(void **state)
{
	struct dsv_buf raw DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_dict *dict DSV_AUTO(dict) = NULL;
	struct dsv_coding how = DSV_CODING_INIT;
	size_t without;
	size_t with;

	(void)state;
	make_dict(&dict);
	kit_rows(&raw, 50000, 20);
	round_trip(&raw, &how, &without);
	how.dict = dict;
	how.dict_number = 3;
	assert_int_equal(round_trip(&raw, &how, &with), DSV_ENCODING_DICT);
	assert_true(with < without);
}

static void test_chunk__no_samples_give_no_dictionary(void **state)
{
	struct dsv_buf data DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	assert_int_equal(dsv_dict_train(&data, "", NULL, 0), 1);
}

static void base_of(struct dsv_coding *how, const struct dsv_buf *base,
		    const struct dsv_id *id)
{
	how->base_ids = id;
	how->n_bases = 1;
	how->base = base->data;
	how->base_len = base->len;
}

static void test_chunk__small_change_is_a_small_delta(void **state)
{
	struct dsv_buf base DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf raw DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_coding how = DSV_CODING_INIT;
	struct dsv_id id;
	size_t len;

	(void)state;
	kit_rows(&base, 0, 150);
	kit_rows(&raw, 0, 70);
	kit_row(&raw, 70, "dog");
	kit_rows(&raw, 71, 79);
	dsv_id_of(base.data, base.len, &id);
	base_of(&how, &base, &id);
	assert_int_equal(round_trip(&raw, &how, &len), DSV_ENCODING_SPLICE);
	assert_true(len < 45);
}

static void test_chunk__changes_apart_are_a_delta(void **state)
{
	struct dsv_buf base DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf raw DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_coding how = DSV_CODING_INIT;
	struct dsv_id id;
	size_t len;

	(void)state;
	kit_rows(&base, 0, 150);
	kit_rows(&raw, 0, 20);
	kit_row(&raw, 20, "dog");
	kit_rows(&raw, 21, 49);
	kit_row(&raw, 70, "dog");
	kit_rows(&raw, 71, 79);
	dsv_id_of(base.data, base.len, &id);
	base_of(&how, &base, &id);
	assert_int_equal(round_trip(&raw, &how, &len), DSV_ENCODING_DELTA);
	assert_true(len < 130);
}

static void test_chunk__inserted_row_is_packed_with_the_dictionary(void **state)
{
	struct dsv_buf base DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf raw DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_dict *dict DSV_AUTO(dict) = NULL;
	struct dsv_coding how = DSV_CODING_INIT;
	struct dsv_id id;
	size_t without;
	size_t with;

	(void)state;
	make_dict(&dict);
	kit_rows(&base, 0, 150);
	kit_rows(&raw, 0, 70);
	kit_rows(&raw, 5000, 2);
	kit_rows(&raw, 70, 80);
	dsv_id_of(base.data, base.len, &id);
	base_of(&how, &base, &id);
	assert_int_equal(round_trip(&raw, &how, &without), DSV_ENCODING_DELTA);
	how.dict = dict;
	how.dict_number = 3;
	assert_int_equal(round_trip(&raw, &how, &with),
			 DSV_ENCODING_SPLICE_DICT);
	assert_true(with < without);
}

/* All that can be common to two texts: all, nothing, one end, more of it than
 * one of them has. */
static void test_chunk__splices_at_any_place(void **state)
{
	static const char *const pairs[][2] = {
		{"", ""},	 {"a", ""},	  {"", "a"},
		{"aaaa", "aa"},	 {"aa", "aaaa"},  {"abcabc", "abc"},
		{"abc", "xabc"}, {"abcx", "abc"}, {"ab", "aXb"},
	};

	(void)state;
	for (size_t i = 0; i < 9; i++) {
		struct dsv_buf base DSV_AUTO(buf) = DSV_BUF_INIT;
		struct dsv_buf raw DSV_AUTO(buf) = DSV_BUF_INIT;
		struct dsv_coding how = DSV_CODING_INIT;
		struct dsv_id id = {{0}};
		size_t len;

		kit_rows(&base, 0, 5);
		dsv_buf_add(&raw, base.data, base.len);
		dsv_buf_addstr(&base, pairs[i][0]);
		dsv_buf_addstr(&raw, pairs[i][1]);
		kit_rows(&base, 50, 5);
		kit_rows(&raw, 50, 5);
		base_of(&how, &base, &id);
		assert_int_equal(round_trip(&raw, &how, &len),
				 DSV_ENCODING_SPLICE);
	}
}

static void test_chunk__useless_base_is_not_used(void **state)
{
	struct dsv_buf base DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf raw DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_coding how = DSV_CODING_INIT;
	struct dsv_id id = {{0}};
	size_t len;

	(void)state;
	kit_noise(&base, 8000, 5);
	kit_rows(&raw, 0, 150);
	base_of(&how, &base, &id);
	assert_int_equal(round_trip(&raw, &how, &len), DSV_ENCODING_ZSTD);
}

/* A frame that did not fit must not spoil those that follow. */
static void test_chunk__deltas_go_on_after_one_that_failed(void **state)
{
	struct dsv_buf noise DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_coding how = DSV_CODING_INIT;
	struct dsv_buf base DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf raw DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_id id = {{0}};
	size_t len;

	(void)state;
	kit_noise(&noise, 3000, 5);
	kit_rows(&base, 0, 150);
	kit_row(&raw, 0, "dog");
	kit_rows(&raw, 1, 148);
	kit_row(&raw, 149, "dog");
	base_of(&how, &base, &id);
	assert_int_equal(round_trip(&noise, &how, &len), DSV_ENCODING_RAW);
	assert_int_equal(round_trip(&raw, &how, &len), DSV_ENCODING_DELTA);
}

static bool is_readable(const char *data, size_t len)
{
	struct dsv_bytes in = dsv_bytes(data, len);
	struct dsv_frame frame;

	dsv_frame_read(&frame, &in);
	return dsv_bytes_ok(&in);
}

static void test_chunk__truncated_frame_is_refused(void **state)
{
	struct dsv_buf bytes DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	kit_slurp("tests/data/delta.frame", &bytes);
	assert_true(is_readable(bytes.data, bytes.len));
	for (size_t i = 0; i < bytes.len; i++)
		assert_false(is_readable(bytes.data, i));
}

/* A flipped bit gives a refusal or other bytes, which the digest finds. */
static void test_chunk__flipped_bits_do_no_harm(void **state)
{
	struct dsv_buf raw DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf bytes DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf back DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_coding how = DSV_CODING_INIT;

	(void)state;
	kit_rows(&raw, 0, 20);
	dsv_chunk_encode(DSV_OBJECT_CHUNK, raw.data, raw.len, &how, &bytes);
	for (size_t bit = 0; bit < bytes.len * 8; bit++) {
		struct dsv_bytes in = dsv_bytes(bytes.data, bytes.len);
		struct dsv_frame frame;

		bytes.data[bit / 8] ^= (char)(1 << bit % 8);
		dsv_frame_read(&frame, &in);
		if (dsv_bytes_ok(&in) && frame.encoding <= DSV_ENCODING_ZSTD)
			dsv_chunk_decode(&frame, NULL, NULL, 0,
					 dsv_buf_reserve(&back, frame.raw_len));
		bytes.data[bit / 8] ^= (char)(1 << bit % 8);
	}
}

static int decode_with(const struct dsv_buf *bytes, const struct dsv_buf *base,
		       struct dsv_buf *out)
{
	struct dsv_bytes in = dsv_bytes(bytes->data, bytes->len);
	struct dsv_frame frame;

	dsv_frame_read(&frame, &in);
	if (!dsv_bytes_ok(&in) || frame.encoding != DSV_ENCODING_SPLICE)
		return DSV_ECORRUPT;
	return dsv_chunk_decode(&frame, NULL, base->data, base->len,
				dsv_buf_reserve(out, frame.raw_len));
}

static void test_chunk__flipped_bits_of_a_splice_do_no_harm(void **state)
{
	struct dsv_buf base DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf bytes DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf none DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf back DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	kit_rows(&base, 0, 20);
	kit_slurp("tests/data/splice.frame", &bytes);
	assert_int_equal(decode_with(&bytes, &base, &back), 0);
	assert_int_equal(decode_with(&bytes, &none, &back), DSV_ECORRUPT);
	for (size_t i = 0; i < bytes.len; i++)
		assert_false(is_readable(bytes.data, i));
	for (size_t bit = 0; bit < bytes.len * 8; bit++) {
		bytes.data[bit / 8] ^= (char)(1 << bit % 8);
		decode_with(&bytes, &base, &back);
		bytes.data[bit / 8] ^= (char)(1 << bit % 8);
	}
}

static void test_chunk__unknown_kinds_are_refused(void **state)
{
	(void)state;
	assert_true(is_readable("\x10\x01x", 3));
	assert_false(is_readable("\x00\x01x", 3));	   /* no type */
	assert_false(is_readable("\x50\x01x", 3));	   /* type 5 */
	assert_false(is_readable("\x16\x01\x01x", 4));	   /* encoding 6 */
	assert_false(is_readable("\x10\x81\x80\x10x", 5)); /* over 256 KiB */
}

/* The examples of docs/formats/chunk.md: the same chunk twice. */
static void check_golden(const char *path, enum dsv_encoding encoding)
{
	struct dsv_buf base DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf want DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf got DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf bytes DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_frame frame;
	struct dsv_id id;

	kit_rows(&base, 0, 20);
	kit_rows(&want, 0, 7);
	kit_row(&want, 7, "dog");
	kit_rows(&want, 8, 12);
	kit_slurp(path, &bytes);
	frame = frame_of(&bytes);
	dsv_id_of(base.data, base.len, &id);
	assert_int_equal(frame.encoding, encoding);
	assert_int_equal(frame.depth, 1);
	assert_int_equal(frame.n_bases, 1);
	assert_true(dsv_id_equal(&frame.bases[0], &id));
	assert_int_equal(frame.raw_len, want.len);
	assert_int_equal(dsv_chunk_decode(&frame, NULL, base.data, base.len,
					  dsv_buf_reserve(&got, want.len)),
			 0);
	assert_memory_equal(got.data, want.data, want.len);
}

static void test_chunk__golden_frames_decode(void **state)
{
	(void)state;
	check_golden("tests/data/delta.frame", DSV_ENCODING_DELTA);
	check_golden("tests/data/splice.frame", DSV_ENCODING_SPLICE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chunk__no_bytes_are_a_frame_of_two),
		cmocka_unit_test(test_chunk__text_becomes_smaller),
		cmocka_unit_test(test_chunk__noise_stays_as_it_is),
		cmocka_unit_test(test_chunk__dictionary_helps_short_text),
		cmocka_unit_test(test_chunk__no_samples_give_no_dictionary),
		cmocka_unit_test(test_chunk__small_change_is_a_small_delta),
		cmocka_unit_test(test_chunk__changes_apart_are_a_delta),
		cmocka_unit_test(
			test_chunk__inserted_row_is_packed_with_the_dictionary),
		cmocka_unit_test(test_chunk__splices_at_any_place),
		cmocka_unit_test(test_chunk__useless_base_is_not_used),
		cmocka_unit_test(
			test_chunk__deltas_go_on_after_one_that_failed),
		cmocka_unit_test(test_chunk__truncated_frame_is_refused),
		cmocka_unit_test(test_chunk__flipped_bits_do_no_harm),
		cmocka_unit_test(
			test_chunk__flipped_bits_of_a_splice_do_no_harm),
		cmocka_unit_test(test_chunk__unknown_kinds_are_refused),
		cmocka_unit_test(test_chunk__golden_frames_decode),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
