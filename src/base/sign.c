#include "base/sign.h"

#include <dsv/error.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <stdbool.h>
#include <string.h>

#include "base/alloc.h"
#include "base/codec.h"
#include "base/digest.h"

#define RSA_MIN_BITS	      2048  /* NIST SP 800-131A */
#define RSA_MAX_BITS	      16384 /* OPENSSL_RSA_MAX_MODULUS_BITS */
#define RSA_EXPONENT_MAX_BITS 64
#define ED25519_KEY	      32u /* RFC 8032 */
#define ED25519_SIGNATURE     64u

enum family { ED25519, ECDSA, RSA_KEY };

struct kind {
	const char *type;
	enum family family;
	bool token;	    /* signs with flags and counter */
	const char *curve;  /* as SSH names it */
	const char *group;  /* as OpenSSL does */
	const char *digest; /* NULL: the signature says, or none */
	size_t field;	    /* bytes of a coordinate */
};

static const struct kind kinds[] = {
	{.type = "ssh-ed25519", .family = ED25519},
	{.type = "ecdsa-sha2-nistp256",
	 .family = ECDSA,
	 .curve = "nistp256",
	 .group = "P-256",
	 .digest = "SHA256",
	 .field = 32},
	{.type = "ecdsa-sha2-nistp384",
	 .family = ECDSA,
	 .curve = "nistp384",
	 .group = "P-384",
	 .digest = "SHA384",
	 .field = 48},
	{.type = "ecdsa-sha2-nistp521",
	 .family = ECDSA,
	 .curve = "nistp521",
	 .group = "P-521",
	 .digest = "SHA512",
	 .field = 66},
	{.type = "ssh-rsa", .family = RSA_KEY},
	{.type = "sk-ssh-ed25519@openssh.com",
	 .family = ED25519,
	 .token = true},
	{.type = "sk-ecdsa-sha2-nistp256@openssh.com",
	 .family = ECDSA,
	 .token = true,
	 .curve = "nistp256",
	 .group = "P-256",
	 .digest = "SHA256",
	 .field = 32},
};

struct key {
	const struct kind *kind;
	EVP_PKEY *pkey;
	struct dsv_run application; /* of a token's key */
};

static inline void dsv_key_auto(struct key *key)
{
	EVP_PKEY_free(key->pkey);
}

static inline void dsv_bn_auto(BIGNUM **bn)
{
	BN_free(*bn);
}

/* OpenSSL keeps a queue of errors; what it holds is told in our words. */
static int malformed(const char *what)
{
	ERR_clear_error();
	return dsv_fail(DSV_ESYNTAX, "%s is not well formed", what);
}

static struct dsv_run get(struct dsv_bytes *in)
{
	struct dsv_run run;

	run.data = dsv_get_ssh_string(in, DSV_SIGN_KEY_MAX, &run.len);
	return run;
}

static bool is_word(struct dsv_run run, const char *word)
{
	return run.data && run.len == strlen(word) &&
	       !memcmp(run.data, word, run.len);
}

/* The name as the message shows it: an unknown one is somebody else's text. */
static int unknown_kind(const char *what, struct dsv_run type)
{
	const char *text = type.data;
	size_t i;

	for (i = 0; i < type.len; i++)
		if (text[i] <= ' ' || text[i] > '~')
			break;
	if (!type.len || type.len > 64 || i < type.len)
		return malformed(what);
	dsv_fail(DSV_EUNSUPPORTED, "%s of the kind '%.*s' is not supported",
		 what, (int)type.len, text);
	return dsv_hint(DSV_EUNSUPPORTED,
			"use ed25519, ecdsa, or rsa of 2048 bits or more");
}

static const struct kind *find_kind(struct dsv_run type)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (is_word(type, kinds[i].type))
			return &kinds[i];
	return NULL;
}

/* A positive integer in its one shortest form (RFC 4251 "mpint"). */
static BIGNUM *read_number(struct dsv_run run)
{
	const uint8_t *at = run.data;

	if (!run.len || at[0] & 0x80 ||
	    (!at[0] && (run.len == 1 || !(at[1] & 0x80))))
		return NULL;
	return BN_bin2bn(at, (int)run.len, NULL);
}

static EVP_PKEY *from_params(const char *algorithm, OSSL_PARAM_BLD *build)
{
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, algorithm, NULL);
	EVP_PKEY *pkey = NULL;

	if (!params || !ctx)
		dsv_alloc_failed();
	if (EVP_PKEY_fromdata_init(ctx) <= 0 ||
	    EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params) <= 0)
		pkey = NULL;
	EVP_PKEY_CTX_free(ctx);
	OSSL_PARAM_free(params);
	return pkey;
}

/*
 * The y of the points of ed25519 whose order divides 8, least byte first; that
 * was multiplied out by the formulas of RFC 8032, section 5.1.4. Anybody can
 * write a signature of such a key that holds for every message, and OpenSSL
 * believes it.
 */
static const uint8_t small_order[][ED25519_KEY] = {
	{0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00},
	{0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00},
	{0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4,
	 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6,
	 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05},
	{0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b,
	 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39,
	 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a},
	{0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}};

