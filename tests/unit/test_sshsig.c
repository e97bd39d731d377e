#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <dsv/error.h>
#include <dsv/signer.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "base/codec.h"
#include "sshsig_vectors.h"

static const struct {
	const char *type;
	const char *armour;
} good[] = {
	{"ssh-ed25519", sig_ed25519},
	{"ssh-ed25519", sig_ed25519_sha256},
	{"ecdsa-sha2-nistp256", sig_ecdsa_256},
	{"ecdsa-sha2-nistp384", sig_ecdsa_384},
	{"ecdsa-sha2-nistp521", sig_ecdsa_521},
	{"ssh-rsa", sig_rsa_sha512},
	{"ssh-rsa", sig_rsa_sha256},
	{"sk-ssh-ed25519@openssh.com", sig_token_ed25519},
	{"sk-ecdsa-sha2-nistp256@openssh.com", sig_token_ecdsa},
};

#define N_GOOD (sizeof(good) / sizeof(*good))

static int verify_bytes(const char *armour, size_t len, const char *name_space,
			const char *message, struct dsv_ssh_key *by)
{
	struct dsv_buf sig DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_buf_add(&sig, armour, len);
	dsv_buf_addstr(&text, message);
	return dsv_sign_verify(&sig, name_space, &text, by);
}

static int verify(const char *armour)
{
	struct dsv_ssh_key by DSV_AUTO(ssh_key) = {0};

	return verify_bytes(armour, strlen(armour), "dsv", "hello\n", &by);
}

static void test_sshsig__every_kind_of_key_verifies(void **s)
{
	size_t i;

	(void)s;
	for (i = 0; i < N_GOOD; i++) {
		struct dsv_ssh_key by DSV_AUTO(ssh_key) = {0};
		const char *armour = good[i].armour;
		const int rc = verify_bytes(armour, strlen(armour), "dsv",
					    "hello\n", &by);

		if (rc < 0)
			fail_msg("%zu: %s", i, dsv_error_message());
		assert_string_equal(by.type, good[i].type);
		assert_true(by.blob.len > 32);
	}
}

static void test_sshsig__another_message_is_refused(void **s)
{
	size_t i;

	(void)s;
	for (i = 0; i < N_GOOD; i++) {
		struct dsv_ssh_key by DSV_AUTO(ssh_key) = {0};
		const char *armour = good[i].armour;
		const size_t len = strlen(armour);

		assert_int_equal(verify_bytes(armour, len, "dsv", "hello", &by),
				 DSV_EREFUSED);
		assert_int_equal(verify_bytes(armour, len, "dsv", "", &by),
				 DSV_EREFUSED);
		assert_int_equal(
			verify_bytes(armour, len, "dsv", "hellO\n", &by),
			DSV_EREFUSED);
		assert_null(by.type);
	}
}

static void test_sshsig__another_namespace_is_refused_by_name(void **s)
{
	struct dsv_ssh_key by DSV_AUTO(ssh_key) = {0};

	(void)s;
	assert_int_equal(verify_bytes(sig_ed25519, strlen(sig_ed25519), "git",
				      "hello\n", &by),
			 DSV_EREFUSED);
	assert_string_equal(dsv_error_message(),
			    "the signature is for 'dsv', not for 'git'");
	assert_int_equal(verify_bytes(sig_ed25519, strlen(sig_ed25519), "ds",
				      "hello\n", &by),
			 DSV_EREFUSED);
}

/* Every bit, so also those of base64 that no byte needs, line ends and the
 * first byte of a point, which says how it is written. */
static void test_sshsig__flipped_bits_are_refused(void **s)
{
	size_t i;
	size_t bit;

	(void)s;
	for (i = 0; i < N_GOOD; i++) {
		char *copy DSV_AUTO(str) = dsv_strdup(good[i].armour);

		for (bit = 0; bit < strlen(good[i].armour) * 8; bit++) {
			struct dsv_ssh_key by DSV_AUTO(ssh_key) = {0};

			copy[bit / 8] ^= (char)(1 << bit % 8);
			if (verify_bytes(copy, strlen(good[i].armour), "dsv",
					 "hello\n", &by) >= 0)
				fail_msg("%zu: bit %zu", i, bit);
			copy[bit / 8] ^= (char)(1 << bit % 8);
		}
		assert_int_equal(verify(copy), 0);
	}
}

