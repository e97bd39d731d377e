#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "repo/pointer.h"

#define HEX   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define EXACT "dsv-pointer 1\nsha256 " HEX "\nsize 3\n"

static enum dsv_pointer_kind judge(const char *data, size_t len)
{
	struct dsv_content out;

	return dsv_pointer_parse(data, len, &out);
}

static enum dsv_pointer_kind judge_str(const char *text)
{
	return judge(text, strlen(text));
}

static void test_pointer__exact_text_gives_id_and_size(void **state)
{
	struct dsv_content out;
	char hex[DSV_ID_HEX];

	(void)state;
	assert_int_equal(dsv_pointer_parse(EXACT, strlen(EXACT), &out),
			 DSV_POINTER_EXACT);
	assert_string_equal(dsv_id_hex(&out.id, hex), HEX);
	assert_int_equal(out.size, 3);
}

static void test_pointer__format_is_what_parse_reads(void **state)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_content content = {.size = UINT64_MAX};
	struct dsv_content out;

	(void)state;
	memset(content.id.bytes, 0xa5, DSV_ID_SIZE);
	dsv_pointer_format(&content, &text);
	assert_int_equal(dsv_pointer_parse(text.data, text.len, &out),
			 DSV_POINTER_EXACT);
	assert_true(dsv_id_equal(&out.id, &content.id));
	assert_true(out.size == UINT64_MAX);
}

static void test_pointer__empty_is_data(void **state)
{
	(void)state;
	assert_int_equal(judge("", 0), DSV_POINTER_NOT);
}

static void test_pointer__truncated_is_never_exact(void **state)
{
	size_t magic = strlen("dsv-pointer");

	(void)state;
	for (size_t n = 0; n < strlen(EXACT); n++)
		assert_int_equal(judge(EXACT, n),
				 n < magic ? DSV_POINTER_NOT
					   : DSV_POINTER_DAMAGED);
}

static void test_pointer__flipped_bit_is_damage_or_another_content(void **state)
{
	char text[] = EXACT;
	struct dsv_content out;
	struct dsv_buf again DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	for (size_t bit = 0; bit < 8 * strlen(EXACT); bit++) {
		text[bit / 8] ^= (char)(1 << bit % 8);
		if (dsv_pointer_parse(text, strlen(EXACT), &out) ==
		    DSV_POINTER_EXACT) {
			dsv_buf_reset(&again);
			dsv_pointer_format(&out, &again);
			assert_int_equal(again.len, strlen(EXACT));
			assert_memory_equal(again.data, text, again.len);
		}
		text[bit / 8] ^= (char)(1 << bit % 8);
	}
}

static void test_pointer__near_misses_are_damaged(void **state)
{
	static const char *const texts[] = {
		"dsv-pointer",
		"dsv-pointers are fine",
		"dsv-pointer 2\nsha256 " HEX "\nsize 3\n",
		"dsv-pointer 1\r\nsha256 " HEX "\r\nsize 3\r\n",
		"dsv-pointer 1\nsha256 " HEX "\nsize 3",
		"dsv-pointer 1\nsha256 " HEX "\nsize 03\n",
		"dsv-pointer 1\nsha256 " HEX "\nsize +3\n",
		"dsv-pointer 1\nsha256 " HEX "\nsize 18446744073709551616\n",
		"dsv-pointer 1\nsha256 " HEX "\nsize \n",
		"dsv-pointer 1\nsize 3\nsha256 " HEX "\n",
		EXACT "\n",
		EXACT EXACT,
		"\xef\xbb\xbf" EXACT,
		"<<<<<<< HEAD\n" EXACT "=======\n" EXACT ">>>>>>> theirs\n",
		"<<<<<<< HEAD\r\n" EXACT,
		"<<<<<<< HEAD\n=======\n" EXACT ">>>>>>> theirs\n",
		"<<<<<<< HEAD\n||||||| base\n" EXACT "=======\n",
		"\xef\xbb\xbf<<<<<<< HEAD\n\xef\xbb\xbf" EXACT,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (judge_str(texts[i]) != DSV_POINTER_DAMAGED)
			fail_msg("taken for something else: %s", texts[i]);
}

static void test_pointer__other_text_is_data(void **state)
{
	static const char *const texts[] = {
		"id,label\n1,cat\n",
		"DSV-POINTER 1\n",
		" " EXACT,
		"\n" EXACT,
		"# about\n" EXACT,
		"<<<<<<< HEAD\nid,label\n=======\n" EXACT,
		"version https://git-lfs.github.com/spec/v1\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (judge_str(texts[i]) != DSV_POINTER_NOT)
			fail_msg("not taken for data: %s", texts[i]);
}

static void test_pointer__above_the_limit_is_data(void **state)
{
	char text[DSV_POINTER_LIMIT + 1];

	(void)state;
	memset(text, '\n', sizeof(text));
	memcpy(text, EXACT, strlen(EXACT));
	assert_int_equal(judge(text, DSV_POINTER_LIMIT), DSV_POINTER_DAMAGED);
	assert_int_equal(judge(text, DSV_POINTER_LIMIT + 1), DSV_POINTER_NOT);
}

/* docs/formats/pointer.md shows these bytes. */
static void test_pointer__documented_example(void **state)
{
	struct dsv_content content = {.size = 3};
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)state;
	assert_true(dsv_id_parse(&content.id, HEX, strlen(HEX)));
	dsv_pointer_format(&content, &text);
	assert_int_equal(text.len, 93);
	assert_string_equal(text.data, EXACT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pointer__exact_text_gives_id_and_size),
		cmocka_unit_test(test_pointer__format_is_what_parse_reads),
		cmocka_unit_test(test_pointer__empty_is_data),
		cmocka_unit_test(test_pointer__truncated_is_never_exact),
		cmocka_unit_test(
			test_pointer__flipped_bit_is_damage_or_another_content),
		cmocka_unit_test(test_pointer__near_misses_are_damaged),
		cmocka_unit_test(test_pointer__other_text_is_data),
		cmocka_unit_test(test_pointer__above_the_limit_is_data),
		cmocka_unit_test(test_pointer__documented_example),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
