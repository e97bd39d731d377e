#ifndef BASE_SIGN_H
#define BASE_SIGN_H

#include <stddef.h>
#include <stdint.h>

/*
 * Public keys of SSH and what they signed, by libcrypto: ssh-ed25519 (RFC
 * 8709), ecdsa-sha2-nistp256, -nistp384 and -nistp521 (RFC 5656), ssh-rsa with
 * rsa-sha2-256 or rsa-sha2-512 (RFC 8332) and 2048 bits or more, and the keys
 * of tokens, sk-ssh-ed25519@openssh.com and
 * sk-ecdsa-sha2-nistp256@openssh.com (PROTOCOL.u2f of OpenSSH).
 *
 * Whatever is behind a key or signature, or has a second form, is refused:
 * the same key is always the same bytes.
 */
struct dsv_run {
	const void *data;
	size_t len;
};

#define DSV_SIGN_KEY_MAX (16u * 1024u) /* bytes of a key, as OpenSSH has it */

/**
 * What kind of key these bytes are.
 *
 * @owner   out_type is a constant
 * @error   DSV_ESYNTAX       not a key
 *          DSV_EUNSUPPORTED  a kind that is not trusted, or too short
 */
int dsv_sign_key_type(struct dsv_run key, const char **out_type);

/**
 * Is this the signature of the key over the data?
 *
 * @error   DSV_ESYNTAX       key or signature are not well formed, or of
 *                            different kinds
 *          DSV_EUNSUPPORTED  a kind of key or signature that is not trusted
 *          DSV_EREFUSED      it is not
 */
int dsv_sign_check(struct dsv_run key, struct dsv_run data,
		   struct dsv_run signature);

#define DSV_SIGN_DIGEST_MAX 64u
/** The digest "sha256" or "sha512" of data; returns its length, 0 for another
 * name. */
size_t dsv_sign_digest(struct dsv_run name, struct dsv_run data,
		       uint8_t out[DSV_SIGN_DIGEST_MAX]);

#endif
