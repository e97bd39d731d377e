#include <dsv/people.h>

#include <dsv/error.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/atomic.h"
#include "base/base64.h"
#include "base/fs.h"
#include "govern/signkey.h"
#include "repo/config.h"
#include "repo/repo.h"

#define SIGNERS_FILE "allowed_signers"

/* "a@x,b@x namespaces="git,dsv" ssh-ed25519 AAAA..." (ssh-keygen(1), ALLOWED
 * SIGNERS). */
static void add_signer(struct dsv_buf *out, const struct dsv_member *who,
		       const struct dsv_ssh_key *key)
{
	size_t i;

	for (i = 0; i < who->emails.n; i++)
		dsv_buf_addf(out, "%s%s", i ? "," : "", who->emails.items[i]);
	if (!who->emails.n)
		dsv_buf_addstr(out, who->id);
	dsv_buf_addf(out, " namespaces=\"git,dsv\" %s ", key->type);
	dsv_base64_add(out, key->blob.data, key->blob.len);
	dsv_buf_addch(out, '\n');
}

int dsv_people_write_signers(struct dsv_repo *repo)
{
	const struct dsv_version worktree = {.at = DSV_AT_WORKTREE};
	struct dsv_people people DSV_AUTO(people) = DSV_PEOPLE_INIT;
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;
	char *path DSV_AUTO(str) = dsv_repo_own(repo, SIGNERS_FILE);
	char *folder DSV_AUTO(str) =
		dsv_strndup(path, strlen(path) - strlen(SIGNERS_FILE) - 1);
	size_t i, k;
	int rc;

	rc = dsv_people_read(&people, repo, &worktree);
	if (rc == 0)
		rc = dsv_fs_mkdirs(folder);
	if (rc < 0)
		return rc;
	for (i = 0; i < people.n; i++)
		for (k = 0; k < people.items[i].n_keys; k++)
			add_signer(&text, &people.items[i],
				   &people.items[i].keys[k]);
	return dsv_atomic_put(path, dsv_buf_str(&text), text.len, 0666);
}

/* Words of git's own do not know case. */
static int set(struct dsv_repo *repo, const char *name, const char *value,
	       struct dsv_strlist *out_set)
{
	char *old DSV_AUTO(str) = dsv_config_str(repo, name);
	int rc;

	if (old && !strcmp(old, value))
		return 0;
	rc = dsv_config_set(repo, name, value);
	if (rc < 0)
		return rc;
	dsv_strlist_take(out_set, dsv_strf("%s = %s", name, value));
	return 0;
}

static int set_signers(struct dsv_repo *repo, struct dsv_strlist *out_set)
{
	static const char name[] = "gpg.ssh.allowedSignersFile";
	char *path DSV_AUTO(str) = dsv_repo_own(repo, SIGNERS_FILE);
	char *old DSV_AUTO(str) = dsv_config_str(repo, name);

	return old ? 0 : set(repo, name, path, out_set);
}

/* The key as git finds it from any folder. */
static char *lasting_name(const struct dsv_signkey *key)
{
	char *path = key->path ? realpath(key->path, NULL) : NULL;

	if (path)
		return path;
	return key->literal ? dsv_strf("key::%s", key->literal)
			    : dsv_strdup(key->path);
}

int dsv_people_set_up_signing(struct dsv_repo *repo, const char *key,
			      struct dsv_strlist *out_set)
{
	struct dsv_signkey signkey DSV_AUTO(signkey) = DSV_SIGNKEY_INIT;
	char *name DSV_AUTO(str) = NULL;
	int rc;

	rc = dsv_signkey_find(&signkey, repo, key);
	if (rc < 0)
		return rc;
	name = lasting_name(&signkey);
	rc = dsv_people_write_signers(repo);
	if (rc == 0)
		rc = set(repo, "gpg.format", "ssh", out_set);
	if (rc == 0)
		rc = set(repo, "user.signingKey", name, out_set);
	if (rc == 0 && !dsv_config_bool(repo, "commit.gpgSign", false))
		rc = set(repo, "commit.gpgSign", "true", out_set);
	if (rc == 0)
		rc = set_signers(repo, out_set);
	return rc < 0 ? rc : set(repo, "dsv.signingKey", name, out_set);
}