static void test_sshsig__truncated_is_refused(void **s)
{
	size_t i;
	size_t len;

	(void)s;
	for (i = 0; i < N_GOOD; i++) {
		for (len = 0; len < strlen(good[i].armour); len++) {
			struct dsv_ssh_key by DSV_AUTO(ssh_key) = {0};

			assert_int_equal(verify_bytes(good[i].armour, len,
						      "dsv", "hello\n", &by),
					 DSV_ESYNTAX);
		}
	}
}

static void test_sshsig__bytes_behind_are_refused(void **s)
{
	char *twice DSV_AUTO(str) = dsv_strf("%s%s", sig_ed25519, sig_ed25519);
	char *more DSV_AUTO(str) = dsv_strf("%s\n", sig_ed25519);
	char *before DSV_AUTO(str) = dsv_strf("\n%s", sig_ed25519);

	(void)s;
	assert_int_equal(verify(twice), DSV_ESYNTAX);
	assert_int_equal(verify(more), DSV_ESYNTAX);
	assert_int_equal(verify(before), DSV_ESYNTAX);
}

/* The parts of a signature, to be put together otherwise. */
struct parts {
	struct dsv_buf head; /* magic and version */
	struct dsv_buf part[5];
	struct dsv_buf tail;
};

enum { KEY, NAMESPACE, RESERVED, HASH, SIGNATURE };

static void take_apart(const char *armour, struct parts *out)
{
	struct dsv_buf code DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf body DSV_AUTO(buf) = DSV_BUF_INIT;
	const char *at = strchr(armour, '\n');
	struct dsv_bytes in;
	size_t len;
	size_t i;

	for (; *at != '-'; at++)
		if (*at != '\n')
			dsv_buf_addch(&code, *at);
	assert_true(dsv_base64_read(&body, code.data, code.len));
	in = dsv_bytes(body.data, body.len);
	memset(out, 0, sizeof(*out));
	dsv_buf_add(&out->head, dsv_get_run(&in, 10), 10);
	for (i = 0; i < 5; i++) {
		const char *run = dsv_get_ssh_string(&in, 1 << 20, &len);

		dsv_buf_add(&out->part[i], run, len);
	}
	assert_true(dsv_bytes_ok(&in));
}

static void set(struct dsv_buf *buf, const char *text)
{
	dsv_buf_reset(buf);
	dsv_buf_addstr(buf, text);
}

static int verify_parts(struct parts *parts)
{
	struct dsv_buf body DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	size_t i;

	dsv_buf_add(&body, parts->head.data, parts->head.len);
	for (i = 0; i < 5; i++)
		dsv_put_ssh_string(&body, dsv_buf_str(&parts->part[i]),
				   parts->part[i].len);
	dsv_buf_add(&body, dsv_buf_str(&parts->tail), parts->tail.len);
	dsv_buf_addstr(&text, "-----BEGIN SSH SIGNATURE-----\n");
	dsv_base64_add(&text, body.data, body.len);
	dsv_buf_addstr(&text, "\n-----END SSH SIGNATURE-----\n");
	dsv_buf_release(&parts->head);
	for (i = 0; i < 5; i++)
		dsv_buf_release(&parts->part[i]);
	dsv_buf_release(&parts->tail);
	return verify(text.data);
}

static void test_sshsig__put_together_again_verifies(void **s)
{
	struct parts parts;

	(void)s;
	take_apart(sig_ecdsa_256, &parts);
	assert_int_equal(verify_parts(&parts), 0);
}

static void test_sshsig__no_hash_algorithm_is_refused(void **s)
{
	struct parts parts;

	(void)s;
	take_apart(sig_ed25519, &parts);
	set(&parts.part[HASH], "");
	assert_int_equal(verify_parts(&parts), DSV_ESYNTAX);
	assert_string_equal(dsv_error_message(),
			    "not an SSH signature: no hash algorithm");
}

