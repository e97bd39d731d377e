#ifndef GOVERN_SIGNKEY_H
#define GOVERN_SIGNKEY_H

#include <stdbool.h>

#include <dsv/people.h>
#include <dsv/repo.h>

/* The key that somebody signs with, as git's user.signingkey names it: a file
 * ("~/.ssh/id_ed25519", or its .pub), or a public key itself
 * ("key::ssh-ed25519 AAAA...", "ssh-ed25519 AAAA...") whose other half an
 * agent holds. */
struct dsv_signkey {
	char *path;    /* NULL for a public key itself */
	char *literal; /* "ssh-ed25519 AAAA...", or NULL */
};

#define DSV_SIGNKEY_INIT \
	{                \
		0        \
	}

/** name NULL: as configured. DSV_ENOTFOUND where none is, or the file is not
 * there. */
int dsv_signkey_find(struct dsv_signkey *out, struct dsv_repo *repo,
		     const char *name);
void dsv_signkey_release(struct dsv_signkey *key);
/** Its public half, of the .pub file or of the head of a private one. */
int dsv_signkey_public(const struct dsv_signkey *key, struct dsv_ssh_key *out);

DSV_AUTO_RELEASE(signkey)

#endif
