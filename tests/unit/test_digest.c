#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/digest.h"

/* FIPS 180-2, appendix B.1 to B.3, and the empty message of the NIST CAVP
 * short-message vectors. */
static const struct {
	const char *text;
	const char *hex;
} vectors[] = {
	{"", "e3b0c44298fc1c149afbf4c8996fb924"
	     "27ae41e4649b934ca495991b7852b855"},
	{"abc", "ba7816bf8f01cfea414140de5dae2223"
		"b00361a396177a9cb410ff61f20015ad"},
	{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	 "248d6a61d20638b8e5c026930c3e6039"
	 "a33ce45964ff2167f6ecedd419db06c1"},
};

static void test_digest__published_vectors(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		struct dsv_id id;
		char hex[DSV_ID_HEX];

		dsv_id_of(vectors[i].text, strlen(vectors[i].text), &id);
		assert_string_equal(dsv_id_hex(&id, hex), vectors[i].hex);
	}
}

static void test_digest__million_a_in_pieces(void **state)
{
	struct dsv_digest digest DSV_AUTO(digest) = {0};
	struct dsv_id id;
	char hex[DSV_ID_HEX];
	char piece[1000];

	(void)state;
	memset(piece, 'a', sizeof(piece));
	dsv_digest_init(&digest);
	for (int i = 0; i < 1000; i++)
		dsv_digest_update(&digest, piece, sizeof(piece));
	dsv_digest_final(&digest, &id);
	assert_string_equal(dsv_id_hex(&id, hex),
			    "cdc76e5c9914fb9281a1c7e284d73e67"
			    "f1809a48a497200e046d39ccc7112cd0");
}

static void test_digest__final_starts_anew(void **state)
{
	struct dsv_digest digest DSV_AUTO(digest) = {0};
	struct dsv_id first;
	struct dsv_id second;

	(void)state;
	dsv_digest_init(&digest);
	dsv_digest_update(&digest, "abc", 3);
	dsv_digest_final(&digest, &first);
	dsv_digest_update(&digest, "a", 1);
	dsv_digest_update(&digest, NULL, 0);
	dsv_digest_update(&digest, "bc", 2);
	dsv_digest_final(&digest, &second);
	assert_true(dsv_id_equal(&first, &second));
	assert_int_equal(dsv_id_cmp(&first, &second), 0);
}

static void *hash_often(void *arg)
{
	struct dsv_id expected;

	dsv_id_of("abc", 3, &expected);
	for (int i = 0; i < 1000; i++) {
		struct dsv_id id;

		dsv_id_of("abc", 3, &id);
		if (!dsv_id_equal(&id, &expected))
			return NULL;
	}
	return arg;
}

static void test_digest__threads_do_not_disturb_each_other(void **state)
{
	pthread_t threads[4];
	int token;

	(void)state;
	for (int i = 0; i < 4; i++)
		assert_int_equal(
			pthread_create(&threads[i], NULL, hash_often, &token),
			0);
	for (int i = 0; i < 4; i++) {
		void *result;

		pthread_join(threads[i], &result);
		assert_ptr_equal(result, &token);
	}
}

/* FIPS 180-2, appendix A.1 */
static void test_digest__sha1_vector(void **state)
{
	uint8_t out[DSV_SHA1_SIZE];

	(void)state;
	dsv_sha1_of("abc", 3, out);
	assert_memory_equal(out,
			    "\xa9\x99\x3e\x36\x47\x06\x81\x6a\xba\x3e"
			    "\x25\x71\x78\x50\xc2\x6c\x9c\xd0\xd8\x9d",
			    DSV_SHA1_SIZE);
}

static void test_id__reads_exactly_64_lower_case_digits(void **state)
{
	const char *hex = vectors[1].hex;
	char text[66];
	struct dsv_id id;
	struct dsv_id read;

	(void)state;
	dsv_id_of("abc", 3, &id);
	assert_true(dsv_id_parse(&read, hex, 64));
	assert_true(dsv_id_equal(&id, &read));
	for (size_t len = 0; len < 64; len++)
		assert_false(dsv_id_parse(&read, hex, len));
	strcpy(text, hex);
	strcat(text, "0");
	assert_false(dsv_id_parse(&read, text, 65));
	for (size_t i = 0; i < 64; i++) {
		strcpy(text, hex);
		text[i] = 'A';
		assert_false(dsv_id_parse(&read, text, 64));
		text[i] = 'g';
		assert_false(dsv_id_parse(&read, text, 64));
		text[i] = '\0';
		assert_false(dsv_id_parse(&read, text, 64));
	}
	assert_true(dsv_id_equal(&id, &read));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_digest__published_vectors),
		cmocka_unit_test(test_digest__million_a_in_pieces),
		cmocka_unit_test(test_digest__final_starts_anew),
		cmocka_unit_test(
			test_digest__threads_do_not_disturb_each_other),
		cmocka_unit_test(test_digest__sha1_vector),
		cmocka_unit_test(test_id__reads_exactly_64_lower_case_digits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