static void test_sshsig__unknown_hash_is_unsupported(void **s)
{
	struct parts parts;

	(void)s;
	take_apart(sig_ed25519, &parts);
	set(&parts.part[HASH], "sha1\x1b");
	assert_int_equal(verify_parts(&parts), DSV_EUNSUPPORTED);
	assert_string_equal(dsv_error_message(),
			    "the hash 'sha1\\x1b' of a signature is not "
			    "supported");
}

static void test_sshsig__another_version_is_unsupported(void **s)
{
	struct parts parts;

	(void)s;
	take_apart(sig_ed25519, &parts);
	parts.head.data[9] = 2;
	assert_int_equal(verify_parts(&parts), DSV_EUNSUPPORTED);
}

static void test_sshsig__bytes_behind_the_parts_are_refused(void **s)
{
	struct parts parts;
	size_t i;

	(void)s;
	take_apart(sig_ed25519, &parts);
	set(&parts.tail, "x");
	assert_int_equal(verify_parts(&parts), DSV_ESYNTAX);
	for (i = 0; i < 2; i++) {
		take_apart(sig_ecdsa_256, &parts);
		dsv_buf_addch(&parts.part[i ? SIGNATURE : KEY], 0);
		assert_int_equal(verify_parts(&parts), DSV_ESYNTAX);
	}
}

static void test_sshsig__a_signature_under_another_key_is_refused(void **s)
{
	struct parts one;
	struct parts two;

	(void)s;
	take_apart(sig_ecdsa_256, &one);
	take_apart(sig_ed25519, &two);
	dsv_buf_swap(&one.part[KEY], &two.part[KEY]);
	assert_int_equal(verify_parts(&one), DSV_ESYNTAX);
	assert_int_equal(verify_parts(&two), DSV_ESYNTAX);
}

static void test_sshsig__sha1_is_unsupported(void **s)
{
	(void)s;
	assert_int_equal(verify(sig_rsa_sha1), DSV_EUNSUPPORTED);
	assert_string_equal(dsv_error_message(), "a signature of the kind "
						 "'ssh-rsa' is not supported");
}

static void test_sshsig__a_short_rsa_key_is_unsupported(void **s)
{
	(void)s;
	assert_int_equal(verify(sig_rsa_short), DSV_EUNSUPPORTED);
	assert_string_equal(dsv_error_message(),
			    "an rsa key of 1024 bits is too short");
}

static void test_sshsig__an_unknown_key_is_unsupported(void **s)
{
	struct parts parts;

	(void)s;
	take_apart(sig_ed25519, &parts);
	dsv_buf_reset(&parts.part[KEY]);
	dsv_put_ssh_string(&parts.part[KEY], "ssh-dss", 7);
	assert_int_equal(verify_parts(&parts), DSV_EUNSUPPORTED);
}

static void test_sshsig__a_key_has_one_form(void **s)
{
	static const char types[][20] = {"ecdsa-sha2-nistp256"};
	struct parts parts;
	struct dsv_buf *key = &parts.part[KEY];
	size_t at;

	(void)s;
	take_apart(sig_ecdsa_256, &parts);
	at = 4 + strlen(types[0]) + 4 + 8 + 4;
	assert_int_equal(key->data[at], 4);
	/* hybrid: the parity of y beside it */
	key->data[at] = (char)(6 + (key->data[key->len - 1] & 1));
	assert_int_equal(verify_parts(&parts), DSV_ESYNTAX);

	take_apart(sig_rsa_sha512, &parts);
	/* an exponent with a zero before it */
	at = 4 + 7 + 4;
	assert_int_equal(key->data[at - 1], 3);
	key->data[at - 1] = 4;
	dsv_buf_addch(key, 0);
	memmove(key->data + at + 1, key->data + at, key->len - at - 1);
	key->data[at] = 0;
	assert_int_equal(verify_parts(&parts), DSV_ESYNTAX);
}

