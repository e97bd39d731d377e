#include <dsv/signer.h>

#include <dsv/error.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/atomic.h"
#include "base/base64.h"
#include "base/fs.h"
#include "base/spawn.h"
#include "govern/signkey.h"
#include "govern/sshsig.h"
#include "repo/commitsig.h"
#include "repo/config.h"
#include "repo/repo.h"

#define TOUCH_LINE "Confirm user presence" /* of OpenSSH, for a token */

static int refuse(struct dsv_buf *words, const char *program, int status)
{
	const char *last;

	while (words->len && words->data[words->len - 1] <= ' ')
		dsv_buf_truncate(words, words->len - 1);
	last = strrchr(dsv_buf_str(words), '\n');
	last = last ? last + 1 : dsv_buf_str(words);
	if (status == 127 || !*last)
		return dsv_fail(DSV_EREFUSED,
				"not signed: '%s' ended with status %d",
				program, status);
	return dsv_fail(DSV_EREFUSED, "not signed: %s", last);
}

static int no_program(const char *program)
{
	dsv_fail(DSV_ENOTFOUND, "not signed: '%s' is not installed", program);
	return dsv_hint(DSV_ENOTFOUND,
			"it comes with OpenSSH: 'apt-get install "
			"openssh-client', or openssh-clients elsewhere");
}

/* The program writes beside the file that it signs. */
static int run_program(const char *program, const struct dsv_signkey *key,
		       const char *name_space, const char *key_path,
		       const char *message_path)
{
	struct dsv_buf words DSV_AUTO(buf) = DSV_BUF_INIT;
	const char *argv[10] = {program,    "-Y", "sign",  "-n",
				name_space, "-f", key_path};
	size_t n = 7;
	int status = 0;
	int rc;

	if (key->literal)
		argv[n++] = "-U";
	argv[n++] = message_path;
	rc = dsv_spawn((char *const *)argv, TOUCH_LINE, &words, &status);
	if (rc == DSV_ENOTFOUND)
		return no_program(program);
	if (rc < 0)
		return rc;
	return status ? refuse(&words, program, status) : 0;
}

static int put_temporary(struct dsv_repo *repo, const char *name,
			 const struct dsv_buf *data, struct dsv_atomic *out)
{
	char *folder DSV_AUTO(str) = dsv_repo_own(repo, "tmp");
	char *path DSV_AUTO(str) = dsv_fs_join(folder, name);
	int rc;

	rc = dsv_atomic_open(out, path, folder, 0600);
	if (rc < 0)
		return rc;
	return dsv_atomic_write(out, dsv_buf_str(data), data->len);
}

static int sign_file(struct dsv_repo *repo, const struct dsv_signkey *key,
		     const char *name_space, const char *path,
		     struct dsv_buf *out)
{
	struct dsv_atomic pub DSV_AUTO(atomic) = DSV_ATOMIC_INIT;
	struct dsv_buf line DSV_AUTO(buf) = DSV_BUF_INIT;
	char *program DSV_AUTO(str) = dsv_config_str(repo, "gpg.ssh.program");
	char *result DSV_AUTO(str) = dsv_strf("%s.sig", path);
	int rc = 0;

	if (key->literal) {
		dsv_buf_addf(&line, "%s\n", key->literal);
		rc = put_temporary(repo, "key", &line, &pub);
	}
	if (rc == 0)
		rc = run_program(program ? program : "ssh-keygen", key,
				 name_space,
				 key->literal ? pub.tmp_path : key->path, path);
	if (rc == 0)
		rc = dsv_fs_read(result, DSV_SIGN_MAX, out);
	dsv_fs_unlink(result);
	return rc;
}

/* What the program wrote must hold, or nobody else would believe it. */
static int check_own(const struct dsv_buf *armour, const char *name_space,
		     const struct dsv_buf *message)
{
	struct dsv_ssh_key by DSV_AUTO(ssh_key) = {0};
	int rc;

	rc = dsv_sign_verify(armour, name_space, message, &by);
	return rc < 0 ? dsv_fail_prefix(rc, "the new signature") : 0;
}

int dsv_sign(struct dsv_repo *repo, const char *key, const char *name_space,
	     const struct dsv_buf *message, struct dsv_buf *out_armour)
{
	struct dsv_signkey signkey DSV_AUTO(signkey) = DSV_SIGNKEY_INIT;
	struct dsv_atomic file DSV_AUTO(atomic) = DSV_ATOMIC_INIT;
	struct dsv_buf armour DSV_AUTO(buf) = DSV_BUF_INIT;
	int rc;

	rc = dsv_signkey_find(&signkey, repo, key);
	if (rc == 0)
		rc = put_temporary(repo, "sign", message, &file);
	if (rc == 0)
		rc = sign_file(repo, &signkey, name_space, file.tmp_path,
			       &armour);
	if (rc == 0)
		rc = check_own(&armour, name_space, message);
	if (rc < 0)
		return rc;
	dsv_buf_swap(out_armour, &armour);
	return 0;
}

int dsv_sign_commit(void *ctx, struct dsv_repo *repo,
		    const struct dsv_buf *payload, struct dsv_buf *out_armour)
{
	char *key DSV_AUTO(str) = dsv_config_str(repo, "user.signingKey");

	(void)ctx;
	return dsv_sign(repo, key, "git", payload, out_armour);
}

int dsv_sign_key(struct dsv_repo *repo, const char *key,
		 struct dsv_ssh_key *out)
{
	struct dsv_signkey signkey DSV_AUTO(signkey) = DSV_SIGNKEY_INIT;
	int rc;

	rc = dsv_signkey_find(&signkey, repo, key);
	if (rc < 0)
		return rc;
	return dsv_signkey_public(&signkey, out);
}

int dsv_sign_verify(const struct dsv_buf *armour, const char *name_space,
		    const struct dsv_buf *message, struct dsv_ssh_key *out_by)
{
	struct dsv_sshsig sig DSV_AUTO(sshsig) = DSV_SSHSIG_INIT;
	const char *type;
	int rc;

	rc = dsv_sshsig_parse(&sig, armour);
	if (rc == 0)
		rc = dsv_sshsig_check(&sig, name_space, message);
	if (rc == 0)
		rc = dsv_sign_key_type(sig.key, &type);
	if (rc < 0)
		return rc;
	memset(out_by, 0, sizeof(*out_by));
	out_by->type = dsv_strdup(type);
	out_by->comment = dsv_strdup("");
	dsv_buf_add(&out_by->blob, sig.key.data, sig.key.len);
	return 0;
}

int dsv_sign_of_commit(struct dsv_repo *repo, const struct dsv_oid *commit,
		       struct dsv_ssh_key *out_by)
{
	struct dsv_buf payload DSV_AUTO(buf) = DSV_BUF_INIT;
	struct dsv_buf armour DSV_AUTO(buf) = DSV_BUF_INIT;
	char hex[DSV_OID_HEX];
	int rc;

	rc = dsv_commitsig_read(repo, commit, &payload, &armour);
	if (rc == 0 || (rc > 0 && !strstr(dsv_buf_str(&armour), "SSH SIG")))
		return 0;
	if (rc > 0)
		rc = dsv_sign_verify(&armour, "git", &payload, out_by);
	else if (rc != DSV_ECORRUPT)
		return rc;
	if (rc == 0)
		return 1;
	return dsv_fail_prefix(DSV_EREFUSED, "commit '%.10s'",
			       dsv_oid_hex(commit, hex));
}