/* Of a good key: y is written in its one form, below 2^255 - 19, and the point
 * is none of the above. The first bit of the last byte is the sign of x. */
static bool is_good_point(const uint8_t *key)
{
	uint8_t y[ED25519_KEY];
	size_t i;

	memcpy(y, key, ED25519_KEY);
	y[ED25519_KEY - 1] &= 0x7f;
	for (i = 0; i < sizeof(small_order) / sizeof(*small_order); i++)
		if (!memcmp(y, small_order[i], ED25519_KEY))
			return false;
	if (y[0] < 0xed || y[ED25519_KEY - 1] != 0x7f)
		return true;
	for (i = 1; i < ED25519_KEY - 1; i++)
		if (y[i] != 0xff)
			return true;
	return false;
}

static int open_ed25519(struct key *key, struct dsv_bytes *in)
{
	const struct dsv_run point = get(in);

	if (!dsv_bytes_ok(in) || point.len != ED25519_KEY)
		return malformed("the key");
	if (!is_good_point(point.data))
		return dsv_fail(DSV_EUNSUPPORTED,
				"a key for which anybody can sign");
	key->pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL,
						point.data, point.len);
	return key->pkey ? 0 : malformed("the key");
}

/* Points are written in full, as RFC 5656 asks; OpenSSL would read other forms
 * of the same point too. */
static int open_ecdsa(struct key *key, struct dsv_bytes *in)
{
	const struct dsv_run curve = get(in);
	const struct dsv_run point = get(in);
	OSSL_PARAM_BLD *build;

	if (!dsv_bytes_ok(in) || !is_word(curve, key->kind->curve) ||
	    point.len != 1 + 2 * key->kind->field ||
	    *(const uint8_t *)point.data != POINT_CONVERSION_UNCOMPRESSED)
		return malformed("the key");
	build = OSSL_PARAM_BLD_new();
	if (!build ||
	    !OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME,
					     key->kind->group, 0) ||
	    !OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY,
					      point.data, point.len))
		dsv_alloc_failed();
	key->pkey = from_params("EC", build);
	OSSL_PARAM_BLD_free(build);
	return key->pkey ? 0 : malformed("the key");
}

static int check_rsa(const BIGNUM *n, const BIGNUM *e)
{
	const int bits = BN_num_bits(n);

	if (bits < RSA_MIN_BITS) {
		dsv_fail(DSV_EUNSUPPORTED, "an rsa key of %d bits is too short",
			 bits);
		return dsv_hint(DSV_EUNSUPPORTED,
				"2048 bits or more, or 'ssh-keygen -t "
				"ed25519'");
	}
	if (bits > RSA_MAX_BITS || BN_num_bits(e) > RSA_EXPONENT_MAX_BITS ||
	    BN_num_bits(e) < 2 || !BN_is_odd(e) || !BN_is_odd(n))
		return malformed("the key");
	return 0;
}

static int open_rsa(struct key *key, struct dsv_bytes *in)
{
	const struct dsv_run exponent = get(in);
	const struct dsv_run modulus = get(in);
	BIGNUM *e DSV_AUTO(bn) = NULL;
	BIGNUM *n DSV_AUTO(bn) = NULL;
	OSSL_PARAM_BLD *build;
	int rc;

	if (!dsv_bytes_ok(in))
		return malformed("the key");
	e = read_number(exponent);
	n = read_number(modulus);
	if (!e || !n)
		return malformed("the key");
	rc = check_rsa(n, e);
	if (rc < 0)
		return rc;
	build = OSSL_PARAM_BLD_new();
	if (!build ||
	    !OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n) ||
	    !OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, e))
		dsv_alloc_failed();
	key->pkey = from_params("RSA", build);
	OSSL_PARAM_BLD_free(build);
	return key->pkey ? 0 : malformed("the key");
}

static int open_family(struct key *key, struct dsv_bytes *in)
{
	switch (key->kind->family) {
	case ED25519:
		return open_ed25519(key, in);
	case ECDSA:
		return open_ecdsa(key, in);
	default:
		return open_rsa(key, in);
	}
}

static int key_open(struct key *key, struct dsv_run blob)
{
	struct dsv_bytes in = dsv_bytes(blob.data, blob.len);
	const struct dsv_run type = get(&in);
	int rc;

	if (!dsv_bytes_ok(&in) || blob.len > DSV_SIGN_KEY_MAX)
		return malformed("the key");
	key->kind = find_kind(type);
	if (!key->kind)
		return unknown_kind("a key", type);
	rc = open_family(key, &in);
	if (rc < 0)
		return rc;
	if (key->kind->token)
		key->application = get(&in);
	if (!dsv_bytes_ok(&in) || dsv_bytes_left(&in))
		return malformed("the key");
	return 0;
}

int dsv_sign_key_type(struct dsv_run blob, const char **out_type)
{
	struct key key DSV_AUTO(key) = {0};
	const int rc = key_open(&key, blob);

	if (rc < 0)
		return rc;
	*out_type = key.kind->type;
	return 0;
}