/* The neutral element: R = A = 1 and S = 0 fit every message. */
static void test_sshsig__a_key_that_signs_everything_is_refused(void **s)
{
	static const uint8_t forms[][2] = {
		/* first and last byte; between them zeros, or ones with 0x7f */
		{0x01, 0x00}, {0x00, 0x00}, {0x01, 0x80}, {0xec, 0x7f},
		{0xed, 0x7f}, {0xee, 0x7f}, {0xee, 0xff}, {0xff, 0x7f},
	};
	size_t i;

	(void)s;
	for (i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		struct parts parts;
		uint8_t *key;
		uint8_t *signature;

		take_apart(sig_ed25519, &parts);
		key = (uint8_t *)parts.part[KEY].data + 4 + 11 + 4;
		memset(key, forms[i][1] & 0x7f ? 0xff : 0, 32);
		key[0] = forms[i][0];
		key[31] = forms[i][1];
		signature = (uint8_t *)parts.part[SIGNATURE].data + 4 + 11 + 4;
		memset(signature, 0, 64);
		signature[0] = 1;
		assert_int_equal(verify_parts(&parts), DSV_EUNSUPPORTED);
		assert_string_equal(dsv_error_message(),
				    "a key for which anybody can sign");
	}
}

static void test_sshsig__a_point_off_the_curve_is_refused(void **s)
{
	struct parts parts;

	(void)s;
	take_apart(sig_ecdsa_384, &parts);
	parts.part[KEY].data[parts.part[KEY].len - 1] ^= 1;
	assert_int_equal(verify_parts(&parts), DSV_ESYNTAX);
}

static void test_sshsig__the_counter_of_a_token_is_signed(void **s)
{
	struct parts parts;

	(void)s;
	take_apart(sig_token_ed25519, &parts);
	parts.part[SIGNATURE].data[parts.part[SIGNATURE].len - 1] ^= 1;
	assert_int_equal(verify_parts(&parts), DSV_EREFUSED);
}

static void test_sshsig__empty_and_long_are_refused(void **s)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	(void)s;
	assert_int_equal(verify(""), DSV_ESYNTAX);
	dsv_buf_addstr(&text, "-----BEGIN SSH SIGNATURE-----\n");
	while (text.len < DSV_SIGN_MAX)
		dsv_buf_addstr(&text, "AAAA\n");
	dsv_buf_addstr(&text, "-----END SSH SIGNATURE-----\n");
	assert_int_equal(verify(text.data), DSV_ESYNTAX);
	assert_string_equal(dsv_error_message(),
			    "not an SSH signature: longer than 65536 bytes");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sshsig__every_kind_of_key_verifies),
		cmocka_unit_test(test_sshsig__another_message_is_refused),
		cmocka_unit_test(
			test_sshsig__another_namespace_is_refused_by_name),
		cmocka_unit_test(test_sshsig__flipped_bits_are_refused),
		cmocka_unit_test(test_sshsig__truncated_is_refused),
		cmocka_unit_test(test_sshsig__bytes_behind_are_refused),
		cmocka_unit_test(test_sshsig__put_together_again_verifies),
		cmocka_unit_test(test_sshsig__no_hash_algorithm_is_refused),
		cmocka_unit_test(test_sshsig__unknown_hash_is_unsupported),
		cmocka_unit_test(test_sshsig__another_version_is_unsupported),
		cmocka_unit_test(
			test_sshsig__bytes_behind_the_parts_are_refused),
		cmocka_unit_test(
			test_sshsig__a_signature_under_another_key_is_refused),
		cmocka_unit_test(test_sshsig__sha1_is_unsupported),
		cmocka_unit_test(test_sshsig__a_short_rsa_key_is_unsupported),
		cmocka_unit_test(test_sshsig__an_unknown_key_is_unsupported),
		cmocka_unit_test(test_sshsig__a_key_has_one_form),
		cmocka_unit_test(
			test_sshsig__a_key_that_signs_everything_is_refused),
		cmocka_unit_test(test_sshsig__a_point_off_the_curve_is_refused),
		cmocka_unit_test(test_sshsig__the_counter_of_a_token_is_signed),
		cmocka_unit_test(test_sshsig__empty_and_long_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
