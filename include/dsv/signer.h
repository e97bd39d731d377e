#ifndef DSV_SIGNER_H
#define DSV_SIGNER_H

#include <stddef.h>

#include <dsv/auto.h>
#include <dsv/buf.h>
#include <dsv/people.h>
#include <dsv/repo.h>

/*
 * Signatures by SSH keys, as `ssh-keygen -Y sign` makes and `ssh-keygen -Y
 * verify` checks them (PROTOCOL.sshsig of OpenSSH).
 *
 *	rc = dsv_sign(repo, key, "dsv", &document, &signature);
 *	rc = dsv_sign_verify(&signature, "dsv", &document, &by);
 */
#define DSV_SIGN_NAMESPACE "dsv"	 /* of statements; git's is "git" */
#define DSV_SIGN_MAX	   (64u * 1024u) /* bytes of an armoured signature */

/**
 * Sign with the key of this person: the file `key`, or a public key whose
 * private half the agent or a token holds. ssh-keygen asks for passphrase and
 * touch on the terminal. NULL: dsv.signingKey, else user.signingKey where
 * gpg.format is ssh.
 *
 * @error  DSV_ENOTFOUND  no key is set, or the file is not there; hinted
 *         DSV_EREFUSED   ssh-keygen would not; its words are in the message
 */
int dsv_sign(struct dsv_repo *repo, const char *key, const char *name_space,
	     const struct dsv_buf *message, struct dsv_buf *out_armour);
/** The same for a commit, with the key that git would take, in the way of
 * struct dsv_commit_opts; ctx is not looked at. */
int dsv_sign_commit(void *ctx, struct dsv_repo *repo,
		    const struct dsv_buf *payload, struct dsv_buf *out_armour);
/** The public key that dsv_sign() would sign with. */
int dsv_sign_key(struct dsv_repo *repo, const char *key,
		 struct dsv_ssh_key *out);

/**
 * In this process, by OpenSSL: ed25519, ecdsa (P-256, P-384, P-521), rsa with
 * SHA-256 or SHA-512 (2048 bits and up), sk-ssh-ed25519 and sk-ecdsa.
 *
 * @error  DSV_ESYNTAX       not a signature, or its parts do not fit
 *         DSV_EUNSUPPORTED  a kind of key or hash that is not trusted
 *         DSV_EREFUSED      another namespace, or it does not match
 */
int dsv_sign_verify(const struct dsv_buf *armour, const char *name_space,
		    const struct dsv_buf *message, struct dsv_ssh_key *out_by);

/** Who signed a commit: 1 with the key, 0 where it is unsigned or signed in
 * another way than by SSH, DSV_EREFUSED where the signature is false. */
int dsv_sign_of_commit(struct dsv_repo *repo, const struct dsv_oid *commit,
		       struct dsv_ssh_key *out_by);

#endif