static int verify(const struct key *key, const char *digest,
		  struct dsv_run data, struct dsv_run raw)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int ok;

	if (!ctx)
		dsv_alloc_failed();
	ok = EVP_DigestVerifyInit_ex(ctx, NULL, digest, NULL, NULL, key->pkey,
				     NULL) > 0 &&
	     EVP_DigestVerify(ctx, raw.data, raw.len, data.data, data.len) == 1;
	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	return ok ? 0 : dsv_fail(DSV_EREFUSED, "the signature does not match");
}

static int verify_ed25519(const struct key *key, struct dsv_run data,
			  struct dsv_run raw)
{
	if (raw.len != ED25519_SIGNATURE)
		return malformed("the signature");
	return verify(key, NULL, data, raw);
}

/* r and s as DER, which is what OpenSSL reads. */
static int ecdsa_der(struct dsv_run raw, struct dsv_buf *out)
{
	struct dsv_bytes in = dsv_bytes(raw.data, raw.len);
	const struct dsv_run r_run = get(&in);
	const struct dsv_run s_run = get(&in);
	BIGNUM *r DSV_AUTO(bn) = NULL;
	BIGNUM *s DSV_AUTO(bn) = NULL;
	ECDSA_SIG *pair;
	unsigned char *der = NULL;
	int len;

	if (!dsv_bytes_ok(&in) || dsv_bytes_left(&in))
		return malformed("the signature");
	r = read_number(r_run);
	s = read_number(s_run);
	if (!r || !s)
		return malformed("the signature");
	pair = ECDSA_SIG_new();
	if (!pair || !ECDSA_SIG_set0(pair, r, s))
		dsv_alloc_failed();
	r = NULL;
	s = NULL;
	len = i2d_ECDSA_SIG(pair, &der);
	ECDSA_SIG_free(pair);
	if (len < 0)
		dsv_alloc_failed();
	dsv_buf_add(out, der, (size_t)len);
	OPENSSL_free(der);
	return 0;
}

static int verify_ecdsa(const struct key *key, struct dsv_run data,
			struct dsv_run raw)
{
	struct dsv_buf der DSV_AUTO(buf) = DSV_BUF_INIT;
	const int rc = ecdsa_der(raw, &der);

	if (rc < 0)
		return rc;
	return verify(key, key->kind->digest, data,
		      (struct dsv_run){der.data, der.len});
}

static int verify_rsa(const struct key *key, struct dsv_run type,
		      struct dsv_run data, struct dsv_run raw)
{
	const char *digest = is_word(type, "rsa-sha2-256")   ? "SHA256"
			     : is_word(type, "rsa-sha2-512") ? "SHA512"
							     : NULL;

	if (!digest)
		return unknown_kind("a signature", type);
	if (raw.len != (size_t)EVP_PKEY_get_size(key->pkey))
		return malformed("the signature");
	return verify(key, digest, data, raw);
}

/* A token signs SHA-256(application), its flags and counter, and
 * SHA-256(data). The flags say whether somebody touched it; OpenSSH too leaves
 * it to whoever enrols a key whether that is asked of him. */
static void token_data(const struct key *key, struct dsv_run data,
		       const void *flags_and_counter, struct dsv_buf *out)
{
	struct dsv_id id;

	dsv_id_of(key->application.data, key->application.len, &id);
	dsv_buf_add(out, id.bytes, DSV_ID_SIZE);
	dsv_buf_add(out, flags_and_counter, 5);
	dsv_id_of(data.data, data.len, &id);
	dsv_buf_add(out, id.bytes, DSV_ID_SIZE);
}

int dsv_sign_check(struct dsv_run key_blob, struct dsv_run data,
		   struct dsv_run signature)
{
	struct key key DSV_AUTO(key) = {0};
	struct dsv_buf of_token DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_bytes in = dsv_bytes(signature.data, signature.len);
	const struct dsv_run type = get(&in);
	const struct dsv_run raw = get(&in);
	const void *tail = NULL;
	int rc;

	rc = key_open(&key, key_blob);
	if (rc < 0)
		return rc;
	if (key.kind->token)
		tail = dsv_get_run(&in, 5);
	if (!dsv_bytes_ok(&in) || dsv_bytes_left(&in))
		return malformed("the signature");
	if (key.kind->family == RSA_KEY)
		return verify_rsa(&key, type, data, raw);
	if (!is_word(type, key.kind->type))
		return malformed("the signature");
	if (tail) {
		token_data(&key, data, tail, &of_token);
		data = (struct dsv_run){of_token.data, of_token.len};
	}
	return key.kind->family == ED25519 ? verify_ed25519(&key, data, raw)
					   : verify_ecdsa(&key, data, raw);
}

size_t dsv_sign_digest(struct dsv_run name, struct dsv_run data,
		       uint8_t out[DSV_SIGN_DIGEST_MAX])
{
	const EVP_MD *md = is_word(name, "sha256")   ? EVP_sha256()
			   : is_word(name, "sha512") ? EVP_sha512()
						     : NULL;
	unsigned len = 0;

	if (md && !EVP_Digest(data.data, data.len, out, &len, md, NULL))
		dsv_alloc_failed();
	return len;
}
