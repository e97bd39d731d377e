#ifndef DSV_PEOPLE_H
#define DSV_PEOPLE_H

#include <stdbool.h>
#include <stddef.h>

#include <dsv/auto.h>
#include <dsv/buf.h>
#include <dsv/id.h>
#include <dsv/repo.h>
#include <dsv/strlist.h>

/*
 * .dsv/people.yaml: who may say something of the data, in which roles, and
 * the keys by which it is known to be theirs (docs/formats/people.md).
 *
 *	version: 1
 *	people:
 *	  - id: privacy-b
 *	    name: Privacy B
 *	    emails: [privacy-b@example.org]
 *	    roles: [privacy]
 *	    keys: ["ssh-ed25519 AAAA... privacy-b"]
 *
 * A key stands with one person. Removing its line revokes it from that commit
 * on. The gate reads the people of the target, never those of the change.
 */
struct dsv_ssh_key {
	char *type;	     /* "ssh-ed25519" */
	struct dsv_buf blob; /* as in RFC 4253, what is base64 in the file */
	char *comment;	     /* "" where none */
	unsigned line;	     /* in people.yaml, else 0 */
};

struct dsv_member {
	char *id; /* as a dataset name is written */
	char *name;
	struct dsv_strlist emails;
	struct dsv_strlist roles;
	struct dsv_ssh_key *keys;
	size_t n_keys;
	unsigned line;
};

struct dsv_people {
	struct dsv_member *items; /* in the order of the file */
	size_t n;
	struct dsv_id
		digest; /* of the file's bytes; zero where there is none */
};

#define DSV_PEOPLE_INIT \
	{               \
		0       \
	}
#define DSV_PEOPLE_PATH ".dsv/people.yaml"
#define DSV_PEOPLE_MAX	(1024u * 1024u) /* bytes of the file */

/** name stands in messages. DSV_ESYNTAX "<name>:<line>: ...": an unknown,
 * repeated or missing word, an id or a key that stands twice, a key that is
 * not one. */
int dsv_people_parse(struct dsv_people *out, const char *data, size_t len,
		     const char *name);
/** Nobody where the version has no such file. */
int dsv_people_read(struct dsv_people *out, struct dsv_repo *repo,
		    const struct dsv_version *version);
void dsv_people_release(struct dsv_people *people);

/** By id; NULL for nobody. */
const struct dsv_member *dsv_people_named(const struct dsv_people *people,
					  const char *id);
/** By the bytes of a public key; NULL for nobody. */
const struct dsv_member *dsv_people_by_key(const struct dsv_people *people,
					   const struct dsv_buf *blob);
bool dsv_member_has_role(const struct dsv_member *member, const char *role);
/** How many people hold a role. */
size_t dsv_people_holding(const struct dsv_people *people, const char *role);

/** "ssh-ed25519 AAAA... comment", as in a .pub file. */
int dsv_ssh_key_parse(struct dsv_ssh_key *out, const char *text);
/** The same back. */
void dsv_ssh_key_text(const struct dsv_ssh_key *key, struct dsv_buf *out);
void dsv_ssh_key_release(struct dsv_ssh_key *key);
/** "SHA256:..." as ssh-keygen -l prints it. */
void dsv_ssh_key_fingerprint(const struct dsv_buf *blob, struct dsv_buf *out);

/* Put a person or another key of theirs into the file of the work tree. */
struct dsv_people_add {
	const char *id;
	const char *name;  /* NULL: keep, or the id */
	const char *email; /* NULL: none is added */
	const struct dsv_strlist *roles;
	const char *key; /* as in a .pub file */
};
/**
 * All other bytes of the file stay; it is made where it is not there. 1 when
 * it was written, 0 where it says all of this already.
 *
 * @error  DSV_EEXISTS       the key is somebody else's; file and line are named
 *         DSV_EUNSUPPORTED  written in a way that cannot be edited as text
 */
int dsv_people_put(struct dsv_repo *repo, const struct dsv_people_add *add);
/** The same on the text of the file, where it is at hand. */
int dsv_people_edit(struct dsv_buf *text, const struct dsv_people_add *add);

/** ".git/dsv/allowed_signers": the people of the work tree, as git and
 * ssh-keygen read them to verify signatures of commits. */
int dsv_people_write_signers(struct dsv_repo *repo);
/**
 * Let git sign the commits of this repository with the key (as in dsv_sign()),
 * and dsv its statements: gpg.format, user.signingKey, commit.gpgSign,
 * gpg.ssh.allowedSignersFile and dsv.signingKey. One that is so already is left
 * alone, as is another file of allowed signers.
 *
 * @owner  out_set takes "gpg.format = ssh" for each that was set
 */
int dsv_people_set_up_signing(struct dsv_repo *repo, const char *key,
			      struct dsv_strlist *out_set);

DSV_AUTO_RELEASE(people)
DSV_AUTO_RELEASE(ssh_key)

#endif
