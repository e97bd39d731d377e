#include "govern/sshsig.h"

#include <dsv/error.h>
#include <dsv/signer.h>
#include <dsv/text.h>
#include <string.h>

#include "base/base64.h"
#include "base/codec.h"

static const char begin_line[] = "-----BEGIN SSH SIGNATURE-----\n";
static const char end_line[] = "-----END SSH SIGNATURE-----\n";
static const char magic[] = "SSHSIG";

#define MAGIC_LEN   (sizeof(magic) - 1)
#define VERSION_LEN 4u

static int malformed(const char *why)
{
	return dsv_fail(DSV_ESYNTAX, "not an SSH signature: %s", why);
}

static int read_armour(const struct dsv_buf *armour, struct dsv_buf *out)
{
	const size_t begin = sizeof(begin_line) - 1;
	const size_t end = sizeof(end_line) - 1;
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	size_t i;

	if (armour->len > DSV_SIGN_MAX)
		return dsv_fail(DSV_ESYNTAX,
				"not an SSH signature: longer than %u bytes",
				DSV_SIGN_MAX);
	if (armour->len < begin + end ||
	    memcmp(armour->data, begin_line, begin) != 0)
		return malformed("no 'BEGIN SSH SIGNATURE' line");
	if (memcmp(armour->data + armour->len - end, end_line, end) != 0)
		return malformed("no 'END SSH SIGNATURE' line at its end");
	for (i = begin; i < armour->len - end; i++)
		if (armour->data[i] != '\n')
			dsv_buf_addch(&text, armour->data[i]);
	if (armour->data[i - 1] != '\n' ||
	    !dsv_base64_read(out, dsv_buf_str(&text), text.len))
		return malformed("damaged base64");
	return 0;
}

static struct dsv_run get(struct dsv_bytes *in)
{
	struct dsv_run run;

	run.data = dsv_get_ssh_string(in, DSV_SIGN_KEY_MAX, &run.len);
	return run;
}

static int check_head(struct dsv_bytes *in)
{
	const char *head = dsv_get_run(in, MAGIC_LEN);
	const uint8_t *version = (const void *)dsv_get_run(in, VERSION_LEN);

	if (!dsv_bytes_ok(in) || memcmp(head, magic, MAGIC_LEN) != 0)
		return malformed("it does not begin with SSHSIG");
	if (version[0] || version[1] || version[2] || version[3] != 1)
		return dsv_fail(DSV_EUNSUPPORTED,
				"an SSH signature of another version than 1");
	return 0;
}

static int check_hash(struct dsv_run hash)
{
	uint8_t digest[DSV_SIGN_DIGEST_MAX];
	struct dsv_buf name DSV_AUTO(buf) = DSV_BUF_INIT;

	if (!hash.len)
		return malformed("no hash algorithm");
	if (dsv_sign_digest(hash, hash, digest))
		return 0;
	if (hash.len > 64)
		return malformed("no hash algorithm");
	dsv_add_shown(&name, hash.data, hash.len);
	return dsv_fail(DSV_EUNSUPPORTED,
			"the hash '%s' of a signature is not supported",
			dsv_buf_str(&name));
}

int dsv_sshsig_parse(struct dsv_sshsig *out, const struct dsv_buf *armour)
{
	struct dsv_sshsig sig DSV_AUTO(sshsig) = DSV_SSHSIG_INIT;
	struct dsv_bytes in;
	int rc;

	rc = read_armour(armour, &sig.body);
	if (rc < 0)
		return rc;
	in = dsv_bytes(sig.body.data, sig.body.len);
	rc = check_head(&in);
	if (rc < 0)
		return rc;
	sig.key = get(&in);
	sig.name_space = get(&in);
	sig.reserved = get(&in);
	sig.hash = get(&in);
	sig.signature = get(&in);
	if (!dsv_bytes_ok(&in))
		return malformed("cut short");
	if (dsv_bytes_left(&in))
		return malformed("bytes behind its end");
	rc = check_hash(sig.hash);
	if (rc < 0)
		return rc;
	*out = sig;
	sig.body = (struct dsv_buf)DSV_BUF_INIT;
	return 0;
}

void dsv_sshsig_release(struct dsv_sshsig *sig)
{
	dsv_buf_release(&sig->body);
}

static int refuse_namespace(const struct dsv_sshsig *sig,
			    const char *name_space)
{
	struct dsv_buf name DSV_AUTO(buf) = DSV_BUF_INIT;

	dsv_add_shown(&name, sig->name_space.data, sig->name_space.len);
	return dsv_fail(DSV_EREFUSED,
			"the signature is for '%.64s', not for '%s'",
			dsv_buf_str(&name), name_space);
}

int dsv_sshsig_check(const struct dsv_sshsig *sig, const char *name_space,
		     const struct dsv_buf *message)
{
	const struct dsv_run data = {dsv_buf_str(message), message->len};
	struct dsv_buf signed_data DSV_AUTO(buf) = DSV_BUF_INIT;
	uint8_t digest[DSV_SIGN_DIGEST_MAX];
	const size_t len = dsv_sign_digest(sig->hash, data, digest);

	if (sig->name_space.len != strlen(name_space) ||
	    memcmp(sig->name_space.data, name_space, sig->name_space.len) != 0)
		return refuse_namespace(sig, name_space);
	dsv_buf_add(&signed_data, magic, MAGIC_LEN);
	dsv_put_ssh_string(&signed_data, sig->name_space.data,
			   sig->name_space.len);
	dsv_put_ssh_string(&signed_data, sig->reserved.data, sig->reserved.len);
	dsv_put_ssh_string(&signed_data, sig->hash.data, sig->hash.len);
	dsv_put_ssh_string(&signed_data, digest, len);
	return dsv_sign_check(
		sig->key, (struct dsv_run){signed_data.data, signed_data.len},
		sig->signature);
}
