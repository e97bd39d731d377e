#ifndef GOVERN_SSHSIG_H
#define GOVERN_SSHSIG_H

#include <dsv/auto.h>
#include <dsv/buf.h>

#include "base/sign.h"

/*
 * What `ssh-keygen -Y sign` writes (PROTOCOL.sshsig of OpenSSH): base64 between
 * two lines, of
 *
 *	"SSHSIG", u32 1, string public key, string namespace,
 *	string reserved, string hash algorithm, string signature
 *
 * Strict: version 1, a hash that is known, base64 in its one form, LF, no
 * bytes behind.
 */
struct dsv_sshsig {
	struct dsv_buf body; /* what the rest is lent from */
	struct dsv_run key;
	struct dsv_run name_space;
	struct dsv_run reserved;
	struct dsv_run hash;
	struct dsv_run signature;
};

#define DSV_SSHSIG_INIT              \
	{                            \
		.body = DSV_BUF_INIT \
	}

/** DSV_ESYNTAX, DSV_EUNSUPPORTED (another version or hash). */
int dsv_sshsig_parse(struct dsv_sshsig *out, const struct dsv_buf *armour);
void dsv_sshsig_release(struct dsv_sshsig *sig);
/** Is it of message, for this use? Errors as of dsv_sign_verify(). */
int dsv_sshsig_check(const struct dsv_sshsig *sig, const char *name_space,
		     const struct dsv_buf *message);

DSV_AUTO_RELEASE(sshsig)

#endif
