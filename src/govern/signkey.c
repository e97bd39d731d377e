#include "govern/signkey.h"

#include <dsv/error.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "base/codec.h"
#include "base/fs.h"
#include "base/sign.h"
#include "repo/config.h"

#define KEY_FILE_MAX (64u * 1024u)

static char *configured(struct dsv_repo *repo)
{
	char *format DSV_AUTO(str) = NULL;
	char *own = dsv_config_str(repo, "dsv.signingKey");

	if (own)
		return own;
	format = dsv_config_str(repo, "gpg.format");
	if (!format || strcasecmp(format, "ssh") != 0)
		return NULL;
	return dsv_config_str(repo, "user.signingKey");
}

static int no_key(void)
{
	dsv_fail(DSV_ENOTFOUND, "no key to sign with is set");
	return dsv_hint(DSV_ENOTFOUND,
			"git config dsv.signingKey ~/.ssh/id_ed25519, or 'dsv "
			"people add ID --key FILE --me'");
}

/* The public key in a name, or NULL where it names a file. */
static const char *literal_of(const char *name)
{
	static const char *const types[] = {"ssh-", "ecdsa-sha2-", "sk-"};
	size_t i;

	if (!strncmp(name, "key::", 5))
		return name + 5;
	for (i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (!strncmp(name, types[i], strlen(types[i])) &&
		    strchr(name, ' '))
			return name;
	return NULL;
}

static char *expand(const char *path)
{
	const char *home = getenv("HOME");

	if (!strncmp(path, "~/", 2) && home)
		return dsv_strf("%s/%s", home, path + 2);
	return dsv_strdup(path);
}

int dsv_signkey_find(struct dsv_signkey *out, struct dsv_repo *repo,
		     const char *name)
{
	char *set DSV_AUTO(str) = name ? dsv_strdup(name) : configured(repo);
	const char *literal;
	char *path DSV_AUTO(str) = NULL;
	char *pub DSV_AUTO(str) = NULL;

	if (!set || !*set)
		return no_key();
	literal = literal_of(set);
	if (literal) {
		out->literal = dsv_strdup(literal);
		return 0;
	}
	path = expand(set);
	pub = dsv_strf("%s.pub", path);
	if (!dsv_fs_exists(path) && !dsv_fs_exists(pub)) {
		dsv_fail(DSV_ENOTFOUND, "no key file '%s'", path);
		return dsv_hint(DSV_ENOTFOUND, "ssh-keygen -t ed25519 -f '%s'",
				path);
	}
	out->path = dsv_take(&path);
	return 0;
}

void dsv_signkey_release(struct dsv_signkey *key)
{
	free(key->path);
	free(key->literal);
	memset(key, 0, sizeof(*key));
}

/* A private key of OpenSSH tells the public one before what a passphrase hides
 * (PROTOCOL.key). */
static bool head_of_private(const struct dsv_buf *file, struct dsv_run *out,
			    struct dsv_buf *body)
{
	static const char begin[] = "-----BEGIN OPENSSH PRIVATE KEY-----\n";
	static const char magic[] = "openssh-key-v1"; /* and its NUL */
	struct dsv_buf code DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_bytes in;
	const char *at = dsv_buf_str(file);
	const char *head;
	size_t len;
	int i;

	if (strncmp(at, begin, sizeof(begin) - 1) != 0)
		return false;
	for (at += sizeof(begin) - 1; *at && *at != '-'; at++)
		if (*at != '\n' && *at != '\r')
			dsv_buf_addch(&code, *at);
	if (!dsv_base64_read(body, dsv_buf_str(&code), code.len))
		return false;
	in = dsv_bytes(body->data, body->len);
	head = dsv_get_run(&in, sizeof(magic));
	for (i = 0; i < 3; i++) /* cipher, kdf, its options */
		dsv_get_ssh_string(&in, KEY_FILE_MAX, &len);
	dsv_get_run(&in, 4); /* number of keys, which is 1 */
	out->data = dsv_get_ssh_string(&in, DSV_SIGN_KEY_MAX, &out->len);
	return dsv_bytes_ok(&in) && !memcmp(head, magic, sizeof(magic));
}

static int of_private(const char *path, struct dsv_ssh_key *out)
{
	struct dsv_buf file DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf body DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_run blob;
	const char *type;
	int rc;

	rc = dsv_fs_read(path, KEY_FILE_MAX, &file);
	if (rc < 0)
		return rc;
	if (head_of_private(&file, &blob, &body)) {
		rc = dsv_sign_key_type(blob, &type);
		if (rc < 0)
			return rc;
		dsv_buf_addf(&text, "%s ", type);
		dsv_base64_add(&text, blob.data, blob.len);
		return dsv_ssh_key_parse(out, dsv_buf_str(&text));
	}
	if (!strstr(dsv_buf_str(&file), "PRIVATE KEY"))
		return dsv_ssh_key_parse(out, dsv_buf_str(&file));
	dsv_fail(DSV_ENOTFOUND, "no public key beside '%s'", path);
	return dsv_hint(DSV_ENOTFOUND, "ssh-keygen -y -f '%s' >'%s.pub'", path,
			path);
}

int dsv_signkey_public(const struct dsv_signkey *key, struct dsv_ssh_key *out)
{
	struct dsv_buf file DSV_AUTO(buf) = DSV_BUF_INIT;
	char *pub DSV_AUTO(str) = NULL;
	size_t len;
	int rc;

	if (key->literal)
		return dsv_ssh_key_parse(out, key->literal);
	len = strlen(key->path);
	pub = len > 4 && !strcmp(key->path + len - 4, ".pub")
		      ? dsv_strdup(key->path)
		      : dsv_strf("%s.pub", key->path);
	if (!dsv_fs_exists(pub))
		rc = of_private(key->path, out);
	else if ((rc = dsv_fs_read(pub, KEY_FILE_MAX, &file)) == 0)
		rc = dsv_ssh_key_parse(out, dsv_buf_str(&file));
	return rc < 0 ? dsv_fail_prefix(rc, "%s", key->path) : 0;
}
