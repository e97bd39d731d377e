#include <dsv/people.h>

#include <dsv/error.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "base/digest.h"
#include "base/sign.h"

#define KEY_TEXT_MAX (32u * 1024u) /* bytes of a line in a .pub file */

static int not_a_key(const char *text)
{
	if (strstr(text, "PRIVATE KEY")) {
		dsv_fail(DSV_EREFUSED, "that is a private key");
		return dsv_hint(DSV_EREFUSED,
				"give the public one, which ends in .pub");
	}
	dsv_fail(DSV_ESYNTAX, "not a public key");
	return dsv_hint(DSV_ESYNTAX,
			"one line as in a .pub file: ssh-ed25519 AAAA... name");
}

static bool is_blank(char ch)
{
	return ch == ' ' || ch == '\t';
}

/* The text from at to a blank or its end; *at is behind it then. */
static struct dsv_run word(const char **at)
{
	struct dsv_run run;

	while (is_blank(**at))
		(*at)++;
	run.data = *at;
	run.len = strcspn(*at, " \t\r\n");
	*at += run.len;
	return run;
}

static int read_comment(const char *at, char **out)
{
	size_t len;

	while (is_blank(*at))
		at++;
	len = strcspn(at, "\r\n");
	if (at[len + strspn(at + len, "\r\n")])
		return dsv_fail(DSV_ESYNTAX, "more than one line of a key");
	while (len && is_blank(at[len - 1]))
		len--;
	*out = dsv_strndup(at, len);
	return 0;
}

int dsv_ssh_key_parse(struct dsv_ssh_key *out, const char *text)
{
	struct dsv_ssh_key key DSV_AUTO(ssh_key) = {0};
	struct dsv_run type;
	struct dsv_run code;
	const char *actual;
	int rc;

	if (strlen(text) > KEY_TEXT_MAX)
		return not_a_key("");
	type = word(&text);
	code = word(&text);
	if (!type.len || !code.len ||
	    !dsv_base64_read(&key.blob, code.data, code.len))
		return not_a_key(type.data);
	rc = read_comment(text, &key.comment);
	if (rc == 0)
		rc = dsv_sign_key_type(
			(struct dsv_run){dsv_buf_str(&key.blob), key.blob.len},
			&actual);
	if (rc < 0)
		return rc;
	if (strlen(actual) != type.len || memcmp(actual, type.data, type.len))
		return dsv_fail(DSV_ESYNTAX, "the key says that it is '%s'",
				actual);
	key.type = dsv_strdup(actual);
	*out = key;
	memset(&key, 0, sizeof(key));
	return 0;
}

void dsv_ssh_key_text(const struct dsv_ssh_key *key, struct dsv_buf *out)
{
	dsv_buf_addf(out, "%s ", key->type);
	dsv_base64_add(out, key->blob.data, key->blob.len);
	if (*key->comment)
		dsv_buf_addf(out, " %s", key->comment);
}

void dsv_ssh_key_release(struct dsv_ssh_key *key)
{
	free(key->type);
	free(key->comment);
	dsv_buf_release(&key->blob);
	memset(key, 0, sizeof(*key));
}

void dsv_ssh_key_fingerprint(const struct dsv_buf *blob, struct dsv_buf *out)
{
	struct dsv_id id;

	dsv_id_of(dsv_buf_str(blob), blob->len, &id);
	dsv_buf_addstr(out, "SHA256:");
	dsv_base64_add(out, id.bytes, DSV_ID_SIZE);
	while (out->data[out->len - 1] == '=')
		dsv_buf_truncate(out, out->len - 1);
}
